"""When what lies in a counterpart's quarantine was last looked at again, and by what."""

from django.db import migrations, models

import fourfold.node.models.fields


class Migration(migrations.Migration):
    """Two columns of a table that has a row for each counterpart."""

    dependencies = [("node", "0021_destroyed_files")]

    operations = [
        migrations.AddField("peer", "tried", models.DateTimeField(null=True)),
        migrations.AddField(
            "peer",
            "tried_on",
            fourfold.node.models.fields.DigestField(blank=True, default="", max_length=71),
        ),
    ]
