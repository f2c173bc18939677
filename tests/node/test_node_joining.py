"""Joining: two files, two fingerprints, one founding agreement."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from fourfold.agreements import sign
from fourfold.errors import InputError, RefusedError, SignatureError
from fourfold.node import clock, models
from fourfold.node.actions.accept_reply import accept_reply
from fourfold.node.actions.invite import invite
from fourfold.node.actions.join import join
from fourfold.node.joining import Invitation, Reply, read_signed, write_signed
from fourfold.node.possession import prove
from fourfold.node.standing import binding_with, receivable_from
from fourfold.records.signing import fingerprint

NOBODY = "0000 0000 0000 0000 0000 0000 0000 0000"


@pytest.fixture
def guest(me: Any) -> Any:
    return type(me)("Guest")


def reply_to(file: bytes, guest: Any, **changes: Any) -> bytes:
    """What a guest's node answers."""
    invitation = read_signed(file, "invitation", Invitation, clock.now())
    text = invitation.founding(guest.introduction(clock.now())).model_copy(update=changes)
    reply = Reply(
        invitation=invitation.id,
        guest=guest.introduction(clock.now()),
        founding=sign(text, guest.institution),
    )
    return write_signed(reply, guest.institution)


def invitation_by(host: Any, **changes: Any) -> bytes:
    """What a host's node writes."""
    now = clock.now()
    values = {
        "id": "invitation--0f8fad5b-d9cb-469f-a165-70867728950e",
        "host": host.introduction(now),
        "agreement": "agreement--0f8fad5b-d9cb-469f-a165-70867728950e",
        "framework": "sha256:" + 64 * "1",
        "valid_from": now - timedelta(hours=1),
        "review_by": now + timedelta(days=300),
        "expires": now + timedelta(days=14),
    }
    return write_signed(Invitation(**{**values, **changes}), host.institution)


def test_an_accepted_reply_brings_the_founding_agreement_into_force_and_tells_the_guest(
    me: Any, guest: Any
) -> None:
    reply = reply_to(invite("tester").file, guest)
    peer = accept_reply(reply, "reply", fingerprint(guest.institution.key), "tester")
    assert peer.institution == guest.id
    (text,) = binding_with(guest.id, clock.now()).values()
    assert text.founding
    assert {party.id for party in text.parties} == {me.id, guest.id}
    (sent,) = models.ReleaseVersion.objects.filter(peer=peer)
    assert len(sent.content().fields["agreement"]["signatures"]) == 2


def test_accepting_the_same_reply_twice_changes_nothing(me: Any, guest: Any) -> None:
    del me
    reply = reply_to(invite("tester").file, guest)
    for _ in range(2):
        accept_reply(reply, "reply", fingerprint(guest.institution.key), "tester")
    assert models.Agreement.objects.count() == models.Peer.objects.count() == 1
    assert models.ReleaseVersion.objects.count() == 1
    assert models.Event.objects.filter(tag=models.Tag.PEER_ACCEPTED).count() == 1


def test_nobody_is_accepted_or_joined_with_another_fingerprint(me: Any, guest: Any) -> None:
    del me
    reply = reply_to(invite("tester").file, guest)
    with pytest.raises(RefusedError, match="another fingerprint"):
        accept_reply(reply, "reply", NOBODY, "tester")
    with pytest.raises(RefusedError, match="another fingerprint"):
        join(invitation_by(guest), "invitation", NOBODY, "tester")
    assert not models.Peer.objects.exists()
    assert not models.Agreement.objects.exists()


def test_a_fingerprint_may_be_typed_without_spaces_and_in_capitals(me: Any, guest: Any) -> None:
    del me
    typed = fingerprint(guest.institution.key).replace(" ", "").upper()
    accept_reply(reply_to(invite("tester").file, guest), "reply", typed, "tester")
    assert models.Peer.objects.count() == 1


@pytest.mark.parametrize("changes", [{"title": "Other terms"}, {"founding": False}, {"number": 2}])
def test_a_reply_to_other_terms_than_those_invited_to_is_refused(
    me: Any, guest: Any, changes: dict[str, Any]
) -> None:
    del me
    if "number" in changes:
        changes = {**changes, "predecessor": "sha256:" + 64 * "a"}
    reply = reply_to(invite("tester").file, guest, **changes)
    with pytest.raises(SignatureError, match="other terms"):
        accept_reply(reply, "reply", fingerprint(guest.institution.key), "tester")
    assert not models.Peer.objects.exists()


def test_one_invitation_brings_one_counterpart(me: Any, guest: Any) -> None:
    second = type(me)("Second")
    file = invite("tester").file
    accept_reply(reply_to(file, guest), "reply", fingerprint(guest.institution.key), "tester")
    with pytest.raises(RefusedError, match="accepted by another"):
        accept_reply(reply_to(file, second), "reply", fingerprint(second.institution.key), "tester")


def test_a_reply_to_an_invitation_of_another_node_is_refused(me: Any, guest: Any) -> None:
    reply = reply_to(invitation_by(me), guest)
    with pytest.raises(RefusedError, match="no invitation of this node"):
        accept_reply(reply, "reply", fingerprint(guest.institution.key), "tester")


def test_an_invitation_that_lapsed_is_good_for_neither_side(
    me: Any, guest: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    del me
    reply = reply_to(invite("tester").file, guest)
    offered = invitation_by(guest)
    later = clock.now() + timedelta(days=15)
    monkeypatch.setattr(clock, "now", lambda: later)
    with pytest.raises(RefusedError, match="ended"):
        accept_reply(reply, "reply", fingerprint(guest.institution.key), "tester")
    with pytest.raises(RefusedError, match="ended"):
        join(offered, "invitation", fingerprint(guest.institution.key), "tester")


def test_nobody_joins_with_their_own_invitation(me: Any) -> None:
    with pytest.raises(RefusedError, match="your own"):
        join(invite("tester").file, "invitation", fingerprint(me.institution.key), "tester")


def test_who_joined_waits_for_the_other_signature_but_may_receive_it(me: Any, guest: Any) -> None:
    file = invitation_by(guest)
    reply = join(file, "invitation", fingerprint(guest.institution.key), "tester")
    assert binding_with(guest.id, clock.now()) == {}
    (text,) = receivable_from(guest.id, clock.now()).values()
    assert text.founding
    answered = read_signed(reply, "reply", Reply, clock.now())
    assert [each.key for each in answered.founding.signatures] == [me.institution.key]
    again = read_signed(
        join(file, "invitation", fingerprint(guest.institution.key), "tester"), "reply", Reply, clock.now()
    )
    assert again.founding == answered.founding
    assert models.Agreement.objects.count() == 1


def edited(file: bytes, change: Callable[[dict[str, Any]], None]) -> bytes:
    outer = json.loads(file)
    inner = json.loads(outer["content"])
    change(inner)
    outer["content"] = json.dumps(inner, sort_keys=True, separators=(",", ":"))
    return json.dumps(outer).encode()


@pytest.mark.parametrize(
    "change",
    [
        lambda inner: inner["host"].update(name="Somebody else"),
        lambda inner: inner["host"].update(url="http://elsewhere.example/"),
        lambda inner: inner["host"]["facts"].update(regulator=True),
        lambda inner: inner.update(framework="sha256:" + 64 * "2"),
    ],
)
def test_an_edited_invitation_is_refused(
    me: Any, guest: Any, change: Callable[[dict[str, Any]], None]
) -> None:
    del me
    file = edited(invitation_by(guest), change)
    with pytest.raises(SignatureError):
        join(file, "invitation", fingerprint(guest.institution.key), "tester")
    assert not models.Peer.objects.exists()


@pytest.mark.parametrize(
    "file", [b"", b"{}", b"[1]", b"\xff", b'{"content": "{}", "content": "{}"}', b"nonsense"]
)
def test_what_is_no_invitation_is_refused_with_its_name(me: Any, file: bytes) -> None:
    del me
    with pytest.raises(InputError, match="letter"):
        join(file, "letter", NOBODY, "tester")


def test_a_node_key_acts_for_one_institution_only(me: Any, guest: Any) -> None:
    thief = type(me)("Thief", node=guest.node)
    peer = accept_reply(reply_to(invite("t").file, guest), "reply", fingerprint(guest.institution.key), "t")
    prove(peer, guest.node.key, models.ProofKind.REQUEST, clock.now())
    with pytest.raises(RefusedError, match="Another institution has this node key"):
        accept_reply(reply_to(invite("t").file, thief), "reply", fingerprint(thief.institution.key), "t")
    assert models.Peer.objects.count() == 1
