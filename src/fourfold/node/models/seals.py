"""What was sealed of records that are kept: nothing of it leaves but a salted hash in a counterpart's log."""

from django.db import models

from fourfold.node.models.logs import Leaf
from fourfold.node.models.peers import Peer
from fourfold.node.models.reading import Readable
from fourfold.node.models.records import RecordVersion
from fourfold.records.holding import Holding


class Seal(models.Model):
    """One record version, sealed before one witness: the counterpart that countersigns the log.

    `statement` is the canonical JSON of what was sealed (fourfold.records.holding). `salt` makes the leaf
    unguessable, `secret` is behind the commitments to the fields; neither leaves before the proof.
    """

    version = models.ForeignKey(RecordVersion, on_delete=models.PROTECT, related_name="seals")
    witness = models.ForeignKey(Peer, on_delete=models.PROTECT, related_name="seals")
    statement = models.BinaryField()
    salt = models.CharField(max_length=64)
    secret = models.CharField(max_length=64)
    leaf = models.OneToOneField(Leaf, on_delete=models.PROTECT, related_name="seal")
    created = models.DateTimeField()

    objects = models.Manager()
    readable = Readable("version__compartment")

    class Meta:
        """What the store itself enforces."""

        constraints = [
            models.UniqueConstraint(fields=["version", "witness"], name="one_seal_before_each_witness")
        ]

    def __str__(self) -> str:
        return f"{self.version} before {self.witness_id}"

    def content(self) -> Holding:
        """The statement itself."""
        return Holding.model_validate_json(bytes(self.statement))
