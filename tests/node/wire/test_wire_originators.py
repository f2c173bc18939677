"""Whose something is that came from a counterpart: what its owner says of others is its word, and no fact."""

import pytest

from fourfold.errors import RefusedError
from fourfold.node import keeping
from fourfold.node.actions.pass_on import pass_on
from fourfold.node.actions.preview_release import preview_release
from fourfold.node.actions.release_record import release_record
from fourfold.node.models import Peer, RecordVersion
from fourfold.node.provenance import as_believed
from fourfold.node.queries.records import received_rows
from fourfold.records.envelope import UNKNOWN_ORIGINATOR
from fourfold.records.markings import Marking, Tlp
from fourfold.release import Outcome

NOBODY = "identity--0f8fad5b-d9cb-569f-a165-70867728950e"
CLAIMS = ["A", "B", "nobody", "X", "A and C", "B and C"]


@pytest.fixture
def named(node, counterpart, stranger):
    """Whom a claim means: C sends to B, which is the node, and knows A too."""
    ids = {"A": stranger.who.id, "B": node.id, "C": counterpart.who.id, "nobody": NOBODY, "X": "X"}
    return lambda claim: frozenset(ids[each] for each in claim.split(" and "))


def outcomes(record):
    return {each.recipient: each.outcome for each in preview_release(record).recipients}


def kept(counterpart, pulled, **changes):
    """What C released, kept at B to pass on; its record."""
    made = counterpart.release(**{"marking": Marking(tlp=Tlp.CLEAR), **changes})
    pulled(counterpart)
    return pass_on(made.id, "public-incidents", "officer").record


def test_f7_what_a_sender_says_of_others_goes_to_nobody(named, counterpart, stranger, pulled):
    for claim in CLAIMS:
        record = kept(counterpart, pulled, originators=named(claim))
        believed = (named(claim) & named("C")) | {UNKNOWN_ORIGINATOR}
        assert keeping.latest(record).content().originators == believed, claim
        assert set(outcomes(record).values()) == {Outcome.WITHHOLD}, claim
    for peer in (stranger.who.id, counterpart.who.id):
        with pytest.raises(RefusedError, match="originator"):
            release_record(record, Peer.objects.get(pk=peer), "officer")


def test_f7_a_claim_is_shown_as_its_senders_word(named, counterpart, stranger, pulled):
    for claim in CLAIMS:
        counterpart.release(originators=named(claim), fields={"title": claim})
    pulled(counterpart)
    shown = {"A": "Stranger", "B": node_name(named), "nobody": NOBODY, "X": "X"}
    said = {each: f"Counterpart says: {name}" for each, name in shown.items()} | {"C": "Counterpart"}
    rows = {row["title"]: sorted(row["originators"]) for row in received_rows()}
    assert rows == {claim: sorted(said[each] for each in claim.split(" and ")) for claim in CLAIMS}
    del stranger


def node_name(named):
    (own,) = named("B")
    return own


def test_f7_what_came_back_from_where_it_was_released_is_known_to_be_ours(
    node, counterpart, stranger, share, pulled
):
    share(counterpart, title="A tram")
    fields = {"title": "A tram", "description": "It did not stop."}
    record = kept(counterpart, pulled, originators=frozenset({node.id}), fields=fields)
    assert keeping.latest(record).content().originators == {node.id}
    assert outcomes(record)[stranger.who.id] is Outcome.PASS
    other = {**fields, "description": "Another text, and none of ours."}
    record = kept(counterpart, pulled, originators=frozenset({node.id}), fields=other)
    assert outcomes(record)[stranger.who.id] is Outcome.WITHHOLD


def test_what_is_its_senders_own_goes_on_as_before(counterpart, stranger, pulled):
    record = kept(counterpart, pulled)
    assert outcomes(record)[stranger.who.id] is Outcome.PASS


def test_f7_a_record_that_0_3_0_kept_with_anothers_claim_as_a_fact_is_withheld_too(
    node, counterpart, stranger, pulled
):
    made = counterpart.release(originators=frozenset({node.id}), marking=Marking(tlp=Tlp.CLEAR))
    pulled(counterpart)
    row = pass_on(made.id, "public-incidents", "officer")
    as_kept = row.content().model_copy(update={"originators": frozenset({node.id})})
    RecordVersion.objects.filter(pk=row.pk).update(
        body=as_kept.model_dump_json().encode(), digest=as_kept.digest()
    )
    row.refresh_from_db()
    assert as_believed(row).originators == {node.id, UNKNOWN_ORIGINATOR}
    assert set(outcomes(row.record).values()) == {Outcome.WITHHOLD}
    with pytest.raises(RefusedError, match="originator"):
        release_record(row.record, Peer.objects.get(pk=stranger.who.id), "officer")
