"""A second person's word that something may leave."""

from django.db import models

from fourfold.node.models.fields import DigestField, IdField


class Approval(models.Model):
    """One person's approval of one record version for one recipient; any edit of the record voids it.

    `body` is the approval as signed (fourfold.agreements.approval).
    """

    record_digest = DigestField(db_index=True)
    recipient = IdField()
    approver = models.CharField(max_length=200)
    body = models.BinaryField()
    created = models.DateTimeField()
    revoked = models.DateTimeField(null=True)

    class Meta:
        """What the store itself enforces."""

        constraints = [
            models.UniqueConstraint(
                fields=["record_digest", "recipient", "approver"],
                condition=models.Q(revoked=None),
                name="one_standing_approval_for_each_person",
            )
        ]

    def __str__(self) -> str:
        return f"{self.approver} for {self.recipient}"
