# The title of what was received, beside its bytes, for lists and searches.

from itertools import islice

from django.db import migrations, models

from fourfold.errors import FourfoldError
from fourfold.exchange.stix import decode, read_object

BATCH = 500


def fill(apps, schema_editor):
    """The titles of what is held and was accepted."""
    rows = (
        apps.get_model("node", "Received")
        .objects.using(schema_editor.connection.alias)
        .filter(state="stored", wire__isnull=False)
        .only("wire")
        .order_by("pk")
    )
    last = 0
    while batch := list(islice(rows.filter(pk__gt=last), BATCH)):
        for row in batch:
            row.title = title_in(bytes(row.wire))
        rows.model.objects.using(rows.db).bulk_update(batch, ["title"])
        last = batch[-1].pk


def title_in(wire):
    """The title in the bytes of a release; none, where they can no longer be read."""
    try:
        fields = decode(read_object(wire).value).fields
    except FourfoldError:
        return ""
    return str(fields.get("title", "")).replace("\x00", "")[:500]


class Migration(migrations.Migration):
    dependencies = [("node", "0013_sign_in")]

    operations = [
        migrations.AddField("received", "title", models.CharField(blank=True, default="", max_length=500)),
        migrations.RunPython(fill, migrations.RunPython.noop),
        migrations.AddIndex("received", models.Index(fields=["title", "state"], name="received_by_title")),
        migrations.AddConstraint(
            "received",
            models.CheckConstraint(
                condition=models.Q(wire__isnull=False) | models.Q(title=""),
                name="no_title_outlives_its_bytes",
            ),
        ),
    ]
