"""What counterparts and accounts are called: each name once, as people compare them, all of it visible."""

import importlib
import unicodedata
from types import SimpleNamespace
from typing import Any

import pytest
from django.apps import apps
from django.contrib.auth import authenticate, get_user_model
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.db import connection
from django.test import RequestFactory

from fourfold.agreements import sign
from fourfold.canon import folded, name_fault
from fourfold.errors import InputError, RefusedError
from fourfold.node import clock, models
from fourfold.node.accounts import account_named
from fourfold.node.actions.accept_reply import accept_reply
from fourfold.node.actions.add_account import add_account
from fourfold.node.actions.add_client import NewClient, add_client
from fourfold.node.actions.approve import approve_release
from fourfold.node.actions.change_password import change_password
from fourfold.node.actions.invite import introduction, invite
from fourfold.node.inboxing import originators_named
from fourfold.node.joining import Invitation, Reply, read_signed, write_signed
from fourfold.node.parties import find_peer, find_recipient
from fourfold.node.peering import remember
from fourfold.node.signing_in.accounts import Accounts
from fourfold.node.signing_in.hashing import NormalisedHasher
from fourfold.records.signing import fingerprint

LOOK_ALIKE = ["Stranger", "STRANGER", "Stranger\u00a0", "\uff33tranger", "Strange\u0072"]
UNSEEN = ["", " ", "Stran\u200bger", "\u202eregnartS", "Stran\nger", "\x1b[2JStranger", " Stranger", "\u3164"]
LONG = "correct horse battery staple"


def introduced(me: Any, name: str) -> Any:
    """Somebody who joins under this name, whatever a node of 0.3.0 let it be."""
    who = type(me)("Somebody")
    return who, who.introduction(clock.now()).model_copy(update={"name": name})


def replied(me: Any, name: str) -> tuple[Any, bytes]:
    """The reply of somebody of this name to an invitation of ours."""
    who, guest = introduced(me, name)
    written = invite("tester").file
    invitation = read_signed(written, "invitation", Invitation, clock.now())
    text = sign(invitation.founding(guest), who.institution)
    return who, write_signed(Reply(invitation=invitation.id, guest=guest, founding=text), who.institution)


@pytest.mark.parametrize("name", [each for each in UNSEEN if each.strip()])
def test_f11_a_name_of_which_not_all_is_seen_is_refused_at_joining(me: Any, name: str) -> None:
    who, reply = replied(me, name)
    with pytest.raises(InputError, match="name"):
        accept_reply(reply, "reply", fingerprint(who.institution.key), "tester")
    assert not models.Peer.objects.exists()


def test_f11_a_name_that_is_taken_or_is_ours_is_refused_and_another_can_be_given(me: Any) -> None:
    _, first = introduced(me, "Stranger")
    remember(first, clock.now())
    for name in [*LOOK_ALIKE, me.name, me.name.upper()]:
        _, second = introduced(me, name.strip())
        with pytest.raises(RefusedError, match="--name"):
            remember(second, clock.now())
    who, reply = replied(me, "STRANGER")
    peer = accept_reply(reply, "reply", fingerprint(who.institution.key), "tester", "Stranger of the South")
    assert peer.name == "Stranger of the South"
    names = [each.name for each in models.Peer.objects.all()]
    assert len({folded(each) for each in names}) == len(names) == 2


def test_f11_a_counterpart_that_is_known_is_not_renamed_to_what_another_is_called(me: Any) -> None:
    _, first = introduced(me, "Stranger")
    _, second = introduced(me, "Second")
    remember(first, clock.now())
    peer = remember(second, clock.now())
    assert remember(second.model_copy(update={"name": "stranger"}), clock.now()).name == "Second"
    assert (
        remember(second.model_copy(update={"name": "Second to none"}), clock.now()).name == "Second to none"
    )
    with pytest.raises(InputError):
        remember(second.model_copy(update={"name": "Sec\u200bond"}), clock.now())
    assert find_peer("SECOND TO NONE") == peer


def test_f11_a_client_is_called_like_nobody_else_either(me: Any) -> None:
    _, first = introduced(me, "Stranger")
    remember(first, clock.now())
    for name in (*LOOK_ALIKE[:2], me.name.lower()):
        with pytest.raises(RefusedError):
            add_client(NewClient(name), "tester")
    with pytest.raises(InputError):
        add_client(NewClient("Fe\u200bed"), "tester")


def test_a_counterpart_is_found_by_its_name_as_people_compare_it(me: Any) -> None:
    _, first = introduced(me, "Büro für Sicherheit")
    peer = remember(first, clock.now())
    for name in (
        "Büro für Sicherheit",
        unicodedata.normalize("NFD", "büro für SICHERHEIT"),
        peer.institution,
    ):
        assert find_peer(name) == find_recipient(name) == peer
        assert originators_named([name]) == {peer.institution}


def test_f11_names_that_a_store_of_0_3_0_repeats_are_told_apart_by_their_fingerprints(me: Any) -> None:
    peers = []
    for place, name in enumerate(["Stranger", "Stranger", "Own", "Stran\u200bger\n", "Other"]):
        _, who = introduced(me, f"Name {place}")
        peer = remember(who, clock.now())
        models.Peer.objects.filter(pk=peer.pk).update(name=name)
        peers.append(peer)
    with pytest.raises(InputError, match="counterparts are called") as told:
        find_peer("Stranger")
    assert peers[1].institution in str(told.value)
    assert "Did you mean" not in str(told.value)
    with pytest.raises(InputError, match="Several are called"):
        originators_named(["Own"])
    migration = importlib.import_module("fourfold.node.migrations.0025_names")
    for _ in range(2):
        migration.tell_apart(apps, SimpleNamespace(connection=connection))
        names = [models.Peer.objects.get(pk=each.pk).name for each in peers]
        first = [fingerprint(each.institution_key)[:4] for each in peers]
        assert names[0] == "Stranger"
        assert names[1:3] == [f"Stranger ({first[1]})", f"Own ({first[2]})"]
        assert names[3:] == ["Stran[U+200B]ger\\n", "Other"]
        assert not any(map(name_fault, names))
    assert originators_named(["Own"]) == {me.id}
    assert find_peer("stranger").pk == peers[0].pk


def test_our_own_name_is_given_to_counterparts_only_if_they_would_take_it(me: Any) -> None:
    assert introduction().name == me.name
    models.Node.objects.update(name="O\u202ewn")
    with pytest.raises(InputError, match=r"U\+202E"):
        introduction()


def test_nobody_is_a_second_person_by_writing_the_name_otherwise(incident: Any, other: Any) -> None:
    row = incident(author="Ada Lovelace")
    for name in ("ada lovelace", " Ada  Lovelace", "Ada\u00a0Lovelace", "A\u200bda Lovelace"):
        with pytest.raises(RefusedError, match="second person"):
            approve_release(row.record, other.peer, name)
    assert approve_release(row.record, other.peer, "Grace Hopper")


@pytest.fixture
def quick(me: Any, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The hashes that a node makes, at once."""
    settings.PASSWORD_HASHERS = ["fourfold.node.signing_in.hashing.NormalisedHasher"]
    monkeypatch.setattr(NormalisedHasher, "iterations", 1)
    monkeypatch.setattr(PBKDF2PasswordHasher, "iterations", 1)
    del me


FORMS = [
    "Zürich liegt am See",
    unicodedata.normalize("NFD", "Zürich liegt am See"),
    "Z\u00fcrich liegt\u00a0am See",
]


@pytest.mark.parametrize("set_as", FORMS)
@pytest.mark.usefixtures("quick")
def test_a_password_is_the_same_however_its_accents_were_typed(set_as: str) -> None:
    add_account("ada", set_as, (), "tester")
    request = RequestFactory().post("/")
    for typed in FORMS:
        assert authenticate(request, username="ada", password=typed) is not None
    assert (
        authenticate(request, username="ada", password=set_as.replace("ü", "u").replace("u\u0308", "u"))
        is None
    )
    account = account_named("ada")
    new = "Übermorgen ist auch ein Tag"
    change_password(account, FORMS[1], unicodedata.normalize("NFD", new), new)
    assert authenticate(request, username="ada", password=new) is not None
    assert authenticate(request, username="ada", password=set_as) is None


@pytest.mark.usefixtures("quick")
def test_a_password_of_0_3_0_counts_as_it_was_typed_then() -> None:
    hashed = PBKDF2PasswordHasher().encode(FORMS[1], "salt")
    get_user_model().objects.create(username="ada", password=hashed)
    request = RequestFactory().post("/")
    assert authenticate(request, username="ada", password=FORMS[1]) is not None
    assert authenticate(request, username="ada", password="another one, and long") is None


@pytest.mark.usefixtures("quick")
def test_an_account_is_found_and_signed_in_to_by_its_name_however_it_was_typed() -> None:
    typed = unicodedata.normalize("NFD", "Jürgen")
    add_account("Jürgen", LONG, (), "tester")
    for name in ("Jürgen", "jürgen", typed, "Ju\u0308rgen"):
        with pytest.raises(RefusedError, match="already"):
            add_account(name, LONG, (), "tester")
    for name in UNSEEN:
        with pytest.raises(InputError):
            add_account(name, LONG, (), "tester")
    assert account_named(typed) == account_named("JÜRGEN") == account_named("Jürgen")
    request = RequestFactory().post("/", HTTP_HOST="127.0.0.1")
    assert Accounts(request).authenticate(request, username=typed, password=LONG) == account_named("Jürgen")
