"""The other parties of a text, as counterparts of this node; and finding one that a person named."""

from collections.abc import Iterable

from django.conf import settings
from django.db.models import QuerySet

from fourfold.agreements import AgreementText
from fourfold.canon import folded, remedy_for, shown
from fourfold.errors import Fault, InputError, RefusedError
from fourfold.node.models import Peer
from fourfold.records.signing import fingerprint_shown


def nodes() -> QuerySet[Peer]:
    """The counterparts that run a node, by name; third-party clients aside."""
    return Peer.objects.filter(client=None).order_by("name")


def others(text: AgreementText) -> tuple[Peer, ...]:
    """The counterparts that are parties besides this institution; a third-party client is told nothing.

    Raises:
        RefusedError: one of them has not joined.
    """
    wanted = {party.id: party.name for party in text.parties if party.id != settings.NODE.id}
    found = {peer.institution: peer for peer in Peer.objects.select_related("client").filter(pk__in=wanted)}
    clients = {id_ for id_, peer in found.items() if hasattr(peer, "client")}
    if missing := [name for id_, name in wanted.items() if id_ not in found]:
        raise RefusedError(f"{', '.join(missing)} has not joined. Invite it first.")
    return tuple(found[id_] for id_ in sorted(found.keys() - clients))


def peers_of(parties: Iterable[str]) -> tuple[Peer, ...]:
    """The counterparts among these institutions: all but this one.

    Raises:
        RefusedError: one of them has not joined.
    """
    wanted = sorted(set(parties) - {settings.NODE.id})
    found = {peer.institution: peer for peer in nodes().filter(pk__in=wanted)}
    if missing := [id_ for id_ in wanted if id_ not in found]:
        raise RefusedError(f"{', '.join(missing)} has not joined this node. Invite it first.")
    return tuple(found[id_] for id_ in wanted)


def find_peer(name: str | None) -> Peer:
    """The counterpart that a person named, by name or id; the only one, where none was named.

    A name is found as people compare it (`fourfold.canon.folded`).

    Raises:
        InputError: there is none of that name, or several could be meant.
    """
    return _found(name, list(nodes()))


def find_recipient(name: str | None) -> Peer:
    """As `find_peer`; a third-party client, which is released to as well, is found by its name or id.

    Raises:
        InputError: there is none of that name, or several could be meant.
    """
    return find_peer(None) if name is None else _found(name, list(Peer.objects.order_by("name")))


def _found(name: str | None, peers: list[Peer]) -> Peer:
    found = peers if name is None else _called(name, peers)
    if len(found) == 1:
        return found[0]
    if not peers:
        raise InputError([Fault("There is no counterpart yet.", remedy="Invite one: fourfold peer invite.")])
    if name is None:
        raise InputError([Fault("There are several counterparts.", remedy="Name one with --peer.")])
    if found:
        ids = "; ".join(
            f"{peer.institution} ({fingerprint_shown(peer.institution_key)[:4]} ...)" for peer in found
        )
        remedy = f"Name one by its id; in brackets, how its fingerprint begins: {ids}."
        raise InputError([Fault(f"{len(found)} counterparts are called {shown(name)}.", remedy=remedy)])
    message = f"No counterpart is called {shown(name)}."
    raise InputError([Fault(message, remedy=remedy_for(name, [peer.name for peer in peers]))])


def _called(name: str, peers: list[Peer]) -> list[Peer]:
    """Those of this id, of just this name, or else of one that looks the same."""
    exact = [peer for peer in peers if name in {peer.institution, peer.name}]
    return exact or [peer for peer in peers if folded(peer.name) == folded(name)]
