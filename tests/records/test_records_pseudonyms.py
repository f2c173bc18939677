import hashlib
import hmac
import uuid

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from fourfold.canon import new_id
from fourfold.errors import InputError
from fourfold.records import pseudonym

SECRET, OTHER = "5e" * 32, "5f" * 32


def test_a_pseudonym_is_stable_for_one_recipient():
    record = new_id("record")
    assert pseudonym(SECRET, record, "identity--b") == pseudonym(SECRET, record, "identity--b")


@given(st.lists(st.tuples(st.text(max_size=4), st.text(max_size=4)), min_size=2, unique=True))
def test_no_two_pairs_of_record_and_recipient_share_a_pseudonym(pairs):
    assert len({pseudonym(SECRET, record, recipient) for record, recipient in pairs}) == len(pairs)


def test_record_and_recipient_cannot_be_shifted_into_one_another():
    assert pseudonym(SECRET, "ab", "c") != pseudonym(SECRET, "a", "bc")
    assert pseudonym(SECRET, "a", "b") != pseudonym(SECRET, "b", "a")


def test_without_the_owners_secret_the_same_record_has_another_name():
    assert pseudonym(SECRET, "record--1", "identity--b") != pseudonym(OTHER, "record--1", "identity--b")


def test_a_pseudonym_is_a_uuid_of_version_8_over_hmac_sha256():
    given_name = pseudonym(SECRET, "record--1", "identity--b")
    kind, _, text = given_name.partition("--")
    number = uuid.UUID(text)
    message = b"fourfold/v1/derived-from\x00" + rfc8785.dumps(  # noqa: TID251  an independent computation
        {"record": "record--1", "recipient": "identity--b"}
    )
    mac = hmac.new(bytes.fromhex(SECRET), message, hashlib.sha256).hexdigest()
    assert (kind, number.version, number.variant) == ("derived", 8, uuid.RFC_4122)
    assert number.hex[:12] == mac[:12]
    assert number.hex[13:16] == mac[13:16]
    assert number.hex[17:] == mac[17:32]


def test_a_secret_of_another_form_is_refused():
    with pytest.raises(InputError):
        pseudonym("short", "record--1", "identity--b")
