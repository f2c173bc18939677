"""What trail and envelope note in short stands on the pages in words, and institutions by their names."""

from typing import Any

import pytest

from fourfold import errors
from fourfold.exchange import causes
from fourfold.exchange.reasons import Reason
from fourfold.node.actions.accept_submitted import Acceptance
from fourfold.node.actions.propose_acceptance import propose_acceptance
from fourfold.node.actions.refuse_institution_key import refuse_institution_key
from fourfold.node.clock import now
from fourfold.node.models import ProposalKind, Received, StatementKind, Tag
from fourfold.node.roles import Role
from fourfold.node.trail import note
from fourfold.node.web.queries.reasons import CODES, reason_word, source_word
from fourfold.protocols import collaboration, consent, coordination
from fourfold.records.statements import RevocationReason

NOTED = [
    *(each.value for moves in (coordination.Move, collaboration.Move) for each in moves),
    *(each.value for each in consent.State),
    *(each.value for each in ProposalKind),
    *(each.value for each in (StatementKind.SUCCESSION, StatementKind.REPLACEMENT)),
    *(f"revocation: {each.value}" for each in RevocationReason),
    *(
        each.__name__
        for module in (errors, causes)
        for each in vars(module).values()
        if isinstance(each, type) and "Error" in each.__name__
    ),
]


@pytest.mark.parametrize("code", sorted(set(NOTED) - {"FourfoldError"}))
def test_every_code_that_is_noted_has_words(code: str) -> None:
    assert code in CODES


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("epoch 2", "epoch 2"),
        ("3 delivered", "3 delivered"),
        ("2 missing, 1 unknown to it", "missing: 2; unknown to it: 1"),
        ("token 5 of account 7", "token 5 of account 7"),
        ("account 7: analyst, officer", "account 7: analyst, officer"),
        ("passed-on", "kept to pass on"),
        (Reason.MALFORMED.value, "The object is not strict JSON."),
        ("something new", "something new"),
    ],
)
def test_numbers_and_names_stay_what_they_are(code: str, words: str) -> None:
    assert str(reason_word(code)) == words


def test_where_a_record_came_from_is_told_in_words() -> None:
    told = source_word("received: release--3e4f5a6b-7c8d-4e9f-8a0b-1c2d3e4f5a6b version 2")
    assert told == "received, kept to pass on: release--3e4f5a6b-7c8d-4e9f-8a0b-1c2d3e4f5a6b, version 2"
    assert source_word("inbox 3: incident--x from CERT feed, sha256:0").startswith(
        "handed in by another tool"
    )
    assert source_word("Typed in by ada") == "Typed in by ada"


def test_the_trail_names_the_institution_that_an_event_is_about(scene: Any, signed_in: Any) -> None:
    scene.succeed()
    refuse_institution_key(scene.peer, "bea")
    page = signed_in("rea", Role.READER).get("/events/?topic=key").content.decode()
    assert scene.other.id not in page.partition("<tbody")[2]
    assert "following the old key" in page


def test_the_trail_leads_to_requests_consents_and_what_was_handed_in(scene: Any, signed_in: Any) -> None:
    rea, opa = signed_in("rea", Role.READER), signed_in("opa", Role.OPERATOR)
    client = scene.client()
    row, case = scene.hand_in(client, "A drone"), scene.ask_us(scene.titled("Wanted"))
    propose_acceptance(row.pk, Acceptance(originators=(scene.me.id,)), "ada")
    note(Tag.CONSENT_REQUESTED, now(), peer=scene.peer, subject=case.pk)
    note(Tag.INBOX_REJECTED, now(), subject="inbox--99999999999999999999")
    page = rea.get("/events/").content.decode()
    for address in (f"/inbox/handed-in/{row.pk}/", f"/consents/{case.pk}/"):
        assert f'href="{address}"' in page
        assert f'href="{address}"' not in opa.get("/events/").content.decode()


def test_institutions_in_the_fields_of_a_record_stand_by_their_names(scene: Any, web: Any) -> None:
    scene.receive(scene.sent("Named", fields={"title": "identity--x", "description": scene.other.id}))
    page = web.get(f"/inbox/{Received.objects.get().pk}/").content.decode()
    table = page.partition('<table class="fields')[2].partition("</table>")[0]
    assert scene.other.id not in table
    assert "EU AI Office" in table
    assert "identity--x" in table
