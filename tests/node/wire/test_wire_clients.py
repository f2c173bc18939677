"""Third-party TAXII clients: let in by a token, recipients of their own, on terms of their own."""

import base64
import json
from datetime import timedelta

import pytest
from django.db import transaction

from fourfold.errors import InputError, RefusedError
from fourfold.exchange.stix import DEFINITIONS_COLLECTION, verify_object
from fourfold.exchange.taxii import MEDIA_TYPE, collection_id
from fourfold.node import clock, ledger, models
from fourfold.node.actions.add_client import NewClient, add_client
from fourfold.node.actions.add_record import NewRecord, add_record
from fourfold.node.actions.change_record import Changes, change_record
from fourfold.node.actions.check_log import check_logs
from fourfold.node.actions.offer import offer
from fourfold.node.actions.open_epoch import open_client_epochs
from fourfold.node.actions.preview_release import preview_release
from fourfold.node.actions.revoke_client import revoke_client
from fourfold.node.actions.sync import sync
from fourfold.node.clienting import Scope
from fourfold.node.keys import node_signer
from fourfold.node.parties import find_peer, find_recipient, nodes
from fourfold.node.queries.agreements import listed
from fourfold.node.releasing import take_back
from fourfold.node.tokens import token_signer
from fourfold.records.markings import Caveat, Marking, Tlp

ROOT = "/taxii2/fourfold/"
pytestmark = pytest.mark.usefixtures("counterpart")


def basic(user, password):
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()


def test_a_client_reads_what_was_released_to_it_as_it_was_signed(node, let_in, offered):
    third = let_in()
    row = offered(third)
    assert third.objects() == [bytes(row.wire)]
    verify_object(third.objects()[0], node.node.key)
    assert b"CANARY" not in bytes(row.wire)
    assert row.content().recipient == third.peer.institution


def test_its_collection_is_its_own(node, counterpart, let_in, offered, ask):
    one, two = let_in("One"), let_in("Two")
    row = offered(one)
    assert two.objects() == []
    for other in (two, ask(counterpart.who.node)):
        hidden, nowhere = (
            other.get(f"{ROOT}collections/{place}/objects/")
            for place in (one.shelf().id, "3d5f1cd8-6c8a-4e0e-9d0a-0f3b1a0e7a10")
        )
        assert (hidden.status_code, hidden.content) == (404, nowhere.content)
        assert other.get(f"{ROOT}collections/{other.shelf().id}/objects/{row.stix_id}/").status_code == 404
    listed = json.loads(two.get(f"{ROOT}collections/").content)["collections"]
    assert [each["id"] for each in listed] == [
        collection_id(node.id, two.peer.institution),
        DEFINITIONS_COLLECTION,
    ]


@pytest.mark.parametrize("tlp", [Tlp.GREEN, Tlp.AMBER, Tlp.AMBER_STRICT, Tlp.RED])
def test_nothing_above_clear_passes(let_in, offered, tlp):
    with pytest.raises(RefusedError, match="ceiling"):
        offered(let_in(), tlp=tlp)


@pytest.mark.parametrize("caveat", list(Caveat))
def test_nothing_with_a_caveat_passes(let_in, offered, caveat):
    with pytest.raises(RefusedError):
        offered(let_in(), caveats=frozenset({caveat}))


def countersigned(counterpart, share, at):
    """A counterpart countersigned its own log then."""
    share(counterpart, title="Told to the counterpart")
    ledger.checkpoint(ledger.log_of(models.Peer.objects.get(pk=counterpart.who.id)), node_signer())
    models.Checkpoint.objects.update(cosigned=clock.now(), cosigned_at_peer=at)


def test_an_embargo_towards_a_client_ends_by_a_time_that_a_counterpart_countersigned(
    counterpart, share, let_in, offered
):
    """A client countersigns none; that of another keeps a clock that was set forward from ending it."""
    third, over = let_in(), clock.now() - timedelta(days=1)
    with pytest.raises(RefusedError, match="Whether the embargo is over is not known"):
        offered(third, embargo=over)
    countersigned(counterpart, share, over - timedelta(seconds=1))
    with pytest.raises(RefusedError, match="The embargo is not over"):
        offered(third, embargo=over)
    countersigned(counterpart, share, clock.now())
    assert offered(third, embargo=over)
    with pytest.raises(RefusedError, match="The embargo is not over"):
        offered(third, embargo=clock.now() + timedelta(days=1))


def test_what_others_may_read_under_a_name_is_not_for_a_client(counterpart, let_in, offered):
    with pytest.raises(RefusedError, match="names its recipients"):
        offered(let_in(), rel_to=frozenset({counterpart.who.id}))


def test_its_terms_say_more_only_with_a_second_person(let_in, offered):
    scope = Scope(Tlp.GREEN, frozenset({Caveat.NO_DEFENCE}))
    for second in (None, "", "operator"):
        with pytest.raises(RefusedError, match="second person"):
            let_in("Wide", scope=scope, second=second)
    third = let_in("Wide", scope=scope, second="security officer")
    assert third.added.client.second == "security officer"
    offered(third, tlp=Tlp.GREEN)
    with pytest.raises(RefusedError):  # it counts as tied to defence: nobody knows
        offered(third, caveats=frozenset({Caveat.NO_DEFENCE}))
    with pytest.raises(RefusedError):
        offered(third, tlp=Tlp.AMBER)


def test_the_decision_is_taken_again_at_delivery(let_in, offered):
    third = let_in()
    row, other = offered(third), offered(third)
    tighter = Marking(tlp=Tlp.AMBER)
    payload = row.source.content().payload
    change_record(row.source.record, Changes(payload, tighter, "public-incidents"), "tester")
    assert third.objects() == [bytes(other.wire)]  # what was released is TLP:CLEAR, the record no longer is
    later = row.agreement.content().expires + timedelta(seconds=1)
    third.added.client.__class__.objects.update(expires=later + timedelta(days=1))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(clock, "now", lambda: later)
        assert third.objects() == []  # the token would count, but the terms have expired


def test_a_deletion_is_seen_by_a_poller_as_a_revoked_version(let_in, offered):
    third = let_in()
    row = offered(third)
    first = third.get(f"{ROOT}collections/{third.shelf().id}/objects/")
    seen = first.headers["X-TAXII-Date-Added-Last"]
    take_back(row.release, "mistake", "tester", clock.now())
    polled = third.get(f"{ROOT}collections/{third.shelf().id}/objects/?added_after={seen}")
    (item,) = json.loads(polled.content)["objects"]
    assert (item["id"], item["revoked"]) == (row.stix_id, True)
    assert "It did not stop." not in polled.text


@pytest.mark.parametrize("user", ["", "Feed", "anything"])
def test_the_token_may_be_the_password_of_basic(let_in, ask, user):
    third = let_in()
    answer = ask(None).get("/taxii2/", Authorization=basic(user, third.added.token))
    assert answer.status_code == 200


@pytest.mark.parametrize(
    "given",
    [
        "Bearer ",
        "Bearer fourfold_AAAA",
        "Bearer " + "x" * 100_000,
        "bearer",
        "Basic",
        "Basic ?",
        basic("x", ""),
        basic("x", "fourfold_AAAA"),
        "Basic " + base64.b64encode(b"\xff\xff").decode(),
        "Digest username=x",
        "",
    ],
)
def test_whoever_has_no_token_that_counts_learns_nothing(ask, given):
    stranger = ask(None)
    with_it, without = (
        stranger.get("/taxii2/", **headers) for headers in ({"Authorization": given.encode()}, {})
    )
    assert (with_it.status_code, with_it.content) == (401, without.content)
    assert "Bearer" in with_it.headers["WWW-Authenticate"]
    assert "Basic" in with_it.headers["WWW-Authenticate"]


def test_a_revoked_token_counts_no_more_and_its_terms_end(let_in, offered):
    third = let_in()
    offered(third)
    for _ in range(2):
        assert revoke_client(third.added.client, "operator").revoked is not None
    assert third.get("/taxii2/").status_code == 401
    with pytest.raises(RefusedError, match="ended by a party"):
        offered(third, title="Another")
    assert models.Event.objects.filter(tag=models.Tag.CLIENT_REVOKED).count() == 1
    assert [row["state"] for row in listed() if "Feed" in row["signed_by"]] == ["ended"]


def test_a_token_expires(let_in, monkeypatch):
    third = let_in(days=2)
    now = clock.now()
    monkeypatch.setattr(clock, "now", lambda: now + timedelta(days=2, seconds=1))
    assert third.get("/taxii2/").status_code == 401


def test_of_a_token_only_its_hash_is_kept(let_in):
    third = let_in()
    third.get("/taxii2/")
    kept = [
        str(list(model.objects.values()))
        for model in (models.Client, models.Peer, models.Event, models.Agreement)
    ]
    assert not any(third.added.token in text or third.added.token[9:] in text for text in kept)
    assert third.added.client.token.startswith("sha256:")


def test_two_tokens_are_never_the_same_and_name_two_recipients(let_in):
    one, two = let_in("One"), let_in("Two")
    assert one.added.token != two.added.token
    assert one.peer.institution != two.peer.institution


def test_what_nodes_say_to_each_other_does_not_exist_for_a_client(let_in):
    third = let_in()
    nowhere = third.get("/exchange/v1/nowhere")
    for place in ("/exchange/v1/log", "/exchange/v1/receipts", "/exchange/v1/cosignature"):
        for method in ("GET", "POST"):
            answer = third.http.request(method, f"http://node.example{place}")
            assert (answer.status_code, answer.content) == (404, nowhere.content)


def test_a_client_is_no_node(let_in):
    third = let_in()
    assert [peer.name for peer in nodes()] == ["Counterpart"]
    assert find_peer(None).name == "Counterpart"
    assert find_recipient("Feed") == find_recipient(third.peer.institution) == third.peer
    assert find_recipient(None).name == find_recipient("Counterpart").name == "Counterpart"
    with pytest.raises(InputError):
        find_peer("Feed")
    assert [done.peer.name for done in sync(tuple(nodes()))] == ["Counterpart"]


def test_the_terms_mirror_what_is_agreed_and_what_is_apart_stays_apart(let_in):
    client = let_in().added.client
    (terms,) = client.terms.content().slices
    assert (terms.id, terms.ceiling, terms.forbidden_caveats) == (
        "public-incidents",
        Tlp.CLEAR,
        frozenset(Caveat),
    )
    assert terms.directions[0].fields == {"incident": ("title", "description", "date")}
    assert client.terms.complete is not None
    assert {party.institution for party in client.terms.parties.all()} == {
        client.peer_id,
        models.Node.objects.get().pk,
    }


def kept_incident(fields, **changes):
    values = {"marking": Marking(tlp=Tlp.CLEAR), **changes}
    return add_record(NewRecord("incident", "incident_reporting", fields, **values), "tester")


def test_offering_releases_what_may_pass_and_counts_the_rest(let_in):
    third = let_in()
    for number, tlp in enumerate([Tlp.CLEAR, Tlp.CLEAR, Tlp.GREEN, Tlp.RED]):
        kept_incident({"title": f"Incident {number}"}, marking=Marking(tlp=tlp), slice="public-incidents")
    kept_incident({"title": "Elsewhere"}, slice="sensitive-incidents")
    first, again = offer(third.peer, "tester"), offer(third.peer, "tester")
    assert (len(first.released), first.unchanged, first.withheld) == (2, 0, 3)
    assert (len(again.released), again.unchanged, again.withheld) == (0, 2, 3)
    assert len(third.objects()) == 2


def test_the_preview_shows_the_client_as_a_recipient(let_in):
    third = let_in()
    record = kept_incident({"title": "A car"}, slice="public-incidents")
    recipients = {each.recipient: each.outcome.word for each in preview_release(record.record).recipients}
    assert recipients[third.peer.institution] == "pass"


def test_what_a_client_got_is_logged_like_everything_else(let_in, offered):
    third = let_in()
    row = offered(third)
    assert row.leaf.log.peer == third.peer
    assert [report.problem for report in check_logs() if report.problem] == []


@pytest.mark.parametrize(
    ("given", "faults"),
    [
        (NewClient(""), 1),
        (NewClient("x" * 201), 1),
        (NewClient("x", days=0), 1),
        (NewClient(" ", days=367), 2),
    ],
)
def test_what_is_wrong_with_a_client_is_told_at_once(given, faults):
    with pytest.raises(InputError) as caught:
        add_client(given, "operator")
    assert len(caught.value.faults) == faults


def test_a_name_is_given_once(let_in):
    for name in ("Counterpart", let_in("Feed").peer.name):
        with pytest.raises(RefusedError, match="known here under that name"):
            let_in(name)


def test_two_restores_of_one_backup_number_what_they_release_apart(let_in, offered):
    third, versions = let_in(), set()
    row = offered(third)
    for _ in range(3):
        with transaction.atomic():
            models.Peer.objects.filter(pk=third.peer.pk).update(epoch_due=True)
            open_client_epochs(node_signer())
            release = models.Release.objects.get(pk=row.release_id)
            versions.add(take_back(release, "too early", "tester", clock.now()).version)
            transaction.set_rollback(True)
    assert min(versions) > row.version + 1
    assert len(versions) > 1, "three times the same number is drawn once in 250,000 runs"


def test_the_key_of_a_token_signs_no_requests(let_in, ask):
    """A revoked token must not live on as a node key."""
    third = let_in()
    assert ask(token_signer(third.added.token)).get("/taxii2/").status_code == 401


def test_media_types_are_the_standards(let_in):
    assert let_in().get("/taxii2/").headers["Content-Type"] == MEDIA_TYPE
