# Names of counterparts and clients: each once, as people compare them, and all of it visible.
#
# One that another has too, or this institution, gets the beginning of its fingerprint beside it.

from django.db import migrations

from fourfold.canon import folded, printable
from fourfold.records.signing import fingerprint_shown

LONGEST = 200
GROUPS = (4, 9, 39)
"""The length of one group of a fingerprint, of two, of all."""


def tell_apart(apps, schema_editor):
    """In the order in which they joined: who came first keeps the name."""
    alias = schema_editor.connection.alias
    own = apps.get_model("node", "Node").objects.using(alias).values_list("name", flat=True)
    taken = {folded(name) for name in own}
    for peer in apps.get_model("node", "Peer").objects.using(alias).order_by("joined", "pk"):
        name = next(each for each in _names(peer) if folded(each) and folded(each) not in taken)
        taken.add(folded(name))
        if name != peer.name:
            peer.name = name
            peer.save(update_fields=["name"])


def _names(peer):
    """The name as it is if all of it is seen, then with more and more of the fingerprint."""
    bare, key = " ".join(printable(peer.name).split()), fingerprint_shown(peer.institution_key)
    yield peer.name if bare == peer.name else bare
    for length in GROUPS:
        yield f"{bare[: LONGEST - length - 3]} ({key[:length]})"


class Migration(migrations.Migration):
    dependencies = [("node", "0024_key_proofs")]

    operations = [migrations.RunPython(tell_apart, migrations.RunPython.noop)]
