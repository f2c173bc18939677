import json
import tracemalloc
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fourfold.agreements import LegalGateway
from fourfold.canon import canonical_bytes, digest
from fourfold.exchange.limits import MAX_OBJECT_BYTES
from fourfold.exchange.policies import Held
from fourfold.exchange.reasons import SENTENCES, Reason
from fourfold.exchange.stix import RELEASE_EXTENSION, encode, read_object, sign_object, sign_release
from fourfold.exchange.verify import Refusal, Verified, check_received, trusted_keys
from fourfold.framework import Level
from fourfold.records.markings import Caveat, Marking, Tlp
from fourfold.records.signing import Signer


def held_as(wire, **changes):
    found = read_object(wire)
    extension = found.value["extensions"][RELEASE_EXTENSION]
    values = {
        "version": extension["number"],
        "modified": changes.pop("modified"),
        "digest": found.digest,
        "revoked": found.value.get("revoked", False),
    }
    return Held(**{**values, **changes})


def test_an_object_released_as_agreed_is_verified(world):
    release = world.release()
    wire = sign_release(release, world.alpha.node)
    found = check_received(wire, world.context())
    assert found == Verified(wire, read_object(wire).digest, release, world.alpha.node.key)


@dataclass(frozen=True)
class Wrong:
    reason: Reason
    changes: dict[str, Any]


@pytest.mark.parametrize(
    "case",
    [
        Wrong(Reason.NOT_THE_PEER, {"owner": "identity--0"}),
        Wrong(Reason.WRONG_RECIPIENT, {"recipient": "identity--0"}),
        Wrong(Reason.NO_AGREEMENT, {"agreement": digest("another")}),
        Wrong(Reason.SLICE_NOT_AGREED, {"slice": "sensitive-incidents"}),
        Wrong(Reason.SLICE_NOT_AGREED, {"activity": "risk_estimates"}),
        Wrong(Reason.KIND_NOT_AGREED, {"kind": "playbook", "fields": {}}),
        Wrong(Reason.FIELD_NOT_AGREED, {"fields": {"title": "x", "notes": "y"}}),
        Wrong(Reason.MARKING_NOT_AGREED, {"marking": Marking(tlp=Tlp.AMBER_STRICT)}),
        Wrong(Reason.MARKING_NOT_AGREED, {"marking": Marking(tlp=Tlp.CLEAR, caveats={Caveat.PERSONAL})}),
    ],
    ids=lambda case: case.reason,
)
def test_what_was_not_agreed_is_refused_by_name(world, case):
    found = check_received(world.wire(**case.changes), world.context())
    assert isinstance(found, Refusal)
    assert found.reasons == (case.reason,)
    assert str(found) == SENTENCES[case.reason]


def test_all_that_is_wrong_with_a_release_is_named(world):
    wire = world.wire(recipient="identity--0", fields={"notes": "y"}, marking=Marking(tlp=Tlp.RED))
    found = check_received(wire, world.context())
    assert found.reasons == (Reason.WRONG_RECIPIENT, Reason.FIELD_NOT_AGREED, Reason.MARKING_NOT_AGREED)


def test_nothing_is_taken_at_separation(world):
    agreement = world.agreement(slices=(world.slice(level=Level.SEPARATION),))
    context = world.context(agreements={agreement.digest(): agreement})
    found = check_received(world.wire(agreement=agreement.digest()), context)
    assert found.reasons == (Reason.AT_SEPARATION,)


def test_what_is_confidential_by_law_is_taken_only_where_the_agreement_opens_a_gateway(world):
    marking = Marking(tlp=Tlp.CLEAR, caveats={Caveat.STATUTORY})
    found = check_received(world.wire(marking=marking), world.context())
    assert found.reasons == (Reason.MARKING_NOT_AGREED,)
    gateway = LegalGateway(provision="Section 1", decided_by="Counsel", decided=date(2026, 1, 1))
    (terms,) = world.agreement().slices
    opened = tuple(each.model_copy(update={"legal_gateway": gateway}) for each in terms.directions)
    agreement = world.agreement(slices=(world.slice(directions=opened),))
    context = world.context(agreements={agreement.digest(): agreement})
    wire = world.wire(agreement=agreement.digest(), marking=marking)
    assert isinstance(check_received(wire, context), Verified)


def test_a_slice_without_terms_for_the_sender_lets_no_field_pass(world):
    agreement = world.agreement(slices=(world.slice(directions=()),))
    context = world.context(agreements={agreement.digest(): agreement})
    assert check_received(world.wire(agreement=agreement.digest()), context).reasons == (
        Reason.FIELD_NOT_AGREED,
    )
    assert isinstance(check_received(world.wire(agreement=agreement.digest(), fields={}), context), Verified)


def test_a_withdrawal_reaches_the_holder_when_the_agreement_has_ended(world):
    first = world.release()
    held = {first.id: Held(1, world.now, digest("first"), revoked=False)}
    later = world.now + timedelta(seconds=1)
    values = {"id": first.id, "version": 2, "fields": {}, "revoked": True, "modified": later}
    context = world.context(held, agreements={})
    assert isinstance(check_received(world.wire(**values), context), Verified)
    assert (
        check_received(world.wire(id=first.id, version=2, modified=later), context).reason
        is Reason.NO_AGREEMENT
    )


def test_another_party_cannot_withdraw(world):
    values = {"version": 2, "fields": {}, "revoked": True, "owner": world.gamma.id}
    context = world.context(peer=world.gamma.id, keys=trusted_keys(world.gamma.id, [world.gamma.delegation]))
    assert check_received(world.wire(**values), context).reason is Reason.UNKNOWN_KEY


@pytest.mark.parametrize(
    ("held", "version", "seconds", "reason"),
    [
        (Held(2, None, "sha256:other", revoked=False), 1, 5, Reason.OLD_VERSION),
        (Held(2, None, "sha256:other", revoked=False), 2, 5, Reason.EQUIVOCATION),
        (Held(2, None, "sha256:other", revoked=False), 3, 0, Reason.TIME_NOT_NEWER),
        (Held(2, None, "sha256:other", revoked=False), 3, -5, Reason.TIME_NOT_NEWER),
        (Held(2, None, "sha256:other", revoked=True), 3, 5, Reason.WITHDRAWN_BEFORE),
        (Held(2, None, "sha256:other", revoked=False), 3, 5, None),
        (None, 3, 5, None),
    ],
)
def test_only_a_newer_version_is_taken(world, held, version, seconds, reason):
    release = world.release(version=version, modified=world.now + timedelta(seconds=seconds))
    known = {release.id: Held(held.version, world.now, held.digest, held.revoked)} if held else {}
    found = check_received(sign_release(release, world.alpha.node), world.context(known))
    assert (found.reasons if isinstance(found, Refusal) else None) == (reason and (reason,))


def test_a_repeated_message_changes_nothing_and_says_so(world):
    wire = world.wire()
    known = {f"release--{json.loads(wire)['id'][-36:]}": held_as(wire, modified=world.now)}
    assert check_received(wire, world.context(known)).duplicate
    relaid = json.dumps(json.loads(wire)).encode()
    assert check_received(relaid, world.context(known)).duplicate


def test_a_message_signed_again_by_another_delegated_key_is_equivocation(world):
    second = Signer.generate()
    keys = trusted_keys(world.alpha.id, [world.alpha.delegation, world.alpha.delegated(second)])
    release = world.release()
    known = {release.id: held_as(sign_release(release, world.alpha.node), modified=world.now)}
    found = check_received(sign_release(release, second), world.context(known, keys=keys))
    assert found.reasons == (Reason.EQUIVOCATION,)


def test_the_future_is_refused_beyond_what_clocks_differ(world):
    wire = world.wire(modified=world.now + timedelta(seconds=301))
    assert check_received(wire, world.context()).reasons == (Reason.FROM_THE_FUTURE,)
    assert isinstance(
        check_received(world.wire(modified=world.now + timedelta(seconds=299)), world.context()), Verified
    )


def test_a_key_counts_only_while_it_is_delegated(world):
    wire = world.wire()
    for days in (-2, 365, 366):
        moment = world.now + timedelta(days=days)
        assert check_received(wire, world.context(now=moment)).reasons == (Reason.KEY_OUT_OF_TIME,)


def test_a_key_that_somebody_else_delegated_is_unknown(world):
    stolen = world.gamma.delegated(world.alpha.node)
    for keys in (trusted_keys(world.alpha.id, [stolen]), {}):
        assert check_received(world.wire(), world.context(keys=keys)).reasons == (Reason.UNKNOWN_KEY,)
    forged = world.alpha.delegation.model_copy(update={"signature": stolen.signature})
    assert trusted_keys(world.alpha.id, [forged]) == {}


def test_an_edited_object_is_refused(world):
    wire = world.wire().replace(b"It did not stop.", b"It did stop.    ")
    found = check_received(wire, world.context())
    assert found.reasons == (Reason.WRONG_SIGNATURE,)
    assert found.object == "release--" + json.loads(wire)["id"].removeprefix("incident--")


def test_a_stripped_extension_is_told_from_a_missing_signature(world):
    item = json.loads(world.wire())
    del item["extensions"][RELEASE_EXTENSION]["signature"]
    assert check_received(canonical_bytes(item), world.context()).reasons == (Reason.UNSIGNED,)
    del item["extensions"]
    assert check_received(canonical_bytes(item), world.context()).reasons == (Reason.EXTENSION_MISSING,)


def test_a_signed_object_that_is_no_release_is_refused(world):
    item = encode(world.release())
    item["extensions"][RELEASE_EXTENSION]["marking"] = {"tlp": "PURPLE"}
    found = check_received(sign_object(item, world.alpha.node), world.context())
    assert found.reasons == (Reason.NOT_A_RELEASE,)
    assert "marking.tlp" in found.detail


@pytest.mark.parametrize(
    ("wire", "reason"),
    [
        (b"", Reason.MALFORMED),
        (b"[]", Reason.EXTENSION_MISSING),
        (b'{"a":1,"a":2}', Reason.MALFORMED),
        (b"[" * 10_000, Reason.TOO_LARGE),
        (b'{"name":"' + b"x" * 10_000_000 + b'"}', Reason.TOO_LARGE),
    ],
    ids=["empty", "no object", "twice", "deep", "huge"],
)
def test_hostile_bytes_are_refused_by_name(world, wire, reason):
    assert check_received(wire, world.context()).reasons == (reason,)


def test_numbers_without_a_canonical_form_are_malformed(world):
    for number in (b"9007199254740993", b"1e400"):
        wire = world.wire().replace(b'"number":1', b'"number":' + number)
        assert check_received(wire, world.context()).reasons == (Reason.MALFORMED,)


def test_every_reason_has_a_sentence():
    assert set(SENTENCES) == set(Reason)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(data=st.data())
def test_no_edit_of_an_object_makes_the_check_fail_or_believe(world, data):
    item = json.loads(world.wire())
    place = data.draw(st.sampled_from([item, item["extensions"], item["extensions"][RELEASE_EXTENSION]]))
    name = data.draw(st.sampled_from(sorted(place)) | st.text())
    before = canonical_bytes(item)
    place[name] = data.draw(JSON)
    wire = json.dumps(item).encode("utf-8")
    found = check_received(wire, world.context())
    try:
        same = canonical_bytes(json.loads(wire)) == before
    except Exception:  # noqa: BLE001  it has no canonical form, so it is not the same
        same = False
    assert isinstance(found, Verified) == same


@given(data=st.data())
def test_no_signed_nonsense_makes_the_check_fail(world, data):
    item = json.loads(world.wire())
    places = [item, item["extensions"][RELEASE_EXTENSION], item["extensions"][RELEASE_EXTENSION]["marking"]]
    place = data.draw(st.sampled_from(places))
    place[data.draw(st.sampled_from(sorted(place)))] = data.draw(
        JSON.filter(lambda value: b"." not in json.dumps(value).encode())
    )
    try:
        wire = sign_object(item, world.alpha.node)
    except Exception:  # noqa: BLE001  even its owner cannot sign it
        return
    assert isinstance(check_received(wire, world.context()), Verified | Refusal)


@given(st.binary(max_size=300))
def test_no_bytes_make_the_check_fail(world, wire):
    assert isinstance(check_received(wire, world.context()), Refusal)


def test_memory_stays_bounded_whatever_comes(world):
    widest = b"[" + b"[]," * (MAX_OBJECT_BYTES // 3 - 10) + b"[]]"
    tracemalloc.start()
    check_received(widest, world.context())
    check_received(b'{"a":"' + b"\\u0000" * 5_000_000 + b'"}', world.context())
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 64 << 20
