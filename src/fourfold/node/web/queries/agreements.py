"""Agreements in human words: slices, levels, terms, signatures, and where each stands today."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings

from fourfold.agreements import Agreement, AgreementText, Direction, LegalGateway, Party, SliceTerms
from fourfold.framework import Level
from fourfold.node import models
from fourfold.node.kinds import kinds
from fourfold.node.standing import standing_of
from fourfold.node.web.queries import states
from fourfold.node.web.queries.showing import MarkingView, activity_title, tlp_view
from fourfold.node.web.queries.states import StateView
from fourfold.node.web.queries.words import Word, field_title, kind_title
from fourfold.records.signing import fingerprint


@dataclass(frozen=True, slots=True)
class AgreementRow:
    """One text in a list; `chain` is the id that all numbers of it share."""

    digest: str
    title: str
    number: int
    founding: bool
    parties: tuple[str, ...]
    slices: tuple[tuple[str, Level], ...]
    state: StateView
    valid_from: datetime
    review_by: datetime
    signed: int


@dataclass(frozen=True, slots=True)
class SignatureView:
    """One party, its facts, and its signature once it is here."""

    name: str
    id: str
    fingerprint: str
    regulator: bool
    defence_tie: bool
    state: StateView
    value: str
    at: datetime | None


@dataclass(frozen=True, slots=True)
class KindTerms:
    """Of one kind of record: the fields that may pass, and those that may not."""

    kind: Word
    fields: tuple[Word, ...]
    kept: tuple[Word, ...]


@dataclass(frozen=True, slots=True)
class DirectionView:
    """What one party may send under a slice, with its purpose clauses."""

    sender: str
    kinds: tuple[KindTerms, ...]
    enforcement: str
    defence: str
    personal: str
    gateway: LegalGateway | None


@dataclass(frozen=True, slots=True)
class SliceTermsView:
    """One slice of an agreement."""

    id: str
    name: str
    activity: Word
    level: Level
    kinds: tuple[Word, ...]
    ceiling: MarkingView
    forbidden: tuple[str, ...]
    directions: tuple[DirectionView, ...]


@dataclass(frozen=True, slots=True)
class AgreementView:
    """One agreement, whole."""

    row: AgreementRow
    id: str
    predecessor: str
    expires: datetime | None
    community: tuple[str, ...]
    slices: tuple[SliceTermsView, ...]
    signatures: tuple[SignatureView, ...]
    framework: str
    assessments: tuple[str, ...]
    ended: datetime | None
    ended_by: str
    superseded: datetime | None
    content: str
    waiting: bool
    signed_here: bool


def agreement_rows(now: datetime, institution: str = "") -> tuple[AgreementRow, ...]:
    """All agreements (with one institution, if one is given), those that bind first."""
    rows = models.Agreement.objects.prefetch_related("parties").order_by("founding", "-created")
    if institution:
        rows = rows.filter(parties__institution=institution)
    made = [(standing_of(row), row) for row in rows]
    made.sort(key=lambda pair: not pair[0].state(now).binds)
    return tuple(_row(agreement, row, now) for agreement, row in made)


def agreement_view(digest: str, now: datetime) -> AgreementView | None:
    """One agreement by its digest; None where there is none."""
    row = models.Agreement.objects.prefetch_related("parties").filter(pk=digest).first()
    if row is None:
        return None
    agreement = standing_of(row)
    text = agreement.text
    named = {party.id: party.name for party in text.parties}
    return AgreementView(
        row=_row(agreement, row, now),
        id=text.id,
        predecessor=text.predecessor or "",
        expires=text.expires,
        community=tuple(named.get(id_, id_) for id_ in sorted(text.community)),
        slices=slice_views(text),
        signatures=tuple(_signatures(text.parties, row)),
        framework=text.framework,
        assessments=text.assessments,
        ended=row.ended,
        ended_by=named.get(row.ended_by, row.ended_by),
        superseded=row.superseded,
        content=bytes(row.text).decode(),
        waiting=row.complete is None and row.ended is None,
        signed_here=row.parties.exclude(signature="").filter(institution=settings.NODE.id).exists(),
    )


def slice_views(text: AgreementText) -> tuple[SliceTermsView, ...]:
    """The slices of a text, in words."""
    named = {party.id: party.name for party in text.parties}
    return tuple(_slice(terms, named) for terms in text.slices)


def _row(agreement: Agreement, row: models.Agreement, now: datetime) -> AgreementRow:
    text: AgreementText = agreement.text
    return AgreementRow(
        digest=row.digest,
        title=text.title,
        number=text.number,
        founding=text.founding,
        parties=tuple(party.name for party in text.parties),
        slices=tuple((terms.name, terms.level) for terms in text.slices),
        state=states.AGREEMENT[agreement.state(now)],
        valid_from=text.valid_from,
        review_by=text.review_by,
        signed=sum(bool(party.signature) for party in row.parties.all()),
    )


def _signatures(parties: tuple[Party, ...], row: models.Agreement) -> Iterable[SignatureView]:
    given = {party.institution: party for party in row.parties.all()}
    for party in parties:
        signature = given.get(party.id)
        value = signature.signature if signature else ""
        yield SignatureView(
            party.name,
            party.id,
            fingerprint(party.institution_key),
            party.facts.regulator,
            party.facts.defence_tie,
            states.SIGNED if value else states.UNSIGNED,
            value,
            signature.signed if signature else None,
        )


def _slice(terms: SliceTerms, named: Mapping[str, str]) -> SliceTermsView:
    return SliceTermsView(
        terms.id,
        terms.name,
        activity_title(terms.activity),
        terms.level,
        tuple(kind_title(kind) for kind in sorted(terms.kinds)),
        tlp_view(terms.ceiling.value),
        tuple(sorted(caveat.value for caveat in terms.forbidden_caveats)),
        tuple(_direction(direction, named) for direction in terms.directions),
    )


def _direction(direction: Direction, named: Mapping[str, str]) -> DirectionView:
    return DirectionView(
        named.get(direction.sender, direction.sender),
        tuple(_kind_terms(kind, fields) for kind, fields in sorted(direction.fields.items())),
        direction.enforcement_clause or "",
        direction.defence_clause or "",
        direction.personal_data_basis or "",
        direction.legal_gateway,
    )


def _kind_terms(kind: str, fields: tuple[str, ...]) -> KindTerms:
    known = kinds()[kind].fields if kind in kinds() else ()
    kept = tuple(field_title(name) for name in known if name not in fields)
    return KindTerms(kind_title(kind), tuple(field_title(name) for name in fields), kept)
