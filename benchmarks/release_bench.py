"""How fast releases are decided: single decisions with all reasons, and a survey of a whole store.

Run as `python benchmarks/release_bench.py [records]`. Times are process CPU times (one core), the best of
several rounds, so that other work on the machine disturbs them little.

Decisions stand beside two policy engines that decide the same twelve rows on the same facts; before anything
is timed, all three must agree on every case. The engines give a decision, Cedar also the rows that forbid;
ours gives the reasons of every row. Ours remembers what it has decided, so the first time and every further
time are told apart. The engines get their cases in the form that they take, made beforehand.

The survey starts from columns of text, as a store hands them out: every value is an object of its own, none
is shared or interned beforehand. Reading labels, working out facts and deciding all count.
"""

import importlib
import random
import re
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import casbin
import cedarpy
from pydantic import BaseModel

from fourfold.agreements import Agreement, AgreementText, Direction, Party, PartyFacts, SliceTerms
from fourfold.canon import canonical_bytes, digest
from fourfold.framework import Level
from fourfold.records import Caveat, Kind, Marking, Signer, Tlp, institution_id
from fourfold.release import Circumstances, Columns, Outcome, decide, survey
from fourfold.release.facts import DOMAINS, Facts

ROUNDS = 5
CASES, CASBIN_CASES = 20_000, 2_000
DECIDED_TARGET, SURVEY_SECONDS = 500_000, 3.0
RECIPIENTS, STYLES = 10, 400
NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
DAY = timedelta(days=1)
RANKS = {name: {value: rank for rank, value in enumerate(domain)} for name, domain in DOMAINS.items()}
"""Facts as numbers, for the engines; 0 is unknown everywhere."""

GUARDED = "(named == 4 && consent == 3 && second_person == 2)"
FREE = "(originators == 2 || consent >= 2)"
ROWS = (
    "agreement >= 7 && direction == 2",
    "slice == 5 && field >= 2",
    "level >= 2 && kind_level >= 1 && stub >= 1 && level >= kind_level",
    "tlp >= 1 && ceiling >= 1 && tlp <= ceiling",
    (
        "tlp >= 1 && named >= 3 && originators >= 1 && consent >= 1 && community >= 1 && second_person >= 1"
        f" && (tlp == 1 || (tlp == 2 && (community == 2 || {FREE}))"
        f" || (tlp >= 3 && tlp <= 4 && {FREE}) || (tlp == 5 && {GUARDED}))"
    ),
    (
        "proprietary >= 1 && national_security >= 1 && named >= 1 && consent >= 1 && second_person >= 1"
        f" && ((proprietary == 1 && national_security == 1) || {GUARDED})"
    ),
    "orcon >= 1 && consent >= 1 && (orcon == 1 || consent == 3)",
    (
        "no_enforcement >= 1 && regulator >= 1 && enforcement_clause >= 1"
        " && (no_enforcement == 1 || regulator == 1 || enforcement_clause == 2)"
    ),
    (
        "no_defence >= 1 && defence_tie >= 1 && defence_clause >= 1"
        " && (no_defence == 1 || defence_tie == 1 || defence_clause == 2)"
    ),
    "personal >= 1 && personal_basis >= 1 && (personal == 1 || personal_basis == 2)",
    "embargo >= 2",
    "house_rule == 2",
    "statutory >= 1 && legal_gateway >= 1 && (statutory == 1 || legal_gateway == 2)",
)
"""The thirteen rows once more, in a form that both engines read once the names are prefixed."""


def cases(count: int) -> list[Facts]:
    """Facts as they come: mostly open, each fact otherwise with a chance of one in twelve; a fixed seed."""
    rnd = random.Random(12)
    usual = [list(domain)[-1] for domain in DOMAINS.values()]
    usual = [RANKS_OPEN.get(name, value) for name, value in zip(DOMAINS, usual, strict=True)]
    drawn = [[rnd.choice(list(domain)) for domain in DOMAINS.values()] for _ in range(count)]
    return [
        Facts(*(one if rnd.random() < 1 / 12 else open_ for one, open_ in zip(case, usual, strict=True)))
        for case in drawn
    ]


RANKS_OPEN = {
    name: list(DOMAINS[name])[1]
    for name in DOMAINS
    if name in {"tlp", "kind_level", "regulator", "defence_tie", "personal", "statutory", "orcon", "stub"}
    or name.startswith("no_")
    or name in {"proprietary", "national_security"}
}
"""Facts whose most open value is not their last one."""


def numbers(facts: Facts) -> dict[str, int]:
    return {name: RANKS[name][value] for name, value in zip(DOMAINS, facts, strict=True)}


def prefixed(rule: str, prefix: str) -> str:
    return re.sub(r"\b([a-z_]+)\b", rf"{prefix}\1", rule)


def cedar() -> Callable[[dict[str, Any]], bool]:
    forbids = "\n".join(
        f'@id("row-{number}") forbid(principal, action, resource) unless {{ {prefixed(rule, "context.")} }};'
        for number, rule in enumerate(ROWS, 1)
    )
    policies = cedarpy.PolicySet.from_str("permit(principal, action, resource);\n" + forbids)
    entities = cedarpy.Entities.from_json_str("[]")

    def ask(request: dict[str, Any]) -> bool:
        return cedarpy.is_authorized(request, policies, entities).allowed

    return ask


def cedar_case(facts: Facts) -> dict[str, Any]:
    return {
        "principal": 'Institution::"recipient"',
        "action": 'Action::"receive"',
        "resource": 'Record::"record"',
        "context": numbers(facts),
    }


def pycasbin() -> Callable[[SimpleNamespace], bool]:
    model = casbin.Model()
    model.add_def("r", "r", "f")
    model.add_def("p", "p", "rule")
    model.add_def("e", "e", "some(where (p.eft == allow))")
    model.add_def("m", "m", " && ".join(f"({prefixed(rule, 'r.f.')})" for rule in ROWS))
    enforcer = casbin.Enforcer(model)
    return enforcer.enforce


def rate(act: Callable[[Any], object], given: Sequence[Any], before: Callable[[], object] = int) -> float:
    """Cases a second of CPU time, the best of several rounds; `before` is done, untimed, before each."""
    best = float("inf")
    for _ in range(ROUNDS):
        before()
        begin = time.process_time()
        for case in given:
            act(case)
        best = min(best, time.process_time() - begin)
    return len(given) / best


def decisions() -> bool:
    remembered = importlib.import_module("fourfold.release.decide")._remembered
    given = cases(CASES)
    ours = {facts: decide(facts).outcome is Outcome.PASS for facts in given}
    ask_cedar, ask_casbin = cedar(), pycasbin()
    for_cedar = [cedar_case(facts) for facts in given]
    for_casbin = [SimpleNamespace(**numbers(facts)) for facts in given[:CASBIN_CASES]]
    assert [ask_cedar(case) for case in for_cedar] == [ours[facts] for facts in given]
    assert [ask_casbin(case) for case in for_casbin] == [ours[facts] for facts in given[:CASBIN_CASES]]

    again = rate(decide, given)
    rates = {
        "fourfold, all reasons": again,
        "fourfold, each tuple for the first time": rate(decide, list(ours), remembered.clear),
        "cedarpy, parsed beforehand": rate(ask_cedar, for_cedar),
        "pycasbin, one matcher": rate(ask_casbin, for_casbin),
    }
    print(f"Decisions: {CASES:,} cases, {len(ours):,} distinct, {sum(ours.values()):,} distinct ones pass;")
    print("all engines agree on every case.")
    for name, value in rates.items():
        print(f"  {name:42}{value:>12,.0f} a second   1 : {again / value:,.1f}")
    return again >= DECIDED_TARGET


class Incident(BaseModel):
    """The fields of the kind in the survey."""

    title: str
    description: str
    date: str
    place: str
    reporter: str
    system: str


KIND = Kind("incident", "Incident", Level.COMMUNICATION, Incident)
AGREED = ("title", "description", "date", "system")


def network(count: int) -> tuple[str, list[str], Circumstances]:
    """An owner, its counterparts, and an agreement with each; they differ in facts and terms."""
    keys = [Signer.generate().key for _ in range(count + 1)]
    ids = [institution_id(key) for key in keys]
    agreements = [agreement(keys[0], key, number) for number, key in enumerate(keys[1:], 1)]
    moments = {one: NOW - number * DAY for number, one in enumerate(ids[1:])}
    around = Circumstances(tuple(agreements), {"incident": KIND}, NOW, peer_countersigned=moments)
    return ids[0], ids[1:], around


def agreement(owner: str, other: str, number: int) -> Agreement:
    parties = tuple(
        Party(
            id=institution_id(key),
            name=institution_id(key),
            institution_key=key,
            facts=PartyFacts(regulator=number % 2 == 0, defence_tie=number % 3 == 0),
        )
        for key in (owner, other)
    )
    direction = Direction(sender=parties[0].id, fields={"incident": AGREED})
    text = AgreementText(
        id=f"agreement--00000000-0000-4000-8000-{number:012}",
        number=1,
        predecessor=None,
        title="Incident reporting",
        parties=parties,
        community=frozenset(party.id for party in parties),
        slices=tuple(
            SliceTerms(
                id=name,
                activity="incident_reporting",
                name=name,
                level=level,
                kinds=frozenset({"incident"}),
                ceiling=Tlp.AMBER,
                directions=(direction,),
            )
            for name, level in (("public", Level.COMMUNICATION), ("sensitive", Level.SEPARATION))
        ),
        framework=digest("framework"),
        valid_from=NOW - DAY,
        review_by=NOW + DAY,
    )
    return Agreement(text, text.digest(), complete=True)


def text_of(value: Any) -> str:
    return canonical_bytes(value).decode()


def style(rnd: random.Random, owner: str, recipients: list[str]) -> tuple[str, ...]:
    """How one of many ways of marking a record stands in a store: a row without embargo, digest and stub."""
    fields = sorted(rnd.sample(list(Incident.model_fields), rnd.randint(3, 6)))
    tight = Marking(tlp=rnd.choice(list(Tlp)), caveats=frozenset(rnd.sample(list(Caveat), rnd.randint(0, 2))))
    marked = {rnd.choice(fields): tight.model_dump(mode="json")} if rnd.random() < 0.4 else {}
    audience = sorted(rnd.sample(recipients, 3)) if rnd.random() < 0.2 else None
    originators = sorted({owner, *(rnd.sample(recipients, 1) if rnd.random() < 0.2 else [])})
    caveats = sorted(rnd.sample(list(Caveat), rnd.choice([0, 0, 0, 1, 2])))
    return (
        "incident",
        "incident_reporting",
        rnd.choice(["public", "public", "sensitive", ""]),
        text_of(originators),
        rnd.choice(list(Tlp)).value,
        text_of(caveats),
        text_of(audience),
        text_of(fields),
        text_of(marked),
    )


def rows(count: int, owner: str, recipients: list[str]) -> Iterator[tuple[Any, ...]]:
    """Records of a store; one in ten has an embargo, each at a moment of its own; a fixed seed."""
    rnd = random.Random(7)
    styles = [tuple(cell.encode() for cell in style(rnd, owner, recipients)) for _ in range(STYLES)]
    for _ in range(count):
        cells = (cell.decode() for cell in rnd.choice(styles))
        embargo = NOW + timedelta(seconds=rnd.randint(-(10**6), 10**6)) if rnd.random() < 0.1 else None
        yield (*cells, embargo, "", False)


def whole_store(count: int) -> bool:
    owner, recipients, around = network(RECIPIENTS)
    columns = Columns(owner, *(list(column) for column in zip(*rows(count, owner, recipients), strict=True)))
    remembered = importlib.import_module("fourfold.release.decide")._remembered
    best = float("inf")
    for _ in range(3):
        remembered.clear()
        begin = time.process_time()
        found = survey(columns, recipients, around)
        best = min(best, time.process_time() - begin)
    total = sum((Counter(found.outcomes(one)) for one in recipients), Counter())
    print(f"\nSurvey: {count:,} records, {len(recipients)} recipients: {best:.2f} s of one core.")
    print(f"  {len(found.sizes):,} distinct labels; {len(remembered):,} distinct tuples of facts decided")
    print("  " + ", ".join(f"{outcome.word} {number:,}" for outcome, number in sorted(total.items())))
    return best <= SURVEY_SECONDS * max(count / 1_000_000, 1)


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    results = [decisions(), whole_store(count)]
    print(
        f"\nTargets: {DECIDED_TARGET:,} decisions a second; a million records in {SURVEY_SECONDS:.0f} s: ",
        end="",
    )
    print("met." if all(results) else "MISSED.")
    sys.exit(0 if all(results) else 1)


if __name__ == "__main__":
    main()
