"""Consents of originators, requests for them, and what was derived from others' material."""

import json

from django.db import models

from fourfold.node.models.fields import DigestField, IdField
from fourfold.node.models.peers import Peer
from fourfold.node.models.reading import UNKNOWN, Labelled, keep_compartment
from fourfold.node.models.records import RecordVersion
from fourfold.node.models.releases import Release
from fourfold.release import UNREAD


class ConsentDocument(Labelled):
    """A consent as its originator signed it (fourfold.agreements.consent); it covers what it names."""

    id = IdField(primary_key=True)
    originator = IdField()
    recipient = IdField()
    record_digest = DigestField(db_index=True)
    agreement_digest = DigestField()
    body = models.BinaryField()
    received = models.DateTimeField()
    expires = models.DateTimeField(null=True)
    revoked = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.id

    def belongs(self) -> int:
        """With the record that it covers, or with the request for it."""
        return of_digest(self.record_digest)


class ConsentCase(Labelled):
    """One request for consent, asked by us (`ours`) or of us, and what became of it.

    `id` is the id of the release by which the request travels: both sides know it by that. `body` is the
    canonical JSON of the request (fourfold.node.consent_kinds); `state` is one of fourfold.protocols.consent.
    `document` is the consent, once it was granted.
    """

    id = IdField(primary_key=True)
    ours = models.BooleanField()
    peer = models.ForeignKey(Peer, on_delete=models.PROTECT, related_name="consent_cases")
    record_digest = DigestField(db_index=True)
    recipient = IdField()
    body = models.BinaryField()
    state = models.CharField(max_length=20)
    document = models.OneToOneField(ConsentDocument, null=True, on_delete=models.PROTECT, related_name="case")
    created = models.DateTimeField()
    answered = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.id}: {self.state}"

    def belongs(self) -> int:
        """With our record that is to be passed on, or our release that others want to pass on."""
        if self.ours:
            return of_digest(self.record_digest)
        released = Release.objects.filter(pk=json.loads(bytes(self.body))["object"])
        return released.values_list("compartment", flat=True).first() or keep_compartment(UNREAD)


class Derived(models.Model):
    """That an own record was made from something received: what its originator withdraws reaches it too.

    `object` is the release that was received from `origin`. `verbatim`: the record holds its content and
    nothing else.
    """

    record = IdField(db_index=True)
    origin = models.ForeignKey(Peer, on_delete=models.PROTECT, related_name="derived")
    object = IdField()
    verbatim = models.BooleanField(default=False)

    class Meta:
        """What the store itself enforces."""

        constraints = [
            models.UniqueConstraint(fields=["record", "origin", "object"], name="one_derivation_from_each")
        ]
        indexes = [models.Index(fields=["origin", "object"], name="derived_from_object")]

    def __str__(self) -> str:
        return f"{self.record} from {self.object}"


def of_digest(digest: str) -> int:
    """The compartment of the record version with this digest; of what others asked us about it."""
    for rows in (
        RecordVersion.objects.filter(digest=digest),
        ConsentCase.objects.filter(record_digest=digest),
    ):
        if found := rows.values_list("compartment", flat=True).first():
            return int(found)
    return UNKNOWN
