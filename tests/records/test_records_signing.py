import base64
from itertools import product

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from hypothesis import given
from hypothesis import strategies as st

from fourfold.errors import InputError, SignatureError
from fourfold.records import Purpose, Signature, Signer, fingerprint, from_base64, raw_key, to_base64, verify
from fourfold.records.signing import _SMALL_ORDER, verify_raw

SIGNER = Signer(Ed25519PrivateKey.from_private_bytes(bytes(range(32))))
OTHER = Signer(Ed25519PrivateKey.from_private_bytes(bytes(32)))
PEM = SIGNER.to_pem(b"correct horse")


@pytest.mark.parametrize(("made", "wanted"), list(product(Purpose, repeat=2)))
def test_a_signature_for_one_purpose_never_holds_for_another(made, wanted):
    signature = SIGNER.sign(made, b"text")
    relabelled = signature.model_copy(update={"purpose": wanted})
    if made is wanted:
        verify(signature, wanted, b"text", SIGNER.key)
        return
    with pytest.raises(SignatureError, match="needed as"):
        verify(signature, wanted, b"text", SIGNER.key)
    with pytest.raises(SignatureError, match="does not hold"):
        verify(relabelled, wanted, b"text", SIGNER.key)


@given(st.sampled_from(Purpose), st.binary(max_size=40), st.sampled_from(Purpose), st.binary(max_size=40))
def test_no_two_purposes_and_texts_are_signed_as_the_same_bytes(one, text, two, other):
    assert (SIGNER.sign(one, text).value == SIGNER.sign(two, other).value) == ((one, text) == (two, other))


def test_a_bare_signature_is_no_signature_for_a_purpose():
    value = to_base64(SIGNER.sign_raw(b"text"))
    verify_raw(SIGNER.key, value, b"text")
    for purpose in Purpose:
        with pytest.raises(SignatureError):
            verify(Signature(purpose=purpose, key=SIGNER.key, value=value), purpose, b"text", SIGNER.key)


def test_another_key_is_named_by_fingerprint():
    with pytest.raises(SignatureError, match=fingerprint(OTHER.key)):
        verify(OTHER.sign(Purpose.RELEASE, b"text"), Purpose.RELEASE, b"text", SIGNER.key)


def test_a_signature_that_claims_another_key_does_not_hold():
    forged = OTHER.sign(Purpose.RELEASE, b"text").model_copy(update={"key": SIGNER.key})
    with pytest.raises(SignatureError, match="does not hold"):
        verify(forged, Purpose.RELEASE, b"text", SIGNER.key)


@given(st.integers(0, 87), st.sampled_from("AQgwABCDabcd019+/= \n"))
def test_a_signature_with_any_letter_changed_does_not_hold(place, letter):
    signature = SIGNER.sign(Purpose.RELEASE, b"text")
    changed = signature.value[:place] + letter + signature.value[place + 1 :]
    if changed != signature.value:
        with pytest.raises(SignatureError):
            verify(signature.model_copy(update={"value": changed}), Purpose.RELEASE, b"text", SIGNER.key)


def test_a_second_spelling_of_the_same_signature_does_not_hold():
    value = SIGNER.sign(Purpose.RELEASE, b"text").value
    assert value.endswith("==")
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    respelt = value[:-3] + alphabet[alphabet.index(value[-3]) + 1] + "=="
    assert base64.b64decode(respelt) == base64.b64decode(value)
    with pytest.raises(SignatureError):
        verify_raw(SIGNER.key, respelt, b"fourfold/v1/release\x00text")


@given(st.binary(max_size=80))
def test_bytes_have_one_base64_spelling(data):
    assert from_base64(to_base64(data)) == data


@given(st.text("ABab01+/=\n-_é", max_size=12))
def test_a_text_is_read_only_if_it_is_that_spelling(text):
    try:
        data = from_base64(text)
    except InputError:
        return
    assert to_base64(data) == text


@pytest.mark.parametrize(
    "key", ["", "no base64", to_base64(bytes(31)), to_base64(bytes(33)), SIGNER.key + "\n", "é" * 44]
)
def test_what_is_no_key_is_refused(key):
    for use in (raw_key, fingerprint):
        with pytest.raises(SignatureError):
            use(key)
    with pytest.raises(SignatureError):
        verify_raw(key, SIGNER.sign(Purpose.RELEASE, b"").value, b"")


PRIME = 2**255 - 19
D = -121665 * pow(121666, -1, PRIME) % PRIME


def _double(x, y):
    """RFC 8032's curve: one point added to itself."""
    common = D * x * x * y * y % PRIME
    return (
        2 * x * y * pow(1 + common, -1, PRIME) % PRIME,
        (y * y + x * x) * pow(1 - common, -1, PRIME) % PRIME,
    )


def _x_of(y):
    """One x for a y on the curve, by the rule for square roots of RFC 8032, section 5.1.3."""
    u, v = (y * y - 1) % PRIME, (D * y * y + 1) % PRIME
    x = u * pow(v, 3, PRIME) * pow(u * pow(v, 7, PRIME), (PRIME - 5) // 8, PRIME) % PRIME
    return x if v * x * x % PRIME == u else x * pow(2, (PRIME - 1) // 4, PRIME) % PRIME


@pytest.mark.parametrize("raw", sorted(_SMALL_ORDER))
def test_every_listed_point_vanishes_when_taken_eight_times(raw):
    y = int.from_bytes(raw, "little") % PRIME
    point = (_x_of(y), y)
    assert (D * point[0] ** 2 * y**2 - y**2 + point[0] ** 2 + 1) % PRIME == 0
    for _ in range(3):
        point = _double(*point)
    assert point == (0, 1)


def test_a_key_that_anybody_can_sign_for_is_refused():
    raw = b"\x01" + bytes(31)
    anyones = raw + bytes(32)  # a signature that holds for every text under this key
    Ed25519PublicKey.from_public_bytes(raw).verify(anyones, b"whatever")
    with pytest.raises(SignatureError, match="small order"):
        verify_raw(to_base64(raw), to_base64(anyones), b"whatever")
    with pytest.raises(SignatureError, match="small order"):
        raw_key(to_base64(raw[:-1] + b"\x80"))


def test_a_fingerprint_is_eight_groups_of_four():
    groups = fingerprint(SIGNER.key).split(" ")
    assert [len(group) for group in groups] == [4] * 8
    assert fingerprint(SIGNER.key) != fingerprint(OTHER.key)


def test_a_key_file_opens_with_its_passphrase_only():
    assert Signer.from_pem(PEM, b"correct horse").key == SIGNER.key
    for wrong in (b"", b"correct horsE", b"correct horse "):
        with pytest.raises(SignatureError, match="cannot be opened"):
            Signer.from_pem(PEM, wrong)


def test_a_key_file_never_holds_the_key_in_the_clear():
    assert b"ENCRYPTED" in PEM
    assert to_base64(bytes(range(32))).encode() not in PEM
    with pytest.raises(InputError, match="passphrase"):
        SIGNER.to_pem(b"")


@pytest.mark.parametrize(
    "pem", [b"", b"no key", PEM[:-40], PEM.replace(b"M", b"N"), PEM[30:], b"\x00\xff" * 50]
)
def test_a_damaged_key_file_is_refused(pem):
    with pytest.raises(SignatureError):
        Signer.from_pem(pem, b"correct horse")


def test_a_key_of_another_kind_is_refused():
    pem = ec.generate_private_key(ec.SECP256R1()).private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.BestAvailableEncryption(b"correct horse"),
    )
    with pytest.raises(SignatureError, match="Ed25519"):
        Signer.from_pem(pem, b"correct horse")


def test_a_key_file_without_encryption_is_refused():
    pem = Ed25519PrivateKey.generate().private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    with pytest.raises(SignatureError):
        Signer.from_pem(pem, b"correct horse")


def test_ed25519_agrees_with_rfc_8032():
    # RFC 8032, section 7.1, test 3
    private = "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7"
    public = "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025"
    signature = (
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac"
        "18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a"
    )
    signer = Signer(Ed25519PrivateKey.from_private_bytes(bytes.fromhex(private)))
    assert raw_key(signer.key).hex() == public
    assert signer.sign_raw(bytes.fromhex("af82")).hex() == signature


def test_two_generated_keys_differ():
    assert Signer.generate().key != Signer.generate().key
