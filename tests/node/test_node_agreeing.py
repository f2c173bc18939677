"""Agreements in the store: chains, signatures, endings; what counterparts send is only believed if signed."""

from datetime import timedelta
from typing import Any

import pytest

from fourfold.agreements import SignedAgreement, SignedEnding, countersign, end, sign
from fourfold.errors import InputError, RefusedError, SignatureError
from fourfold.node import agreeing, clock, models
from fourfold.node.actions.end_agreement import end_agreement
from fourfold.node.actions.handle_received import handle
from fourfold.node.actions.propose_agreement import propose_agreement
from fourfold.node.actions.sign_agreement import sign_agreement
from fourfold.node.standing import binding_with, signed, standing_of
from fourfold.records.signing import Purpose


def following(before: models.Agreement, **changes: Any) -> Any:
    """The text of the next in a chain."""
    values = {"number": before.number + 1, "predecessor": before.digest, **changes}
    return before.content().model_copy(update=values)


def sent(given: SignedAgreement, ending: SignedEnding | None = None) -> dict[str, Any]:
    return {
        "title": "Draft",
        "agreement": given.model_dump(mode="json"),
        "ending": ending.model_dump(mode="json") if ending else None,
    }


def refusals() -> list[str]:
    found = models.Event.objects.filter(tag=models.Tag.AGREEMENT_REFUSED)
    return list(found.values_list("reason", flat=True))


def test_what_one_proposed_and_the_other_signed_binds(me: Any, other: Any, agreed: models.Agreement) -> None:
    text = following(agreed, title="Second")
    row = propose_agreement(text, "liaison")
    assert row.complete is None
    assert agreed.digest in binding_with(other.who.id, clock.now())
    handle(other.send("draft_agreement", sent(countersign(signed(row), other.who.institution))))
    row.refresh_from_db()
    assert row.complete is not None
    assert refusals() == []
    binding = binding_with(other.who.id, clock.now())
    assert row.digest in binding
    assert agreed.digest not in binding
    del me


def test_a_received_draft_is_kept_unsigned_and_countersigned_in_its_very_bytes(
    other: Any, agreed: models.Agreement
) -> None:
    given = sign(following(agreed, title="Theirs"), other.who.institution)
    handle(other.send("draft_agreement", sent(given)))
    row = models.Agreement.objects.get(pk=given.digest)
    assert row.complete is None
    assert sign_agreement(row.digest, "liaison").complete is not None
    assert bytes(models.Agreement.objects.get(pk=given.digest).text) == given.signed_bytes
    published = models.ReleaseVersion.objects.count()
    sign_agreement(row.digest, "liaison")
    assert models.ReleaseVersion.objects.count() == published == 1


def test_a_proposal_that_nobody_signed_binds_nobody_until_all_have(
    me: Any, other: Any, agreed: models.Agreement
) -> None:
    text = following(agreed, title="Unsigned")
    given = SignedAgreement(content=text.signed_bytes().decode(), signatures=())
    handle(other.send("draft_agreement", sent(given)))
    assert refusals() == []
    row = models.Agreement.objects.get(pk=given.digest)
    assert not standing_of(row).state(clock.now()).binds
    assert sign_agreement(row.digest, "holder of the key").complete is None
    assert agreed.digest in binding_with(other.who.id, clock.now())
    handle(other.send("draft_agreement", sent(countersign(given, other.who.institution))))
    assert row.digest in binding_with(other.who.id, clock.now())
    del me


def test_a_proposal_that_nobody_signed_is_withdrawn_by_a_signed_ending(
    me: Any, other: Any, agreed: models.Agreement
) -> None:
    text = following(agreed, title="Unsigned")
    given = SignedAgreement(content=text.signed_bytes().decode(), signatures=())
    row = agreeing.keep(given, clock.now())
    ending = end_agreement(row.digest, "too early", "holder of the key")
    assert ending.check(given, {}).party == me.id
    row.refresh_from_db()
    assert standing_of(row).state(clock.now()).value == "ended"
    del other


def test_a_draft_with_a_bad_signature_or_of_strangers_is_refused_and_noted(
    me: Any, other: Any, agreed: models.Agreement
) -> None:
    text = following(agreed)
    wrong = SignedAgreement(
        content=text.signed_bytes().decode(),
        signatures=(other.who.institution.sign(Purpose.ENDING, text.signed_bytes()),),
    )
    stranger = type(me)("Stranger")
    unknown = SignedAgreement(
        content=text.signed_bytes().decode(),
        signatures=(stranger.institution.sign(Purpose.AGREEMENT, text.signed_bytes()),),
    )
    count = models.Agreement.objects.count()
    for given in (wrong, unknown):
        handle(other.send("draft_agreement", sent(given)))
    handle(other.send("draft_agreement", {"title": "Nothing"}))
    assert refusals() == ["SignatureError", "SignatureError", "InputError"]
    assert models.Agreement.objects.count() == count


def test_nobody_sends_an_agreement_between_others(
    me: Any, other: Any, agreed: models.Agreement, join_with: Any
) -> None:
    third = join_with("Third")
    handle(third.send("draft_agreement", sent(sign(following(agreed), other.who.institution))))
    assert refusals() == ["RefusedError"]
    del me


@pytest.mark.parametrize(
    "changes",
    [{"number": 1}, {"number": 2, "predecessor": "sha256:" + 64 * "e"}, {"founding": True}],
)
def test_an_old_number_or_another_predecessor_is_refused(
    me: Any, agreed: models.Agreement, changes: dict[str, Any]
) -> None:
    text = following(agreed, **{"title": "Again", **changes})
    if changes == {"number": 1}:
        text = text.model_copy(update={"predecessor": None})
    with pytest.raises((RefusedError, InputError)):
        agreeing.keep(
            SignedAgreement(
                content=text.signed_bytes().decode(),
                signatures=(me.institution.sign(Purpose.AGREEMENT, text.signed_bytes()),),
            ),
            clock.now(),
        )
    assert not models.Agreement.objects.filter(title="Again").exists()


def test_an_agreement_that_follows_an_unknown_one_is_refused(me: Any, agreed: models.Agreement) -> None:
    text = following(agreed, id="agreement--0f8fad5b-d9cb-469f-a165-70867728950e")
    with pytest.raises(RefusedError, match="not known here"):
        agreeing.keep(sign(text, me.institution), clock.now())


def test_either_party_ends_alone_at_once_and_the_other_learns_of_it(
    me: Any, other: Any, agreed: models.Agreement
) -> None:
    ending = end_agreement(agreed.digest, "enough", "liaison")
    assert end_agreement(agreed.digest, "twice", "liaison") == ending
    assert agreed.digest not in binding_with(other.who.id, clock.now())
    told = models.ReleaseVersion.objects.get()
    assert told.content().fields["ending"]["ending"]["reason"] == "enough"
    del me


def test_a_counterparts_ending_counts_if_it_signed_it_itself(
    me: Any, other: Any, agreed: models.Agreement
) -> None:
    given = signed(agreed)
    ours = end(given, me.institution, clock.now())
    forged = ours.model_copy(update={"ending": ours.ending.model_copy(update={"party": other.who.id})})
    handle(other.send("draft_agreement", sent(given, forged)))
    assert refusals() == ["SignatureError"]
    assert agreed.digest in binding_with(other.who.id, clock.now())
    handle(other.send("draft_agreement", sent(given, end(given, other.who.institution, clock.now()))))
    assert agreed.digest not in binding_with(other.who.id, clock.now())
    agreed.refresh_from_db()
    assert agreed.ended_by == other.who.id


def test_a_clock_that_was_set_back_does_not_revive_an_agreement(
    me: Any, other: Any, agreed: models.Agreement
) -> None:
    """The later of the clock and the last countersigned time decides."""
    text = following(agreed, expires=clock.now() + timedelta(days=400), title="Short")
    row = agreeing.keep(countersign(sign(text, me.institution), other.who.institution), clock.now())
    assert row.digest in binding_with(other.who.id, clock.now())
    log = models.Log.objects.create(origin="x/log/y/1", peer=other.peer)
    models.Checkpoint.objects.create(
        log=log,
        size=1,
        root="0",
        note="",
        created=clock.now(),
        cosigned_at_peer=clock.now() + timedelta(days=500),
    )
    assert row.digest not in binding_with(other.who.id, clock.now())


def test_a_text_with_faults_is_not_signed(me: Any, agreed: models.Agreement) -> None:
    del me
    with pytest.raises(InputError) as raised:
        propose_agreement(following(agreed, title=" ", review_by=agreed.content().valid_from), "liaison")
    assert {fault.field for fault in raised.value.faults} == {"title", "review_by"}


def test_a_signature_of_somebody_else_never_completes_an_agreement(me: Any, agreed: models.Agreement) -> None:
    row = propose_agreement(following(agreed), "liaison")
    for party in row.parties.filter(signature=""):
        party.signature = me.institution.sign(Purpose.AGREEMENT, bytes(row.text)).value
        party.save()
    with pytest.raises(SignatureError):
        standing_of(row)
