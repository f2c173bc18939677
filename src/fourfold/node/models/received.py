"""What came from counterparts, kept as it came."""

from django.db import models

from fourfold.node.models.belonging import of_wire
from fourfold.node.models.fields import DigestField, FoldedField, IdField, no_folded_title_alone
from fourfold.node.models.peers import Peer
from fourfold.node.models.reading import BY_PLACE, Labelled, keep_compartment


class ReceivedState(models.TextChoices):
    """What became of something that was received."""

    STORED = "stored", "held as received"
    WITHDRAWN = "withdrawn", "destroyed on withdrawal"
    QUARANTINED = "quarantined", "not accepted"
    EXPIRED = "expired", "destroyed under the retention rules"


class Received(Labelled):
    """One version of one object from a counterpart.

    `wire` is what came, byte for byte; a withdrawal empties it (null) in every earlier version and leaves
    this row as the tombstone. The version that withdraws has `revoked` and keeps its own bytes, which hold
    no payload. The retention rules empty it too. `modified` is the version's time by its owner. `leaf` is
    the hash under which the counterpart's log must show it. `date_added` is where the counterpart's
    collection had it. `stix_id` and `version` are empty where they could not be read. `title` is what lists
    show, `folded` what they are searched by; both go with the bytes.
    """

    peer = models.ForeignKey(Peer, on_delete=models.PROTECT, related_name="received")
    object = IdField(db_index=True, blank=True)
    stix_id = IdField(blank=True)
    version = models.PositiveIntegerField(null=True)
    kind = models.CharField(max_length=100, blank=True)
    activity = models.CharField(max_length=100, blank=True)
    slice = models.CharField(max_length=100, blank=True)
    title = models.CharField(max_length=500, blank=True, default="")
    folded = FoldedField()
    agreement_digest = DigestField(blank=True)
    state = models.CharField(max_length=20, choices=ReceivedState.choices)
    reason = models.CharField(max_length=100, blank=True)
    revoked = models.BooleanField(default=False)
    wire = models.BinaryField(null=True)
    digest = DigestField()
    leaf = models.CharField(max_length=64, blank=True)
    date_added = models.CharField(max_length=40, blank=True)
    received = models.DateTimeField(db_index=True)
    withdrawn = models.DateTimeField(null=True)
    modified = models.DateTimeField(null=True)
    in_log = models.DateTimeField(null=True)

    class Meta:
        """What the store itself enforces."""

        constraints = [
            models.UniqueConstraint(fields=["peer", "digest"], name="the_same_bytes_once"),
            models.UniqueConstraint(
                fields=["peer", "object", "version"],
                condition=~models.Q(state="quarantined"),
                name="one_accepted_content_for_each_version",
            ),
            models.CheckConstraint(
                condition=models.Q(wire__isnull=False) | models.Q(title=""),
                name="no_title_outlives_its_bytes",
            ),
            no_folded_title_alone("no_words_of_what_came_outlive_its_title"),
        ]
        indexes = [
            models.Index(fields=["peer", "state"], name="received_by_state"),
            models.Index(fields=["object", "peer"], name="received_by_object"),
            models.Index(fields=["folded", "state", "compartment"], name="received_by_words"),
            models.Index(fields=["state", "-received", "-id", "compartment"], name="received_for_readers"),
            models.Index(  # what is counted is found here, and not looked up
                "state",
                BY_PLACE,
                "compartment",
                "kind",
                "revoked",
                "object",
                "peer",
                name="received_counted",
            ),
            models.Index(fields=["peer", "id"], condition=models.Q(in_log=None), name="received_not_in_log"),
        ]

    def __str__(self) -> str:
        return f"{self.object or 'unreadable'} v{self.version}"

    def belongs(self) -> int:
        """Where the release object in its bytes belongs."""
        return keep_compartment(of_wire(self.wire))
