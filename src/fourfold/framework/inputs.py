"""The input of `recommend`: an activity, and what each institution answers, for the whole or by slice."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from fourfold.canon import Faults, Located, read_document, shown
from fourfold.framework.answers import Answers, Slice
from fourfold.framework.model import Framework


@dataclass(frozen=True, slots=True)
class RecommendInput:
    """An activity of the framework, and its slices; without slices it is one, named as the activity."""

    activity: str
    slices: tuple[Slice, ...]


def load_recommend_input(text: str | bytes, framework: Framework, *, file: str) -> RecommendInput:
    """The input of `recommend` from the text of its file.

    Raises:
        InputError: with every fault of the file.
    """
    faults = Faults(file)
    return recommend_input(read_document(text, file=file, faults=faults), framework, file, faults)


def recommend_input(
    document: Located, framework: Framework, file: str, faults: Faults | None = None
) -> RecommendInput:
    """The input of `recommend`: `{activity, answers}` or `{activity, slices: [{name, answers}]}`.

    `faults` holds what reading the document found, if anything.

    Raises:
        InputError: with every fault of the document.
    """
    faults = Faults(file) if faults is None else faults
    top = faults.mapping(document, required=("activity",), optional=("answers", "slices"))
    activity = faults.choice(top.get("activity"), framework.activities, "activity")
    if isinstance(document.value, dict):
        _one_of_both(faults, document, top)
    if "slices" in top:
        slices = _slices(faults, framework, top["slices"])
    else:
        slices = (Slice(activity, read_answers(faults, framework, top.get("answers"))),)
    faults.raise_any()
    return RecommendInput(activity, slices)


def read_answers(faults: Faults, framework: Framework, at: Located | None) -> Answers:
    """Institutions and their answers: a value or a list of values for each criterion, `{}` for none."""
    parties = faults.members(at)
    if at is not None and isinstance(at.value, dict) and not parties:
        faults.add(at, "No institution is named.", "Name each one; write {} for one that has said nothing.")
    return MappingProxyType({name: _said(faults, framework, name, each) for name, each in parties.items()})


def _one_of_both(faults: Faults, document: Located, top: Mapping[str, Located]) -> None:
    if "answers" in top and "slices" in top:
        faults.add(top["slices"], 'Both "answers" and "slices" are given.', "Give one of them.")
    if "answers" not in top and "slices" not in top:
        faults.add(document, 'Neither "answers" nor "slices" is given.', "Give one of them.")


def _slices(faults: Faults, framework: Framework, at: Located) -> tuple[Slice, ...]:
    names, slices = [], []
    for item in faults.items(at, least=1):
        members = faults.mapping(item, required=("name", "answers"))
        name = faults.text(members.get("name"))
        names.append((name, item))
        slices.append(Slice(name, read_answers(faults, framework, members.get("answers"))))
    faults.unique(names, "slice")
    return tuple(slices)


def _said(faults: Faults, framework: Framework, party: str, at: Located) -> Mapping[str, frozenset[str]]:
    if not party.strip():
        faults.add(at, "An institution has an empty name.", "Name it.")
    if at.value is None:
        faults.add(
            at, f"The institution {shown(party)} has nothing.", "Write {} for one that has said nothing."
        )
        return MappingProxyType({})
    said = {}
    for name, each in faults.members(at).items():
        if faults.choice(Located(name, each.line, each.place), framework.criteria, "criterion"):
            said[name] = _values(faults, framework, name, each)
    return MappingProxyType(said)


def _values(faults: Faults, framework: Framework, criterion: str, at: Located) -> frozenset[str]:
    if at.value is None:
        faults.add(at, "No value is given.", "Write a value, or leave the criterion out.")
        return frozenset()
    items = faults.items(at, least=1) if isinstance(at.value, list) else [at]
    scale = framework.criteria[criterion].scale
    texts = [(faults.choice(item, scale, f"value of {criterion}"), item) for item in items]
    faults.unique(texts, "value")
    return frozenset(text for text, _ in texts if text)
