# What a withdrawal tells besides, so that it can be told later; and that nobody had what was withdrawn.
#
# The column is added by one statement that both stores read: Django would have SQLite copy the whole table.

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("node", "0016_tags_are_code")]

    operations = [
        migrations.SeparateDatabaseAndState(
            [
                migrations.RunSQL(
                    "ALTER TABLE node_release ADD COLUMN notice varchar(40) NOT NULL DEFAULT ''",
                    "ALTER TABLE node_release DROP COLUMN notice",
                )
            ],
            [
                migrations.AddField(
                    "release", "notice", models.CharField(blank=True, default="", max_length=40)
                ),
            ],
        ),
        migrations.AlterField(
            "release",
            "state",
            models.CharField(
                choices=[
                    ("shared", "waiting to be collected"),
                    ("delivered", "collected, no receipt yet"),
                    ("acknowledged", "received"),
                    ("refused", "refused by the recipient"),
                    ("withdrawal-pending", "withdrawn, not yet confirmed"),
                    ("withdrawal-confirmed", "withdrawn and confirmed"),
                    ("withdrawal-not-held", "withdrawn before it was collected"),
                ],
                default="shared",
                max_length=30,
            ),
        ),
    ]
