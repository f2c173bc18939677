from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import example, given
from hypothesis import strategies as st
from pydantic import ValidationError

from fourfold.errors import SignatureError
from fourfold.records import Purpose, SignedDelegation, Signer, delegate, institution_id, raw_key

INSTITUTION = Signer(Ed25519PrivateKey.from_private_bytes(b"i" * 32))
NODE = Signer(Ed25519PrivateKey.from_private_bytes(b"n" * 32))
STRANGER = Signer(Ed25519PrivateKey.from_private_bytes(b"s" * 32))
START = datetime(2026, 1, 1, tzinfo=UTC)
END = START + timedelta(days=365)
SIGNED = delegate(INSTITUTION, NODE.key, START, END)


def test_an_id_follows_from_the_key_alone():
    ids = {institution_id(signer.key) for signer in (INSTITUTION, NODE, STRANGER)}
    assert len(ids) == 3
    assert institution_id(INSTITUTION.key) == SIGNED.delegation.institution


@pytest.mark.parametrize("key", ["", "x", INSTITUTION.key[:-1], INSTITUTION.key + " "])
def test_what_is_no_key_has_no_id(key):
    with pytest.raises(SignatureError):
        institution_id(key)


@given(st.timedeltas(timedelta(days=-400), timedelta(days=800)))
@example(timedelta(0))
@example(END - START)
def test_a_delegation_holds_from_its_first_moment_until_before_its_last(after):
    now = START + after
    if START <= now < END:
        assert SIGNED.check(now) == SIGNED.delegation
        return
    with pytest.raises(SignatureError, match="delegated from"):
        SIGNED.check(now)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("node_key", STRANGER.key),
        ("institution_key", STRANGER.key),
        ("institution", institution_id(STRANGER.key)),
        ("valid_from", START - timedelta(days=1)),
        ("valid_until", END + timedelta(days=1)),
    ],
)
def test_a_delegation_with_any_field_changed_does_not_hold(field, value):
    changed = SIGNED.delegation.model_copy(update={field: value})
    with pytest.raises(SignatureError):
        SignedDelegation(delegation=changed, signature=SIGNED.signature).check(START)


def test_a_stranger_cannot_delegate_in_an_institutions_name():
    given = SIGNED.delegation.model_copy(update={"institution_key": STRANGER.key})
    signature = STRANGER.sign(Purpose.DELEGATION, given.signed_bytes())
    with pytest.raises(SignatureError, match="does not follow from its key"):
        SignedDelegation(delegation=given, signature=signature).check(START)


def test_the_same_bytes_signed_for_another_purpose_delegate_nothing():
    signature = INSTITUTION.sign(Purpose.AGREEMENT, SIGNED.delegation.signed_bytes())
    with pytest.raises(SignatureError, match="needed as delegation"):
        SignedDelegation(delegation=SIGNED.delegation, signature=signature).check(START)


def test_a_delegation_survives_its_json_form_and_still_holds():
    again = SignedDelegation.model_validate_json(SIGNED.model_dump_json())
    assert again == SIGNED
    assert again.check(START).node_key == NODE.key


def test_a_moment_in_another_time_zone_is_the_same_signed_text():
    form = SIGNED.model_dump(mode="json")
    form["delegation"]["valid_from"] = "2026-01-01T02:00:00+02:00"
    assert SignedDelegation.model_validate(form).check(START) == SIGNED.delegation


def test_an_unknown_field_is_refused():
    form = SIGNED.model_dump(mode="json")
    form["delegation"]["role"] = "administrator"
    with pytest.raises(ValidationError, match="role"):
        SignedDelegation.model_validate(form)


def test_the_raw_key_has_32_bytes():
    assert len(raw_key(INSTITUTION.key)) == 32
