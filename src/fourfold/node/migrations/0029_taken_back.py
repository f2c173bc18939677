# Whether what was handed in takes back what was handed in before; and ids in one case, so that versions of one
# object are found by it.
#
# The column is added by a statement that both stores read: Django would have SQLite copy the whole table.

import json
from itertools import islice

from django.db import migrations, models

BATCH = 500


def fill(apps, schema_editor):
    """What was taken back so far, and ids as they are written now."""
    connection = schema_editor.connection
    rows = apps.get_model("node", "Submitted").objects.using(connection.alias).exclude(stix_id="")
    rows, last = rows.order_by("pk").values_list("pk", "stix_id", "wire"), 0
    while batch := list(islice(rows.filter(pk__gt=last), BATCH)):
        found = [(ref[:-36] + ref[-36:].lower(), says(bytes(wire or b"")), pk) for pk, ref, wire in batch]
        with connection.cursor() as cursor:
            cursor.executemany("UPDATE node_submitted SET stix_id = %s, revoked = %s WHERE id = %s", found)
        last = batch[-1][0]


def says(wire):
    """Whether the bytes of an object take it back."""
    try:
        value = json.loads(wire)
    except (ValueError, RecursionError):
        return False
    return isinstance(value, dict) and value.get("revoked") is True


class Migration(migrations.Migration):
    dependencies = [("node", "0027_one_time_keys")]

    operations = [
        migrations.SeparateDatabaseAndState(
            [
                migrations.RunSQL(
                    "ALTER TABLE node_submitted ADD COLUMN revoked bool NOT NULL DEFAULT false",
                    "ALTER TABLE node_submitted DROP COLUMN revoked",
                )
            ],
            [migrations.AddField("submitted", "revoked", models.BooleanField(default=False))],
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
        migrations.AddIndex("submitted", models.Index(fields=["stix_id"], name="submitted_by_object")),
        migrations.AddIndex("submitted", models.Index(fields=["record"], name="submitted_by_record")),
    ]
