"""The terms of a third-party client where nothing is agreed with anybody."""

from fourfold.node.actions.add_record import NewRecord, add_record
from fourfold.node.actions.offer import offer
from fourfold.records.markings import Marking, Tlp


def test_without_any_agreement_a_client_reads_public_incidents(let_in):
    third = let_in()
    fields = {"title": "A car", "description": "It did not stop.", "analyst_note": "CANARY"}
    for tlp in (Tlp.CLEAR, Tlp.GREEN):
        add_record(NewRecord("incident", "incident_reporting", fields, Marking(tlp=tlp)), "tester")
    done = offer(third.peer, "tester")
    assert (len(done.released), done.withheld) == (1, 1)
    (wire,) = third.objects()
    assert b"It did not stop." in wire
    assert b"CANARY" not in wire
