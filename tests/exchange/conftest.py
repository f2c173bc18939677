"""What the tests of the exchange share: simulated institutions, an agreement, objects as they sign them."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from fourfold.agreements.text import AgreementText, Direction, Party, PartyFacts, SliceTerms
from fourfold.canon import digest, new_id, new_salt
from fourfold.exchange.policies import Context, Held
from fourfold.exchange.stix import sign_release
from fourfold.exchange.verify import trusted_keys
from fourfold.framework import Level
from fourfold.records.identity import SignedDelegation, delegate, institution_id
from fourfold.records.markings import Caveat, Marking, Tlp
from fourfold.records.signing import Signer
from fourfold.release.object import ReleaseObject

NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)


@dataclass(frozen=True)
class Institution:
    """A simulated institution: both keys, and what it can sign."""

    name: str
    institution: Signer = field(default_factory=Signer.generate)
    node: Signer = field(default_factory=Signer.generate)

    @property
    def id(self) -> str:
        return institution_id(self.institution.key)

    @property
    def delegation(self) -> SignedDelegation:
        return self.delegated(self.node)

    def delegated(self, node: Signer, days: int = 365) -> SignedDelegation:
        return delegate(self.institution, node.key, NOW - timedelta(days=1), NOW + timedelta(days=days))

    def party(self) -> Party:
        facts = PartyFacts(regulator=False, defence_tie=False)
        return Party(id=self.id, name=self.name, institution_key=self.institution.key, facts=facts)


@dataclass(frozen=True)
class World:
    """Alpha sends, Beta receives; everything about both can be changed in a test."""

    alpha: Institution = field(default_factory=lambda: Institution("Alpha"))
    beta: Institution = field(default_factory=lambda: Institution("Beta"))
    gamma: Institution = field(default_factory=lambda: Institution("Gamma"))
    now: datetime = NOW

    def slice(self, **changes: Any) -> SliceTerms:
        fields = {"incident": ("title", "description", "date"), "assessment": ("answers",)}
        values = {
            "id": "public-incidents",
            "activity": "incident_reporting",
            "name": "Public incidents",
            "level": Level.COMMUNICATION,
            "kinds": frozenset({"incident", "assessment"}),
            "ceiling": Tlp.AMBER,
            "forbidden_caveats": frozenset({Caveat.PERSONAL}),
            "directions": tuple(Direction(sender=one.id, fields=fields) for one in (self.alpha, self.beta)),
        }
        return SliceTerms(**{**values, **changes})

    def agreement(self, **changes: Any) -> AgreementText:
        values = {
            "id": "agreement--3d5f1cd8-6c8a-4e0e-9d0a-0f3b1a0e7a10",
            "number": 1,
            "predecessor": None,
            "title": "Incident reporting",
            "parties": (self.alpha.party(), self.beta.party()),
            "slices": (self.slice(),),
            "framework": digest("framework"),
            "valid_from": NOW - timedelta(days=1),
            "review_by": NOW + timedelta(days=300),
        }
        return AgreementText(**{**values, **changes})

    def release(self, **changes: Any) -> ReleaseObject:
        values = {
            "id": new_id("release"),
            "kind": "incident",
            "activity": "incident_reporting",
            "slice": "public-incidents",
            "owner": self.alpha.id,
            "originators": frozenset({self.alpha.id}),
            "recipient": self.beta.id,
            "agreement": self.agreement().digest(),
            "version": 1,
            "created": NOW,
            "modified": NOW,
            "marking": Marking(tlp=Tlp.GREEN, caveats=frozenset({Caveat.NO_DEFENCE, Caveat.ORCON})),
            "fields": {"title": "A car", "description": "It did not stop.", "date": "2018-03-18"},
            "commitment": digest("commitment"),
            "derived_from": "pseudonym--1",
            "salt": new_salt(),
        }
        return ReleaseObject(**{**values, **changes})

    def wire(self, **changes: Any) -> bytes:
        return sign_release(self.release(**changes), self.alpha.node)

    def context(self, held: dict[str, Held] | None = None, **changes: Any) -> Context:
        agreement = self.agreement()
        values = {
            "me": self.beta.id,
            "peer": self.alpha.id,
            "keys": trusted_keys(self.alpha.id, [self.alpha.delegation]),
            "agreements": {agreement.digest(): agreement},
            "held": (held or {}).get,
            "now": NOW,
        }
        return Context(**{**values, **changes})


@pytest.fixture(scope="session")
def world() -> World:
    return World()
