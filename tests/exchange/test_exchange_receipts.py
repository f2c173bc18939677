import json
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fourfold.canon import canonical_bytes, digest, digest_bytes
from fourfold.errors import InputError, SignatureError
from fourfold.exchange.reasons import Reason
from fourfold.exchange.receipts import Outcome, Receipt, read_receipt, sign_receipt
from fourfold.exchange.verify import trusted_keys
from fourfold.records.signing import Purpose


def receipt(world, **changes):
    values = {
        "owner": world.alpha.id,
        "recipient": world.beta.id,
        "object": "release--3d5f1cd8-6c8a-4e0e-9d0a-0f3b1a0e7a10",
        "version": 2,
        "digest": digest("object"),
        "outcome": Outcome.STORED,
        "at": world.now,
    }
    return Receipt(**{**values, **changes})


def keys(world):
    return trusted_keys(world.beta.id, [world.beta.delegation])


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"outcome": Outcome.REFUSED, "reasons": (Reason.OLD_VERSION, Reason.NO_AGREEMENT)},
        {"outcome": Outcome.REFUSED, "reasons": (Reason.MALFORMED,), "object": "", "version": 0},
        {"outcome": Outcome.WITHDRAWN, "destroyed": (digest("first"),)},
        {"outcome": Outcome.WITHDRAWN},
    ],
)
def test_a_receipt_is_kept_as_it_was_signed(world, changes):
    signed = sign_receipt(receipt(world, **changes), world.beta.node)
    assert canonical_bytes(json.loads(signed.wire)) == signed.wire
    assert read_receipt(signed.wire) == signed
    assert signed.digest == digest_bytes(signed.wire)
    assert signed.check(keys(world), world.now) == receipt(world, **changes)


def test_a_withdrawal_says_what_was_destroyed_and_until_when_backups_may_hold_it(world):
    until = world.now + timedelta(days=30)
    given_ = receipt(world, outcome=Outcome.WITHDRAWN, destroyed=(digest("v1"),), backups_until=until)
    assert read_receipt(sign_receipt(given_, world.beta.node).wire).receipt.backups_until == until


@pytest.mark.parametrize(
    "changes",
    [
        {"reasons": (Reason.OLD_VERSION,)},
        {"outcome": Outcome.REFUSED},
        {"destroyed": ("x",)},
        {"digest": "abc"},
        {"version": -1},
    ],
)
def test_a_receipt_that_contradicts_itself_cannot_be_made(world, changes):
    with pytest.raises(ValueError, match="validation error"):
        receipt(world, **changes)


def test_only_the_recipients_delegated_key_can_answer(world):
    mine = sign_receipt(receipt(world), world.alpha.node)
    with pytest.raises(SignatureError):
        mine.check({**keys(world), **trusted_keys(world.alpha.id, [world.alpha.delegation])}, world.now)
    other = sign_receipt(receipt(world, recipient=world.gamma.id), world.beta.node)
    with pytest.raises(SignatureError):
        other.check(keys(world), world.now)
    with pytest.raises(SignatureError):
        sign_receipt(receipt(world), world.beta.node).check(keys(world), world.now + timedelta(days=400))


def test_a_signature_made_for_a_release_is_no_receipt(world):
    signed = sign_receipt(receipt(world), world.beta.node)
    body = json.loads(signed.wire)
    forged = world.beta.node.sign(Purpose.RELEASE, canonical_bytes(body["receipt"]))
    body["signature"] = forged.model_dump(mode="json")
    with pytest.raises(SignatureError):
        read_receipt(canonical_bytes(body)).check(keys(world), world.now)


def test_any_changed_byte_is_refused(world):
    wire = sign_receipt(receipt(world), world.beta.node).wire
    for place in range(len(wire)):
        changed = wire[:place] + bytes([wire[place] ^ 1]) + wire[place + 1 :]
        with pytest.raises((InputError, SignatureError)):
            read_receipt(changed).check(keys(world), world.now)


def test_a_receipt_laid_out_otherwise_is_not_the_one_that_was_signed(world):
    wire = sign_receipt(receipt(world), world.beta.node).wire
    for other in (json.dumps(json.loads(wire)).encode(), wire + b"\n", b"{}", b"[]", b"x" * 20_000):
        with pytest.raises(InputError):
            read_receipt(other)


@given(
    st.dictionaries(
        st.sampled_from(["receipt", "signature"]),
        st.none() | st.text() | st.dictionaries(st.text(), st.text()),
    )
)
def test_nonsense_is_an_input_error_and_nothing_else(body):
    with pytest.raises(InputError):
        read_receipt(canonical_bytes(body))
