"""Separation between two real nodes: nothing crosses but the closed stub, and the hash of a seal."""

import json
from itertools import product

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from fourfold.errors import NotFoundError, RefusedError
from fourfold.exchange.evidence import Outcome, outcome, read_evidence, verify_evidence, write_evidence
from fourfold.exchange.stix import decode, read_object, sign_release
from fourfold.exchange.verify import Refusal, check_received
from fourfold.node import clock, keeping, models
from fourfold.node.actions.change_record import Changes, change_record
from fourfold.node.actions.prove_record import prove_record
from fourfold.node.actions.release_record import release_record
from fourfold.node.actions.seal_record import seal_record
from fourfold.node.actions.store_received import context_of
from fourfold.node.actions.stub_record import stub_record
from fourfold.node.actions.withdraw import withdraw
from fourfold.node.kinds import kinds, kinds_by_acts
from fourfold.node.web.queries.inbox import received_view
from fourfold.node.web.queries.listing import Asked
from fourfold.node.web.queries.releases import release_view, releases_view
from fourfold.records.markings import Caveat, Marking, Tlp

APART = "sensitive-incidents"
SECRET = "ZQCANARYQZ"
SHAPE = {"id", "kind", "handling", "date"}


def held(node, kind="stub"):
    with node:
        rows = models.Received.objects.filter(kind=kind, state="stored").order_by("pk")
        return [decode(read_object(bytes(row.wire)).value) for row in rows]


def test_a_stub_tells_four_things_and_is_withdrawn_like_any_release(two):
    one, other = two
    record = one.keep(SECRET, Marking(tlp=Tlp.AMBER), slice=APART)
    with one:
        made = stub_record(record, one.peer(other), "officer")
        assert stub_record(record, one.peer(other), "officer").pk == made.pk
    (pulled,) = other.collect(one)
    assert (pulled.stored.stored, pulled.stored.refused) == (1, 0)
    (stub,) = held(other)
    assert set(stub.fields) == SHAPE
    with one:
        day = keeping.latest(record).modified.date().isoformat()
    assert stub.fields == {"id": stub.fields["id"], "kind": "incident", "handling": "AMBER", "date": day}
    with one:
        assert release_view(made.release_id).kind == "Stub"
        assert [row.kind for row in releases_view(Asked("", {})).rows] == ["Stub"]
    with other:
        shown = received_view(models.Received.objects.get(kind="stub").pk)
        assert [field.title for field in shown.fields] == ["Id", "Kind", "Handling", "Date"]
    one.do(withdraw, made.release_id, "", "officer")
    other.collect()
    assert held(other) == []
    with one:
        assert models.Release.objects.get(pk=made.release_id).state == models.ReleaseState.CONFIRMED


def test_a_stub_leads_neither_to_the_record_nor_to_a_later_release_of_it(two):
    one, other = two
    record = one.keep("A car", slice=APART)
    with one:
        stub_record(record, one.peer(other), "officer")
        row = keeping.latest(record)
        open_ = Changes(
            payload=row.content().payload, marking=row.content().marking, slice="public-incidents"
        )
        change_record(record, open_, "analyst", "officer")
        released = release_record(record, one.peer(other), "analyst")
        with pytest.raises(RefusedError):
            stub_record(record, one.peer(other), "officer")
    other.collect()
    assert held(other) == []  # withdrawn when the record itself was released
    (incident,) = held(other, "incident")
    with one:
        stub = models.Release.objects.get(kind="stub").versions.get(version=1).content()
        assert {incident.id, incident.derived_from}.isdisjoint({stub.id, stub.derived_from})
        assert record not in bytes(released.wire).decode()


def test_without_the_agreements_word_for_stubs_there_is_none(network, several):
    one, other, _ = network.nodes
    network.join(one, other)
    apart = several.terms(APART, several.Level.SEPARATION, (one, other), {"incident": ()}, directions=())
    network.agree(one, other, slices=(apart,))
    record = one.keep("A car", slice=APART)
    with one:
        with pytest.raises(RefusedError, match="Row 1"):
            stub_record(record, one.peer(other), "officer")
        assert not keeping.latest(record).wants_stub
        assert models.Event.objects.filter(tag=models.Tag.RELEASE_WITHHELD, reason="stub").exists()


def test_a_stub_made_by_a_counterpart_that_holds_anything_more_is_refused(two):
    one, other = two
    record = one.keep("A car", slice=APART)
    with one:
        good = stub_record(record, one.peer(other), "officer").content()
    with other:
        context = context_of(other.peer(one), clock.now(), lambda _object: None)

        def checked(**changes):
            return check_received(sign_release(good.model_copy(update=changes), one.keys.node), context)

        assert not isinstance(checked(), Refusal)
        more = [
            {"fields": {**good.fields, "title": SECRET}},
            {"fields": {**good.fields, "date": SECRET}},
            {"fields": {**good.fields, "id": SECRET}},
            {"fields": {name: value for name, value in good.fields.items() if name != "kind"}},
            {"fields": {**good.fields, "kind": "other_kind"}},
            {"marking": Marking(tlp=Tlp.GREEN, caveats=frozenset({Caveat.PROPRIETARY}))},
            {"marking": Marking(tlp=Tlp.GREEN, rel_to=frozenset({other.id}))},
            {"originators": frozenset({one.id, "identity--third"})},
            {"slice": "public-incidents"},
        ]
        assert all(isinstance(checked(**each), Refusal) for each in more)


# Everything an institution can do with a record of any kind in a slice at separation, in any order: what the
# counterpart can then read holds the closed stub, and nothing else of it.
def _payload(kind):
    """A payload of a kind that says the secret wherever it can say anything."""
    fields = {}
    for name, info in kind.payload.model_fields.items():
        if info.is_required() or info.annotation in {str, str | None}:
            fields[name] = SECRET
    return fields


KINDS = sorted(set(kinds()) - kinds_by_acts())
ACTS = ("stub", "seal", "release", "prove for the counterpart", "withdraw", "change")


def _do(one, other, act, record):
    peer = one.peer(other)
    row = keeping.latest(record)
    try:
        match act:
            case "stub":
                stub_record(record, peer, "officer")
            case "seal":
                seal_record(record, peer, "officer")
            case "release":
                release_record(record, peer, "analyst")
            case "prove for the counterpart":
                prove_record(record, peer, "officer", reader=peer)
            case "withdraw":
                for each in models.Release.objects.filter(record=record):
                    withdraw(each.id, SECRET, "officer")
            case _:
                tighter = row.content().marking.model_copy(update={"caveats": frozenset({Caveat.ORCON})})
                changed = {**row.content().payload, "title": SECRET + str(row.version)}
                change_record(record, Changes(changed, tighter, APART), "analyst")
    except (RefusedError, NotFoundError):
        return False
    return True


@pytest.fixture
def apart(network, several):
    """Two nodes whose agreement keeps every kind there is apart, and lets stubs stand."""
    one, other, _ = network.nodes
    network.join(one, other)
    told = {name: kinds()[name].fields for name in KINDS}
    network.agree(one, other, slices=(several.terms(APART, several.Level.SEPARATION, (one, other), told),))
    return one, other


@pytest.mark.parametrize("kind", KINDS)
@hypothesis_settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(acts=st.lists(st.sampled_from(ACTS), min_size=1, max_size=6), tlp=st.sampled_from(list(Tlp)))
def test_whatever_is_done_nothing_crosses_but_the_closed_stub(apart, network, kind, acts, tlp):
    one, other = apart
    marking = Marking(tlp=tlp)
    record = one.keep(SECRET, marking, slice=APART, kind=kind, payload=_payload(kinds()[kind]))
    network.answers.clear()
    with one:
        done = [act for act in acts if _do(one, other, act, record)]
    assert "release" not in done
    assert "prove for the counterpart" not in done
    other.collect()
    told = [body for asked, body in network.answers if asked == one.name]
    assert not any(SECRET.encode() in body or record.encode() in body for body in told)
    stubs = held(other)
    assert all(set(stub.fields) == SHAPE for stub in stubs)
    assert held(other, kind) == []
    with one:
        everything = models.ReleaseVersion.objects.filter(release__record=record, revoked=False)
        assert {row.stix_type for row in everything} <= {"fourfold-stub"}


def _closed(stub):
    """All that a stub's wire holds, with what is fresh or common put aside."""
    value = json.loads(stub)
    extension = next(part for part in value["extensions"].values() if "fields" in part)
    for name in ("id", "created", "modified"):
        value[name] = name
    for name in ("commitment", "derived_from", "salt", "signature", "number"):
        extension[name] = name
    extension["fields"] |= {"id": "id", "date": "date"}
    return value


def test_two_stubs_differ_only_in_kind_label_and_day(two):
    one, other = two
    caveats = [frozenset(), frozenset({Caveat.ORCON, Caveat.PERSONAL})]
    payloads = [{}, {"analyst_note": SECRET, "countries": ["FR"]}]
    shown = []
    for payload, caveat in product(payloads, caveats):
        record = one.keep(SECRET, Marking(tlp=Tlp.GREEN, caveats=caveat), slice=APART, payload=payload)
        with one:
            if Caveat.ORCON in caveat:
                with pytest.raises(RefusedError, match="Row 7"):
                    stub_record(record, one.peer(other), "officer")
                continue
            shown.append(bytes(stub_record(record, one.peer(other), "officer").wire))
    assert len(shown) == 2
    assert _closed(shown[0]) == _closed(shown[1])


def test_a_seal_is_dated_by_the_countersignature_and_proven_to_an_auditor(two):
    one, other = two
    record = one.keep(SECRET, Marking(tlp=Tlp.RED), slice=APART)
    with one:
        sealed = seal_record(record, one.peer(other), "officer")
        assert seal_record(record, one.peer(other), "officer").pk == sealed.pk
        with pytest.raises(RefusedError, match="not countersigned"):
            prove_record(record, one.peer(other), "officer")
    other.collect()
    with other:
        assert not models.Received.objects.filter(kind="incident").exists()
        assert models.SeenLeaf.objects.filter(hash=bytes(sealed.leaf.hash)).exists()
    with one:
        change = Changes({"title": "changed"}, Marking(tlp=Tlp.RED), APART)
        change_record(record, change, "analyst")
        proof = prove_record(record, one.peer(other), "officer")
    file = write_evidence(proof)
    assert SECRET in file.decode()
    checks = verify_evidence({"proof.json": file})
    assert outcome(checks) is Outcome.HOLDS
    named = {check.name: check for check in checks}
    assert named["record"].outcome is named["countersignature"].outcome is Outcome.HOLDS
    forged = proof.record.replace(SECRET, "something else")
    for wrong in (
        proof.model_copy(update={"record": forged}),
        proof.model_copy(update={"salt": "0" * 64}),
        proof.model_copy(update={"keeper": proof.reader}),
        proof.model_copy(update={"holding": proof.holding.model_copy(update={"owner": other.id})}),
    ):
        assert outcome(verify_evidence({"proof.json": write_evidence(wrong)})) is Outcome.FAILS
    bare = proof.model_copy(update={"reader": None})
    opened = {check.name: check.outcome for check in verify_evidence({"proof.json": write_evidence(bare)})}
    assert opened["countersignature"] is Outcome.OPEN


def test_a_counterpart_sees_of_a_seal_what_a_later_agreement_lets_pass(network, several):
    one, other, _ = network.nodes
    network.join(one, other)
    told = {"incident": ("title",)}
    first = network.agree(
        one,
        other,
        slices=(several.terms(APART, several.Level.SEPARATION, (one, other), told, directions=()),),
    )
    record = one.keep("A car", slice=APART)
    with one:
        seal_record(record, one.peer(other), "officer")
    other.collect()
    with one:
        with pytest.raises(RefusedError, match="Row 3"):
            prove_record(record, one.peer(other), "officer", reader=one.peer(other))
        before = models.Agreement.objects.get(pk=first).content()
    closer = several.terms(APART, several.Level.COMMUNICATION, (one, other), told)
    network.agree(
        one, other, slices=(closer,), id=before.id, number=2, predecessor=first, valid_from=clock.now()
    )
    with one:
        proof = prove_record(record, one.peer(other), "officer", reader=one.peer(other))
    file = write_evidence(proof)
    assert b"what happened" not in file
    assert [opening.field for opening in read_evidence(file).openings] == ["title"]
    assert outcome(verify_evidence({"proof.json": file})) is Outcome.HOLDS
    wrong = proof.openings[0].model_copy(update={"value": "A bus"})
    other_value = write_evidence(proof.model_copy(update={"openings": (wrong,)}))
    assert outcome(verify_evidence({"proof.json": other_value})) is Outcome.FAILS
