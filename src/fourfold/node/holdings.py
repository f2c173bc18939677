"""The two sets that are compared with a counterpart: what we handed out to it, and what we hold of it."""

from collections.abc import Iterable, Iterator

from django.db.models import Exists, OuterRef, Q, QuerySet

from fourfold.exchange.holdings import Item, Select
from fourfold.exchange.receipts import Outcome
from fourfold.node import models
from fourfold.node.models import ReceivedState

_BATCH = 2000


def held_from(peer: models.Peer) -> Select:
    """What this node holds of a counterpart: the newest version of each object, tombstones too."""
    rows = models.Received.objects.filter(peer=peer).exclude(state=ReceivedState.QUARANTINED)
    later = rows.filter(object=OuterRef("object"), version__gt=OuterRef("version"))
    newest = rows.exclude(Exists(later))
    return lambda prefix: _items(newest, prefix)


def handed_to(peer: models.Peer, deliverable: Iterable[int] = ()) -> Select:
    """What was handed out to a counterpart and not refused by it: the newest version of each release.

    `deliverable` are release versions that were not handed out yet, and may be at this moment: a recipient
    that reads on from where it was may have passed them.
    """
    refused = models.ReceiptIn.objects.filter(release_version=OuterRef("pk"))
    answered = refused.exclude(outcome=Outcome.REFUSED)
    rows = models.ReleaseVersion.objects.filter(
        Q(first_sent__isnull=False) | Q(pk__in=list(deliverable)), peer=peer
    ).exclude(Exists(refused) & ~Exists(answered))
    later = rows.filter(release=OuterRef("release"), version__gt=OuterRef("version"))
    newest = rows.exclude(Exists(later))
    return lambda prefix: _items(newest, prefix)


def _items(rows: QuerySet, prefix: str) -> Iterator[Item]:
    chosen = rows.filter(digest__gte=f"sha256:{prefix}", digest__lt=f"sha256:{prefix}g")
    found = chosen.order_by("digest").values_list("stix_id", "version", "digest")
    for id_, version, digest in found.iterator(chunk_size=_BATCH):
        yield Item.model_construct(id=id_, version=version, digest=digest)
