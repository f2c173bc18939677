"""Remembering a counterpart, and what it says of its keys."""

from datetime import datetime

from fourfold.errors import RefusedError
from fourfold.node import keyrings
from fourfold.node.joining import Introduction
from fourfold.node.models import Peer, StatementKind
from fourfold.node.naming import check_name, refuse_taken, taken_by
from fourfold.node.possession import refuse_another


def remember(who: Introduction, now: datetime, name: str = "") -> Peer:
    """The row of a counterpart whose fingerprint was compared; a known one gets its new address and node key.

    The file that it brought delegates a node key, which signed nothing of it: that the key is its own shows
    when it first speaks (`fourfold.node.possession`). `name` is what it is called here, if not what it calls
    itself; a known one keeps its name where another has the new one.

    Runs inside a transaction of its caller.

    Raises:
        RefusedError: another institution has this node key, or this name; or it is known by another
            institution key.
        InputError: the name is none.
    """
    given = who.delegation.delegation
    refuse_another(given.node_key, who.institution)
    before = Peer.objects.filter(pk=who.institution).first()
    if before is not None:
        _same_institution_key(before, who)
        keyrings.keep_present(before, now)
    for each in who.successions if before is None else ():
        key = each.succession.new_key
        keyrings.keep(who.institution, StatementKind.SUCCESSION, key, each, now, accepted=now)
    keyrings.keep_delegation(who.delegation, now)
    values = {
        "name": _name(who, before, name),
        "institution_key": who.key,
        "node_key": given.node_key,
        "delegation": who.delegation.model_dump_json().encode(),
        "url": who.url,
    }
    peer, _ = Peer.objects.update_or_create(
        pk=who.institution, defaults=values, create_defaults={**values, "joined": now}
    )
    return peer


def _name(who: Introduction, before: Peer | None, name: str) -> str:
    wanted = name or who.name
    check_name(wanted)
    if before is not None and not name and taken_by(wanted, who.institution) is not None:
        return before.name
    refuse_taken(wanted, who.institution)
    return wanted


def _same_institution_key(before: Peer, who: Introduction) -> None:
    if before.institution_key != who.key:
        raise RefusedError(
            f"{before.name} is known here by another institution key. Two people accept the new one first: "
            "fourfold key accept."
        )
