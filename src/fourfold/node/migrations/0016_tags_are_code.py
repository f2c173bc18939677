# The words of the trail are code, not schema: a new one needs no migration.

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("node", "0015_agreement_drafts")]

    operations = [
        migrations.AlterField("event", "tag", models.CharField(db_index=True, max_length=40)),
    ]
