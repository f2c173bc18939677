# Lists narrowed by label or state, in their order: what is left out is not looked at.

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("node", "0041_words")]

    operations = [
        migrations.AddIndex(
            "recordversion",
            models.Index(
                fields=["tlp", "-modified", "id", "compartment", "kind"],
                condition=models.Q(latest=True),
                name="records_by_label_for_readers",
            ),
        ),
        migrations.AddIndex(
            "release",
            models.Index(
                fields=["state", "-created", "id", "compartment", "kind"],
                name="releases_by_state_for_readers",
            ),
        ),
    ]
