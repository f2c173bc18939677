"""One real node, in this process; and a simulated counterpart, which signs, serves and asks like a node."""

import itertools
import json
import tempfile
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from django.conf import settings as django_settings
from wire_places import NODE, PEER

from fourfold.agreements import (
    Direction,
    Party,
    PartyFacts,
    SignedAgreement,
    SliceTerms,
    countersign,
    sign,
)
from fourfold.agreements.text import AgreementText
from fourfold.canon import canonical_bytes, digest, digest_bytes, new_id, new_salt
from fourfold.errors import FourfoldError
from fourfold.exchange.holdings import Holdings, Item, SignedHoldings, Sum, describe, in_prefix, sign_holdings
from fourfold.exchange.http import Wire, open_client
from fourfold.exchange.nodes import (
    LastSeen,
    LogPart,
    ReceiptResult,
    Taken,
    read_receipts,
    results_body,
)
from fourfold.exchange.receipts import Receipt, SignedReceipt, read_receipt, sign_receipt
from fourfold.exchange.requests import Message, verify_request
from fourfold.exchange.stix import RELEASE_EXTENSION, encode, read_time, sign_object, sign_release, taxii_time
from fourfold.exchange.taxii import MEDIA_TYPE, collection_id
from fourfold.framework import Level
from fourfold.log import (
    Checkpoint,
    Epoch,
    Frontier,
    Note,
    SignedEpoch,
    append,
    leaf_hash,
    log_name,
    open_epoch,
    sign_checkpoint,
)
from fourfold.node.boot import boot
from fourfold.node.home import Config, Home, write_config
from fourfold.records.encoding import to_base64
from fourfold.records.identity import SignedDelegation, delegate, institution_id
from fourfold.records.markings import Caveat, Marking, Tlp
from fourfold.records.possession import possess
from fourfold.records.signing import Purpose, Signer
from fourfold.records.statements import KeyHistory
from fourfold.release import ReleaseObject

PASSPHRASE = b"correct horse battery"
FIELDS = {"incident": ("title", "description", "date")}


def boot_once() -> None:
    """Give Django some node, if no other test did: it takes its settings once; each test brings its own."""
    if django_settings.configured:
        return
    folder = Path(tempfile.mkdtemp(prefix="fourfold-tests-"))
    write_config(Home(folder), Config(id="identity--none", name="None", url=NODE, demo=True))
    boot(folder)


boot_once()

# Django must know its settings before any model is imported.
from django.core.wsgi import get_wsgi_application  # noqa: E402  see above: booted first
from wire_askers import Asker, ThirdParty, Token, asker_for  # noqa: E402  see above: booted first

from fourfold.node import agreeing, clock  # noqa: E402  see above: booted first
from fourfold.node.actions.add_client import (  # noqa: E402  see above: booted first
    NewClient,
    add_client,
)
from fourfold.node.actions.add_record import NewRecord, add_record  # noqa: E402  see above: booted first
from fourfold.node.actions.pull import pull  # noqa: E402  see above: booted first
from fourfold.node.keys import write_key  # noqa: E402  see above: booted first
from fourfold.node.models import Node, Peer, ProofKind  # noqa: E402  see above: booted first
from fourfold.node.possession import prove  # noqa: E402  see above: booted first
from fourfold.node.releasing import release  # noqa: E402  see above: booted first


@dataclass(frozen=True)
class Institution:
    """An institution and its keys."""

    name: str
    institution: Signer = field(default_factory=Signer.generate)
    node: Signer = field(default_factory=Signer.generate)

    @property
    def id(self) -> str:
        return institution_id(self.institution.key)

    def delegated(self, key: str, now: datetime, days: int = 365) -> SignedDelegation:
        return delegate(self.institution, key, now - timedelta(days=1), now + timedelta(days=days))

    def party(self) -> Party:
        facts = PartyFacts(regulator=False, defence_tie=False)
        return Party(id=self.id, name=self.name, institution_key=self.institution.key, facts=facts)


def agreement_between(one: Institution, other: Institution, now: datetime, **changes: Any) -> SignedAgreement:
    terms = SliceTerms(
        id="public-incidents",
        activity="incident_reporting",
        name="Public incidents",
        level=Level.COMMUNICATION,
        kinds=frozenset({"incident"}),
        ceiling=Tlp.AMBER,
        forbidden_caveats=frozenset({Caveat.PERSONAL}),
        directions=tuple(Direction(sender=each.id, fields=FIELDS) for each in (one, other)),
    )
    values = {
        "id": new_id("agreement"),
        "number": 1,
        "predecessor": None,
        "title": "Incident reporting",
        "parties": (one.party(), other.party()),
        "slices": (terms,),
        "framework": digest("framework"),
        "valid_from": now - timedelta(days=1),
        "review_by": now + timedelta(days=300),
    }
    return countersign(sign(AgreementText(**{**values, **changes}), one.institution), other.institution)


@dataclass
class Counterpart:
    """The simulated counterpart of the node under test: what it released, and what it was told."""

    who: Institution
    node: str
    agreement: SignedAgreement
    now: datetime
    collection: list[tuple[datetime, bytes]] = field(default_factory=list)
    leaves: list[bytes] = field(default_factory=list)
    receipts: list[SignedReceipt] = field(default_factory=list)
    cosigned: list[Note] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)
    epochs: list[SignedEpoch] = field(default_factory=list)
    last_seen: LastSeen = field(default_factory=LastSeen)
    epoch: SignedEpoch | None = None
    stated: list[SignedHoldings] = field(default_factory=list)
    told: list[KeyHistory] = field(default_factory=list)
    keys: KeyHistory = field(default_factory=lambda: KeyHistory(institution=""))
    url: str = PEER

    def make(self, **changes: Any) -> ReleaseObject:
        values = {
            "id": new_id("release"),
            "kind": "incident",
            "activity": "incident_reporting",
            "slice": "public-incidents",
            "owner": self.who.id,
            "originators": frozenset({self.who.id}),
            "recipient": self.node,
            "agreement": self.agreement.digest,
            "version": 1,
            "created": self.now,
            "modified": self.now,
            "marking": Marking(tlp=Tlp.GREEN),
            "fields": {"title": "A car", "description": "It did not stop."},
            "commitment": digest("commitment"),
            "derived_from": "pseudonym--1",
            "salt": new_salt(),
        }
        return ReleaseObject(**{**values, **changes})

    def release(self, **changes: Any) -> ReleaseObject:
        """Release something: into the collection, and into the log."""
        made = self.make(**changes)
        wire = sign_release(made, self.who.node)
        self.offer(wire)
        self.leaves.append(leaf_hash(made.salt, digest_bytes(wire), Purpose.RELEASE))
        return made

    def withdraw(self, made: ReleaseObject) -> ReleaseObject:
        later = made.modified + timedelta(milliseconds=5)
        update = {"version": made.version + 1, "modified": later, "fields": {}, "revoked": True}
        return self.release(**{**made.model_dump(), **update, "salt": new_salt()})

    def offer(self, wire: bytes) -> None:
        """Put any bytes into the collection, at the next moment."""
        last = self.collection[-1][0] if self.collection else self.now
        self.collection.append((last + timedelta(microseconds=1), wire))

    def __call__(self, request: httpx.Request) -> httpx.Response:
        """Serve as a node does; a request that is not properly signed is an error of the node under test."""
        message = Message(request.method, str(request.url), dict(request.headers), request.content)
        verify_request(message, self.who.id, datetime.now(self.now.tzinfo))  # noqa: TID251  simulated clock
        self.requests.append(f"{request.method} {request.url.path}")
        answers = {
            "/taxii2/": self._discovery,
            "/taxii2/api1/collections/": self._collections,
            f"/taxii2/api1/collections/{self.shelf}/objects/": self._objects,
            "/exchange/v1/receipts": self._receipts,
            "/exchange/v1/log": self._log,
            "/exchange/v1/cosignature": self._cosignature,
            "/exchange/v1/keys": self._keys,
            "/exchange/v1/epoch": self._epoch,
            "/exchange/v1/holdings": self._holdings,
        }
        return answers[request.url.path](request)

    @property
    def shelf(self) -> str:
        return collection_id(self.who.id, self.node)

    @property
    def shelf_of_node(self) -> str:
        """The id of the collection that the node under test keeps for this counterpart."""
        return collection_id(self.node, self.who.id)

    def _discovery(self, _: httpx.Request) -> httpx.Response:
        return _taxii(canonical_bytes({"title": "A", "api_roots": [f"{self.url}/taxii2/api1/"]}))

    def _collections(self, _: httpx.Request) -> httpx.Response:
        return _taxii(canonical_bytes({"collections": [{"id": self.shelf, "title": "C", "can_read": True}]}))

    def _objects(self, request: httpx.Request) -> httpx.Response:
        params = request.url.params
        after = max(
            [read_time(params[name]) for name in ("added_after", "next") if name in params], default=None
        )
        found = [(added, wire) for added, wire in self.collection if after is None or added > after]
        if "match[id]" in params:
            wanted = params["match[id]"].split(",")
            named = {_said(wire)[0]: (added, wire) for added, wire in found}
            found = [each for id_, each in named.items() if id_ in wanted]
        shown = found[: int(params["limit"])]
        if not shown:
            return _taxii(b"{}")
        rest = b',"more":true,"next":"%s"' % taxii_time(shown[-1][0]).encode() if found[len(shown) :] else b""
        body = b'{"objects":[' + b",".join(wire for _, wire in shown) + b"]" + rest + b"}"
        headers = {
            "X-TAXII-Date-Added-First": taxii_time(shown[0][0]),
            "X-TAXII-Date-Added-Last": taxii_time(shown[-1][0]),
        }
        return _taxii(body, headers)

    def _receipts(self, request: httpx.Request) -> httpx.Response:
        wires = read_receipts(request.content)
        self.receipts.extend(read_receipt(wire) for wire in wires)
        results = [ReceiptResult(digest=digest_bytes(wire), result=Taken.ACCEPTED) for wire in wires]
        return httpx.Response(200, content=results_body(results))

    def checkpoint(self) -> Checkpoint:
        frontier, _ = append(Frontier(), self.leaves)
        number = self.epoch.epoch.number if self.epoch else 1
        return Checkpoint(f"{log_name(self.who.id, self.node)}/{number}", len(self.leaves), frontier.root())

    def _log(self, request: httpx.Request) -> httpx.Response:
        first = int(request.url.params["from"])
        note = sign_checkpoint(self.checkpoint(), self.who.node).encode().decode()
        leaves = tuple(to_base64(leaf) for leaf in self.leaves[first:])
        part = LogPart(note=note, epoch=self.epoch, first=first, leaves=leaves)
        return httpx.Response(200, content=part.wire())

    def handed_out(self) -> list[Item]:
        """The newest version of each object in the collection that the node has not refused."""
        answers = {given.receipt.digest: given.receipt.outcome for given in self.receipts}
        newest: dict[str, Item] = {}
        for _, wire in self.collection:
            if answers.get(digest_bytes(wire)) != "refused":
                id_, number = _said(wire)
                newest[id_] = Item(id=id_, version=number, digest=digest_bytes(wire))
        return list(newest.values())

    def _holdings(self, request: httpx.Request) -> httpx.Response:
        if request.method == "POST":
            self.stated.append(SignedHoldings.model_validate_json(request.content))
            return httpx.Response(204)
        prefixes = request.url.params["parts"].split(",")
        items = self.handed_out()
        made = Holdings(
            owner=self.who.id,
            recipient=self.node,
            said_by=self.who.id,
            at=self.now,
            parts=tuple(describe(prefix, in_prefix(items, prefix)) for prefix in prefixes),
        )
        return httpx.Response(200, content=sign_holdings(made, self.who.node).wire())

    def _epoch(self, request: httpx.Request) -> httpx.Response:
        if request.method == "POST":
            self.epochs.append(SignedEpoch.model_validate_json(request.content))
            return httpx.Response(204)
        return httpx.Response(200, content=self.last_seen.wire())

    def _keys(self, request: httpx.Request) -> httpx.Response:
        if request.method == "POST":
            self.told.append(KeyHistory.model_validate_json(request.content))
            return httpx.Response(204)
        return httpx.Response(200, content=self.keys.wire())

    def _cosignature(self, request: httpx.Request) -> httpx.Response:
        self.cosigned.append(Note.parse(request.content))
        return httpx.Response(204)

    def answer(self, wire: bytes, at: datetime, **changes: Any) -> bytes:
        """A receipt of this counterpart for something that the node released to it."""
        given = changes.pop("release")
        values = {
            "owner": self.node,
            "recipient": self.who.id,
            "object": given.id,
            "version": given.version,
            "digest": digest_bytes(wire),
            "outcome": "stored",
            "at": at,
        }
        signer = changes.pop("signer", self.who.node)
        return sign_receipt(Receipt(**{**values, **changes}), signer).wire


def _said(wire: bytes) -> tuple[str, int]:
    """The id and version that an object says of itself; something that can be told, where it says none."""
    try:
        value = json.loads(wire)
        item = Item(
            id=value["id"], version=value["extensions"][RELEASE_EXTENSION]["number"], digest=digest("x")
        )
    except (ValueError, KeyError, TypeError):
        return digest_bytes(wire), 1
    return item.id, item.version


def _taxii(body: bytes, headers: dict[str, str] | None = None) -> httpx.Response:
    return httpx.Response(200, content=body, headers={"Content-Type": MEDIA_TYPE, **(headers or {})})


@pytest.fixture(scope="session")
def own(tmp_path_factory: pytest.TempPathFactory) -> tuple[Home, Institution]:
    """The institution whose node is under test, and its home with its keys."""
    who = Institution("Own")
    home = Home(tmp_path_factory.mktemp("own"))
    write_key(home.node_key, who.node, PASSPHRASE)
    write_key(home.institution_key, who.institution, PASSPHRASE)
    (home.path / "passphrase").write_bytes(PASSPHRASE)
    return home, who


@pytest.fixture
def node(
    own: tuple[Home, Institution],
    settings: Any,
    transactional_db: None,
    monkeypatch: pytest.MonkeyPatch,
) -> Institution:
    """The node under test, with an empty store."""
    home, who = own
    settings.HOME, settings.ALLOWED_HOSTS = home, ["*"]
    settings.NODE = Config(id=who.id, name=who.name, url=NODE, backup_days=30)
    for variable in ("FOURFOLD_PASSPHRASE_FILE", "FOURFOLD_INSTITUTION_PASSPHRASE_FILE"):
        monkeypatch.setenv(variable, str(home.path / "passphrase"))
    Node.objects.create(
        institution=who.id,
        name=who.name,
        institution_key=who.institution.key,
        node_key=who.node.key,
        delegation=who.delegated(who.node.key, clock.now()).model_dump_json().encode(),
        pseudonym_secret=new_salt(),
        created=clock.now(),
    )
    return who


def introduce(
    node: Institution, name: str, url: str = PEER, form: type[Counterpart] = Counterpart, **changes: Any
) -> Any:
    """A counterpart of some form that the node knows, with an agreement in force."""
    who, now = Institution(name), clock.now()
    peer = Peer.objects.create(
        institution=who.id,
        name=who.name,
        institution_key=who.institution.key,
        node_key=who.node.key,
        delegation=who.delegated(who.node.key, now).model_dump_json().encode(),
        url=url,
        joined=now,
    )
    prove(peer, who.node.key, ProofKind.STATEMENT, now, possess(who.node, who.id))
    given = {key: value(who) if callable(value) else value for key, value in changes.items()}
    agreement = agreement_between(node, who, now, **given)
    agreeing.keep(agreement, now)
    return form(who=who, node=node.id, agreement=agreement, now=now, url=url)


@dataclass
class Malicious(Counterpart):
    """A counterpart that keeps the protocol, but for the paths where it answers as it likes."""

    instead: dict[str, Any] = field(default_factory=dict)

    def __call__(self, request: httpx.Request) -> httpx.Response:
        for path, answer in self.instead.items():
            if path in request.url.path:
                return answer(request)
        return super().__call__(request)

    def truly(self, request: httpx.Request) -> httpx.Response:
        """The answer of a node that keeps the protocol."""
        return super().__call__(request)

    def put(self, kind: str, fields: dict[str, Any], change: Any = lambda item: item) -> None:
        """Offer a signed object of any kind, changed before it is signed."""
        made = self.make(kind=kind, fields=fields, created=self.now, modified=self.now)
        self.sign(change(encode(made)))

    def sign(self, item: Any) -> None:
        """Offer a STIX object signed by the node key; what cannot be signed, unsigned. The log shows it."""
        try:
            wire = sign_object(item, self.who.node)
            salt = item["extensions"][RELEASE_EXTENSION]["salt"]
            self.leaves.append(leaf_hash(salt, digest_bytes(wire), Purpose.RELEASE))
        except (FourfoldError, AttributeError, KeyError, TypeError, ValueError):
            wire = json.dumps(item).encode()
        self.offer(wire)

    def says(self, path: str) -> Any:
        """What it would bring to the node, as JSON: receipts, holdings, an epoch, its keys, a note."""
        item = {"id": "incident--x", "version": 1, "digest": digest("x")}
        held = Holdings(
            owner=self.node,
            recipient=self.who.id,
            said_by=self.who.id,
            at=clock.now(),
            all=Sum(count=1, root=64 * "a"),
            unknown=(Item(**item),),
        )
        receipt = Receipt(
            owner=self.node,
            recipient=self.who.id,
            object=new_id("release"),
            version=1,
            digest=digest("x"),
            outcome="stored",
            at=clock.now(),
        )
        epoch = Epoch(log=log_name(self.who.id, self.node), number=2, previous=None, opened=clock.now())
        given = self.who.delegated(Signer.generate().key, clock.now())
        told = {
            "receipts": lambda: {"receipts": [json.loads(sign_receipt(receipt, self.who.node).wire)]},
            "holdings": lambda: json.loads(sign_holdings(held, self.who.node).wire()),
            "epoch": lambda: json.loads(open_epoch(epoch, self.who.node).model_dump_json()),
            "keys": lambda: KeyHistory(institution=self.who.id, delegations=(given,)).model_dump(mode="json"),
            "cosignature": lambda: [sign_checkpoint(self.checkpoint(), self.who.node).encode().decode()],
        }
        return told[path]()


@pytest.fixture
def together(node: Institution, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Let the node's own sync reach these counterparts, each at its own address."""

    def reach(*counterparts: Counterpart) -> None:
        named = {httpx.URL(each.url).host: each for each in counterparts}
        lines = httpx.MockTransport(lambda request: named[request.url.host](request))
        monkeypatch.setattr(
            "fourfold.node.actions.pull.open_client", lambda auth, *_: open_client(auth, lines)
        )

    return reach


@pytest.fixture
def introduced(node: Institution) -> Any:
    """Introduce a counterpart at an address of its own, under one slice that is given by its parties."""
    numbers = itertools.count()

    def make(name: str, opened: Any) -> Malicious:
        def slices(who: Institution) -> Any:
            return (opened(node.id, who.id),)

        number = next(numbers)
        return introduce(node, f"{name} {number}", f"http://peer-{number}.example", Malicious, slices=slices)

    return make


@pytest.fixture
def honest(node: Institution) -> Counterpart:
    """A counterpart that comes behind the malicious one, whatever the order by name."""
    return introduce(node, "Honest", "http://honest.example", Malicious)


@pytest.fixture
def malicious(node: Institution, honest: Counterpart, together: Any) -> Malicious:
    """A malicious counterpart beside an honest one, both within reach of the node's own sync."""
    found = introduce(node, "A malicious one", "http://malicious.example", Malicious)
    together(honest, found)
    return found


@pytest.fixture
def counterpart(node: Institution) -> Counterpart:
    return introduce(node, "Counterpart")


@pytest.fixture
def stranger(node: Institution) -> Counterpart:
    """Another counterpart of the node, which must learn nothing of the first."""
    return introduce(node, "Stranger")


@pytest.fixture
def asker(node: Institution, counterpart: Counterpart) -> Asker:
    return asker_for(node, counterpart.who.node)


@pytest.fixture
def ask(node: Institution) -> Any:
    """Make somebody who asks with a key, or with none."""
    return lambda signer: asker_for(node, signer)


@pytest.fixture
def share(node: Institution) -> Any:
    """Release an incident of the node to a counterpart; what the table lets pass."""

    def shared(counterpart: Counterpart, title: str = "A car", **payload: Any) -> Any:
        marking = Marking(tlp=Tlp.GREEN)
        given = {"title": title, "description": "It did not stop.", "analyst_note": "CANARY", **payload}
        record = add_record(
            NewRecord("incident", "incident_reporting", given, marking, slice="public-incidents"), "tester"
        )
        return release(record, Peer.objects.get(pk=counterpart.who.id), "tester", clock.now())

    return shared


@pytest.fixture
def pulled(node: Institution) -> Any:
    """Let the node collect from a counterpart."""

    def run(counterpart: Counterpart) -> Any:
        return pull(Peer.objects.get(pk=counterpart.who.id), httpx.MockTransport(counterpart))

    return run


@pytest.fixture
def let_in(node: Institution) -> Any:
    """Add a third-party client; `scope` and `second` widen what it may have."""

    def add(name: str = "Feed", second: str | None = None, **given: Any) -> ThirdParty:
        added = add_client(NewClient(name, **given), "operator", second)
        http = open_client(Token(added.token), httpx.WSGITransport(app=get_wsgi_application()))
        return ThirdParty(http, Wire(NODE, http), added)

    return add


@pytest.fixture
def offered(node: Institution) -> Any:
    """Keep an incident of the node and release it to a third-party client, as far as the table lets it."""

    def share(third: ThirdParty, title: str = "A car", tlp: Tlp = Tlp.CLEAR, **marking: Any) -> Any:
        fields = {"title": title, "description": "It did not stop.", "analyst_note": "CANARY"}
        mark = Marking(tlp=tlp, **marking)
        record = add_record(
            NewRecord("incident", "incident_reporting", fields, mark, slice="public-incidents"), "tester"
        )
        return release(record, third.peer, "tester", clock.now())

    return share
