"""What one person wants done and a second person has to confirm."""

from django.db import models

from fourfold.node.models.fields import DigestField, IdField
from fourfold.node.models.reading import ReadableSubjects


class ProposalKind(models.TextChoices):
    """What can be proposed."""

    CHANGE = "change", "A change by which a record is guarded less"
    LIFT = "lift", "The lifting of a legal hold"
    ACCEPT = "accept", "Something handed in that becomes a record and is guarded less"


class Proposal(models.Model):
    """One proposal about one thing; it stands until somebody decides it.

    `base` is the digest of the record version that a change starts from, or of what was handed in, and `body`
    what was proposed as canonical JSON; it is emptied once it is decided, as the record then holds it, or
    nobody should.
    """

    what = models.CharField(max_length=10, choices=ProposalKind)
    subject = IdField(db_index=True)
    base = DigestField(blank=True)
    body = models.BinaryField()
    proposed = models.DateTimeField()
    proposed_by = models.CharField(max_length=200)
    decided = models.DateTimeField(null=True)
    decided_by = models.CharField(max_length=200, blank=True)
    confirmed = models.BooleanField(default=False)

    objects = models.Manager()
    readable = ReadableSubjects()

    class Meta:
        """What the store itself enforces."""

        constraints = [
            models.UniqueConstraint(
                fields=["what", "subject"],
                condition=models.Q(decided=None),
                name="one_standing_proposal_of_a_kind",
            )
        ]

    def __str__(self) -> str:
        return f"{self.what} {self.subject}"
