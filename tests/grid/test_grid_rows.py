"""Every row of the release table withholds, is shown in the preview, and can be satisfied by an act."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

import pytest
from django.conf import settings

from fourfold.agreements import LegalGateway
from fourfold.errors import RefusedError
from fourfold.node import clock, keeping
from fourfold.node.actions.approve import approve_release
from fourfold.node.actions.change_record import Changes, change_record
from fourfold.node.actions.end_agreement import end_agreement
from fourfold.node.actions.give_consent import give_consent
from fourfold.node.actions.preview_release import preview_release
from fourfold.node.actions.release_record import release_record
from fourfold.node.models import Peer
from fourfold.records.markings import Caveat, Marking, Tlp
from fourfold.release import ROWS

PUBLIC = "public-incidents"
FIELDS = {"incident": ("title", "description")}


def marked(tlp: Tlp = Tlp.GREEN, *caveats: Caveat, **changes: Any) -> Marking:
    return Marking(tlp=tlp, caveats=frozenset(caveats), **changes)


@dataclass
class Scene:
    """Two nodes, a record at the first, the terms of their agreement, and the acts of people."""

    network: Any
    several: Any
    one: Any
    other: Any
    terms: dict[str, Any]
    agreement: str = ""
    record: str = ""

    @property
    def peer(self) -> Peer:
        return self.one.peer(self.other)

    def agree(self, **changes: Any) -> None:
        """The next agreement of the chain, with other terms."""
        self.terms |= changes
        given = {**self.terms}
        level, clauses = given.pop("level"), given.pop("clauses", {})
        community = given.pop("community", frozenset())
        slice_ = self.several.terms(PUBLIC, level, (self.one, self.other), FIELDS, **given)
        directions = tuple(each.model_copy(update=clauses) for each in slice_.directions)
        slices = (slice_.model_copy(update={"directions": directions}),)
        chain = {}
        if self.agreement:
            with self.one:
                before = self.several.models.Agreement.objects.get(pk=self.agreement).content()
            chain = {"id": before.id, "number": before.number + 1, "predecessor": self.agreement}
            chain |= {"valid_from": clock.now()}
        self.agreement = self.network.agree(self.one, self.other, slices=slices, community=community, **chain)

    def mark(self, marking: Marking, slice_: str = PUBLIC) -> None:
        """Another marking; a second person agrees."""
        with self.one:
            payload = keeping.latest(self.record).content().payload
            change_record(self.record, Changes(payload, marking, slice_), "analyst", "director")

    def approve(self, who: str = "officer") -> None:
        with self.one:
            approve_release(self.record, self.peer, who)

    def consent(self) -> None:
        with self.one:
            give_consent(self.record, self.peer, clock.now() + timedelta(days=9), "liaison")

    def named(self) -> frozenset[str]:
        return frozenset({self.other.id})

    def failing(self) -> set[int]:
        """The rows that the preview shows as failing, of the whole or of a field that was agreed."""
        with self.one:
            (report,) = preview_release(self.record).recipients
        fields = {each.row for field in report.fields if field.name == "title" for each in field.findings}
        return {row.number for row in report.rows if not row.passes} | fields

    def release(self) -> Any:
        with self.one:
            return release_record(self.record, self.peer, "analyst")


@dataclass(frozen=True)
class RowCase:
    """A state in which just these rows withhold, and the acts that satisfy them."""

    rows: set[int]
    marking: Callable[[Scene], Marking]
    satisfy: Callable[[Scene], None]
    terms: Callable[[Scene], dict[str, Any]] = lambda _: {}
    before: Callable[[Scene], None] = lambda _: None


def _end(scene: Scene) -> None:
    scene.one.do(end_agreement, scene.agreement, "", "liaison")


def _found_anew(scene: Scene) -> None:
    scene.agreement = ""
    scene.agree()


def _name_consent_approve(scene: Scene) -> None:
    with scene.one:
        marking = keeping.latest(scene.record).content().marking
    scene.mark(marking.model_copy(update={"rel_to": scene.named()}))
    scene.consent()
    scene.approve()


def _two_people(scene: Scene) -> None:
    scene.approve("officer")
    assert scene.failing() == {12}
    scene.approve("officer")
    assert scene.failing() == {12}
    scene.approve("director")


def _wait(scene: Scene) -> None:
    """The counterpart countersigns a time behind the embargo, though the log holds nothing new."""
    scene.other.collect(scene.one)


def _clause(name: str) -> Callable[[Scene], None]:
    return lambda scene: scene.agree(clauses={name: "To warn users, under the statute."})


GATEWAY = LegalGateway(
    provision="Article 78(5) of Regulation (EU) 2024/1689",
    decided_by="Legal service",
    decided=date(2026, 1, 31),
)
C = Caveat
CASES = {
    "1 agreement": RowCase({1}, lambda _: marked(), _found_anew, before=_end),
    "2 slice": RowCase(
        {2, 9},
        lambda _: marked(Tlp.GREEN, C.NO_DEFENCE),
        lambda scene: scene.agree(forbidden_caveats=frozenset(), clauses={"defence_clause": "To defend."}),
        lambda _: {"forbidden_caveats": frozenset({C.NO_DEFENCE})},
    ),
    "3 level": RowCase(
        {3},
        lambda _: marked(),
        lambda scene: scene.agree(level=scene.several.Level.COMMUNICATION),
        lambda scene: {"level": scene.several.Level.SEPARATION},
    ),
    "4 ceiling": RowCase(
        {4},
        lambda _: marked(Tlp.AMBER),
        lambda scene: scene.agree(ceiling=Tlp.AMBER),
        lambda _: {"ceiling": Tlp.GREEN},
    ),
    "5 TLP": RowCase({5, 12}, lambda _: marked(Tlp.RED), _name_consent_approve),
    "5 named": RowCase(
        {5}, lambda _: marked(rel_to=frozenset()), lambda scene: scene.mark(marked(rel_to=scene.named()))
    ),
    "6 proprietary": RowCase({6}, lambda _: marked(Tlp.AMBER, C.PROPRIETARY), _name_consent_approve),
    "6 national security": RowCase(
        {6}, lambda _: marked(Tlp.AMBER, C.NATIONAL_SECURITY), _name_consent_approve
    ),
    "7 consent": RowCase({7}, lambda _: marked(Tlp.GREEN, C.ORCON), Scene.consent),
    "8 enforcement": RowCase(
        {8}, lambda _: marked(Tlp.GREEN, C.NO_ENFORCEMENT), _clause("enforcement_clause")
    ),
    "9 defence": RowCase({9}, lambda _: marked(Tlp.GREEN, C.NO_DEFENCE), _clause("defence_clause")),
    "10 personal data": RowCase(
        {10}, lambda _: marked(Tlp.GREEN, C.PERSONAL), _clause("personal_data_basis")
    ),
    "11 embargo": RowCase({11}, lambda _: marked(embargo=clock.now() + timedelta(minutes=10)), _wait),
    "13 statutory": RowCase(
        {13},
        lambda _: marked(Tlp.CLEAR, C.STATUTORY),
        lambda scene: scene.agree(clauses={"legal_gateway": GATEWAY}),
    ),
    "12 people": RowCase({12}, lambda _: marked(Tlp.AMBER), _two_people),
}


@pytest.fixture
def scene(network: Any, several: Any) -> Scene:
    """Two nodes that have joined; the second is a regulator with ties to defence."""
    one, other, _ = network.nodes
    with other:
        several.models.Node.objects.update(regulator=True, defence_tie=True)
    network.join(one, other)
    return Scene(network, several, one, other, {"level": several.Level.COMMUNICATION, "ceiling": Tlp.RED})


def test_there_is_a_case_for_every_row() -> None:
    assert {int(name.split()[0]) for name in CASES} == {row.number for row in ROWS}


@pytest.mark.parametrize("name", CASES)
def test_the_row_withholds_is_shown_and_can_be_satisfied(
    scene: Scene, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = CASES[name]
    if name == "12 people":
        _ask_for_two(scene, monkeypatch)
    scene.agree(**case.terms(scene))
    scene.record = scene.one.keep("A car", case.marking(scene))
    case.before(scene)
    assert scene.failing() == case.rows
    with pytest.raises(RefusedError, match=f"Row {min(case.rows)}"):
        scene.release()
    if name == "11 embargo":
        later = clock.now() + timedelta(minutes=20)
        monkeypatch.setattr(clock, "now", lambda: later)
    case.satisfy(scene)
    assert scene.failing() == set()
    assert set(scene.release().passed) == {"title", "description"}


def test_nobody_consents_to_the_release_of_what_they_wrote(scene: Scene) -> None:
    """One account that writes and releases would be originator, second person and sender in one."""
    scene.agree()
    scene.record = scene.one.keep("A car", marked(Tlp.GREEN, C.ORCON))
    with scene.one, pytest.raises(RefusedError, match="what they wrote"):
        give_consent(scene.record, scene.peer, clock.now() + timedelta(days=9), "analyst")
    assert scene.failing() == {7}
    scene.consent()
    assert scene.failing() == set()


def test_an_edit_voids_approvals_and_consents(scene: Scene) -> None:
    scene.agree()
    scene.record = scene.one.keep("A car", marked(Tlp.RED, rel_to=scene.named()))
    scene.consent()
    scene.approve()
    assert scene.failing() == set()
    with scene.one:
        changed = Changes({"title": "A bus"}, marked(Tlp.RED, rel_to=scene.named()), PUBLIC)
        change_record(scene.record, changed, "analyst")
    assert scene.failing() == {5, 12}


def test_nobody_approves_what_they_wrote_and_an_approval_is_for_one_recipient(scene: Scene) -> None:
    scene.agree()
    scene.record = scene.one.keep("A car", marked(Tlp.RED, rel_to=scene.named()))
    with pytest.raises(RefusedError, match="second person"):
        scene.approve("analyst")
    third = scene.network.nodes[2]
    scene.network.join(scene.one, third)
    with scene.one:
        approve_release(scene.record, scene.one.peer(third), "officer")
        reports = {each.recipient: each for each in preview_release(scene.record).recipients}
    assert 12 in {finding.row for finding in reports[scene.other.id].plan.findings}


def _ask_for_two(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the first institution's own rule ask for two people above GREEN."""
    rule = {"approvals_amber": 2, "approvals_amber_strict": 2, "approvals_red": 2}
    enter = type(scene.one).__enter__

    def entering(node: Any) -> Any:
        found = enter(node)
        if node is scene.one:
            settings.NODE = replace(settings.NODE, **rule)
        return found

    monkeypatch.setattr(type(scene.one), "__enter__", entering)
