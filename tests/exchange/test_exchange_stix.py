import json
import string
from datetime import timedelta

import pytest
import stix2
from hypothesis import given
from hypothesis import strategies as st

from fourfold.canon import canonical_bytes, digest_bytes
from fourfold.errors import InputError, SignatureError
from fourfold.exchange.stix import (
    RELEASE_EXTENSION,
    decode,
    definition_bytes,
    definitions,
    encode,
    identity,
    read_object,
    read_time,
    sign_object,
    sign_release,
    stix_time,
    stix_type,
    taxii_time,
    verify_object,
)
from fourfold.exchange.stix.ids import CAVEAT_MARKINGS, TLP_1_MARKINGS, TLP_EXTENSION, TLP_MARKINGS
from fourfold.exchange.stix.markings import marking_refs, tlp_of
from fourfold.records.markings import Caveat, Marking, Tlp
from fourfold.records.signing import Purpose, Signer
from fourfold.release import Notice

JSON_VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53) + 1, 2**53 - 1)
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(string.ascii_letters), inner, max_size=3)
    ),
    max_leaves=10,
)
MARKINGS = st.builds(
    Marking,
    tlp=st.sampled_from(Tlp),
    caveats=st.frozensets(st.sampled_from(Caveat)),
    rel_to=st.none() | st.frozensets(st.sampled_from(["identity--a", "identity--b"])),
    embargo=st.none() | st.datetimes(timezones=st.just(__import__("datetime").UTC)),
)


def strict(item):
    import stix2validator  # noqa: PLC0415  its import builds 38 grammars: only who uses it waits

    options = stix2validator.ValidationOptions(strict=True, version="2.1")
    result = stix2validator.validate_instance(json.loads(json.dumps(item)), options)
    return [str(error) for error in result.errors]


@given(
    fields=st.dictionaries(st.sampled_from(["title", "description", "date", "harm"]), JSON_VALUES),
    marking=MARKINGS,
    kind=st.sampled_from(["incident", "assessment", "draft_agreement"]),
    version=st.integers(1, 2**31 - 1),
)
def test_a_release_comes_back_from_the_wire_as_it_was(world, fields, marking, kind, version):
    release = world.release(fields=fields, marking=marking, kind=kind, version=version)
    wire = sign_release(release, world.alpha.node)
    assert decode(verify_object(wire, world.alpha.node.key).value) == release


def test_a_kind_that_stix_knows_has_its_native_type_and_properties(world):
    item = encode(world.release())
    assert (item["type"], item["name"], item["description"]) == ("incident", "A car", "It did not stop.")
    assert item["extensions"][RELEASE_EXTENSION]["fields"] == {"date": "2018-03-18"}
    assert item["created_by_ref"] == world.alpha.id


def test_a_kind_that_stix_does_not_know_has_a_type_of_ours():
    assert stix_type("draft_agreement") == "fourfold-draft-agreement"
    for bad in ("", "Incident", "x--y", "a b", "_a", "a" * 101):
        with pytest.raises(InputError):
            stix_type(bad)


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"fields": {}},
        {"fields": {"description": ""}},
        {"kind": "assessment", "fields": {"answers": {"sens": None, "list": []}}},
        {"kind": "draft_agreement", "fields": {}},
        {"revoked": True, "fields": {}, "version": 2},
        {"revoked": True, "fields": {}, "version": 2, "notice": Notice.RELEASED_IN_ERROR},
        {
            "kind": "stub",
            "fields": {"id": "stub--1", "kind": "incident", "handling": "RED", "date": "2026-11-25"},
        },
        {"kind": "consent_request", "fields": {"title": "Request"}},
        {"kind": "consent", "fields": {"title": "Consent"}},
        *({"marking": Marking(tlp=tlp, caveats=frozenset(Caveat), rel_to=frozenset())} for tlp in Tlp),
    ],
)
def test_the_strict_validator_and_stix2_accept_every_form_of_object(world, changes):
    item = json.loads(world.wire(**changes))
    assert strict(item) == []
    stix2.parse(item, allow_custom=True)


def test_a_notice_comes_back_from_the_wire_and_stands_on_withdrawals_only(world):
    gone = {"revoked": True, "fields": {}, "version": 2, "notice": Notice.RELEASED_IN_ERROR}
    assert decode(json.loads(world.wire(**gone))).notice is Notice.RELEASED_IN_ERROR
    with pytest.raises(InputError, match="notice"):
        decode(json.loads(world.wire(notice=Notice.RELEASED_IN_ERROR)))
    other = json.loads(world.wire(**gone))
    other["extensions"][RELEASE_EXTENSION]["notice"] = "read all about it"
    with pytest.raises(InputError):
        decode(other)


def test_the_strict_validator_and_stix2_accept_all_definitions():
    for item in definitions():
        assert strict(item) == []
        stix2.parse(item, allow_custom=True)


def test_an_institution_identity_is_valid_but_for_the_uuid_version_its_key_gives(world):
    item = identity(world.alpha.id, "Alpha", stix_time(world.now))
    assert all("UUIDv4" in error for error in strict(item))
    stix2.parse(item, allow_custom=True)


def test_everything_an_object_refers_to_is_served(world):
    served = set(definition_bytes())
    for tlp in Tlp:
        item = encode(world.release(kind="assessment", marking=Marking(tlp=tlp, caveats=frozenset(Caveat))))
        assert {*item["object_marking_refs"], *item["extensions"]} <= served


def test_tlp_2_is_written_as_oasis_published_it():
    # cti-stix-common-objects, extension-definition-specifications/tlp-2.0
    item = json.loads(definition_bytes()[TLP_MARKINGS[Tlp.AMBER_STRICT]])
    assert item == {
        "type": "marking-definition",
        "spec_version": "2.1",
        "id": "marking-definition--939a9414-2ddd-4d32-a0cd-375ea402b003",
        "created": "2022-10-01T00:00:00.000Z",
        "name": "TLP:AMBER+STRICT",
        "extensions": {TLP_EXTENSION: {"extension_type": "property-extension", "tlp_2_0": "amber+strict"}},
    }


def test_tlp_1_is_read_as_tlp_2():
    assert tlp_of(stix2.TLP_WHITE.id) is Tlp.CLEAR
    assert tlp_of(stix2.TLP_RED.id) is Tlp.RED
    assert {tlp_of(ref) for ref in TLP_MARKINGS.values()} == set(Tlp)
    assert tlp_of(CAVEAT_MARKINGS[Caveat.ORCON]) is None
    assert not set(TLP_1_MARKINGS) & set(TLP_MARKINGS.values())


def test_markings_are_referred_to_in_one_order():
    one = Marking(tlp=Tlp.RED, caveats=frozenset({Caveat.ORCON, Caveat.PERSONAL}))
    assert marking_refs(one) == [
        TLP_MARKINGS[Tlp.RED],
        CAVEAT_MARKINGS[Caveat.ORCON],
        CAVEAT_MARKINGS[Caveat.PERSONAL],
    ]


def test_the_wire_is_canonical_and_its_digest_is_that_of_the_bytes(world):
    wire = world.wire()
    assert canonical_bytes(json.loads(wire)) == wire
    assert read_object(wire).digest == digest_bytes(wire)


def test_fields_that_we_do_not_know_survive_and_are_signed(world):
    item = {**encode(world.release()), "labels": ["x"], "lang": "en"}
    item["extensions"][RELEASE_EXTENSION]["later"] = {"what": [1]}
    wire = sign_object(item, world.alpha.node)
    found = verify_object(wire, world.alpha.node.key)
    assert found.wire == wire
    assert found.value["extensions"][RELEASE_EXTENSION]["later"] == {"what": [1]}
    with pytest.raises(SignatureError):
        verify_object(wire.replace(b'"lang":"en"', b'"lang":"fr"'), world.alpha.node.key)


def test_the_same_object_laid_out_otherwise_still_holds_and_is_kept_as_it_came(world):
    wire = world.wire()
    other = json.dumps(json.loads(wire), indent=2).encode()
    found = verify_object(other, world.alpha.node.key)
    assert (found.wire, found.digest) == (other, digest_bytes(wire))


def test_every_single_byte_is_covered_by_the_signature(world):
    wire = world.wire(fields={"title": "T"})
    for place in range(0, len(wire), 3):
        changed = wire[:place] + bytes([wire[place] ^ 1]) + wire[place + 1 :]
        with pytest.raises((SignatureError, InputError)):
            verify_object(changed, world.alpha.node.key)


def test_a_signature_for_another_purpose_or_by_another_key_does_not_hold(world):
    item = encode(world.release())
    signature = world.alpha.node.sign(Purpose.RECEIPT, canonical_bytes(item))
    item["extensions"][RELEASE_EXTENSION]["signature"] = signature.model_dump(mode="json")
    with pytest.raises(SignatureError):
        verify_object(canonical_bytes(item), world.alpha.node.key)
    with pytest.raises(SignatureError):
        verify_object(world.wire(), Signer.generate().key)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("id", "incident--3d5f1cd8-6c8a-4e0e-9d0a-0f3b1a0e7a1"),
        ("id", None),
        ("type", "indicator"),
        ("spec_version", "2.0"),
        ("object_marking_refs", [TLP_MARKINGS[Tlp.CLEAR]]),
        ("object_marking_refs", "x"),
        ("created", "2026-11-24 09:30"),
        ("created", 5),
        ("modified", "2026-13-24T09:30:00.000Z"),
        ("created_by_ref", None),
        ("revoked", "yes"),
        ("revoked", True),
        ("extensions", []),
        ("extensions", {RELEASE_EXTENSION: []}),
    ],
)
def test_an_object_that_contradicts_itself_is_no_release(world, name, value):
    with pytest.raises(InputError) as caught:
        decode({**encode(world.release()), name: value})
    assert caught.value.faults


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("kind", "assessment"),
        ("kind", "Bad Kind"),
        ("number", 0),
        ("number", "1"),
        ("number", True),
        ("originators", []),
        ("marking", {"tlp": "WHITE"}),
        ("marking", {"tlp": "GREEN", "rel_to": None, "x": 1}),
        ("fields", None),
        ("fields", {"title": "twice"}),
        ("native", {"name": "notes"}),
        ("native", {"name": ["notes"]}),
        ("native", {"lang": "title"}),
        ("native", []),
        ("salt", 5),
    ],
)
def test_a_release_extension_that_contradicts_itself_is_no_release(world, name, value):
    item = encode(world.release())
    item["extensions"][RELEASE_EXTENSION][name] = value
    with pytest.raises(InputError):
        decode(item)


def test_no_restriction_and_nobody_stay_apart_on_the_wire(world):
    for rel_to in (None, frozenset(), frozenset({world.beta.id})):
        release = world.release(marking=Marking(tlp=Tlp.RED, rel_to=rel_to))
        assert decode(encode(release)).marking.rel_to == rel_to


def test_moments_are_written_as_the_standards_ask(world):
    assert stix_time(world.now) == "2026-11-24T09:30:00.000Z"
    assert taxii_time(world.now + timedelta(microseconds=7)) == "2026-11-24T09:30:00.000007Z"
    assert read_time("2026-11-24T09:30:00.000007Z") == world.now + timedelta(microseconds=7)
    for bad in ("2026-11-24T09:30:00", "2026-11-24T09:30:00+00:00", "2026-02-30T09:30:00Z", "now"):
        with pytest.raises(InputError):
            read_time(bad)
