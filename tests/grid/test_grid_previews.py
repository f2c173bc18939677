"""What a page or a program shows before an act is what the act then does: one table, a case for each act."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

from fourfold.errors import RefusedError
from fourfold.node import clock, keeping, models, onward
from fourfold.node.actions.accept_submitted import Acceptance, accept_submitted, filled, loosened
from fourfold.node.actions.add_client import NewClient, add_client
from fourfold.node.actions.correct_release import Right, correct_release
from fourfold.node.actions.give_consent import give_consent
from fourfold.node.actions.pass_on import pass_on
from fourfold.node.actions.preview_release import preview_release
from fourfold.node.actions.release_record import release_record
from fourfold.node.actions.revoke_consent import revoke_consent
from fourfold.node.actions.stub_record import stub_record
from fourfold.node.actions.take_submission import take_submission
from fourfold.node.actions.withdraw import withdraw
from fourfold.node.web.queries.apart import apart_view
from fourfold.node.web.queries.consents import consent_view
from fourfold.node.web.queries.correcting import correcting_view
from fourfold.node.web.queries.record import record_view
from fourfold.node.web.queries.states import OUTCOME
from fourfold.records.markings import Caveat, Marking, Tlp
from fourfold.release import STUB, Outcome

GREEN, ORCON = Marking(tlp=Tlp.GREEN), Marking(tlp=Tlp.GREEN, caveats=frozenset({Caveat.ORCON}))
PASSES = {OUTCOME[Outcome.PASS].word, OUTCOME[Outcome.PASS_REDACTED].word}


@dataclass(frozen=True)
class Acting:
    """The node that acts, its two counterparts, and how far the network is."""

    node: Any
    others: tuple[Any, Any]

    def peers(self) -> list[models.Peer]:
        return [self.node.peer(each) for each in self.others]

    def released(self, marking: Marking = GREEN) -> str:
        """A record that both have collected."""
        record = self.node.keep("A car", marking)
        with self.node:
            for peer in self.peers():
                release_record(record, peer, "analyst")
        for each in self.others:
            each.collect(self.node)
        return record


@dataclass(frozen=True)
class Case:
    """An act: what makes it ready, what is shown of it then, and what it does; both comparable."""

    name: str
    ready: Callable[[Acting], Any]
    shown: Callable[[Acting, Any], Any]
    done: Callable[[Acting, Any], Any]


def attempted(act: Callable[[], Any]) -> Any:
    """What an act comes to; None: it is refused."""
    try:
        return act()
    except RefusedError:
        return None


def releasing_shown(acting: Acting, record: str) -> Any:
    found = preview_release(record).recipients
    reports = {each.recipient: each for each in found}
    assert {each.id for each in record_view(record).recipients} <= set(reports)
    return {
        peer.pk: reports[peer.pk].plan.passing if reports[peer.pk].outcome >= Outcome.PASS_REDACTED else None
        for peer in acting.peers()
    }


def releasing_done(acting: Acting, record: str) -> Any:
    return {
        peer.pk: attempted(lambda peer=peer: tuple(release_record(record, peer, "analyst").passed))
        for peer in acting.peers()
    }


def only_one_may(acting: Acting) -> str:
    """One of the two may have it, by the institution's own consent."""
    record = acting.node.keep("A car", ORCON)
    with acting.node:
        give_consent(record, acting.peers()[0], clock.now() + timedelta(days=30), "officer")
    return record


def stubs_shown(_: Acting, record: str) -> Any:
    return {each.id: bool(each.fields and not each.reasons) for each in apart_view(record).stubs}


def stubs_done(acting: Acting, record: str) -> Any:
    return {
        peer.pk: attempted(lambda peer=peer: stub_record(record, peer, "analyst").release.kind == STUB.id)
        or False
        for peer in acting.peers()
    }


def once_withdrawn(acting: Acting) -> str:
    """A record that both had, and that was withdrawn from one of them on purpose."""
    record = acting.released()
    with acting.node:
        first = models.Release.objects.get(record=record, peer=acting.peers()[0])
        withdraw(first.pk, "on purpose", "officer")
    return record


def correcting_shown(*, anew: bool) -> Callable[[Acting, str], Any]:
    def shown(_: Acting, record: str) -> Any:
        view = correcting_view(record)
        gets = (*view.anew, *view.before) if anew else view.anew
        return {each.to for each in view.open}, {each.to for each in gets if each.state.word in PASSES}

    return shown


def correcting_done(*, anew: bool) -> Callable[[Acting, str], Any]:
    def done(_: Acting, record: str) -> Any:
        found = correct_release(record, "", "officer", Right(anew=anew))
        return {each.peer.name for each in found.withdrawn}, {each.peer.name for each in found.released}

    return done


def consented(acting: Acting) -> str:
    """A consent on which something hangs; the id of the consent."""
    record = acting.node.keep("A car", ORCON)
    with acting.node:
        until = clock.now() + timedelta(days=30)
        given = [give_consent(record, peer, until, "officer") for peer in acting.peers()]
        for peer in acting.peers():
            release_record(record, peer, "analyst")
        return given[0].pk


def withdrawn_now() -> set[str]:
    return set(models.Release.objects.exclude(withdrawn=None).values_list("pk", flat=True))


def revoking_done(_: Acting, consent: str) -> Any:
    before = withdrawn_now()
    revoke_consent(consent, "officer")
    return withdrawn_now() - before


def received_here(acting: Acting) -> str:
    record = acting.others[0].keep("A car", Marking(tlp=Tlp.AMBER))
    with acting.others[0]:
        sent = release_record(record, acting.others[0].peer(acting.node), "analyst")
    acting.node.collect(acting.others[0])
    return sent.release_id


def passing_on_done(_: Acting, object_: str) -> Any:
    return keeping.latest(pass_on(object_, "public-incidents", "officer").record).content().payload


MOMENT = "2026-01-01T00:00:00.000Z"
VOUCHED = Acceptance(originators=("Borduria",), tlp=Tlp.CLEAR, fields={"title": "Ours"})


def handed_in(acting: Acting) -> int:
    with acting.node:
        client = add_client(NewClient("Feed", may_submit=True), "operator").client
        given = {"type": "incident", "spec_version": "2.1", "name": "A drone", "created": MOMENT}
        name = "incident--3d5f1cd8-6c8a-4e0e-9d0a-0f3b1a0e7a10"
        wire = json.dumps({**given, "id": name, "modified": MOMENT}).encode()
        take_submission(client, [wire])
        return models.Submitted.objects.get().pk


def accepting_shown(_: Acting, number: int) -> Any:
    row = models.Submitted.objects.get(pk=number)
    return bool(loosened(row, VOUCHED)), filled(row, VOUCHED)


def accepting_done(_: Acting, number: int) -> Any:
    refused = attempted(lambda: accept_submitted(number, VOUCHED, "ada")) is None
    record = accept_submitted(number, VOUCHED, "ada", "ben").record
    return refused, keeping.latest(record).content().payload


CASES = [
    Case("release", lambda acting: acting.node.keep("A car"), releasing_shown, releasing_done),
    Case("release to those who may", only_one_may, releasing_shown, releasing_done),
    Case(
        "stub",
        lambda acting: acting.node.keep("A car", slice="sensitive-incidents"),
        stubs_shown,
        stubs_done,
    ),
    Case("no stub", lambda acting: acting.node.keep("A car"), stubs_shown, stubs_done),
    Case("correction", once_withdrawn, correcting_shown(anew=False), correcting_done(anew=False)),
    Case("correction anew", once_withdrawn, correcting_shown(anew=True), correcting_done(anew=True)),
    Case(
        "revocation",
        consented,
        lambda _, consent: {each.id for each in consent_view(consent).hangs},
        revoking_done,
    ),
    Case("passing on", received_here, lambda _, object_: onward.received(object_)[1].fields, passing_on_done),
    Case("accepting", handed_in, accepting_shown, accepting_done),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_what_is_shown_before_an_act_is_what_it_does(case: Case, chain: Any) -> None:
    first, middle, last = chain.nodes
    acting = Acting(middle, (first, last))
    about = case.ready(acting)
    with middle:
        shown = case.shown(acting, about)
        assert shown
        assert shown == case.done(acting, about)
