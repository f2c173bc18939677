"""Long lists: a page is shown without counting everything, and says what it does not show."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from together_scene import proposed, with_closer

from fourfold.exchange.receipts import Outcome
from fourfold.node import clock, models
from fourfold.node.models.reading import Reader, reading_as
from fourfold.node.web.queries import listing
from fourfold.node.web.queries.evidence import evidence_view
from fourfold.node.web.queries.listing import Asked
from fourfold.node.web.queries.records import records_view
from fourfold.node.web.queries.releases import releases_view
from fourfold.node.web.queries.together import together_view
from fourfold.records.markings import Caveat, Marking, Tlp
from fourfold.release import EVERYBODY, EVERYTHING_SHORT_OF_RED, Clearances


@pytest.fixture
def few_at_most(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listing, "MOST", 30)


def rows(page: Any) -> int:
    return sum(1 for body in page.find("tbody") for _ in body.find("tr"))


@pytest.mark.parametrize(("records", "told"), [(30, False), (31, True)])
def test_the_pages_show_the_first_rows_and_say_where_there_are_more(
    scene: Any, read: Callable[..., Any], few_at_most: None, records: int, told: Any
) -> None:
    for number in range(records):
        scene.titled(f"Number {number}")
    last = read("/records/?page=2")
    assert "Page 2 of 2" in last.words
    assert rows(last) == 5
    assert ("There are more than the first" in last.words) is told


def test_a_page_that_is_not_there_is_the_nearest_one(scene: Any, read: Callable[..., Any]) -> None:
    for number in range(26):
        scene.titled(f"Number {number}")
    assert "Page 2 of 2" in read("/records/?page=99").words
    assert "Page 1 of 2" in read("/records/?page=x").words


def test_a_list_shows_the_whole_marking(scene: Any, read: Callable[..., Any]) -> None:
    until = clock.now() + timedelta(days=3)
    given = Marking(
        tlp=Tlp.AMBER,
        caveats=frozenset({Caveat.ORCON}),
        rel_to=frozenset({scene.other.id}),
        embargo=until,
    )
    scene.titled("Marked", marking=given)
    (shown,) = [row.words for row in read("/records/").find("tr") if "Marked" in row.words]
    for part in ("TLP:AMBER", Caveat.ORCON.value, f"named for {scene.other.name}", "embargo until"):
        assert part in shown


def crowd(scene: Any, first: int, count: int) -> None:
    """So many records more, each released, and its release answered by a receipt."""
    row = models.RecordVersion.objects.order_by("pk").first()
    release = models.Release.objects.get(record=row.record)
    sent = release.latest()
    receipt = sent.receipts.get()
    numbers = [(number, f"sha256:{number:064x}") for number in range(first, first + count)]
    models.RecordVersion.objects.bulk_create(
        copied(row, id=None, record=f"record--{number:036x}", digest=digest) for number, digest in numbers
    )
    models.Release.objects.bulk_create(
        copied(release, id=f"release--{number:036x}", record=f"record--{number:036x}")
        for number, _digest in numbers
    )
    sents = models.ReleaseVersion.objects.bulk_create(
        copied(
            sent,
            id=None,
            release_id=f"release--{number:036x}",
            digest=digest,
            sequence=number,
            date_added=sent.date_added + timedelta(seconds=number),
        )
        for number, digest in numbers
    )
    models.ReceiptIn.objects.bulk_create(
        copied(receipt, id=None, release_version_id=each.pk, digest=each.digest) for each in sents
    )
    assert scene.peer.receipts_in.count() > count


def copied(row: Any, **changes: Any) -> Any:
    values = {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}
    return type(row)(**{**values, **changes})


def effort(work: Callable[[], object]) -> int:
    """How much the store does, in hundreds of its own steps."""
    counted = [0]

    def count() -> None:
        counted[0] += 1

    connection.connection.set_progress_handler(count, 100)
    try:
        work()
    finally:
        connection.connection.set_progress_handler(None, 0)
    return counted[0]


VIEWS: dict[str, Callable[[], object]] = {
    "by a label of few": lambda: records_view(Asked("/", {"tlp": "AMBER"})),
    "by a label of all": lambda: records_view(Asked("/", {"tlp": "GREEN"})),
    "by a state of few": lambda: releases_view(Asked("/", {"state": "shared"})),
    "by a state of none": lambda: releases_view(Asked("/", {"state": "withdrawal-told"})),
    "by a state of all": lambda: releases_view(Asked("/", {"state": "acknowledged"})),
    "evidence": evidence_view,
}


def test_a_narrowed_list_and_the_evidence_cost_the_same_however_much_is_kept(
    scene: Any, few_at_most: None
) -> None:
    scene.answer(scene.release(scene.titled("One").record), Outcome.STORED)
    scene.release(scene.titled("Two", marking=Marking(tlp=Tlp.AMBER)).record)
    if connection.vendor != "sqlite":  # it reads so small a table whole: nothing to count
        assert all(view() is not None for view in VIEWS.values())
        return
    crowd(scene, 100, 100)
    for who in (None, Reader(Clearances(frozenset({EVERYBODY, EVERYTHING_SHORT_OF_RED})))):
        with reading_as(who):
            before = {name: effort(view) for name, view in VIEWS.items()}
            crowd(scene, 10_000 if who else 1_000, 900)
            after = {name: effort(view) for name, view in VIEWS.items()}
        grown = {name: (before[name], now) for name, now in after.items() if now > before[name] * 1.5 + 5}
        assert grown == {}


def test_the_page_of_proposals_asks_the_store_as_often_for_many_as_for_one(scene: Any) -> None:
    close, asked = with_closer(scene), []
    for count in (1, 4):
        for number in range(count):
            proposed(close, title=f"Number {count} {number}")
        with CaptureQueriesContext(connection) as queries:
            view = together_view(clock.now())
        asked.append(len(queries))
    assert len(view.proposals) == 5
    assert asked[0] == asked[1]
