"""A framework as data for programs: criteria, the conditions of a reading, activities."""

from typing import Any

from fourfold.framework import Framework, Level
from fourfold.framework.parts import Condition


def identity(chosen: Framework) -> dict[str, Any]:
    """Which framework it is: `{id, version, digest, title}`."""
    return {"id": chosen.id, "version": chosen.version, "digest": chosen.digest, "title": chosen.title}


def framework_json(chosen: Framework, reading: str, only: str | None) -> dict[str, Any]:
    """A framework under one reading; `only` keeps one activity."""
    criteria = [
        {
            "id": each.id,
            "question": each.question,
            "scale": list(each.scale),
            "aggregation": each.aggregation.value,
            "passages": list(chosen.refs(each.passages)),
        }
        for each in chosen.criteria.values()
    ]
    activities = [
        {"id": each.id, "title": each.title, "avenues": _avenues_json(chosen, each.id)}
        for each in chosen.activities.values()
        if only in {None, each.id}
    ]
    return {
        **identity(chosen),
        "reading": reading,
        "criteria": criteria,
        "levels": {level.value: _level_json(chosen, reading, level) for level in Level},
        "activities": activities,
    }


def _level_json(chosen: Framework, reading: str, level: Level) -> dict[str, Any]:
    """What supports a level and what rules it out: `{gate, reasons, rule_outs}`."""
    support = chosen.readings[reading].support[level]
    return {
        "gate": _condition_json(chosen, support.gate) if support.gate else None,
        "reasons": [_condition_json(chosen, reason) for reason in support.reasons],
        "rule_outs": [
            _condition_json(chosen, rule.condition) for rule in chosen.rule_outs if level in rule.levels
        ],
    }


def _condition_json(chosen: Framework, condition: Condition) -> dict[str, Any]:
    """A condition with the values that each of its criteria may have, lowest first."""
    when = {
        atom.criterion: [value for value in chosen.criteria[atom.criterion].scale if value in atom.allowed]
        for atom in condition.atoms
    }
    refs = list(chosen.refs(condition.passages))
    return {"id": condition.id, "text": condition.text, "when": when, "passages": refs}


def _avenues_json(chosen: Framework, id_: str) -> dict[str, Any]:
    return {
        level.value: {"title": avenue.title, "passage": chosen.passages[avenue.passage].ref}
        for level, avenue in chosen.activities[id_].avenues.items()
    }
