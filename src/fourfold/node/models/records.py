"""What this institution keeps."""

from django.db import models

from fourfold.node.models.belonging import of_record
from fourfold.node.models.fields import DigestField, FoldedField, IdField, no_folded_title_alone
from fourfold.node.models.reading import BY_PLACE, UNKNOWN, Labelled, keep_compartment
from fourfold.records.envelope import Record


class RecordVersion(Labelled):
    """One version of one record; versions are added, never changed.

    `body` is the canonical JSON of the record, whole; the other columns repeat what lists are sorted and
    searched by. `author` wrote this version; who approves its release must be somebody else. `source`
    says where it came from (a file and a row, or by hand). `destroyed` is when its content was destroyed:
    because its originator withdrew it (envelope and digest stay), or under the retention rules (`body` and
    `title` are empty, and there is no latest version). `folded` is what searches compare of the title.
    """

    record = IdField()
    version = models.PositiveIntegerField()
    kind = models.CharField(max_length=100)
    activity = models.CharField(max_length=100)
    slice = models.CharField(max_length=100, blank=True)
    title = models.CharField(max_length=500)
    folded = FoldedField()
    tlp = models.CharField(max_length=20)
    body = models.BinaryField()
    digest = DigestField(unique=True)
    created = models.DateTimeField()
    modified = models.DateTimeField(db_index=True)
    author = models.CharField(max_length=200)
    source = models.CharField(max_length=500, blank=True)
    latest = models.BooleanField(default=True)
    wants_stub = models.BooleanField(default=False)
    destroyed = models.DateTimeField(null=True)

    class Meta:
        """What the store itself enforces."""

        constraints = [
            models.UniqueConstraint(fields=["record", "version"], name="one_body_for_each_version"),
            models.UniqueConstraint(
                fields=["record"], condition=models.Q(latest=True), name="one_latest_version"
            ),
            no_folded_title_alone("no_words_of_a_record_outlive_its_title"),
        ]
        indexes = [
            models.Index(fields=["kind", "latest", "-modified"], name="records_by_kind"),
            models.Index(  # a search for words in titles reads this, and not the records
                fields=["folded", "record", "kind", "tlp", "compartment"],
                condition=models.Q(latest=True),
                name="records_by_words",
            ),
            models.Index(  # what a reader may not read is passed over here, and not looked up
                fields=["-modified", "id", "compartment", "kind"],
                condition=models.Q(latest=True),
                name="records_for_readers",
            ),
            models.Index(
                fields=["tlp", "-modified", "id", "compartment", "kind"],
                condition=models.Q(latest=True),
                name="records_by_label_for_readers",
            ),
            models.Index(BY_PLACE, "tlp", "latest", "kind", "compartment", name="records_counted"),
        ]

    def __str__(self) -> str:
        return f"{self.record} v{self.version}"

    def belongs(self) -> int:
        """Where the record itself belongs."""
        return keep_compartment(of_record(self.content()))

    def content(self) -> Record:
        """The record itself."""
        return Record.model_validate_json(bytes(self.body))


def of_latest(record: str) -> int:
    """The compartment of the latest version of a record."""
    rows = RecordVersion.objects.filter(record=record).order_by("-version")
    return rows.values_list("compartment", flat=True).first() or UNKNOWN
