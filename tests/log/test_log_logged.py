import hashlib

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from fourfold.errors import InputError, ProofError, SignatureError
from fourfold.log import (
    Checkpoint,
    LoggedProof,
    Stored,
    prove_inclusion,
    read_frontier,
    sign_checkpoint,
)
from fourfold.records import Signer

OWNER = Signer(Ed25519PrivateKey.from_private_bytes(b"o" * 32))
ORIGIN = "identity--a/log/identity--b/1"
LEAVES = [hashlib.sha256(bytes([number])).digest() for number in range(7)]
STORED = Stored.of(LEAVES)
NOTE = sign_checkpoint(Checkpoint(ORIGIN, 7, read_frontier(STORED, 7).root()), OWNER)


def proof_of(index, extra=b""):
    return LoggedProof(index, prove_inclusion(STORED, index, 7), NOTE, extra)


@pytest.mark.parametrize("index", range(7))
@pytest.mark.parametrize("extra", [b"", b"{}", b"\x00\xff"])
def test_a_proof_survives_its_file_and_holds_for_its_leaf_only(index, extra):
    proof = LoggedProof.parse(proof_of(index, extra).encode())
    assert proof == proof_of(index, extra)
    for place, leaf in enumerate(LEAVES):
        if place == index:
            assert proof.check(leaf, ORIGIN, OWNER.key).size == 7
        else:
            with pytest.raises(ProofError):
                proof.check(leaf, ORIGIN, OWNER.key)


def test_a_log_of_one_leaf_needs_no_path():
    note = sign_checkpoint(Checkpoint(ORIGIN, 1, LEAVES[0]), OWNER)
    proof = LoggedProof.parse(LoggedProof(0, (), note).encode())
    assert proof.check(LEAVES[0], ORIGIN, OWNER.key).root == LEAVES[0]


def test_a_proof_with_any_byte_changed_does_not_hold():
    data = proof_of(4).encode()
    for place in range(len(data)):
        for bit in (0x01, 0x10, 0x20):
            changed = data[:place] + bytes([data[place] ^ bit]) + data[place + 1 :]
            with pytest.raises((InputError, ProofError, SignatureError)):
                LoggedProof.parse(changed).check(LEAVES[4], ORIGIN, OWNER.key)


@given(st.integers(0, len(proof_of(4, b"extra").encode()) - 1), st.binary(max_size=2))
def test_what_parses_is_written_back_byte_for_byte_but_for_an_empty_extra(place, piece):
    data = proof_of(4, b"extra").encode()
    changed = data[:place] + piece + data[place + 1 :]
    try:
        proof = LoggedProof.parse(changed)
    except InputError:
        return
    assert proof.encode() == changed.replace(b"extra \n", b"")


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\n\n",
        proof_of(0).encode().replace(b"@v1", b"@v2"),
        proof_of(0).encode().replace(b"index 0", b"index 00"),
        proof_of(0).encode().replace(b"index 0", b"index -1"),
        proof_of(0).encode().replace(b"index 0\n", b""),
        proof_of(0).encode().replace(b"index 0\n", b"index 0\n" + b"A" * 43 + b"=\n" + b"no base64\n"),
        proof_of(0).encode().replace(b"index 0\n", b"index 0\n" + (b"A" * 43 + b"=\n") * 61),
        proof_of(0).encode().replace(b"index 0", "ind\u00e9x 0".encode()),
        proof_of(0).encode().partition(b"\n\n")[0],
        NOTE.encode(),
    ],
)
def test_what_is_no_proof_is_refused(data):
    with pytest.raises(InputError):
        LoggedProof.parse(data)


def test_the_published_example_is_read_up_to_its_shortened_signatures():
    text = """c2sp.org/tlog-proof@v1
index 73894
gSKyXoYZUgZ6jduWYrkDOARinOMGJveXjgMkBTcdPlQ=
B95lDa8R83lS8n0eG+o0buTxRKQTYFi//1U8anccXmA=

"""
    proof = LoggedProof.parse(text.encode() + NOTE.encode())
    assert (proof.index, len(proof.path), proof.path[0][:2].hex()) == (73894, 2, "8122")
    assert proof.encode() == text.encode() + NOTE.encode()
