# Which institution has shown that a node key is its own.
#
# What a counterpart's key signed before, naming its institution, was checked when it came and is kept: the newest
# receipt, release, log and countersignature are looked at. A key without any of these is proved by the next sync.

from django.db import migrations, models

import fourfold.node.models.fields
from fourfold.errors import FourfoldError
from fourfold.exchange.receipts import read_receipt
from fourfold.exchange.stix import read_object
from fourfold.log import Note, NoteKey, NoteKind


def prove(apps, schema_editor):
    """For each counterpart that runs a node, the keys of which the store holds such a signature."""
    store = _Store(apps, schema_editor.connection.alias)
    proofs = store.rows("KeyProof")
    for peer in store.rows("Peer").filter(client=None).order_by("pk"):
        told = store.rows("KeyStatement").filter(
            kind="delegation", institution=peer.pk, accepted__isnull=False
        )
        keys = {peer.node_key, *told.values_list("key", flat=True)}
        for how, key, at in store.signed(peer, keys):
            if key in keys:
                proofs.get_or_create(key=key, defaults={"institution": peer.pk, "how": how, "at": at})


class _Store:
    """The newest of each sort that a counterpart signed; a row that cannot be read any more shows nothing."""

    def __init__(self, apps, alias):
        self._apps, self._alias = apps, alias

    def rows(self, name):
        return self._apps.get_model("node", name).objects.using(self._alias)

    def signed(self, peer, keys):
        for each in self.rows("ReceiptIn").filter(peer=peer).order_by("-pk")[:1]:
            yield (
                "receipt",
                _read(lambda row=each: read_receipt(bytes(row.body)).signature.key),
                each.received,
            )
        held = self.rows("Received").filter(peer=peer, wire__isnull=False).exclude(state="quarantined")
        for each in held.order_by("-pk")[:1]:
            yield "object", _read(lambda row=each: read_object(bytes(row.wire)).signature.key), each.received
        for each in self.rows("SeenCheckpoint").filter(peer=peer).order_by("-pk")[:1]:
            yield "checkpoint", _by(each.note, each.origin, NoteKind.LOG, keys), each.seen
        ours = self.rows("Checkpoint").filter(log__peer=peer, cosigned__isnull=False)
        for each in ours.order_by("-cosigned", "-pk")[:1]:
            yield "cosignature", _by(each.cosigned_note, peer.pk, NoteKind.COSIGNATURE, keys), each.cosigned


def _by(note, name, kind, keys):
    """Which of these keys signed a note under a name."""
    ids = _read(lambda: {(each.name, each.id) for each in Note.parse(note.encode()).signatures}) or set()
    return next(
        (key for key in sorted(keys) if (name, _read(lambda k=key: NoteKey(name, kind, k).id)) in ids), None
    )


def _read(read):
    try:
        return read()
    except FourfoldError:
        return None


class Migration(migrations.Migration):
    dependencies = [("node", "0023_drafts_that_no_column_takes")]

    operations = [
        migrations.CreateModel(
            name="KeyProof",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("institution", fourfold.node.models.fields.IdField(db_index=True, max_length=80)),
                ("key", fourfold.node.models.fields.KeyField(max_length=44, unique=True)),
                ("how", models.CharField(max_length=20)),
                ("body", models.BinaryField(default=bytes)),
                ("at", models.DateTimeField()),
            ],
        ),
        migrations.RunPython(prove, migrations.RunPython.noop),
    ]
