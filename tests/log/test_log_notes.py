import json
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from fourfold.errors import InputError, SignatureError
from fourfold.log import Note, NoteKey, NoteKind, NoteSignature
from fourfold.records import Signer, from_base64, to_base64, verify_raw

VECTORS = Path(__file__).parent.parent / "vectors"
PUBLISHED = json.loads((VECTORS / "published.json").read_text("utf-8"))
PETER, FOO = PUBLISHED["notes"]
FOO_LINE = FOO["line"]


def key_of(vkey):
    """A verifier key as others write it."""
    name, _, material = vkey.split("+", 2)
    raw = from_base64(material)
    return NoteKey(name, NoteKind(raw[0]), to_base64(raw[1:]))


@pytest.mark.parametrize("published", PUBLISHED["notes"], ids=["go", "c2sp"])
def test_published_notes_verify_and_are_written_back_byte_for_byte(published):
    data = f"{published['text']}\n{published['line']}".encode()
    note, key = Note.parse(data), key_of(published["vkey"])
    given = note.signed_by(key)
    verify_raw(key.key, to_base64(given.value), note.text.encode())
    assert (note.text, note.encode(), key.vkey()) == (published["text"], data, published["vkey"])


def test_the_published_note_is_signed_byte_for_byte():
    signer = Signer(Ed25519PrivateKey.from_private_bytes(from_base64(PETER["private_key"])[1:]))
    key = NoteKey("PeterNeumann", NoteKind.LOG, signer.key)
    signature = NoteSignature(key.name, key.id, signer.sign_raw(PETER["text"].encode()))
    assert signature.line() == PETER["line"]


@pytest.mark.parametrize("vkey", [PUBLISHED["checkpoint"]["log"], *PUBLISHED["checkpoint"]["witnesses"]])
def test_the_published_keys_of_a_log_and_its_witnesses_have_their_published_ids(vkey):
    assert key_of(vkey).vkey() == vkey
    ids = {signature.id for signature in Note.parse(PUBLISHED["checkpoint"]["note"].encode()).signatures}
    assert key_of(vkey).id in ids


NAMES = st.from_regex(r"[^\s+\x00-\x1f]{1,12}", fullmatch=True)
SIGNATURES = st.builds(
    NoteSignature, name=NAMES, id=st.binary(min_size=4, max_size=4), value=st.binary(min_size=1, max_size=80)
)
TEXTS = st.from_regex(r"[^\x00-\x1f]*(\n[^\x00-\x1f]*)*\n", fullmatch=True)


@given(TEXTS, st.lists(SIGNATURES, min_size=1, max_size=4))
def test_a_note_survives_its_bytes(text, signatures):
    note = Note(text, tuple(signatures))
    again = Note.parse(note.encode())
    assert again == note


@given(st.data())
def test_what_parses_is_written_back_byte_for_byte(data):
    good = f"a\n1\nb\n\n{PETER['line']}{FOO_LINE}".encode()
    place = data.draw(st.integers(0, len(good) - 1))
    changed = good[:place] + data.draw(st.binary(max_size=2)) + good[place + 1 :]
    try:
        note = Note.parse(changed)
    except InputError:
        return
    assert note.encode() == changed


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\n",
        b"text\n",
        b"text\n\n",
        b"text\n\n\n",
        f"text\n{FOO_LINE}".encode(),
        f"text\n\n{FOO_LINE}".encode()[:-1],
        f"text\n\n{FOO_LINE}\n".encode(),
        f"text\n\n{FOO_LINE}trailing\n".encode(),
        f"text\r\n\n{FOO_LINE}".encode(),
        f"te\x00xt\n\n{FOO_LINE}".encode(),
        f"text\n\n{FOO_LINE}".encode("utf-16"),
        b"text\n\n- name Uw2QOkn8srV1\n",
        "text\n\n\u2014  Uw2QOkn8srV1\n".encode(),
        "text\n\n\u2014 na+me Uw2QOkn8srV1\n".encode(),
        "text\n\n\u2014 na\u00a0me Uw2QOkn8srV1\n".encode(),
        "text\n\n\u2014 name Uw2QOkn8srV1 more\n".encode(),
        "text\n\n\u2014 name Uw2QOkn8srV!\n".encode(),
        "text\n\n\u2014 name Uw2QOg==\n".encode(),
        "text\n\n\u2014 name Uw2QOkn8srV=\n".encode(),
        ("text\n\n" + FOO_LINE * 33).encode(),
        b"x" * 65_536 + f"\n\n{FOO_LINE}".encode(),
    ],
)
def test_what_is_no_note_is_refused(data):
    with pytest.raises(InputError):
        Note.parse(data)


def test_as_many_signatures_as_the_standard_asks_for_are_read():
    lines = "".join(NoteSignature(f"key{number}", b"abcd", b"x").line() for number in range(16))
    assert len(Note.parse(f"text\n\n{lines}".encode()).signatures) == 16


def test_a_faulty_signature_line_is_named():
    with pytest.raises(InputError) as caught:
        Note.parse(f"a\nb\n\n{FOO_LINE}\u2014 name !\n".encode())
    assert caught.value.faults[0].line == 5


@pytest.mark.parametrize("name", ["", " ", "a b", "a+b", "a\nb", "a\x01", "a\u2003b"])
def test_a_name_that_no_line_can_carry_is_refused(name):
    with pytest.raises(InputError, match="no key name"):
        NoteKey(name, NoteKind.LOG, to_base64(bytes(range(32))))


def test_a_signature_is_found_by_name_and_id_both():
    note = Note.parse(f"{FOO['text']}\n{FOO_LINE}".encode())
    key = key_of(FOO["vkey"])
    for other in (
        NoteKey("example.com/bar", key.kind, key.key),
        NoteKey(key.name, NoteKind.COSIGNATURE, key.key),
        NoteKey(key.name, key.kind, key_of(PETER["vkey"]).key),
    ):
        with pytest.raises(SignatureError, match="0 times"):
            note.signed_by(other)


def test_two_signatures_by_one_key_are_refused_and_a_new_one_replaces_the_old():
    key = key_of(FOO["vkey"])
    with pytest.raises(SignatureError, match="2 times"):
        Note.parse(f"{FOO['text']}\n{FOO_LINE}{FOO_LINE}".encode()).signed_by(key)
    note = Note.parse(f"{FOO['text']}\n{FOO_LINE}{PETER['line']}".encode())
    newer = NoteSignature(key.name, key.id, b"newer")
    assert note.with_signature(newer).signed_by(key) == newer
    assert len(note.with_signature(newer).signatures) == 2
