"""A malicious counterpart beside an honest one: what one sends keeps nothing of the other's from going on."""

import socket
import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from django.db import OperationalError

from fourfold.agreements import countersign, sign
from fourfold.canon import canonical_bytes, digest_bytes, new_id, new_salt
from fourfold.errors import ExchangeError
from fourfold.exchange.budget import Budget, Meter, SpentError, hurry
from fourfold.exchange.holdings import Holdings, Item, sign_holdings, total
from fourfold.exchange.http import Wire, open_client
from fourfold.exchange.reasons import Reason
from fourfold.exchange.stix import RELEASE_EXTENSION, encode, sign_object, taxii_time
from fourfold.exchange.taxii import MEDIA_TYPE
from fourfold.node import agreeing, clock, files
from fourfold.node.actions import quarantine as quarantining
from fourfold.node.actions import store_received, try_again
from fourfold.node.actions.apply_retention import apply_retention
from fourfold.node.actions.sync import sync
from fourfold.node.home import Home
from fourfold.node.keys import node_signer
from fourfold.node.models import Event, KeyStatement, Peer, ReceiptOut, Received, Tag, UnknownRelease
from fourfold.node.operating.vitals import Disk
from fourfold.node.operating.watching import watched
from fourfold.records.identity import delegate
from fourfold.records.signing import Signer
from fourfold.records.statements import KeyHistory

EARLY, LATE = "0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59"


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch):
    """Whoever is asked to wait does not: what is asked for is counted by the budget, not slept through."""
    monkeypatch.setattr("fourfold.exchange.http.time.sleep", lambda _: None)


def state_of(counterpart):
    return {row.object: row.state for row in Received.objects.filter(peer=counterpart.who.id)}


def goes_on(honest):
    """The honest counterpart's news arrive, and what it withdraws is destroyed."""
    slice_ = honest.agreement.text.slices[0].id
    made, kept = (honest.release(slice=slice_, fields={"title": "A car"}) for _ in range(2))
    sync()
    assert state_of(honest)[made.id] == "stored"
    honest.withdraw(made)
    found = {each.peer.pk: each for each in sync()}
    assert found[honest.who.id].problem == ""
    assert (state_of(honest)[made.id], state_of(honest)[kept.id]) == ("withdrawn", "stored")
    assert not Received.objects.filter(object=made.id, version=1).exclude(wire=None).exists()
    return found


def answering(body=b"{}", status=200, **headers):
    named = {"Content-Type": MEDIA_TYPE, **{name.replace("_", "-"): each for name, each in headers.items()}}
    return lambda _: httpx.Response(status, content=body, headers=named)


def altered(malicious, **members):
    """A signed object whose release extension says something else."""
    item = encode(malicious.make())
    item["extensions"][RELEASE_EXTENSION].update(members)
    return sign_object(item, malicious.who.node)


OFFERED = {
    "an embargo before the first year": lambda m: altered(m, marking={"tlp": "GREEN", "embargo": EARLY}),
    "an embargo behind the last year": lambda m: altered(m, marking={"tlp": "GREEN", "embargo": LATE}),
    "a salt that is none": lambda m: altered(m, salt="salt"),
    "a kind too long for an id": lambda m: sign_object(
        encode(m.make(kind="incident")) | {"type": f"fourfold-{'a' * 90}"}, m.who.node
    ),
}
ANSWERED = {
    "roots that are no address": ("/taxii2/", answering(b'{"api_roots":["http://["]}')),
    "a root with a lone surrogate": ("/taxii2/", answering(b'{"api_roots":["/\\ud800/"]}')),
    "busy until a time that no calendar has": (
        "/taxii2/",
        answering(
            status=429, Retry_After="Fri, 31 Dec 9999 23:59:59 -2359", Date="Fri, 31 Dec 9999 23:59:59 -2359"
        ),
    ),
    "busy in a zone that no calendar has": (
        "/taxii2/",
        answering(status=503, Retry_After="Fri, 31 Dec 1999 23:59:59 +9999999999999", Date="0"),
    ),
    "a page with a cursor that is no text": (
        "/objects/",
        answering(b'{"objects":[],"more":true,"next":"\\ud800"}'),
    ),
    "keys of a time that no calendar has": (
        "/keys",
        answering(canonical_bytes({"institution": "x", "revocations": [{"revocation": {"since": EARLY}}]})),
    ),
    "nothing": ("/", answering(b"", 204)),
    "an error of this node's own": ("/log", lambda _: 1 // 0),
}


@pytest.mark.parametrize("what", OFFERED)
def test_f2_an_object_of_one_counterpart_keeps_nothing_of_another_from_coming(what, malicious, honest):
    malicious.offer(OFFERED[what](malicious))
    made = malicious.release()
    found = goes_on(honest)
    assert state_of(malicious)[made.id] == "stored"
    assert Received.objects.filter(peer=malicious.who.id, state="quarantined").count() == 1
    assert isinstance(found[malicious.who.id].problem, str)


@pytest.mark.parametrize("what", ANSWERED)
def test_f2_an_answer_of_one_counterpart_keeps_nothing_of_another_from_coming(what, malicious, honest):
    path, answer = ANSWERED[what]
    malicious.instead[path] = answer
    found = goes_on(honest)
    told = found[malicious.who.id].problem
    assert told == Peer.objects.get(pk=malicious.who.id).last_error
    assert told
    assert Event.objects.filter(tag=Tag.SYNC_FAILED, peer=malicious.who.id).count() == 1


def test_f2_an_address_that_is_none_is_its_counterparts_problem(malicious, honest):
    Peer.objects.filter(pk=malicious.who.id).update(url="http://[")
    assert goes_on(honest)[malicious.who.id].problem


def test_f2_the_class_of_an_error_is_kept_for_the_operator_and_nothing_of_what_was_sent(
    malicious, honest, caplog
):
    def failing(_):
        raise LookupError("CANARY")

    malicious.instead["/log"] = failing
    told = goes_on(honest)[malicious.who.id].problem
    assert "LookupError" in told
    assert "CANARY" not in told
    assert any(record.exc_info and record.exc_info[0] is LookupError for record in caplog.records)


def test_f2_who_went_well_comes_first_whatever_the_others_are_called(malicious, honest):
    malicious.instead["/log"] = answering(b"", 500)
    sync()
    assert [each.peer.pk for each in sync()] == [honest.who.id, malicious.who.id]


def test_f2_nobody_gets_an_error_of_this_node_for_a_time_that_no_calendar_has(node, counterpart, ask):
    given = counterpart.who.delegated(counterpart.who.node.key, clock.now())
    body = {"institution": counterpart.who.id, "delegations": [given.model_dump(mode="json")]}
    body["delegations"][0]["delegation"]["valid_from"] = LATE
    asker = ask(None)
    answer = asker.http.post(f"{asker.wire.base}exchange/v1/keys", content=canonical_bytes(body))
    assert answer.status_code == 400


def test_f2_an_object_over_which_this_node_fails_keeps_none_of_its_page_from_being_stored(
    malicious, honest, monkeypatch
):
    bad, good = malicious.release(), malicious.release()
    columns = store_received._columns

    def failing(found, now):
        return columns(found, now) | ({"version": 1 << 70} if found.release.id == bad.id else {})

    with monkeypatch.context() as patch:
        patch.setattr(store_received, "_columns", failing)
        goes_on(honest)
    row = Received.objects.get(peer=malicious.who.id, object=bad.id)
    assert (row.state, row.reason, state_of(malicious)[good.id]) == ("quarantined", "not-kept", "stored")
    refused = next(each.receipt for each in malicious.receipts if each.receipt.object == bad.id)
    assert refused.reasons == (Reason.NOT_A_RELEASE,)
    later = clock.now() + timedelta(hours=2)
    try_again.try_again(Peer.objects.get(pk=malicious.who.id), node_signer(), later)
    assert state_of(malicious)[bad.id] == "stored"


def test_f2_a_store_that_fails_is_no_objects_fault_and_nothing_is_passed_over(malicious, honest, monkeypatch):
    malicious.release()

    def locked(*_):
        raise OperationalError("database is locked")

    with monkeypatch.context() as patch:
        patch.setattr(store_received, "_store_all", locked)
        assert "OperationalError" in {each.peer.pk: each.problem for each in sync()}[malicious.who.id]
    assert Peer.objects.get(pk=malicious.who.id).cursor == ""
    sync()
    assert set(state_of(malicious).values()) == {"stored"}


def test_f2_an_object_with_more_versions_than_a_receipt_lists_can_be_withdrawn(malicious, honest):
    first = malicious.make()
    for number in range(1, 203):
        later = first.modified + timedelta(milliseconds=number)
        changed = {"version": number, "modified": later, "salt": new_salt()}
        made = malicious.release(**{**first.model_dump(), **changed})
    malicious.withdraw(made)
    goes_on(honest)
    assert set(state_of(malicious).values()) == {"withdrawn"}
    assert len(malicious.receipts[-1].receipt.destroyed) == 200


# --- F8: what one counterpart can make a node store, hold and wait for ---


def allow(settings, **values):
    settings.NODE = replace(settings.NODE, **values)


def endless(malicious, fresh):
    """Pages without an end, each with something new."""

    def page(_):
        now = taxii_time(datetime.now(UTC))  # noqa: TID251  the counterpart's own clock
        body = b'{"objects":[%s],"more":true,"next":"%s"}' % (fresh(), new_salt().encode())
        headers = {"Content-Type": MEDIA_TYPE, "X-TAXII-Date-Added-Last": now}
        return httpx.Response(200, content=body, headers=headers)

    malicious.instead["/objects/"] = page


@pytest.mark.parametrize(
    "given",
    [{"budget_requests": 24}, {"budget_mebibytes": 1}, {"budget_objects": 4}],
    ids=["requests", "bytes", "objects"],
)
def test_f8_pages_without_an_end_are_left_when_the_budget_is_spent(given, malicious, honest, settings):
    allow(settings, quarantine_objects=3, **given)
    endless(malicious, lambda: b'{"a":"%s%s"}' % (new_salt().encode(), b"x" * 200_000))
    told = goes_on(honest)[malicious.who.id].problem
    assert "More is waiting there" in told
    assert next(iter(given)) in told
    assert Received.objects.filter(peer=malicious.who.id).count() == 3


def test_f8_what_a_budget_left_comes_at_the_next_sync(malicious, honest, settings, monkeypatch):
    allow(settings, budget_objects=4)
    monkeypatch.setattr("fourfold.node.actions.pull.PAGE_OBJECTS", 2)
    first = malicious.release()
    for _ in range(9):
        malicious.release()
    malicious.withdraw(first)
    counts = []
    for _ in range(4):
        sync()
        counts.append(Received.objects.filter(peer=malicious.who.id).count())
    assert counts == [4, 8, 11, 11]
    assert state_of(malicious)[first.id] == "withdrawn"
    assert Peer.objects.get(pk=malicious.who.id).last_error == ""
    assert len(malicious.receipts) == 11


def test_f8_a_line_that_sends_a_byte_now_and_then_is_left_when_the_time_is_over():
    with socket.create_server(("127.0.0.1", 0)) as server:
        done = threading.Event()

        def drip():
            line, _ = server.accept()
            with line:
                line.sendall(b"HTTP/1.1 200 OK\r\nX-Slow: ")
                while not done.wait(0.02):
                    line.sendall(b"x")

        thread = threading.Thread(target=drip, daemon=True)
        thread.start()
        meter = Meter(Budget(seconds=0.3))
        base = f"http://127.0.0.1:{server.getsockname()[1]}"
        with open_client(None) as http:
            hurry(http, meter)
            wire = Wire(base, http, meter=meter)
            with pytest.raises(SpentError):
                wire.get("/", {}, "*/*")
        done.set()
        thread.join(5)
    assert not thread.is_alive()


def test_f8_a_server_that_asks_to_wait_is_not_waited_for_beyond_the_budget():
    slept = []
    busy = httpx.MockTransport(lambda _: httpx.Response(429, headers={"Retry-After": "59"}))
    with open_client(None, busy) as http:
        wire = Wire("http://peer.example", http, slept.append, Meter(Budget(seconds=58)))
        with pytest.raises(ExchangeError):
            wire.get("/", {}, "*/*")
    assert slept == []


def test_f8_a_quarantine_is_capped_by_number_and_by_bytes(malicious, honest, settings):
    allow(settings, quarantine_objects=5, quarantine_mebibytes=1)
    for _ in range(8):
        malicious.offer(b'{"a":"%s"}' % new_salt().encode())
    sync()
    assert Received.objects.filter(peer=malicious.who.id).count() == 5
    assert ReceiptOut.objects.filter(peer=malicious.who.id).count() == 5
    assert Event.objects.filter(tag=Tag.OBJECT_QUARANTINED, reason="quarantine full").count() == 1
    allow(settings, quarantine_objects=100)
    for _ in range(4):
        malicious.offer(b'{"a":"%s%s"}' % (new_salt().encode(), b"x" * 400_000))
    goes_on(honest)
    assert quarantining.taken(Peer.objects.get(pk=malicious.who.id))[1] <= 1 << 20


def test_f8_what_lies_in_quarantine_is_looked_at_again_only_when_something_is_different(
    malicious, honest, monkeypatch
):
    stranger = Signer.generate()
    for _ in range(3):
        malicious.offer(sign_object(encode(malicious.make()), stranger))
    looked = []
    check = store_received.check_signed

    def counting(wire, keys, now):
        looked.append(digest_bytes(wire))
        return check(wire, keys, now)

    sync()
    monkeypatch.setattr(store_received, "check_signed", counting)
    for _ in range(3):
        sync()
    assert looked == []
    given = delegate(
        malicious.who.institution,
        stranger.key,
        clock.now() - timedelta(days=1),
        clock.now() + timedelta(days=9),
    )
    malicious.keys = KeyHistory(institution=malicious.who.id, delegations=(given,))
    sync()
    assert len(looked) == 3
    assert set(state_of(malicious).values()) == {"stored"}


def test_f8_a_retention_rule_empties_a_quarantine_and_a_check_says_when_it_is_full(
    malicious, honest, settings, tmp_path
):
    allow(settings, quarantine_objects=2)
    for _ in range(3):
        malicious.offer(b'{"a":"%s"}' % new_salt().encode())
    goes_on(honest)
    assert quarantine_found().warns
    assert malicious.who.name in quarantine_found().sentence
    settings.HOME = replace(settings.HOME, path=tmp_path)
    rule = "schema: fourfold.retention/1\nrules:\n  - {what: quarantined, at_most_days: 7}\n"
    settings.HOME.retention_file.write_text(rule)
    assert apply_retention("tester").destroyed == ()
    Received.objects.filter(state="quarantined").update(received=clock.now() - timedelta(days=8))
    assert len(apply_retention("tester").destroyed) == 2
    assert not Received.objects.filter(peer=malicious.who.id).exists()
    assert "at most 300 seconds" in quarantine_found().sentence
    assert not quarantine_found().warns


def quarantine_found():
    return next(each for each in watched(clock.now()) if each.name == "quarantine")


def test_f8_refused_receipts_are_noted_once_in_a_while(node, counterpart, ask):
    asker, bodies = ask(counterpart.who.node), [b"{}", b"[]", b"0"]
    before = Event.objects.count()
    for _ in range(3):
        body = b'{"receipts":[' + b",".join(bodies * 50) + b"]}"
        answer = asker.http.post(f"{asker.wire.base}exchange/v1/receipts", content=body)
        assert {each["result"] for each in answer.json()["results"]} == {"refused"}
    assert Event.objects.count() == before + 1


def test_f8_so_many_statements_about_keys_are_kept_and_no_more(node, counterpart, ask, monkeypatch):
    monkeypatch.setattr("fourfold.node.keyrings.MOST_STATEMENTS", 12)
    now, asker = clock.now(), ask(None)
    who = counterpart.who
    for _ in range(3):
        made = tuple(who.delegated(Signer.generate().key, now) for _ in range(6))
        told = KeyHistory(institution=who.id, delegations=made)
        asker.nodes.tell_keys(told)
    assert KeyStatement.objects.filter(institution=who.id).count() == 12
    assert Event.objects.filter(tag=Tag.KEY_REFUSED, reason="too many statements").count() == 1


def test_f8_so_many_unknown_releases_are_listed_and_no_more(node, counterpart, ask, monkeypatch):
    monkeypatch.setattr("fourfold.node.actions.accept_holdings.MOST_UNKNOWN", 10)
    asker = ask(counterpart.who.node)
    for _ in range(3):
        lost = [Item(id="incident--x", version=1, digest=digest_bytes(new_salt().encode())) for _ in range(8)]
        made = Holdings(
            owner=node.id,
            recipient=counterpart.who.id,
            said_by=counterpart.who.id,
            at=clock.now(),
            all=total(sorted(lost, key=lambda each: each.digest)),
            unknown=tuple(lost),
        )
        asker.nodes.tell_holdings(sign_holdings(made, counterpart.who.node))
    assert UnknownRelease.objects.count() == 10
    assert Event.objects.filter(tag=Tag.RELEASE_UNKNOWN).count() == 10


def let_pass_files(node, counterpart):
    """Another agreement, under which the counterpart may name files."""
    terms = counterpart.agreement.text.slices[0]
    fields = {"incident": ("title", "attachments")}
    ways = tuple(each.model_copy(update={"fields": fields}) for each in terms.directions)
    opened = terms.model_copy(update={"id": "files", "directions": ways})
    text = counterpart.agreement.text.model_copy(update={"id": new_id("agreement"), "slices": (opened,)})
    counterpart.agreement = countersign(sign(text, node.institution), counterpart.who.institution)
    agreeing.keep(counterpart.agreement, clock.now())


@pytest.fixture
def with_files(node, malicious, honest, settings, tmp_path):
    """The node keeps files in a folder of this test; both counterparts may name some."""
    for name in ("keys", "passphrase"):
        (tmp_path / name).symlink_to(settings.HOME.path / name)
    settings.HOME = Home(tmp_path)
    for each in (malicious, honest):
        let_pass_files(node, each)
    return malicious


def naming(size, digest="sha256:" + 64 * "c"):
    """What a release says that names one file."""
    file = {"name": "a.log", "media_type": "text/plain", "size": size, "digest": digest}
    return {"slice": "files", "fields": {"title": "A car", "attachments": [file]}}


def any_bytes(request):
    """As many bytes as are asked for."""
    first, last = (int(each) for each in request.headers["Range"].removeprefix("bytes=").split("-"))
    said = {"Content-Range": f"bytes {first}-{last}/{1 << 40}"}
    return httpx.Response(206, content=bytes(last - first + 1), headers=said)


def parts(home):
    folder = home.path / "attachments" / "part"
    return sum(file.stat().st_size for file in folder.iterdir()) if folder.exists() else 0


def test_f8_a_file_beyond_the_quota_is_not_fetched_and_nothing_of_it_is_kept(with_files, honest, settings):
    allow(settings, files_mebibytes=1)
    with_files.instead["/attachments/"] = any_bytes
    with_files.release(**naming(1 << 40))
    with_files.release(**naming(900_000))
    told = goes_on(honest)[with_files.who.id].problem
    assert "files_mebibytes" in told
    assert parts(settings.HOME) == 0
    assert Event.objects.filter(tag=Tag.ATTACHMENT_REFUSED, reason="no room").count() == 1


def test_f8_a_file_leaves_some_of_the_disk_free(with_files, honest, settings, monkeypatch):
    allow(settings, files_mebibytes=1 << 29)
    free = Disk(free=(1 << 30) + 5_000, store=0)
    monkeypatch.setattr("fourfold.node.actions.fetch_attachments.disk", lambda: free)
    with_files.instead["/attachments/"] = any_bytes
    with_files.release(**naming(6_000))
    assert "reserve_mebibytes" in goes_on(honest)[with_files.who.id].problem
    assert parts(settings.HOME) == 0


def test_f8_a_file_that_takes_more_than_a_budget_goes_on_at_the_next_sync(with_files, honest, settings):
    content = bytes(3 << 20)
    allow(settings, budget_mebibytes=9)
    with_files.instead["/attachments/"] = any_bytes
    with_files.release(**naming(len(content) * 4, digest_bytes(content * 4)))
    assert "More is waiting" in {each.peer.pk: each.problem for each in sync()}[with_files.who.id]
    assert parts(settings.HOME) == 8 << 20
    sync()
    assert parts(settings.HOME) == 0
    assert files.place(digest_bytes(content * 4)).stat().st_size == len(content) * 4


def test_f8_what_one_counterpart_sends_of_a_file_is_not_taken_for_anothers(with_files, honest, settings):
    content = b"what the honest one keeps" * 100

    def breaking_off(request):
        if request.headers["Range"] != f"bytes=0-{len(content) - 1}":
            raise httpx.ReadError("the line broke")
        return httpx.Response(206, content=b"!", headers={"Content-Range": "bytes 0-0/9"})

    with_files.instead["/attachments/"] = breaking_off
    with_files.release(**naming(len(content), digest_bytes(content)))
    sync()
    assert parts(settings.HOME) == 1
    whole = httpx.Response(206, content=content, headers={"Content-Range": f"bytes 0-{len(content) - 1}/9"})
    honest.instead["/attachments/"] = lambda _: whole
    honest.release(**naming(len(content), digest_bytes(content)))
    sync()
    assert files.place(digest_bytes(content)).read_bytes() == content


def test_f2_what_could_not_be_made_up_for_keeps_nobody_from_a_turn(malicious, honest, monkeypatch):
    monkeypatch.setattr("fourfold.node.actions.sync.tell_revocations", lambda: 1 // 0)
    goes_on(honest)
