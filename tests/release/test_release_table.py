"""The table over its whole abstract state space.

The space is too large to walk (more than 10 to the 15th states; the test counts it), so it is factored. Rows
share facts only within one group (ceiling, TLP, restricted, originator's consent); no other row reads a fact
that another reads. Each group is walked whole against an oracle that was written apart.
That the groups are independent is tested too: a row's findings do not move when any other fact does. The
outcome is the least of what the rows allow, so what holds of each group holds of the whole space.
"""

import dataclasses
import importlib
import itertools
import math
import random
import sys

import pytest

from fourfold.release import decide as decide_
from fourfold.release.codes import NOTHING_FOR_YOU, REASONS, Code
from fourfold.release.decide import Decision, Outcome, ask, decide, meet
from fourfold.release.facts import (
    DOMAINS,
    NOTHING_KNOWN,
    UNKNOWNS,
    Consents,
    Embargo,
    Engagement,
    Facts,
    FieldRule,
    Known,
    Named,
    Originators,
    Slice,
    Standing,
    TlpLabel,
)
from fourfold.release.table import ROWS

MODULE = importlib.import_module("fourfold.release.decide")
NO, YES = Known.NO, Known.YES
OPEN = Facts(
    agreement=Standing.IN_FORCE,
    direction=YES,
    slice=Slice.FITS,
    field=FieldRule.WHOLE,
    level=Engagement.COLLABORATION,
    kind_level=Engagement.COMMUNICATION,
    stub=NO,
    ceiling=TlpLabel.RED,
    tlp=TlpLabel.CLEAR,
    community=YES,
    originators=Originators.SOLE,
    consent=Consents.EVERY,
    named=Named.NAMED,
    second_person=YES,
    proprietary=NO,
    national_security=NO,
    orcon=NO,
    no_enforcement=NO,
    regulator=NO,
    enforcement_clause=NO,
    no_defence=NO,
    defence_tie=NO,
    defence_clause=NO,
    personal=NO,
    personal_basis=NO,
    statutory=NO,
    legal_gateway=NO,
    embargo=Embargo.NONE,
    house_rule=YES,
)
"""A state in which everything passes."""

LEVELS = list(Engagement)[1:]
LABELS = list(TlpLabel)[1:]


def chain(*values):
    """Steps from the looser to the tighter."""
    return list(itertools.pairwise(values))


TIGHTER = {
    "agreement": [
        (loose, tight)
        for loose in (Standing.IN_FORCE, Standing.REVIEW_DUE)
        for tight in Standing
        if tight not in (Standing.IN_FORCE, Standing.REVIEW_DUE)
    ],
    "direction": [(YES, NO)],
    "slice": [(Slice.FITS, other) for other in Slice if other is not Slice.FITS],
    "field": [(FieldRule.WHOLE, FieldRule.NOT_AGREED), (FieldRule.AGREED, FieldRule.NOT_AGREED)],
    "level": chain(*reversed(LEVELS)),
    "kind_level": chain(*LEVELS),
    "stub": [(YES, NO)],
    "ceiling": chain(*reversed(LABELS)),
    "tlp": chain(*LABELS),
    "community": [(YES, NO)],
    "originators": [(Originators.SOLE, Originators.OTHERS)],
    "consent": chain(Consents.EVERY, Consents.OTHERS, Consents.MISSING),
    # Not UNRESTRICTED to NAMED: to name somebody is what RED and row 6 ask for.
    "named": [
        (Named.NAMED, Named.NOT_NAMED),
        (Named.UNRESTRICTED, Named.NOT_NAMED),
        (Named.NOT_NAMED, Named.NOBODY),
    ],
    "second_person": [(YES, NO)],
    **{
        caveat: [(NO, YES)]
        for caveat in ("proprietary", "national_security", "orcon", "personal", "statutory")
    },
    **{caveat: [(NO, YES)] for caveat in ("no_enforcement", "no_defence", "regulator", "defence_tie")},
    **{
        clause: [(YES, NO)]
        for clause in ("enforcement_clause", "defence_clause", "personal_basis", "legal_gateway")
    },
    "embargo": chain(Embargo.NONE, Embargo.PAST, Embargo.AHEAD),
    "house_rule": [(YES, NO)],
}


def groups():
    """The facts in groups such that no row reads facts of two groups."""
    found = []
    for row in ROWS:
        reads = set(row.reads)
        for other in [one for one in found if one & reads]:
            found.remove(other)
            reads |= other
        found.append(reads)
    return [[name for name in DOMAINS if name in group] for group in found]


def states(names):
    return itertools.product(*(DOMAINS[name] for name in names))


def allowed(row, values):
    """How much a row allows on these values of what it reads: 0 nothing, 1 a stub, 2 all."""
    codes = row.rule(*values)
    return 2 if not codes else 1 if codes == (Code.STUB_ONLY,) else 0


def widenings(reads, allows):
    """Every pair of states, one step tighter than the other, in which the tighter one allows more."""
    found = []
    for values in states(reads):
        for place, name in enumerate(reads):
            for loose, tight in [*TIGHTER[name], *((one, DOMAINS[name]["UNKNOWN"]) for one in DOMAINS[name])]:
                if values[place] is loose:
                    tighter = (*values[:place], tight, *values[place + 1 :])
                    if allows(tighter) > allows(values):
                        found.append((values, tighter))
    return found


def test_the_space_is_counted_and_every_group_of_it_is_walked(capsys):
    whole = math.prod(len(domain) for domain in DOMAINS.values())
    walked = [math.prod(len(DOMAINS[name]) for name in group) for group in groups()]
    with capsys.disabled():
        sys.stdout.write(
            f"\n  release table: {whole:,} abstract states, in {len(walked)} independent groups"
            f"\n  of {', '.join(f'{size:,}' for size in sorted(walked))}: {sum(walked):,} walked\n"
        )
    assert whole > 10**15
    assert math.prod(walked) == whole
    assert sum(walked) < 10**6


def test_every_fact_is_read_and_the_rows_are_the_thirteen():
    assert [row.number for row in ROWS] == list(range(1, 14))
    assert {name for row in ROWS for name in row.reads} == set(DOMAINS)
    assert all(row.passes_when.endswith(".") for row in ROWS)


def test_no_row_moves_with_a_fact_that_it_does_not_read():
    draw = random.Random(12)
    for _ in range(60):
        base = Facts(*(draw.choice(list(domain)) for domain in DOMAINS.values()))
        before = {row.number: ask(row, base) for row in ROWS}
        for name, domain in DOMAINS.items():
            for value in domain:
                moved = decide(base._replace(**{name: value})).findings
                for row in ROWS:
                    if name not in row.reads:
                        assert tuple(f for f in moved if f.row == row.number) == before[row.number]


def test_the_outcome_is_the_least_of_what_the_rows_allow_with_the_findings_of_all():
    draw = random.Random(7)
    for _ in range(2000):
        weights = [1, *[6] * 9]
        facts = Facts(
            *(
                draw.choices(list(d), weights[: len(list(d))])[0] if draw.random() < 0.2 else open_
                for d, open_ in zip(DOMAINS.values(), OPEN, strict=True)
            )
        )
        made = decide(facts)
        least = min(allowed(row, [getattr(facts, name) for name in row.reads]) for row in ROWS)
        assert made.outcome is (Outcome.WITHHOLD, Outcome.STUB, Outcome.PASS)[least]
        assert made.findings == tuple(finding for row in ROWS for finding in ask(row, facts))


def oracle(values):
    """Rows 4 to 7 in other words: what must not be, and who must have said yes."""
    if any(value in UNKNOWNS for value in values.values()):
        return False
    if LABELS.index(values["tlp"]) > LABELS.index(values["ceiling"]):
        return False
    if values["named"] in (Named.NOBODY, Named.NOT_NAMED):
        return False
    everybody = values["consent"] is Consents.EVERY
    others = everybody or values["consent"] is Consents.OTHERS
    mine = values["originators"] is Originators.SOLE
    needs_all = values["tlp"] is TlpLabel.RED or YES in (values["proprietary"], values["national_security"])
    if needs_all and not (values["named"] is Named.NAMED and everybody and values["second_person"] is YES):
        return False
    told = mine or others or (values["tlp"] is TlpLabel.GREEN and values["community"] is YES)
    if values["tlp"] in (TlpLabel.GREEN, TlpLabel.AMBER, TlpLabel.AMBER_STRICT) and not told:
        return False
    return not (values["orcon"] is YES and not everybody)


def test_ceiling_tlp_restriction_and_consent_agree_with_the_oracle_in_every_state():
    names = max(groups(), key=len)
    assert {"tlp", "ceiling", "named", "consent", "orcon", "proprietary"} <= set(names)
    places = [list(DOMAINS).index(name) for name in names]
    rows = [row for row in ROWS if set(row.reads) <= set(names)]
    assert [row.number for row in rows] == [4, 5, 6, 7]
    for count, values in enumerate(states(names)):
        facts = list(OPEN)
        for place, value in zip(places, values, strict=True):
            facts[place] = value
        state = Facts(*facts)
        passes = not any(ask(row, state) for row in rows)
        assert passes == oracle(dict(zip(names, values, strict=True)))
        if count % 20 == 0:
            assert (decide(state).outcome is Outcome.PASS) == passes


@pytest.mark.parametrize(
    ("reads", "passes"),
    [
        (
            ("agreement", "direction"),
            lambda a, d: a in (Standing.IN_FORCE, Standing.REVIEW_DUE) and d is YES,
        ),
        (
            ("slice", "field"),
            lambda s, f: s is Slice.FITS and f in (FieldRule.WHOLE, FieldRule.AGREED),
        ),
        (
            ("no_enforcement", "regulator", "enforcement_clause"),
            lambda c, r, p: c is NO or r is NO or p is YES,
        ),
        (("no_defence", "defence_tie", "defence_clause"), lambda c, r, p: c is NO or r is NO or p is YES),
        (("personal", "personal_basis"), lambda p, b: p is NO or b is YES),
        (("statutory", "legal_gateway"), lambda s, g: s is NO or g is YES),
        (("embargo",), lambda e: e in (Embargo.NONE, Embargo.PAST)),
        (("house_rule",), lambda h: h is YES),
    ],
)
def test_the_other_groups_agree_with_their_oracle_in_every_state(reads, passes):
    for values in states(reads):
        known = not any(value in UNKNOWNS for value in values)
        made = decide(OPEN._replace(**dict(zip(reads, values, strict=True))))
        assert (made.outcome is Outcome.PASS) == (known and passes(*values))


def test_the_level_agrees_with_its_oracle_in_every_state():
    for level, kind, stub in states(("level", "kind_level", "stub")):
        made = decide(OPEN._replace(level=level, kind_level=kind, stub=stub)).outcome
        if UNKNOWNS & {level, kind, stub}:
            expected = Outcome.WITHHOLD
        elif level is Engagement.SEPARATION:
            stubbed = stub is YES and kind in (Engagement.SEPARATION, Engagement.COMMUNICATION)
            expected = Outcome.STUB if stubbed else Outcome.WITHHOLD
        else:
            expected = Outcome.PASS if LEVELS.index(kind) <= LEVELS.index(level) else Outcome.WITHHOLD
        assert made is expected


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_no_row_passes_on_an_unknown_fact(row):
    for values in states(row.reads):
        if any(value in UNKNOWNS for value in values):
            assert allowed(row, values) == 0


def test_an_unknown_fact_withholds_whatever_the_others_are():
    for name, domain in DOMAINS.items():
        assert decide(OPEN._replace(**{name: domain["UNKNOWN"]})).outcome is Outcome.WITHHOLD
    assert {finding.row for finding in decide(NOTHING_KNOWN).findings} == set(range(1, 14))


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_a_tighter_marking_a_lower_level_or_a_caveat_more_never_releases_more(row):
    assert widenings(row.reads, lambda values: allowed(row, values)) == []


def test_the_order_that_treats_tlp_as_one_chain_is_caught_widening():
    """GREEN asks for the community, AMBER only for a sole originator: then AMBER widens."""

    def naive(values):
        tlp, community, originators = values
        if tlp is TlpLabel.CLEAR:
            return 1
        if tlp is TlpLabel.GREEN:
            return int(community is YES)
        return int(originators is Originators.SOLE)

    found = widenings(("tlp", "community", "originators"), naive)
    assert any(loose[0] is TlpLabel.GREEN and tight[0] is TlpLabel.AMBER for loose, tight in found)


def test_naming_a_recipient_opens_only_what_asks_for_a_name():
    for row in ROWS:
        if "named" not in row.reads:
            continue
        place = row.reads.index("named")
        for values in states(row.reads):
            if values[place] is not Named.UNRESTRICTED:
                continue
            named = (*values[:place], Named.NAMED, *values[place + 1 :])
            if allowed(row, named) > allowed(row, values):
                assert TlpLabel.RED in values or row.number == 6


def test_one_recipient_more_never_releases_more_to_the_group():
    draw = random.Random(3)
    drawn = [
        decide(OPEN._replace(tlp=t, community=c, consent=s, originators=o, level=v))
        for t in LABELS
        for c in (NO, YES)
        for s in Consents
        for o in Originators
        for v in Engagement
    ]
    for _ in range(2000):
        group = draw.sample(drawn, draw.randint(1, 4))
        one_more = draw.choice(drawn)
        assert meet([*group, one_more]).outcome <= meet(group).outcome
        assert set(meet(group).findings) <= set(meet([*group, one_more]).findings)
    assert meet([]).outcome is Outcome.WITHHOLD


BAD = [None, True, 2, "yes", Standing.IN_FORCE, Embargo.NONE, YES, object(), [], float("nan")]


@pytest.mark.parametrize("name", DOMAINS)
def test_what_is_no_value_of_a_fact_withholds(name):
    for value in BAD:
        if type(value) is not DOMAINS[name]:
            assert decide(OPEN._replace(**{name: value})).outcome is Outcome.WITHHOLD


@pytest.mark.parametrize("facts", [None, (), (YES,), OPEN[:-1], (*OPEN, YES), "facts", {}, 1])
def test_what_are_no_facts_withholds(facts):
    assert decide(facts).outcome is Outcome.WITHHOLD


def fail(*_values):
    raise RuntimeError("injected")


def nothing(*_values):
    return None


def nonsense(*_values):
    return ("no-such-code",)


@pytest.mark.parametrize("number", range(1, 14))
@pytest.mark.parametrize("fault", [fail, nothing, nonsense])
def test_a_row_that_breaks_withholds_and_the_others_are_still_asked(monkeypatch, number, fault):
    broken = tuple(dataclasses.replace(row, rule=fault) if row.number == number else row for row in ROWS)
    monkeypatch.setattr(MODULE, "ROWS", broken)
    monkeypatch.setattr(MODULE, "_remembered", {})
    made = decide(OPEN)
    assert made.outcome is Outcome.WITHHOLD
    assert made.codes == (Code.ROW_FAILED,)
    assert len(decide(OPEN._replace(embargo=Embargo.AHEAD)).findings) == (1 if number == 11 else 2)


def test_what_is_remembered_is_what_would_be_decided_again_and_stays_bounded(monkeypatch):
    monkeypatch.setattr(MODULE, "_remembered", {})
    monkeypatch.setattr(MODULE, "MOST_REMEMBERED", 10)
    for values in states(("tlp", "named", "consent")):
        facts = OPEN._replace(**dict(zip(("tlp", "named", "consent"), values, strict=True)))
        assert decide(facts) == decide(facts) == MODULE._decide(facts)
        assert len(MODULE._remembered) <= 10


def test_the_recipient_is_told_the_same_whatever_was_withheld():
    phrases = {
        finding.phrase
        for row in ROWS
        for values in states(row.reads)
        for finding in ask(row, OPEN._replace(**dict(zip(row.reads, values, strict=True))))
    }
    assert phrases == {NOTHING_FOR_YOU}
    assert Decision(Outcome.WITHHOLD).phrase == decide(NOTHING_KNOWN).phrase == NOTHING_FOR_YOU


def test_every_code_has_a_reason_and_is_given_by_just_one_row():
    given = {}
    for row in ROWS:
        for values in states(row.reads):
            for code in row.rule(*values):
                given.setdefault(code, set()).add(row.number)
    assert set(REASONS) == set(Code) == set(given) | {Code.ROW_FAILED}
    assert all(len(rows) == 1 for rows in given.values())
    assert len(set(REASONS.values())) == len(Code)


def test_the_function_of_the_package_is_the_one_that_was_tested():
    assert decide_ is decide
