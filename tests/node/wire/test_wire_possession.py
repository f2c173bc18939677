"""Whose is a node key? Theirs for whom the key itself has signed; whoever merely says so is nobody."""

import dataclasses
import importlib
import json
from datetime import datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import httpx
import pytest
from django.apps import apps
from django.db import connection
from django.test import Client

from fourfold.agreements import PartyFacts
from fourfold.errors import RefusedError
from fourfold.exchange.http import Wire, open_client
from fourfold.exchange.nodes import NodeClient
from fourfold.exchange.requests import SignedRequests
from fourfold.exchange.taxii import collection_id
from fourfold.log import Checkpoint, cosign
from fourfold.node import clock, keyrings, models
from fourfold.node.actions.accept_institution_key import accept_institution_key
from fourfold.node.actions.learn_keys import learn_keys
from fourfold.node.joining import Introduction
from fourfold.node.models import Event, KeyProof, Node, Peer, Received, Tag
from fourfold.node.peering import remember
from fourfold.node.queries.keys import listed
from fourfold.records.identity import SignedDelegation, delegate
from fourfold.records.possession import Possession, SignedPossession, possess
from fourfold.records.signing import Purpose, Signer, fingerprint
from fourfold.records.statements import KeyHistory, RevocationReason, replace_key, revoke_key

DAYS = timedelta(days=300)
TOLD = json.loads((Path(__file__).parents[2] / "vectors" / "told-by-0.3.0.json").read_text("utf-8"))


def peer_of(counterpart):
    return Peer.objects.get(pk=counterpart.who.id)


def refusals_of(counterpart):
    return sorted(
        Event.objects.filter(tag=Tag.KEY_REFUSED, peer=counterpart.who.id).values_list("reason", flat=True)
    )


def claim(counterpart, key):
    """What an institution signs to say that a node key is its own; anybody can."""
    now = clock.now()
    signed = delegate(counterpart.who.institution, key, now - timedelta(minutes=5), now + DAYS)
    return KeyHistory(institution=counterpart.who.id, delegations=(signed,))


def renewal(counterpart):
    """The counterpart has a new node key; what it says of it in 0.3.0, which has no possessions."""
    who, now, fresh = counterpart.who, clock.now(), Signer.generate()
    counterpart.who, counterpart.now = dataclasses.replace(who, node=fresh), now
    revoked = revoke_key(who.institution, who.id, who.node.key, now, RevocationReason.RENEWED)
    return claim(counterpart, fresh.key).model_copy(update={"revocations": (revoked,)})


def states(counterpart):
    """What the list of keys says of a counterpart's node keys."""
    return sorted(
        row["state"] for row in listed() if (row["institution"], row["key"]) == (counterpart.who.name, "node")
    )


def by_its_word(counterpart, history, _ask, _pulled):
    """A node of this release: somebody brings what the key itself has signed."""
    stated = possess(counterpart.who.node, counterpart.who.id)
    learn_keys(history.model_copy(update={"possessions": (stated,)}))


def by_its_request(counterpart, history, ask, _pulled):
    """A node of 0.3.0 that tells of its keys: the request is signed, and its body names the institution."""
    ask(counterpart.who.node).nodes.tell_keys(history)


def by_its_log(counterpart, history, _ask, pulled):
    """A node of 0.3.0 that is asked: it signs the log that it keeps, whose name names it."""
    counterpart.keys = history
    pulled(counterpart)


@pytest.mark.parametrize("first", ["claimed first", "claimed later"])
@pytest.mark.parametrize("way", [by_its_word, by_its_request, by_its_log])
def test_f4_a_key_that_another_claimed_is_theirs_for_whom_it_signs(
    counterpart, stranger, ask, pulled, way, first
):
    made = counterpart.release()
    pulled(counterpart)
    history = renewal(counterpart)
    key = counterpart.who.node
    stolen = claim(stranger, key.key)
    if first == "claimed first":
        ask(None).nodes.tell_keys(stolen)
        assert ask(key).get("/taxii2/").status_code == 401
        assert refusals_of(stranger) == ["unproved key"]
        assert "unproved" in states(stranger)
    way(counterpart, history, ask, pulled)
    if first == "claimed later":
        ask(None).nodes.tell_keys(stolen)
    assert "shared key" in refusals_of(stranger)
    assert not refusals_of(counterpart)
    assert peer_of(counterpart).node_key == key.key != peer_of(stranger).node_key
    assert ask(key).shelf().id == collection_id(stranger.node, counterpart.who.id)
    assert ask(stranger.who.node).shelf().id == collection_id(stranger.node, stranger.who.id)
    assert (states(counterpart), states(stranger)) == (["acts", "renewed"], ["acts"])
    counterpart.withdraw(made)
    assert pulled(counterpart).stored.withdrawn == 1
    assert not Received.objects.filter(object=made.id, revoked=False).exclude(wire=None).exists()


def test_f4_a_key_that_did_not_sign_is_nobodys(counterpart, ask, pulled):
    spare = Signer.generate()
    learn_keys(claim(counterpart, spare.key))
    assert ask(spare).get("/taxii2/").status_code == 401
    assert refusals_of(counterpart) == ["unproved key"]
    assert "unproved" in states(counterpart)
    ask(counterpart.who.node).nodes.tell_keys(claim(counterpart, spare.key))
    assert ask(spare).get("/taxii2/").status_code == 401, "another key's signature shows nothing of this one"
    assert pulled(counterpart).stored.refused == 0


@pytest.mark.parametrize("wrong", ["another key signed", "for another institution", "another purpose"])
def test_f4_a_possession_that_does_not_hold_shows_nothing_and_is_noted(counterpart, stranger, ask, wrong):
    key = Signer.generate()
    given = Possession(institution=counterpart.who.id, node_key=key.key)
    if wrong == "for another institution":
        forged = possess(key, stranger.who.id)
    else:
        signer = counterpart.who.node if wrong == "another key signed" else key
        purpose = Purpose.DELEGATION if wrong == "another purpose" else Purpose.POSSESSION
        forged = SignedPossession(possession=given, signature=signer.sign(purpose, given.signed_bytes()))
    learn_keys(claim(counterpart, key.key).model_copy(update={"possessions": (forged,)}))
    assert ask(key).get("/taxii2/").status_code == 401
    assert refusals_of(counterpart) == ["possession", "unproved key"]


def test_f4_a_request_that_was_signed_for_another_recipient_shows_nothing_here(node, counterpart, stranger):
    """What a counterpart tells one institution can be relayed to another, signature and all."""
    history, key = renewal(counterpart), counterpart.who.node
    kept = []

    def relay(request):
        kept.append(request)
        return httpx.Response(204)

    auth = SignedRequests(key, stranger.who.id, clock.now)
    with open_client(auth, httpx.MockTransport(relay)) as http:
        NodeClient(Wire("http://node.example/", http)).tell_keys(history)
    (sent,) = kept
    headers = {name: value for name, value in sent.headers.items() if name not in {"host", "content-length"}}
    answer = Client().post(
        "/exchange/v1/keys", sent.content, content_type="application/json", headers=headers
    )
    assert answer.status_code == 204
    assert not KeyProof.objects.filter(key=key.key).exists()
    del node


@pytest.mark.parametrize("owner", ["counterpart", "node"])
def test_f4_a_joining_file_with_anothers_key_identifies_nobody(counterpart, stranger, node, ask, owner):
    """The file is signed by an institution key; the node key in it has signed nothing."""
    now, victim = clock.now(), counterpart.who if owner == "counterpart" else node
    thief = type(node)("Thief")

    def introduced(key):
        signed = delegate(thief.institution, key, now - timedelta(minutes=1), now + DAYS)
        return Introduction(
            name="Thief",
            facts=PartyFacts(regulator=False, defence_tie=False),
            url="http://thief.example/",
            delegation=signed,
        )

    with pytest.raises(RefusedError, match="Another institution has this node key"):
        remember(introduced(victim.node.key), now)
    fresh = Signer.generate()
    peer = remember(introduced(fresh.key), now)
    assert ask(fresh).get("/taxii2/").status_code == 401
    history = keyrings.history(keyrings.ring_of(peer))
    ask(fresh).nodes.tell_keys(history)
    assert ask(fresh).get("/taxii2/").status_code == 200
    del stranger


def test_f4_a_replacement_cannot_bring_anothers_node_key(counterpart, stranger):
    fresh, now = Signer.generate(), clock.now()
    signed = delegate(fresh, stranger.who.node.key, now, now + DAYS, counterpart.who.id)
    file = replace_key(fresh, counterpart.who.institution.key, "Counterpart", now, signed)
    with pytest.raises(RefusedError, match="Another institution"):
        accept_institution_key(
            peer_of(counterpart), fingerprint(fresh.key), "alice", file.model_dump_json().encode()
        )


def test_a_node_tells_what_its_own_key_signed_once_and_a_store_of_0_3_0_does_so_at_its_next_sync(
    counterpart, pulled
):
    own = Node.objects.get()
    assert not KeyProof.objects.filter(institution=own.institution).exists()
    pulled(counterpart)
    pulled(counterpart)
    (told,) = counterpart.told
    (stated,) = told.possessions
    assert stated.check() == Possession(institution=own.institution, node_key=own.node_key)
    assert KeyProof.objects.get(institution=own.institution).how == "statement"


def received(counterpart, _asker, _share, pulled):
    counterpart.release()
    pulled(counterpart)
    models.SeenCheckpoint.objects.all().delete()


def countersigned(counterpart, _asker, _share, pulled):
    pulled(counterpart)


def answered(counterpart, asker, share, _pulled):
    row = share(counterpart)
    (wire,) = asker.objects()
    given = counterpart.answer(wire, clock.now(), release=row.content())
    assert [each.result for each in asker.nodes.deliver_receipts([given])] == ["accepted"]


def countersigned_ours(counterpart, asker, share, _pulled):
    share(counterpart)
    note = next(asker.nodes.log(0)).note
    line = cosign(Checkpoint.parse(note.text), counterpart.who.id, counterpart.who.node, clock.now())
    asker.nodes.send_cosignature(note.with_signature(line))


WAYS = {
    "object": received,
    "checkpoint": countersigned,
    "receipt": answered,
    "cosignature": countersigned_ours,
}


@pytest.mark.parametrize("how", [*WAYS, "nothing"])
def test_f4_an_upgraded_store_finds_what_a_counterparts_key_had_signed(
    counterpart, stranger, asker, share, pulled, how
):
    """A claim that 0.3.0 took first shows nothing: what the key signed names its institution."""
    if how in WAYS:
        WAYS[how](counterpart, asker, share, pulled)
    keyrings.keep_delegation(claim(stranger, counterpart.who.node.key).delegations[0], clock.now())
    KeyProof.objects.all().delete()
    migration = importlib.import_module("fourfold.node.migrations.0024_key_proofs")
    migration.prove(apps, SimpleNamespace(connection=connection))
    expected = [(counterpart.who.id, counterpart.who.node.key, how)] if how in WAYS else []
    assert list(KeyProof.objects.values_list("institution", "key", "how")) == expected


@pytest.fixture
def told_by_0_3_0(node, settings, monkeypatch):
    """The moment and the place of what a node of 0.3.0 once sent; its counterpart, with the key of before."""
    first = SignedDelegation.model_validate(TOLD["first_delegation"])
    moment = datetime.fromisoformat(TOLD["at"])
    monkeypatch.setattr(clock, "now", lambda: moment)
    settings.NODE = dataclasses.replace(settings.NODE, id=TOLD["recipient"])
    peer = Peer.objects.create(
        institution=TOLD["institution"],
        name="Of 0.3.0",
        institution_key=first.delegation.institution_key,
        node_key=first.delegation.node_key,
        delegation=first.model_dump_json().encode(),
        url="http://old.example/",
        joined=moment - timedelta(days=90),
    )
    del node
    return peer


EDITS = {"Fourfold-Recipient": ("f34aa545", "f34aa546"), "Signature": ("sedv", "sedw")}


@pytest.mark.parametrize("changed", [None, *EDITS, "body"])
def test_f4_what_a_node_of_0_3_0_sends_shows_whose_its_new_key_is_unless_it_was_changed(
    told_by_0_3_0, client, changed
):
    headers, body = dict(TOLD["headers"]), TOLD["body"].encode()
    if changed == "body":
        body = body.replace(b'"reason":"renewed"', b'"reason":"renewed" ')
    elif changed is not None:
        headers[changed] = headers[changed].replace(*EDITS[changed])
    answer = client.post(TOLD["path"], body, content_type="application/json", headers=headers)
    assert answer.status_code == 204
    key = json.loads(body)["delegations"][1]["delegation"]["node_key"]
    assert key in keyrings.ring_of(told_by_0_3_0).ever(), (
        "what the institution key signed is taken in any case"
    )
    assert KeyProof.objects.filter(key=key, institution=told_by_0_3_0.pk, how="request").exists() is (
        changed is None
    )
