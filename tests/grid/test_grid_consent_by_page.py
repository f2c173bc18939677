"""Three real nodes, and people who act on them by page alone: kept, asked, answered, released, revoked."""

import re

import pytest
from django.test import Client
from readers import clear

from fourfold.exchange.evidence import Outcome, outcome, verify_evidence
from fourfold.node import models
from fourfold.node.actions.add_account import add_account
from fourfold.node.actions.issue_token import issue_token
from fourfold.node.actions.release_record import release_record
from fourfold.node.roles import Role
from fourfold.records.markings import Caveat, Marking, Tlp

PASSWORD = "correct horse battery"
TITLE = "A tram ran backwards"


class Person:
    """Somebody signed in at a node; every address that is asked for is asked at that node."""

    def __init__(self, node, name, *roles):
        self.node, self.client = node, Client()
        with node:
            add_account(name, PASSWORD, roles, "operator")
            clear(name)
            assert self.client.login(username=name, password=PASSWORD)

    def get(self, path, status=200):
        with self.node:
            answer = self.client.get(path)
        assert answer.status_code == status, (path, answer.status_code)
        return answer.content.decode()

    def post(self, path, **given):
        with self.node:
            answer = self.client.post(path, given, follow=True)
        assert answer.status_code == 200, (path, answer.status_code)
        self.at = answer.redirect_chain[-1][0] if answer.redirect_chain else path
        return answer.content.decode()


@pytest.fixture
def told(chain):
    """A has told B of something, AMBER; an officer at A, an analyst and an officer at B."""
    a, b, c = chain.nodes
    record = a.keep(TITLE, Marking(tlp=Tlp.AMBER))
    a.do(release_record, record, a.do(a.peer, b), "analyst")
    b.collect(a)
    people = Person(a, "olu", Role.OFFICER), Person(b, "ada", Role.ANALYST), Person(b, "bea", Role.OFFICER)
    return (a, b, c), people


def received(node):
    with node:
        return models.Received.objects.get(kind="incident", state="stored").pk


def kept(node, ada):
    """B keeps it to pass on, by page; the address of the record."""
    page = ada.get(f"/inbox/{received(node)}/")
    (forward,) = re.findall(r'href="(/inbox/\d+/forward/)"', page)
    form = ada.get(forward)
    assert 'value="public-incidents"' in form
    (seen,) = re.findall(r'name="seen" value="([^"]+)"', form)
    page = ada.post(forward, slice="public-incidents", fields=["title", "description"], seen=seen)
    assert "Kept to pass on. Nothing has left" in page
    return ada.at


def asked(three, people):
    """B keeps it and asks A, at the row that stops it; the record's address, and that of the request."""
    (a, b, c), (_olu, ada, _bea) = three, people
    record = kept(b, ada)
    page = ada.get(record)
    assert "Ask Atlantis for consent" in page
    (link,) = set(re.findall(rf'href="({record}consent/ask/\?to=[^"]+)"', page)) - {""}
    assert b.do(b.peer, c).pk in link
    assert "selected" in ada.get(link)
    page = ada.post(link.partition("?")[0], to=c.id, reason="They had a similar case.")
    assert "Asked Atlantis." in page
    a.collect(b)
    return record, ada.at


def test_consent_among_three_institutions_by_page(told):
    (a, b, c), (olu, ada, _bea) = told
    record, request = asked((a, b, c), told[1])
    assert "1 request waits for an answer" in olu.get("/inbox/")
    page = olu.get(request)
    for shown in (TITLE, "They had a similar case.", "Borduria", "Cathay", "TLP:AMBER", "Grant it"):
        assert shown in page
    assert "(as the asker calls it" in page
    page = olu.post(f"{request}grant/", until="next year")
    assert "This is no day. Write it as 2027-01-31." in page
    assert 'value="next year"' in page
    assert "A consent ends in the future." in olu.post(f"{request}grant/", until="2020-01-01")
    assert "Granted. Borduria can collect" in olu.post(f"{request}grant/", until="2999-01-31")
    assert "it is not open any more" in olu.post(f"{request}grant/", until="2999-01-31")
    assert "Release to Cathay as shown" not in ada.get(record)
    b.collect(a)
    with b:
        own = models.RecordVersion.objects.get(kind="consent_request").record
    assert (
        c.id not in ada.get(f"/records/{own}/").partition('<table class="fields')[2].partition("</table>")[0]
    )
    page = ada.get(record)
    assert "Release to Cathay as shown" in page
    ada.post(f"{record}release/", to=c.id)
    c.collect(b)
    with c:
        assert TITLE.encode() in bytes(models.Received.objects.get(kind="incident").wire)
    assert "what Cathay has is withdrawn by Borduria" in olu.get(f"{request}revoke/")
    assert "Taken back." in olu.post(f"{request}revoke/")
    b.collect(a)
    c.collect(b)
    with c:
        assert models.Received.objects.get(kind="incident", revoked=False).state == "withdrawn"
    assert "taken back" in ada.get(record)


def test_a_program_sees_what_would_go_on_where_it_is_asked_and_nowhere_else(told):
    (a, b, c), _people = told
    _record, request = asked((a, b, c), told[1])
    path = f"/api/v1{request.rstrip('/')}"
    for node, content in ((a, {"title": TITLE, "description": f"{TITLE}: what happened."}), (b, None)):
        with node:
            add_account("eve", PASSWORD, [Role.READER], "operator")
            clear("eve")
            token = issue_token("eve", "tests", 1, "operator")
            shown = Client().get(path, headers={"authorization": f"Bearer {token}"}).json()
        assert (shown["content"], shown["state"], shown["recipient"]) == (content, "asked", "Cathay")


def test_a_seal_is_proved_by_a_program_once_its_witness_has_countersigned(told):
    (a, b, _c), (_olu, _ada, _bea) = told
    record = a.keep("Kept at home", slice="sensitive-incidents")
    with a:
        add_account("eve", PASSWORD, [Role.ANALYST], "operator")
        clear("eve")
        token = issue_token("eve", "tests", 1, "operator")
    headers = {"authorization": f"Bearer {token}"}

    def post(what, **body):
        with a:
            path = f"/api/v1/records/{record}/{what}"
            return Client().post(path, body, content_type="application/json", headers=headers)

    assert post("seals", witness="Borduria").status_code == 201
    assert post("proofs", witness="Borduria").status_code == 409
    b.collect(a)
    answer = post("proofs", witness="Borduria")
    checks = verify_evidence({"proof.json": answer.content})
    assert outcome(checks) is not Outcome.FAILS
    assert "Kept at home" in answer.json()["record"]
    refused = post("proofs", witness="Borduria", reader="Borduria")
    assert (refused.status_code, "Nothing of this may pass" in refused.json()["detail"]) == (409, True)


def test_a_request_that_is_declined_can_be_made_again(told):
    (a, b, c), (olu, ada, _bea) = told
    record, request = asked((a, b, c), told[1])
    assert "See the request" in ada.get(record)
    assert "Ask Atlantis for consent" not in ada.get(record)
    again = ada.post(f"{record}consent/ask/", to=c.id)
    assert ada.at == request, again
    assert "no reason" in olu.post(f"{request}decline/", back=request)
    b.collect(a)
    page = ada.get(record)
    assert "declined" in page
    assert "Ask Atlantis for consent" in page


def test_who_may_not_answer_is_told_who_may_and_cannot(told):
    (a, b, c), (olu, _ada, _bea) = told
    _record, request = asked((a, b, c), told[1])
    reader = Person(a, "rea", Role.READER, Role.ANALYST)
    page = reader.get(request)
    assert "Somebody with the role officer answers it on this page." in page
    assert "Grant it" not in page
    reader.get(f"{request}grant/", status=403)
    with a:
        for what in ("grant", "decline", "revoke"):
            assert reader.client.post(f"{request}{what}/", {"until": "2999-01-01"}).status_code == 403
        assert models.ConsentCase.objects.get().state == "asked"
    assert "Grant it" in olu.get(request)


def test_what_the_holder_changed_cannot_be_granted_and_the_page_says_why(told):
    (a, b, c), (olu, _ada, _bea) = told
    _record, request = asked((a, b, c), told[1])
    with a:
        case = models.ConsentCase.objects.get()
        models.ConsentCase.objects.update(body=bytes(case.body).replace(b'"version":1', b'"version":2'))
    page = olu.get(request)
    assert "It cannot be granted:" in page
    assert "Grant it" not in page
    olu.post(f"{request}grant/", until="2999-01-01")
    with a:
        assert models.ConsentCase.objects.get().document is None


def test_a_newer_version_that_came_meanwhile_is_looked_at_first(told):
    (a, b, _c), (_olu, ada, _bea) = told
    number = received(b)
    page = ada.post(
        f"/inbox/{number}/forward/", slice="public-incidents", fields=["title"], seen="sha256:" + 64 * "0"
    )
    assert "A newer version of it came meanwhile." in page
    assert "Choose at least one field" in ada.post(f"/inbox/{number}/forward/", slice="public-incidents")
    with b:
        assert not models.RecordVersion.objects.filter(kind="incident").exists()
    one, other = kept(b, ada), kept(b, ada)
    assert one == other
    del a


def test_an_own_consent_is_given_at_the_row_that_stops_it_and_taken_back(told):
    (a, b, _c), (olu, _ada, _bea) = told
    ada = Person(a, "ada", Role.ANALYST)
    orcon = Marking(tlp=Tlp.GREEN, caveats=frozenset({Caveat.ORCON}))
    record = f"/records/{a.keep('Ours', orcon)}/"
    assert "Somebody with the role officer gives this institution's consent" in ada.get(record)
    page = olu.get(record)
    assert "Give this institution's consent" in page
    (seen,) = set(re.findall(r'name="seen" value="([^"]+)"', olu.get(f"{record}consent/give/?to={b.id}")))
    stale = olu.post(f"{record}consent/give/", to=b.id, until="2999-01-01", seen="sha256:" + 64 * "0")
    assert "The record was changed meanwhile." in stale
    olu.post(f"{record}consent/give/", to=b.id, until="2999-01-01", seen=seen)
    given = olu.at
    assert "Release to Borduria as shown" in ada.get(record)
    ada.post(f"{record}release/", to=b.id)
    assert "What is withdrawn with it" in olu.get(f"{given}revoke/")
    olu.post(f"{given}revoke/")
    with a:
        rows = models.Release.objects.exclude(withdrawn=None)
        assert [row.withdrawal_reason for row in rows] == ["A consent to it was taken back."]
