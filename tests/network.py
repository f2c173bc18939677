"""Several real nodes in one process: each with its own store, keys and folder; they speak over HTTP as ever.

What a node does is done inside `with node:`. A request from one to another goes through the other's WSGI
application, in the other's store.
"""

import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any, Self

import httpx
from django.conf import settings as django_settings

from fourfold.agreements import AgreementText, Direction, SliceTerms
from fourfold.canon import new_id, new_salt
from fourfold.framework import Level, shipped
from fourfold.node.boot import boot, take_steps
from fourfold.node.home import Config, Home, write_config
from fourfold.records.identity import delegate, institution_id
from fourfold.records.markings import Caveat, Marking, Tlp
from fourfold.records.signing import Signer, fingerprint

PASSPHRASE = b"correct horse battery"
NAMES = ("Atlantis", "Borduria", "Cathay")


def boot_once() -> None:
    """Give Django some node, if no other test did: it takes its settings once; each test brings its own."""
    if not django_settings.configured:
        folder = Path(tempfile.mkdtemp(prefix="fourfold-tests-"))
        write_config(
            Home(folder), Config(id="identity--none", name="None", url="http://x.example/", demo=True)
        )
        boot(folder)


boot_once()

import own_stores  # noqa: E402  models need settings: booted first
import ready_stores  # noqa: E402  the same reason as above
from django.core.wsgi import get_wsgi_application  # noqa: E402  models need settings: booted first
from django.db import connections  # noqa: E402  the same reason as above

from fourfold.node import clock, models  # noqa: E402  the same reason as above
from fourfold.node.actions.accept_reply import accept_reply  # noqa: E402  the same reason as above
from fourfold.node.actions.add_record import NewRecord, add_record  # noqa: E402  the same reason as above
from fourfold.node.actions.invite import introduction, invite  # noqa: E402  the same reason as above
from fourfold.node.actions.join import join  # noqa: E402  the same reason as above
from fourfold.node.actions.propose_agreement import propose_agreement  # noqa: E402  the same reason as above
from fourfold.node.actions.pull import Pulled, pull  # noqa: E402  the same reason as above
from fourfold.node.actions.sign_agreement import sign_agreement  # noqa: E402  the same reason as above
from fourfold.node.drafting import consent_slice  # noqa: E402  the same reason as above
from fourfold.node.keys import write_key  # noqa: E402  the same reason as above


@dataclass(frozen=True)
class Keys:
    """One institution: its name, its keys, and the folder where they lie."""

    name: str
    home: Home
    institution: Signer
    node: Signer

    @property
    def id(self) -> str:
        return institution_id(self.institution.key)

    @property
    def url(self) -> str:
        return f"http://{self.name.lower()}.example/"


def make_keys(folder: Path) -> tuple[Keys, ...]:
    """Keys for each institution; made once in a session, as encrypting them takes time."""
    made = []
    for name in NAMES:
        home = Home(folder / name)
        home.path.mkdir(parents=True)
        keys = Keys(name, home, Signer.generate(), Signer.generate())
        write_key(home.node_key, keys.node, PASSPHRASE)
        write_key(home.institution_key, keys.institution, PASSPHRASE)
        made.append(keys)
    (folder / "passphrase").write_bytes(PASSPHRASE)
    return tuple(made)


@contextmanager
def using(connection: Any) -> Iterator[None]:
    """Everything inside happens in this store."""
    before = connections["default"]
    connections["default"] = connection
    try:
        yield
    finally:
        connections["default"] = before


@dataclass
class Node(AbstractContextManager["Node"]):
    """One node. `with node:` is being at it."""

    keys: Keys
    network: "Network"
    connection: Any
    _left: list[ExitStack] = field(default_factory=list)

    @property
    def id(self) -> str:
        return self.keys.id

    @property
    def name(self) -> str:
        return self.keys.name

    def __enter__(self) -> Self:
        stack = ExitStack()
        before = (django_settings.NODE, django_settings.HOME, django_settings.ALLOWED_HOSTS)
        stack.callback(_settle, *before)
        _settle(Config(id=self.id, name=self.name, url=self.keys.url, backup_days=30), self.keys.home, ["*"])
        stack.enter_context(using(self.connection))
        self._left.append(stack)
        return self

    def __exit__(self, *_: object) -> None:
        self._left.pop().close()

    def do(self, act: Callable[..., Any], *given: Any, **named: Any) -> Any:
        """Do something at this node."""
        with self:
            return act(*given, **named)

    def peer(self, other: "Node") -> models.Peer:
        """The counterpart as this node knows it; inside `with`."""
        return models.Peer.objects.get(pk=other.id)

    def collect(self, *others: "Node") -> list[Pulled]:
        """Collect from these counterparts, or from all."""
        with self:
            peers = [self.peer(each) for each in others] or list(models.Peer.objects.order_by("name"))
            return [pull(peer, self.network.transport) for peer in peers]

    def keep(self, title: str, marking: Marking | None = None, **changes: Any) -> str:
        """Keep an incident; its record id."""
        payload = {"title": title, "description": f"{title}: what happened.", **changes.pop("payload", {})}
        given = {"slice": "public-incidents", "kind": "incident", "activity": "incident_reporting", **changes}
        with self:
            made = NewRecord(payload=payload, marking=marking or Marking(tlp=Tlp.GREEN), **given)
            return add_record(made, "analyst").record


class Network(httpx.BaseTransport):
    """Some nodes, and the wire between them; `wire` keeps every answer that was given, by who asked whom."""

    def __init__(self, keys: tuple[Keys, ...], template: Path, folder: Path) -> None:
        """`template` is an empty store, or a folder with the stores of a network that was saved."""
        self.nodes: tuple[Node, ...] = ()
        self.transport = self
        self.answers: list[tuple[str, bytes]] = []
        self._stores: list[Path] = []
        app = get_wsgi_application()
        self._serve = httpx.WSGITransport(app=app)
        for each in keys:
            store = folder / f"{each.name}.sqlite3"
            own_stores.copy(template / store.name if template.is_dir() else template, store)
            self._stores.append(store)
            self.nodes += (Node(each, self, own_stores.connect(store)),)
        for node in () if template.is_dir() else self.nodes:
            with node:
                _introduce(node)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Let the node that is asked answer, in its own store."""
        (asked,) = [node for node in self.nodes if node.keys.url == f"http://{request.url.host}/"]
        with asked:
            response = self._serve.handle_request(request)
            body = response.read()
        self.answers.append((asked.name, body))
        return httpx.Response(response.status_code, headers=response.headers, content=body)

    def join(self, host: Node, guest: Node) -> None:
        """Two nodes join; the founding agreement is in force on both sides."""
        file = host.do(invite, "liaison").file
        reply = guest.do(join, file, "invitation", fingerprint(host.keys.institution.key), "liaison")
        host.do(accept_reply, reply, "reply", fingerprint(guest.keys.institution.key), "liaison")
        guest.collect(host)
        host.collect(guest)

    def agree(self, *parties: Node, slices: tuple[SliceTerms, ...] = (), **changes: Any) -> str:
        """An agreement in force on all sides; its digest."""
        text = agreement_text(*parties, slices=slices, **changes)
        first, *others = parties
        digest: str = first.do(propose_agreement, text, "liaison").digest
        for each in others:
            each.collect(first)
            each.do(sign_agreement, digest, "liaison")
        for _ in range(2):
            for each in parties:
                each.collect()
        return digest

    def save(self, folder: Path) -> Path:
        """Copy all stores into a folder, for other networks to begin with."""
        for node, store in zip(self.nodes, self._stores, strict=True):
            with node:
                own_stores.settle(node.connection)
            own_stores.copy(store, folder / f"{node.name}.sqlite3")
        return folder

    def copy(self, place: int, store: Path) -> None:
        """Copy the store of one node, which may go on."""
        with self.nodes[place] as node:
            own_stores.settle(node.connection)
        own_stores.copy(self._stores[place], store)

    def close(self) -> None:
        """Close every store; a client does that when it has done."""
        for node in self.nodes:
            node.connection.close()

    def end(self) -> None:
        """Close every store, and take it away."""
        self.close()
        for store in self._stores:
            own_stores.drop(store)


def agreement_text(*parties: Node, slices: tuple[SliceTerms, ...] = (), **changes: Any) -> AgreementText:
    """A text between these parties; without slices: one to tell, one to keep apart, one for consents."""
    now = clock.now()
    first = parties[0]
    with first:
        own = models.Node.objects.get()
        known = {own.institution: own, **{peer.institution: peer for peer in models.Peer.objects.all()}}
        founding = [row.content() for row in models.Agreement.objects.filter(founding=True)]
    facts = {party.id: party for text in founding for party in text.parties}
    assert set(known) >= {each.id for each in parties}
    values = {
        "id": new_id("agreement"),
        "number": 1,
        "predecessor": None,
        "title": "Incident reporting",
        "parties": tuple(facts[each.id] for each in parties),
        "community": frozenset(each.id for each in parties),
        "slices": slices or default_slices(*parties),
        "framework": shipped().digest,
        "valid_from": now - timedelta(hours=1),
        "review_by": now + timedelta(days=300),
    }
    return AgreementText(**{**values, **changes})


def terms(id_: str, level: Level, parties: tuple[Node, ...], fields: Any, **changes: Any) -> SliceTerms:
    """The terms of one slice, the same in every direction."""
    values = {
        "id": id_,
        "activity": "incident_reporting",
        "name": id_.capitalize(),
        "level": level,
        "kinds": frozenset(fields),
        "ceiling": Tlp.RED,
        "directions": tuple(Direction(sender=each.id, fields=fields) for each in parties),
    }
    return SliceTerms(**{**values, **changes})


def default_slices(*parties: Node) -> tuple[SliceTerms, ...]:
    """What the agreements of these tests say unless they say more."""
    told = {"incident": ("title", "description")}
    apart = tuple(Direction(sender=each.id, fields={}) for each in parties)
    return (
        terms("public-incidents", Level.COMMUNICATION, parties, told),
        terms("sensitive-incidents", Level.SEPARATION, parties, told, directions=apart),
        consent_slice("incident_reporting", [each.do(introduction).party() for each in parties]),
    )


def make_template(folder: Path) -> Path:
    """An empty store in its present form, to copy for each node."""
    store = folder / "template.sqlite3"
    if connections["default"].vendor == "sqlite":
        shutil.copy(ready_stores.file(), store)
        return store
    own_stores.make(store)
    connection = own_stores.connect(store)
    with using(connection):
        take_steps()
        own_stores.settle(connection)
    return store


def _settle(config: Config, home: Home, hosts: list[str]) -> None:
    django_settings.NODE, django_settings.HOME, django_settings.ALLOWED_HOSTS = config, home, hosts


def _introduce(node: Node) -> None:
    now, keys = clock.now(), node.keys
    day = timedelta(days=1)
    models.Node.objects.create(
        institution=keys.id,
        name=keys.name,
        institution_key=keys.institution.key,
        node_key=keys.node.key,
        delegation=delegate(keys.institution, keys.node.key, now - day, now + 365 * day)
        .model_dump_json()
        .encode(),
        pseudonym_secret=new_salt(),
        created=now,
    )


__all__ = ["Caveat", "Keys", "Level", "Marking", "Network", "Node", "Tlp", "default_slices", "terms"]
