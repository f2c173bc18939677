"""Answers about consent that do not hold are refused, noted, and change nothing."""

from datetime import timedelta

import pytest

from fourfold.agreements import Consent, give, revoke
from fourfold.canon import new_id
from fourfold.node import clock, consenting, models
from fourfold.node.actions.ask_consent import ask_consent
from fourfold.node.actions.grant_consent import grant_consent
from fourfold.node.actions.pass_on import pass_on
from fourfold.node.actions.release_record import release_record
from fourfold.node.consent_kinds import CONSENT, CONSENT_REQUEST, ConsentAnswer
from fourfold.records.markings import Marking, Tlp


@pytest.fixture
def asked(chain):
    """A released something to B, and B asks whether it may go on to C."""
    a, b, c = chain.nodes
    record = a.keep("A car", Marking(tlp=Tlp.AMBER))
    with a:
        object_ = release_record(record, a.peer(b), "analyst").release_id
    b.collect(a)
    with b:
        kept = pass_on(object_, "public-incidents", "officer").record
        case = ask_consent(kept, b.peer(c), "officer")
    a.collect(b)
    return a, b, c, case


def good(a, case):
    """The consent that the originator would sign."""
    request = consenting.request_of(case)
    return Consent(
        id=new_id("consent"),
        originator=a.id,
        record=request.record,
        fields=frozenset(request.onward.fields),
        recipient_key=request.recipient_key,
        agreement=request.agreement,
        purpose=request.purpose,
        expires=clock.now() + timedelta(days=9),
    )


def answer(sender, receiver, case, **parts):
    """Send an answer as a node would, whatever stands in it; what the receiver made of it."""
    given = ConsentAnswer(**{"title": "Consent", "request": case.id, "answer": "granted", **parts})
    with sender:
        given_to, about = sender.peer(receiver), case.compartment
        consenting.send(CONSENT, given, "incident_reporting", given_to, "liaison", clock.now(), about=about)
    receiver.collect(sender)
    with receiver:
        return models.ConsentCase.objects.get(pk=case.pk).state, models.ConsentDocument.objects.count()


def refusals(node):
    with node:
        return models.Event.objects.filter(tag=models.Tag.CONSENT_REFUSED).count()


def test_a_consent_for_anything_else_than_was_asked_is_refused(asked):
    a, b, c, case = asked
    with b:
        given = good(a, case)
    wrong = [
        {"originator": c.id},
        {"record": "sha256:" + 64 * "0"},
        {"recipient_key": c.keys.node.key},
        {"agreement": "sha256:" + 64 * "0"},
        {"purpose": "standards"},
    ]
    for number, changes in enumerate(wrong, 1):
        signed = give(given.model_copy(update=changes), a.keys.node)
        assert answer(a, b, case, consent=signed) == ("asked", 0)
        assert refusals(b) == number
    assert answer(a, b, case, consent=give(given, a.keys.node)) == ("granted", 1)


def test_only_the_originators_own_node_key_signs(asked):
    a, b, c, case = asked
    with b:
        given = good(a, case)
    for signer in (c.keys.node, b.keys.node, a.keys.institution):
        assert answer(a, b, case, consent=give(given, signer)) == ("asked", 0)
    assert answer(a, b, case) == ("asked", 0)
    assert refusals(b) == 4


def test_nobody_answers_what_another_was_asked_and_an_id_counts_once(asked):
    a, b, c, case = asked
    with b:
        given = good(a, case)
    assert answer(c, b, case, consent=give(given, a.keys.node)) == ("asked", 0)
    assert answer(a, b, case, consent=give(given, a.keys.node)) == ("granted", 1)
    assert answer(a, b, case, consent=give(given, a.keys.node)) == ("granted", 1)
    unknown = {"request": "release--00000000-0000-4000-8000-000000000000"}
    assert answer(a, b, case, **unknown) == ("granted", 1)
    assert refusals(b) == 3


def test_a_revocation_of_another_consent_stops_nothing(asked):
    a, b, _, case = asked
    a.do(grant_consent, case.id, clock.now() + timedelta(days=9), "liaison")
    b.collect(a)
    with b:
        other = good(a, case)
    revocation = revoke(other, a.keys.node, clock.now())
    assert answer(a, b, case, answer="revoked", revocation=revocation) == ("granted", 1)
    assert answer(a, b, case, answer="revoked") == ("granted", 1)
    with b:
        assert models.ConsentDocument.objects.get().revoked is None


def test_a_request_that_names_another_than_its_key_is_not_even_kept(asked):
    a, b, _, case = asked
    with b:
        request = consenting.request_of(case).model_copy(update={"recipient": b.id})
        about = case.compartment
        consenting.send(
            CONSENT_REQUEST, request, "incident_reporting", b.peer(a), "officer", clock.now(), about=about
        )
    a.collect(b)
    with a:
        assert models.ConsentCase.objects.count() == 1
    assert refusals(a) == 1
