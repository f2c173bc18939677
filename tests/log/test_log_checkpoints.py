import hashlib
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from fourfold.errors import FourfoldError, InputError, ProofError, SignatureError
from fourfold.log import (
    Checkpoint,
    Note,
    NoteKey,
    NoteKind,
    NoteSignature,
    Stored,
    check_cosignature,
    check_growth,
    cosign,
    open_checkpoint,
    open_cosigned,
    prove_consistency,
    read_frontier,
    sign_checkpoint,
)
from fourfold.records import Purpose, Signer, from_base64, to_base64, verify_raw

OWNER = Signer(Ed25519PrivateKey.from_private_bytes(b"o" * 32))
READER = Signer(Ed25519PrivateKey.from_private_bytes(b"r" * 32))
ORIGIN = "identity--a/log/identity--b/1"
NOW = datetime(2026, 5, 1, 9, 30, 15, 999_999, tzinfo=UTC)
CHECKPOINT = Checkpoint(ORIGIN, 3, hashlib.sha256(b"root").digest())
NOTE = sign_checkpoint(CHECKPOINT, OWNER)
COSIGNED = NOTE.with_signature(cosign(CHECKPOINT, "identity--b", READER, NOW))
READER_KEY = NoteKey("identity--b", NoteKind.COSIGNATURE, READER.key)

VECTORS = Path(__file__).parent.parent / "vectors"
PUBLISHED = json.loads((VECTORS / "published.json").read_text("utf-8"))["checkpoint"]


def key_of(vkey):
    """A verifier key as others write it."""
    name, _, material = vkey.split("+", 2)
    raw = from_base64(material)
    return NoteKey(name, NoteKind(raw[0]), to_base64(raw[1:]))


@pytest.mark.parametrize("witness", PUBLISHED["witnesses"])
def test_a_public_logs_checkpoint_and_its_countersignatures_hold(witness):
    note, log, reader = Note.parse(PUBLISHED["note"].encode()), key_of(PUBLISHED["log"]), key_of(witness)
    checkpoint, seen = open_cosigned(note, log.name, log.key, reader)
    assert (checkpoint.size, checkpoint.text()) == (1_432_088_532, note.text)
    assert seen == datetime.fromisoformat(PUBLISHED["seen"])
    other = Checkpoint(checkpoint.origin, checkpoint.size - 1, checkpoint.root)
    with pytest.raises(SignatureError):
        check_cosignature(other, note.signed_by(reader), reader.name, reader.key)


def test_the_published_example_is_parsed():
    text = "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"
    checkpoint = Checkpoint.parse(text)
    assert (checkpoint.origin, checkpoint.size) == ("example.com/behind-the-sofa", 20_852_163)
    assert checkpoint.text() == text


@pytest.mark.parametrize("note", [NOTE, COSIGNED], ids=["signed", "countersigned"])
def test_a_signed_checkpoint_opens_with_the_logs_key_and_origin_only(note):
    again = Note.parse(note.encode())
    assert open_checkpoint(again, ORIGIN, OWNER.key) == CHECKPOINT
    for origin, key in ((ORIGIN + "1", OWNER.key), (ORIGIN, READER.key)):
        with pytest.raises(SignatureError):
            open_checkpoint(again, origin, key)


def test_a_countersigned_checkpoint_says_when_it_was_seen():
    assert open_cosigned(COSIGNED, ORIGIN, OWNER.key, READER_KEY) == (CHECKPOINT, NOW.replace(microsecond=0))
    with pytest.raises(SignatureError, match="0 times"):
        open_cosigned(NOTE, ORIGIN, OWNER.key, READER_KEY)


def test_a_countersigned_checkpoint_with_any_byte_changed_does_not_open():
    data = COSIGNED.encode()
    for place in range(len(data)):
        for bit in (0x01, 0x10, 0x20):
            changed = data[:place] + bytes([data[place] ^ bit]) + data[place + 1 :]
            with pytest.raises((SignatureError, InputError)):
                open_cosigned(Note.parse(changed), ORIGIN, OWNER.key, READER_KEY)


def test_a_countersignature_travels_as_one_line():
    line = cosign(CHECKPOINT, "identity--b", READER, NOW).line()
    given = NoteSignature.parse(line)
    assert check_cosignature(CHECKPOINT, given, "identity--b", READER.key) == NOW.replace(microsecond=0)
    for wrong in (line[:-1], line[1:], line.replace(" ", "  "), "", line + line):
        with pytest.raises(InputError):
            NoteSignature.parse(wrong)


@pytest.mark.parametrize(
    "other",
    [
        Checkpoint(ORIGIN + "1", CHECKPOINT.size, CHECKPOINT.root),
        Checkpoint(ORIGIN, CHECKPOINT.size + 1, CHECKPOINT.root),
        Checkpoint(ORIGIN, CHECKPOINT.size, bytes(32)),
    ],
)
def test_a_countersignature_holds_for_its_checkpoint_only(other):
    given = cosign(CHECKPOINT, "identity--b", READER, NOW)
    with pytest.raises(SignatureError, match="does not hold"):
        check_cosignature(other, given, "identity--b", READER.key)


def test_the_time_of_a_countersignature_cannot_be_moved():
    given = cosign(CHECKPOINT, "identity--b", READER, NOW)
    for seconds in (0, int(NOW.timestamp()) + 1, 2**63 - 1, 2**64 - 1):
        moved = NoteSignature(given.name, given.id, seconds.to_bytes(8, "big") + given.value[8:])
        with pytest.raises(SignatureError):
            check_cosignature(CHECKPOINT, moved, "identity--b", READER.key)


@pytest.mark.parametrize(("name", "signer"), [("identity--c", READER), ("identity--b", OWNER)])
def test_somebody_elses_countersignature_is_not_the_readers(name, signer):
    given = cosign(CHECKPOINT, name, signer, NOW)
    with pytest.raises(SignatureError, match="not a countersignature of identity--b"):
        check_cosignature(CHECKPOINT, given, "identity--b", READER.key)


def test_the_logs_own_signature_is_no_countersignature_nor_the_other_way_round():
    own = NOTE.signatures[0]
    with pytest.raises(SignatureError):
        check_cosignature(CHECKPOINT, own, ORIGIN, OWNER.key)
    posing = cosign(CHECKPOINT, ORIGIN, OWNER, NOW)
    with pytest.raises(SignatureError):
        open_checkpoint(Note(NOTE.text, (posing,)), ORIGIN, OWNER.key)
    relabelled = NoteSignature(ORIGIN, own.id, posing.value[8:])
    with pytest.raises(SignatureError, match="does not hold"):
        open_checkpoint(Note(NOTE.text, (relabelled,)), ORIGIN, OWNER.key)


def test_a_checkpoint_of_another_log_signed_under_this_name_is_refused():
    text = Checkpoint("another/log", 3, bytes(32)).text()
    key = NoteKey(ORIGIN, NoteKind.LOG, OWNER.key)
    note = Note(text, (NoteSignature(ORIGIN, key.id, OWNER.sign_raw(text.encode())),))
    with pytest.raises(SignatureError, match="another/log"):
        open_checkpoint(note, ORIGIN, OWNER.key)


@given(st.sampled_from(Purpose), st.text(max_size=60))
def test_no_signature_for_a_purpose_is_one_on_a_checkpoint(purpose, text):
    value = OWNER.sign(purpose, text.encode()).value
    with pytest.raises(SignatureError):
        verify_raw(OWNER.key, value, CHECKPOINT.text().encode())
    with pytest.raises(FourfoldError):
        Note.parse(b"fourfold/v1/" + purpose.value.encode() + b"\x00" + text.encode())


@pytest.mark.parametrize(
    "text",
    [
        "",
        "origin\n3\n",
        "origin\n3\nAAAA\n",
        "origin\n03\n" + "A" * 43 + "=\n",
        "origin\n-3\n" + "A" * 43 + "=\n",
        "origin\n+3\n" + "A" * 43 + "=\n",
        "origin\n\u0663\n" + "A" * 43 + "=\n",
        "origin\n3\n" + "A" * 42 + "B=\n",
        "origin\n3\n" + "A" * 43 + "=\nextension\n",
        "origin\n3\n" + "A" * 43 + "=",
        "\n3\n" + "A" * 43 + "=\n",
        "or igin\n3\n" + "A" * 43 + "=\n",
        "origin\n" + "9" * 20 + "\n" + "A" * 43 + "=\n",
    ],
)
def test_what_is_no_checkpoint_is_refused(text):
    with pytest.raises(InputError):
        Checkpoint.parse(text)


@given(st.integers(0, 2**63 - 1), st.binary(min_size=32, max_size=32))
def test_a_checkpoint_survives_its_text(size, root):
    checkpoint = Checkpoint(ORIGIN, size, root)
    assert Checkpoint.parse(checkpoint.text()) == checkpoint


LEAVES = [hashlib.sha256(bytes([number])).digest() for number in range(9)]
STORED = Stored.of(LEAVES)


def at(size, stored=STORED, origin=ORIGIN):
    return Checkpoint(origin, size, read_frontier(stored, size).root())


def test_a_reader_countersigns_growth_and_nothing_else():
    check_growth(None, at(4), ())
    check_growth(at(3), at(9), prove_consistency(STORED, 3, 9))
    check_growth(at(9), at(9), ())
    forked = Stored.of([*LEAVES[:2], bytes(32), *LEAVES[3:]])
    for last, new, proof in (
        (at(9), at(3), ()),
        (at(3), at(9, forked), prove_consistency(forked, 3, 9)),
        (at(9), at(9, forked), ()),
        (at(3), at(9), ()),
        (at(3), at(9, origin="another"), prove_consistency(STORED, 3, 9)),
    ):
        with pytest.raises(ProofError):
            check_growth(last, new, proof)


@given(st.datetimes(datetime(1990, 1, 1), datetime(2200, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001  UTC is added
def test_a_countersignature_keeps_its_time_to_the_second(now):
    seen = check_cosignature(CHECKPOINT, cosign(CHECKPOINT, "b", READER, now), "b", READER.key)
    assert timedelta(0) <= now - seen < timedelta(seconds=1)


@pytest.mark.parametrize("seconds", [253_402_300_800, 2**63 - 1, 2**63, 2**64 - 1])
def test_a_time_that_no_calendar_holds_is_refused_though_the_reader_signed_it(seconds):
    text = f"cosignature/v1\ntime {seconds}\n{CHECKPOINT.text()}".encode()
    given = NoteSignature("identity--b", READER_KEY.id, seconds.to_bytes(8, "big") + READER.sign_raw(text))
    with pytest.raises(SignatureError, match="9999"):
        check_cosignature(CHECKPOINT, given, "identity--b", READER.key)


@pytest.mark.parametrize("length", [0, 1, 7, 8, 9, 71, 73])
def test_a_countersignature_of_another_length_is_refused(length):
    value = (cosign(CHECKPOINT, "identity--b", READER, NOW).value + b"x")[:length]
    with pytest.raises(SignatureError):
        check_cosignature(
            CHECKPOINT, NoteSignature("identity--b", READER_KEY.id, value), "identity--b", READER.key
        )
