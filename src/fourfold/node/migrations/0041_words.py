# The titles as searches compare them: in any case, with accents however they were typed.
#
# The columns are added by one statement that both stores read: Django would have SQLite copy the whole tables.

from django.db import migrations, models

import fourfold.node.models.fields
from fourfold.canon import folded

BATCH = 1_000
LATEST = models.Q(latest=True)
TABLES = {
    "recordversion": "no_words_of_a_record_outlive_its_title",
    "received": "no_words_of_what_came_outlive_its_title",
    "submitted": "no_words_of_what_was_handed_in_outlive_its_title",
}


def fill(_apps, schema_editor):
    """The titles of all that has one."""
    with schema_editor.connection.cursor() as cursor:
        for model in TABLES:
            fill_table(cursor, f"node_{model}")


def fill_table(cursor, table):
    """One table, in batches by its key."""
    last, asked = 0, f"SELECT id, title FROM {table} WHERE id > %s ORDER BY id LIMIT {BATCH}"  # noqa: S608  a table of ours
    while cursor.execute(asked, [last]) and (batch := cursor.fetchall()):
        given = [(folded(title)[:500], pk) for pk, title in batch if title]
        cursor.executemany(f"UPDATE {table} SET folded = %s WHERE id = %s", given)  # noqa: S608  a table of ours, as above
        last = batch[-1][0]


def added(model, name):
    """The column, and that it does not outlive the title."""
    kept = models.CheckConstraint(condition=~models.Q(title="") | models.Q(folded=""), name=name)
    return migrations.SeparateDatabaseAndState(
        [
            migrations.RunSQL(
                f"ALTER TABLE node_{model} ADD COLUMN folded varchar(500) NOT NULL DEFAULT '' "
                f"CONSTRAINT {name} CHECK (title <> '' OR folded = '')",
                f"ALTER TABLE node_{model} DROP COLUMN folded",
            )
        ],
        [
            migrations.AddField(model, "folded", fourfold.node.models.fields.FoldedField()),
            migrations.AddConstraint(model, kept),
        ],
    )


class Migration(migrations.Migration):
    dependencies = [("node", "0040_ways_in")]

    operations = [
        *(added(model, name) for model, name in TABLES.items()),
        migrations.RunPython(fill, migrations.RunPython.noop),
        migrations.RemoveIndex("recordversion", "records_by_title_for_readers"),
        migrations.RemoveIndex("received", "received_titles_for_readers"),
        migrations.AddIndex(
            "recordversion",
            models.Index(
                fields=["folded", "record", "kind", "tlp", "compartment"],
                condition=LATEST,
                name="records_by_words",
            ),
        ),
        migrations.AddIndex(
            "received", models.Index(fields=["folded", "state", "compartment"], name="received_by_words")
        ),
    ]
