"""The grid: the avenues of the framework, which of them are carried out, and that each really is.

Another avenue joins by its `AVENUE` in `fourfold.activities` and an entry in `CARRIED`: what it moves, its
act, and how one sees at the counterpart that it was done.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from fourfold import activities
from fourfold.activities import AVENUES
from fourfold.activities.incident_reporting import collaboration, communication, coordination
from fourfold.activities.incident_reporting.collaboration import ENTRY
from fourfold.activities.incident_reporting.coordination import MAPPING
from fourfold.errors import RefusedError
from fourfold.framework import Level, shipped
from fourfold.node import clock, courses, models
from fourfold.node.actions.answer_proposal import Said, answer_proposal
from fourfold.node.actions.begin_joint_record import NewJointRecord, begin_joint_record
from fourfold.node.actions.conclude_joint_record import publish_joint_record
from fourfold.node.actions.contribute import contribute
from fourfold.node.actions.propose import NewProposal, propose
from fourfold.node.actions.release_record import release_record
from fourfold.node.actions.sign_joint_record import sign_joint_record
from fourfold.node.actions.stub_record import stub_record
from fourfold.node.kinds import kind_of
from fourfold.protocols.coordination import Move
from fourfold.records.markings import Marking, Tlp

FOLDER = Path(activities.__file__).parent
CELLS = [(activity.id, level) for activity in shipped().activities.values() for level in activity.avenues]
CARRIED_OUT = {(avenue.activity, avenue.level) for avenue in AVENUES}
SLICE = "the-slice"


@dataclass(frozen=True)
class Carried:
    """How one avenue is carried out between two nodes under a slice at its level.

    `fields` are the kinds that the slice takes, with the fields that may pass. `act` does the act of the cell
    from the first node to the second (RefusedError where it may not); `done` says whether it was done, once
    both have collected.
    """

    fields: Mapping[str, tuple[str, ...]]
    act: Callable[[Any, Any], None]
    done: Callable[[Any, Any], bool]


def told(one: Any, other: Any) -> None:
    record = one.keep("A car", slice=SLICE)
    with one:
        release_record(record, one.peer(other), "analyst")


def stubbed(one: Any, other: Any) -> None:
    record = one.keep("A car", slice=SLICE)
    with one:
        stub_record(record, one.peer(other), "analyst")


def proposed(one: Any, other: Any) -> None:
    given = NewProposal(
        MAPPING.id, SLICE, GREEN, {"title": "Definitions", "due": "2099-12-31", **DEFINITIONS}
    )
    with one:
        propose(given, (one.peer(other),), "analyst")


def aligned(one: Any, other: Any) -> bool:
    """The mapping is accepted, committed to and done on both sides, as each side's own node says."""
    for node, move in (
        (other, Move.ACCEPT),
        *((node, move) for move in (Move.COMMIT, Move.FINISH) for node in (one, other)),
    ):
        with node:
            answer_proposal(courses.openings()[0], Said(move), "analyst")
        other.collect()
        one.collect()
    return stands_alike(one, other) == "done"


def begun(one: Any, other: Any) -> None:
    given = NewJointRecord(ENTRY.id, SLICE, GREEN, {"title": "A car did not stop"})
    with one:
        begin_joint_record(given, (one.peer(other),), "analyst")


def published(one: Any, other: Any) -> bool:
    """The other side adds its part, both sign the same bytes, and each side's own node says: published."""
    acts: tuple[tuple[Any, Callable[[Any], Any]], ...] = (
        (other, lambda row: contribute(row, {"countries": ["FR"]}, None, (), "analyst")),
        (one, lambda row: sign_joint_record(row, None, "analyst")),
        (other, lambda row: sign_joint_record(row, None, "analyst")),
        (other, lambda row: publish_joint_record(row, "analyst")),
    )
    for node, act in acts:
        with node:
            act(courses.openings()[0])
        other.collect()
        one.collect()
    return stands_alike(one, other) == "published"


def stands_alike(one: Any, other: Any) -> str:
    """Where the only course stands on both nodes, as of the same digest; nothing where they differ."""
    found = set()
    for node in (one, other):
        with node:
            row = courses.openings()[0]
            found.add((row.digest, courses.matter(row, clock.now()).course.state.value))
    return found.pop()[1] if len(found) == 1 else ""


def holds(kind: str) -> Callable[[Any, Any], bool]:
    def done(one: Any, other: Any) -> bool:
        with other:
            stored = models.Received.objects.filter(kind=kind, state="stored").exists()
        with one:
            return stored and models.Release.objects.get(kind=kind).state == "acknowledged"

    return done


def whole(*ids: str) -> dict[str, tuple[str, ...]]:
    return {kind: kind_of(kind).fields for kind in ids}


GREEN = Marking(tlp=Tlp.GREEN)
DEFINITIONS = {
    "first": {"name": "Regime one"},
    "second": {"name": "Regime two"},
    "rows": [{"first": "death of a person", "relation": "exact", "second": "death"}],
}
INCIDENTS = {"incident": communication.default_fields()}
CARRIED: dict[tuple[str, Level], Carried] = {
    ("incident_reporting", Level.COLLABORATION): Carried(
        whole(*collaboration.AVENUE.kinds), begun, published
    ),
    ("incident_reporting", Level.COORDINATION): Carried(whole(*coordination.AVENUE.kinds), proposed, aligned),
    ("incident_reporting", Level.COMMUNICATION): Carried(INCIDENTS, told, holds("incident")),
    ("incident_reporting", Level.SEPARATION): Carried(INCIDENTS, stubbed, holds("stub")),
}


def name(cell: Any) -> str:
    """How pytest shows a cell, or a level."""
    return "/".join(map(str, cell)) if isinstance(cell, tuple) else str(cell)


def agree_at(network: Any, several: Any, activity: str, level: Level, fields: Any) -> tuple[Any, Any]:
    one, other, _ = network.nodes
    network.join(one, other)
    terms = several.terms(SLICE, level, (one, other), fields, activity=activity)
    network.agree(one, other, slices=(terms,))
    return one, other


def test_the_table_has_58_avenues_and_two_empty_cells() -> None:
    empty = {(activity, level) for activity in shipped().activities for level in Level} - set(CELLS)
    assert len(CELLS) == 58
    assert empty == {
        ("institutional_development", Level.COLLABORATION),
        ("institutional_development", Level.SEPARATION),
    }


def test_the_folders_are_the_table() -> None:
    levels = {level.value: level for level in Level}
    files = {
        (file.parent.name, levels[file.stem]): file for file in FOLDER.glob("*/*.py") if file.stem in levels
    }
    assert set(files) <= set(CELLS)
    assert set(files) == CARRIED_OUT
    assert all(file.with_suffix(".md").is_file() for file in files.values())
    folders = {file.name for file in FOLDER.iterdir() if file.is_dir() and file.name != "__pycache__"}
    assert folders <= set(shipped().activities)
    assert set(CARRIED) == CARRIED_OUT


@pytest.mark.parametrize("cell", [cell for cell in CELLS if cell not in CARRIED_OUT], ids=name)
def test_the_avenue_is_still_to_be_carried_out(cell: tuple[str, Level]) -> None:
    activity, level = cell
    pytest.xfail(f"not yet carried out: {shipped().activities[activity].avenues[level].title}")


@pytest.mark.parametrize("cell", CARRIED, ids=name)
def test_the_avenue_is_carried_out(network: Any, several: Any, cell: tuple[str, Level]) -> None:
    activity, level = cell
    given = CARRIED[cell]
    one, other = agree_at(network, several, activity, level, given.fields)
    assert not _stored(other, given)
    given.act(one, other)
    for _ in range(2):
        other.collect()
        one.collect()
    assert given.done(one, other)


LOWER = [(cell, below) for cell in CARRIED for below in Level if below < cell[1]]


@pytest.mark.parametrize(("cell", "below"), LOWER, ids=name)
def test_the_act_of_a_cell_is_refused_at_every_lower_level(
    network: Any, several: Any, cell: tuple[str, Level], below: Level
) -> None:
    given = CARRIED[cell]
    one, other = agree_at(network, several, cell[0], below, given.fields)
    with pytest.raises(RefusedError):
        given.act(one, other)
    other.collect()
    assert not _stored(other, given)


def _stored(node: Any, given: Carried) -> bool:
    with node:
        return models.Received.objects.filter(kind__in=given.fields).exists()
