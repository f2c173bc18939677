"""Nothing is forged: a table of forgeries, each refused, shown, and without effect on what was believed."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils.html import escape

from fourfold.agreements import Term, countersign, founding_text, sign
from fourfold.canon import canonical_bytes, digest_bytes
from fourfold.errors import FourfoldError
from fourfold.exchange.stix import RELEASE_EXTENSION, sign_object, sign_release
from fourfold.log import leaf_hash
from fourfold.node import agreeing, clock
from fourfold.node.kinds import ASSESSMENT, DRAFT_AGREEMENT, DraftAgreement
from fourfold.node.models import (
    Agreement,
    AgreementParty,
    Event,
    KeyStatement,
    Peer,
    Received,
    ReceivedState,
    SeenCheckpoint,
    SeenEpoch,
    Tag,
)
from fourfold.records.identity import delegate
from fourfold.records.signing import Purpose, Signer
from fourfold.records.statements import KeyHistory


@dataclass(frozen=True)
class World:
    """The counterpart that forges, and somebody else whose name it would like to use."""

    forger: Any
    stranger: Any
    held: Any
    wire: bytes


@dataclass(frozen=True)
class Forgery:
    """What is tried, what the trail says of it, and the reason that it gives."""

    name: str
    attempt: Callable[[World], None]
    tag: Tag
    reason: str
    raises: str = ""


def offered(world: World, wire: bytes) -> None:
    """Offered like anything else, and logged like anything else: the owner stands by it."""
    world.forger.offer(wire)
    world.forger.leaves.append(leaf_hash("00" * 32, digest_bytes(wire), Purpose.RELEASE))


def wrong_key(world: World) -> None:
    offered(world, sign_release(world.forger.make(), Signer.generate()))


def edited_payload(world: World) -> None:
    offered(world, world.wire.replace(b"It did not stop.", b"It did stop, yes"))


def anothers_name(world: World) -> None:
    offered(world, sign_release(world.forger.make(owner=world.stranger.who.id), world.forger.who.node))


def anothers_object(world: World) -> None:
    offered(world, sign_release(world.forger.make(owner=world.stranger.who.id), world.stranger.who.node))


def for_another(world: World) -> None:
    made = world.forger.make(recipient=world.stranger.who.id)
    offered(world, sign_release(made, world.forger.who.node))


def old_version_as_new(world: World) -> None:
    """The content of version 1, once more, under the number and time that version 3 would have."""
    value = json.loads(world.wire)
    value["extensions"][RELEASE_EXTENSION]["number"] = 3
    offered(world, canonical_bytes(value))


def old_version_again(world: World) -> None:
    made = world.held.model_copy(update={"fields": {"title": "An earlier version"}, "version": 1})
    offered(world, sign_release(made, world.forger.who.node))


def other_content_of_the_same_version(world: World) -> None:
    made = world.held.model_copy(update={"fields": {"title": "Not what was signed"}})
    offered(world, sign_release(made, world.forger.who.node))


def stripped_extension(world: World) -> None:
    value = json.loads(world.wire)
    del value["extensions"]
    offered(world, canonical_bytes(value))


def stripped_signature(world: World) -> None:
    value = json.loads(world.wire)
    del value["extensions"][RELEASE_EXTENSION]["signature"]
    offered(world, canonical_bytes(value))


def resigned_after_stripping(world: World) -> None:
    """Somebody on the way takes the owner's signature off, and puts another on."""
    offered(world, sign_object(json.loads(world.wire), Signer.generate()))


def an_ended_agreement(world: World) -> None:
    made = world.forger.make(agreement="sha256:" + 64 * "a")
    offered(world, sign_release(made, world.forger.who.node))


def old_agreement_as_new(world: World) -> None:
    """An agreement whose successor is in force, sent as news: other terms, under its old number."""
    before = world.forger.agreement
    older = before.text.model_copy(update={"title": "As it was before"})
    signed = sign(older, world.forger.who.institution)
    told_of(world, signed)


def an_agreement_signed_by_nobodys_key(world: World) -> None:
    text = world.forger.agreement.text
    id_ = "agreement--0f8fad5b-d9cb-469f-a165-70867728950e"
    signed = sign(text.model_copy(update={"id": id_}), world.forger.who.institution)
    (given,) = signed.signatures
    other = Signer.generate().sign(Purpose.AGREEMENT, signed.signed_bytes)
    told_of(
        world, signed.model_copy(update={"signatures": (given.model_copy(update={"value": other.value}),)})
    )


def told_of(world: World, signed: Any) -> None:
    payload = DraftAgreement(title="News", agreement=signed).model_dump(mode="json", exclude_none=True)
    founding = founding_of(world)
    made = world.forger.make(
        kind="draft_agreement", activity="founding", slice="founding", agreement=founding, fields=payload
    )
    wire = sign_release(made, world.forger.who.node)
    world.forger.offer(wire)
    world.forger.leaves.append(leaf_hash(made.salt, digest_bytes(wire), Purpose.RELEASE))


def founding_of(world: World) -> str:
    return Agreement.objects.get(founding=True, parties__institution=world.forger.who.id).digest


def forked_log(world: World) -> None:
    """Another history, signed like the first."""
    other = leaf_hash("11" * 32, "sha256:" + 64 * "b", Purpose.RELEASE)
    world.forger.leaves[:] = [other, *world.forger.leaves[1:], other]


def shorter_log(world: World) -> None:
    world.forger.leaves.clear()


def silent_delivery(world: World) -> None:
    """Something is handed over that no log shows: it could be denied later."""
    world.forger.offer(sign_release(world.forger.make(), world.forger.who.node))


def delegation_by_another(world: World) -> None:
    now = clock.now()
    stolen = delegate(
        Signer.generate(), Signer.generate().key, now, now + timedelta(days=9), world.forger.who.id
    )
    world.forger.keys = KeyHistory(institution=world.forger.who.id, delegations=(stolen,))


QUARANTINED, REFUSED = Tag.OBJECT_QUARANTINED, Tag.CHECKPOINT_REFUSED
FORGERIES = [
    Forgery("wrong key", wrong_key, QUARANTINED, "unknown-key"),
    Forgery("edited payload", edited_payload, QUARANTINED, "wrong-signature"),
    Forgery("another's name", anothers_name, QUARANTINED, "not-the-peer"),
    Forgery("another's object", anothers_object, QUARANTINED, "unknown-key"),
    Forgery("for another", for_another, QUARANTINED, "wrong-recipient"),
    Forgery("old version as new", old_version_as_new, QUARANTINED, "wrong-signature"),
    Forgery("old version again", old_version_again, QUARANTINED, "old-version"),
    Forgery("same version, other content", other_content_of_the_same_version, QUARANTINED, "equivocation"),
    Forgery("stripped extension", stripped_extension, QUARANTINED, "extension-missing"),
    Forgery("stripped signature", stripped_signature, QUARANTINED, "unsigned"),
    Forgery("signed again by another", resigned_after_stripping, QUARANTINED, "unknown-key"),
    Forgery("ended agreement", an_ended_agreement, QUARANTINED, "no-agreement"),
    Forgery("old agreement as new", old_agreement_as_new, Tag.AGREEMENT_REFUSED, "RefusedError"),
    Forgery(
        "agreement signed by nobody",
        an_agreement_signed_by_nobodys_key,
        Tag.AGREEMENT_REFUSED,
        "SignatureError",
    ),
    Forgery("forked log", forked_log, REFUSED, "ProofError", "rewritten"),
    Forgery("shorter log", shorter_log, REFUSED, "ProofError", "shrunk"),
    Forgery("not in the log", silent_delivery, REFUSED, "ProofError", "does not show"),
    Forgery("delegated by another", delegation_by_another, Tag.KEY_REFUSED, "delegation"),
]


def believed() -> list[object]:
    """All that this node believes of others: nothing of it may change."""
    stored = Received.objects.filter(state=ReceivedState.STORED, kind="incident").order_by("pk")
    return [
        list(stored.values_list("digest", "wire", "version")),
        list(Agreement.objects.order_by("pk").values_list("digest", "complete", "ended", "superseded")),
        list(AgreementParty.objects.order_by("pk").values_list("agreement", "key", "signature")),
        list(Peer.objects.order_by("pk").values_list("pk", "institution_key", "node_key", "delegation")),
        list(KeyStatement.objects.values_list("digest")),
        list(SeenEpoch.objects.values_list("number")),
    ]


@pytest.fixture
def world(node: Any, counterpart: Any, stranger: Any, pulled: Any) -> World:
    """Version 2 of something is held, under the second of two agreements; the log is countersigned."""
    first = counterpart.agreement
    text = first.text.model_copy(update={"number": 2, "predecessor": first.digest})
    now = clock.now()
    follow = countersign(sign(text, node.institution), counterpart.who.institution)
    agreeing.keep(follow, now)
    founding = founding_text(
        "agreement--7c9e6679-7425-40de-944b-e07fc1f90ae7",
        text.parties,
        {kind.id: kind.fields for kind in (ASSESSMENT, DRAFT_AGREEMENT)},
        text.framework,
        Term(text.valid_from, text.review_by),
    )
    agreeing.keep(countersign(sign(founding, node.institution), counterpart.who.institution), now)
    counterpart.agreement = follow
    made = counterpart.release()
    held = made.model_copy(update={"version": 2, "modified": made.modified + timedelta(milliseconds=1)})
    held = counterpart.release(**held.model_dump())
    pulled(counterpart)
    return World(counterpart, stranger, held, counterpart.collection[-1][1])


@pytest.mark.parametrize("forgery", FORGERIES, ids=lambda each: each.name)
def test_a_forgery_is_refused_and_shown_and_changes_nothing(
    forgery: Forgery, world: World, pulled: Any, settings: Any
) -> None:
    before, seen = believed(), SeenCheckpoint.objects.count()
    forgery.attempt(world)
    problem = ""
    try:
        pulled(world.forger)
    except FourfoldError as error:
        problem = str(error)
    assert forgery.raises in problem
    assert bool(problem) == bool(forgery.raises)
    if forgery.name == "not in the log":
        before[0] = believed()[0]  # it is kept as received, and the alarm says that it can be denied
    assert believed() == before
    event = Event.objects.filter(tag=forgery.tag).latest("pk")
    assert event.reason == forgery.reason
    if forgery.tag == REFUSED:
        assert SeenCheckpoint.objects.count() == seen
        assert forgery.raises in Peer.objects.get(pk=world.forger.who.id).last_error
    shown(event, settings)


def shown(event: Event, settings: Any) -> None:
    """The page of events shows it to this institution's people."""
    settings.NODE = type(settings.NODE)(**{**fields_of(settings.NODE), "demo": True})
    page = Client().get("/events/").content.decode()
    assert escape(str(Tag(event.tag).label)) in page


def fields_of(config: Any) -> dict[str, Any]:
    return {name: getattr(config, name) for name in config.__dataclass_fields__}
