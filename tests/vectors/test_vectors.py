"""Fourfold, held against vectors that were computed without it; README.md gives the rules."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from fourfold.canon import canonical_bytes, digest, digest_bytes
from fourfold.errors import SignatureError
from fourfold.exchange.receipts import read_receipt, sign_receipt
from fourfold.exchange.requests import Message, verify_request
from fourfold.exchange.stix import decode, encode, sign_release, verify_object
from fourfold.log import (
    Checkpoint,
    LoggedProof,
    Note,
    NoteKey,
    NoteKind,
    SignedEpoch,
    Stored,
    cosign,
    entry,
    leaf_hash,
    log_name,
    open_cosigned,
    open_epoch,
    prove_consistency,
    prove_inclusion,
    read_frontier,
    sign_checkpoint,
    verify_consistency,
    verify_inclusion,
)
from fourfold.records import (
    NAMESPACE,
    Opening,
    Purpose,
    Signature,
    SignedDelegation,
    Signer,
    check_opening,
    check_reveal,
    commit,
    delegate,
    field_salt,
    fingerprint,
    from_base64,
    institution_id,
    open_field,
    pseudonym,
    seal,
    verify,
)

FOLDER = Path(__file__).parent


def load(name):
    return json.loads((FOLDER / f"{name}.json").read_text("utf-8"))


KEYS = {given["name"]: given for given in load("keys")["keys"]}
SIGNERS = {
    name: Signer(Ed25519PrivateKey.from_private_bytes(bytes.fromhex(given["seed"])))
    for name, given in KEYS.items()
}


@pytest.mark.parametrize("name", KEYS)
def test_keys_identities_and_fingerprints(name):
    given = KEYS[name]
    assert load("keys")["namespace"] == str(NAMESPACE)
    assert SIGNERS[name].key == given["key"]
    assert institution_id(given["key"]) == given["identity"]
    assert fingerprint(given["key"]) == given["fingerprint"]


@pytest.mark.parametrize("given", load("canonical")["values"])
def test_canonical_bytes_and_digests(given):
    value = json.loads(given["json"])
    assert canonical_bytes(value) == given["canonical"].encode()
    assert digest(value) == given["digest"]


def test_there_is_a_signature_for_every_purpose():
    assert {given["purpose"] for given in load("signatures")["signatures"]} == set(Purpose)


@pytest.mark.parametrize("given", load("signatures")["signatures"])
def test_signatures_by_purpose(given):
    vectors = load("signatures")
    signer, purpose, text = SIGNERS[vectors["signer"]], Purpose(given["purpose"]), vectors["text"].encode()
    signature = Signature(purpose=purpose, key=signer.key, value=given["signature"])
    assert signer.sign(purpose, text) == signature
    verify(signature, purpose, text, signer.key)
    assert from_base64(given["signature"]) == signer.sign_raw(bytes.fromhex(given["signed"]))


def test_the_delegation():
    vectors = load("delegation")
    signed = SignedDelegation.model_validate(
        {"delegation": vectors["delegation"], "signature": vectors["signature"]}
    )
    given = signed.delegation
    assert given.signed_bytes() == vectors["canonical"].encode()
    assert signed.check(given.valid_from) == given
    again = delegate(SIGNERS["institution-a"], SIGNERS["node-a"].key, given.valid_from, given.valid_until)
    assert again == signed


LOG = load("log")
LEAVES = [bytes.fromhex(given["leaf_hash"]) for given in LOG["leaves"]]
ROOTS = [bytes.fromhex(root) for root in LOG["roots"]]
STORED = Stored.of(LEAVES)


@pytest.mark.parametrize("given", LOG["leaves"])
def test_salted_leaves(given):
    parts = given["salt"], given["object"], Purpose(given["purpose"])
    assert entry(*parts).hex() == given["entry"]
    assert leaf_hash(*parts).hex() == given["leaf_hash"]


def test_the_root_at_every_size():
    assert [read_frontier(STORED, size).root() for size in range(len(LEAVES) + 1)] == ROOTS


@pytest.mark.parametrize("given", LOG["inclusion"])
def test_inclusion_proofs(given):
    index, size, proof = given["index"], given["size"], tuple(map(bytes.fromhex, given["proof"]))
    assert prove_inclusion(STORED, index, size) == proof
    verify_inclusion(LEAVES[index], index, size, proof, ROOTS[size])


@pytest.mark.parametrize("given", LOG["consistency"])
def test_consistency_proofs(given):
    old, new, proof = given["old"], given["new"], tuple(map(bytes.fromhex, given["proof"]))
    assert prove_consistency(STORED, old, new) == proof
    verify_consistency(old, new, ROOTS[old], ROOTS[new], proof)


CHECKPOINT = load("checkpoint")


def test_the_checkpoint_and_its_countersignature():
    keeper, reader = SIGNERS[CHECKPOINT["signer"]], SIGNERS[CHECKPOINT["reader_signer"]]
    checkpoint = Checkpoint(CHECKPOINT["origin"], CHECKPOINT["size"], from_base64(CHECKPOINT["root"]))
    note = sign_checkpoint(checkpoint, keeper)
    when = datetime.fromisoformat(CHECKPOINT["time"])
    cosignature = cosign(checkpoint, CHECKPOINT["reader"], reader, when)
    assert note.encode().decode() == CHECKPOINT["signed"]
    assert cosignature.line() == CHECKPOINT["cosignature"]
    assert note.with_signature(cosignature).encode().decode() == CHECKPOINT["cosigned"]
    reader_key = NoteKey(CHECKPOINT["reader"], NoteKind.COSIGNATURE, reader.key)
    assert reader_key.vkey() == CHECKPOINT["reader_vkey"]
    assert NoteKey(checkpoint.origin, NoteKind.LOG, keeper.key).vkey() == CHECKPOINT["log_vkey"]
    parsed = Note.parse(CHECKPOINT["cosigned"].encode())
    assert open_cosigned(parsed, checkpoint.origin, keeper.key, reader_key) == (checkpoint, when)


def test_the_proof_file():
    given = CHECKPOINT["proof"]
    proof = LoggedProof.parse(given["file"].encode())
    parts = json.loads(proof.extra)
    leaf = leaf_hash(parts["salt"], parts["object"], Purpose(parts["purpose"]))
    assert proof.extra.decode() == given["extra"]
    assert (
        proof.check(leaf, CHECKPOINT["origin"], SIGNERS[CHECKPOINT["signer"]].key).size == CHECKPOINT["size"]
    )
    assert proof.encode().decode() == given["file"]


def test_the_epoch():
    vectors = load("epoch")
    signed = SignedEpoch.model_validate({"epoch": vectors["epoch"], "signature": vectors["signature"]})
    name = log_name(KEYS["institution-a"]["identity"], KEYS["institution-b"]["identity"])
    epoch = signed.check(name, SIGNERS["node-a"].key)
    assert (epoch.origin, epoch.signed_bytes().decode()) == (vectors["origin"], vectors["canonical"])
    assert open_epoch(epoch, SIGNERS["node-a"]) == signed
    ended = epoch.ended()
    assert ended is not None
    assert (ended.origin, ended.size) == (CHECKPOINT["origin"], CHECKPOINT["size"])


COMMITMENT = load("commitment")
FIELDS = COMMITMENT["fields"]


def test_the_commitment():
    assert commit(FIELDS, COMMITMENT["payload"], COMMITMENT["secret"]) == COMMITMENT["root"]
    assert {name: field_salt(COMMITMENT["secret"], name) for name in FIELDS} == COMMITMENT["salts"]


@pytest.mark.parametrize("given", COMMITMENT["openings"], ids=lambda given: given["field"])
def test_the_openings_of_the_commitment(given):
    opening = Opening.model_validate(given)
    assert open_field(FIELDS, COMMITMENT["payload"], COMMITMENT["secret"], given["field"]) == opening
    check_opening(COMMITMENT["root"], opening, FIELDS)


def test_the_seal():
    given = load("seal")
    parts = given["value"], given["nonce"], given["author"]
    assert seal(*parts) == given["seal"]
    check_reveal(given["seal"], *parts)


def test_the_pseudonyms():
    vectors = load("pseudonym")
    for given in vectors["pseudonyms"]:
        assert pseudonym(vectors["secret"], vectors["record"], given["recipient"]) == given["pseudonym"]


def test_every_file_of_vectors_is_explained():
    text = (FOLDER / "README.md").read_text("utf-8")
    files = {path.name for path in FOLDER.glob("*.json")}
    assert files == {line.split("`")[1] for line in text.splitlines() if line.startswith("| `")}


RELEASES = load("release")


@pytest.mark.parametrize("name", ["release", "withdrawal"])
def test_release_objects(name):
    given, signer = RELEASES[name], SIGNERS[RELEASES["signer"]]
    found = verify_object(given["wire"].encode(), signer.key)
    assert found.digest == given["digest"] == digest_bytes(given["wire"].encode())
    release = decode(found.value)
    assert release.revoked == (name == "withdrawal")
    assert canonical_bytes(encode(release)) == given["unsigned"].encode()
    assert sign_release(release, signer) == given["wire"].encode()


@pytest.mark.parametrize("given", load("receipt")["receipts"], ids=["stored", "refused", "withdrawn"])
def test_receipts(given):
    signer = SIGNERS[load("receipt")["signer"]]
    found = read_receipt(given["wire"].encode())
    assert found.digest == given["digest"]
    verify(found.signature, Purpose.RECEIPT, given["signed"].encode(), signer.key)
    assert sign_receipt(found.receipt, signer).wire == given["wire"].encode()


@pytest.mark.parametrize("given", load("request")["requests"], ids=lambda given: given["method"])
def test_signed_requests(given):
    me, headers = load("request")["recipient"], given["headers"]
    message = Message(given["method"], f"http://node{given['target']}", dict(headers), given["body"].encode())
    found = verify_request(message, me, datetime.fromtimestamp(given["created"], UTC))
    assert found.key == SIGNERS[load("request")["signer"]].key
    with pytest.raises(SignatureError):
        verify_request(message, "identity--another", datetime.fromtimestamp(given["created"], UTC))
