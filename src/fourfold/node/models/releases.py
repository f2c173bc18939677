"""What left, or may be collected: release objects, one collection for each counterpart."""

from django.db import models

from fourfold.node.models.agreements import Agreement
from fourfold.node.models.fields import DigestField, IdField
from fourfold.node.models.peers import Peer
from fourfold.node.models.reading import BY_PLACE, Labelled
from fourfold.node.models.records import RecordVersion, of_latest
from fourfold.release.object import ReleaseObject


class ReleaseState(models.TextChoices):
    """Where a release stands with its recipient."""

    SHARED = "shared", "waiting to be collected"
    DELIVERED = "delivered", "collected, no receipt yet"
    ACKNOWLEDGED = "acknowledged", "received"
    REFUSED = "refused", "refused by the recipient"
    WITHDRAWAL_PENDING = "withdrawal-pending", "withdrawn, not yet confirmed"
    CONFIRMED = "withdrawal-confirmed", "withdrawn and confirmed"
    NOT_HELD = "withdrawal-not-held", "withdrawn before it was collected"


class Release(Labelled):
    """One thing that one counterpart gets of one record, over all its versions; one is open at a time.

    What was withdrawn does not come back: the right form of it is another release, under another id. A stub
    that stands for the record is of kind `stub`. `notice` is what its withdrawal tells the recipient besides
    (fourfold.release.Notice). A release is `withdrawn` before its recipient is told, or can be.
    """

    id = IdField(primary_key=True)
    peer = models.ForeignKey(Peer, on_delete=models.PROTECT, related_name="releases")
    record = IdField(db_index=True)
    kind = models.CharField(max_length=100)
    state = models.CharField(max_length=30, choices=ReleaseState.choices, default=ReleaseState.SHARED)
    created = models.DateTimeField()
    withdrawn = models.DateTimeField(null=True)
    withdrawal_reason = models.CharField(max_length=500, blank=True)
    notice = models.CharField(max_length=40, blank=True, default="")

    class Meta:
        """What the store itself enforces."""

        constraints = [
            models.UniqueConstraint(
                fields=["peer", "record"],
                condition=models.Q(withdrawn=None),
                name="one_open_release_of_a_record_for_each_peer",
            )
        ]
        indexes = [
            models.Index(fields=["-created", "id", "compartment"], name="releases_for_readers"),
            models.Index(fields=["peer", "state"], name="releases_by_state"),
            models.Index(
                fields=["state", "-created", "id", "compartment", "kind"],
                name="releases_by_state_for_readers",
            ),
            models.Index(BY_PLACE, "state", "kind", "compartment", "id", name="releases_counted"),
        ]

    def __str__(self) -> str:
        return self.id

    def belongs(self) -> int:
        """With the record; with its version that was released last, once there is one."""
        return of_latest(self.record)

    def latest(self) -> "ReleaseVersion":
        """The version that the counterpart should now hold."""
        return self.versions.order_by("-version")[0]


class ReleaseVersion(Labelled):
    """One version of a release: the signed bytes, and its place in the counterpart's collection.

    `wire` is what is sent, byte for byte. `body` is the canonical JSON of the release object. `sequence`
    and `date_added` are unique and increase within the peer, issued in the transaction that inserts.
    `label` is all that the decision at delivery reads of the source (fourfold.release.label_text). `secret`
    is behind the commitments to the fields. `reasons` are the full reasons of the decision, for the audit on
    our side only. `first_sent` is when the wire first handed it out, `held_back` when the decision at
    delivery first went against it.
    """

    release = models.ForeignKey(Release, on_delete=models.PROTECT, related_name="versions")
    version = models.PositiveIntegerField()
    peer = models.ForeignKey(Peer, on_delete=models.PROTECT, related_name="release_versions")
    source = models.ForeignKey(RecordVersion, null=True, on_delete=models.PROTECT, related_name="releases")
    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT)
    slice = models.CharField(max_length=100)
    stix_id = IdField()
    stix_type = models.CharField(max_length=100)
    modified = models.DateTimeField()
    revoked = models.BooleanField(default=False)
    wire = models.BinaryField()
    digest = DigestField()
    body = models.BinaryField()
    label = models.TextField(blank=True, default="")
    secret = models.CharField(max_length=64, blank=True)
    sequence = models.PositiveBigIntegerField()
    date_added = models.DateTimeField()
    passed = models.JSONField(default=list)
    withheld = models.JSONField(default=list)
    reasons = models.JSONField(default=list)
    first_sent = models.DateTimeField(null=True)
    held_back = models.DateTimeField(null=True)

    class Meta:
        """What the store itself enforces."""

        constraints = [
            models.UniqueConstraint(fields=["release", "version"], name="one_wire_for_each_version"),
            models.UniqueConstraint(fields=["peer", "sequence"], name="sequence_is_unique_for_a_peer"),
            models.UniqueConstraint(fields=["peer", "date_added"], name="date_added_is_unique_for_a_peer"),
        ]
        indexes = [
            models.Index(fields=["peer", "stix_id", "date_added"], name="release_by_stix_id"),
            models.Index(fields=["peer", "stix_type", "date_added"], name="release_by_type"),
            models.Index(fields=["peer", "modified", "date_added"], name="release_by_modified"),
            models.Index(fields=["peer", "digest"], name="release_by_digest"),
        ]

    def __str__(self) -> str:
        return f"{self.release_id} v{self.version}"

    def belongs(self) -> int:
        """With the version of the record that it was made of; the release goes where its last version is."""
        number = int(self.source.compartment if self.source else self.release.compartment)
        if self.release.compartment != number:
            Release.objects.filter(pk=self.release_id).update(compartment=number)
        return number

    def content(self) -> ReleaseObject:
        """The release object itself."""
        return ReleaseObject.model_validate_json(bytes(self.body))
