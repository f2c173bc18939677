"""From records, agreements and clocks to what passes: checked against an oracle that reads like the table.

The oracle works on the things themselves, with no facts between; it is slow and takes no short cut.
"""

from datetime import timedelta

from effort import examples
from hypothesis import event, given, settings
from hypothesis import strategies as st

from fourfold.agreements import Agreement, HouseRule, LegalGateway
from fourfold.canon import digest
from fourfold.framework import Level
from fourfold.records import Caveat, Marking, Tlp
from fourfold.release import Outcome, label_of, plan
from fourfold.release.codes import Code

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
FIELDS = ("title", "description", "reporter")
OFTEN = 16


def mostly(usual, *others):
    return st.sampled_from([usual] * OFTEN + list(others))


def markings(world, tight):
    audiences = mostly(
        frozenset({world.b}), None, frozenset(), frozenset({world.c}), frozenset({world.b, world.c})
    )
    embargoes = mostly(None, world.now - HOUR, world.now, world.now + HOUR)
    caveats = st.frozensets(st.sampled_from(list(Caveat)), max_size=2 if tight else 1)
    labels = st.sampled_from(list(Tlp)) if tight else mostly(*Tlp)
    return st.builds(Marking, tlp=labels, caveats=caveats, rel_to=audiences, embargo=embargoes)


@st.composite
def records(draw, world):
    kind = draw(mostly("incident", "proposal", "unheard-of"))
    payload = {"text": "Let us."} if kind == "proposal" else dict.fromkeys(FIELDS, "words")
    originators = [frozenset({world.a, world.c}), frozenset({world.c}), frozenset({world.a, "unknown"})]
    return world.record(
        kind=kind,
        payload=payload,
        slice=draw(mostly("one", None, "two", "gone")),
        originators=draw(mostly(frozenset({world.a}), *originators)),
        marking=draw(markings(world, tight=False)),
        field_markings=draw(
            st.dictionaries(st.sampled_from(FIELDS), markings(world, tight=True), max_size=2)
        ),
    )


@st.composite
def directions(draw, world):
    clause = mostly("A clause.", None, " ")
    fields = draw(st.sets(st.sampled_from(FIELDS), min_size=1))
    return world.direction(
        draw(mostly(world.a, world.b)),
        fields={"incident": tuple(sorted(fields)), "proposal": ("text",)},
        enforcement_clause=draw(clause),
        defence_clause=draw(clause),
        personal_data_basis=draw(clause),
        legal_gateway=draw(gateways(world)),
    )


def gateways(world):
    """None, one that opens, and each way in which one does not."""
    stated = LegalGateway(provision="Section 1", decided_by="Counsel", decided=world.now.date() - 9 * DAY)
    wrong = [{"provision": " "}, {"decided_by": ""}, {"decided": world.now.date() + DAY}]
    changes = [{"regulators_only": True}, *wrong]
    return mostly(stated, None, *(stated.model_copy(update=each) for each in changes))


@st.composite
def slices(draw, world, name):
    return world.slice(
        id=name,
        level=draw(mostly(Level.COORDINATION, *Level)),
        kinds=draw(mostly(frozenset({"incident", "proposal"}), frozenset({"incident"}))),
        ceiling=draw(mostly(Tlp.RED, Tlp.AMBER, Tlp.CLEAR)),
        forbidden_caveats=draw(mostly(frozenset(), frozenset({Caveat.ORCON}), frozenset({Caveat.PERSONAL}))),
        directions=(draw(directions(world)),),
    )


@st.composite
def agreements(draw, world, number):
    recipient = world.party(world.beta, regulator=draw(st.booleans()), defence_tie=draw(st.booleans()))
    other = draw(mostly(recipient, world.party(world.gamma)))
    names = draw(mostly(("one",), ("one", "two")))
    text = world.text(
        id=f"agreement--00000000-0000-4000-8000-00000000000{number}",
        parties=(world.party(world.alpha), other),
        community=draw(mostly(frozenset({world.a, world.b}), frozenset({world.a}))),
        slices=tuple(draw(slices(world, name)) for name in names),
        valid_from=world.now + draw(mostly(-24, 2)) * HOUR,
        review_by=world.now + draw(mostly(24, -2)) * HOUR,
        expires=draw(mostly(None, world.now + HOUR, world.now)),
    )
    complete, ended = draw(st.integers(0, 8)) > 0, draw(st.integers(0, 8)) == 8
    begun = draw(mostly(None, world.now, world.now + 2 * HOUR))
    return Agreement(text, text.digest(), complete=complete, ended=ended, superseded_from=begun)


@st.composite
def consents(draw, world, record, agreed):
    agreement = draw(st.sampled_from(agreed))
    wrong = draw(mostly("", "record", "recipient_key", "agreement", "purpose", "expires", "fields"))
    changes = {
        "record": digest("another"),
        "recipient_key": world.gamma.key,
        "agreement": digest("another"),
        "purpose": "standards",
        "expires": world.now,
        "fields": frozenset({"title"}),
    }
    only = {wrong: changes[wrong]} if wrong else {}
    return world.consent(draw(st.sampled_from([world.a, world.c])), record, agreement, **only)


@st.composite
def approvals(draw, world, record):
    wrong = draw(mostly("", "record", "recipient"))
    only = {wrong: {"record": digest("another"), "recipient": world.c}[wrong]} if wrong else {}
    return world.approval(record, draw(st.sampled_from(["bo", "cy"])), **only)


@st.composite
def situations(draw, world):
    record = draw(records(world))
    agreed = tuple(draw(agreements(world, number)) for number in range(draw(mostly(1, 2, 0))))
    some_consents = st.lists(consents(world, record, agreed), max_size=4) if agreed else st.just([])
    moments = draw(mostly({world.b: world.now}, {}, {world.b: world.now - 2 * HOUR}))
    rule = mostly(HouseRule(red=0), HouseRule(), HouseRule(amber=1, amber_strict=1, red=2))
    around = world.around(
        *agreed,
        agreements=agreed,
        consents=tuple(draw(some_consents)),
        approvals=tuple(draw(st.lists(approvals(world, record), max_size=3))),
        house_rule=draw(rule),
        countersigned=draw(mostly(None, world.now - HOUR, world.now + 2 * HOUR)),
        peer_countersigned=moments,
    )
    return record, around, draw(st.booleans())


class Oracle:
    """May this field (None: the record) pass under this agreement? Row by row, in the words of the table."""

    def __init__(self, world, record, around, agreement, *, stub):
        self.world, self.record, self.around, self.agreement = world, record, around, agreement
        self.text, self.stub = agreement.text, stub
        seen = around.countersigned
        self.late = around.now if seen is None or seen < around.now else seen

    def in_force(self):
        text = self.text
        if self.agreement.ended or not self.agreement.complete:
            return False
        if self.agreement.superseded_from is not None and self.agreement.superseded_from <= self.late:
            return False
        return text.valid_from <= self.late and (text.expires is None or self.late < text.expires)

    def slices(self):
        return [
            terms
            for terms in self.text.slices
            if terms.activity == self.record.activity and self.record.kind in terms.kinds
        ]

    def terms(self):
        found = self.slices()
        if self.record.slice is not None:
            found = [terms for terms in found if terms.id == self.record.slice]
        elif found:
            lowest = min(terms.level.rank for terms in found)
            found = [terms for terms in found if terms.level.rank == lowest]
        return found[0] if len(found) == 1 else None

    def passes(self, name, marking):
        return self.level() == "all" and self.rest(name, marking)

    def level(self):
        terms, kind = self.terms(), self.around.kinds.get(self.record.kind)
        if terms is None or kind is None:
            return "nothing"
        if terms.level is Level.SEPARATION:
            return "stub" if self.stub and kind.level <= Level.COMMUNICATION else "nothing"
        return "all" if kind.level <= terms.level else "nothing"

    def rest(self, name, marking):
        terms = self.terms()
        if terms is None or not self.in_force() or self.record.kind not in self.around.kinds:
            return False
        direction = next((one for one in terms.directions if one.sender == self.record.owner), None)
        if direction is None or marking.caveats & terms.forbidden_caveats:
            return False
        if name is not None and name not in direction.fields.get(self.record.kind, ()):
            return False
        if "unknown" in self.record.originators or marking.tlp.rank > terms.ceiling.rank:
            return False
        if marking.rel_to is not None and self.world.b not in marking.rel_to:
            return False
        return self.originators(name, marking) and self.use(direction, marking) and self.people(marking)

    def consented(self, name):
        return {
            one.originator
            for one in self.around.consents
            if one.record == self.record.digest()
            and one.recipient_key == self.world.beta.key
            and one.agreement == self.agreement.digest
            and one.purpose == self.record.activity
            and self.late < one.expires
            and (name is None or name in one.fields)
        }

    def originators(self, name, marking):
        consented = self.consented(name)
        every = all(one in consented for one in self.record.originators)
        free = all(one in consented or one == self.record.owner for one in self.record.originators)
        named = marking.rel_to is not None and self.world.b in marking.rel_to
        guarded = named and every and self.approvers()
        if marking.tlp is Tlp.GREEN and not (self.world.b in self.text.community or free):
            return False
        if marking.tlp in (Tlp.AMBER, Tlp.AMBER_STRICT) and not free:
            return False
        strict = {Caveat.PROPRIETARY, Caveat.NATIONAL_SECURITY} & marking.caveats or marking.tlp is Tlp.RED
        return not (strict and not guarded) and not (Caveat.ORCON in marking.caveats and not every)

    def use(self, direction, marking):
        facts = next(one.facts for one in self.text.parties if one.id == self.world.b)
        stated = {
            name: bool((getattr(direction, name) or "").strip())
            for name in ("enforcement_clause", "defence_clause", "personal_data_basis")
        }
        gateway = direction.legal_gateway
        lawful = gateway is not None and all(
            (
                gateway.provision.strip(),
                gateway.decided_by.strip(),
                gateway.decided <= self.text.valid_from.date(),
                facts.regulator or not gateway.regulators_only,
            )
        )
        refused = (
            (
                Caveat.NO_ENFORCEMENT in marking.caveats
                and facts.regulator
                and not stated["enforcement_clause"]
            )
            or (Caveat.NO_DEFENCE in marking.caveats and facts.defence_tie and not stated["defence_clause"])
            or (Caveat.PERSONAL in marking.caveats and not stated["personal_data_basis"])
            or (Caveat.STATUTORY in marking.caveats and not lawful)
        )
        peer = self.around.peer_countersigned.get(self.world.b)
        over = marking.embargo is None or (
            peer is not None and peer >= marking.embargo and self.around.now >= marking.embargo
        )
        return not refused and over

    def approvers(self):
        return {
            one.approver
            for one in self.around.approvals
            if one.record == self.record.digest() and one.recipient == self.world.b
        }

    def people(self, marking):
        rule = self.around.house_rule
        needed = {
            Tlp.CLEAR: rule.clear,
            Tlp.GREEN: rule.green,
            Tlp.AMBER: rule.amber,
            Tlp.AMBER_STRICT: rule.amber_strict,
            Tlp.RED: rule.red,
        }
        return len(self.approvers()) >= needed[marking.tlp]


def effective(record, name):
    """The two markings together, worked out part by part."""
    whole, own = record.marking, record.field_markings.get(name)
    if own is None:
        return whole
    order = list(Tlp)
    audiences = [one.rel_to for one in (whole, own) if one.rel_to is not None]
    embargoes = [one.embargo for one in (whole, own) if one.embargo is not None]
    return Marking(
        tlp=max(whole.tlp, own.tlp, key=order.index),
        caveats=whole.caveats | own.caveats,
        rel_to=frozenset(set.intersection(*map(set, audiences))) if audiences else None,
        embargo=max(embargoes, default=None),
    )


def expected(world, record, around, stub):
    """The outcome, and the fields that pass."""
    between = [one for one in around.agreements if {p.id for p in one.text.parties} >= {world.a, world.b}]
    oracles = [Oracle(world, record, around, one, stub=stub) for one in between]
    governing = [one for one in oracles if one.in_force() and one.slices()]
    if not governing:
        return Outcome.WITHHOLD, ()
    if not all(one.rest(None, record.marking) for one in governing):
        return Outcome.WITHHOLD, ()

    def passing_under(oracles):
        return tuple(
            name
            for name in record.payload
            if all(one.passes(name, effective(record, name)) for one in oracles)
        )

    alone = [one for one in governing if one.level() == "all"]
    if any(one.level() == "nothing" for one in governing) or not all(passing_under([one]) for one in alone):
        return Outcome.WITHHOLD, ()
    if len(alone) < len(governing):
        return Outcome.STUB, ()
    passing = passing_under(governing)
    if not passing:
        return Outcome.WITHHOLD, ()
    return (Outcome.PASS if len(passing) == len(record.payload) else Outcome.PASS_REDACTED), passing


@settings(max_examples=examples(350))
@given(data=st.data())
def test_what_passes_is_what_the_oracle_says(world, data):
    record, around, stub = data.draw(situations(world))
    made = plan(label_of(record, stub=stub), world.b, around)
    event(made.outcome.word)
    assert made.fault == ""
    assert (made.outcome, made.passing) == expected(world, record, around, stub)


TIGHTENINGS = ("tlp", "caveat", "audience", "embargo", "originator")


def tightened(world, marking, how, caveat):
    if how == "tlp":
        changes = {"tlp": list(Tlp)[min(marking.tlp.rank + 1, 4)]}
    elif how == "caveat":
        changes = {"caveats": marking.caveats | {caveat}}
    elif how == "audience":
        changes = {"rel_to": (marking.rel_to or frozenset({world.c})) - {world.b}}
    else:
        changes = {"embargo": (marking.embargo or world.now) + HOUR}
    return marking.model_copy(update=changes)


def rebound(record, items):
    """Consents and approvals as if they had been given for this version: only the marking is compared."""
    return tuple(one.model_copy(update={"record": record.digest()}) for one in items)


@settings(max_examples=examples(150))
@given(data=st.data())
def test_a_record_that_is_marked_more_tightly_never_releases_more(world, data):
    record, around, stub = data.draw(situations(world))
    how = data.draw(st.sampled_from(TIGHTENINGS))
    caveat = data.draw(st.sampled_from(list(Caveat)))
    where = data.draw(st.sampled_from([None, *record.field_markings]))
    if how == "originator":
        tighter = record.model_copy(update={"originators": record.originators | {world.c}})
    elif where is None:
        tighter = record.model_copy(update={"marking": tightened(world, record.marking, how, caveat)})
    else:
        own = {where: tightened(world, record.field_markings[where], how, caveat)}
        tighter = record.model_copy(update={"field_markings": {**record.field_markings, **own}})

    def passing(version):
        consents, approvals = rebound(version, around.consents), rebound(version, around.approvals)
        again = world.around(
            agreements=around.agreements,
            consents=consents,
            approvals=approvals,
            house_rule=around.house_rule,
            countersigned=around.countersigned,
            peer_countersigned=around.peer_countersigned,
        )
        return plan(label_of(version, stub=stub), world.b, again)

    before, after = passing(record), passing(tighter)
    assert set(after.passing) <= set(before.passing)
    assert after.passing or after.outcome <= max(before.outcome, Outcome.WITHHOLD)


def test_a_tighter_marking_does_not_move_a_record_to_a_more_open_slice(world):
    """The agreement that shows why: a low ceiling at separation beside a high one at communication."""
    apart = world.slice(id="apart", level=Level.SEPARATION, ceiling=Tlp.GREEN)
    around = world.around(world.agreement(slices=(apart, world.slice(id="open", ceiling=Tlp.RED))))
    for tlp in Tlp:
        made = plan(label_of(world.record(marking=Marking(tlp=tlp))), world.b, around)
        assert made.outcome is Outcome.WITHHOLD
        assert Code.SEPARATION in {finding.code for finding in made.findings}


def test_nobody_releases_to_itself_or_to_an_institution_without_an_agreement(world):
    for recipient in (world.a, world.c, "identity--00000000-0000-5000-8000-000000000000", ""):
        made = plan(label_of(world.record()), recipient, world.around())
        assert made.outcome is Outcome.WITHHOLD
        assert Code.AGREEMENT_NONE in {finding.code for finding in made.findings}
