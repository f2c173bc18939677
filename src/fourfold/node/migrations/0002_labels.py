# What delivery reads of a release, beside it; indices for what is asked at each collection.

from itertools import islice

from django.db import migrations, models

from fourfold.records.envelope import Record
from fourfold.release import label_of, label_text

BATCH = 500


def fill(apps, schema_editor):
    """The label of every release version, from its source as it stands."""
    rows = (
        apps.get_model("node", "ReleaseVersion")
        .objects.using(schema_editor.connection.alias)
        .filter(label="")
        .exclude(source=None)
        .order_by("pk")
    )
    last = 0
    while batch := list(
        islice(rows.filter(pk__gt=last).select_related("source").only("label", "source"), BATCH)
    ):
        for row in batch:
            record = Record.model_validate_json(bytes(row.source.body))
            row.label = label_text(label_of(record, stub=row.source.wants_stub))
        rows.model.objects.using(rows.db).bulk_update(batch, ["label"])
        last = batch[-1].pk


class Migration(migrations.Migration):
    dependencies = [("node", "0001_first")]

    operations = [
        migrations.AddField("releaseversion", "label", models.TextField(blank=True, default="")),
        migrations.RunPython(fill, migrations.RunPython.noop),
        migrations.AddIndex("received", models.Index(fields=["peer", "state"], name="received_by_state")),
        migrations.AddIndex(
            "received",
            models.Index(condition=models.Q(in_log=None), fields=["peer", "id"], name="received_not_in_log"),
        ),
    ]
