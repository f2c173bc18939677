"""Files that belong to records, kept by digest beside the store."""

from django.db import models

from fourfold.node.models.fields import DigestField
from fourfold.node.models.reading import Readable
from fourfold.node.models.received import Received
from fourfold.node.models.records import RecordVersion


class File(models.Model):
    """One file, whole and checked; `destroyed` is when it was given up, `gone` whether its bytes are gone."""

    digest = DigestField(primary_key=True)
    size = models.PositiveBigIntegerField()
    created = models.DateTimeField()
    destroyed = models.DateTimeField(null=True)
    gone = models.BooleanField(default=False)

    def __str__(self) -> str:
        return self.digest


class RecordFile(models.Model):
    """A file that a version of an own record names."""

    version = models.ForeignKey(RecordVersion, on_delete=models.PROTECT, related_name="files")
    digest = DigestField(db_index=True)

    objects = models.Manager()
    readable = Readable("version__compartment")

    class Meta:
        """What the store itself enforces."""

        constraints = [
            models.UniqueConstraint(fields=["version", "digest"], name="a_version_names_a_file_once")
        ]

    def __str__(self) -> str:
        return self.digest


class DestroyedFile(models.Model):
    """A file that was destroyed here as its owner withdrew what named it; its receipt says so."""

    withdrawal = models.ForeignKey(Received, on_delete=models.PROTECT, related_name="destroyed_files")
    digest = DigestField()

    class Meta:
        """What the store itself enforces."""

        constraints = [
            models.UniqueConstraint(fields=["withdrawal", "digest"], name="a_withdrawal_destroys_a_file_once")
        ]

    def __str__(self) -> str:
        return self.digest


class ReceivedFile(models.Model):
    """A file that a received object names: waiting, fetched, or refused (its bytes were others)."""

    received = models.ForeignKey(Received, on_delete=models.PROTECT, related_name="files")
    digest = DigestField(db_index=True)
    name = models.CharField(max_length=200)
    media_type = models.CharField(max_length=150)
    size = models.PositiveBigIntegerField()
    fetched = models.DateTimeField(null=True)
    refused = models.DateTimeField(null=True)

    objects = models.Manager()
    readable = Readable("received__compartment")

    class Meta:
        """What the store itself enforces."""

        constraints = [
            models.UniqueConstraint(fields=["received", "digest"], name="an_object_names_a_file_once")
        ]

    def __str__(self) -> str:
        return self.name
