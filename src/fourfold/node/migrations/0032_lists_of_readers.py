# Lists in their order, each row with where it belongs: what a reader may not read is passed over in the index.

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("node", "0031_readers")]

    operations = [
        migrations.AddIndex(
            "event", models.Index(fields=["-at", "-id", "compartment"], name="events_for_readers")
        ),
    ]
