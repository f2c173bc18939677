"""From a record, a recipient and a moment to the facts that the table reads.

Facts about a recipient come from the countersigned agreement, never from what it says of itself. What cannot
be found out is unknown, and so withheld.
"""

from datetime import datetime
from typing import Any

from fourfold.agreements.approval import approvers
from fourfold.agreements.consent import Use
from fourfold.agreements.lifecycle import State
from fourfold.framework import Level
from fourfold.records.envelope import UNKNOWN_ORIGINATOR
from fourfold.records.markings import Caveat, Marking, Tlp
from fourfold.release.case import Case, Circumstances, Clocks
from fourfold.release.facts import (
    DOMAINS,
    MARKED,
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

__all__ = ["Abstraction", "Case", "Circumstances", "Clocks", "facts_of"]


def facts_of(case: Case, name: str | None = None) -> Facts:
    """The facts about one field, or about the record as a whole (None)."""
    return Abstraction(case).facts(name)


class Abstraction:
    """Works out the facts of a case: what is the same for all its fields once, the rest for each."""

    def __init__(self, case: Case) -> None:
        self.case = case
        self.party = case.party
        self.clocks = case.clocks
        self.place = case.place
        self.terms = self.place.terms
        self.direction = self.terms.direction(case.label.owner) if self.terms else None
        digest = case.label.digest
        self.approvers = approvers(case.around.approvals_for.get(digest, ()), digest, case.recipient)
        self.consents = case.around.consents_for.get(digest, ()) if digest else ()

    def facts(self, name: str | None) -> Facts:
        """The facts about one field, or about the record as a whole (None)."""
        marking = self.case.label.marking_of(name)
        if marking is None:
            return self._facts(name, _UNREADABLE)._replace(**_UNMARKED)
        return self._facts(name, marking)

    def _facts(self, name: str | None, marking: Marking) -> Facts:
        case, party, terms = self.case, self.party, self.terms
        caveats = marking.caveats
        return Facts(
            agreement=self._standing(),
            direction=_known(self.direction is not None if terms else None),
            slice=self._slice(marking),
            field=self._field_rule(name),
            level=_LEVELS[terms.level] if terms else Engagement.UNKNOWN,
            kind_level=_LEVELS[case.kind.level] if case.kind else Engagement.UNKNOWN,
            stub=_known(case.label.stub),
            ceiling=_LABELS[terms.ceiling] if terms else TlpLabel.UNKNOWN,
            tlp=_LABELS[marking.tlp],
            community=_known(case.recipient in case.agreement.text.community if case.agreement else None),
            originators=self._originators(),
            consent=self._consent(name),
            named=self._named(marking.rel_to),
            second_person=_known(bool(self.approvers)),
            proprietary=_known(Caveat.PROPRIETARY in caveats),
            national_security=_known(Caveat.NATIONAL_SECURITY in caveats),
            orcon=_known(Caveat.ORCON in caveats),
            no_enforcement=_known(Caveat.NO_ENFORCEMENT in caveats),
            regulator=_known(party.facts.regulator if party else None),
            enforcement_clause=self._clause("enforcement_clause"),
            no_defence=_known(Caveat.NO_DEFENCE in caveats),
            defence_tie=_known(party.facts.defence_tie if party else None),
            defence_clause=self._clause("defence_clause"),
            personal=_known(Caveat.PERSONAL in caveats),
            personal_basis=self._clause("personal_data_basis"),
            embargo=self._embargo(marking.embargo),
            house_rule=_known(len(self.approvers) >= case.around.house_rule.needed(marking.tlp)),
        )

    def _standing(self) -> Standing:
        given = self.case.agreement
        if given is None or self.party is None or given.text.party(self.case.label.owner) is None:
            return Standing.NONE
        return _STANDINGS[given.state(self.clocks.later)]

    def _slice(self, marking: Marking) -> Slice:
        if self.case.agreement is None:
            return Slice.UNKNOWN
        if self.terms is None:
            nothing = Slice.NOT_THE_NAMED if self.place.named else Slice.NONE
            return Slice.SEVERAL if self.place.candidates else nothing
        return Slice.CAVEAT_FORBIDDEN if marking.caveats & self.terms.forbidden_caveats else Slice.FITS

    def _field_rule(self, name: str | None) -> FieldRule:
        kind = self.case.kind
        if name is None:
            return FieldRule.WHOLE
        if kind is None or self.terms is None:
            return FieldRule.UNKNOWN
        agreed = self.direction.fields.get(kind.id, ()) if self.direction else ()
        return FieldRule.AGREED if name in agreed and name in kind.fields else FieldRule.NOT_AGREED

    def _originators(self) -> Originators:
        given = self.case.label.originators
        if not given or UNKNOWN_ORIGINATOR in given:
            return Originators.UNKNOWN
        return Originators.SOLE if given == {self.case.label.owner} else Originators.OTHERS

    def _consent(self, name: str | None) -> Consents:
        if self._originators() is Originators.UNKNOWN:
            return Consents.UNKNOWN
        everyone = self.case.label.originators
        others = everyone - {self.case.label.owner}
        consented = self._consented(name)
        if everyone <= consented:
            return Consents.EVERY
        return Consents.OTHERS if others and others <= consented else Consents.MISSING

    def _consented(self, name: str | None) -> frozenset[str]:
        label = self.case.label
        if not self.consents or self.case.agreement is None or self.party is None:
            return frozenset()
        key, agreement = self.party.institution_key, self.case.agreement.digest
        use = Use(label.digest, name, key, agreement, label.activity, self.clocks.later)
        return frozenset(consent.originator for consent in self.consents if consent.covers(use))

    def _named(self, audience: frozenset[str] | None) -> Named:
        if audience is None:
            return Named.UNRESTRICTED
        if not audience:
            return Named.NOBODY
        return Named.NAMED if self.case.recipient in audience else Named.NOT_NAMED

    def _clause(self, name: str) -> Known:
        clause: str | None = getattr(self.direction, name, None)
        return _known(bool(clause and clause.strip()) if self.terms else None)

    def _embargo(self, until: datetime | None) -> Embargo:
        earlier = self.clocks.earlier
        if until is None:
            return Embargo.NONE
        if earlier is None:
            return Embargo.UNKNOWN
        return Embargo.PAST if earlier >= until else Embargo.AHEAD


def _known(value: bool | None) -> Known:  # noqa: FBT001  it is the value that becomes a fact
    return Known.UNKNOWN if value is None else Known.YES if value else Known.NO


_UNREADABLE = Marking(tlp=Tlp.RED)
_UNMARKED: dict[str, Any] = {name: DOMAINS[name]["UNKNOWN"] for name in MARKED}
_LEVELS = {level: Engagement(level.value) for level in Level}
_LABELS = {tlp: TlpLabel(tlp.value) for tlp in Tlp}
_STANDINGS = {state: Standing(state.value) for state in State}
