"""A counterpart at whose end proposals and joint records go on, for the tests of the pages."""

from datetime import timedelta
from typing import Any

from fourfold.agreements import AgreementText, Direction, SliceTerms, countersign, sign
from fourfold.canon import new_id
from fourfold.framework import Level, shipped
from fourfold.node import agreeing, clock, courses, models
from fourfold.node.actions.begin_joint_record import NewJointRecord, begin_joint_record
from fourfold.node.actions.propose import NewProposal, propose
from fourfold.node.drafting import DEFAULT_FIELDS
from fourfold.node.kinds import kind_of
from fourfold.protocols import collaboration
from fourfold.protocols.collaboration import Part
from fourfold.protocols.coordination import Answer, Move
from fourfold.records.markings import Marking, Tlp

GREEN = Marking(tlp=Tlp.GREEN)
MAPPING = {
    "title": "Serious incidents",
    "due": "2099-12-31",
    "first": {"name": "Regime one", "provision": "Article 3(49)"},
    "second": {"name": "Regime two"},
    "rows": [
        {"first": "death of a person", "relation": "broad", "second": "harm to health", "note": "Serious?"},
        {"first": "harm to property", "relation": "none"},
    ],
}
ENTRY = {"title": "A car did not stop", "severity": [{"scheme": "One", "value": "grave"}]}


def with_closer(scene: Any) -> Any:
    """The scene, with closer slices agreed as well."""
    now = clock.now()
    fields = {
        kind: given for kind, given in DEFAULT_FIELDS["incident_reporting"].items() if kind != "incident"
    }
    text = AgreementText(
        id=new_id("agreement"),
        number=1,
        predecessor=None,
        title="Closer",
        parties=(scene.me.party(), scene.other.party(regulator=True)),
        community=frozenset({scene.me.id, scene.other.id}),
        slices=tuple(
            SliceTerms(
                id=name,
                activity="incident_reporting",
                name=name,
                level=level,
                kinds=frozenset(fields),
                ceiling=Tlp.AMBER,
                directions=tuple(
                    Direction(sender=each.id, fields=fields) for each in (scene.me, scene.other)
                ),
            )
            for name, level in (("registry", Level.COLLABORATION), ("definitions", Level.COORDINATION))
        ),
        framework=shipped().digest,
        valid_from=now - timedelta(hours=1),
        review_by=now + timedelta(days=300),
    )
    signed = countersign(sign(text, scene.me.institution), scene.other.institution)
    agreeing.keep(signed, now)
    scene.closer = signed
    return scene


def receive(close: Any, kind: str, step: Any, slice_: str) -> None:
    close.receive(
        close.sent(
            "",
            kind=kind,
            slice=slice_,
            agreement=close.closer.digest,
            fields=step.fields(),
            created=step.at,
            modified=step.at,
            originators=step.originators,
            marking=step.marking,
        )
    )


def header(close: Any, opening: str, number: int) -> dict[str, Any]:
    return {
        "opening": opening,
        "author": close.other.id,
        "number": number,
        "at": clock.now(),
        "originators": frozenset({close.other.id}),
        "marking": GREEN,
    }


def proposed(close: Any, **changes: Any) -> models.CourseStep:
    given = NewProposal("definition_mapping", "definitions", GREEN, {**MAPPING, **changes})
    return propose(given, [close.peer], "analyst")


def begun(close: Any, **changes: Any) -> models.CourseStep:
    given = NewJointRecord("registry_contribution", "registry", GREEN, {**ENTRY, **changes})
    return begin_joint_record(given, [close.peer], "analyst")


def answered(close: Any, row: models.CourseStep, move: Move, number: int = 1, **changes: Any) -> None:
    step = Answer(**header(close, row.digest, number), about=row.digest, move=move, **changes)
    receive(close, "answer", step, "definitions")


def added(close: Any, row: models.CourseStep) -> None:
    payload = kind_of("registry_contribution").payload
    severity = [{"scheme": "Two", "value": "2"}]
    step = payload(**header(close, row.digest, 1), revision=2, severity=severity, countries=["FR"])
    receive(close, "registry_contribution", step, "registry")


def signed(close: Any, row: models.CourseStep) -> None:
    text = courses.matter(row, clock.now()).course.current
    step = Part(
        **header(close, row.digest, 2),
        move=collaboration.Move.SIGN,
        contributions=text.names,
        content=text.digest,
        signature=text.sign(close.other.node),
    )
    receive(close, "joint_part", step, "registry")
