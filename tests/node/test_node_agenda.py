"""The agenda says what settling a difference would change: held against the framework itself."""

from effort import examples
from hypothesis import given, settings
from hypothesis import strategies as st

from fourfold.framework import Slice, assess, shipped
from fourfold.node.queries.agenda import PartAgenda, part_agenda

CRITERIA = shipped().criteria


def said(few: bool) -> st.SearchStrategy[dict[str, frozenset[str]]]:  # noqa: FBT001  which of two strategies
    """Answers of one party: to a few criteria, or to most of them."""
    values = {
        name: st.frozensets(st.sampled_from(each.scale), min_size=1, max_size=2)
        for name, each in CRITERIA.items()
    }
    return st.fixed_dictionaries({}, optional=values) if few else st.fixed_dictionaries(values)


def made(ours: dict[str, frozenset[str]], theirs: dict[str, frozenset[str]]) -> tuple[Slice, PartAgenda]:
    part = Slice("part", {"a": ours, "b": theirs})
    return part, part_agenda(part, assess(shipped(), [part]).slices[0], {"a": "A", "b": "B"})


@given(st.booleans().flatmap(lambda few: st.tuples(said(few), said(few))))
@settings(max_examples=examples(60), deadline=None)
def test_a_settlement_changes_just_the_verdicts_that_it_names(
    both: tuple[dict[str, frozenset[str]], dict[str, frozenset[str]]],
) -> None:
    part, agenda = made(*both)
    before = dict(agenda.verdicts)
    for point in agenda.points:
        assert point.settlements, "settling a decisive set changes something"
        for settlement in point.settlements:
            assert set(settlement.answers) == {each.criterion for each in point.differences}
            for choice in range(max(map(len, settlement.answers.values()))):
                settled = {
                    name: frozenset({values[choice % len(values)]})
                    for name, values in settlement.answers.items()
                }
                answers = {
                    party: {**each, **{name: value for name, value in settled.items() if name in each}}
                    for party, each in part.answers.items()
                }
                after = assess(shipped(), [Slice("part", answers)]).slices[0].outcome.levels
                changed = {
                    level: (old, after[level].judgement.verdict)
                    for level, old in before.items()
                    if after[level].judgement.verdict is not old
                }
                assert changed == {each.level: (each.before, each.after) for each in settlement.effects}


@given(said(few=True), said(few=True))
@settings(max_examples=examples(50), deadline=None)
def test_every_difference_is_told_once_and_every_open_question_with_its_levels(
    ours: dict[str, frozenset[str]], theirs: dict[str, frozenset[str]]
) -> None:
    _part, agenda = made(ours, theirs)
    decisive = {each.criterion for point in agenda.points for each in point.differences}
    idle = [each.criterion for each in agenda.idle]
    differing = {name for name in ours.keys() & theirs.keys() if ours[name] != theirs[name]}
    assert not decisive & set(idle)
    assert decisive | set(idle) == differing
    questions = [each.criterion for each in agenda.questions]
    assert len(questions) == len(set(questions))
    assert all(each.levels for each in agenda.questions)
