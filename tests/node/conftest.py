"""One node in this process, and a counterpart that exists by its keys only."""

import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings

from fourfold.agreements import (
    AgreementText,
    Direction,
    Party,
    PartyFacts,
    SignedAgreement,
    SliceTerms,
    countersign,
    sign,
)
from fourfold.canon import digest_bytes, new_id, new_salt
from fourfold.framework import Level
from fourfold.node.boot import boot
from fourfold.node.home import Config, Home, write_config
from fourfold.node.joining import Introduction, Invitation
from fourfold.protocols import collaboration, coordination
from fourfold.protocols.collaboration import Part
from fourfold.protocols.coordination import Answer, Move
from fourfold.protocols.steps import Step
from fourfold.records.identity import delegate, institution_id
from fourfold.records.markings import Marking, Tlp
from fourfold.records.signing import Purpose, Signer

URL = "http://node.example/"
PASSPHRASE = b"correct horse battery"


def boot_once() -> None:
    """Give Django some node, if no other test did: it takes its settings once; each test brings its own."""
    if not django_settings.configured:
        folder = Path(tempfile.mkdtemp(prefix="fourfold-tests-"))
        write_config(Home(folder), Config(id="identity--none", name="None", url=URL, demo=True))
        boot(folder)


boot_once()

from fourfold.exchange.stix import sign_release  # noqa: E402  models need settings: booted first
from fourfold.log import leaf_hash  # noqa: E402  the same reason as above
from fourfold.node import agreeing, clock, courses, models  # noqa: E402  the same reason as above
from fourfold.node.actions.add_record import NewRecord, add_record  # noqa: E402  the same reason as above
from fourfold.node.actions.begin_joint_record import (  # noqa: E402  the same reason as above
    NewJointRecord,
    begin_joint_record,
)
from fourfold.node.actions.handle_received import handle  # noqa: E402  the same reason as above
from fourfold.node.actions.propose import NewProposal, propose  # noqa: E402  the same reason as above
from fourfold.node.drafting import DEFAULT_FIELDS  # noqa: E402  the same reason as above
from fourfold.node.keys import write_key  # noqa: E402  the same reason as above
from fourfold.node.kinds import kind_of  # noqa: E402  the same reason as above
from fourfold.node.peering import remember  # noqa: E402  the same reason as above
from fourfold.release import ReleaseObject  # noqa: E402  the same reason as above


@dataclass(frozen=True)
class Institution:
    """An institution by its keys."""

    name: str
    institution: Signer = field(default_factory=Signer.generate)
    node: Signer = field(default_factory=Signer.generate)

    @property
    def id(self) -> str:
        return institution_id(self.institution.key)

    def introduction(self, now: datetime) -> Introduction:
        day = timedelta(days=1)
        return Introduction(
            name=self.name,
            facts=PartyFacts(regulator=False, defence_tie=False),
            url="http://peer.example/",
            delegation=delegate(self.institution, self.node.key, now - day, now + 365 * day),
        )


@pytest.fixture(scope="session")
def keys(tmp_path_factory: pytest.TempPathFactory) -> tuple[Home, Institution]:
    """The keys of the node under test, in its home; made once, as encrypting them takes time."""
    home, who = Home(tmp_path_factory.mktemp("own")), Institution("Own")
    write_key(home.node_key, who.node, PASSPHRASE)
    write_key(home.institution_key, who.institution, PASSPHRASE)
    (home.path / "passphrase").write_bytes(PASSPHRASE)
    return home, who


@pytest.fixture
def me(
    keys: tuple[Home, Institution], settings: Any, transactional_db: None, monkeypatch: pytest.MonkeyPatch
) -> Institution:
    """The institution whose node is under test, with an empty store."""
    del transactional_db  # asked for, so that there is a store
    home, who = keys
    settings.HOME, settings.ALLOWED_HOSTS = home, ["*"]
    settings.NODE = Config(id=who.id, name=who.name, url=URL)
    for variable in ("FOURFOLD_PASSPHRASE_FILE", "FOURFOLD_INSTITUTION_PASSPHRASE_FILE"):
        monkeypatch.setenv(variable, str(home.path / "passphrase"))
    now = clock.now()
    models.Node.objects.create(
        institution=who.id,
        name=who.name,
        institution_key=who.institution.key,
        node_key=who.node.key,
        delegation=who.introduction(now).delegation.model_dump_json().encode(),
        pseudonym_secret=new_salt(),
        created=now,
    )
    return who


@dataclass
class Counterpart:
    """A counterpart: who it is, the founding agreement with it, and what it can send."""

    who: Institution
    me: str
    peer: models.Peer
    founding: SignedAgreement

    def send(self, kind: str, fields: dict[str, Any], **changes: Any) -> models.Received:
        """What it released, as this node stores it; handling it is up to the test."""
        now = clock.now()
        values = {
            "id": new_id("release"),
            "kind": kind,
            "activity": "founding",
            "slice": "founding",
            "owner": self.who.id,
            "originators": frozenset({self.who.id}),
            "recipient": self.me,
            "agreement": self.founding.digest,
            "version": 1,
            "created": now,
            "modified": now,
            "marking": Marking(tlp=Tlp.AMBER_STRICT),
            "fields": fields,
            "commitment": "sha256:" + 64 * "0",
            "derived_from": "derived--1",
            "salt": new_salt(),
        }
        made = ReleaseObject(**{**values, **changes})
        wire = sign_release(made, self.who.node)
        digest = digest_bytes(wire)
        return models.Received.objects.create(
            peer=self.peer,
            object=made.id,
            version=made.version,
            kind=kind,
            state=models.ReceivedState.STORED,
            wire=wire,
            digest=digest,
            leaf=leaf_hash(made.salt, digest, Purpose.RELEASE).hex(),
            received=now,
        )


@pytest.fixture
def join_with(me: Institution) -> Callable[[str], Counterpart]:
    """Make a counterpart with whom the founding agreement is in force."""

    def joined(name: str) -> Counterpart:
        now, who = clock.now(), Institution(name)
        invitation = Invitation(
            id=new_id("invitation"),
            host=me.introduction(now),
            agreement=new_id("agreement"),
            framework="sha256:" + 64 * "1",
            valid_from=now - timedelta(hours=1),
            review_by=now + timedelta(days=300),
            expires=now + timedelta(days=14),
        )
        text = invitation.founding(who.introduction(now))
        founding = countersign(sign(text, me.institution), who.institution)
        peer = remember(who.introduction(now), now)
        agreeing.keep(founding, now)
        return Counterpart(who, me.id, peer, founding)

    return joined


@pytest.fixture
def other(join_with: Callable[[str], Counterpart]) -> Counterpart:
    """A counterpart with whom the founding agreement is in force."""
    return join_with("Other")


@pytest.fixture
def incident(me: Institution) -> Callable[..., models.RecordVersion]:
    """Keep an incident."""
    del me  # asked for, so that there is a node

    def kept(author: str = "analyst", **changes: Any) -> models.RecordVersion:
        fields = {"title": "A car", "description": "It did not stop.", "analyst_note": "Ask twice."}
        values = {"kind": "incident", "activity": "incident_reporting", "marking": Marking(tlp=Tlp.GREEN)}
        values |= {"payload": fields, "slice": "public-incidents", **changes}
        return add_record(NewRecord(**values), author)

    return kept


@pytest.fixture
def agreed(me: Institution, other: Counterpart) -> models.Agreement:
    """An agreement on incident reporting in force with the counterpart: one slice to tell, one to keep."""
    now = clock.now()
    text = AgreementText(
        id=new_id("agreement"),
        number=1,
        predecessor=None,
        title="Incident reporting",
        parties=other.founding.text.parties,
        community=frozenset({me.id, other.who.id}),
        slices=(
            SliceTerms(
                id="public-incidents",
                activity="incident_reporting",
                name="Public",
                level=Level.COMMUNICATION,
                kinds=frozenset({"incident"}),
                ceiling=Tlp.RED,
                directions=tuple(
                    Direction(sender=each, fields={"incident": ("title", "description")})
                    for each in (me.id, other.who.id)
                ),
            ),
            SliceTerms(
                id="sensitive-incidents",
                activity="incident_reporting",
                name="Sensitive",
                level=Level.SEPARATION,
                kinds=frozenset({"incident"}),
                ceiling=Tlp.RED,
            ),
        ),
        framework="sha256:" + 64 * "1",
        valid_from=now - timedelta(hours=1),
        review_by=now + timedelta(days=300),
    )
    return agreeing.keep(countersign(sign(text, me.institution), other.who.institution), now)


# --- ends of proposals and joint records ---

ACTIVITY = "incident_reporting"
GREEN = Marking(tlp=Tlp.GREEN)
SLICES = {
    "registry": Level.COLLABORATION,
    "definitions": Level.COORDINATION,
    "public-incidents": Level.COMMUNICATION,
    "sensitive-incidents": Level.SEPARATION,
}
MAPPING = {
    "title": "Serious incidents, ours and theirs",
    "due": "2099-12-31",
    "first": {"name": "Regime one", "provision": "Article 3(49)"},
    "second": {"name": "Regime two"},
    "rows": [
        {"first": "death of a person", "relation": "exact", "second": "death"},
        {"first": "harm to property", "relation": "none", "note": "Not in the second."},
    ],
}
ENTRY = {"title": "A car did not stop", "severity": [{"scheme": "One", "value": "serious"}]}


def text_between(me: Any, *others: Any, **changes: Any) -> AgreementText:
    now = clock.now()
    facts = PartyFacts(regulator=False, defence_tie=False)
    fields = dict(changes.pop("fields", DEFAULT_FIELDS[ACTIVITY]))
    values = {
        "id": new_id("agreement"),
        "number": 1,
        "predecessor": None,
        "title": "Incident reporting",
        "parties": tuple(
            Party(id=each.id, name=each.name, institution_key=each.institution.key, facts=facts)
            for each in (me, *others)
        ),
        "community": frozenset(each.id for each in (me, *others)),
        "slices": tuple(
            SliceTerms(
                id=name,
                activity=ACTIVITY,
                name=name,
                level=level,
                kinds=frozenset(fields),
                ceiling=Tlp.AMBER,
                directions=tuple(Direction(sender=each.id, fields=fields) for each in (me, *others)),
            )
            for name, level in SLICES.items()
        ),
        "framework": "sha256:" + 64 * "1",
        "valid_from": now - timedelta(hours=1),
        "review_by": now + timedelta(days=300),
    }
    return AgreementText(**{**values, **changes})


def agree(me: Any, *others: Any, **changes: Any) -> models.Agreement:
    given = sign(text_between(me, *others, **changes), me.institution)
    for other in others:
        given = countersign(given, other.institution)
    return agreeing.keep(given, clock.now())


@dataclass
class End:
    """A counterpart's end: what it holds, what it says; it acts by the same protocol, with no node."""

    counterpart: Any
    agreement: models.Agreement
    held: dict[str, Step] = field(default_factory=dict)

    @property
    def id(self) -> str:
        return self.counterpart.who.id

    def hear(self) -> None:
        """Take all that the node released to it, as its node would on collecting."""
        for row in models.ReleaseVersion.objects.filter(peer=self.counterpart.peer, revoked=False):
            if row.release.kind in DEFAULT_FIELDS[ACTIVITY] and row.release.kind != "incident":
                step = kind_of(row.release.kind).payload.model_validate(row.content().fields)
                self.held[step.digest()] = step

    def header(self, opening: str | None) -> dict[str, Any]:
        held = [step for name, step in self.held.items() if (step.opening or name) == opening]
        number = 1 + sum(step.author == self.id for step in held)
        return {
            "opening": opening,
            "author": self.id,
            "number": number,
            "at": clock.now(),
            "originators": frozenset({self.id}),
            "marking": GREEN,
        }

    def send(self, kind: str, step: Step, slice_: str, **changes: Any) -> models.Received:
        """What the node stores of it; it is acted on as in collecting."""
        values = {
            "activity": ACTIVITY,
            "slice": slice_,
            "agreement": self.agreement.digest,
            "originators": step.originators,
            "marking": step.marking,
            "created": step.at,
            "modified": step.at,
        }
        row = self.counterpart.send(kind, step.fields(), **{**values, **changes})
        models.Received.objects.filter(pk=row.pk).update(
            activity=ACTIVITY, slice=slice_, agreement_digest=self.agreement.digest
        )
        row.refresh_from_db()
        handle(row)
        return row

    def say(self, kind: str, step: Step, slice_: str = "definitions") -> models.Received:
        self.held[step.digest()] = step
        return self.send(kind, step, slice_)

    def answer(self, opening: str, move: Move, **changes: Any) -> Answer:
        head = coordination.course(opening, self.held, clock.now()).head
        extra = {"acceptances": head.acceptances} if move is Move.COMMIT else {}
        return Answer(**{**self.header(opening), "about": head.digest, "move": move, **extra, **changes})

    def signature(self, opening: str, **changes: Any) -> Part:
        text = collaboration.course(opening, self.held).current
        values = {
            "move": collaboration.Move.SIGN,
            "contributions": text.names,
            "content": text.digest,
            "signature": text.sign(self.counterpart.who.node),
        }
        return Part(**{**self.header(opening), **values, **changes})

    def addition(self, opening: str, **fields: Any) -> Any:
        revision = 1 + collaboration.course(opening, self.held).revision
        payload = kind_of("registry_contribution").payload
        return payload(**self.header(opening), revision=revision, **fields)

    def new(self, **changes: Any) -> NewProposal:
        values = {"kind": "definition_mapping", "slice": "definitions", "marking": GREEN, "fields": MAPPING}
        return NewProposal(**{**values, **changes})

    def entry(self, **changes: Any) -> NewJointRecord:
        values = {"kind": "registry_contribution", "slice": "registry", "marking": GREEN, "fields": ENTRY}
        return NewJointRecord(**{**values, **changes})

    def proposed(self, **changes: Any) -> models.CourseStep:
        """What the node proposed to it, and it has."""
        row = propose(self.new(**changes), [self.counterpart.peer], "analyst")
        self.hear()
        return row

    def begun(self, **changes: Any) -> models.CourseStep:
        """What the node began to write with it, and it has."""
        row = begin_joint_record(self.entry(**changes), [self.counterpart.peer], "analyst")
        self.hear()
        return row

    def both(self, row: models.CourseStep) -> str:
        """Where it stands, which must be the same at both ends."""
        here = courses.matter(row, clock.now()).course
        if isinstance(here, coordination.Course):
            there: Any = coordination.course(row.digest, self.held, clock.now())
            assert here.texts == there.texts
        else:
            there = collaboration.course(row.digest, self.held)
            assert here.current.data == there.current.data
            assert here.signatures == there.signatures
        assert here.state == there.state
        return here.state.value

    @staticmethod
    def state(row: models.CourseStep) -> str:
        """Where it stands at the node."""
        course = courses.matter(row, clock.now()).course
        return course.state.value if course else "recalled"

    @staticmethod
    def refusals() -> list[str]:
        """Why the node did not count what came, in order."""
        tags = [models.Tag.PROPOSAL_REFUSED, models.Tag.JOINT_REFUSED]
        found = models.Event.objects.filter(tag__in=tags).order_by("pk")
        return list(found.values_list("reason", flat=True))

    @staticmethod
    def counts() -> tuple[int, ...]:
        """How much the node holds: steps, records, releases, leaves of its logs."""
        kinds = (models.CourseStep, models.RecordVersion, models.ReleaseVersion, models.Leaf)
        return tuple(kind.objects.count() for kind in kinds)


@pytest.fixture
def end(me: Any, other: Any) -> End:
    """The other end, with whom there is a slice at each level."""
    return End(other, agree(me, other.who))


@pytest.fixture
def ends(me: Institution, join_with: Callable[[str], Counterpart]) -> tuple[End, End]:
    """Two other ends, with whom one agreement is in force."""
    one, two = join_with("One"), join_with("Two")
    agreement = agree(me, one.who, two.who)
    return End(one, agreement), End(two, agreement)


@pytest.fixture
def closer(me: Institution) -> Callable[..., models.Agreement]:
    """Agree with others on a slice at each level."""
    return lambda *others, **changes: agree(me, *others, **changes)
