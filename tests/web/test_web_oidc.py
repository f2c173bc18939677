"""Signing in by the institution's own provider: who is let in, and whatever a provider could get wrong."""

import html
import logging
import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import jwt
import oidc_provider
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from django.test import Client

from fourfold.errors import InputError, RefusedError
from fourfold.node import models
from fourfold.node.actions.link_subject import link_subject, unlink_subject
from fourfold.node.models import Tag
from fourfold.node.roles import Role
from fourfold.node.signing_in.oidc import subject_of

NO_ANSWER = "gave no answer that counts"
STRANGER = rsa.generate_private_key(65537, 2048)


@pytest.fixture
def provider(request: pytest.FixtureRequest) -> Iterator[oidc_provider.Provider]:
    with oidc_provider.provider(getattr(request, "param", "")) as running:
        yield running


@pytest.fixture
def house(provider: oidc_provider.Provider, node: Any, signed_in: Any, settings: Any) -> Any:
    """A node with that provider, and an account."""
    signed_in("ada", Role.READER)
    secret = settings.HOME.path / "oidc-secret"
    secret.write_text(provider.secret + "\n")
    given = {"oidc_issuer": provider.issuer, "oidc_client": provider.client, "oidc_secret_file": secret.name}
    settings.NODE = settings.NODE.__class__(id=node.id, name=node.name, url=settings.NODE.url, **given)
    return models.AccountRole.objects.get().account


def leave(client: Client, **given: str) -> str:
    """Press the button; the address of the provider that one is sent to."""
    answer = client.post("/sign-in/institution/", given)
    found = re.search(r'http-equiv="refresh" content="0;url=([^"]+)"', answer.content.decode())
    return html.unescape(found[1])


def come_back(client: Client, address: str) -> Any:
    """Sign in at the provider, and follow it back; the page that one ends on."""
    back = httpx.get(address, trust_env=False).headers["Location"]
    parts = urlsplit(back)
    return client.get(f"{parts.path}?{parts.query}&_redir=", follow=True)


def enter(client: Client, **given: str) -> Any:
    return come_back(client, leave(client, **given))


def refusals() -> list[str]:
    return list(models.Event.objects.filter(tag=Tag.SESSION_REFUSED).values_list("reason", flat=True))


@pytest.mark.parametrize("provider", ["", "/realms/house/"], indirect=True)
def test_who_was_linked_is_let_in_and_nothing_else_is_learned(house: Any, provider: Any) -> None:
    link_subject("ada", provider.subject, "opa")
    client = Client()
    answer = enter(client, next="/records/")
    assert answer.request["PATH_INFO"] == "/records/"
    assert answer.status_code == 200
    (session,) = (each for name, each in client.cookies.items() if "session" in name)
    assert (session["max-age"], session["expires"], session["samesite"]) == ("", "", "Strict")
    (asked,) = provider.asked
    assert asked["scope"] == "openid"
    assert asked["redirect_uri"] == "http://127.0.0.1:8471/sign-in/institution/back/"
    assert asked["code_challenge_method"] == "S256"
    event = models.Event.objects.get(tag=Tag.SESSION_BEGUN)
    assert (event.actor, event.reason) == ("ada", f"account {house.pk}: institution's provider")
    house.refresh_from_db()
    assert (house.email, house.first_name) == ("", "")


def test_a_stranger_is_told_the_subject_and_no_account_is_made(house: Any, provider: Any) -> None:
    provider.subject = "sub<ject>-7"
    client = Client()
    page = enter(client).content.decode()
    assert "link yours to the subject sub&lt;ject&gt;-7" in page
    assert client.get("/records/").status_code == 302
    assert house.__class__.objects.count() == 1
    assert refusals() == ["no account: institution's provider: not linked"]
    assert "ject" not in str(list(models.Event.objects.values_list()))


def test_neither_a_name_nor_an_address_opens_an_account(house: Any, provider: Any) -> None:
    house.email = "ada@example.org"
    house.save()
    provider.forge = {"email": "ada@example.org", "email_verified": True, "preferred_username": "ada"}
    assert "No account here is linked to you." in enter(Client()).content.decode()


LIES: dict[str, dict[str, Any]] = {
    "another issuer": {"iss": "https://elsewhere.example"},
    "another nonce": {"nonce": "replayed"},
    "no nonce": {"nonce": None},
    "for another client": {"aud": "another"},
    "for another client too": {"aud": ["the-node", "another"]},
    "handed on by another": {"azp": "another"},
    "too old": {"exp": timedelta(seconds=-120), "iat": timedelta(seconds=-600)},
    "not yet made": {"iat": timedelta(hours=1)},
    "no end": {"exp": None},
    "no subject": {"sub": None},
    "empty subject": {"sub": ""},
    "subject that is none": {"sub": ["subject-1"]},
    "subject without end": {"sub": "x" * 1_000},
}


REASONS = {
    "another issuer": " (InvalidIssuerError)",
    "another nonce": ": for another try",
    "for another client": " (InvalidAudienceError)",
    "for another client too": ": for others too",
    "handed on by another": ": for others too",
    "too old": " (ExpiredSignatureError)",
    "not yet made": " (ImmatureSignatureError)",
    "subject without end": ": a subject longer than the store holds",
}
"""What the trail says of some of them; of the others it is the class of what was raised."""


@pytest.mark.parametrize("which", LIES)
def test_a_token_that_says_something_wrong_opens_nothing(house: Any, provider: Any, which: str) -> None:
    del house
    link_subject("ada", provider.subject, "opa")
    provider.forge = LIES[which]
    client = Client()
    assert NO_ANSWER in enter(client).content.decode()
    assert client.get("/records/").status_code == 302
    (reason,) = refusals()
    assert re.fullmatch(
        r"no account: institution's provider: no token that counts( \(\w+Error\)|: .+)", reason
    )
    assert reason.endswith(REASONS.get(which, ""))


SIGNATURES: dict[str, Any] = {
    "another key": lambda claims, _one: jwt.encode(
        claims, STRANGER, "RS256", headers={"kid": "of-the-provider"}
    ),
    "a key that is not there": lambda claims, one: jwt.encode(
        claims, one.key, "RS256", headers={"kid": "no"}
    ),
    "none": lambda claims, _one: jwt.encode(claims, None, "none", headers={"kid": "of-the-provider"}),
    "the client's secret": lambda claims, one: jwt.encode(
        claims, one.secret.ljust(64), "HS256", headers={"kid": "of-the-provider"}
    ),
    "changed afterwards": lambda claims, one: _changed(jwt.encode(claims, one.key, "RS256")),
    "no token": lambda _claims, _one: "not.a.token",
    "nothing": lambda _claims, _one: None,
}


def _changed(token: str) -> str:
    head, body, signature = token.split(".")
    other = ("A" if signature[10] != "A" else "B").join((signature[:10], signature[11:]))
    return f"{head}.{body}.{other}"


@pytest.mark.parametrize("sign", SIGNATURES.values(), ids=SIGNATURES.keys())
def test_a_token_that_the_provider_did_not_sign_opens_nothing(house: Any, provider: Any, sign: Any) -> None:
    del house
    link_subject("ada", provider.subject, "opa")
    provider.sign = lambda claims: sign(claims, provider)
    client = Client()
    assert NO_ANSWER in enter(client).content.decode()
    assert client.get("/records/").status_code == 302


SAID: dict[str, dict[str, Any]] = {
    "another issuer": {"issuer": "https://elsewhere.example"},
    "tokens in clear": {"token_endpoint": "http://elsewhere.example/token"},
    "no keys": {"jwks_uri": None},
    "a place that is none": {"authorization_endpoint": 7},
}


@pytest.mark.parametrize("said", SAID.values(), ids=SAID.keys())
def test_a_provider_that_describes_itself_wrongly_is_not_asked(house: Any, provider: Any, said: Any) -> None:
    del house
    provider.says = said
    answer = Client().post("/sign-in/institution/", follow=True)
    assert NO_ANSWER in answer.content.decode()
    assert not provider.asked


def test_a_code_counts_once_and_only_in_the_browser_that_asked(house: Any, provider: Any) -> None:
    del house
    link_subject("ada", provider.subject, "opa")
    one, other = Client(), Client()
    back = urlsplit(httpx.get(leave(one), trust_env=False).headers["Location"])
    there = f"{back.path}?{back.query}"
    assert NO_ANSWER in other.get(f"{there}&_redir=", follow=True).content.decode()
    assert one.get(f"{there}&_redir=").status_code == 302
    one.post("/sign-out/")
    assert NO_ANSWER in one.get(f"{there}&_redir=", follow=True).content.decode()
    assert one.get("/records/").status_code == 302


def test_a_token_of_one_try_does_not_open_another(house: Any, provider: Any) -> None:
    del house
    link_subject("ada", provider.subject, "opa")
    client = Client()
    stolen = parse_qs(urlsplit(leave(client)).query)["nonce"][0]
    provider.forge = {"nonce": stolen}
    assert NO_ANSWER in enter(client).content.decode()


def test_whoever_ends_it_at_the_provider_is_told_so(house: Any) -> None:
    del house
    client = Client()
    state = parse_qs(urlsplit(leave(client)).query)["state"][0]
    path = f"/sign-in/institution/back/?error=access_denied&state={state}"
    assert "You ended it." in client.get(path, follow=True).content.decode()


def test_a_provider_that_is_away_or_a_secret_that_is_not_there_is_told(house: Any, settings: Any) -> None:
    del house
    (settings.HOME.path / "oidc-secret").unlink()
    assert NO_ANSWER in Client().post("/sign-in/institution/", follow=True).content.decode()
    assert NO_ANSWER in Client().get("/sign-in/institution/back/?code=x", follow=True).content.decode()
    assert refusals() == ["no account: institution's provider: its secret cannot be read (InputError)"] * 2


@pytest.mark.parametrize(
    ("sent", "reason"),
    [
        ("error=login_required&state={state}", "the provider says login required"),
        ("error=made-up-canary&state={state}", "the provider says something unknown"),
        ("error=login_required&state=another", "not begun here"),
        ("code=of-nobody&state={state}", "no token"),
    ],
)
def test_why_it_came_to_nothing_is_told_to_the_operator_and_nothing_that_was_sent(
    house: Any, caplog: Any, sent: str, reason: str
) -> None:
    del house
    client = Client()
    state = parse_qs(urlsplit(leave(client)).query)["state"][0]
    page = client.get(f"/sign-in/institution/back/?{sent.format(state=state)}&_redir=", follow=True)
    assert NO_ANSWER in page.content.decode()
    assert refusals() == [f"no account: institution's provider: {reason}"]
    assert f"came to nothing: {reason}." in caplog.text
    assert "canary" not in caplog.text


def test_the_second_factor_and_a_closed_account_count_here_too(house: Any, provider: Any) -> None:
    link_subject("ada", provider.subject, "opa")
    house.is_active = False
    house.save()
    client = Client()
    assert "You were not signed in." in enter(client).content.decode()
    assert client.get("/records/").status_code == 302


def test_the_secret_is_in_no_page_log_or_event(house: Any, provider: Any, caplog: Any) -> None:
    del house
    caplog.set_level(logging.DEBUG)
    provider.sign = lambda _claims: None
    page = enter(Client()).content.decode()
    kept = caplog.text + page + str(list(models.Event.objects.values_list()))
    assert provider.secret not in kept
    assert "client secret" not in kept


def test_an_account_is_linked_to_one_subject_and_a_subject_to_one_account(house: Any, provider: Any) -> None:
    user = house.__class__.objects.create_user("bea", password="correct horse battery")
    link_subject("ada", "subject-1", "opa")
    for name, subject in (("bea", "subject-1"), ("ada", "subject-2")):
        with pytest.raises(RefusedError, match="linked to"):
            link_subject(name, subject, "opa")
    for wrong in ("", "x" * 192, "ü", "a\nb"):
        with pytest.raises(InputError, match="ASCII"):
            link_subject("bea", wrong, "opa")
    assert subject_of(house) == "subject-1"
    assert unlink_subject("ada", "opa")
    assert not unlink_subject("ada", "opa")
    assert (subject_of(house), subject_of(user)) == ("", "")
    assert "No account here is linked" in enter(Client()).content.decode()
    tags = list(models.Event.objects.filter(tag__startswith="account:").values_list("tag", "actor"))
    assert ("account:linked", "opa") in tags
    assert ("account:unlinked", "opa") in tags


def test_another_issuer_opens_nothing_that_was_linked_before(
    house: Any, provider: Any, settings: Any
) -> None:
    link_subject("ada", provider.subject, "opa")
    with oidc_provider.provider() as second:
        second.secret = provider.secret
        before = settings.NODE
        given = {
            "oidc_issuer": second.issuer,
            "oidc_client": second.client,
            "oidc_secret_file": "oidc-secret",
        }
        settings.NODE = before.__class__(id=before.id, name=before.name, url=before.url, **given)
        assert "No account here is linked" in enter(Client()).content.decode()
        assert subject_of(house) == ""


def test_without_a_provider_there_is_no_button_and_no_way(node: Any, signed_in: Any) -> None:
    del node
    signed_in("ada", Role.READER)
    assert (
        "institution" not in Client().get("/sign-in/").content.decode().split("<main")[1].split("</main")[0]
    )
    for ask in (Client().get, Client().post):
        assert ask("/sign-in/institution/").status_code in {404, 405}
        assert ask("/sign-in/institution/back/").status_code in {404, 405}
    with pytest.raises(RefusedError, match="oidc_issuer"):
        link_subject("ada", "subject-1", "opa")


def test_made_up_answers_are_counted_as_they_leave_events(house: Any) -> None:
    del house
    back = "/sign-in/institution/back/?code=x&state=y"
    assert Client().get(back).status_code == 200
    assert not models.Event.objects.filter(tag=Tag.SESSION_REFUSED).exists()
    answers = [Client().get(f"{back}&_redir=").status_code for _try in range(32)]
    assert answers == [302] * 30 + [429] * 2
    assert len(refusals()) == 30


@pytest.mark.parametrize("algorithm", ["RS256", "RS384", "RS512", "PS256", "PS512"])
def test_a_key_need_not_say_for_which_algorithm_it_is(house: Any, provider: Any, algorithm: str) -> None:
    """RFC 7517, section 4.4: `alg` is optional, and the token's own counts."""
    link_subject("ada", provider.subject, "opa")
    provider.key_says = {"alg": None}
    provider.sign = lambda each: jwt.encode(each, provider.key, algorithm, headers={"kid": oidc_provider.KID})
    assert enter(Client(), next="/records/").request["PATH_INFO"] == "/records/"


OTHER_KEYS = {
    "for encryption": {"use": "enc"},
    "of another type": {"kty": "EC", "crv": "P-256", "x": "AA", "y": "AA"},
    "of a type unknown": {"kty": "AKP"},
    "for other operations": {"key_ops": ["encrypt"]},
}


@pytest.mark.parametrize("other", OTHER_KEYS.values(), ids=OTHER_KEYS)
def test_other_keys_of_the_set_do_not_stand_in_the_way(house: Any, provider: Any, other: Any) -> None:
    """RFC 7517, sections 4.2, 4.5 and 5: what is for something else, or unknown, is passed over."""
    link_subject("ada", provider.subject, "opa")
    provider.other_keys = [{**provider.keys()["keys"][0], **other}]
    assert enter(Client(), next="/records/").request["PATH_INFO"] == "/records/"


@pytest.mark.parametrize("said", [{"alg": "RS256"}, {"alg": "ES256"}, {"use": "enc"}, {"kty": "EC"}])
def test_a_key_counts_for_what_it_says_only(house: Any, provider: Any, said: dict[str, str]) -> None:
    link_subject("ada", provider.subject, "opa")
    provider.key_says = said
    provider.sign = lambda each: jwt.encode(each, provider.key, "RS384", headers={"kid": oidc_provider.KID})
    assert NO_ANSWER in enter(Client()).content.decode()
