"""Comparing two sets: any difference is found, in few questions, by honest sides; lies are told."""

import bisect
import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fourfold.errors import ExchangeError, SignatureError
from fourfold.exchange.holdings import (
    Holdings,
    Item,
    Part,
    Sum,
    compare,
    describe,
    describe_parts,
    in_prefix,
    sign_holdings,
    total,
)
from fourfold.exchange.limits import MAX_PARTS, PART_ITEMS
from fourfold.records import Signer


def item(number: int, salt: str = "") -> Item:
    digest = hashlib.sha256(f"{salt}{number}".encode()).hexdigest()
    return Item(id=f"incident--{number}", version=1, digest=f"sha256:{digest}")


class Side:
    """One side's set, sorted once; it counts what it is asked."""

    def __init__(self, items) -> None:
        self.items = sorted(items, key=lambda each: each.digest)
        self.digests = [each.hex for each in self.items]
        self.questions, self.largest = 0, 0

    def select(self, prefix: str):
        first = bisect.bisect_left(self.digests, prefix)
        return self.items[first : bisect.bisect_left(self.digests, prefix + "g")]

    def ask(self, prefixes):
        assert len(prefixes) <= MAX_PARTS
        self.questions += 1
        return tuple(describe(prefix, self.select(prefix)) for prefix in prefixes)


NUMBERS = st.sets(st.integers(0, 1500))


@given(NUMBERS, NUMBERS)
def test_comparing_finds_exactly_what_differs(here, there):
    own, other = Side(map(item, here)), Side(map(item, there))
    found = compare(own.select, other.ask)
    assert found.whole
    assert {each.id for each in found.missing} == {item(number).id for number in there - here}
    assert {each.id for each in found.extra} == {item(number).id for number in here - there}
    assert (total(own.items) == total(other.items)) == (here == there)


@given(st.lists(st.integers(0, 10**6), unique=True, max_size=300), st.text("0123456789abcdef", max_size=3))
def test_the_parts_of_a_part_add_up_and_order_does_not_matter(numbers, prefix):
    items = list(map(item, numbers))
    chosen = list(in_prefix(items, prefix))
    part = describe(prefix, chosen)
    assert part == describe(prefix, in_prefix(reversed(items), prefix))
    sums = part.parts or describe_parts(prefix, part.items)
    assert sum(each.count for each in sums) == part.sum.count == len(chosen)
    assert part.listed == (len(chosen) <= PART_ITEMS) == (not part.parts)


def test_one_gap_among_two_hundred_thousand_is_found_in_four_questions():
    items = list(map(item, range(200_000)))
    own, other = Side(items[:77_777] + items[77_778:]), Side(items)
    found = compare(own.select, other.ask)
    assert [each.id for each in found.missing] == ["incident--77777"]
    assert (found.extra, other.questions) == ([], 4)


def test_another_content_of_the_same_object_is_a_difference_on_both_sides():
    own, other = Side([item(1), item(2)]), Side([item(1), item(2, "other")])
    found = compare(own.select, other.ask)
    assert ([each.id for each in found.missing], [each.id for each in found.extra]) == (
        ["incident--2"],
        ["incident--2"],
    )


def test_a_side_that_never_stops_differing_is_asked_no_more_than_is_agreed():
    def endless(prefixes):
        few = Sum(count=PART_ITEMS + 1, root="0" * 64)
        parts = tuple(Sum(count=10_000, root=f"{digit:064x}") for digit in range(16))
        return tuple(Part(prefix=prefix, sum=few, parts=parts) for prefix in prefixes)

    assert not compare(Side(map(item, range(100))).select, endless).whole


@pytest.mark.parametrize("answers", [(), (Part(prefix="a", sum=total([])),)])
def test_an_answer_to_another_question_is_refused(answers):
    with pytest.raises(ExchangeError, match="asked for some parts"):
        compare(Side([item(1)]).select, lambda _: answers)


def test_a_statement_counts_for_its_maker_between_these_two_only(world):
    node, stranger = world.alpha.node, Signer.generate()
    made = Holdings(owner="a", recipient="b", said_by="a", at=world.now, all=total([item(1)]))
    signed = sign_holdings(made, node)
    assert signed.check("a", "b", "a", {node.key}) == made
    edited = signed.model_copy(update={"holdings": made.model_copy(update={"all": total([])})})
    for given_, names, keys in (
        (signed, ("a", "b", "b"), {node.key}),
        (signed, ("b", "a", "a"), {node.key}),
        (signed, ("a", "b", "a"), {stranger.key}),
        (edited, ("a", "b", "a"), {node.key}),
        (sign_holdings(made, stranger), ("a", "b", "a"), {node.key}),
    ):
        with pytest.raises(SignatureError):
            given_.check(*names, keys)
