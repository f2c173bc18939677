"""Drafts of agreements: the text in words, its faults, and what the assessment says of its levels."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from fourfold.agreements import AgreementText, SliceTerms, check_text
from fourfold.errors import Fault, RefusedError
from fourfold.framework import Assessment, Level, SliceResult, Verdict
from fourfold.node import assessing
from fourfold.node.keyrings import lines
from fourfold.node.models import Agreement, AgreementDraft, JointAssessment, Peer
from fourfold.node.queries.drafts import open_drafts
from fourfold.node.standing import binding_with
from fourfold.node.web.forms.terms import LevelHint
from fourfold.node.web.queries.agreements import SliceTermsView, slice_views
from fourfold.node.web.queries.deciding import framework
from fourfold.node.web.queries.differences import DifferenceView, difference_views
from fourfold.node.web.queries.matrix import COLUMNS
from fourfold.node.web.queries.words import VERDICTS, Word

FEW = 15
"""So many differences stand open on a page; more are folded away."""


@dataclass(frozen=True, slots=True)
class DraftRow:
    """One draft in a list."""

    number: int
    title: str
    peer: str
    changed: datetime
    changed_by: str


@dataclass(frozen=True, slots=True)
class LevelNote:
    """Where a chosen level is not what the assessment suggests; `reasons` rule it out."""

    slice: str
    level: Level
    verdict: Verdict
    suggestion: Level | None
    reasons: tuple[str, ...]

    @property
    def ruled_out(self) -> bool:
        """Whether something rules the chosen level out."""
        return bool(self.reasons)


@dataclass(frozen=True, slots=True)
class Against:
    """Another text, and how this one differs from it."""

    title: Word
    digest: str
    found: tuple[DifferenceView, ...]

    @property
    def few(self) -> bool:
        """Whether all of it can stand open on a page."""
        return len(self.found) <= FEW


@dataclass(frozen=True, slots=True)
class DraftView:
    """One draft, whole."""

    number: int
    title: str
    activity: str
    activity_title: str
    peer: Peer
    text: AgreementText
    digest: str
    is_open: bool
    proposed: str
    changed: datetime
    changed_by: str
    slices: tuple[SliceTermsView, ...]
    missing: tuple[str, ...]
    faults: tuple[Fault, ...]
    notes: tuple[LevelNote, ...]
    against: tuple[Against, ...]


def draft_rows() -> tuple[DraftRow, ...]:
    """The drafts that are still written, the latest first."""
    return tuple(
        DraftRow(row.pk, row.content().title, row.peer.name, row.changed, row.changed_by)
        for row in open_drafts()
    )


def draft_view(row: AgreementDraft) -> DraftView:
    """One draft in words."""
    text, made = row.content(), joint_of(row.peer, row.activity)
    named = {terms.name for terms in text.slices}
    return DraftView(
        number=row.pk,
        title=text.title,
        activity=row.activity,
        activity_title=framework().activities[row.activity].title,
        peer=row.peer,
        text=text,
        digest=row.digest,
        is_open=row.is_open,
        proposed=row.proposed,
        changed=row.changed,
        changed_by=row.changed_by,
        slices=slice_views(text),
        missing=tuple(each.name for each in made.slices if each.name not in named) if made else (),
        faults=check_text(text, lines()),
        notes=tuple(_notes(text, made)),
        against=tuple(_against(row, text)),
    )


def level_hints(peer: Peer, activity: str, name: str) -> tuple[LevelHint, ...]:
    """For each level, closest first, what the joint assessment says of it for a part of that name."""
    result = _result(joint_of(peer, activity), name)
    return tuple(LevelHint(level, _hint(result, level)) for level in COLUMNS)


def successors(peer: Peer, activity: str, now: datetime) -> Mapping[str, str]:
    """The agreements in force with a counterpart that a new text can follow, by digest; titles."""
    return {
        digest: text.title
        for digest, text in binding_with(peer.institution, now).items()
        if not text.founding and any(terms.activity == activity for terms in text.slices)
    }


def joint_of(peer: Peer, activity: str) -> Assessment | None:
    """What both sides' answers come to; None where not both have revealed them."""
    row = JointAssessment.readable.filter(peer=peer, activity=activity).first()
    try:
        return assessing.joint(row) if row else None
    except RefusedError:
        return None


def against_of(digest: str) -> tuple[Against, ...]:
    """How a text differs from the one that it follows, and from others that are proposed in its place."""
    row = Agreement.objects.get(pk=digest)
    text = row.content()
    others = Agreement.objects.filter(agreement=row.agreement).exclude(pk=row.pk).order_by("created")
    return tuple(
        Against(_told(each, text), each.digest, difference_views(each.content(), text))
        for each in others
        if each.digest == text.predecessor or each.number == text.number
    )


def _against(draft: AgreementDraft, text: AgreementText) -> Iterable[Against]:
    digests = [each for each in (draft.answers, text.predecessor) if each]
    for row in Agreement.objects.filter(pk__in=digests).order_by("-created"):
        yield Against(_told(row, text), row.digest, difference_views(row.content(), text))


def _told(row: Agreement, text: AgreementText) -> Word:
    if row.digest == text.predecessor:
        return gettext_lazy("the text that it follows")
    return gettext_lazy("another proposal of the same number")


def _notes(text: AgreementText, made: Assessment | None) -> Iterable[LevelNote]:
    for terms in text.slices:
        result = _result(made, terms.name)
        if result is not None and (note := _note(terms, result)):
            yield note


def _note(terms: SliceTerms, result: SliceResult) -> LevelNote | None:
    judgement = result.outcome.levels[terms.level].judgement
    if terms.level is result.outcome.suggestion and not judgement.rules_out:
        return None
    reasons = tuple(ground.text for ground in judgement.rules_out)
    return LevelNote(terms.name, terms.level, judgement.verdict, result.outcome.suggestion, reasons)


def _result(made: Assessment | None, name: str) -> SliceResult | None:
    return next((each for each in made.slices if each.name == name), None) if made else None


def _hint(result: SliceResult | None, level: Level) -> Word:
    if result is None:
        return _("Not assessed under this name.")
    judgement = result.outcome.levels[level].judgement
    told = [str(VERDICTS[judgement.verdict])]
    if level is result.outcome.suggestion:
        told.append(_("the suggestion"))
    told += [_(ground.text) for ground in judgement.rules_out]
    return "; ".join(told)
