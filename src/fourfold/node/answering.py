"""This institution's own answers to an activity while they are drafted: by part, each with who gave it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from django.conf import settings

from fourfold.canon import digest, folded, name_fault, remedy_for
from fourfold.errors import Fault, InputError, RefusedError
from fourfold.framework import Slice, shipped
from fourfold.node import models, trail
from fourfold.node.assessing import advance
from fourfold.node.kinds import AssessedAnswers, SliceAnswers
from fourfold.node.models.reading import reader
from fourfold.planning import PlannedActivity
from fourfold.protocols.assessment import Move

LONGEST_NAME = 200
LONGEST_REASON = 2_000
LONGEST_SOURCE = 500


@dataclass(frozen=True, slots=True)
class OwnAnswer:
    """What this institution says on one criterion: the values that it holds possible, and why.

    `withheld`: it is not to be revealed. `by` and `at` tell who gave it and when; they are no part of it.
    """

    values: tuple[str, ...]
    because: str = ""
    source: str = ""
    dated: date | None = None
    withheld: bool = False
    by: str = ""
    at: str = ""

    @property
    def content(self) -> dict[str, Any]:
        """What was said, without who said it, as plain data."""
        return {
            "values": list(self.values),
            "because": self.because,
            "source": self.source,
            "date": self.dated.isoformat() if self.dated else None,
            "withheld": self.withheld,
        }


@dataclass(frozen=True, slots=True)
class OwnPart:
    """A part of the activity, and what was answered for it, by criterion."""

    name: str
    answers: Mapping[str, OwnAnswer]

    @property
    def digest(self) -> str:
        """Changes with whatever somebody says; by it an edit is known to start from what stands here."""
        return digest([self.name, {name: each.content for name, each in self.answers.items()}])

    def said(self, party: str) -> Slice:
        """The part as the framework decides it when nobody else is asked."""
        return Slice(
            self.name, {party: {name: frozenset(each.values) for name, each in self.answers.items()}}
        )


def own_parts(row: models.JointAssessment) -> tuple[OwnPart, ...]:
    """What stands in the store, part by part in its order."""
    if row.answers is None:
        return ()
    kept, withheld = AssessedAnswers.model_validate(row.answers), set(row.withheld)
    return tuple(
        OwnPart(
            part.name,
            {
                name: _answer(
                    values, row.evidence.get(part.name, {}).get(name, {}), f"{part.name}.{name}" in withheld
                )
                for name, values in part.answers.items()
            },
        )
        for part in kept.slices
    )


def planned_parts(planned: PlannedActivity, party: str, withheld: Iterable[str]) -> tuple[OwnPart, ...]:
    """What one party of a plan answers; `withheld` names what it keeps back, as `part.criterion`."""
    kept_back = set(withheld)
    return tuple(
        OwnPart(
            part.name,
            {
                name: OwnAnswer(
                    answer.values,
                    answer.because,
                    answer.source,
                    answer.dated,
                    f"{part.name}.{name}" in kept_back,
                )
                for name, answer in part.answers.get(party, {}).items()
            },
        )
        for part in planned.slices
    )


def whole_digest(parts: Iterable[OwnPart]) -> str:
    """The digest of all that is answered to an activity."""
    return digest([part.digest for part in parts])


def alone(row: models.JointAssessment) -> tuple[Slice, ...]:
    """What this institution says, as the framework decides it when nobody else is asked.

    Raises:
        RefusedError: it has said nothing yet.
    """
    parts = own_parts(row)
    if not parts:
        raise RefusedError(f"There are no answers to {row.activity} yet. Give some first.")
    return tuple(part.said(settings.NODE.id) for part in parts)


def store(row: models.JointAssessment, parts: Iterable[OwnPart], actor: str, now: datetime) -> bool:
    """Keep these parts in place of those that stood; False: they say the same, and nothing changes.

    An answer that is new or says something else is `actor`'s, from now; the others stay whose they were.
    Runs inside a transaction of its caller.

    Raises:
        RefusedError: the answers are sealed.
    """
    wanted, before = tuple(parts), own_parts(row)
    if _says(row) == [shipped().digest, *(each.digest for each in wanted)]:
        return False
    advance(row, Move.DRAFT)
    signed = _signed(wanted, before, actor, now)
    row.answers = _kept(row.activity, signed) if signed else None
    row.evidence = {
        part.name: {name: _evidence(each) for name, each in part.answers.items()} for part in signed
    }
    row.withheld = sorted(
        f"{part.name}.{name}" for part in signed for name, each in part.answers.items() if each.withheld
    )
    row.save()
    trail.note(models.Tag.ASSESSMENT_LOADED, now, peer=row.peer, subject=row.activity, actor=actor)
    return True


def check_activity(activity: str) -> None:
    """Refuse what the framework has no activity for.

    Raises:
        InputError: there is none of that id, or it is not for this reader.
    """
    now = reader()
    known = [each for each in shipped().activities if now is None or each in now.activities]
    if activity not in known:
        remedy = remedy_for(activity, known)
        raise InputError([Fault(f"No activity is called {activity!r}.", field="activity", remedy=remedy)])


def faults_of(part: OwnPart) -> list[Fault]:
    """All that is wrong with a part, each fault at its field: `name`, `sens`, `sens.because`, ..."""
    return [*name_faults(part.name), *(f for name, each in part.answers.items() for f in _faults(name, each))]


def name_faults(name: str, others: Iterable[str] = ()) -> list[Fault]:
    """What is wrong with the name of a part beside others."""
    if not name.strip() or name != name.strip():
        return [Fault("A part needs a name.", field="name", remedy="Say in a few words what is in it.")]
    if len(name) > LONGEST_NAME or name_fault(name):
        return [Fault(f"At most {LONGEST_NAME} characters, on one line, all of them visible.", field="name")]
    if folded(name) in {folded(each) for each in others}:
        return [Fault("There is a part of this name.", field="name", remedy="Choose another name.")]
    return []


def _faults(name: str, answer: OwnAnswer) -> Iterable[Fault]:
    criterion = shipped().criteria.get(name)
    if criterion is None:
        remedy = remedy_for(name, list(shipped().criteria))
        yield Fault(f"The framework has no criterion {name!r}.", field=name, remedy=remedy)
        return
    if not answer.values or len(set(answer.values)) < len(answer.values):
        yield Fault(
            "Name every value that is possible, once.", field=name, remedy="Leave out what is not known."
        )
    for value in answer.values:
        if value not in criterion.scale:
            remedy = remedy_for(value, list(criterion.scale))
            yield Fault(f"{value!r} is no value of it.", field=name, remedy=remedy)
    texts = (("because", answer.because, LONGEST_REASON), ("source", answer.source, LONGEST_SOURCE))
    for field, text, longest in texts:
        if len(text) > longest or "\x00" in text:
            yield Fault(f"At most {longest} characters of text.", field=f"{name}.{field}")


def in_order(answers: Mapping[str, OwnAnswer]) -> dict[str, OwnAnswer]:
    """Criteria in the order of the framework, values in the order of the scale."""
    criteria = shipped().criteria
    return {
        name: replace(answers[name], values=tuple(v for v in each.scale if v in answers[name].values))
        for name, each in criteria.items()
        if name in answers
    }


def _says(row: models.JointAssessment) -> list[str]:
    """What stands: the framework that was answered, and each part; nothing at all reads as our framework."""
    framework = row.answers["framework"] if row.answers else shipped().digest
    return [framework, *(each.digest for each in own_parts(row))]


def _kept(activity: str, parts: Iterable[OwnPart]) -> dict[str, Any]:
    slices = tuple(
        SliceAnswers(name=part.name, answers={name: each.values for name, each in part.answers.items()})
        for part in parts
    )
    given = AssessedAnswers(activity=activity, framework=shipped().digest, slices=slices)
    return given.model_dump(mode="json")


def _signed(
    wanted: Iterable[OwnPart], before: Iterable[OwnPart], actor: str, now: datetime
) -> tuple[OwnPart, ...]:
    """Each answer with who gave it: whoever gave the one that stood, where it says the same."""
    stood = {part.name: part.answers for part in before}
    at = now.isoformat(timespec="seconds")

    def by(part: str, name: str, answer: OwnAnswer) -> OwnAnswer:
        old = stood.get(part, {}).get(name)
        if old is not None and old.content == answer.content:
            return old
        kept = (answer.by, answer.at) if answer.by else (actor, at)
        return replace(answer, by=kept[0], at=kept[1])

    return tuple(
        OwnPart(part.name, {name: by(part.name, name, each) for name, each in part.answers.items()})
        for part in wanted
    )


def _evidence(answer: OwnAnswer) -> dict[str, Any]:
    told = {"because": answer.because, "source": answer.source, "date": answer.content["date"]}
    return {**told, "by": answer.by, "at": answer.at}


def _answer(values: Iterable[str], evidence: Mapping[str, Any], withheld: bool) -> OwnAnswer:  # noqa: FBT001  a fact, no switch
    day = evidence.get("date")
    return OwnAnswer(
        tuple(values),
        evidence.get("because", ""),
        evidence.get("source", ""),
        date.fromisoformat(day) if day else None,
        withheld,
        evidence.get("by", ""),
        evidence.get("at", ""),
    )
