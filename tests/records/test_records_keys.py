"""A key is a key when it is read: in every model that takes one, wherever it travels."""

import importlib
import pkgutil
from datetime import UTC, datetime
from typing import Annotated

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, TypeAdapter, ValidationError

import fourfold
from fourfold.errors import SignatureError
from fourfold.records import Signer, delegate, fingerprint, raw_key
from fourfold.records.possession import Possession, SignedPossession, possess
from fourfold.records.signing import UNREADABLE, fingerprint_shown

NODE = Signer(Ed25519PrivateKey.from_private_bytes(b"n" * 32))
OTHER = Signer(Ed25519PrivateKey.from_private_bytes(b"o" * 32))
PURE = ("records", "agreements", "log", "release", "exchange")
LOW_ORDER = "AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="
NO_KEYS = ["", "garbage", "x" * 45, NODE.key[:-1], NODE.key + "\n", "\x00" * 44, LOW_ORDER, "é" * 44]


def models_that_travel():
    """Every model of the pure packages and of what counterparts hand over."""
    for package in PURE:
        found = importlib.import_module(f"fourfold.{package}")
        for module in pkgutil.walk_packages(found.__path__, f"fourfold.{package}."):
            importlib.import_module(module.name)
    for name in ("joining", "consent_kinds"):
        importlib.import_module(f"fourfold.node.{name}")
    waiting, seen = list(BaseModel.__subclasses__()), set()
    while waiting:
        model = waiting.pop()
        waiting += model.__subclasses__()
        if model not in seen and model.__module__.startswith(fourfold.__name__):
            seen.add(model)
            yield model


KEYS = sorted(
    (
        (f"{model.__name__}.{name}", TypeAdapter(Annotated[field.annotation, *field.metadata]))
        for model in models_that_travel()
        for name, field in model.model_fields.items()
        if field.annotation is str
        and (name == "key" or name.endswith("_key"))
        and ".api." not in model.__module__
    ),
    key=lambda each: each[0],
)


def test_f10_every_model_that_takes_a_key_is_looked_at():
    assert {name for name, _ in KEYS} >= {
        "Delegation.institution_key",
        "Delegation.node_key",
        "KeyRevocation.node_key",
        "Succession.new_key",
        "Replacement.lost_key",
        "Possession.node_key",
        "Party.institution_key",
        "Consent.recipient_key",
        "ConsentRequest.recipient_key",
        "Signature.key",
    }


@pytest.mark.parametrize(("name", "field"), KEYS, ids=[name for name, _ in KEYS])
def test_f10_what_is_no_key_is_refused_when_it_is_read(name, field):
    assert field.validate_python(NODE.key) == NODE.key
    for text in NO_KEYS:
        with pytest.raises(ValidationError):
            field.validate_python(text)
    del name


@given(st.text(max_size=60) | st.binary(min_size=32, max_size=32).map(lambda raw: raw.hex()[:44]))
def test_f10_a_key_that_is_read_has_a_fingerprint_and_what_is_none_is_shown_as_none(text):
    try:
        raw_key(text)
    except SignatureError:
        assert fingerprint_shown(text) == UNREADABLE
    else:
        assert fingerprint_shown(text) == fingerprint(text)


def test_a_possession_holds_for_the_key_that_signed_it_and_for_no_other_institution():
    moment = datetime(2026, 1, 1, tzinfo=UTC)
    one = delegate(OTHER, NODE.key, moment, moment.replace(year=2027)).delegation.institution
    signed = possess(NODE, one)
    assert signed.check() == Possession(institution=one, node_key=NODE.key)
    for changed in ({"institution": one[:-1] + "0"}, {"node_key": OTHER.key}):
        edited = signed.possession.model_copy(update=changed)
        with pytest.raises(SignatureError):
            SignedPossession(possession=edited, signature=signed.signature).check()
