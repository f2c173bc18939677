"""Where a node's store lies: SQLite in its folder, or PostgreSQL by one setting.

    database = "postgresql:///fourfold"                                            this machine, by socket
    database = "postgresql://fourfold@db.example/fourfold?sslmode=verify-full"     another one, by TLS
    database = "postgresql:///?service=fourfold"                                   as pg_service.conf says

It is the address that every PostgreSQL tool reads, without a password: that stands in a password file
(`passfile=` in the address, or ~/.pgpass), or in the service's entry, and so in no log.
"""

import ipaddress
from pathlib import Path
from typing import Any

from fourfold.errors import Fault, InputError

SCHEME = "postgresql://"

# One writer at a time: every transaction takes the write lock when it begins, so that none fails half-way.
# WAL lets readers go on meanwhile; FULL keeps what we told a counterpart we have; what is deleted is zeroed.
SQLITE_PRAGMAS = """
    PRAGMA journal_mode = WAL;
    PRAGMA synchronous = FULL;
    PRAGMA secure_delete = ON;
    PRAGMA foreign_keys = ON;
"""

# The same on PostgreSQL, whatever the server's defaults: nobody waits for a lock for ever, and a commit lies
# on the disk before anybody is told of it.
PG_OPTIONS = "-c lock_timeout=30s -c synchronous_commit=on"


def sqlite(file: Path) -> dict[str, Any]:
    """Django's settings of a store in one file."""
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": file,
        "CONN_MAX_AGE": 60,
        "OPTIONS": {"transaction_mode": "IMMEDIATE", "timeout": 30, "init_command": SQLITE_PRAGMAS},
    }


def postgresql(address: str) -> dict[str, Any]:
    """Django's settings of a store in a PostgreSQL database.

    READ COMMITTED is asked for by name: whoever waited for the write lock must then see what was committed
    meanwhile, else two releases would be put at the same place.

    Raises:
        InputError: the address names no database, or not safely; all faults.
    """
    if faults := address_faults(address):
        raise InputError(faults)
    from psycopg import IsolationLevel

    parts = _parts(address)
    named = {name.upper(): parts.pop(key, "") for name, key in _NAMED.items()}
    parts["options"] = f"{PG_OPTIONS} {parts.get('options', '')}".strip()
    return {
        "ENGINE": "fourfold.node.postgresql",
        **named,
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {**parts, "isolation_level": IsolationLevel.READ_COMMITTED},
    }


def address_faults(address: str, file: str = "") -> list[Fault]:
    """All that is wrong with the address of a database; nothing is with an empty one."""
    if not address:
        return []
    try:
        parts = _parts(address)
    except ValueError as error:
        return [Fault(str(error), file, field="database", remedy=f"Write it as {SCHEME}user@host/name.")]
    return [Fault(message, file, field="database", remedy=remedy) for message, remedy in _against(parts)]


_NAMED = {"name": "dbname", "user": "user", "host": "host", "port": "port"}


def _parts(address: str) -> dict[str, Any]:
    """The parts of an address, by libpq's names.

    Raises:
        ValueError: it is none; what it says is not repeated, as it might hold a password.
    """
    import psycopg
    from psycopg.conninfo import conninfo_to_dict

    if not address.startswith(SCHEME):
        raise ValueError(f"The address of a database begins with {SCHEME}")
    try:
        return conninfo_to_dict(address)
    except psycopg.ProgrammingError:
        raise ValueError("This is no address of a PostgreSQL database.") from None


def _against(parts: dict[str, Any]) -> list[tuple[str, str]]:
    found = []
    if parts.keys() & {"password", "sslpassword"}:
        remedy = "Put it into a password file, and name that: ?passfile=FILE; or use a service."
        found.append(("A password does not belong into this file.", remedy))
    if not parts.get("dbname") and not parts.get("service"):
        found.append(("It names no database.", f"Write it as {SCHEME}user@host/name."))
    if _is_elsewhere(parts) and parts.get("sslmode") != "verify-full":
        remedy = "Add ?sslmode=verify-full, and sslrootcert=FILE if its certificate is your own."
        found.append(("The database is on another machine, and the way there is not protected.", remedy))
    return found


def _is_elsewhere(parts: dict[str, Any]) -> bool:
    hosts = ",".join(str(parts.get(name) or "") for name in ("host", "hostaddr")).split(",")
    return not all(is_here(host) for host in hosts)


def is_here(host: str) -> bool:
    """Whether a host is this machine: by a socket's path, by name, by a loopback address."""
    if not host or host[0] in "/@" or host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
