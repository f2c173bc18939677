"""What is stored of what others sent is bounded in its model as its column is; the columns are asked.

A new column fails here until it is said what fills it.
"""

from dataclasses import dataclass
from typing import Annotated, Any

import pytest
from django.apps import apps
from django.db.models import CharField, Field, ForeignKey, IntegerField, JSONField, TextField
from pydantic import BaseModel, TypeAdapter, ValidationError

from fourfold.agreements import AgreementText, Consent, Party, SliceTerms
from fourfold.agreements.lifecycle import Ending
from fourfold.canon import digest, new_id
from fourfold.exchange.holdings import Holdings, Item, Sum
from fourfold.exchange.receipts import Receipt
from fourfold.exchange.stix import stix_id
from fourfold.exchange.stix.codec import LONGEST_KIND
from fourfold.log import Epoch
from fourfold.node.consent_kinds import ConsentAnswer, ConsentRequest
from fourfold.node.joining import Introduction, Invitation
from fourfold.node.kinds import AssessedAnswers, Assessment, SliceAnswers
from fourfold.protocols.steps import Step
from fourfold.records import Record
from fourfold.records.attachments import Attachment
from fourfold.records.identity import Delegation
from fourfold.records.statements import KeyRevocation, Replacement, Succession
from fourfold.release import ReleaseObject


@dataclass(frozen=True)
class Filled:
    """A column that a counterpart's word fills: the member of a model, and a value that it takes."""

    model: type[BaseModel]
    member: str
    sample: Any

    def refuses(self, value: Any) -> bool:
        info = self.model.model_fields[self.member]
        form = Annotated[info.annotation, *info.metadata] if info.metadata else info.annotation
        try:
            TypeAdapter(form).validate_python(value)
        except ValidationError:
            return True
        return False


DIGEST, UUID = digest("x"), "0f8fad5b-d9cb-469f-a165-70867728950e"
IDENTITY = f"identity--{UUID}"
FILLED = {
    "Agreement.agreement": [Filled(AgreementText, "id", f"agreement--{UUID}")],
    "Agreement.number": [Filled(AgreementText, "number", 1)],
    "Agreement.predecessor": [Filled(AgreementText, "predecessor", DIGEST)],
    "Agreement.title": [Filled(AgreementText, "title", "Incidents")],
    "Agreement.ended_by": [Filled(Ending, "party", IDENTITY)],
    "AgreementParty.institution": [Filled(Party, "id", IDENTITY)],
    "Peer.institution": [Filled(Delegation, "institution", IDENTITY)],
    "Peer.name": [Filled(Introduction, "name", "Office"), Filled(Replacement, "name", "Office")],
    "Peer.url": [Filled(Introduction, "url", "http://node.example")],
    "Invitation.id": [Filled(Invitation, "id", f"invitation--{UUID}")],
    "JointAssessment.activity": [Filled(Assessment, "activity", "standards")],
    "JointAssessment.their_seal": [Filled(Assessment, "seal", DIGEST)],
    "JointAssessment.their_answers": [
        Filled(AssessedAnswers, "activity", "standards"),
        Filled(AssessedAnswers, "framework", DIGEST),
        Filled(SliceAnswers, "name", "public"),
    ],
    "ConsentDocument.id": [Filled(Consent, "id", f"consent--{UUID}")],
    "ConsentDocument.originator": [Filled(Consent, "originator", IDENTITY)],
    "ConsentDocument.recipient": [Filled(ConsentRequest, "recipient", IDENTITY)],
    "ConsentDocument.record_digest": [Filled(Consent, "record", DIGEST)],
    "ConsentDocument.agreement_digest": [Filled(Consent, "agreement", DIGEST)],
    "ConsentCase.id": [
        Filled(ReleaseObject, "id", f"release--{UUID}"),
        Filled(ConsentAnswer, "request", f"release--{UUID}"),
    ],
    "ConsentCase.record_digest": [Filled(ConsentRequest, "record", DIGEST)],
    "ConsentCase.recipient": [Filled(ConsentRequest, "recipient", IDENTITY)],
    "Event.subject": [Filled(ReleaseObject, "id", f"release--{UUID}")],
    "Received.object": [Filled(ReleaseObject, "id", f"release--{UUID}")],
    "Received.version": [Filled(ReleaseObject, "version", 1)],
    "Received.kind": [Filled(ReleaseObject, "kind", "incident")],
    "Received.activity": [Filled(ReleaseObject, "activity", "standards")],
    "Received.slice": [Filled(ReleaseObject, "slice", "public")],
    "Received.agreement_digest": [Filled(ReleaseObject, "agreement", DIGEST)],
    "RecordVersion.record": [Filled(Record, "id", f"record--{UUID}")],
    "RecordVersion.version": [Filled(Record, "version", 1)],
    "RecordVersion.kind": [Filled(Record, "kind", "incident")],
    "RecordVersion.activity": [Filled(Record, "activity", "standards")],
    "RecordVersion.slice": [Filled(Record, "slice", "public")],
    "ReceivedFile.digest": [Filled(Attachment, "digest", DIGEST)],
    "ReceivedFile.name": [Filled(Attachment, "name", "a.log")],
    "ReceivedFile.media_type": [Filled(Attachment, "media_type", "text/plain")],
    "ReceivedFile.size": [Filled(Attachment, "size", 1)],
    "Comparison.their_count": [Filled(Sum, "count", 1)],
    "Comparison.their_root": [Filled(Sum, "root", 64 * "a")],
    "Comparison.unknown": [Filled(Holdings, "more", 1)],
    "UnknownRelease.stix_id": [Filled(Item, "id", f"incident--{UUID}")],
    "UnknownRelease.version": [Filled(Item, "version", 1)],
    "UnknownRelease.digest": [Filled(Item, "digest", DIGEST)],
    "KeyStatement.institution": [
        Filled(Delegation, "institution", IDENTITY),
        Filled(KeyRevocation, "institution", IDENTITY),
        Filled(Succession, "institution", IDENTITY),
        Filled(Replacement, "institution", IDENTITY),
    ],
    "ReleaseVersion.version": [Filled(ReleaseObject, "version", 1), Filled(Receipt, "version", 1)],
    "ReleaseVersion.slice": [Filled(SliceTerms, "id", "public")],
    "SeenEpoch.number": [Filled(Epoch, "number", 1)],
    "CourseStep.opening": [Filled(Step, "opening", DIGEST)],
    "CourseStep.author": [Filled(Step, "author", IDENTITY)],
    "CourseStep.number": [Filled(Step, "number", 1)],
    "CourseStep.kind": [Filled(ReleaseObject, "kind", "incident")],
    "CourseStep.activity": [Filled(ReleaseObject, "activity", "standards")],
    "CourseStep.slice": [Filled(ReleaseObject, "slice", "public")],
    "Compartment.activity": [Filled(ReleaseObject, "activity", "standards")],
    "Compartment.subject": [Filled(ReleaseObject, "id", f"release--{UUID}")],
    "DestroyedFile.digest": [Filled(Attachment, "digest", DIGEST)],
    "KeyProof.institution": [Filled(Delegation, "institution", IDENTITY)],
}
"""The columns that what others sent fills, and by what."""

KEY = {
    *("AgreementParty.key", "Peer.institution_key", "Peer.node_key", "KeyProof.key", "KeyStatement.key"),
    "RequestNonce.key",
}
"""Keys of others: a key is one when it is read (fourfold.records.signing)."""

MADE = {
    *("Agreement.digest", "AgreementParty.signature", "JointAssessment.state", "JointAssessment.answers"),
    *("JointAssessment.evidence", "JointAssessment.withheld", "JointAssessment.nonce"),
    *("JointAssessment.seal", "JointAssessment.seal_record", "JointAssessment.reveal_record"),
    *("ConsentCase.state", "Comparison.count"),
    *("Comparison.root", "Comparison.missing", "CourseStep.digest", "CourseStep.record", "CourseStep.actor"),
    *("Peer.cursor", "Peer.last_error", "Peer.keys_told", "Peer.tried_on", "RequestNonce.nonce"),
    *("Event.tag", "Event.actor", "Event.reason", "Event.salt", "KeyStatement.kind", "KeyStatement.digest"),
    *("Received.stix_id", "Received.title", "Received.state", "Received.reason", "Received.digest"),
    *("Received.leaf", "Received.date_added", "File.digest", "File.size", "RecordFile.digest"),
    *("SeenCheckpoint.origin", "SeenCheckpoint.size", "SeenCheckpoint.root", "SeenCheckpoint.note"),
    *("SeenCheckpoint.cosigned_note", "SeenCheckpoint.renewed_note", "SeenCheckpoint.digest"),
    *("SeenCheckpoint.epoch", "SeenLeaf.epoch", "SeenLeaf.index", "Checkpoint.note"),
    "Checkpoint.cosigned_note",
    *("Submission.id", "Submission.successes", "Submission.failures", "Submitted.stix_id", "Submitted.type"),
    *("Submitted.version", "Submitted.title", "Submitted.tlp", "Submitted.notes", "Submitted.faults"),
    *("Submitted.digest", "Submitted.state", "ReceiptOut.digest", "ReceiptOut.outcome", "ReceiptIn.digest"),
    *("ReceiptIn.outcome", "ReceiptIn.reason", "RecordVersion.title", "RecordVersion.tlp"),
    *("RecordVersion.digest", "RecordVersion.folded", "RecordVersion.compartment", "Received.folded"),
    *("Received.compartment", "Submitted.folded", "Submitted.compartment", "ReleaseVersion.compartment"),
    *("CourseStep.compartment", "ConsentCase.compartment", "ConsentDocument.compartment"),
    *("ReceiptIn.compartment", "ReceiptOut.compartment"),
    *("Event.compartment", "Compartment.id", "Compartment.tlp", "Compartment.caveats", "KeyProof.how"),
}
"""Columns that this node computes of what came: digests, states, codes, what was cut or compared."""

OWN = {
    *("AccountRole", "ApiToken", "AgreementDraft", "Approval", "Client", "Counter", "Derived", "Hold"),
    *("Grant", "KeyConfirmation", "Leaf", "Log", "LogNode", "NamedReader", "Node", "OneTimeKey", "Proposal"),
    *("Release", "Seal", "WaitingStep"),
}
"""Tables that people of this institution and the node itself fill alone."""
OWN_COLUMNS = {
    *("Checkpoint.size", "Checkpoint.root", "RecordVersion.author", "RecordVersion.source"),
    *("ReleaseVersion.stix_id", "ReleaseVersion.stix_type", "ReleaseVersion.digest", "ReleaseVersion.label"),
    *("ReleaseVersion.secret", "ReleaseVersion.sequence", "ReleaseVersion.passed", "ReleaseVersion.withheld"),
    *("ReleaseVersion.reasons", "Submitted.decided_by", "Submitted.second", "Submitted.record"),
}


def columns() -> dict[str, Field]:
    """Every column that holds a text or a number, but for keys of rows."""
    return {
        f"{model.__name__}.{field.name}": field
        for model in apps.get_app_config("node").get_models()
        for field in model._meta.concrete_fields
        if isinstance(field, CharField | TextField | JSONField | IntegerField)
        and not isinstance(field, ForeignKey)
        and not field.get_internal_type().endswith("AutoField")
    }


def test_f2_of_every_column_it_is_said_what_fills_it():
    said = {*FILLED, *KEY, *MADE, *OWN_COLUMNS}
    there = {name for name in columns() if name.partition(".")[0] not in OWN}
    assert there - said == set()
    assert said - there <= {name for name in FILLED if name.startswith("Release")}


@pytest.mark.parametrize("name", FILLED)
def test_f2_what_fills_a_column_is_bounded_as_the_column_is(name):
    column = columns()[name]
    for filled in FILLED[name]:
        assert not filled.refuses(filled.sample)
        for value in beyond(column, filled.sample):
            assert filled.refuses(value), (filled.model, filled.member, value)


def beyond(column: Field, sample: Any) -> list[Any]:
    """Values that the column does not take on every store."""
    if isinstance(column, IntegerField):
        largest = {"PositiveIntegerField": (1 << 31) - 1, "PositiveBigIntegerField": (1 << 63) - 1}
        most = largest[column.get_internal_type()]
        return [most + 1, 1 << 80, -1]
    most = getattr(column, "max_length", None) or 100_000
    return [sample + sample[-1] * most, sample + "\x00", sample[:-1] + "\x00", "\x00"]


def test_f2_the_id_of_the_longest_kind_fits_its_column():
    made = stix_id("a" * LONGEST_KIND, new_id("release"))
    assert len(made) == columns()["Received.stix_id"].max_length
