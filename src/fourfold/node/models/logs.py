"""The logs: ours, one for each counterpart and a private one; and what we saw of theirs."""

from django.db import models

from fourfold.node.models.fields import DigestField
from fourfold.node.models.peers import Peer
from fourfold.node.models.releases import ReleaseVersion


class Log(models.Model):
    """One epoch of one log of ours; `peer` is null for the private one. The latest epoch is the open one.

    `statement` is the signed word that the epoch began (fourfold.log.epochs); the first needs none.
    `frontier` is the state from which the next leaf is appended and the root computed without reading the
    leaves again (fourfold.log): the roots of the perfect subtrees, from left to right, 32 bytes each.
    """

    origin = models.CharField(max_length=200, primary_key=True)
    peer = models.ForeignKey(Peer, null=True, on_delete=models.PROTECT, related_name="logs")
    epoch = models.PositiveIntegerField(default=1)
    statement = models.BinaryField(null=True)
    size = models.PositiveBigIntegerField(default=0)
    frontier = models.BinaryField(default=bytes)

    def __str__(self) -> str:
        return self.origin


class Leaf(models.Model):
    """One leaf: the salted hash, and what stands behind it (a release version, or an event)."""

    log = models.ForeignKey(Log, on_delete=models.PROTECT, related_name="leaves")
    index = models.PositiveBigIntegerField()
    hash = models.BinaryField()
    release_version = models.OneToOneField(
        ReleaseVersion, null=True, on_delete=models.PROTECT, related_name="leaf"
    )
    event = models.OneToOneField("node.Event", null=True, on_delete=models.PROTECT, related_name="leaf")

    class Meta:
        """What the store itself enforces."""

        constraints = [models.UniqueConstraint(fields=["log", "index"], name="one_leaf_for_each_index")]

    def __str__(self) -> str:
        return f"{self.log_id}[{self.index}]"


class LogNode(models.Model):
    """An inner node of a log's tree, written once when it is complete (levels from 1; leaves are level 0)."""

    log = models.ForeignKey(Log, on_delete=models.PROTECT, related_name="nodes")
    level = models.PositiveSmallIntegerField()
    index = models.PositiveBigIntegerField()
    hash = models.BinaryField()

    class Meta:
        """What the store itself enforces."""

        constraints = [models.UniqueConstraint(fields=["log", "level", "index"], name="one_node_for_a_place")]

    def __str__(self) -> str:
        return f"{self.log_id}[{self.level},{self.index}]"


class Checkpoint(models.Model):
    """A signed size and root of a log of ours, with the counterpart's cosignature once it is here.

    `note` is the signed note as we serve it. `cosigned_note` is the note with the counterpart's first line,
    which dates what the log holds; `renewed_at_peer` is the last time that it countersigned the same again.
    """

    log = models.ForeignKey(Log, on_delete=models.PROTECT, related_name="checkpoints")
    size = models.PositiveBigIntegerField()
    root = models.CharField(max_length=64)
    note = models.TextField()
    created = models.DateTimeField()
    cosigned_note = models.TextField(blank=True)
    cosigned = models.DateTimeField(null=True)
    cosigned_at_peer = models.DateTimeField(null=True)
    renewed_at_peer = models.DateTimeField(null=True)

    class Meta:
        """What the store itself enforces."""

        constraints = [models.UniqueConstraint(fields=["log", "size"], name="one_root_for_each_size")]

    def __str__(self) -> str:
        return f"{self.log_id} at {self.size}"


class SeenCheckpoint(models.Model):
    """A checkpoint of a counterpart's log that we checked and cosigned; `leaves` up to it are kept below.

    `delivered` is when the counterpart took our cosignature; `renewed_note` is a later one of the same, from
    when `renewed`. `frontier` is the state from which the next leaves are appended (as in Log).
    """

    peer = models.ForeignKey(Peer, on_delete=models.PROTECT, related_name="checkpoints_seen")
    origin = models.CharField(max_length=200)
    size = models.PositiveBigIntegerField()
    root = models.CharField(max_length=64)
    note = models.TextField()
    cosigned_note = models.TextField()
    renewed_note = models.TextField(blank=True)
    renewed = models.DateTimeField(null=True)
    digest = DigestField(unique=True)
    seen = models.DateTimeField()
    delivered = models.DateTimeField(null=True)
    frontier = models.BinaryField(default=bytes)
    epoch = models.PositiveIntegerField(default=1)

    class Meta:
        """What the store itself enforces."""

        constraints = [
            models.UniqueConstraint(fields=["peer", "origin", "size"], name="one_root_seen_for_each_size")
        ]

    def __str__(self) -> str:
        return f"{self.origin} at {self.size}"

    @classmethod
    def last_of_each_epoch(cls, peer: Peer) -> "list[SeenCheckpoint]":
        """The last checkpoint that we countersigned in each epoch of a counterpart's log, in their order."""
        rows = cls.objects.filter(peer=peer)
        epochs = rows.values_list("epoch", flat=True).distinct().order_by("epoch")
        return [rows.filter(epoch=epoch).order_by("size").last() for epoch in epochs]


class SeenLeaf(models.Model):
    """A leaf hash of an epoch of a counterpart's log, as far as we checked it."""

    peer = models.ForeignKey(Peer, on_delete=models.PROTECT, related_name="leaves_seen")
    epoch = models.PositiveIntegerField(default=1)
    index = models.PositiveBigIntegerField()
    hash = models.BinaryField()

    class Meta:
        """What the store itself enforces."""

        constraints = [
            models.UniqueConstraint(fields=["peer", "epoch", "index"], name="one_leaf_seen_for_each_place")
        ]
        indexes = [models.Index(fields=["peer", "hash"], name="leaf_seen_by_hash")]

    def __str__(self) -> str:
        return f"{self.peer_id}[{self.index}]"


class SeenEpoch(models.Model):
    """A later epoch of the log that a counterpart keeps for us, as it signed that it began."""

    peer = models.ForeignKey(Peer, on_delete=models.PROTECT, related_name="epochs_seen")
    number = models.PositiveIntegerField()
    statement = models.BinaryField()
    opened = models.DateTimeField()
    seen = models.DateTimeField()

    class Meta:
        """What the store itself enforces."""

        constraints = [
            models.UniqueConstraint(fields=["peer", "number"], name="one_statement_for_each_epoch")
        ]

    def __str__(self) -> str:
        return f"epoch {self.number} of {self.peer_id}"
