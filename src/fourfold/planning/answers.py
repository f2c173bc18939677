"""Reading what each side answers in a plan: as `recommend` takes it, or with its evidence and date.

AISI:
  urgent: yes
  sens: [none, minimal]
  dup: {value: avoid, because: "...", source: "...", date: 2025-03-14}
"""

import re
from collections.abc import Mapping
from datetime import date

from fourfold.canon import Faults, Located
from fourfold.framework import Framework, read_answers
from fourfold.planning.plan import Answer

DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
Party = dict[str, Answer]


def read_parties(faults: Faults, framework: Framework, at: Located | None) -> dict[str, Party]:
    """The answers of every party named; a party that is not named has said nothing."""
    if at is None or at.value == {}:
        return {}
    members = faults.members(at)
    bare = Located({party: _bare(faults, said) for party, said in members.items()}, at.line, at.place)
    values = read_answers(faults, framework, bare) if members else {}
    return {party: _party(faults, framework, members[party], said) for party, said in values.items()}


def read_day(faults: Faults, at: Located | None) -> date | None:
    """A calendar day, written 2025-03-31; None where there is none."""
    text = faults.text(at)
    if at is None or not text:
        return None
    if DAY.fullmatch(text):
        try:
            return date.fromisoformat(text)
        except ValueError:
            pass  # such as the 31st of June: told below, like a day written otherwise
    faults.add(at, "Here stands no day of the calendar.", "Write it as 2025-03-31.")
    return None


def _bare(faults: Faults, said: Located) -> Located:
    """A party's answers without their evidence: the form that the framework reads."""
    if not isinstance(said.value, dict):
        return said
    values = {name: _value(faults, answer) for name, answer in said.value.items()}
    return Located({name: value for name, value in values.items() if value}, said.line, said.place)


def _value(faults: Faults, answer: Located) -> Located | None:
    if not isinstance(answer.value, dict):
        return answer
    keys = faults.mapping(answer, required=("value",), optional=("because", "source", "date"))
    return keys.get("value")


def _party(faults: Faults, framework: Framework, at: Located, said: Mapping[str, frozenset[str]]) -> Party:
    written = faults.members(at) if said else {}
    return {
        name: _answer(faults, framework.criteria[name].scale, values, written[name])
        for name, values in said.items()
    }


def _answer(faults: Faults, scale: tuple[str, ...], values: frozenset[str], at: Located) -> Answer:
    keys = at.value if isinstance(at.value, dict) else {}
    return Answer(
        tuple(value for value in scale if value in values),
        faults.text(keys.get("because")),
        faults.text(keys.get("source")),
        read_day(faults, keys.get("date")),
    )
