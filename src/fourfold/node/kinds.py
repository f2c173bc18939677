"""The kinds of record that this node knows: those by which institutions agree, and the activities' own."""

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import Literal

from pydantic import BaseModel, ConfigDict

from fourfold.activities import AVENUES
from fourfold.activities.incident_reporting.collaboration import ENTRY
from fourfold.activities.incident_reporting.coordination import MAPPING
from fourfold.activities.incident_reporting.records import INCIDENT
from fourfold.agreements import SignedAgreement, SignedEnding
from fourfold.errors import Fault, InputError
from fourfold.framework import Level
from fourfold.node.consent_kinds import CONSENT, CONSENT_REQUEST
from fourfold.protocols.collaboration import PART
from fourfold.protocols.coordination import ANSWER
from fourfold.protocols.steps import Step
from fourfold.records.bounded import DigestText, Name, Text
from fourfold.records.kinds import Kind

FROZEN = ConfigDict(frozen=True, extra="forbid")


class SliceAnswers(BaseModel):
    """What one institution answers for one slice: the values that it holds possible, by criterion."""

    model_config = FROZEN

    name: Text
    answers: dict[Text, tuple[Text, ...]]


class AssessedAnswers(BaseModel):
    """What is sealed, and later revealed: all answers to one activity, under one framework.

    What an institution withholds is left out, and so counts as unknown; nobody can tell the two apart.
    """

    model_config = FROZEN

    activity: Name
    framework: Text
    slices: tuple[SliceAnswers, ...]


class Assessment(BaseModel):
    """The payload of kind `assessment`: a seal, or what was behind it."""

    model_config = FROZEN

    step: Literal["seal", "reveal"]
    activity: Name
    seal: DigestText
    nonce: str | None = None
    answers: AssessedAnswers | None = None


class DraftAgreement(BaseModel):
    """The payload of kind `draft_agreement`: a text, its signatures so far, and who ended it, if anybody."""

    model_config = FROZEN

    title: str
    agreement: SignedAgreement
    ending: SignedEnding | None = None


ASSESSMENT = Kind("assessment", "Assessment", Level.COORDINATION, Assessment)
DRAFT_AGREEMENT = Kind("draft_agreement", "Draft agreement", Level.COORDINATION, DraftAgreement)


SYSTEM_KINDS = (ASSESSMENT, DRAFT_AGREEMENT, CONSENT_REQUEST, CONSENT)
"""The kinds by which institutions assess, agree and consent; people make none of these by hand."""

ACTIVITY_KINDS = (INCIDENT, MAPPING, ANSWER, ENTRY, PART)
"""The kinds by which activities are carried out."""


@cache
def kinds() -> Mapping[str, Kind]:
    """All kinds by their id."""
    return MappingProxyType({kind.id: kind for kind in (*SYSTEM_KINDS, *ACTIVITY_KINDS)})


@cache
def step_kinds() -> frozenset[str]:
    """The kinds that are steps of a proposal or a joint record; nobody keeps or changes them by hand."""
    return frozenset(kind.id for kind in ACTIVITY_KINDS if issubclass(kind.payload, Step))


@cache
def kinds_by_acts() -> frozenset[str]:
    """The kinds that nobody keeps, changes or passes on by hand: each has acts of its own."""
    return step_kinds() | {kind.id for kind in SYSTEM_KINDS}


def activity_of(kind: Kind) -> str:
    """The activity whose avenue moves a kind.

    Raises:
        InputError: it belongs to none.
    """
    for avenue in AVENUES:
        if kind.id in avenue.kinds:
            return avenue.activity
    raise InputError([Fault(f"{kind.title} belongs to no activity.", field="kind")])


def kind_of(name: str) -> Kind:
    """One kind by its id.

    Raises:
        InputError: there is no such kind.
    """
    found = kinds().get(name)
    if found is None:
        remedy = f"Use one of {', '.join(sorted(kinds()))}."
        raise InputError([Fault(f"No kind of record is called {name!r}.", field="kind", remedy=remedy)])
    return found
