"""Joint records: every stance and move, whole courses in any order, signatures over the same bytes only."""

from datetime import UTC, datetime
from itertools import permutations, product
from typing import Any

import pytest

from fourfold.activities.incident_reporting.collaboration import RegistryContribution
from fourfold.errors import RefusedError
from fourfold.protocols import collaboration
from fourfold.protocols.collaboration import Contribution, Part
from fourfold.protocols.steps import Step, inherited
from fourfold.records.markings import Caveat, Marking, Tlp
from fourfold.records.signing import Purpose, Signer

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
GREEN = Marking(tlp=Tlp.GREEN)
A, B, C = "identity--a", "identity--b", "identity--c"
SIGNERS = {name: Signer.generate() for name in (A, B, C)}


AFTER = {
    collaboration.Move.CONTRIBUTE: collaboration.Stance.CONTRIBUTED,
    collaboration.Move.SIGN: collaboration.Stance.SIGNED,
    collaboration.Move.PUBLISH: collaboration.Stance.PUBLISHED,
    collaboration.Move.LEAVE: collaboration.Stance.LEFT,
}


def header(author: str, number: int, opening: str | None, at: datetime = NOW) -> dict[str, Any]:
    return {
        "author": author,
        "number": number,
        "opening": opening,
        "at": at,
        "originators": frozenset({author}),
        "marking": GREEN,
    }


def held(*steps: Step) -> dict[str, Step]:
    return {step.digest(): step for step in steps}


@pytest.mark.parametrize(("stance", "move"), list(product(collaboration.Stance, collaboration.Move)))
def test_every_stance_and_move_of_a_joint_record(
    stance: collaboration.Stance, move: collaboration.Move
) -> None:
    stances, moves = collaboration.Stance, collaboration.Move
    ended = stance in {stances.PUBLISHED, stances.LEFT}
    possible = {
        moves.CONTRIBUTE: not ended,
        moves.SIGN: stance in {stances.CONTRIBUTED, stances.SIGNED},
        moves.PUBLISH: stance is stances.SIGNED,
        moves.LEAVE: not ended,
    }[move]
    if possible:
        assert collaboration.advance(stance, move) is AFTER[move]
        return
    with pytest.raises(RefusedError, match=collaboration.COLLABORATION.rules[move]):
        collaboration.advance(stance, move)


def begun(parties: tuple[str, ...] = (A, B), **fields: Any) -> RegistryContribution:
    values = {"title": "A car", "severity": ({"scheme": "X", "value": "serious"},), **fields}
    return RegistryContribution(**header(A, 1, None), revision=1, parties=parties, **values)


def added(
    first: Contribution, author: str, number: int, revision: int, **fields: Any
) -> RegistryContribution:
    return RegistryContribution(**header(author, number, first.digest()), revision=revision, **fields)


def signed(first: Contribution, steps: dict[str, Step], author: str, number: int) -> Part:
    text = collaboration.course(first.digest(), steps).current
    return Part(
        **header(author, number, first.digest()),
        move=collaboration.Move.SIGN,
        contributions=text.names,
        content=text.digest,
        signature=text.sign(SIGNERS[author]),
    )


def test_a_joint_record_is_complete_only_when_all_have_signed_the_same_bytes() -> None:
    first = begun()
    steps = held(first, added(first, B, 1, 2, severity=({"scheme": "Y", "value": "2"},), countries=("FR",)))
    one = signed(first, steps, A, 2)
    found = collaboration.course(first.digest(), steps | held(one))
    assert found.state is collaboration.State.FROZEN
    two = signed(first, steps, B, 2)
    found = collaboration.course(first.digest(), steps | held(two, one))
    assert found.state is collaboration.State.COMPLETE
    assert set(found.signatures) == {A, B}
    assert found.current.combined["severity"] == {
        A: [{"scheme": "X", "value": "serious"}],
        B: [{"scheme": "Y", "value": "2"}],
    }
    more = added(first, B, 3, 3, title="A car, twice")
    after = collaboration.course(first.digest(), steps | held(one, two, more))
    assert after.state is collaboration.State.DRAFTED
    assert (after.revision, after.signatures) == (3, {})
    assert after.current.combined["title"] == "A car, twice"


def test_what_was_published_stays_and_what_crossed_it_came_too_late() -> None:
    first = begun()
    steps = held(first, added(first, B, 1, 2, countries=("FR",)))
    steps |= held(signed(first, steps, A, 2), signed(first, steps, B, 2))
    text = collaboration.course(first.digest(), steps).current
    out = Part(**header(B, 3, first.digest()), move=collaboration.Move.PUBLISH, content=text.digest)
    crossing = added(first, A, 3, 3, title="Too late")
    for order in permutations([*steps.values(), out, crossing]):
        found = collaboration.course(first.digest(), held(*order))
        assert found.state is collaboration.State.PUBLISHED
        assert found.current.digest == text.digest
        assert found.late == (crossing.digest(),)
        assert set(found.signatures) == {A, B}
    with pytest.raises(RefusedError, match="Begin another"):
        collaboration.attempt(first.digest(), steps | held(out), crossing)


def test_who_leaves_ends_a_draft_but_not_what_was_published() -> None:
    first = begun()
    steps = held(first, added(first, B, 1, 2, countries=("FR",)))
    left = Part(**header(B, 2, first.digest()), move=collaboration.Move.LEAVE)
    assert collaboration.course(first.digest(), steps | held(left)).state is collaboration.State.ABANDONED
    steps |= held(signed(first, steps, A, 2), signed(first, steps, B, 2))
    text = collaboration.course(first.digest(), steps).current
    gone = Part(**header(B, 3, first.digest()), move=collaboration.Move.LEAVE)
    out = Part(**header(A, 3, first.digest()), move=collaboration.Move.PUBLISH, content=text.digest)
    assert collaboration.course(first.digest(), steps | held(gone, out)).state is (
        collaboration.State.PUBLISHED
    )


def spoilt(good: Part, text: collaboration.Frozen) -> dict[str, tuple[dict[str, Any], str]]:
    other = SIGNERS[B].sign(Purpose.RELEASE, text.data)
    return {
        "another purpose": ({"signature": other}, "does not hold"),
        "other bytes": ({"signature": SIGNERS[B].sign(Purpose.JOINT_RECORD, b"else")}, "does not hold"),
        "another digest": ({"content": "sha256:" + 64 * "0"}, "Other bytes"),
        "no signature": ({"signature": None}, "names its contributions"),
        "nothing": ({"contributions": ()}, "every party"),
        "one side only": ({"contributions": good.contributions[:1]}, "every party|Other bytes"),
        "out of order": ({"contributions": good.contributions[::-1]}, "names its contributions"),
        "looser": ({"marking": Marking(tlp=Tlp.CLEAR)}, "guarded no less"),
    }


def test_no_other_bytes_are_signed() -> None:
    first = begun()
    steps = held(first, added(first, B, 1, 2, countries=("FR",)))
    good = signed(first, steps, B, 2)
    text = collaboration.course(first.digest(), steps).current
    for name, (changes, reason) in spoilt(good, text).items():
        step = good.model_copy(update=changes)
        with pytest.raises(RefusedError, match=reason):
            collaboration.attempt(first.digest(), steps, step)
        after = collaboration.course(first.digest(), steps | held(step))
        assert after.state is collaboration.State.DRAFTED, name
    again = signed(first, steps, B, 3)
    with pytest.raises(RefusedError, match="more contributions"):
        collaboration.attempt(first.digest(), steps | held(good), again)


def test_nothing_is_signed_or_published_before_its_time() -> None:
    first = begun()
    alone = held(first)
    with pytest.raises(RefusedError, match="every party"):
        collaboration.attempt(first.digest(), alone, signed(first, alone, A, 2))
    steps = held(first, added(first, B, 1, 2, countries=("FR",)))
    one = signed(first, steps, A, 2)
    steps |= held(one)
    out = Part(**header(A, 3, first.digest()), move=collaboration.Move.PUBLISH, content=one.content)
    with pytest.raises(RefusedError, match="1 to go"):
        collaboration.attempt(first.digest(), steps, out)
    ahead = added(first, B, 2, 9, countries=("DE",))
    with pytest.raises(RefusedError, match="not here"):
        collaboration.attempt(first.digest(), steps, ahead)


def test_originators_and_markings_carry_union_and_tightest() -> None:
    first = begun()
    tight = Marking(tlp=Tlp.AMBER, caveats=frozenset({Caveat.ORCON}), rel_to=frozenset({A, B}))
    second = RegistryContribution(
        **header(B, 1, first.digest()) | {"originators": frozenset({B, C}), "marking": tight},
        revision=2,
        countries=("FR",),
    )
    text = collaboration.course(first.digest(), held(first, second)).current
    assert text.originators == {A, B, C}
    assert text.marking == tight
    assert b'"originators":["identity--a","identity--b","identity--c"]' in text.data
    assert inherited(A, GREEN, [second]) == (frozenset({A, B, C}), tight)
