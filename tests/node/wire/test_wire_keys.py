"""Keys that change between two nodes: before, after, stolen, succeeded, lost; ours and the counterpart's."""

import dataclasses
import json
from datetime import timedelta

import pytest

from fourfold.agreements import State
from fourfold.errors import InputError, ProofError, RefusedError, SignatureError
from fourfold.exchange.evidence import ObjectEvidence, Outcome, outcome, verify_evidence, write_evidence
from fourfold.exchange.stix import sign_release, verify_object
from fourfold.node import clock, keyrings
from fourfold.node.actions.accept_institution_key import accept_institution_key
from fourfold.node.actions.check_log import check_logs
from fourfold.node.actions.check_node import check_node
from fourfold.node.actions.learn_keys import learn_keys
from fourfold.node.actions.refuse_institution_key import refuse_institution_key
from fourfold.node.actions.renew_node_key import renew_node_key
from fourfold.node.actions.replace_institution_key import replace_institution_key
from fourfold.node.actions.revoke_node_key import revoke_node_key
from fourfold.node.actions.store_received import Stored
from fourfold.node.actions.succeed_institution_key import succeed_institution_key
from fourfold.node.evidencing import pieces
from fourfold.node.home import Home
from fourfold.node.keys import node_signer, write_key
from fourfold.node.models import Agreement, Event, KeyStatement, Node, Peer, Received, Tag
from fourfold.node.queries.keys import listed
from fourfold.node.releasing import release
from fourfold.node.standing import standing_of
from fourfold.records.identity import delegate
from fourfold.records.possession import possess
from fourfold.records.signing import Signer, fingerprint
from fourfold.records.statements import (
    KeyHistory,
    RevocationReason,
    replace_key,
    revoke_key,
    succeed,
)

DAYS = timedelta(days=300)


def told(counterpart, **statements):
    """What the counterpart says of its keys from now on."""
    counterpart.keys = KeyHistory(institution=counterpart.who.id, **statements)


def renewed(counterpart, reason=RevocationReason.RENEWED):
    """The counterpart renews its node key; the simulated node signs by the new one from now on."""
    who, now, fresh = counterpart.who, clock.now(), Signer.generate()
    counterpart.who = dataclasses.replace(who, node=fresh)
    counterpart.now = now
    told(
        counterpart,
        delegations=(delegate(who.institution, fresh.key, now - timedelta(minutes=5), now + DAYS),),
        revocations=(revoke_key(who.institution, who.id, who.node.key, now, reason),),
        possessions=(possess(fresh, who.id),),
    )
    return who.node


def refusals():
    return sorted(Event.objects.filter(tag=Tag.KEY_REFUSED).values_list("reason", flat=True))


def peer_of(counterpart):
    return Peer.objects.get(pk=counterpart.who.id)


def test_after_a_renewal_the_log_goes_on_and_what_the_old_key_signed_stays_valid(counterpart, pulled):
    counterpart.release()
    pulled(counterpart)
    renewed(counterpart)
    counterpart.release()
    found = pulled(counterpart)
    assert (found.stored, found.checkpoint.size) == (Stored(stored=1), 2)
    assert all(not each.problem for each in check_logs())
    assert Event.objects.filter(tag=Tag.KEY_LEARNED).count() == 2


def test_what_the_old_key_signed_in_its_time_may_arrive_after_the_renewal(counterpart, pulled):
    counterpart.release()
    renewed(counterpart)
    assert pulled(counterpart).stored == Stored(stored=1)


def test_what_the_old_key_signs_after_its_renewal_is_refused_with_its_reason(counterpart, pulled):
    old = renewed(counterpart)
    later = clock.now() + timedelta(seconds=1)
    counterpart.offer(sign_release(counterpart.make(created=later, modified=later), old))
    assert pulled(counterpart).stored == Stored(refused=1)
    assert Received.objects.get().reason == "key-revoked"


def test_a_backdated_object_by_a_renewed_key_is_not_in_the_log_that_the_new_key_signs(counterpart, pulled):
    earlier = clock.now() - timedelta(minutes=1)
    old = renewed(counterpart)
    counterpart.offer(sign_release(counterpart.make(created=earlier, modified=earlier), old))
    with pytest.raises(ProofError, match="does not show"):
        pulled(counterpart)
    assert Event.objects.filter(tag=Tag.CHECKPOINT_REFUSED).exists()


def test_nothing_new_by_a_compromised_key_is_believed_whatever_date_it_bears(counterpart, pulled):
    counterpart.release()
    pulled(counterpart)
    earlier = clock.now() - timedelta(hours=1)
    old = renewed(counterpart, RevocationReason.COMPROMISED)
    counterpart.offer(sign_release(counterpart.make(created=earlier, modified=earlier), old))
    assert pulled(counterpart).stored == Stored(refused=1)
    assert sorted(Received.objects.values_list("state", "reason")) == [
        ("quarantined", "key-revoked"),
        ("stored", ""),
    ]


def test_a_request_by_a_revoked_key_is_answered_like_any_strangers_and_noted_once(node, counterpart, ask):
    learn_keys(counterpart.keys)
    old = renewed(counterpart)
    learn_keys(counterpart.keys)
    answers = [ask(signer).get("/taxii2/") for signer in (old, old, Signer.generate())]
    assert [each.status_code for each in answers] == [401, 401, 401]
    assert len({each.content for each in answers}) == 1
    assert ask(counterpart.who.node).get("/taxii2/").status_code == 200
    assert refusals() == ["request"]
    del node


def test_a_node_whose_key_is_not_known_yet_tells_of_it_without_being_known(counterpart, ask):
    fresh = renewed(counterpart) and counterpart.who.node
    unknown = ask(fresh)
    assert unknown.get("/taxii2/").status_code == 401
    unknown.nodes.tell_keys(counterpart.keys)
    assert unknown.get("/taxii2/").status_code == 200


def test_everybody_gets_the_same_answer_to_a_history_whatever_came_of_it(node, counterpart, stranger, ask):
    renewed(counterpart)
    forged = KeyHistory(
        institution=stranger.who.id,
        delegations=(delegate(Signer.generate(), Signer.generate().key, clock.now(), clock.now() + DAYS),),
    )
    unknown = KeyHistory(institution="identity--0f8fad5b-d9cb-569f-a165-70867728950e")
    http = ask(None).http
    url = "http://node.example/exchange/v1/keys"
    answers = [http.post(url, content=each.wire()) for each in (counterpart.keys, forged, unknown)]
    assert {(each.status_code, each.content) for each in answers} == {(204, b"")}
    assert http.post(url, content=b"{").status_code == 400
    assert http.post(url, content=b"x" * 300_000).status_code == 413
    assert http.get(url).status_code == 401
    assert refusals() == ["delegation"]
    del node


def test_a_node_key_of_another_counterpart_is_not_taken_over(counterpart, stranger, pulled):
    now = clock.now()
    taken = delegate(counterpart.who.institution, stranger.who.node.key, now, now + DAYS)
    told(counterpart, delegations=(taken,))
    pulled(counterpart)
    assert refusals() == ["shared key"]
    assert peer_of(counterpart).node_key == counterpart.who.node.key


@pytest.fixture
def keys(node, own, settings, monkeypatch, tmp_path):
    """The node's own institution key is here too; in a home of this test's own, as files will change."""
    _, who = own
    home = Home(tmp_path)
    for file, signer in ((home.node_key, who.node), (home.institution_key, who.institution)):
        write_key(file, signer, b"correct horse battery")
    (tmp_path / "passphrase").write_bytes(b"correct horse battery")
    settings.HOME = home
    for variable in ("FOURFOLD_PASSPHRASE_FILE", "FOURFOLD_INSTITUTION_PASSPHRASE_FILE"):
        monkeypatch.setenv(variable, str(tmp_path / "passphrase"))
    del node
    return home


def test_after_our_own_renewal_the_counterpart_is_told_and_all_evidence_holds(
    keys, counterpart, pulled, share, asker
):
    row = share(counterpart)
    asker.objects()
    counterpart.release()
    pulled(counterpart)
    renew_node_key("tester")
    assert node_signer().key == Node.objects.get().node_key
    again = share(counterpart, title="Another car")
    assert json.loads(bytes(row.wire))["id"] != json.loads(bytes(again.wire))["id"]
    counterpart.release()
    pulled(counterpart)
    history = counterpart.told[-1]
    assert [each.revocation.reason for each in history.revocations] == [RevocationReason.RENEWED]
    assert len(history.delegations) == 2
    pulled(counterpart)
    assert len(counterpart.told) == 2
    assert all(not each.problem for each in check_logs())
    peer = peer_of(counterpart)
    files = {name: write_evidence(item) for name, item in pieces(peer)}
    checks = verify_evidence(files, frozenset({fingerprint(Node.objects.get().institution_key)}))
    assert not [each for each in checks if each.outcome is Outcome.FAILS and "identity" not in each.name]
    assert not list(keys.keys.glob("*next*"))


def test_the_log_that_we_keep_is_signed_by_the_new_key_at_once(keys, counterpart, share, ask):
    share(counterpart)
    theirs = ask(counterpart.who.node)
    before = next(theirs.nodes.log(0)).note
    renew_node_key("tester")
    after = next(theirs.nodes.log(0)).note
    assert before.text == after.text
    assert before.signatures != after.signatures
    del keys


def test_a_key_that_was_in_use_is_revoked_and_the_node_says_that_it_needs_another(keys, counterpart):
    key = Node.objects.get().node_key
    with pytest.raises(InputError, match="No node key"):
        revoke_node_key("0000 0000", "tester")
    first = revoke_node_key(fingerprint(key), "tester")
    assert revoke_node_key(fingerprint(key), "tester") == first
    assert not next(each for each in check_node() if each.name == "delegation").holds
    renew_node_key("tester")
    assert next(each for each in check_node() if each.name == "delegation").holds
    assert {row["state"] for row in listed() if row["key"] == "node"} == {"compromised", "acts"}
    del keys, counterpart


def test_what_a_compromised_key_had_signed_is_released_again_under_the_new_one(keys, counterpart, share):
    row = share(counterpart)
    again = lambda: release(row.source, peer_of(counterpart), "tester", clock.now())  # noqa: E731  it is said twice
    assert again() == row
    revoke_node_key(fingerprint(Node.objects.get().node_key), "tester")
    renew_node_key("tester")
    fresh = again()
    assert (fresh.version, again()) == (2, fresh)
    verify_object(bytes(fresh.wire), Node.objects.get().node_key)
    del keys


def succession(counterpart):
    """The counterpart's institution key names another."""
    who, fresh = counterpart.who, Signer.generate()
    now = clock.now()
    told(
        counterpart,
        successions=(succeed(who.institution, fresh, who.id, now),),
        delegations=(delegate(fresh, who.node.key, now, now + DAYS, who.id),),
    )
    return fresh


def test_a_succession_needs_two_people_and_agreements_go_on(counterpart, pulled):
    fresh = succession(counterpart)
    pulled(counterpart)
    peer = peer_of(counterpart)
    assert peer.institution_key == counterpart.who.institution.key
    assert Event.objects.filter(tag=Tag.KEY_WAITING).count() == 1
    with pytest.raises(RefusedError, match="another fingerprint"):
        accept_institution_key(peer, fingerprint(Signer.generate().key), "alice")
    assert accept_institution_key(peer, fingerprint(fresh.key), "alice") == 1
    assert accept_institution_key(peer, fingerprint(fresh.key), " ALICE") == 1
    assert peer_of(counterpart).institution_key == counterpart.who.institution.key
    assert accept_institution_key(peer, fingerprint(fresh.key), "bob") == 0
    assert peer_of(counterpart).institution_key == fresh.key
    row = Agreement.objects.get()
    assert standing_of(row).state(clock.now()) is State.IN_FORCE
    counterpart.release()
    assert pulled(counterpart).stored == Stored(stored=1)
    with pytest.raises(InputError, match="No new institution key"):
        accept_institution_key(peer, fingerprint(fresh.key), "carol")


def test_one_person_can_refuse_what_waits_and_it_does_not_come_back_by_itself(counterpart, pulled):
    fresh = succession(counterpart)
    pulled(counterpart)
    accept_institution_key(peer_of(counterpart), fingerprint(fresh.key), "alice")
    assert refuse_institution_key(peer_of(counterpart), "bob") == fresh.key
    pulled(counterpart)
    assert next(each for each in check_node() if each.name == "counterparts' keys").holds
    with pytest.raises(InputError, match="No new institution key"):
        accept_institution_key(peer_of(counterpart), fingerprint(fresh.key), "carol")
    with pytest.raises(InputError, match="No new institution key"):
        refuse_institution_key(peer_of(counterpart), "bob")
    assert peer_of(counterpart).institution_key == counterpart.who.institution.key


def test_after_a_succession_the_old_institution_key_delegates_nothing_more(counterpart, pulled):
    fresh = succession(counterpart)
    pulled(counterpart)
    for person in ("alice", "bob"):
        accept_institution_key(peer_of(counterpart), fingerprint(fresh.key), person)
    now, spare = clock.now() + timedelta(seconds=2), Signer.generate()
    stolen = delegate(counterpart.who.institution, spare.key, now, now + DAYS, counterpart.who.id)
    learn_keys(KeyHistory(institution=counterpart.who.id, delegations=(stolen,)))
    assert refusals() == ["delegation"]
    assert spare.key not in keyrings.ring_of(peer_of(counterpart)).ever()


def replacement(counterpart, **changes):
    fresh, now = Signer.generate(), clock.now()
    signed = delegate(fresh, counterpart.who.node.key, now, now + DAYS, changes.get("id", counterpart.who.id))
    lost = changes.get("lost", counterpart.who.institution.key)
    return fresh, replace_key(fresh, lost, "Counterpart", now, signed).model_dump_json().encode()


def test_a_lost_key_is_replaced_by_two_peoples_word_and_old_agreements_end(counterpart, pulled):
    fresh, file = replacement(counterpart)
    peer = peer_of(counterpart)
    assert accept_institution_key(peer, fingerprint(fresh.key), "alice", file) == 1
    assert standing_of(Agreement.objects.get()).state(clock.now()) is State.IN_FORCE
    assert accept_institution_key(peer, fingerprint(fresh.key), "bob", file) == 0
    assert peer_of(counterpart).institution_key == fresh.key
    assert standing_of(Agreement.objects.get()).state(clock.now()) is State.ENDED
    counterpart.release()
    assert pulled(counterpart).stored == Stored(refused=1)
    assert Received.objects.get().reason == "no-agreement"


@pytest.mark.parametrize("wrong", ["lost", "id"])
def test_a_replacement_of_another_key_or_another_institution_changes_nothing(counterpart, stranger, wrong):
    who = stranger.who
    fresh, file = replacement(counterpart, **{wrong: who.id if wrong == "id" else who.institution.key})
    with pytest.raises(RefusedError):
        accept_institution_key(peer_of(counterpart), fingerprint(fresh.key), "alice", file)
    assert not KeyStatement.objects.exists()


def test_an_edited_replacement_or_any_other_file_is_refused(counterpart):
    fresh, file = replacement(counterpart)
    edited = file.replace(b'"name":"Counterpart"', b'"name":"Counterfeit"')
    with pytest.raises(SignatureError):
        accept_institution_key(peer_of(counterpart), fingerprint(fresh.key), "alice", edited)
    with pytest.raises(InputError, match=r"key\.json"):
        accept_institution_key(peer_of(counterpart), fingerprint(fresh.key), "alice", b"{}", "key.json")


def test_our_own_succession_keeps_agreements_and_our_own_loss_ends_them(keys, counterpart, pulled):
    succeed_institution_key("tester")
    row = Agreement.objects.get()
    assert standing_of(row).state(clock.now()) is State.IN_FORCE
    pulled(counterpart)
    (told_of,) = counterpart.told[-1].successions
    assert told_of.check().new_key == Node.objects.get().institution_key
    with pytest.raises(RefusedError, match="still here"):
        replace_institution_key("tester")
    keys.institution_key.unlink()
    made = replace_institution_key("tester")
    assert made.check().lost_key == told_of.check().new_key
    assert standing_of(Agreement.objects.get()).state(clock.now()) is State.ENDED


def test_the_old_institution_key_cannot_renew_a_node_key_after_it_was_succeeded(keys, own):
    succeed_institution_key("tester")
    write_key(keys.institution_key, own[1].institution, b"correct horse battery")
    with pytest.raises(SignatureError, match="another institution key"):
        renew_node_key("tester")


def test_evidence_by_a_revoked_key_fails_offline_once_the_key_files_are_shown(counterpart, pulled):
    counterpart.release()
    pulled(counterpart)
    before = peer_of(counterpart).signed_delegation
    old = renewed(counterpart)
    pulled(counterpart)
    files = {name: write_evidence(item) for name, item in pieces(peer_of(counterpart))}
    assert outcome(verify_evidence(files)) is Outcome.HOLDS
    late = clock.now() + timedelta(hours=1)
    wire = sign_release(counterpart.make(created=late, modified=late), old)
    forged = {"forged.json": write_evidence(ObjectEvidence(object=wire.decode(), delegation=before))}
    shown = {name: data for name, data in files.items() if name.startswith("keys-")}
    assert outcome(verify_evidence(forged)) is Outcome.HOLDS
    failed = [each for each in verify_evidence({**forged, **shown}) if each.outcome is Outcome.FAILS]
    assert [each.name for each in failed] == ["owner's key in time"]
    assert "revoked (renewed)" in failed[0].sentence
