"""Keyrings: which key spoke when, whatever became of it; and what a history can bring, true or forged."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fourfold.errors import SignatureError
from fourfold.records import (
    KeyHistory,
    Link,
    LinkKind,
    RevocationReason,
    Signer,
    delegate,
    follow,
    institution_id,
    keyring_of,
    news,
    replace_key,
    revoke_key,
    succeed,
)

T0 = datetime(2026, 11, 24, tzinfo=UTC)
DAY = timedelta(days=1)
FIRST, SECOND, THIRD, THIEF = (Signer.generate() for _ in range(4))
NODE, NEXT, SPARE = (Signer.generate() for _ in range(3))
ID = institution_id(FIRST.key)
DELEGATED = delegate(FIRST, NODE.key, T0, T0 + 100 * DAY)
RENEWED = delegate(FIRST, NEXT.key, T0 + 10 * DAY, T0 + 110 * DAY)
REVOKED = revoke_key(FIRST, ID, NODE.key, T0 + 10 * DAY, RevocationReason.RENEWED)
STOLEN = revoke_key(FIRST, ID, NODE.key, T0 + 20 * DAY, RevocationReason.COMPROMISED)
TO_SECOND = succeed(FIRST, SECOND, ID, T0 + 30 * DAY)
TO_THIRD = succeed(SECOND, THIRD, ID, T0 + 60 * DAY)
BY_SECOND = delegate(SECOND, SPARE.key, T0 + 30 * DAY, T0 + 200 * DAY, ID)

ALONE = keyring_of(ID, [Link(FIRST.key)], [DELEGATED], [])
LATER = keyring_of(
    ID,
    [Link(FIRST.key), Link(SECOND.key, LinkKind.SUCCESSION, T0 + 30 * DAY)],
    [DELEGATED, RENEWED, BY_SECOND],
    [REVOKED],
)


def told(**given):
    return KeyHistory(institution=ID, **given)


def test_a_renewed_key_acts_until_its_revocation_and_the_new_one_from_then_on():
    ring = keyring_of(ID, [Link(FIRST.key)], [DELEGATED, RENEWED], [REVOKED])
    assert ring.acting(T0 + 9 * DAY) == {NODE.key}
    assert ring.acting(T0 + 10 * DAY) == {NEXT.key}
    assert ring.ever() == {NODE.key, NEXT.key}
    assert ring.windows()[NODE.key].valid_until == T0 + 10 * DAY
    assert ring.delegated()[NODE.key].valid_until == T0 + 100 * DAY


def test_a_compromised_key_never_acts_whatever_moment_it_names_and_compromise_outweighs_renewal():
    ring = keyring_of(ID, [Link(FIRST.key)], [DELEGATED, RENEWED], [REVOKED, STOLEN])
    assert ring.revocation(NODE.key).reason is RevocationReason.COMPROMISED
    for day in range(120):
        assert NODE.key not in ring.acting(T0 + day * DAY)


@given(st.lists(st.sampled_from([LinkKind.SUCCESSION, LinkKind.REPLACEMENT]), max_size=6))
def test_what_was_agreed_under_a_key_goes_on_until_the_next_loss_and_never_backwards(kinds):
    keys = [Signer.generate().key for _ in range(len(kinds) + 1)]
    links = [Link(keys[0]), *(Link(key, kind, T0) for key, kind in zip(keys[1:], kinds, strict=True))]
    ring = keyring_of(ID, links, [], [])
    for start, old in enumerate(keys):
        for end, new in enumerate(keys):
            unbroken = start <= end and LinkKind.REPLACEMENT not in kinds[start:end]
            assert ring.continues(old, new) == unbroken


def test_the_loss_of_an_institution_key_ends_the_delegations_that_it_signed():
    links = [Link(FIRST.key), Link(SECOND.key, LinkKind.REPLACEMENT, T0 + 30 * DAY)]
    ring = keyring_of(ID, links, [DELEGATED, BY_SECOND], [])
    assert ring.acting(T0 + 29 * DAY) == {NODE.key}
    assert ring.acting(T0 + 31 * DAY) == {SPARE.key}


def test_a_statement_that_another_key_signed_is_no_part_of_a_keyring():
    forged = delegate(THIEF, SPARE.key, T0, T0 + DAY, ID)
    copied = DELEGATED.model_copy(update={"signature": forged.signature})
    elsewhere = delegate(FIRST, SPARE.key, T0, T0 + DAY, institution_id(THIEF.key))
    revoked = revoke_key(THIEF, ID, NODE.key, T0, RevocationReason.COMPROMISED)
    ring = keyring_of(ID, [Link(FIRST.key)], [forged, copied, elsewhere], [revoked])
    assert (ring.delegations, ring.revocations) == ((), ())


def test_news_are_what_the_present_key_signed_and_is_not_known_yet():
    found = news(ALONE, told(delegations=(DELEGATED, RENEWED), revocations=(REVOKED,)))
    assert (found.delegations, found.revocations, found.refused) == ((RENEWED,), (REVOKED,), ())
    assert (
        news(LATER, told(delegations=(DELEGATED, RENEWED, BY_SECOND), revocations=(REVOKED,)))
        == type(found)()
    )


def test_a_succession_waits_for_people_and_so_does_all_that_the_new_key_signed():
    found = news(ALONE, told(successions=(TO_SECOND, TO_THIRD), delegations=(DELEGATED, BY_SECOND)))
    assert found.successions == (TO_SECOND, TO_THIRD)
    assert (found.delegations, found.refused) == ((), ())


def test_what_a_succeeded_key_signs_afterwards_is_refused_and_what_it_signed_before_is_old_news():
    late = delegate(FIRST, SPARE.key, T0 + 31 * DAY, T0 + 200 * DAY)
    early = delegate(FIRST, SPARE.key, T0 + DAY, T0 + 200 * DAY)
    revoked = revoke_key(FIRST, ID, SPARE.key, T0 + 40 * DAY, RevocationReason.COMPROMISED)
    found = news(LATER, told(delegations=(late, early), revocations=(revoked,)))
    assert (found.delegations, found.revocations) == ((), ())
    assert found.refused == ("delegation", "revocation")


@pytest.mark.parametrize(
    "forged",
    [
        TO_SECOND.model_copy(update={"by_old": TO_THIRD.by_old}),
        TO_SECOND.model_copy(update={"by_new": TO_SECOND.by_old}),
        succeed(THIEF, SECOND, ID, T0),
        succeed(FIRST, SECOND, institution_id(THIEF.key), T0),
        TO_THIRD,
    ],
)
def test_a_forged_succession_or_one_of_another_key_is_refused(forged):
    found = news(ALONE, told(successions=(forged,)))
    assert (found.successions, found.refused) == ((), ("succession",))


def test_successions_lead_from_the_key_that_gives_the_id_to_the_one_that_signs():
    links = follow(ID, THIRD.key, [TO_THIRD, TO_SECOND])
    assert [link.key for link in links] == [FIRST.key, SECOND.key, THIRD.key]
    assert follow(ID, FIRST.key, []) == (Link(FIRST.key),)
    broken = TO_SECOND.model_copy(update={"by_old": TO_THIRD.by_old})
    for key, shown in (
        (THIEF.key, [TO_SECOND]),
        (THIRD.key, [TO_SECOND]),
        (SECOND.key, [broken]),
        (SECOND.key, []),
    ):
        with pytest.raises(SignatureError):
            follow(ID, key, shown)


def test_a_replacement_holds_only_with_a_delegation_of_its_own_key_for_its_own_institution():
    signed = delegate(SECOND, NODE.key, T0, T0 + DAY, ID)
    assert replace_key(SECOND, FIRST.key, "A", T0, signed).check().institution == ID
    for other in (delegate(THIEF, NODE.key, T0, T0 + DAY, ID), DELEGATED):
        with pytest.raises(SignatureError):
            replace_key(SECOND, FIRST.key, "A", T0, other).check()
    edited = replace_key(SECOND, FIRST.key, "A", T0, signed)
    renamed = edited.replacement.model_copy(update={"name": "B"})
    with pytest.raises(SignatureError):
        edited.model_copy(update={"replacement": renamed}).check()
