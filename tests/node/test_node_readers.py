"""Who inside may read what: grants need two people, labels follow what is kept, and lookups find no more."""

import io
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import connection

from fourfold.canon import new_id
from fourfold.errors import InputError, NotFoundError, RefusedError
from fourfold.exchange.receipts import Outcome, Receipt
from fourfold.framework import shipped
from fourfold.node import clock, courses, files, keeping, models
from fourfold.node.actions import sync as sync_module
from fourfold.node.actions.add_account import add_account
from fourfold.node.actions.approve import approve_release
from fourfold.node.actions.change_record import Changes, change_record
from fourfold.node.actions.check_node import check_node
from fourfold.node.actions.decide_grant import confirm_grant, drop_grant
from fourfold.node.actions.end_grant import end_grant, end_name
from fourfold.node.actions.propose_grant import NewGrant, propose_grant
from fourfold.node.actions.set_roles import set_roles
from fourfold.node.actions.sync import Synced
from fourfold.node.actions.write_receipt import write_receipt
from fourfold.node.compartments import content_of
from fourfold.node.keys import node_signer
from fourfold.node.models.reading import UNKNOWN, Labelled, reader, reading_as, sought_by_place
from fourfold.node.queries.readers import gaps
from fourfold.node.readers import reader_of
from fourfold.node.releasing import release
from fourfold.node.roles import Role
from fourfold.protocols.coordination import Move
from fourfold.records.attachments import Attachment
from fourfold.records.markings import Caveat, Marking, Tlp

PASSWORD = "correct horse battery"
CLEAR, GREEN, AMBER, RED = (Marking(tlp=each) for each in (Tlp.CLEAR, Tlp.GREEN, Tlp.AMBER, Tlp.RED))
ORCON = Marking(tlp=Tlp.GREEN, caveats=frozenset({Caveat.ORCON}))
PEOPLE = {
    "olga": Role.OPERATOR,
    "otto": Role.OPERATOR,
    "grace": Role.OFFICER,
    "ada": Role.ANALYST,
    "rita": Role.READER,
}


@pytest.fixture
def people(me: Any, settings: Any) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    for name, role in PEOPLE.items():
        add_account(name, PASSWORD, [role], "operator")


def account(name: str) -> Any:
    return get_user_model().objects.get(username=name)


def reads(name: str, record: models.RecordVersion) -> bool:
    with reading_as(reader_of(account(name))):
        return models.RecordVersion.readable.filter(pk=record.pk).exists()


def grant(name: str, ceiling: str | None = None, **more: Any) -> models.Grant:
    made = propose_grant(NewGrant(name, ceiling, **more), "olga")
    return confirm_grant(made.pk, "grace" if name != "grace" else "otto")


@pytest.mark.usefixtures("people")
def test_without_a_grant_a_reader_reads_what_is_clear_and_an_operator_nothing(incident: Any) -> None:
    kept = {each.tlp: incident(marking=each) for each in (CLEAR, GREEN, RED)}
    assert [label for label, record in kept.items() if reads("rita", record)] == [Tlp.CLEAR]
    assert not any(reads("olga", record) for record in kept.values())
    assert not reads("rita", incident(marking=Marking(tlp=Tlp.CLEAR, caveats=frozenset({Caveat.ORCON}))))


@pytest.mark.usefixtures("people")
def test_what_an_operator_proposed_who_is_one_no_more_is_confirmed_by_nobody() -> None:
    made = propose_grant(NewGrant("rita", "AMBER"), "olga")
    set_roles("olga", [Role.READER], "otto")
    with pytest.raises(RefusedError, match="olga, who proposed it, may not any more"):
        confirm_grant(made.pk, "otto")
    drop_grant(made.pk, "otto")
    again = propose_grant(NewGrant("rita", "AMBER"), "otto")
    assert confirm_grant(again.pk, "grace").confirmed_by == "grace"


@pytest.mark.usefixtures("people")
def test_a_grant_counts_once_a_second_person_confirmed_it_and_ends_at_once_by_one(incident: Any) -> None:
    kept = incident(marking=AMBER)
    made = propose_grant(NewGrant("rita", "AMBER"), "olga")
    assert not reads("rita", kept)
    confirm_grant(made.pk, "otto")
    assert reads("rita", kept)
    end_grant(made.pk, "olga")
    assert not reads("rita", kept)
    tags = models.Event.objects.filter(tag__startswith="grant:").values_list("tag", "actor").order_by("pk")
    assert list(tags) == [("grant:proposed", "olga"), ("grant:confirmed", "otto"), ("grant:ended", "olga")]


@pytest.mark.usefixtures("people")
@pytest.mark.parametrize(
    ("grantee", "proposes", "confirms"),
    [
        ("rita", "olga", "olga"),
        ("grace", "olga", "grace"),
        ("rita", "olga", "ada"),
        ("rita", "grace", "olga"),
        ("rita", "ada", "olga"),
        ("rita", "rita", "olga"),
    ],
)
def test_nobody_grants_alone_or_to_themselves_or_without_the_role(
    grantee: str, proposes: str, confirms: str, incident: Any
) -> None:
    kept = incident(marking=AMBER)
    with pytest.raises(RefusedError):
        confirm_grant(propose_grant(NewGrant(grantee, "AMBER"), proposes).pk, confirms)
    assert not reads(grantee, kept)


@pytest.mark.usefixtures("people")
def test_an_operator_who_reads_too_cannot_let_themselves_read_more(incident: Any) -> None:
    kept = incident(marking=AMBER)
    set_roles("olga", [Role.OPERATOR, Role.READER], "otto")
    for proposes, confirms in (("olga", "otto"), ("otto", "olga")):
        with pytest.raises(RefusedError, match="themselves"):
            confirm_grant(propose_grant(NewGrant("olga", "AMBER"), proposes).pk, confirms)
    assert not reads("olga", kept)


@pytest.mark.usefixtures("people")
@pytest.mark.parametrize(
    "new",
    [
        NewGrant("rita"),
        NewGrant("rita", "RED"),
        NewGrant("rita", "WHITE"),
        NewGrant("rita", "AMBER", caveats=("SECRET",)),
        NewGrant("rita", "AMBER", activities=("no_activity",)),
        NewGrant("rita", "AMBER", activities=()),
        NewGrant("rita", caveats=("ORCON",), named=("record--00000000-0000-4000-8000-000000000000",)),
        NewGrant("rita", named=("a title",)),
        NewGrant("rita", "AMBER", reason="x" * 501),
        NewGrant("rita", "AMBER", until=datetime(2020, 1, 1, tzinfo=UTC)),
        NewGrant("nobody", "AMBER"),
    ],
)
def test_what_is_not_known_is_granted_to_nobody(new: NewGrant) -> None:
    with pytest.raises(InputError):
        propose_grant(new, "olga")
    assert not models.Grant.objects.exists()


@pytest.mark.usefixtures("people")
def test_what_was_dropped_or_is_over_counts_no_more(incident: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = incident(marking=AMBER)
    dropped = propose_grant(NewGrant("rita", "AMBER"), "olga")
    drop_grant(dropped.pk, "grace")
    with pytest.raises(NotFoundError):
        confirm_grant(dropped.pk, "otto")
    until = clock.now() + timedelta(days=2)
    grant("rita", "AMBER", until=until)
    assert reads("rita", kept)
    monkeypatch.setattr(clock, "now", lambda: until)
    assert not reads("rita", kept)


@pytest.mark.usefixtures("people")
def test_red_is_read_by_those_named_for_it_and_by_its_author_until_somebody_ends_that(incident: Any) -> None:
    kept = incident("ada", marking=RED)
    grant("rita", "AMBER+STRICT", caveats=tuple(Caveat))
    assert reads("ada", kept)
    assert not reads("rita", kept)
    named = grant("rita", named=(kept.record,))
    assert reads("rita", kept)
    assert not reads("rita", incident("ada", marking=RED))
    end_name(named.names.get().pk, "olga")
    assert not reads("rita", kept)
    end_name(models.NamedReader.objects.get(account=account("ada"), subject=kept.record).pk, "olga")
    assert not reads("ada", kept)


@pytest.mark.usefixtures("people")
def test_somebody_named_for_one_thing_reads_it_whatever_its_caveats_and_nothing_else(incident: Any) -> None:
    one, other = incident(marking=ORCON), incident(marking=ORCON)
    grant("rita", named=(one.record,))
    assert (reads("rita", one), reads("rita", other)) == (True, False)
    grant("ada", "GREEN", caveats=("ORCON",))
    assert reads("ada", one)


@pytest.mark.usefixtures("people")
def test_an_author_reads_what_she_wrote_beyond_her_clearance_until_another_writes_on(incident: Any) -> None:
    kept = incident("ada", marking=AMBER)
    assert (reads("ada", kept), reads("rita", kept)) == (True, False)
    grant("rita", "AMBER")
    assert reads("rita", kept)
    grant("grace", "AMBER")
    later = change_record(kept.record, Changes({"title": "Anew"}, AMBER, "public-incidents"), "grace")
    assert (reads("ada", later), reads("rita", later)) == (False, True)


@pytest.mark.usefixtures("people")
def test_a_caveat_more_names_nobody_for_what_another_wrote(incident: Any) -> None:
    """Whoever reads one version by clearance, and writes on beyond it, does not come to read the others."""
    first = incident("grace", marking=RED)
    second = change_record(
        first.record, Changes({"title": "Now"}, AMBER, None), "grace", "otto", first.digest
    )
    grant("ada", "AMBER")
    assert (reads("ada", second), reads("ada", first)) == (True, False)
    tight = Marking(tlp=Tlp.AMBER, caveats=frozenset({Caveat.ORCON}))
    change_record(first.record, Changes({"title": "On"}, tight, None), "ada")
    red = tight.model_copy(update={"tlp": Tlp.RED})
    last = change_record(first.record, Changes({"title": "Red"}, red, None), "grace")
    assert not any(reads("ada", row) for row in models.RecordVersion.objects.filter(record=first.record))
    assert not models.NamedReader.objects.filter(account=account("ada")).exists()
    assert last.latest


@pytest.mark.usefixtures("people")
def test_what_is_kept_within_what_another_wrote_opens_nothing_else_of_hers(incident: Any) -> None:
    kept, beyond = incident("ada", marking=AMBER), incident("ada", marking=ORCON)
    grant("grace", "AMBER")
    record = kept.content().model_copy(
        update={
            "id": new_id("record"),
            "marking": Marking(tlp=Tlp.AMBER, caveats=frozenset({Caveat.PERSONAL})),
        }
    )
    keeping.add(record, actor="grace", title="About it", source="tests", within=kept.compartment)
    assert not reads("grace", beyond)
    assert not models.NamedReader.objects.filter(subject__startswith="account--").exists()


@pytest.mark.usefixtures("people")
def test_naming_one_person_opens_later_versions_to_no_earlier_author(incident: Any) -> None:
    first = incident("ada", marking=AMBER)
    last = change_record(first.record, Changes({"title": "Red"}, RED, None), "grace")
    grant("rita", named=(first.record,))
    assert (reads("rita", last), reads("ada", last), reads("ada", first)) == (True, False, False)


@pytest.mark.usefixtures("people", "agreed")
def test_what_was_handed_in_asked_for_and_sent_goes_with_the_record_that_is_raised(incident: Any) -> None:
    kept = incident(marking=GREEN)
    peer = models.Peer.objects.get()
    now, terms = clock.now(), models.Agreement.objects.first()
    client = models.Client.objects.create(
        peer=peer, token=kept.digest, terms=terms, created=now, author="olga", expires=now + timedelta(days=1)
    )
    brought = models.Submission.objects.create(id="1", client=client, received=now)
    handed = models.Submitted.objects.create(
        submission=brought,
        client=client,
        wire=b"{}",
        digest=kept.digest,
        tlp="GREEN",
        record=kept.record,
        received=now,
    )
    change_record(kept.record, Changes({"title": "Red"}, RED, None), "analyst")
    grant("rita", "AMBER+STRICT", caveats=tuple(Caveat))
    with reading_as(reader_of(account("rita"))):
        assert not models.Submitted.readable.filter(pk=handed.pk).exists()


@pytest.mark.usefixtures("people")
def test_a_field_that_is_tighter_makes_the_whole_record_so(incident: Any) -> None:
    kept = incident(marking=CLEAR, field_markings={"description": AMBER})
    assert not reads("rita", kept)


@pytest.mark.usefixtures("people", "agreed")
def test_a_record_that_is_tightened_takes_its_past_with_it(incident: Any, other: Any) -> None:
    kept = incident(marking=CLEAR)
    approve_release(kept.record, other.peer, "somebody else")
    made = release(kept, other.peer, "analyst", clock.now())
    late = change_record(kept.record, Changes({"title": "Anew"}, RED, None), "analyst")
    with reading_as(reader_of(account("rita"))):
        assert not models.RecordVersion.readable.filter(record=kept.record).exists()
        assert not models.Release.readable.filter(record=kept.record).exists()
        assert not models.ReleaseVersion.readable.filter(release=made.release).exists()
        assert not models.Event.readable.filter(subject__in=[kept.record, made.release_id]).exists()
        with pytest.raises(NotFoundError):
            keeping.latest(kept.record)
    grant("rita", named=(kept.record,))
    assert reads("rita", late)
    assert reads("rita", models.RecordVersion.objects.get(pk=kept.pk))


def answered(version: models.ReleaseVersion) -> models.ReceiptIn:
    """A receipt that the counterpart sent for a version."""
    return models.ReceiptIn.objects.create(
        peer=version.peer, release_version=version, body=b"{}", digest=version.digest, outcome="stored",
        received=clock.now(),
    )  # fmt: skip


def our_answer(came: models.Received) -> models.ReceiptOut:
    """The receipt that this node writes for something that came."""
    receipt = Receipt(
        owner=came.peer.institution, recipient=settings.NODE.id, object=came.object, version=came.version,
        digest=came.digest, outcome=Outcome.STORED, at=clock.now(),
    )  # fmt: skip
    write_receipt(came, receipt, node_signer())
    return models.ReceiptOut.objects.get(received=came)


@pytest.mark.usefixtures("people", "agreed")
def test_a_receipt_is_read_with_what_it_answers_wherever_that_is_moved(incident: Any, other: Any) -> None:
    kept = incident(marking=CLEAR)
    approve_release(kept.record, other.peer, "somebody else")
    given = answered(release(kept, other.peer, "analyst", clock.now()))
    told = {"activity": "incident_reporting", "slice": "public-incidents"}
    came = other.send("incident", {"title": "A"}, marking=CLEAR, **told)
    ours = our_answer(came)
    with reading_as(reader_of(account("rita"))):
        assert (models.ReceiptIn.readable.count(), models.ReceiptOut.readable.count()) == (1, 1)
    change_record(kept.record, Changes({"title": "Anew"}, RED, None), "analyst")
    grant("ada", named=(came.object,))
    for row, of in ((given, given.release_version), (ours, came)):
        before = row.compartment
        row.refresh_from_db()
        of.refresh_from_db()
        assert row.compartment == of.compartment != before
    with reading_as(reader_of(account("rita"))):
        assert not models.ReceiptIn.readable.exists()


@pytest.mark.usefixtures("people", "agreed")
def test_what_leaves_quarantine_is_answered_where_it_now_belongs(other: Any) -> None:
    told = {"activity": "incident_reporting", "slice": "public-incidents"}
    came = other.send("incident", {"title": "A"}, marking=AMBER, **told)
    our_answer(came)
    models.ReceiptOut.objects.update(compartment=UNKNOWN)
    assert our_answer(came).compartment == came.compartment != UNKNOWN


@pytest.mark.usefixtures("people")
def test_a_reader_is_told_of_as_many_as_she_finds(incident: Any) -> None:
    for marking in (CLEAR, GREEN, AMBER, AMBER, RED):
        incident(marking=marking)
    for ceiling in ("CLEAR", "GREEN", "AMBER"):
        grant("rita", ceiling)
        with reading_as(reader_of(account("rita"))):
            rows = models.RecordVersion.readable.filter(latest=True)
            assert sought_by_place(rows).count() == rows.count() > 0
            assert "ABS(" in str(sought_by_place(rows).query)
    assert sought_by_place(models.RecordVersion.objects.all()).count() == 5


@pytest.mark.usefixtures("people")
def test_what_a_reader_finds_is_counted_from_an_index_however_little_it_is(incident: Any) -> None:
    """Of SQLite alone, which plans by the question; PostgreSQL plans by what is in the tables too."""
    found = "COVERING INDEX records_counted (<expr>=?)" if connection.vendor == "sqlite" else ""
    incident(marking=AMBER)
    for ceiling in (None, "AMBER"):
        if ceiling:
            grant("rita", ceiling)
        with reading_as(reader_of(account("rita"))):
            rows = sought_by_place(models.RecordVersion.readable.filter(latest=True)).order_by()
            assert found in rows.values("kind").explain()


@pytest.mark.usefixtures("people")
def test_a_record_that_is_loosened_leaves_its_past_as_it_was(incident: Any) -> None:
    kept = incident("ada", marking=AMBER)
    grant("ada", "AMBER")
    late = change_record(kept.record, Changes({"title": "Anew"}, CLEAR, None), "ada", "grace", kept.digest)
    assert (reads("rita", late), reads("rita", models.RecordVersion.objects.get(pk=kept.pk))) == (True, False)


@pytest.mark.usefixtures("people", "agreed")
def test_nobody_approves_what_they_may_not_read_and_the_administrator_sees_that_nobody_can(
    incident: Any, other: Any
) -> None:
    kept = incident("ada", marking=AMBER)
    with reading_as(reader_of(account("grace"))), pytest.raises(NotFoundError):
        approve_release(kept.record, other.peer, "grace")
    assert [(each.tlp, each.read, each.approved) for each in gaps()] == [(Tlp.AMBER, True, False)]
    grant("grace", "AMBER")
    assert gaps() == ()
    with reading_as(reader_of(account("grace"))):
        approve_release(kept.record, other.peer, "grace")


@pytest.mark.usefixtures("people")
def test_node_check_says_what_nobody_reads_and_that_two_people_are_needed(incident: Any) -> None:
    def told() -> Any:
        return next(each for each in check_node() if each.name == "readers")

    assert (told().holds, told().warns) == (True, False)
    incident(marking=RED)
    assert (told().warns, "1 labels are read" in told().sentence) == (True, True)
    for name in ("otto", "grace"):
        set_roles(name, [Role.READER], "operator")
    assert "another operator or an officer confirms it" in told().sentence


@pytest.mark.usefixtures("people")
def test_the_administrator_is_told_the_id_of_what_is_red_and_no_title(incident: Any) -> None:
    kept = incident(marking=RED)
    (gap,) = gaps()
    assert (gap.tlp, gap.subject, gap.read) == (Tlp.RED, kept.record, False)
    assert kept.title not in repr(gap)


@pytest.mark.usefixtures("people", "agreed")
def test_what_came_is_read_by_its_marking_and_what_cannot_be_read_by_those_cleared_for_all(
    other: Any,
) -> None:
    told = {"activity": "incident_reporting", "slice": "public-incidents"}
    came = {
        each.tlp: other.send("incident", {"title": "A"}, marking=each, **told) for each in (CLEAR, AMBER, RED)
    }
    broken = models.Received.objects.create(
        peer=other.peer, state=models.ReceivedState.QUARANTINED, wire=b"{", digest="sha256:" + 64 * "9",
        received=clock.now(),
    )  # fmt: skip

    def seen(name: str) -> list[int]:
        with reading_as(reader_of(account(name))):
            return sorted(models.Received.readable.values_list("pk", flat=True))

    assert seen("rita") == [came[Tlp.CLEAR].pk]
    grant("rita", "AMBER+STRICT", caveats=tuple(Caveat))
    assert seen("rita") == [came[Tlp.CLEAR].pk, came[Tlp.AMBER].pk, broken.pk]
    grant(
        "ada",
        "AMBER",
        activities=(next(each for each in shipped().activities if each != "incident_reporting"),),
    )
    assert seen("ada") == [came[Tlp.CLEAR].pk]
    grant("ada", named=(came[Tlp.RED].object,))
    assert came[Tlp.RED].pk in seen("ada")


@pytest.mark.usefixtures("people")
def test_a_file_of_what_one_may_not_read_cannot_be_named_in_a_record_of_ones_own(incident: Any) -> None:
    file = files.take(io.BytesIO(b"A secret picture"), clock.now())
    named = {"name": "a.png", "media_type": "image/png", "size": file.size, "digest": file.pk}
    with reading_as(reader_of(account("rita"))):
        files.check_kept((Attachment(**named),))
    incident(marking=AMBER, payload={"title": "A", "attachments": [named]})
    with reading_as(reader_of(account("rita"))), pytest.raises(InputError, match="No file"):
        files.check_kept((Attachment(**named),))


@pytest.mark.usefixtures("people", "agreed")
def test_everything_that_is_kept_has_a_label(incident: Any, other: Any) -> None:
    kept = incident(marking=AMBER)
    approve_release(kept.record, other.peer, "somebody else")
    release(kept, other.peer, "analyst", clock.now())
    other.send("incident", {"title": "Theirs"}, activity="incident_reporting", slice="public-incidents")
    labelled = [each for each in apps.get_app_config("node").get_models() if issubclass(each, Labelled)]
    assert len(labelled) > 9
    for model in labelled:
        assert not model.objects.filter(compartment=UNKNOWN).exists(), model
        assert all(content_of(row.compartment) for row in model.objects.exclude(compartment=1)), model


@pytest.mark.parametrize("label", ["compartment", "activity"])
def test_every_model_with_a_label_is_read_through_it(label: str) -> None:
    for model in apps.get_app_config("node").get_models():
        if label == "compartment" and any(each.name == label for each in model._meta.fields):
            assert issubclass(model, Labelled), model
        if hasattr(model, "readable"):
            assert model._default_manager.name == "objects", model


def test_pages_api_and_queries_read_as_whoever_asks() -> None:
    """What is shown goes through `readable`; a new query that forgets it is found here."""
    node = Path(models.__file__).parents[1]
    readable = [
        each.__name__ for each in apps.get_app_config("node").get_models() if hasattr(each, "readable")
    ]
    assert {"RecordVersion", "Received", "Release", "Event", "JointAssessment", "Hold"} <= set(readable)
    wrong = re.compile(rf"\b({'|'.join(readable)})\.objects\b")
    allowed = {"readers.py"}  # the administrator's page: labels and ids alone
    found = [
        f"{file.relative_to(node)}:{number}"
        for folder in ("web", "api", "queries")
        for file in sorted((node / folder).rglob("*.py"))
        if file.name not in allowed
        for number, line in enumerate(file.read_text().splitlines(), 1)
        if wrong.search(line)
    ]
    assert found == []


@pytest.mark.usefixtures("people")
def test_a_proposal_is_read_as_a_whole_under_the_tightest_of_its_steps(end: Any) -> None:
    row = end.proposed()
    for name in ("rita", "ada"):
        grant(name, "GREEN")
    record = models.RecordVersion.objects.get(record=row.record)

    def seen(name: str) -> tuple[bool, ...]:
        with reading_as(reader_of(account(name))):
            told = models.Event.readable.filter(subject=row.opening).exists()
            there = [each.digest for each in courses.openings()] == [row.opening]
            sent = models.Release.readable.filter(record=row.record).exists()
            return there, told, sent, models.Received.readable.filter(kind="answer").exists()

    assert seen("rita") == (True, True, True, False)
    propose_grant(NewGrant("rita", named=(row.record, row.opening)), "olga")
    end.say("answer", end.answer(row.opening, Move.ACCEPT, marking=RED))
    assert seen("rita") == (False, False, True, False), "what was sent keeps its own label"
    assert reads("rita", record)
    with reading_as(reader_of(account("rita"))), pytest.raises(NotFoundError):
        courses.find(row.opening)
    grant("ada", named=(row.opening,))
    assert seen("ada") == (True, True, True, False)
    assert reads("ada", record)


@pytest.mark.usefixtures("people")
def test_what_a_reader_may_not_read_is_collected_all_the_same_when_that_reader_asks_for_it(
    other: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[Any] = []

    def collected(peer: models.Peer, *, whole: bool) -> Synced:
        seen.append(reader())
        return Synced(peer, None, "whole" if whole else "")

    monkeypatch.setattr(sync_module, "_sync", collected)
    with reading_as(reader_of(account("rita"))):
        assert reader() is not None
        assert [each.peer for each in sync_module.sync()] == [other.peer]
    assert seen == [None]
