"""Checking a node: settings, keys, store, counterparts, logs."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.db import connection

from fourfold.errors import FourfoldError, SignatureError
from fourfold.node import clock, models
from fourfold.node.actions.check_log import check_logs
from fourfold.node.database import is_here
from fourfold.node.home import PRIVATE
from fourfold.node.keys import node_signer
from fourfold.node.parties import nodes


@dataclass(frozen=True, slots=True)
class Finding:
    """One check: its name, whether it holds, a sentence."""

    name: str
    holds: bool
    sentence: str


def check_node() -> tuple[Finding, ...]:
    """All checks; none stops the others."""
    checks = {
        "identity": _identity,
        "node key": _key,
        "key files": _files,
        "delegation": _delegation,
        "store": _store,
    }
    return (*(_tried(name, check) for name, check in checks.items()), *_logs())


def _tried(name: str, check: Callable[[], str]) -> Finding:
    try:
        return Finding(name, holds=True, sentence=check())
    except FourfoldError as error:
        return Finding(name, holds=False, sentence=str(error))


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


def _keys() -> list[Path]:
    return sorted(file for file in settings.HOME.keys.iterdir() if file.is_file())


def _delegation() -> str:
    given = models.Node.objects.get().signed_delegation.check(clock.now())
    return f"The node key is delegated until {given.valid_until:%d %B %Y}."


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


def _logs() -> Iterator[Finding]:
    for each in check_logs():
        held = f"{each.size} entries" + (f", countersigned to {each.cosigned_size}" if each.peer else "")
        name = f"log {each.origin}"
        yield Finding(name, holds=not each.problem, sentence=each.problem or held)
