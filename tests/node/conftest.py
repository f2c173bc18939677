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
from fourfold.node import agreeing, clock, models  # noqa: E402  the same reason as above
from fourfold.node.actions.add_record import NewRecord, add_record  # noqa: E402  the same reason as above
from fourfold.node.keys import write_key  # noqa: E402  the same reason as above
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
