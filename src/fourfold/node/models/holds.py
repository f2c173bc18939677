"""Legal holds: what may not be destroyed, whatever rule or withdrawal asks for it."""

from django.db import models

from fourfold.node.models.fields import IdField
from fourfold.node.models.reading import ReadableSubjects


class Hold(models.Model):
    """One hold on one record of ours or one release that was received; it stands until it is lifted."""

    subject = IdField(db_index=True)
    reason = models.CharField(max_length=500)
    placed = models.DateTimeField()
    placed_by = models.CharField(max_length=200)
    lifted = models.DateTimeField(null=True)
    lifted_by = models.CharField(max_length=200, blank=True)

    objects = models.Manager()
    readable = ReadableSubjects()

    class Meta:
        """What the store itself enforces."""

        constraints = [
            models.UniqueConstraint(
                fields=["subject"], condition=models.Q(lifted=None), name="one_standing_hold_on_a_thing"
            )
        ]

    def __str__(self) -> str:
        return self.subject
