"""Three real nodes: what one releases goes on to a third only with its consent, and comes back."""

from datetime import timedelta

import own_stores
import pytest

from fourfold.errors import NotFoundError, RefusedError
from fourfold.exchange.evidence import Outcome, outcome, verify_evidence, write_evidence
from fourfold.exchange.holdings import Holdings, Item, Sum, sign_holdings
from fourfold.exchange.receipts import read_receipt
from fourfold.exchange.stix import decode, read_object
from fourfold.node import clock, keeping, models, releasing
from fourfold.node.actions.accept_holdings import accept_holdings
from fourfold.node.actions.add_record import NewRecord, add_record
from fourfold.node.actions.ask_consent import ask_consent
from fourfold.node.actions.change_record import Changes, change_record
from fourfold.node.actions.decline_consent import decline_consent
from fourfold.node.actions.end_agreement import end_agreement, tell_endings
from fourfold.node.actions.give_consent import give_consent
from fourfold.node.actions.grant_consent import grant_consent
from fourfold.node.actions.pass_on import pass_on
from fourfold.node.actions.preview_release import preview_release
from fourfold.node.actions.release_record import release_record
from fourfold.node.actions.revoke_consent import revoke_consent, tell_revocations
from fourfold.node.actions.withdraw import withdraw
from fourfold.node.destroying import DESTROYED
from fourfold.node.evidencing import pieces
from fourfold.node.web.queries.record import record_view
from fourfold.node.web.queries.releases import release_view
from fourfold.records.markings import Caveat, Marking, Tlp
from fourfold.release import LAST_VERSION

SECRET = "ZQCANARYQZ"
AMBER = Marking(tlp=Tlp.AMBER)


@pytest.fixture
def three(chain):
    """A and B agree, B and C agree; A and C do not know each other."""
    return chain.nodes


def share(a, b, marking=AMBER):
    """A releases an incident to B; the release's id."""
    record = a.keep(SECRET, marking)
    with a:
        if marking.caveats:
            with pytest.raises(RefusedError, match="Row 7"):
                release_record(record, a.peer(b), "analyst")
            give_consent(record, a.peer(b), until(), "liaison")
        release = release_record(record, a.peer(b), "analyst").release_id
    b.collect(a)
    return release


def ask(a, b, c, object_):
    """B keeps what it received to pass it on, and asks A; the record at B and the request."""
    with b:
        record = pass_on(object_, "public-incidents", "officer").record
        request = ask_consent(record, b.peer(c), "officer").pk
    a.collect(b)
    return record, request


def until():
    return clock.now() + timedelta(days=30)


def incidents(node):
    with node:
        rows = models.Received.objects.filter(kind="incident", state="stored").exclude(wire=None)
        return [decode(read_object(bytes(row.wire)).value) for row in rows]


def passed_on(three, marking=AMBER):
    """The whole way from A through B to C."""
    a, b, c = three
    object_ = share(a, b, marking)
    record, request = ask(a, b, c, object_)
    a.do(grant_consent, request, until(), "liaison")
    b.collect(a)
    with b:
        onward = release_record(record, b.peer(c), "officer").release_id
    return object_, record, request, onward


def state(node, release):
    with node:
        return models.Release.objects.get(pk=release).state


def on_disk(node):
    """Whether a node's store holds the secret anywhere."""
    with node:
        return own_stores.holds(node.connection, SECRET.encode())


def test_without_consent_nothing_goes_on_and_the_reasons_are_told(three):
    a, b, c = three
    object_ = share(a, b)
    with b:
        record = pass_on(object_, "public-incidents", "officer").record
        assert pass_on(object_, "public-incidents", "officer").record == record
        content = keeping.latest(record).content()
        assert (content.owner, content.originators) == (b.id, {a.id})
        with pytest.raises(RefusedError, match="Row 5"):
            release_record(record, b.peer(c), "officer")
        reports = {each.recipient: each for each in preview_release(record).recipients}
        assert "amber-no-consent" in {finding.code for finding in reports[c.id].plan.findings}
    c.collect(b)
    assert incidents(c) == []


def test_with_consent_it_goes_on_as_its_originators_and_no_further(three):
    a, b, c = three
    _, record, _, _ = passed_on(three)
    c.collect(b)
    (held,) = incidents(c)
    assert (held.owner, held.originators, held.fields["title"]) == (b.id, {a.id}, SECRET)
    with c:
        again = pass_on(held.id, "public-incidents", "officer").record
        with pytest.raises(RefusedError, match="Row 5"):
            release_record(again, c.peer(b), "officer")
        with pytest.raises(RefusedError, match="compute the very bytes"):
            ask_consent(again, c.peer(b), "officer")
    with b:
        row = keeping.latest(record)
        edit = Changes({**row.content().payload, "description": "More."}, AMBER, "public-incidents")
        change_record(record, edit, "officer")
        with pytest.raises(RefusedError, match="Row 5"):
            release_record(record, b.peer(c), "officer")


def test_nobody_but_its_originator_loosens_what_was_received(three):
    a, b, c = three
    object_ = share(a, b)
    with b:
        verbatim = pass_on(object_, "public-incidents", "officer").record
        made = NewRecord(
            "incident", "incident_reporting", {"title": "Ours"}, AMBER, "public-incidents", sources=(object_,)
        )
        derived = add_record(made, "analyst").record
        for record in (verbatim, derived):
            payload = keeping.latest(record).content().payload
            for looser in (Marking(tlp=Tlp.CLEAR), Marking(tlp=Tlp.AMBER, rel_to=frozenset({c.id}))):
                with pytest.raises(RefusedError, match="theirs to loosen"):
                    change_record(record, Changes(payload, looser, "public-incidents"), "officer", "director")
            tighter = Marking(tlp=Tlp.RED, caveats=frozenset({Caveat.ORCON}))
            assert (
                change_record(record, Changes(payload, tighter, "public-incidents"), "officer").version == 2
            )


def test_caveats_travel_and_are_honoured(three):
    _, b, c = three
    passed_on(three, Marking(tlp=Tlp.GREEN, caveats=frozenset({Caveat.ORCON})))
    c.collect(b)
    (held,) = incidents(c)
    assert held.marking.caveats == {Caveat.ORCON}


def test_the_originator_sees_and_signs_exactly_what_would_go_on(three):
    a, b, c = three
    object_ = share(a, b)
    record, request = ask(a, b, c, object_)
    with b:
        content = keeping.latest(record).content()
        edited = Changes({**content.payload, "title": "Edited"}, AMBER, "public-incidents")
        change_record(record, edited, "officer")
        other = ask_consent(record, b.peer(c), "officer").pk
    a.collect(b)
    with pytest.raises(RefusedError, match="not what was released"):
        a.do(grant_consent, other, until(), "liaison")
    with a:
        case = grant_consent(request, until(), "liaison")
        assert case.document.record_digest == content.digest()
        with pytest.raises(RefusedError, match="answered once"):
            grant_consent(request, until(), "liaison")
        with pytest.raises(NotFoundError):
            grant_consent("release--00000000-0000-4000-8000-000000000000", until(), "liaison")
    with b, pytest.raises(NotFoundError):
        grant_consent(request, until(), "officer")  # nobody answers its own request
    for node in (a, b):
        with node:
            body = b"".join(bytes(each.body) for each in models.ConsentCase.objects.all())
            assert SECRET.encode() not in body


def test_a_declined_request_changes_nothing_and_may_be_asked_anew(three):
    a, b, c = three
    record, request = ask(a, b, c, share(a, b))
    a.do(decline_consent, request, "liaison")
    b.collect(a)
    with b:
        assert models.ConsentCase.objects.get(pk=request).state == "declined"
        assert not models.ConsentDocument.objects.exists()
        with pytest.raises(RefusedError, match="Row 5"):
            release_record(record, b.peer(c), "officer")
        assert ask_consent(record, b.peer(c), "officer").pk != request


def test_a_revoked_consent_stops_delivery_at_once_and_takes_back_what_went_on(three):
    a, b, c = three
    *_, request, onward = passed_on(three)
    a.do(revoke_consent, request, "liaison")
    b.collect(a)
    c.collect(b)
    assert incidents(c) == []  # it never left
    b.collect(c)
    assert state(b, onward) == models.ReleaseState.NOT_HELD


def test_what_was_collected_on_a_revoked_consent_is_destroyed(three):
    a, b, c = three
    *_, request, onward = passed_on(three)
    c.collect(b)
    assert len(incidents(c)) == 1
    a.do(revoke_consent, request, "liaison")
    a.do(revoke_consent, request, "liaison")
    b.collect(a)
    assert state(b, onward) == models.ReleaseState.WITHDRAWAL_PENDING
    c.collect(b)
    assert incidents(c) == []
    assert state(b, onward) == models.ReleaseState.CONFIRMED


def claim(b, c, onward):
    """C says, signed, that it holds another version of what B released to it: the highest there can be."""
    with b:
        row = models.ReleaseVersion.objects.get(release=onward)
        item = Item(id=row.stix_id, version=LAST_VERSION, digest="sha256:" + 64 * "f")
        given = {"owner": b.id, "recipient": c.id, "said_by": c.id, "at": clock.now()}
        made = Holdings(**given, all=Sum(count=0, root=64 * "0"), unknown=(item,))
        accept_holdings(b.peer(c), sign_holdings(made, c.keys.node))


def test_f1_the_claim_of_a_third_does_not_keep_what_its_originator_withdraws(three):
    a, b, c = three
    object_, _, _, onward = passed_on(three)
    c.collect(b)
    claim(b, c, onward)
    a.do(withdraw, object_, "a mistake", "analyst")
    b.collect(a)
    assert not on_disk(b)
    c.collect(b)
    b.collect(a)
    assert state(a, object_) == models.ReleaseState.CONFIRMED


def test_f1_the_claim_of_a_third_keeps_no_consent_from_being_revoked(three):
    a, b, c = three
    *_, request, onward = passed_on(three)
    claim(b, c, onward)
    a.do(revoke_consent, request, "liaison")
    b.collect(a)
    with b:
        assert models.ConsentDocument.objects.get().revoked is not None
    c.collect(b)
    assert incidents(c) == []


def test_f1_a_consent_is_revoked_though_its_holder_cannot_be_told_of_it_now(three):
    a, b, c = three
    *_, request, _ = passed_on(three)
    with a:
        models.Peer.objects.filter(pk=b.id).update(epoch_due=True)
        assert revoke_consent(request, "liaison").revoked is not None
        tell_revocations()
        assert models.Event.objects.filter(tag=models.Tag.NEWS_WAITS).count() == 1
        models.Peer.objects.update(epoch_due=False)
        tell_revocations()
        tell_revocations()
        assert models.Event.objects.filter(tag=models.Tag.NEWS_TOLD).count() == 1
    b.collect(a)
    c.collect(b)
    assert incidents(c) == []


def test_f1_a_consent_is_revoked_though_nobody_can_be_told_of_it_now(three):
    """B's log for C is closed, as after a restore; what A revoked is not delivered, whatever fails."""
    a, b, c = three
    *_, request, onward = passed_on(three)
    c.collect(b)
    with b:
        models.Peer.objects.filter(pk=c.id).update(epoch_due=True)
    a.do(revoke_consent, request, "liaison")
    b.collect(a)
    assert state(b, onward) == models.ReleaseState.WITHDRAWAL_PENDING
    with b:
        assert models.ConsentDocument.objects.get().revoked is not None
        assert list(releasing.untold().values_list("pk", flat=True)) == [onward]
        models.Peer.objects.update(epoch_due=False)
        releasing.tell_waiting(clock.now())
    c.collect(b)
    assert state(b, onward) == models.ReleaseState.CONFIRMED


def test_a_consent_that_has_expired_covers_nothing(three, monkeypatch):
    _, b, c = three
    passed_on(three)
    later = clock.now() + timedelta(days=31)
    monkeypatch.setattr(clock, "now", lambda: later)
    c.collect(b)
    assert incidents(c) == []


def test_a_withdrawal_reaches_the_third_node_and_is_pending_until_every_holder_answered(three):
    a, b, c = three
    object_, record, _, onward = passed_on(three)
    c.collect(b)
    assert all(on_disk(node) for node in (a, b, c))
    a.do(withdraw, object_, "a mistake", "analyst")
    b.collect(a)
    assert state(a, object_) == models.ReleaseState.WITHDRAWAL_PENDING
    assert state(b, onward) == models.ReleaseState.WITHDRAWAL_PENDING
    with b:
        row = keeping.latest(record)
        assert (row.destroyed is not None, row.content().payload) == (True, {})
        with pytest.raises(RefusedError, match="withdrew"):
            release_record(record, b.peer(c), "officer")
        with pytest.raises(RefusedError, match="destroyed"):
            change_record(record, Changes({"title": "x"}, AMBER, "public-incidents"), "officer")
    b.collect(a)
    assert state(a, object_) == models.ReleaseState.WITHDRAWAL_PENDING
    c.collect(b)
    assert state(b, onward) == models.ReleaseState.CONFIRMED
    b.collect(a)
    assert state(a, object_) == models.ReleaseState.CONFIRMED
    assert not on_disk(b)
    assert not on_disk(c)
    with b:
        assert record_view(record).title == DESTROYED
        assert release_view(onward).state
        files = {name: write_evidence(item) for peer in (b.peer(a), b.peer(c)) for name, item in pieces(peer)}
    assert outcome(verify_evidence(files)) is Outcome.HOLDS
    assert not any(SECRET.encode() in file for file in files.values())
    with a:
        receipt = models.ReceiptIn.objects.get(release_version__release=object_, outcome="withdrawn")
        assert len(read_receipt(bytes(receipt.body)).receipt.destroyed) == 1


def test_what_was_written_from_others_material_carries_it_and_goes_nowhere_once_it_was_withdrawn(three):
    a, b, c = three
    object_ = share(a, b, Marking(tlp=Tlp.AMBER, caveats=frozenset({Caveat.ORCON})))
    payload = {"title": "Our view of it"}
    with b:
        given = NewRecord(
            "incident", "incident_reporting", payload, Marking(tlp=Tlp.CLEAR), "public-incidents",
            sources=(object_,),
        )  # fmt: skip
        record = add_record(given, "analyst").record
        content = keeping.latest(record).content()
        assert content.originators == {a.id, b.id}
        assert content.marking == Marking(tlp=Tlp.AMBER, caveats=frozenset({Caveat.ORCON}))
        assert content.derived_from == (object_,)
        second = add_record(
            NewRecord(
                "incident",
                "incident_reporting",
                payload,
                Marking(tlp=Tlp.CLEAR),
                "public-incidents",
                sources=(record,),
            ),
            "analyst",
        ).record
        assert keeping.latest(second).content().originators == {a.id, b.id}
        with pytest.raises(RefusedError, match="Row 7"):
            release_record(second, b.peer(c), "officer")
    a.do(withdraw, object_, "", "analyst")
    b.collect(a)
    with b:
        assert keeping.latest(record).content().payload == payload  # its own words are not destroyed
        for each in (record, second):
            with pytest.raises(RefusedError, match="withdrew"):
                release_record(each, b.peer(c), "officer")


def test_f1_an_agreement_is_ended_though_a_party_cannot_be_told_of_it_now(three):
    a, b, _ = three
    with b:
        ours = models.Agreement.objects.filter(founding=False, parties__institution=a.id).first()
        models.Peer.objects.filter(pk=a.id).update(epoch_due=True)
        end_agreement(ours.digest, "no longer", "liaison")
        with pytest.raises(RefusedError, match="Row 1"):
            release_record(b.keep("A car"), b.peer(a), "analyst")
        models.Peer.objects.update(epoch_due=False)
        tell_endings()
        assert models.Event.objects.filter(tag=models.Tag.NEWS_TOLD).count() == 1
    a.collect(b)
    with a:
        assert models.Agreement.objects.get(pk=ours.digest).ended is not None


def test_a_group_agreement_among_three_is_ended_by_one_alone_at_once(network):
    a, b, c = network.nodes
    for one, other in ((a, b), (b, c), (a, c)):
        network.join(one, other)
    digest = network.agree(a, b, c)
    for node in network.nodes:
        with node:
            assert models.Agreement.objects.get(pk=digest).complete is not None
    record = a.keep("A car")
    with a:
        for other in (b, c):
            release_record(record, a.peer(other), "analyst")
    for other in (b, c):
        other.collect(a)
        assert len(incidents(other)) == 1
    second = a.keep("A bus")
    with a:
        release_record(second, a.peer(b), "analyst")
    c.do(end_agreement, digest, "no longer", "liaison")
    with c, pytest.raises(RefusedError, match="Row 1"):
        release_record(c.keep("A train"), c.peer(a), "analyst")
    a.collect(c)
    with a, pytest.raises(RefusedError, match="Row 1"):
        release_record(second, a.peer(c), "analyst")
    b.collect(a)
    assert len(incidents(b)) == 1  # between the two others it has ended as well
