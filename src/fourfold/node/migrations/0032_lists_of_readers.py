# Lists in their order, each row with where it belongs: what a reader may not read is passed over in the index.

from django.db import migrations, models

LATEST = models.Q(latest=True)
ADDED = {
    "recordversion": [
        models.Index(
            fields=["title", "record", "kind", "tlp", "compartment"],
            condition=LATEST,
            name="records_by_title_for_readers",
        ),
        models.Index(
            fields=["-modified", "id", "compartment", "kind"], condition=LATEST, name="records_for_readers"
        ),
    ],
    "received": [
        models.Index(fields=["title", "state", "compartment"], name="received_titles_for_readers"),
        models.Index(fields=["state", "-received", "-id", "compartment"], name="received_for_readers"),
    ],
    "release": [models.Index(fields=["-created", "id", "compartment"], name="releases_for_readers")],
    "event": [
        models.Index(fields=["-at", "-id", "compartment"], name="events_for_readers"),
        models.Index(fields=["tag", "compartment"], name="event_tags_for_readers"),
    ],
}
REPLACED = (
    ("recordversion", "records_by_title"),
    ("received", "received_by_title"),
    ("received", "received_newest_first"),
    ("release", "releases_newest_first"),
)


class Migration(migrations.Migration):
    dependencies = [("node", "0031_readers")]

    operations = [
        *(migrations.RemoveIndex(model, name) for model, name in REPLACED),
        *(migrations.AddIndex(model, index) for model, indexes in ADDED.items() for index in indexes),
    ]
