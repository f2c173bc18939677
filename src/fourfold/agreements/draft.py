"""A draft agreement from a joint assessment: the levels come from the framework, the terms from people."""

from collections.abc import Mapping
from dataclasses import dataclass

from fourfold.agreements.founding import Term
from fourfold.agreements.text import AgreementText, Direction, Party, SliceTerms
from fourfold.errors import Fault, InputError
from fourfold.framework import Level
from fourfold.framework.results import Assessment, SliceResult
from fourfold.records.markings import Caveat, Tlp


@dataclass(frozen=True, slots=True)
class SliceDraft:
    """What people decide about one slice; `level` where they depart from the suggestion, or none is made."""

    id: str
    kinds: frozenset[str]
    ceiling: Tlp
    forbidden_caveats: frozenset[Caveat] = frozenset()
    directions: tuple[Direction, ...] = ()
    level: Level | None = None


@dataclass(frozen=True, slots=True)
class Frame:
    """What an agreement says besides its slices; number 1 and no predecessor begin a chain."""

    id: str
    title: str
    parties: tuple[Party, ...]
    community: frozenset[str]
    term: Term
    number: int = 1
    predecessor: str | None = None
    assessments: tuple[str, ...] = ()


def draft_text(
    frame: Frame, activity: str, assessment: Assessment, drafts: Mapping[str, SliceDraft]
) -> AgreementText:
    """The text that an assessment of one activity leads to.

    `drafts` are keyed by the names of the assessment's slices; a slice without one stays out of the
    agreement, and so nothing of it passes. Each slice takes the suggested level, or the one that people gave.

    Raises:
        InputError: a draft for a slice that was not assessed; a slice without suggested or given level.
    """
    found = {result.name: result for result in assessment.slices}
    faults = [fault for name, draft in drafts.items() if (fault := _fault(name, draft, found.get(name)))]
    if faults:
        raise InputError(faults)
    slices = tuple(_terms(activity, name, found[name], drafts[name]) for name in found if name in drafts)
    return AgreementText(
        id=frame.id,
        number=frame.number,
        predecessor=frame.predecessor,
        title=frame.title,
        parties=frame.parties,
        community=frame.community,
        slices=slices,
        framework=assessment.framework_digest,
        assessments=frame.assessments,
        valid_from=frame.term.valid_from,
        review_by=frame.term.review_by,
        expires=frame.term.expires,
    )


def _fault(name: str, draft: SliceDraft, result: SliceResult | None) -> Fault | None:
    if result is None:
        return Fault("No slice of this name was assessed.", field=name, remedy="Assess it first.")
    if draft.level is None and result.outcome.suggestion is None:
        remedy = "Give the level that you choose, or answer what is still open."
        return Fault("The framework suggests no level for this slice.", field=name, remedy=remedy)
    return None


def _terms(activity: str, name: str, result: SliceResult, draft: SliceDraft) -> SliceTerms:
    level = draft.level or result.outcome.suggestion
    if level is None:
        raise AssertionError("checked before")
    return SliceTerms(
        id=draft.id,
        activity=activity,
        name=name,
        level=level,
        kinds=draft.kinds,
        ceiling=draft.ceiling,
        forbidden_caveats=draft.forbidden_caveats,
        directions=draft.directions,
    )
