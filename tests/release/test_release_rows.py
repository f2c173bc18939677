"""One test for each row of the table, from the record to the outcome; each planted fault turns one red."""

import dataclasses
from datetime import date, timedelta

import pytest

from fourfold.agreements import HouseRule, LegalGateway, State
from fourfold.canon import digest
from fourfold.framework import Level
from fourfold.records import Caveat, Marking, Signer, Tlp, institution_id
from fourfold.release import Outcome, label_of, plan
from fourfold.release.codes import Code
from fourfold.release.facts import Standing
from fourfold.release.terms import Sending, terms_of

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
INCIDENT_AND_PROPOSAL = frozenset({"incident", "proposal"})


def codes(made, row):
    return {finding.code for finding in made.findings if finding.row == row}


def test_all_passes_where_nothing_stands_against_it(world):
    made = world.plan(world.record())
    assert (made.outcome, made.findings) == (Outcome.PASS, ())
    assert (made.agreement, made.slice) == (world.text().digest(), "public-incidents")


def test_row_1_nothing_passes_under_an_agreement_that_one_party_has_ended(world):
    made = world.plan(world.record(), world.around(world.agreement(ended=True)))
    assert made.outcome is Outcome.WITHHOLD
    assert codes(made, 1) == {Code.AGREEMENT_ENDED}


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({"complete": False}, Code.AGREEMENT_PROPOSED),
        ({"valid_from": "+"}, Code.AGREEMENT_NOT_YET),
        ({"expires": "0"}, Code.AGREEMENT_EXPIRED),
        ({"review_by": "0"}, None),
        ({"ended": True}, Code.AGREEMENT_ENDED),
    ],
)
def test_row_1_follows_the_life_of_the_agreement(world, changes, found):
    moments = {"+": world.now + HOUR, "0": world.now}
    values = {key: moments.get(value, value) for key, value in changes.items()}
    made = world.plan(world.record(), world.around(world.agreement(**values)))
    assert codes(made, 1) == ({found} if found else set())
    assert (made.outcome is Outcome.PASS) == (found is None)


def test_row_1_a_clock_set_back_does_not_revive_an_agreement(world):
    agreement = world.agreement(expires=world.now + DAY, review_by=world.now + HOUR)
    late = world.around(agreement, countersigned=world.now + 2 * DAY)
    assert world.plan(world.record(), world.around(agreement)).outcome is Outcome.PASS
    assert codes(world.plan(world.record(), late), 1) == {Code.AGREEMENT_EXPIRED}


def test_row_1_terms_are_for_each_direction(world):
    only_back = world.slice(directions=(world.direction(world.b),))
    made = world.plan(world.record(), world.around(world.agreement(slices=(only_back,))))
    assert codes(made, 1) == {Code.DIRECTION_NONE}
    assert made.outcome is Outcome.WITHHOLD


def test_row_1_of_several_agreements_the_most_restrictive_governs(world):
    narrow = world.slice(directions=(world.direction(fields={"incident": ("title",)}),))
    other = world.agreement(id="agreement--00000000-0000-4000-8000-000000000001", slices=(narrow,))
    made = world.plan(world.record(), world.around(world.agreement(), other))
    assert (made.outcome, made.passing) == (Outcome.PASS_REDACTED, ("title",))
    assert made.agreement == other.digest


def agreed_fields(world, number, *names, **changes):
    terms = world.slice(directions=(world.direction(fields={"incident": names}),), **changes)
    return world.agreement(id=f"agreement--00000000-0000-4000-8000-{number:012}", slices=(terms,))


def test_row_1_of_several_agreements_only_what_all_of_them_let_pass_does(world):
    record = world.record()
    one, other = agreed_fields(world, 1, "title"), agreed_fields(world, 2, "description")
    assert world.plan(record, world.around(one)).passing == ("title",)
    assert world.plan(record, world.around(one, other)).outcome is Outcome.WITHHOLD
    more, less = agreed_fields(world, 1, "title", "description"), agreed_fields(world, 2, "description")
    assert world.plan(record, world.around(more, less)).passing == ("description",)


def test_row_1_it_travels_under_the_agreement_that_lets_the_least_pass_in_whatever_order_they_come(world):
    record = world.record()
    for number in range(2, 10):
        narrow = agreed_fields(world, number, "title")
        wide = agreed_fields(world, 1, "title", "description")
        twin = agreed_fields(world, number + 10, "reporter", "title")
        for given, under in (((wide, narrow), {narrow.digest}), ((wide, twin), {wide.digest, twin.digest})):
            made = [world.plan(record, world.around(*order)) for order in (given, given[::-1])]
            assert {each.agreement for each in made} <= under
            assert len({each.agreement for each in made}) == 1
            assert {each.passing for each in made} == {("title",)}


def test_row_1_an_agreement_more_never_releases_more_not_even_a_stub(world):
    apart = agreed_fields(world, 1, "title", level=Level.SEPARATION)
    for number in range(2, 10):
        nothing = agreed_fields(world, number)
        assert world.plan(world.record(), world.around(nothing), stub=True).outcome is Outcome.WITHHOLD
        assert world.plan(world.record(), world.around(apart), stub=True).outcome is Outcome.STUB
        both = world.plan(world.record(), world.around(apart, nothing), stub=True)
        assert (both.outcome, both.passing) == (Outcome.WITHHOLD, ())


def test_row_1_an_agreement_about_something_else_changes_nothing(world):
    other = world.agreement(
        id="agreement--00000000-0000-4000-8000-000000000002",
        slices=(world.slice(activity="standards", kinds=frozenset({"proposal"})),),
    )
    assert world.plan(world.record(), world.around(world.agreement(), other)).outcome is Outcome.PASS
    assert codes(world.plan(world.record(), world.around(other)), 2) >= {Code.SLICE_NONE}


def test_row_1_what_has_begun_by_the_later_clock_restricts_already(world):
    narrow = world.slice(directions=(world.direction(fields={"incident": ("title",)}),))
    other = world.agreement(
        id="agreement--00000000-0000-4000-8000-000000000001",
        slices=(narrow,),
        valid_from=world.now + HOUR,
    )
    behind = world.around(world.agreement(), other, countersigned=world.now + 2 * HOUR)
    assert world.plan(world.record(), world.around(world.agreement(), other)).outcome is Outcome.PASS
    assert world.plan(world.record(), behind).passing == ("title",)


def test_row_1_where_none_is_in_force_the_latest_says_why(world):
    old = world.agreement(ended=True, number=3, predecessor=digest("second"), valid_from=world.now - 9 * DAY)
    new = world.agreement(
        id="agreement--00000000-0000-4000-8000-000000000001", complete=False, valid_from=world.now - DAY
    )
    for agreements in ((old, new), (new, old)):
        made = world.plan(world.record(), world.around(*agreements))
        assert codes(made, 1) == {Code.AGREEMENT_PROPOSED}


def test_row_1_an_ended_agreement_about_it_says_more_than_a_later_one_about_something_else(world):
    ended = world.agreement(ended=True, valid_from=world.now - 9 * DAY)
    other = world.agreement(
        id="agreement--00000000-0000-4000-8000-000000000002",
        slices=(world.slice(activity="standards"),),
    )
    made = world.plan(world.record(), world.around(ended, other))
    assert codes(made, 1) == {Code.AGREEMENT_ENDED}


def test_row_1_an_agreement_of_others_is_none(world):
    sending = Sending(world.c, world.b, "incident_reporting", "incident", None)
    assert (
        terms_of(world.agreement(), sending, world.around().kinds["incident"], world.now).standing
        is Standing.NONE
    )


def test_row_2_a_record_that_could_be_meant_for_several_slices_must_name_one(world):
    agreement = world.agreement(slices=(world.slice(), world.slice(id="other-incidents")))
    made = world.plan(world.record(), world.around(agreement))
    assert made.outcome is Outcome.WITHHOLD
    assert Code.SLICE_SEVERAL in codes(made, 2)
    named = world.plan(world.record(slice="other-incidents"), world.around(agreement))
    assert (named.outcome, named.slice) == (Outcome.PASS, "other-incidents")


def test_row_2_unnamed_goes_to_the_most_separate_slice_for_its_kind(world):
    apart = world.slice(id="sensitive-incidents", level=Level.SEPARATION)
    around = world.around(world.agreement(slices=(world.slice(), apart)))
    assert codes(world.plan(world.record(), around), 3) == {Code.SEPARATION}
    assert world.plan(world.record(slice="public-incidents"), around).outcome is Outcome.PASS


def test_row_2_a_named_slice_must_be_there_and_take_the_caveats(world):
    gone = world.plan(world.record(slice="elsewhere"))
    assert Code.SLICE_NOT_THE_NAMED in codes(gone, 2)
    terms = world.slice(forbidden_caveats=frozenset({Caveat.NO_DEFENCE}))
    marked = world.record(marking=Marking(tlp=Tlp.CLEAR, caveats=frozenset({Caveat.NO_DEFENCE})))
    made = world.plan(marked, world.around(world.agreement(slices=(terms,))))
    assert codes(made, 2) == {Code.SLICE_CAVEAT}
    assert made.outcome is Outcome.WITHHOLD


def test_row_2_a_field_outside_the_redaction_rule_does_not_pass(world):
    made = world.plan(world.record(payload={"title": "A car", "place": "Here"}))
    assert (made.outcome, made.passing) == (Outcome.PASS_REDACTED, ("title",))
    assert codes(made, 2) == {Code.FIELD_NOT_AGREED}


def test_row_2_a_field_that_the_kind_does_not_have_does_not_pass_even_if_it_was_agreed(world):
    terms = world.slice(directions=(world.direction(fields={"incident": ("title", "elsewhere")}),))
    record = world.record(payload={"title": "A car", "elsewhere": "There"})
    made = world.plan(record, world.around(world.agreement(slices=(terms,))))
    assert made.passing == ("title",)


def test_rows_2_and_3_nothing_of_a_kind_that_is_not_known_here_passes(world):
    made = world.plan(world.record(), world.around(kinds={}))
    assert (made.outcome, codes(made, 3)) == (Outcome.WITHHOLD, {Code.LEVEL_UNKNOWN})
    assert codes(made, 2) == {Code.FIELD_UNKNOWN}


def test_row_3_a_proposal_does_not_pass_at_communication(world):
    terms = world.slice(kinds=INCIDENT_AND_PROPOSAL)
    around = world.around(world.agreement(slices=(terms,)))
    proposal = world.record(kind="proposal", payload={"text": "Let us."})
    made = world.plan(proposal, around)
    assert made.outcome is Outcome.WITHHOLD
    assert codes(made, 3) == {Code.LEVEL_TOO_LOW}
    closer = terms.model_copy(update={"level": Level.COORDINATION})
    assert world.plan(proposal, world.around(world.agreement(slices=(closer,)))).outcome is Outcome.PASS


def test_row_3_at_separation_there_is_at_most_a_stub_of_a_notice(world):
    terms = world.slice(level=Level.SEPARATION, kinds=INCIDENT_AND_PROPOSAL)
    around = world.around(world.agreement(slices=(terms,)))
    proposal = world.record(kind="proposal", payload={"text": "Let us."})
    assert world.plan(world.record(), around).outcome is Outcome.WITHHOLD
    assert world.plan(world.record(), around, stub=True).outcome is Outcome.STUB
    assert world.plan(world.record(), around, stub=True).passing == ()
    assert world.plan(proposal, around, stub=True).outcome is Outcome.WITHHOLD


def test_row_4_nothing_passes_above_the_ceiling(world):
    around = world.around(world.agreement(slices=(world.slice(ceiling=Tlp.GREEN),)))
    at = world.plan(world.record(marking=Marking(tlp=Tlp.GREEN)), around)
    above = world.plan(world.record(marking=Marking(tlp=Tlp.AMBER)), around)
    assert (at.outcome, above.outcome) == (Outcome.PASS, Outcome.WITHHOLD)
    assert codes(above, 4) == {Code.ABOVE_CEILING}


def test_row_4_a_field_above_the_ceiling_stays_while_the_rest_passes(world):
    around = world.around(world.agreement(slices=(world.slice(ceiling=Tlp.GREEN),)))
    record = world.record(field_markings={"reporter": Marking(tlp=Tlp.AMBER)})
    made = world.plan(record, around)
    assert (made.outcome, made.passing) == (Outcome.PASS_REDACTED, ("title", "description"))


def test_row_5_amber_from_somebody_else_does_not_reach_the_community(world):
    others = frozenset({world.a, world.c})
    green = world.plan(world.record(originators=others, marking=Marking(tlp=Tlp.GREEN)))
    amber = world.plan(world.record(originators=others, marking=Marking(tlp=Tlp.AMBER)))
    assert (green.outcome, amber.outcome) == (Outcome.PASS, Outcome.WITHHOLD)
    assert codes(amber, 5) == {Code.AMBER_NO_CONSENT}


@pytest.mark.parametrize("tlp", [Tlp.AMBER, Tlp.AMBER_STRICT])
def test_row_5_amber_passes_with_the_consent_of_the_other_originators(world, tlp):
    record = world.record(originators=frozenset({world.a, world.c}), marking=Marking(tlp=tlp))
    agreement = world.agreement()
    consent = world.consent(world.c, record, agreement)
    assert world.plan(record, world.around(agreement, consents=(consent,))).outcome is Outcome.PASS


def test_row_5_the_consent_of_one_other_originator_does_not_stand_for_that_of_another(world):
    fourth = institution_id(Signer.generate().key)
    originators = frozenset({world.a, world.c, fourth})
    record = world.record(originators=originators, marking=Marking(tlp=Tlp.AMBER))
    agreement = world.agreement()
    given = [world.consent(each, record, agreement) for each in (world.c, fourth)]
    for consents, passes in ((given[:1], False), (given[1:], False), (given, True)):
        made = world.plan(record, world.around(agreement, consents=tuple(consents)))
        assert (made.outcome is Outcome.PASS) == passes
        assert codes(made, 5) == (set() if passes else {Code.AMBER_NO_CONSENT})


def test_row_5_green_leaves_the_community_only_from_its_originator(world):
    outside = world.around(world.agreement(community=frozenset({world.a})))
    marking = Marking(tlp=Tlp.GREEN)
    others = world.record(originators=frozenset({world.a, world.c}), marking=marking)
    assert world.plan(world.record(marking=marking), outside).outcome is Outcome.PASS
    assert codes(world.plan(others, outside), 5) == {Code.GREEN_OUTSIDE}


def test_row_5_red_needs_a_name_every_consent_and_a_second_person(world):
    agreement = world.agreement()
    red = world.record(marking=Marking(tlp=Tlp.RED, rel_to=frozenset({world.b})))
    own = world.consent(world.a, red, agreement)
    approval = world.approval(red)
    full = world.around(agreement, consents=(own,), approvals=(approval,))
    assert world.plan(red, full).outcome is Outcome.PASS
    assert codes(world.plan(red), 5) == {Code.RED_NO_CONSENT, Code.RED_NO_APPROVAL}
    unnamed = world.record(marking=Marking(tlp=Tlp.RED))
    assert codes(world.plan(unnamed), 5) == {
        Code.RED_NOT_NAMED,
        Code.RED_NO_CONSENT,
        Code.RED_NO_APPROVAL,
    }


@pytest.mark.parametrize(("audience", "passes"), [(None, True), ("b", True), ("c", False), ("", False)])
def test_row_5_no_restriction_is_not_nobody(world, audience, passes):
    names = None if audience is None else frozenset(getattr(world, one) for one in audience)
    made = world.plan(world.record(marking=Marking(tlp=Tlp.CLEAR, rel_to=names)))
    assert (made.outcome is Outcome.PASS) == passes
    assert codes(made, 5) == (set() if passes else {Code.NOT_NAMED})


def test_row_5_an_unknown_originator_never_leaves_even_if_clear(world):
    made = world.plan(world.record(originators=frozenset({world.a, "unknown"})))
    assert made.outcome is Outcome.WITHHOLD
    assert [codes(made, row) for row in (5, 6, 7)] == [
        {Code.TLP_UNKNOWN},
        {Code.RESTRICTED_UNKNOWN},
        {Code.ORCON_UNKNOWN},
    ]


@pytest.mark.parametrize("caveat", [Caveat.PROPRIETARY, Caveat.NATIONAL_SECURITY])
def test_row_6_guards_what_is_proprietary_or_touches_national_security(world, caveat):
    agreement = world.agreement()
    marking = Marking(tlp=Tlp.CLEAR, caveats=frozenset({caveat}), rel_to=frozenset({world.b}))
    record = world.record(marking=marking)
    bare = world.plan(record)
    assert bare.outcome is Outcome.WITHHOLD
    assert codes(bare, 6) == {Code.RESTRICTED_NO_CONSENT, Code.RESTRICTED_NO_APPROVAL}
    full = world.around(
        agreement,
        consents=(world.consent(world.a, record, agreement),),
        approvals=(world.approval(record),),
    )
    assert world.plan(record, full).outcome is Outcome.PASS


def test_row_7_orcon_needs_the_consent_of_every_originator(world):
    marking = Marking(tlp=Tlp.CLEAR, caveats=frozenset({Caveat.ORCON}))
    record = world.record(originators=frozenset({world.a, world.c}), marking=marking)
    agreement = world.agreement()
    theirs = world.consent(world.c, record, agreement)
    own = world.consent(world.a, record, agreement)
    some = world.plan(record, world.around(agreement, consents=(theirs,)))
    assert some.outcome is Outcome.WITHHOLD
    assert codes(some, 7) == {Code.ORCON_NO_CONSENT}
    assert world.plan(record, world.around(agreement, consents=(theirs, own))).outcome is Outcome.PASS


def agreed(world, party, **clauses):
    parties = (world.party(world.alpha), world.party(world.beta, **party))
    terms = world.slice(directions=(world.direction(**clauses), world.direction(world.b)))
    return world.around(world.agreement(parties=parties, slices=(terms,)))


@pytest.mark.parametrize(
    ("caveat", "fact", "clause", "row"),
    [
        (Caveat.NO_ENFORCEMENT, "regulator", "enforcement_clause", 8),
        (Caveat.NO_DEFENCE, "defence_tie", "defence_clause", 9),
    ],
)
def test_a_caveat_on_use_reads_its_own_fact_and_clause(world, caveat, fact, clause, row):
    record = world.record(marking=Marking(tlp=Tlp.CLEAR, caveats=frozenset({caveat})))
    assert world.plan(record, agreed(world, {fact: True})).outcome is Outcome.WITHHOLD
    assert codes(world.plan(record, agreed(world, {fact: True})), row)
    assert world.plan(record, agreed(world, {fact: True}, **{clause: "For safety."})).outcome is Outcome.PASS
    assert world.plan(record, agreed(world, {fact: False})).outcome is Outcome.PASS


@pytest.mark.parametrize(
    ("caveat", "clause"),
    [
        (Caveat.NO_ENFORCEMENT, "enforcement_clause"),
        (Caveat.NO_DEFENCE, "defence_clause"),
        (Caveat.PERSONAL, "personal_data_basis"),
    ],
)
def test_a_clause_that_says_nothing_permits_nothing(world, caveat, clause):
    record = world.record(marking=Marking(tlp=Tlp.CLEAR, caveats=frozenset({caveat})))
    party = {"regulator": True, "defence_tie": True}
    for text, passes in (("", False), (" \n", False), ("For safety.", True)):
        made = world.plan(record, agreed(world, party, **{clause: text}))
        assert (made.outcome is Outcome.PASS) == passes


def test_row_8_a_clause_about_defence_does_not_let_a_regulator_have_it(world):
    record = world.record(marking=Marking(tlp=Tlp.CLEAR, caveats=frozenset({Caveat.NO_ENFORCEMENT})))
    made = world.plan(record, agreed(world, {"regulator": True}, defence_clause="For safety."))
    assert made.outcome is Outcome.WITHHOLD
    assert codes(made, 8) == {Code.ENFORCEMENT}


def test_row_9_a_defence_tie_counts_whether_or_not_the_recipient_regulates(world):
    record = world.record(marking=Marking(tlp=Tlp.CLEAR, caveats=frozenset({Caveat.NO_DEFENCE})))
    made = world.plan(record, agreed(world, {"defence_tie": True}))
    assert made.outcome is Outcome.WITHHOLD
    assert codes(made, 9) == {Code.DEFENCE}


def test_row_10_personal_fields_stay_unless_this_direction_has_a_legal_basis(world):
    record = world.record(
        field_markings={"reporter": Marking(tlp=Tlp.CLEAR, caveats=frozenset({Caveat.PERSONAL}))}
    )
    back = world.direction(world.b, personal_data_basis="Article 6(1)(e)")
    terms = world.slice(directions=(world.direction(), back))
    made = world.plan(record, world.around(world.agreement(slices=(terms,))))
    assert (made.outcome, made.passing) == (Outcome.PASS_REDACTED, ("title", "description"))
    assert codes(made, 10) == {Code.PERSONAL_NO_BASIS}
    based = agreed(world, {}, personal_data_basis="Article 6(1)(e)")
    assert world.plan(record, based).outcome is Outcome.PASS


def test_row_11_a_clock_set_forward_does_not_end_an_embargo(world):
    record = world.record(marking=Marking(tlp=Tlp.CLEAR, embargo=world.now))

    def passes(**moments):
        made = world.plan(record, world.around(**moments))
        return made.outcome is Outcome.PASS, codes(made, 11)

    earlier, later = {world.b: world.now - HOUR}, {world.b: world.now + HOUR}
    assert passes(peer_countersigned=later) == (True, set())
    assert passes(peer_countersigned=earlier) == (False, {Code.EMBARGOED})
    assert passes(peer_countersigned=later, now=world.now - HOUR) == (False, {Code.EMBARGOED})
    assert passes(peer_countersigned={world.c: world.now + HOUR}) == (False, {Code.EMBARGO_UNKNOWN})


def test_row_12_asks_for_as_many_approvals_as_the_institution_does(world):
    record, rule = world.record(), HouseRule(clear=2, green=2, amber=2, amber_strict=2, red=2)
    one, two = world.approval(record, "bo"), world.approval(record, "cy")
    made = world.plan(record, world.around(approvals=(one, one), house_rule=rule))
    assert made.outcome is Outcome.WITHHOLD
    assert codes(made, 12) == {Code.APPROVALS_MISSING}
    assert world.plan(record, world.around(approvals=(one, two), house_rule=rule)).outcome is Outcome.PASS


GATEWAY = LegalGateway(
    provision="Article 78(5) of Regulation (EU) 2024/1689",
    decided_by="Legal service",
    decided=date(2026, 11, 1),
    regulators_only=True,
)
HELD_BY_LAW = Marking(tlp=Tlp.CLEAR, caveats=frozenset({Caveat.STATUTORY}))


def test_row_13_what_a_law_keeps_confidential_stays_without_a_gateway_even_if_clear(world):
    made = world.plan(world.record(marking=HELD_BY_LAW))
    assert made.outcome is Outcome.WITHHOLD
    assert codes(made, 13) == {Code.STATUTORY_NO_GATEWAY}
    gateway = GATEWAY.model_copy(update={"regulators_only": False})
    assert world.plan(world.record(marking=HELD_BY_LAW), agreed(world, {}, legal_gateway=gateway)).passing


@pytest.mark.parametrize("regulator", [True, False])
def test_row_13_a_gateway_for_regulatory_authorities_opens_to_nobody_else(world, regulator):
    around = agreed(world, {"regulator": regulator}, legal_gateway=GATEWAY)
    assert bool(world.plan(world.record(marking=HELD_BY_LAW), around).passing) is regulator


@pytest.mark.parametrize(
    "wrong",
    [{"provision": " "}, {"provision": "\u200b"}, {"decided_by": " "}, {"decided": date(2026, 11, 24)}],
    ids=str,
)
def test_row_13_a_gateway_that_nobody_decided_on_in_time_opens_nothing(world, wrong):
    """The agreement begins on 23 November 2026."""
    around = agreed(world, {"regulator": True}, legal_gateway=GATEWAY.model_copy(update=wrong))
    assert codes(world.plan(world.record(marking=HELD_BY_LAW), around), 13) == {Code.STATUTORY_NO_GATEWAY}


def test_row_13_a_gateway_is_for_one_direction_and_guards_single_fields(world):
    record = world.record(field_markings={"reporter": HELD_BY_LAW})
    party = world.party(world.beta, regulator=True)
    back = world.direction(world.b, legal_gateway=GATEWAY)
    terms = world.slice(directions=(world.direction(), back))
    around = world.around(world.agreement(slices=(terms,), parties=(world.party(world.alpha), party)))
    made = world.plan(record, around)
    assert (made.outcome, made.passing) == (Outcome.PASS_REDACTED, ("title", "description"))
    assert codes(made, 13) == {Code.STATUTORY_NO_GATEWAY}
    there = agreed(world, {"regulator": True}, legal_gateway=GATEWAY)
    assert world.plan(record, there).outcome is Outcome.PASS


def test_red_that_is_named_for_somebody_else_says_both_why_it_is_not_served_and_what_it_asks_for(world):
    made = world.plan(world.record(marking=Marking(tlp=Tlp.RED, rel_to=frozenset({world.c}))))
    assert codes(made, 5) >= {Code.NOT_NAMED, Code.RED_NOT_NAMED}


@pytest.mark.parametrize("name", [None, "reporter"])
def test_a_marking_that_cannot_be_read_leaves_every_fact_of_it_unknown(world, name):
    label = label_of(world.record())
    unreadable = {"marking": None} if name is None else {"field_markings": {name: None}}
    made = plan(dataclasses.replace(label, **unreadable), world.b, world.around())
    found = made.findings if name is None else dict(made.fields)[name].findings
    assert {finding.code for finding in found} == {
        Code.SLICE_UNKNOWN,
        Code.CEILING_UNKNOWN,
        Code.TLP_UNKNOWN,
        Code.RESTRICTED_UNKNOWN,
        Code.ORCON_UNKNOWN,
        Code.ENFORCEMENT_UNKNOWN,
        Code.DEFENCE_UNKNOWN,
        Code.PERSONAL_UNKNOWN,
        Code.STATUTORY_UNKNOWN,
        Code.EMBARGO_UNKNOWN,
        Code.APPROVALS_UNKNOWN,
    }
    assert made.passing == (() if name is None else ("title", "description"))


def test_every_state_of_an_agreement_is_a_fact():
    made = {state.value for state in State}
    assert made == {standing.value for standing in Standing} - {"unknown", "none"}
