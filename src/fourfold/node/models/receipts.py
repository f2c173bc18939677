"""Signed answers to what was received: ours to them, theirs to us."""

from django.db import models

from fourfold.node.models.fields import DigestField
from fourfold.node.models.peers import Peer
from fourfold.node.models.reading import BY_PLACE, Labelled
from fourfold.node.models.received import Received
from fourfold.node.models.releases import ReleaseVersion


class ReceiptOut(Labelled):
    """Our receipt for something received; written with it, delivered when the counterpart takes it."""

    peer = models.ForeignKey(Peer, on_delete=models.PROTECT, related_name="receipts_out")
    received = models.OneToOneField(Received, on_delete=models.PROTECT, related_name="receipt")
    body = models.BinaryField()
    digest = DigestField(unique=True)
    outcome = models.CharField(max_length=30)
    created = models.DateTimeField()
    delivered = models.DateTimeField(null=True, db_index=True)

    class Meta:
        """What the store itself is sorted by."""

        indexes = [
            models.Index("peer", "outcome", BY_PLACE, "compartment", name="receipts_out_counted"),
            models.Index(
                "peer",
                BY_PLACE,
                "compartment",
                condition=models.Q(delivered=None),
                name="receipts_out_waiting",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.outcome}: {self.received_id}"

    def belongs(self) -> int:
        """With what it answers."""
        return int(self.received.compartment)


class ReceiptIn(Labelled):
    """A counterpart's receipt for one version of one release, as it came."""

    peer = models.ForeignKey(Peer, on_delete=models.PROTECT, related_name="receipts_in")
    release_version = models.ForeignKey(ReleaseVersion, on_delete=models.PROTECT, related_name="receipts")
    body = models.BinaryField()
    digest = DigestField(unique=True)
    outcome = models.CharField(max_length=30)
    reason = models.CharField(max_length=100, blank=True)
    received = models.DateTimeField()

    class Meta:
        """What the store itself is sorted by."""

        indexes = [models.Index("peer", "outcome", BY_PLACE, "compartment", name="receipts_in_counted")]

    def __str__(self) -> str:
        return f"{self.outcome}: {self.release_version_id}"

    def belongs(self) -> int:
        """With what it answers."""
        return int(self.release_version.compartment)
