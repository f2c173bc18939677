"""Release objects as signed STIX 2.1: codec, markings, constant definitions."""

from fourfold.exchange.stix.codec import decode, encode, stix_id, stix_type
from fourfold.exchange.stix.definitions import definition_bytes, definitions, identity
from fourfold.exchange.stix.ids import DEFINITIONS_COLLECTION, RELEASE_EXTENSION
from fourfold.exchange.stix.signed import (
    SignedObject,
    read_object,
    release_extension,
    sign_object,
    sign_release,
    verify_object,
)
from fourfold.exchange.stix.times import read_time, stix_time, taxii_time

__all__ = [
    "DEFINITIONS_COLLECTION",
    "RELEASE_EXTENSION",
    "SignedObject",
    "decode",
    "definition_bytes",
    "definitions",
    "encode",
    "identity",
    "read_object",
    "read_time",
    "release_extension",
    "sign_object",
    "sign_release",
    "stix_id",
    "stix_time",
    "stix_type",
    "taxii_time",
    "verify_object",
]
