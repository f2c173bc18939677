"""A small world for the tests of release: Alpha keeps records, Beta and Gamma may receive them."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pydantic import BaseModel

from fourfold.agreements import (
    Agreement,
    AgreementText,
    Approval,
    Consent,
    Direction,
    Party,
    PartyFacts,
    SliceTerms,
)
from fourfold.canon import digest, new_id
from fourfold.framework import Level
from fourfold.records import Kind, Marking, Record, Signer, Tlp, institution_id
from fourfold.release import Circumstances, Plan, label_of, plan

NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


class IncidentFields(BaseModel):
    """The fields of the kind that these tests move."""

    title: str
    description: str = ""
    reporter: str = ""
    place: str = ""


class ProposalFields(BaseModel):
    """The fields of a kind that needs coordination."""

    text: str


INCIDENT = Kind("incident", "Incident", Level.COMMUNICATION, IncidentFields)
PROPOSAL = Kind("proposal", "Proposal", Level.COORDINATION, ProposalFields)


@dataclass(frozen=True)
class World:
    """Everything is as open as can be, so that a test changes the one thing that it is about."""

    alpha: Signer = field(default_factory=Signer.generate)
    beta: Signer = field(default_factory=Signer.generate)
    gamma: Signer = field(default_factory=Signer.generate)
    now: datetime = NOW

    @property
    def a(self) -> str:
        return institution_id(self.alpha.key)

    @property
    def b(self) -> str:
        return institution_id(self.beta.key)

    @property
    def c(self) -> str:
        return institution_id(self.gamma.key)

    def party(self, key: Signer, **facts: bool) -> Party:
        known = PartyFacts(**{"regulator": False, "defence_tie": False, **facts})
        one = institution_id(key.key)
        return Party(id=one, name=f"Institution {one[-4:]}", institution_key=key.key, facts=known)

    def direction(self, sender: str = "", **changes: Any) -> Direction:
        fields = {"incident": ("title", "description", "reporter"), "proposal": ("text",)}
        return Direction(**{"sender": sender or self.a, "fields": fields, **changes})

    def slice(self, **changes: Any) -> SliceTerms:
        values = {
            "id": "public-incidents",
            "activity": "incident_reporting",
            "name": "Public incidents",
            "level": Level.COMMUNICATION,
            "kinds": frozenset({"incident"}),
            "ceiling": Tlp.RED,
            "directions": (self.direction(), self.direction(self.b)),
        }
        return SliceTerms(**{**values, **changes})

    def text(self, **changes: Any) -> AgreementText:
        values = {
            "id": "agreement--3d5f1cd8-6c8a-4e0e-9d0a-0f3b1a0e7a10",
            "number": 1,
            "predecessor": None,
            "title": "Incident reporting",
            "parties": (self.party(self.alpha), self.party(self.beta)),
            "community": frozenset({self.a, self.b}),
            "slices": (self.slice(),),
            "framework": digest("framework"),
            "valid_from": NOW - DAY,
            "review_by": NOW + 300 * DAY,
            "expires": NOW + 400 * DAY,
        }
        return AgreementText(**{**values, **changes})

    def agreement(self, *, complete: bool = True, ended: bool = False, **changes: Any) -> Agreement:
        text = self.text(**changes)
        return Agreement(text, text.digest(), complete, ended)

    def record(self, **changes: Any) -> Record:
        values = {
            "id": "record--5a1d9f0e-7a35-4b52-9a5e-0a5d3a4f7b11",
            "kind": "incident",
            "activity": "incident_reporting",
            "owner": self.a,
            "originators": frozenset({self.a}),
            "version": 1,
            "created": NOW - DAY,
            "modified": NOW - DAY,
            "marking": Marking(tlp=Tlp.CLEAR),
            "payload": {"title": "A car", "description": "It did not stop.", "reporter": "A. Person"},
        }
        return Record(**{**values, **changes})

    def around(self, *agreements: Agreement, **changes: Any) -> Circumstances:
        values = {
            "agreements": agreements or (self.agreement(),),
            "kinds": {"incident": INCIDENT, "proposal": PROPOSAL},
            "now": NOW,
        }
        return Circumstances(**{**values, **changes})

    def consent(self, originator: str, record: Record, agreement: Agreement, /, **changes: Any) -> Consent:
        values = {
            "id": new_id("consent"),
            "originator": originator,
            "record": record.digest(),
            "fields": frozenset(record.payload),
            "recipient_key": self.beta.key,
            "agreement": agreement.digest,
            "purpose": record.activity,
            "expires": NOW + DAY,
        }
        return Consent(**{**values, **changes})

    def approval(self, record: Record, approver: str = "bo", /, **changes: Any) -> Approval:
        values = {
            "record": record.digest(),
            "recipient": self.b,
            "authors": frozenset({"ann"}),
            "approver": approver,
            "approved": NOW,
        }
        return Approval(**{**values, **changes})

    def plan(self, record: Record, around: Circumstances | None = None, *, stub: bool = False) -> Plan:
        return plan(label_of(record, stub=stub), self.b, around or self.around())


@pytest.fixture(scope="session")
def world() -> World:
    return World()
