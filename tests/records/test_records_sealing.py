import pytest
from hypothesis import given
from hypothesis import strategies as st

from fourfold.canon import new_salt
from fourfold.errors import InputError, ProofError
from fourfold.records import check_reveal, seal

NONCE = "ab" * 32
ANSWERS = {"activity": "incident_reporting", "answers": {"sens": "low", "know": None}}


def test_what_was_sealed_can_be_revealed():
    check_reveal(seal(ANSWERS, NONCE, "identity--a"), ANSWERS, NONCE, "identity--a")


@given(st.dictionaries(st.text(max_size=3), st.sampled_from(["low", "high", None])))
def test_another_value_is_not_what_was_sealed(other):
    sealed = seal({"sens": "minimal"}, NONCE, "identity--a")
    with pytest.raises(ProofError, match="not what was sealed"):
        check_reveal(sealed, other, NONCE, "identity--a")


def test_a_counterpart_cannot_hand_back_the_seal_as_its_own():
    copied = seal(ANSWERS, NONCE, "identity--a")
    with pytest.raises(ProofError):
        check_reveal(copied, ANSWERS, NONCE, "identity--b")


def test_another_nonce_is_not_what_was_sealed():
    with pytest.raises(ProofError):
        check_reveal(seal(ANSWERS, NONCE, "identity--a"), ANSWERS, "ac" * 32, "identity--a")


@pytest.mark.parametrize("nonce", ["", "1", "AB" * 32, "ab" * 31])
def test_a_nonce_that_could_be_guessed_is_refused(nonce):
    with pytest.raises(InputError):
        seal(ANSWERS, nonce, "identity--a")
    with pytest.raises(ProofError, match="cannot have been sealed"):
        check_reveal("sha256:" + "00" * 32, ANSWERS, nonce, "identity--a")


def test_a_value_that_is_not_json_cannot_have_been_sealed():
    with pytest.raises(ProofError, match="cannot have been sealed"):
        check_reveal("sha256:" + "00" * 32, {1.5: {2}}, NONCE, "identity--a")


def test_the_same_answer_sealed_twice_looks_unrelated():
    assert len({seal("low", new_salt(), "identity--a") for _ in range(20)}) == 20


def test_a_seal_that_is_not_even_a_digest_is_refused():
    with pytest.raises(ProofError):
        check_reveal("é", ANSWERS, NONCE, "identity--a")
