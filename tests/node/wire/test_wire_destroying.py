"""After a withdrawal, or destruction in any other way, no byte of the content is anywhere under the home."""

import io
import json
from datetime import timedelta

import httpx
import pytest
from django.apps import apps
from django.db import models as columns

from fourfold.agreements import Direction, countersign, sign
from fourfold.canon import digest_bytes
from fourfold.exchange.receipts import MAX_RECEIPT_BYTES, MOST_DESTROYED
from fourfold.node import agreeing, clock, files, models
from fourfold.node.actions.accept_submitted import Acceptance, accept_submitted
from fourfold.node.actions.add_attachment import add_attachment
from fourfold.node.actions.apply_retention import apply_retention
from fourfold.node.actions.attach import attach
from fourfold.node.actions.pass_on import pass_on
from fourfold.node.actions.place_hold import place_hold
from fourfold.node.actions.pull import pull
from fourfold.node.actions.reject_submitted import reject_submitted
from fourfold.node.actions.release_record import release_record
from fourfold.node.actions.take_submission import take_submission
from fourfold.node.home import Home
from fourfold.node.web.queries.handed_in import submitted_view
from fourfold.records.markings import Marking, Tlp

CANARY = "ZQCANARYQZ"
BYTES = CANARY.encode() * 40
NAMED = {"name": f"{CANARY}.log", "media_type": "text/plain", "size": 400, "digest": digest_bytes(BYTES)}
RULES = """
schema: fourfold.retention/1
rules:
  - {what: kept, kind: incident, at_most_days: 10}
  - {what: received, kind: incident, at_most_days: 5}
"""


@pytest.fixture
def home(node, settings, tmp_path, own):
    del node  # asked for first, as it brings a home that all tests share
    settings.HOME = type(own[0])(tmp_path)
    (tmp_path / "keys").symlink_to(own[0].keys)
    (tmp_path / "retention.yaml").write_text(RULES)
    return settings.HOME


@pytest.fixture
def days_later(monkeypatch):
    real = clock.now
    return lambda days: monkeypatch.setattr(clock, "now", lambda: real() + timedelta(days=days))


@pytest.fixture
def between(home, node):
    """Agree anew with a counterpart, so that files pass in both directions."""

    def agree(counterpart):
        text = counterpart.agreement.text
        passing = {"incident": ("title", "description", "attachments")}
        directions = tuple(Direction(sender=each.id, fields=passing) for each in (node, counterpart.who))
        terms = text.slices[0].model_copy(update={"directions": directions})
        changes = {"number": 2, "predecessor": counterpart.agreement.digest, "slices": (terms,)}
        after = text.model_copy(update=changes)
        signed = countersign(sign(after, node.institution), counterpart.who.institution)
        agreeing.keep(signed, clock.now() - timedelta(minutes=1))
        counterpart.agreement = signed
        return counterpart

    del home
    return agree


@pytest.fixture
def collect():
    """Let the node collect from a counterpart that serves its one file too."""

    def answer(counterpart, request):
        if not request.url.path.startswith("/exchange/v1/attachments/"):
            return counterpart(request)
        first, last = (int(each) for each in request.headers["Range"].removeprefix("bytes=").split("-"))
        said = {"Content-Range": f"bytes {first}-{last}/{len(BYTES)}"}
        return httpx.Response(206, content=BYTES[first : last + 1], headers=said)

    def run(counterpart):
        transport = httpx.MockTransport(lambda request: answer(counterpart, request))
        return pull(models.Peer.objects.get(pk=counterpart.who.id), transport)

    return run


def found(home: Home) -> list[str]:
    """Where the canary is: rows of any table, Django's too, and files under the home."""
    places = [
        str(file) for file in home.path.rglob("*") if file.is_file() and BYTES[:10] in file.read_bytes()
    ]
    for model in apps.get_models(include_auto_created=True):
        for row in model.objects.values():
            held = b"".join(
                bytes(value) if isinstance(value, bytes | memoryview) else str(value).encode()
                for value in row.values()
            )
            if CANARY.lower().encode() in held.lower():  # a title is kept folded, too
                places.append(f"{model.__name__} {next(iter(row.values()))}")
    return places


def test_the_walk_finds_what_is_there(home, between, counterpart, collect):
    between(counterpart).release(fields={"title": CANARY, "attachments": [NAMED]})
    collect(counterpart)
    places = {each.partition(" ")[0] for each in found(home)}
    assert {"Received", "ReceivedFile", str(files.place(NAMED["digest"]))} == places


def test_f5_a_withdrawal_destroys_files_and_copies_kept_to_pass_on_and_its_receipt_names_them(
    home, between, counterpart, stranger, collect
):
    """The kept copy has the file too, and went on to another counterpart, which never collected it."""
    fields = {"title": CANARY, "description": CANARY, "attachments": [NAMED]}
    made = between(counterpart).release(fields=fields, marking=Marking(tlp=Tlp.CLEAR))
    counterpart.release(id=made.id, fields={"title": f"{CANARY} otherwise"})  # same number: quarantined
    collect(counterpart)
    record = pass_on(made.id, "public-incidents", "officer").record
    release_record(record, models.Peer.objects.get(pk=between(stranger).who.id), "officer")
    counterpart.withdraw(made)
    collect(counterpart)
    assert found(home) == []
    assert models.File.objects.get().gone
    answer = counterpart.receipts[-1].receipt
    assert {answer.outcome, models.Release.objects.get(record=record).state} == {
        "withdrawn",
        "withdrawal-not-held",
    }
    assert {NAMED["digest"], models.Received.objects.get(object=made.id, version=1, reason="").digest} <= set(
        answer.destroyed
    )


def test_f5_the_receipt_that_had_to_wait_for_others_names_the_files_too(
    home, between, counterpart, stranger, collect, ask
):
    fields = {"title": CANARY, "attachments": [NAMED]}
    made = between(counterpart).release(fields=fields, marking=Marking(tlp=Tlp.CLEAR))
    collect(counterpart)
    record = pass_on(made.id, "public-incidents", "officer").record
    sent = release_record(record, models.Peer.objects.get(pk=between(stranger).who.id), "officer")
    third = ask(stranger.who.node)
    third.objects()
    counterpart.withdraw(made)
    collect(counterpart)
    assert found(home) == []
    assert len(counterpart.receipts) == 1  # the third has not answered
    gone = sent.release.latest()
    third.objects()
    wire, given = bytes(gone.wire), gone.content()
    answer = stranger.answer(wire, clock.now(), release=given, outcome="withdrawn", destroyed=(sent.digest,))
    third.nodes.deliver_receipts([answer])
    collect(counterpart)
    assert NAMED["digest"] in counterpart.receipts[-1].receipt.destroyed


def test_what_the_retention_rules_destroyed_before_counts_as_destroyed(
    home, between, counterpart, collect, days_later
):
    made = between(counterpart).release(fields={"title": CANARY, "attachments": [NAMED]})
    collect(counterpart)
    days_later(6)
    assert [each.id for each in apply_retention("records manager").destroyed] == [made.id]
    assert found(home) == []
    days_later(0)
    counterpart.withdraw(made)
    collect(counterpart)
    stored, withdrawn = counterpart.receipts
    assert stored.receipt.digest in withdrawn.receipt.destroyed


def submission(third, **changes):
    value = {
        "type": "incident",
        "spec_version": "2.1",
        "id": "incident--3d5f1cd8-6c8a-4e0e-9d0a-0f3b1a0e7a10",
        "created": "2026-01-01T00:00:00.000Z",
        "modified": "2026-01-01T00:00:00.000Z",
        "name": CANARY,
        "description": CANARY,
        **changes,
    }
    take_submission(third.added.client, [json.dumps(value).encode()])
    return models.Submitted.objects.get()


def test_f9_what_was_handed_in_goes_with_the_record_that_it_became(home, counterpart, let_in, days_later):
    del counterpart  # asked for, so that there are terms for a client
    row = submission(let_in(may_submit=True))
    accepted = accept_submitted(row.pk, Acceptance(originators=("Own",)), "ada", "ben")
    attach(accepted.record, [add_attachment(io.BytesIO(BYTES), NAMED["name"], None, "ada")], "ada")
    days_later(11)
    done = apply_retention("records manager")
    assert [each.id for each in done.destroyed] == [accepted.record]
    assert found(home) == []
    row.refresh_from_db()
    assert (row.state, row.wire, row.title, row.digest != "") == ("accepted", None, "", True)
    assert CANARY not in str(submitted_view(row.pk))


@pytest.mark.parametrize("fault", [{}, {"modified": CANARY}, {CANARY: CANARY, "name": 7}])
def test_nothing_of_what_was_rejected_stays(home, counterpart, let_in, fault):
    del counterpart
    row = submission(let_in(may_submit=True), **fault)
    reject_submitted(row.pk, "ada")
    assert found(home) == []


def test_a_legal_hold_on_a_copy_kept_to_pass_on_holds_the_withdrawal_too(home, between, counterpart, collect):
    made = between(counterpart).release(fields={"title": CANARY}, marking=Marking(tlp=Tlp.CLEAR))
    collect(counterpart)
    record = pass_on(made.id, "public-incidents", "officer").record
    place_hold(record, "a court asked", "records manager")
    counterpart.withdraw(made)
    collect(counterpart)
    assert [each.value for each in counterpart.receipts[-1].receipt.reasons] == ["legal-hold"]
    assert models.RecordVersion.objects.get(record=record, latest=True).destroyed is None


def test_a_withdrawal_of_more_versions_than_a_receipt_can_name_is_answered(counterpart, pulled):
    made = counterpart.release()
    pulled(counterpart)
    row = models.Received.objects.get()
    for number in range(MOST_DESTROYED + 5):
        row.pk, row.version, row.digest = None, number + 2, digest_bytes(b"%d" % number)
        row.save()
    counterpart.withdraw(made.model_copy(update={"version": MOST_DESTROYED + 7}))
    pulled(counterpart)
    answer = counterpart.receipts[-1]
    assert len(answer.receipt.destroyed) == MOST_DESTROYED
    assert answer.receipt.destroyed[-1] == row.digest
    assert len(answer.wire) <= MAX_RECEIPT_BYTES


EMPTIED = {
    "CourseStep.body",
    "Proposal.body",
    "Received.folded",
    "Received.title",
    "Received.wire",
    "ReceivedFile.media_type",
    "ReceivedFile.name",
    "RecordVersion.body",
    "RecordVersion.folded",
    "RecordVersion.source",
    "RecordVersion.title",
    "ReleaseVersion.body",
    "ReleaseVersion.wire",
    "Submission.failures",
    "Submitted.faults",
    "Submitted.folded",
    "Submitted.notes",
    "Submitted.title",
    "Submitted.wire",
}
"""The columns that can hold content of a record, or of what came: `fourfold.node.destroying` empties them."""

KEPT = {
    "signed, sealed and revealed between institutions": {
        *("Agreement.title", "Agreement.text", "Agreement.ending", "AgreementDraft.body", "ConsentCase.body"),
        *("JointAssessment.answers", "JointAssessment.evidence", "JointAssessment.withheld"),
        *("JointAssessment.their_answers", "Invitation.body", "KeyStatement.body"),
    },
    "signed words about digests": {
        *(
            "Approval.body",
            "ConsentDocument.body",
            "Comparison.statement",
            "KeyProof.body",
            "ReceiptIn.body",
            "ReceiptOut.body",
        ),
        *("Log.statement", "SeenEpoch.statement", "Node.delegation", "Peer.delegation", "Seal.statement"),
    },
    "hashes": {
        *("Checkpoint.note", "Checkpoint.cosigned_note", "Leaf.hash", "Log.frontier", "LogNode.hash"),
        *("SeenCheckpoint.note", "SeenCheckpoint.cosigned_note", "SeenCheckpoint.renewed_note"),
        *("SeenCheckpoint.frontier", "SeenLeaf.hash"),
    },
    "names of people, institutions, places": {
        *("AgreementDraft.begun_by", "AgreementDraft.changed_by", "Approval.approver", "Client.author"),
        *("Client.second", "CourseStep.actor", "Event.actor", "Hold.placed_by", "Hold.lifted_by"),
        *("KeyConfirmation.person", "Node.name", "Peer.name", "Peer.url", "Proposal.proposed_by"),
        *("Proposal.decided_by", "RecordVersion.author", "Submitted.decided_by", "Submitted.second"),
        *("WaitingStep.actor", "Log.origin", "SeenCheckpoint.origin", "OneTimeKey.account"),
        *("Grant.proposed_by", "Grant.confirmed_by", "Grant.ended_by", "NamedReader.ended_by"),
    },
    "what people here say of their reasons": {"Grant.reason", "Hold.reason", "Release.withdrawal_reason"},
    "ids, codes, markings, names of fields, numbers": {
        *("Counter.cache_key", "Counter.value", "Peer.cursor", "Peer.last_error", "ReleaseVersion.label"),
        *("ReleaseVersion.passed", "ReleaseVersion.withheld", "ReleaseVersion.reasons"),
        *("Submission.successes", "Submitted.stix_id", "Submitted.type", "UnknownRelease.stix_id"),
        *("Compartment.caveats", "Grant.activities", "Grant.caveats", "OneTimeKey.answer"),
    },
}
"""The other columns with room for content, and what they hold instead."""


def wide() -> set[str]:
    """The columns in which there is room for content: more than an id, a digest or a code takes."""
    texts = (columns.TextField, columns.BinaryField, columns.JSONField)
    return {
        f"{model.__name__}.{field.name}"
        for model in apps.get_app_config("node").get_models()
        for field in model._meta.get_fields()
        if isinstance(field, texts) or (isinstance(field, columns.CharField) and field.max_length > 100)
    }


def test_every_column_with_room_for_content_is_emptied_or_known_to_hold_none():
    assert wide() == EMPTIED.union(*KEPT.values())
