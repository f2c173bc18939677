# Receipts belong with what they answer; what a reader may read is counted where it belongs.

from django.db import migrations, models
from django.db.models.functions import Abs

BY_PLACE = Abs("compartment")
FOLLOWING = (
    ("receiptin", "release_version_id", "node_releaseversion"),
    ("receiptout", "received_id", "node_received"),
)
REPLACED = (("receiptin", "receipts_in_by_outcome"), ("receiptout", "receipts_out_by_outcome"))
ADDED = {
    "receiptin": [models.Index("peer", "outcome", BY_PLACE, "compartment", name="receipts_in_counted")],
    "receiptout": [
        models.Index("peer", "outcome", BY_PLACE, "compartment", name="receipts_out_counted"),
        models.Index(
            "peer", BY_PLACE, "compartment", condition=models.Q(delivered=None), name="receipts_out_waiting"
        ),
    ],
    "received": [
        models.Index(
            "state", BY_PLACE, "compartment", "kind", "revoked", "object", "peer", name="received_counted"
        )
    ],
    "release": [models.Index(BY_PLACE, "state", "kind", "compartment", "id", name="releases_counted")],
    "event": [models.Index(BY_PLACE, "compartment", name="events_counted")],
    "recordversion": [models.Index(BY_PLACE, "tlp", "latest", "kind", "compartment", name="records_counted")],
}


def column(name, by, source):
    """A column, added by one statement that both stores read (see 0014), and filled from what is answered."""
    return migrations.SeparateDatabaseAndState(
        [
            migrations.RunSQL(
                f"ALTER TABLE node_{name} ADD COLUMN compartment bigint NOT NULL DEFAULT 0",
                f"ALTER TABLE node_{name} DROP COLUMN compartment",
            ),
            migrations.RunSQL(
                f"UPDATE node_{name} SET compartment = "  # noqa: S608  names of our own tables
                f"(SELECT s.compartment FROM {source} s WHERE s.id = node_{name}.{by})",
                migrations.RunSQL.noop,
            ),
        ],
        [migrations.AddField(name, "compartment", models.BigIntegerField(default=0))],
    )


class Migration(migrations.Migration):
    dependencies = [("node", "0042_narrowed_lists")]

    operations = [
        *(column(*each) for each in FOLLOWING),
        *(migrations.RemoveIndex(model, name) for model, name in REPLACED),
        *(migrations.AddIndex(model, index) for model, indexes in ADDED.items() for index in indexes),
    ]
