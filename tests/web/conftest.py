"""One node in this process with something to show on every page, and a counterpart that signs for itself."""

import json
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.http import HttpResponse
from django.test import Client
from strict_page import Element, parsed

from fourfold.agreements import (
    AgreementText,
    Direction,
    Party,
    PartyFacts,
    SignedAgreement,
    SliceTerms,
    countersign,
    sign,
)
from fourfold.canon import new_id, new_salt
from fourfold.framework import Level, shipped
from fourfold.node.boot import boot
from fourfold.node.home import Config, Home, write_config
from fourfold.planning import example_plan, load_plan
from fourfold.records.identity import SignedDelegation, delegate, institution_id
from fourfold.records.markings import Caveat, Marking, Tlp
from fourfold.records.signing import Signer

URL = "http://127.0.0.1:8471/"
PASSPHRASE = b"correct horse battery"
CANARY = "canary-5d1f"
"""Stands in a withheld field: only the owner's own page of that record may show it."""


def boot_once() -> None:
    """Give Django some node, if no other test did: it takes its settings once; each test brings its own."""
    if not django_settings.configured:
        folder = Path(tempfile.mkdtemp(prefix="fourfold-tests-"))
        write_config(Home(folder), Config(id="identity--none", name="None", url=URL, demo=True))
        boot(folder)


boot_once()

from readers import clear  # noqa: E402  the same reason as above

from fourfold.exchange.receipts import Outcome, Receipt, sign_receipt  # noqa: E402  booted first
from fourfold.exchange.stix import sign_release  # noqa: E402  booted first
from fourfold.log import Checkpoint as State  # noqa: E402  booted first
from fourfold.log import Note, cosign  # noqa: E402  booted first
from fourfold.node import agreeing, assessing, clock, consenting, keyrings, ledger, models  # noqa: E402  booted first
from fourfold.node.actions.accept_cosignature import accept_cosignature  # noqa: E402  booted first
from fourfold.node.actions.accept_receipts import accept_receipts  # noqa: E402  booted first
from fourfold.node.actions.add_account import add_account  # noqa: E402  booted first
from fourfold.node.actions.add_record import NewRecord, add_record  # noqa: E402  booted first
from fourfold.node.actions.give_consent import give_consent  # noqa: E402  booted first
from fourfold.node.actions.pass_on import pass_on  # noqa: E402  booted first
from fourfold.node.actions.release_record import release_record  # noqa: E402  booted first
from fourfold.node.actions.seal_record import seal_record  # noqa: E402  booted first
from fourfold.node.actions.store_received import store_again  # noqa: E402  booted first
from fourfold.node.actions.take_submission import take_submission  # noqa: E402  booted first
from fourfold.node.actions.withdraw import withdraw  # noqa: E402  booted first
from fourfold.node.consent_kinds import ConsentRequest  # noqa: E402  booted first
from fourfold.node.keys import node_signer, write_key  # noqa: E402  booted first
from fourfold.node.roles import Role  # noqa: E402  booted first
from fourfold.protocols.assessment import State as Progress  # noqa: E402  booted first
from fourfold.records.statements import succeed  # noqa: E402  booted first
from fourfold.release import Onward, ReleaseObject, passed_on  # noqa: E402  booted first
from fourfold.release import withdraw as withdrawn  # noqa: E402  booted first


@dataclass(frozen=True)
class Institution:
    """An institution by its keys."""

    name: str
    institution: Signer = field(default_factory=Signer.generate)
    node: Signer = field(default_factory=Signer.generate)

    @property
    def id(self) -> str:
        return institution_id(self.institution.key)

    @property
    def delegation(self) -> SignedDelegation:
        now, days = clock.now(), timedelta(days=100)
        return delegate(self.institution, self.node.key, now - days, now + days)

    def party(self, *, regulator: bool = False) -> Party:
        facts = PartyFacts(regulator=regulator, defence_tie=True)
        return Party(id=self.id, name=self.name, institution_key=self.institution.key, facts=facts)


@dataclass
class Scene:
    """The node under test, its counterpart, and how to put things on its pages."""

    me: Institution
    other: Institution
    peer: models.Peer
    agreement: SignedAgreement

    def keep(self, author: str = "analyst", **changes: Any) -> models.RecordVersion:
        """A record of this institution; its note is withheld from everybody."""
        fields = {"title": "A car does not stop", "description": "It drove on.", "analyst_note": CANARY}
        values = {"kind": "incident", "activity": "incident_reporting", "marking": Marking(tlp=Tlp.GREEN)}
        values |= {"payload": fields, "slice": "public-incidents", **changes}
        return add_record(NewRecord(**values), author)

    def titled(self, title: str, **changes: Any) -> models.RecordVersion:
        """A record with a title of its own."""
        return self.keep(payload={"title": title, "analyst_note": CANARY}, **changes)

    def red(self) -> Marking:
        """What goes to the counterpart alone, and only once a second person approved."""
        return Marking(tlp=Tlp.RED, rel_to=frozenset({self.other.id}))

    def release(self, record: str) -> models.ReleaseVersion:
        return release_record(record, self.peer, "analyst")

    def sent(self, title: str, **changes: Any) -> ReleaseObject:
        """What the counterpart releases to us."""
        now = clock.now() - timedelta(seconds=5)
        values = {
            "id": new_id("release"),
            "kind": "incident",
            "activity": "incident_reporting",
            "slice": "public-incidents",
            "owner": self.other.id,
            "originators": frozenset({self.other.id}),
            "recipient": self.me.id,
            "agreement": self.agreement.digest,
            "version": 1,
            "created": now,
            "modified": now,
            "marking": Marking(tlp=Tlp.GREEN),
            "fields": {"title": title, "description": "Told by the counterpart."},
            "commitment": "sha256:" + 64 * "0",
            "derived_from": "derived--1",
            "salt": new_salt(),
        }
        return ReleaseObject(**{**values, **changes})

    def receive(self, given: ReleaseObject, signer: Signer | None = None) -> None:
        """Store what came, as collecting does."""
        wire = sign_release(given, signer or self.other.node)
        store_again(self.peer, [wire], node_signer(), clock.now())

    def answer(self, version: models.ReleaseVersion, outcome: Outcome) -> None:
        """The counterpart's receipt for something that we released."""
        gone = outcome is Outcome.WITHDRAWN
        held = models.ReleaseVersion.objects.filter(release=version.release_id, revoked=False)
        receipt = Receipt(
            owner=self.me.id,
            recipient=self.other.id,
            object=version.release_id,
            version=version.version,
            digest=version.digest,
            outcome=outcome,
            destroyed=tuple(held.values_list("digest", flat=True)) if gone else (),
            backups_until=clock.now() + timedelta(days=30) if gone else None,
            at=clock.now(),
        )
        (result,) = accept_receipts(self.peer, [sign_receipt(receipt, self.other.node).wire])
        assert result.why == ""

    def countersign(self) -> None:
        """The counterpart countersigns the log that we keep for it."""
        row = ledger.checkpoint(ledger.log_of(self.peer), node_signer())
        note = Note.parse(row.note.encode())
        line = cosign(State.parse(note.text), self.other.id, self.other.node, clock.now())
        accept_cosignature(self.peer, note.with_signature(line))

    def assess(self, **theirs: dict[str, Any]) -> None:
        """All activities assessed jointly, as the shipped plan has them; `theirs` changes answers."""
        plan = load_plan(example_plan(), file="example", framework=shipped())
        for planned in plan.activities:
            answers = assessing.own_answers(planned, "AIO")
            for part in answers["slices"]:
                part["answers"] |= theirs.get(planned.id, {})
            models.JointAssessment.objects.create(
                peer=self.peer,
                activity=planned.id,
                state=Progress.JOINT.value,
                answers=assessing.own_answers(planned, "AISI"),
                evidence=assessing.own_evidence(planned, "AISI"),
                their_answers=answers,
            )

    def draft(self) -> models.AgreementDraft:
        """A text that is still written, to follow the one in force."""
        now, text = clock.now(), self.agreement.text
        text = text.model_copy(update={"number": 2, "predecessor": self.agreement.digest})
        return models.AgreementDraft.objects.create(
            peer=self.peer,
            activity="incident_reporting",
            body=text.signed_bytes(),
            begun=now,
            begun_by="analyst",
            changed=now,
            changed_by="analyst",
        )

    def fill(self) -> None:
        """Something on every page, in every state that a page can show."""
        self.assess()
        models.JointAssessment.objects.filter(activity="talent_pool").update(
            state=Progress.DRAFTED.value, their_answers=None
        )
        self.draft()
        told, taken_back = self.titled("Told abroad"), self.titled("Taken back")
        self.titled("Kept at home", slice="sensitive-incidents")
        self.titled("Tight", marking=Marking(tlp=Tlp.RED, caveats=frozenset({Caveat.ORCON})))
        self.answer(self.release(told.record), Outcome.STORED)
        gone = self.release(taken_back.record)
        models.Release.objects.filter(pk=gone.release_id).update(state="delivered")
        self.answer(gone, Outcome.STORED)
        self.answer(withdraw(gone.release_id, "too early", "analyst"), Outcome.WITHDRAWN)
        self.countersign()
        self.receive(self.sent("Came in"))
        destroyed = self.sent("Will be destroyed")
        self.receive(destroyed)
        self.receive(withdrawn(destroyed, clock.now()))
        self.receive(self.sent("Forged"), Signer.generate())

    def fill_more(self) -> None:
        """And what came of others: consents of all sorts, things handed in, seals, a key that waits."""
        ours, asked = self.ask_us(self.titled("Wanted abroad")), self.keep_to_ask("Passed on")
        orcon = Marking(tlp=Tlp.AMBER, caveats=frozenset({Caveat.ORCON}))
        give_consent(self.titled("Ours to give", marking=orcon).record, self.peer, self.until, "officer")
        assert (ours.state, asked.state) == ("asked", "asked")
        client = self.client()
        for number, name in enumerate(("A drone fell", "A robot slipped", "Nobody knows")):
            self.hand_in(client, name, type="incident" if number else "??")
        last = models.Submitted.objects.filter(title="Nobody knows")
        last.update(
            state="rejected", wire=None, title="", folded="", decided=clock.now(), decided_by="analyst"
        )
        seal_record(self.titled("Sealed").record, self.peer, "analyst")
        self.countersign()
        seal_record(self.titled("Sealed later").record, self.peer, "analyst")
        self.succeed()

    @property
    def until(self) -> Any:
        return clock.now() + timedelta(days=30)

    def ask_us(
        self, kept: models.RecordVersion, recipient: "Institution | None" = None
    ) -> models.ConsentCase:
        """The counterpart asks whether what we released to it may go on, as its request arrives."""
        third, sent = recipient or Institution("Institute C"), self.release(kept.record)
        now = clock.now()
        onward = Onward(
            record=new_id("record"),
            version=1,
            slice="public-incidents",
            fields=tuple(sent.passed),
            created=now,
            modified=now,
        )
        request = ConsentRequest(
            title="Request for consent to pass on",
            object=sent.release_id,
            object_version=1,
            object_digest=sent.digest,
            onward=onward,
            record=passed_on(sent.content(), onward).digest(),
            recipient=third.id,
            recipient_name=third.name,
            recipient_key=third.institution.key,
            agreement="sha256:" + 64 * "b",
            purpose="incident_reporting",
            reason="They had a similar case.",
        )
        return self._case(new_id("release"), request, ours=False)

    def keep_to_ask(self, title: str) -> models.ConsentCase:
        """We keep something of the counterpart's to pass on, and have asked it."""
        given = self.sent(title)
        self.receive(given)
        kept = pass_on(given.id, "public-incidents", "analyst")
        content, third = kept.content(), Institution("Institute D")
        request = ConsentRequest(
            title="Request for consent to pass on",
            object=given.id,
            object_version=1,
            object_digest=models.Received.objects.get(object=given.id).digest,
            onward=Onward(
                record=content.id,
                version=1,
                slice="public-incidents",
                fields=tuple(content.payload),
                created=content.created,
                modified=content.modified,
            ),
            record=kept.digest,
            recipient=third.id,
            recipient_name=third.name,
            recipient_key=third.institution.key,
            agreement=self.agreement.digest,
            purpose="incident_reporting",
        )
        return self._case(new_id("release"), request, ours=True)

    def _case(self, id_: str, request: "ConsentRequest", *, ours: bool) -> models.ConsentCase:
        return models.ConsentCase.objects.create(
            id=id_,
            ours=ours,
            peer=self.peer,
            record_digest=request.record,
            recipient=request.recipient,
            body=consenting.body_of(request),
            state="asked",
            created=clock.now(),
        )

    def client(self, name: str = "CERT feed") -> models.Client:
        """A third-party client that may hand things in."""
        who, now = Institution(name), clock.now()
        terms = countersign(sign(text_between(self.me, who, name), self.me.institution), who.institution)
        peer = models.Peer.objects.create(
            institution=who.id,
            name=name,
            institution_key=who.institution.key,
            node_key=who.node.key,
            delegation=who.delegation.model_dump_json().encode(),
            joined=now,
        )
        return models.Client.objects.create(
            peer=peer,
            token="sha256:" + 64 * "c",
            terms=agreeing.keep(terms, now),
            may_submit=True,
            created=now,
            author="operator",
            expires=now + timedelta(days=30),
        )

    def hand_in(self, client: models.Client, name: str, **changes: Any) -> models.Submitted:
        """A third-party client hands an incident in, under the old TLP 1.0 GREEN."""
        given = {
            "type": "incident",
            "spec_version": "2.1",
            "id": new_id("incident"),
            "created": "2026-11-01T09:00:00.000Z",
            "modified": "2026-11-01T09:00:00.000Z",
            "name": name,
            "description": "A tool saw it.",
            "object_marking_refs": ["marking-definition--34098fce-860f-48ae-8e50-ebd3cc5e41da"],
            **changes,
        }
        take_submission(client, [json.dumps(given).encode()])
        return models.Submitted.objects.latest("pk")

    def succeed(self) -> Signer:
        """The counterpart's old institution key lets a new one follow; it waits here for two people."""
        fresh = Signer.generate()
        signed = succeed(self.other.institution, fresh, self.other.id, clock.now())
        keyrings.keep(
            self.other.id, models.StatementKind.SUCCESSION, fresh.key, signed, clock.now(), accepted=None
        )
        return fresh


@pytest.fixture(scope="session")
def keys(tmp_path_factory: pytest.TempPathFactory) -> tuple[Home, Institution]:
    """The keys of the node under test; made once, as encrypting them takes time."""
    home, who = Home(tmp_path_factory.mktemp("web")), Institution("UK AI Security Institute")
    write_key(home.node_key, who.node, PASSPHRASE)
    (home.path / "passphrase").write_bytes(PASSPHRASE)
    return home, who


@pytest.fixture
def node(
    keys: tuple[Home, Institution], settings: Any, db: None, monkeypatch: pytest.MonkeyPatch
) -> Institution:
    """An open demonstration node with an empty store."""
    del db  # asked for, so that there is a store
    home, who = keys
    settings.HOME, settings.ALLOWED_HOSTS = home, ["*"]
    settings.NODE = Config(id=who.id, name=who.name, url=URL, demo=True)
    monkeypatch.setenv("FOURFOLD_PASSPHRASE_FILE", str(home.path / "passphrase"))
    models.Node.objects.create(
        institution=who.id,
        name=who.name,
        institution_key=who.institution.key,
        node_key=who.node.key,
        delegation=who.delegation.model_dump_json().encode(),
        pseudonym_secret=new_salt(),
        created=clock.now(),
    )
    return who


@pytest.fixture
def scene(node: Institution) -> Scene:
    """A counterpart, with whom incidents are told in one slice and kept apart in another."""
    return scene_with(node, "EU AI Office")


def scene_with(node: Institution, name: str) -> Scene:
    other = Institution(name)
    peer = models.Peer.objects.create(
        institution=other.id,
        name=name,
        institution_key=other.institution.key,
        node_key=other.node.key,
        delegation=other.delegation.model_dump_json().encode(),
        joined=clock.now(),
    )
    agreement = countersign(sign(text_between(node, other), node.institution), other.institution)
    agreeing.keep(agreement, clock.now())
    return Scene(node, other, peer, agreement)


def text_between(one: Institution, other: Institution, title: str = "Incident reporting") -> AgreementText:
    now = clock.now()
    directions = tuple(
        Direction(sender=each, fields={"incident": ("title", "description")}) for each in (one.id, other.id)
    )
    told = SliceTerms(
        id="public-incidents",
        activity="incident_reporting",
        name="incidents reported at home",
        level=Level.COMMUNICATION,
        kinds=frozenset({"incident"}),
        ceiling=Tlp.AMBER,
        directions=directions,
    )
    apart = told.model_copy(
        update={
            "id": "sensitive-incidents",
            "name": "highly sensitive incidents",
            "level": Level.SEPARATION,
            "ceiling": Tlp.RED,
            "directions": (),
        }
    )
    return AgreementText(
        id=new_id("agreement"),
        number=1,
        predecessor=None,
        title=title,
        parties=(one.party(), other.party(regulator=True)),
        community=frozenset({one.id, other.id}),
        slices=(told, apart),
        framework=shipped().digest,
        valid_from=now - timedelta(hours=1),
        review_by=now + timedelta(days=300),
    )


@pytest.fixture
def web(node: Institution) -> Client:
    """A reader of the pages."""
    del node  # asked for, so that there is one
    return Client()


PASSWORD = "correct horse battery"


@pytest.fixture
def signed_in(settings: Any, node: Institution) -> Callable[..., Client]:
    """Somebody who is signed in to a node that is no demonstration, with these roles."""
    settings.NODE = Config(id=node.id, name=node.name, url=URL, demo=False)

    def made(name: str, *roles: Role) -> Client:
        add_account(name, PASSWORD, roles, "operator")
        clear(name)
        client = Client()
        assert client.login(username=name, password=PASSWORD)
        return client

    return made


@pytest.fixture
def parse() -> Callable[[HttpResponse], Element]:
    """Read an answer strictly."""
    return parsed


@pytest.fixture
def read(web: Client) -> Callable[..., Element]:
    """Ask for a page that is there, and read it strictly."""

    def asked(path: str, status: int = 200) -> Element:
        response = web.get(path)
        assert response.status_code == status, path
        return parsed(response)

    return asked


@pytest.fixture
def paths(scene: Scene) -> Callable[[], list[str]]:
    """The addresses of every page, with every object that there is."""

    def found() -> list[str]:
        lists = ["/", "/records/", "/releases/", "/inbox/", "/evidence/", "/agreements/", "/institutions/"]
        some = [f"/inbox/?state={state}" for state in ("withdrawn", "quarantined")]
        rows = models.RecordVersion.objects.values_list("record", flat=True)
        some += [f"/records/{each}/" for each in rows]
        some += [f"/releases/{each}/" for each in models.Release.objects.values_list("pk", flat=True)]
        some += [f"/inbox/{each}/" for each in models.Received.objects.values_list("pk", flat=True)]
        some += [f"/agreements/{each}/" for each in models.Agreement.objects.values_list("pk", flat=True)]
        some += [f"/activities/{each}/" for each in ("develop_evaluations", "incident_reporting")]
        some += [
            f"/records/{each}/{what}/"
            for each in models.RecordVersion.objects.filter(kind="incident").values_list("record", flat=True)
            for what in ("change", "attach")
        ]
        some += [
            f"/releases/{each}/withdraw/" for each in models.Release.objects.values_list("pk", flat=True)
        ]
        some += ["/records/new/", "/records/waiting/", "/keys/", "/inbox/handed-in/"]
        some += [f"/consents/?part={each}" for each in ("of-us", "by-us", "own")]
        some += [f"/consents/{each}/" for each in models.ConsentCase.objects.values_list("pk", flat=True)]
        own = models.ConsentDocument.objects.filter(case=None)
        some += [f"/consents/{each}/" for each in own.values_list("pk", flat=True)]
        some += [
            f"/records/{each}/apart/"
            for each in models.RecordVersion.objects.filter(kind="incident").values_list("record", flat=True)
        ]
        some += [
            f"/records/{each}/correct/" for each in models.Release.objects.values_list("record", flat=True)
        ]
        asked = models.ConsentCase.objects.filter(ours=True).values_list("record_digest", flat=True)
        derived = models.RecordVersion.objects.filter(digest__in=asked).values_list("record", flat=True)
        some += [f"/records/{each}/consent/ask/" for each in derived]
        held = models.Received.objects.filter(state="stored", kind="incident", revoked=False)
        some += [f"/inbox/{each}/forward/" for each in held.values_list("pk", flat=True)]
        some += [f"/seals/{each}/" for each in models.Seal.objects.values_list("pk", flat=True)]
        submitted = models.Submitted.objects.all()
        some += [f"/inbox/handed-in/{each.pk}/" for each in submitted]
        some += [
            f"/inbox/handed-in/{each.pk}/{what}/"
            for each in submitted.filter(decided=None)
            for what in ("accept", "reject")
        ]
        some += ["/agenda/", "/activities/incident_reporting/agenda/", "/activities/standards/agreement/"]
        if models.AgreementDraft.objects.exists():
            some += ["/activities/talent_pool/answers/seal/", "/activities/incident_reporting/agreement/"]
        for draft in models.AgreementDraft.objects.all():
            here = f"/agreements/drafts/{draft.pk}/"
            parts = [*(terms.name for terms in draft.content().slices), "common registry"]
            some += [here, f"{here}text/", *(f"{here}slice/?part={part}" for part in parts)]
        some += [f"/activities/{each}/answers/" for each in ("talent_pool", "standards")]
        some += [
            f"/activities/{each.activity}/answers/part/?part={part['name']}"
            for each in models.JointAssessment.objects.exclude(answers=None)
            for part in each.answers["slices"][:1]
        ]
        some += ["/activities/standards/answers/outcome/"] if models.JointAssessment.objects.exists() else []
        steps = models.CourseStep.objects.values_list("opening", flat=True).distinct()
        some += ["/together/", *(f"/together/{each}/" for each in steps)]
        return [*lists, "/events/", "/about/", "/sign-in/", *some, f"/evidence/{scene.peer.pk}/checks/"]

    return found
