"""Signed answers to what was received: ours to them, theirs to us."""

from django.db import models

from fourfold.node.models.fields import DigestField
from fourfold.node.models.peers import Peer
from fourfold.node.models.reading import Readable
from fourfold.node.models.received import Received
from fourfold.node.models.releases import ReleaseVersion


class ReceiptOut(models.Model):
    """Our receipt for something received; written with it, delivered when the counterpart takes it."""

    peer = models.ForeignKey(Peer, on_delete=models.PROTECT, related_name="receipts_out")
    received = models.OneToOneField(Received, on_delete=models.PROTECT, related_name="receipt")
    body = models.BinaryField()
    digest = DigestField(unique=True)
    outcome = models.CharField(max_length=30)
    created = models.DateTimeField()
    delivered = models.DateTimeField(null=True, db_index=True)

    objects = models.Manager()
    readable = Readable("received__compartment")

    class Meta:
        """What the store itself is sorted by."""

        indexes = [models.Index(fields=["peer", "outcome"], name="receipts_out_by_outcome")]

    def __str__(self) -> str:
        return f"{self.outcome}: {self.received_id}"


class ReceiptIn(models.Model):
    """A counterpart's receipt for one version of one release, as it came."""

    peer = models.ForeignKey(Peer, on_delete=models.PROTECT, related_name="receipts_in")
    release_version = models.ForeignKey(ReleaseVersion, on_delete=models.PROTECT, related_name="receipts")
    body = models.BinaryField()
    digest = DigestField(unique=True)
    outcome = models.CharField(max_length=30)
    reason = models.CharField(max_length=100, blank=True)
    received = models.DateTimeField()

    objects = models.Manager()
    readable = Readable("release_version__compartment")

    class Meta:
        """What the store itself is sorted by."""

        indexes = [models.Index(fields=["peer", "outcome"], name="receipts_in_by_outcome")]

    def __str__(self) -> str:
        return f"{self.outcome}: {self.release_version_id}"
