# The title of what was received, beside its bytes, for lists and searches.
#
# The column is added by one statement that both stores read: Django would have SQLite copy the whole table, twice,
# which takes many minutes where much is held.

from itertools import islice

from django.db import migrations, models

from fourfold.errors import FourfoldError
from fourfold.exchange.stix import decode, read_object

BATCH = 500


def fill(apps, schema_editor):
    """The titles of what is held and was accepted."""
    connection = schema_editor.connection
    rows = apps.get_model("node", "Received").objects.using(connection.alias)
    rows = rows.filter(state="stored", wire__isnull=False).order_by("pk").values_list("pk", "wire")
    last = 0
    while batch := list(islice(rows.filter(pk__gt=last), BATCH)):
        titled = [(title, pk) for pk, wire in batch if (title := title_in(bytes(wire)))]
        with connection.cursor() as cursor:
            cursor.executemany("UPDATE node_received SET title = %s WHERE id = %s", titled)
        last = batch[-1][0]


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
        migrations.SeparateDatabaseAndState(
            [
                migrations.RunSQL(
                    "ALTER TABLE node_received ADD COLUMN title varchar(500) NOT NULL DEFAULT '' "
                    "CONSTRAINT no_title_outlives_its_bytes CHECK (wire IS NOT NULL OR title = '')",
                    "ALTER TABLE node_received DROP COLUMN title",
                )
            ],
            [
                migrations.AddField(
                    "received", "title", models.CharField(blank=True, default="", max_length=500)
                ),
                migrations.AddConstraint(
                    "received",
                    models.CheckConstraint(
                        condition=models.Q(wire__isnull=False) | models.Q(title=""),
                        name="no_title_outlives_its_bytes",
                    ),
                ),
            ],
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
        migrations.AddIndex("received", models.Index(fields=["title", "state"], name="received_by_title")),
        # Two columns, or a store without statistics asks for all of a counterpart's where one object is meant.
        migrations.AddIndex("received", models.Index(fields=["object", "peer"], name="received_by_object")),
    ]
