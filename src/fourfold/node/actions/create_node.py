"""Creating a node: its keys, its delegation, its store."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from fourfold.canon import name_fault, new_salt, own_address
from fourfold.errors import Fault, InputError, RefusedError
from fourfold.node.boot import boot, migrate
from fourfold.node.database import address_faults
from fourfold.node.guarding import guard
from fourfold.node.home import OPTIONAL, Config, Home, write_config
from fourfold.node.keys import write_key
from fourfold.records.identity import SignedDelegation, delegate, institution_id
from fourfold.records.signing import Signer

DELEGATED_DAYS = 365
AHEAD = timedelta(minutes=5)
"""A delegation begins this much earlier: a counterpart's clock may be a little behind."""


@dataclass(frozen=True, slots=True)
class NewNode:
    """What a person decides about a new node.

    `regulator` and `defence_tie` are the institution's own facts, which it puts into what it signs.
    `database`, `workers`, `second_factor` and `proxies` are as in `Config`.
    """

    name: str
    url: str
    host: str = "127.0.0.1"
    port: int = 8471
    demo: bool = False
    sync_seconds: int = 60
    regulator: bool = False
    defence_tie: bool = False
    database: str = ""
    workers: int = 1
    second_factor: str = OPTIONAL
    proxies: int = 0


def create_node(path: Path, wanted: NewNode, institution_secret: bytes, node_secret: bytes) -> Config:
    """Make a node in a folder. What an interrupted attempt left is taken up where it stopped.

    Raises:
        RefusedError: a node lives there already, another one's store is in the database, or the folder is
            open to others and not ours to close.
        InputError: the name, its address, or that of the database, is wrong; nothing is made.
    """
    own_address(wanted.url, for_browsers=True)
    if faults := [*_name_faults(wanted.name), *address_faults(wanted.database)]:
        raise InputError(faults)
    guard(path)
    home = Home(path)
    if home.exists() and (home.store.exists() or home.config().database):
        boot(path)
        migrate()
        if _is_complete():
            raise RefusedError(f"A node lives in {path} already. Choose another folder, or use that node.")
    institution = _key(home.institution_key, institution_secret)
    node = _key(home.node_key, node_secret)
    config = _config(wanted, institution)
    write_config(home, config)
    boot(path)
    migrate()
    if _is_complete():
        raise RefusedError("Another node's store is in this database already. Make a database for this one.")
    _introduce(wanted, institution, node)
    return config


def _name_faults(name: str) -> list[Fault]:
    fault = name_fault(name)
    return [Fault(fault, field="name", remedy="Choose a name that people can read.")] if fault else []


def _key(file: Path, secret: bytes) -> Signer:
    """The key in the file, or a new one in it."""
    if file.exists():
        return Signer.from_pem(file.read_bytes(), secret)
    signer = Signer.generate()
    write_key(file, signer, secret)
    return signer


def _config(wanted: NewNode, institution: Signer) -> Config:
    return Config(
        id=institution_id(institution.key),
        name=wanted.name,
        url=own_address(wanted.url),
        host=wanted.host,
        port=wanted.port,
        demo=wanted.demo,
        sync_seconds=wanted.sync_seconds,
        database=wanted.database,
        workers=wanted.workers,
        second_factor=wanted.second_factor,
        proxies=wanted.proxies,
    )


def _is_complete() -> bool:
    from fourfold.node.models import Node

    return Node.objects.exists()


def _introduce(wanted: NewNode, institution: Signer, node: Signer) -> None:
    """The row about the node itself, with the delegation of its key."""
    from django.db import transaction

    from fourfold.node import clock, trail
    from fourfold.node.models import Node, Tag
    from fourfold.node.possession import prove_own

    now = clock.now()
    delegation = _delegation(institution, node, now)
    with transaction.atomic():
        Node.objects.create(
            institution=delegation.delegation.institution,
            name=wanted.name,
            institution_key=institution.key,
            node_key=node.key,
            delegation=delegation.model_dump_json().encode(),
            regulator=wanted.regulator,
            defence_tie=wanted.defence_tie,
            pseudonym_secret=new_salt(),
            created=now,
        )
        prove_own(node, now)
        trail.note(Tag.NODE_CREATED, now, subject=delegation.delegation.institution)


def _delegation(institution: Signer, node: Signer, now: datetime) -> SignedDelegation:
    return delegate(institution, node.key, now - AHEAD, now + timedelta(days=DELEGATED_DAYS))
