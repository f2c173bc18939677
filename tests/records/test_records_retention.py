"""How long things are kept: what the rules say together, and what a faulty file is told."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fourfold.errors import InputError
from fourfold.records.retention import Retention, Rule, What, read_retention

SINCE = datetime(2026, 1, 1, tzinfo=UTC)
KINDS = frozenset({"incident", "proposal"})

rules = st.lists(
    st.builds(
        Rule,
        st.sampled_from(What),
        st.sampled_from([None, "incident", "proposal"]),
        st.integers(0, 50),
        st.integers(0, 50),
    ),
    max_size=5,
).map(lambda drawn: Retention(tuple(drawn)))


def read(text):
    return read_retention(text, file="retention.yaml", kinds=KINDS)


def test_without_a_rule_that_sets_an_end_there_is_none():
    assert Retention().ends(What.KEPT, "incident", SINCE) is None
    only_least = Retention((Rule(What.KEPT, "incident", at_least_days=3),))
    assert only_least.ends(What.KEPT, "incident", SINCE) is None


def test_the_shortest_end_holds_but_not_before_the_longest_least():
    given_ = Retention((Rule(What.KEPT, None, 0, 100), Rule(What.KEPT, "incident", 30, 60)))
    assert given_.ends(What.KEPT, "incident", SINCE) == SINCE + timedelta(days=60)
    assert given_.ends(What.KEPT, "proposal", SINCE) == SINCE + timedelta(days=100)
    kept_longer = Retention((*given_.rules, Rule(What.KEPT, "incident", at_least_days=90)))
    assert kept_longer.ends(What.KEPT, "incident", SINCE) == SINCE + timedelta(days=90)
    assert given_.ends(What.RECEIVED, "incident", SINCE) is None


@given(rules, rules, st.sampled_from(What), st.sampled_from(sorted(KINDS)))
def test_a_least_only_ever_delays_and_an_end_only_ever_hastens(some, more, what, kind):
    leasts = Retention((*some.rules, *(Rule(r.what, r.kind, r.at_least_days) for r in more.rules)))
    ends = Retention((*some.rules, *(Rule(r.what, r.kind, 0, r.at_most_days) for r in more.rules)))
    before = some.ends(what, kind, SINCE)
    if before is not None:
        assert leasts.ends(what, kind, SINCE) >= before
        assert ends.ends(what, kind, SINCE) <= before


def test_a_file_is_read():
    read_ = read(
        "schema: fourfold.retention/1\nrules:\n  - {what: kept, kind: incident, at_least_days: 5}\n"
        "  - {what: received, at_least_days: 2, at_most_days: 9}\n"
    )
    assert read_.rules == (Rule(What.KEPT, "incident", 5, 0), Rule(What.RECEIVED, None, 2, 9))


def test_a_faulty_file_is_told_with_all_faults_each_with_its_line():
    with pytest.raises(InputError) as caught:
        read(
            "schema: fourfold.retention/1\nrules:\n"
            "  - {what: kept, kind: incidnet, at_most_days: 5}\n"
            "  - {what: kept, at_least_days: 9, at_most_days: 5}\n"
            "  - {what: stored, at_most_days: -1}\n"
            "  - {what: kept}\n"
            "  - {what: kept, at_most_days: soon}\n"
        )
    lines = [fault.line for fault in caught.value.faults]
    assert lines == sorted(lines)
    assert {3, 4, 5, 6, 7} <= set(lines)
    assert 'Did you mean "incident"?' in str(caught.value)
