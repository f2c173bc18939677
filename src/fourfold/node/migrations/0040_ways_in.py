# An index for each way in which a client asks for objects, in the order in which they are given.

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("node", "0032_lists_of_readers")]

    operations = [
        migrations.RemoveIndex("releaseversion", "release_by_stix_id"),
        migrations.AddIndex(
            "releaseversion",
            models.Index(fields=["peer", "stix_id", "date_added"], name="release_by_stix_id"),
        ),
        migrations.AddIndex(
            "releaseversion",
            models.Index(fields=["peer", "stix_type", "date_added"], name="release_by_type"),
        ),
        migrations.AddIndex(
            "releaseversion",
            models.Index(fields=["peer", "modified", "date_added"], name="release_by_modified"),
        ),
    ]
