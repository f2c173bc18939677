"""Assessing an activity: its slices one by one, then the whole."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from fourfold.errors import Fault, InputError
from fourfold.framework.answers import Answers, Slice, combined, rules_of, stands, state_of
from fourfold.framework.change import changes_of_state
from fourfold.framework.decisive import decisive_sets, disagreements
from fourfold.framework.judge import judge_state, suggestion
from fourfold.framework.layout import Layout
from fourfold.framework.levels import Level
from fourfold.framework.model import Framework
from fourfold.framework.results import (
    Assessment,
    Disagreement,
    Ground,
    LevelResult,
    Outcome,
    SliceResult,
)
from fourfold.framework.rules import Rules


def assess(framework: Framework, slices: Sequence[Slice], reading: str | None = None) -> Assessment:
    """Every level's verdict for every slice and for the whole, with all that explains it.

    The whole is the slices combined exactly as institutions are. A split is offered where a slice can be
    closer than the whole (section 2, avenues, paragraph 4).

    Raises:
        InputError: no slice, an unknown reading, or answers that are not the framework's.
    """
    if not slices:
        raise InputError([Fault("There is no slice to assess.", field="slices", remedy="Give one or more.")])
    rules = rules_of(framework, reading)
    results = tuple(_slice(rules, each) for each in slices)
    whole = results[0].outcome if len(slices) == 1 else _outcome(rules, _whole_state(rules.layout, slices))
    return Assessment(
        framework.id,
        framework.version,
        framework.digest,
        rules.reading,
        tuple((each.name, _in_order(rules.layout, each.answers)) for each in slices),
        results,
        whole,
        any(_closer(result.outcome.suggestion, whole.suggestion) for result in results),
    )


def _slice(rules: Rules, part: Slice) -> SliceResult:
    state = state_of(rules.layout, part.answers)
    outcome = _outcome(rules, state)
    disputed = disagreements(rules.layout, part.answers)
    sets = decisive_sets(rules, part.answers, state, disputed)
    decisive = {criterion for each in sets for criterion in each}
    return SliceResult(
        part.name,
        outcome,
        tuple(
            Disagreement(name, _said(rules.layout, part.answers, name), name in decisive) for name in disputed
        ),
        sets,
        _warnings(rules, state, outcome),
    )


def _outcome(rules: Rules, state: int) -> Outcome:
    judgements = judge_state(rules, state)
    changes = changes_of_state(rules, state)
    levels = {level: LevelResult(each, changes[level]) for level, each in judgements.items()}
    return Outcome(MappingProxyType(levels), suggestion(judgements))


def _whole_state(layout: Layout, slices: Sequence[Slice]) -> int:
    """All parties of all slices, as if each were one more institution."""
    return combined(layout, [each for part in slices for each in stands(layout, part.answers)])


def _warnings(rules: Rules, state: int, outcome: Outcome) -> tuple[Ground, ...]:
    """The framework's own warnings that hold, and separation supported beside a closer suggestion."""
    warnings = [clause.ground for clause in rules.warnings if not clause.pending(state)]
    if outcome.suggestion is not None and outcome.suggestion > Level.SEPARATION:
        apart = outcome.levels[Level.SEPARATION].judgement.supports
        warnings += [_beside(ground, outcome.suggestion) for ground in apart]
    return tuple(warnings)


def _beside(ground: Ground, closer: Level) -> Ground:
    text = f"Separation is supported as well, beside {closer}: {ground.text[:1].lower()}{ground.text[1:]}"
    return Ground(f"separation-beside.{ground.id}", text, ground.passages, ground.criteria)


def _closer(part: Level | None, whole: Level | None) -> bool:
    """Whether a slice's suggestion is closer than the whole's; apart is not closer than unsettled."""
    return part is not None and part > (whole or Level.SEPARATION)


def _said(layout: Layout, answers: Answers, criterion: str) -> tuple[tuple[str, tuple[str, ...]], ...]:
    return tuple(
        (party, _on_scale(layout, criterion, said[criterion]))
        for party, said in answers.items()
        if criterion in said
    )


def _in_order(layout: Layout, answers: Answers) -> Mapping[str, Mapping[str, tuple[str, ...]]]:
    return MappingProxyType(
        {
            party: MappingProxyType({name: _on_scale(layout, name, values) for name, values in said.items()})
            for party, said in answers.items()
        }
    )


def _on_scale(layout: Layout, criterion: str, values: frozenset[str]) -> tuple[str, ...]:
    scale = layout.fields[criterion].criterion.scale
    return tuple(value for value in scale if value in values)
