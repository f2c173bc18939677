from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from pydantic import ValidationError

from fourfold.errors import InputError, ProofError, SignatureError
from fourfold.log import (
    Checkpoint,
    Epoch,
    SignedEpoch,
    check_succession,
    cosign,
    log_name,
    open_epoch,
    private_log_name,
    sign_checkpoint,
)
from fourfold.records import Purpose, Signer

OWNER = Signer(Ed25519PrivateKey.from_private_bytes(b"o" * 32))
READER = Signer(Ed25519PrivateKey.from_private_bytes(b"r" * 32))
LOG = log_name("identity--a", "identity--b")
START = datetime(2026, 5, 1, tzinfo=UTC)
FIRST = Epoch(log=LOG, number=1, previous=None, opened=START)
LAST_SEEN = Checkpoint(FIRST.origin, 12, b"r" * 32)
COSIGNED = sign_checkpoint(LAST_SEEN, OWNER).with_signature(cosign(LAST_SEEN, "identity--b", READER, START))
SECOND = Epoch(log=LOG, number=2, previous=COSIGNED.encode().decode(), opened=START + timedelta(days=9))


def test_each_epoch_has_an_origin_of_its_own():
    assert FIRST.origin == "identity--a/log/identity--b/1"
    assert len({FIRST.origin, SECOND.origin, private_log_name("identity--a") + "/1"}) == 3


def test_a_signed_epoch_holds_for_its_log_and_key_only():
    signed = SignedEpoch.model_validate_json(open_epoch(SECOND, OWNER).model_dump_json())
    assert signed.check(LOG, OWNER.key) == SECOND
    with pytest.raises(SignatureError):
        signed.check(LOG, READER.key)
    with pytest.raises(SignatureError, match="not of another"):
        signed.check("another", OWNER.key)


@pytest.mark.parametrize(
    "change",
    [{"log": LOG + "x"}, {"number": 3}, {"previous": None}, {"opened": START}],
    ids=lambda change: next(iter(change)),
)
def test_an_epoch_with_any_field_changed_does_not_hold(change):
    signed = open_epoch(SECOND, OWNER)
    forged = signed.model_copy(update={"epoch": SECOND.model_copy(update=change)})
    with pytest.raises(SignatureError, match="does not hold"):
        forged.check(forged.epoch.log, OWNER.key)


def test_the_same_bytes_signed_for_another_purpose_open_no_epoch():
    signature = OWNER.sign(Purpose.RECEIPT, SECOND.signed_bytes())
    with pytest.raises(SignatureError, match="needed as epoch"):
        SignedEpoch(epoch=SECOND, signature=signature).check(LOG, OWNER.key)


def test_epochs_that_follow_one_another_and_the_countersigned_checkpoint_are_taken():
    check_succession(FIRST, None, None)
    check_succession(SECOND, FIRST, LAST_SEEN)
    third = Epoch(log=LOG, number=3, previous=SECOND.previous, opened=SECOND.opened)
    check_succession(third, SECOND, LAST_SEEN)
    check_succession(Epoch(log=LOG, number=2, previous=None, opened=SECOND.opened), FIRST, None)


@pytest.mark.parametrize(
    ("epoch", "before", "countersigned"),
    [
        (FIRST, FIRST, None),
        (SECOND, None, None),
        (SECOND, SECOND, LAST_SEEN),
        (SECOND.model_copy(update={"number": 3}), FIRST, LAST_SEEN),
        (SECOND.model_copy(update={"previous": None}), FIRST, LAST_SEEN),
        (SECOND, FIRST, None),
        (SECOND, FIRST, Checkpoint(FIRST.origin, 13, b"r" * 32)),
        (SECOND, FIRST, Checkpoint(FIRST.origin, 12, b"s" * 32)),
        (SECOND.model_copy(update={"opened": START - timedelta(seconds=1)}), FIRST, LAST_SEEN),
    ],
)
def test_an_epoch_that_denies_what_came_before_is_refused(epoch, before, countersigned):
    with pytest.raises(ProofError):
        check_succession(epoch, before, countersigned)


def test_the_first_epoch_follows_nothing():
    with pytest.raises(ValidationError, match="follows no checkpoint"):
        Epoch(log=LOG, number=1, previous=SECOND.previous, opened=START)
    with pytest.raises(ValidationError):
        Epoch(log=LOG, number=0, previous=None, opened=START)


def test_a_previous_checkpoint_that_cannot_be_read_is_refused():
    garbled = SECOND.model_copy(update={"previous": "no note"})
    with pytest.raises(InputError):
        check_succession(garbled, FIRST, LAST_SEEN)
