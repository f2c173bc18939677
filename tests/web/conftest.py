"""A node in a temporary folder, and a scene in its store: what the pages have to show."""

import os
import sys
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from fourfold.framework import shipped
from fourfold.planning import PlannedActivity, example_plan, load_plan
from fourfold.records.identity import delegate, institution_id
from fourfold.records.signing import Signer

NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
OWN, OTHER = "UK AI Security Institute", "EU AI Office"


@dataclass(frozen=True)
class Identity:
    """An institution with its two keys."""

    name: str
    institution: Signer
    node: Signer

    @property
    def id(self) -> str:
        return institution_id(self.institution.key)

    def delegation(self) -> bytes:
        signed = delegate(self.institution, self.node.key, NOW - timedelta(days=30), NOW + timedelta(days=300))
        return signed.model_dump_json().encode()


def identity(name: str) -> Identity:
    return Identity(name, Signer.generate(), Signer.generate())


def make_home(folder: Path, own: Identity, *, demo: bool = True) -> None:
    """A home whose node is `own`, and Django set up for it; once in a process."""
    from fourfold.node.home import Config, Home, write_config

    folder.mkdir(parents=True, exist_ok=True)
    write_config(Home(folder), Config(id=own.id, name=own.name, url="http://127.0.0.1:8471", demo=demo))
    from fourfold.node.boot import boot

    boot(folder)


def answers_of(planned: PlannedActivity, party: str) -> dict[str, Any]:
    """The answers of one party, as the store keeps them."""
    return {
        "activity": planned.id,
        "framework": shipped().digest,
        "slices": [
            {
                "name": part.name,
                "answers": {name: list(answer.values) for name, answer in part.answers.get(party, {}).items()},
            }
            for part in planned.slices
        ],
    }


def evidence_of(planned: PlannedActivity, party: str) -> dict[str, Any]:
    """What one party gave as its reasons."""
    return {
        part.name: {
            name: {
                "because": answer.because,
                "source": answer.source,
                "date": answer.dated.isoformat() if answer.dated else None,
            }
            for name, answer in part.answers.get(party, {}).items()
        }
        for part in planned.slices
    }


def fill(own: Identity, other: Identity) -> None:
    """The scene: a counterpart, and the shipped plan as both sides' revealed answers."""
    from fourfold.node.models import JointAssessment, Node, Peer

    Node.objects.create(
        institution=own.id,
        name=own.name,
        institution_key=own.institution.key,
        node_key=own.node.key,
        delegation=own.delegation(),
        pseudonym_secret="0" * 64,
        created=NOW,
    )
    peer = Peer.objects.create(
        institution=other.id,
        name=other.name,
        institution_key=other.institution.key,
        node_key=other.node.key,
        delegation=other.delegation(),
        url="http://127.0.0.1:8472",
        joined=NOW,
    )
    plan = load_plan(example_plan(), file="example", framework=shipped())
    for planned in plan.activities:
        JointAssessment.objects.create(
            peer=peer,
            activity=planned.id,
            state="joint",
            answers=answers_of(planned, "AISI"),
            evidence=evidence_of(planned, "AISI"),
            their_answers=answers_of(planned, "AIO"),
        )
