"""Checking a node: settings, keys, store, surroundings, counterparts, logs, what both sides hold."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

from django.conf import settings
from django.db import connection

from fourfold.errors import FourfoldError, SignatureError
from fourfold.node import clock, models
from fourfold.node.actions.check_log import check_logs
from fourfold.node.actions.reconcile import sentence
from fourfold.node.database import is_here
from fourfold.node.guarding import open_to_others
from fourfold.node.home import PRIVATE
from fourfold.node.keyrings import ring_of
from fourfold.node.keys import node_signer
from fourfold.node.operating.opening import opened
from fourfold.node.operating.watching import SOON, Finding, watched
from fourfold.node.parties import nodes
from fourfold.node.queries.readers import gaps, granting_lacks
from fourfold.node.releasing import untold

_NO_PROXIES = frozenset({"HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"})


def check_node() -> tuple[Finding, ...]:
    """All checks; none stops the others."""
    checks = {
        "identity": _identity,
        "node key": _key,
        "key files": _files,
        "folder": _folder,
        "delegation": _delegation,
        "counterparts' keys": _counterparts_keys,
        "store": _store,
        "epochs": _epochs,
        "outbound": _outbound,
        "own address": opened,
        "untold withdrawals": _withdrawals,
        "readers": _readers,
    }
    own = [_tried(name, check) for name, check in checks.items()]
    return (*own, *watched(clock.now()), *_logs(), *_holdings())


class _Concern(str):
    """A sentence about what holds, and wants looking after."""

    __slots__ = ()


def _tried(name: str, check: Callable[[], str]) -> Finding:
    try:
        sentence = check()
    except FourfoldError as error:
        return Finding(name, holds=False, sentence=str(error))
    return Finding(name, holds=True, sentence=sentence, warns=isinstance(sentence, _Concern))


def _identity() -> str:
    own = models.Node.objects.get()
    if own.institution != settings.NODE.id:
        raise SignatureError("The store belongs to another institution than node.toml says.")
    return f"{own.name}, {own.institution}, {nodes().count()} counterparts"


def _key() -> str:
    if node_signer().key != models.Node.objects.get().node_key:
        raise SignatureError("The key file holds another key than the one that was delegated.")
    return "It opens, and is the one that was delegated."


def _files() -> str:
    open_files = [file.name for file in _keys() if file.stat().st_mode & 0o777 != PRIVATE]
    if open_files:
        raise SignatureError(f"Others may read {', '.join(open_files)}: chmod 600 them.")
    there = settings.HOME.institution_key.exists()
    return "Only their owner reads them." + (
        " The institution key is on this machine; it is safer elsewhere." if there else ""
    )


def _folder() -> str:
    """Nobody else on this machine may look in: the store has titles, and with the keys the sessions."""
    home = settings.HOME.path
    if found := open_to_others(home):
        names = ", ".join("the folder itself" if each == home else each.name for each in found[:5])
        raise SignatureError(f"Other users of this machine may look into {names}: chmod -R go= {home}")
    return "Only its owner looks in."


def _keys() -> list[Path]:
    return sorted(file for file in settings.HOME.keys.iterdir() if file.is_file())


def _delegation() -> str:
    own = models.Node.objects.get()
    now, ring = clock.now(), ring_of(own)
    if ring.revocation(own.node_key) is not None:
        raise SignatureError("The node key was revoked: make a new one with `fourfold key renew`.")
    given = own.signed_delegation.check(now, ring.accepted)
    sentence = f"The node key is delegated until {given.valid_until:%d %B %Y}."
    if given.valid_until - now < SOON:
        return _Concern(f"{sentence} Renew it: fourfold key renew.")
    return sentence


def _counterparts_keys() -> str:
    """Nobody's new institution key waits for people."""
    waiting = models.KeyStatement.waiting().order_by().values("institution")
    names = models.Peer.objects.filter(pk__in=waiting).order_by("name").values_list("name", flat=True)
    if names:
        raise SignatureError(
            f"A new institution key of {', '.join(names)} waits for two people who compare its fingerprint: "
            "fourfold key show, then fourfold key accept."
        )
    return "None has changed its institution key."


def _outbound() -> str:
    """Whose certificates count, and through which proxy others are reached."""
    way = settings.HOME.outbound(settings.NODE)
    way.context()
    believed = (
        f"the public authorities and those in {way.ca_file}" if way.ca_file else "the public authorities"
    )
    through = f"through {way.proxy}" if way.proxy else "without a proxy"
    past = f", past it {', '.join(way.no_proxy)}" if way.proxy and way.no_proxy else ""
    sentence = f"Others are reached {through}{past}; certificates of {believed} count."
    unread = set() if way.proxy else _NO_PROXIES
    if settings.NODE.oidc_issuer and not way.ca_file:
        unread = unread | {"REQUESTS_CA_BUNDLE"}  # asked of the provider by 0.3
    named = sorted(name for name, value in os.environ.items() if value and name.upper() in unread)
    if named:
        return _Concern(
            f"{sentence} The environment is not read, but names {', '.join(named)}: set proxy or ca_file in "
            "node.toml if this node was meant."
        )
    return sentence


def _store() -> str:
    if connection.vendor == "postgresql":
        return _postgresql()
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA quick_check")
        found = cursor.fetchone()[0]
    if found != "ok":
        raise SignatureError(f"The store is damaged: {found}. Restore a backup.")
    return "It is whole."


def _postgresql() -> str:
    """Whether commits last, and nobody reads along: the server decides both, so it is asked."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('fsync'), current_setting('full_page_writes'), version()")
        fsync, pages, version = cursor.fetchone()
    here = connection.connection.pgconn
    if "off" in {fsync, pages}:
        raise SignatureError("A power cut would lose data: the database has fsync or full_page_writes off.")
    if not is_here(here.host.decode()) and not here.ssl_in_use:
        raise SignatureError("The way to the database is not encrypted: set sslmode=verify-full.")
    return f"It is kept by {version.partition(' (')[0]}."


def _holdings() -> Iterator[Finding]:
    """What both sides say of what was handed out, in each direction, and what no backup knew."""
    for row in models.Comparison.objects.select_related("peer").order_by("peer__name", "ours"):
        name = f"what {row.peer.name} holds of us" if row.ours else f"what we hold of {row.peer.name}"
        yield Finding(name, holds=row.agrees, sentence=sentence(row))


def _epochs() -> str:
    """No log is closed since a restore."""
    closed = models.Peer.objects.filter(epoch_due=True).order_by("name").values_list("name", flat=True)
    if closed:
        raise SignatureError(
            f"This node was restored; its logs for {', '.join(closed)} stay closed until it has collected "
            "from there: fourfold sync."
        )
    return "All are open."


def _withdrawals() -> str:
    """Everybody who holds what was withdrawn was told, or can be."""
    names = sorted(set(untold().values_list("peer__name", flat=True)))
    if names:
        raise SignatureError(
            f"{', '.join(names)} could not be told yet that something was withdrawn; nothing of it is handed "
            "out. Each collection tries again: fourfold sync. The trail says why (withdrawal:failed)."
        )
    return "All who hold what was withdrawn can collect the withdrawal."


def _readers() -> str:
    """Whether two people can say who may read what, and everything that is kept has its readers."""
    if settings.NODE.is_open:
        return "A demonstration: whoever reaches it reads everything."
    found = []
    if said := granting_lacks():
        found.append(said)
    if carried := models.Grant.objects.filter(carried=True, ended=None).count():
        found.append(f"{carried} grants are an upgrade's, and nobody has decided them: fourfold reader list.")
    if missing := len(gaps()):
        found.append(f"{missing} labels are read, or could be approved, by nobody: fourfold reader missing.")
    return _Concern(" ".join(found)) if found else "Everything that is kept is read by somebody."


def _logs() -> Iterator[Finding]:
    for each in check_logs():
        held = f"{each.size} entries" + (f", countersigned to {each.cosigned_size}" if each.peer else "")
        name = f"log {each.origin}"
        yield Finding(name, holds=not each.problem, sentence=each.problem or held)
