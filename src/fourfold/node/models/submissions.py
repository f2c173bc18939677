"""What third-party tools handed in: each delivery, and each thing in it, as it came."""

from django.db import models

from fourfold.exchange.foreign import read_foreign
from fourfold.node.models.clients import Client
from fourfold.node.models.fields import DigestField, FoldedField, IdField, no_folded_title_alone
from fourfold.node.models.reading import Labelled, keep_compartment
from fourfold.release import ANY, compartment


class SubmittedState(models.TextChoices):
    """What became of something that was handed in."""

    WAITING = "waiting", "waits for somebody to look at it"
    QUARANTINED = "quarantined", "failed a check; waits for somebody to look at it"
    ACCEPTED = "accepted", "became a record"
    REJECTED = "rejected", "rejected, and its bytes destroyed"


class Submission(models.Model):
    """One delivery, and what its sender was told of each object (TAXII 2.1, section 4.3).

    `successes` and `failures` are status details: `id`, `version`, and why (`message`).
    """

    id = models.CharField(max_length=36, primary_key=True)
    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="submissions")
    received = models.DateTimeField()
    successes = models.JSONField(default=list)
    failures = models.JSONField(default=list)

    def __str__(self) -> str:
        return self.id


class Submitted(Labelled):
    """One object that was handed in; nothing in it is believed until a person vouches for it.

    `wire` is what came, byte for byte; null once it was rejected, or the record that it became was destroyed.
    `stix_id`, `type`, `version` and `title` are what it says of itself, empty where that could not be read.
    `folded` is what searches compare of the title. `tlp` is the label that counts here, `notes` say what was
    unknown in its markings, `faults` what was wrong. `revoked`: it takes back what was handed in under this
    id before. `record` is what it became, or what was changed by it.
    """

    submission = models.ForeignKey(Submission, on_delete=models.PROTECT, related_name="parts")
    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="submitted")
    stix_id = models.CharField(max_length=300, blank=True)
    type = models.CharField(max_length=250, blank=True)
    version = models.CharField(max_length=40, blank=True)
    title = models.CharField(max_length=200, blank=True)
    folded = FoldedField()
    tlp = models.CharField(max_length=20)
    notes = models.JSONField(default=list)
    faults = models.JSONField(default=list)
    revoked = models.BooleanField(default=False)
    wire = models.BinaryField(null=True)
    digest = DigestField()
    state = models.CharField(max_length=20, choices=SubmittedState.choices, db_index=True)
    received = models.DateTimeField()
    decided = models.DateTimeField(null=True)
    decided_by = models.CharField(max_length=200, blank=True)
    second = models.CharField(max_length=200, blank=True)
    record = IdField(blank=True)

    class Meta:
        """What the store itself enforces."""

        constraints = [
            models.UniqueConstraint(fields=["client", "digest"], name="the_same_bytes_of_a_client_once"),
            no_folded_title_alone("no_words_of_what_was_handed_in_outlive_its_title"),
        ]
        indexes = [
            models.Index(fields=["stix_id"], name="submitted_by_object"),
            models.Index(fields=["record"], name="submitted_by_record"),
        ]

    def __str__(self) -> str:
        return f"{self.stix_id or 'unreadable'} ({self.state})"

    def belongs(self) -> int:
        """Where its markings put it; what it would be a record of is not known before somebody says so."""
        return keep_compartment(
            compartment(ANY, [read_foreign(bytes(self.wire or b"")).marking], self.digest)
        )
