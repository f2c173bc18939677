"""What each side says of what the other has: the last comparison in each direction."""

from django.db import models

from fourfold.node.models.fields import DigestField
from fourfold.node.models.peers import Peer


class Comparison(models.Model):
    """The last comparison with one counterpart, of what we handed out to it (`ours`) or of what it did to us.

    `count` and `root` are as computed here, `their_count` and `their_root` as the counterpart signed them in
    `statement` (fourfold.exchange.holdings). `missing` is how many objects the recipient still lacks,
    `unknown` how many it holds that the owner does not know.
    """

    peer = models.ForeignKey(Peer, on_delete=models.PROTECT, related_name="comparisons")
    ours = models.BooleanField()
    at = models.DateTimeField()
    count = models.PositiveBigIntegerField()
    root = models.CharField(max_length=64)
    their_count = models.PositiveBigIntegerField()
    their_root = models.CharField(max_length=64)
    missing = models.PositiveBigIntegerField(default=0)
    unknown = models.PositiveBigIntegerField(default=0)
    statement = models.BinaryField()

    class Meta:
        """What the store itself enforces."""

        constraints = [
            models.UniqueConstraint(fields=["peer", "ours"], name="one_comparison_for_each_direction")
        ]

    def __str__(self) -> str:
        return f"{self.count} here, {self.their_count} there"

    @property
    def agrees(self) -> bool:
        """Whether both sides hold the same."""
        return (self.count, self.root) == (self.their_count, self.their_root)


class UnknownRelease(models.Model):
    """Something that a counterpart says it holds of us, and that this node does not know: lost with a store.

    The counterpart's own statement is all that is known of it here; its bytes are with the counterpart.
    """

    peer = models.ForeignKey(Peer, on_delete=models.PROTECT, related_name="unknown_releases")
    stix_id = models.CharField(max_length=120, db_index=True)
    version = models.PositiveIntegerField()
    digest = DigestField()
    told = models.DateTimeField()

    class Meta:
        """What the store itself enforces."""

        constraints = [models.UniqueConstraint(fields=["peer", "digest"], name="each_unknown_release_once")]

    def __str__(self) -> str:
        return f"{self.stix_id} v{self.version}"
