"""The steps of proposals and joint records, ours and theirs."""

from django.db import models

from fourfold.node.models.fields import DigestField, IdField
from fourfold.node.models.reading import Labelled
from fourfold.node.models.received import Received
from fourfold.node.models.records import of_latest


class CourseStep(Labelled):
    """One step in a course (fourfold.protocols.steps): a text or an answer, a contribution or a signature.

    `opening` is the digest of the step that opened the course, its own for that step. `body` is the canonical
    JSON of the step; recalling it empties it (null) and leaves this row as the tombstone. `record` is our own
    record of it (empty: not ours), `received` what it came in (null: ours). `at` is what its author says,
    `kept` when it was kept here.
    """

    digest = DigestField(primary_key=True)
    opening = DigestField(db_index=True)
    kind = models.CharField(max_length=100)
    activity = models.CharField(max_length=100)
    slice = models.CharField(max_length=100)
    author = IdField()
    number = models.PositiveIntegerField()
    body = models.BinaryField(null=True)
    at = models.DateTimeField()
    record = IdField(blank=True, db_index=True)
    received = models.ForeignKey(Received, null=True, on_delete=models.PROTECT, related_name="steps")
    actor = models.CharField(max_length=200, blank=True)
    kept = models.DateTimeField()
    recalled = models.DateTimeField(null=True)

    class Meta:
        """What the store itself enforces."""

        constraints = [
            models.UniqueConstraint(
                fields=["opening", "author", "number"], name="one_step_at_each_place_of_a_course"
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.number} by {self.author}"

    def belongs(self) -> int:
        """With the record or the object in which it stands."""
        return int(self.received.compartment) if self.received else of_latest(self.record)


class WaitingStep(Labelled):
    """A step of our own that is kept as a record and has not left: it waits for other people's approval.

    `opening` is as in `CourseStep`. `left` says that it has become one, `decided` when that was, or when it
    was dropped. What it says stands in the record alone.
    """

    digest = DigestField(primary_key=True)
    opening = DigestField(db_index=True)
    kind = models.CharField(max_length=100)
    activity = models.CharField(max_length=100)
    slice = models.CharField(max_length=100)
    record = IdField(unique=True)
    actor = models.CharField(max_length=200)
    kept = models.DateTimeField()
    decided = models.DateTimeField(null=True)
    left = models.BooleanField(default=False)

    class Meta:
        """What the store itself enforces."""

        constraints = [
            models.UniqueConstraint(
                fields=["opening"],
                condition=models.Q(decided=None),
                name="one_step_of_ours_waits_in_each_course",
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} by {self.actor}"

    def belongs(self) -> int:
        """With the record in which it stands."""
        return of_latest(self.record)
