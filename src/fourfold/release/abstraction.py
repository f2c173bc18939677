"""From a case to the facts that the table reads: what the terms say, and what the marking says."""

from datetime import datetime
from typing import Any

from fourfold.agreements.approval import approvers
from fourfold.agreements.consent import Use
from fourfold.records.envelope import UNKNOWN_ORIGINATOR
from fourfold.records.markings import Caveat, Marking, Tlp
from fourfold.release.case import Case, Circumstances
from fourfold.release.facts import (
    DOMAINS,
    MARKED,
    Consents,
    Embargo,
    Facts,
    FieldRule,
    Known,
    Named,
    Originators,
    Slice,
)
from fourfold.release.terms import LABELS, known

__all__ = ["Abstraction", "Case", "Circumstances", "facts_of"]


def facts_of(case: Case, name: str | None = None) -> Facts:
    """The facts about one field, or about the record as a whole (None)."""
    return Abstraction(case).facts(name)


class Abstraction:
    """Works out the facts of a case: what is the same for all its fields once, the rest for each."""

    def __init__(self, case: Case) -> None:
        self.case = case
        around, digest = case.around, case.label.digest
        self.earlier = around.earlier(case.recipient)
        given = around.approvals_for.get(digest, ()) if digest else ()
        self.approvers = len(approvers(given, digest, case.recipient)) if given else 0
        self.consents = around.consents_for.get(digest, ()) if digest else ()
        self.originators = self._originators()
        self._found: dict[tuple[str | None, FieldRule, Consents], Facts] = {}

    def facts(self, name: str | None) -> Facts:
        """The facts about one field, or about the record as a whole (None).

        Fields without a marking of their own differ only in what was agreed and consented to.
        """
        own = name if name in self.case.label.field_markings else None
        key = (own, self.case.terms.rule(name), self._consent(name))
        if key not in self._found:
            self._found[key] = self._facts(*key)
        return self._found[key]

    def _facts(self, name: str | None, rule: FieldRule, consent: Consents) -> Facts:
        marking = self.case.label.marking_of(name)
        if marking is None:
            return self._marked(_UNREADABLE, rule, consent)._replace(**_UNMARKED)
        return self._marked(marking, rule, consent)

    def _marked(self, marking: Marking, rule: FieldRule, consent: Consents) -> Facts:
        terms, caveats = self.case.terms, marking.caveats
        needed = self.case.around.house_rule.needed(marking.tlp)
        return Facts(
            agreement=terms.standing,
            direction=terms.direction,
            slice=Slice.CAVEAT_FORBIDDEN if caveats & terms.forbidden else terms.fit,
            field=rule,
            level=terms.level,
            kind_level=terms.kind_level,
            stub=known(self.case.label.stub),
            ceiling=terms.ceiling,
            tlp=LABELS[marking.tlp],
            community=terms.community,
            originators=self.originators,
            consent=consent,
            named=self._named(marking.rel_to),
            second_person=known(self.approvers > 0),
            proprietary=_CAVEAT[Caveat.PROPRIETARY in caveats],
            national_security=_CAVEAT[Caveat.NATIONAL_SECURITY in caveats],
            orcon=_CAVEAT[Caveat.ORCON in caveats],
            no_enforcement=_CAVEAT[Caveat.NO_ENFORCEMENT in caveats],
            regulator=terms.regulator,
            enforcement_clause=terms.enforcement_clause,
            no_defence=_CAVEAT[Caveat.NO_DEFENCE in caveats],
            defence_tie=terms.defence_tie,
            defence_clause=terms.defence_clause,
            personal=_CAVEAT[Caveat.PERSONAL in caveats],
            personal_basis=terms.personal_basis,
            statutory=_CAVEAT[Caveat.STATUTORY in caveats],
            legal_gateway=terms.legal_gateway,
            embargo=self._embargo(marking.embargo),
            house_rule=known(self.approvers >= needed),
        )

    def _originators(self) -> Originators:
        given = self.case.label.originators
        if not given or UNKNOWN_ORIGINATOR in given:
            return Originators.UNKNOWN
        return Originators.SOLE if given == {self.case.label.owner} else Originators.OTHERS

    def _consent(self, name: str | None) -> Consents:
        if self.originators is Originators.UNKNOWN:
            return Consents.UNKNOWN
        if not self.consents:
            return Consents.MISSING
        everyone, consented = self.case.label.originators, self._consented(name)
        if everyone <= consented:
            return Consents.EVERY
        others = everyone - {self.case.label.owner}
        return Consents.OTHERS if others and others <= consented else Consents.MISSING

    def _consented(self, name: str | None) -> frozenset[str]:
        """The originators whose consent covers these bytes, this recipient, this agreement, this moment."""
        label, terms = self.case.label, self.case.terms
        if terms.recipient_key is None or terms.digest is None:
            return frozenset()
        later = self.case.around.later
        use = Use(label.digest, name, terms.recipient_key, terms.digest, label.activity, later)
        return frozenset(consent.originator for consent in self.consents if consent.covers(use))

    def _named(self, audience: frozenset[str] | None) -> Named:
        if audience is None:
            return Named.UNRESTRICTED
        if not audience:
            return Named.NOBODY
        return Named.NAMED if self.case.recipient in audience else Named.NOT_NAMED

    def _embargo(self, until: datetime | None) -> Embargo:
        if until is None:
            return Embargo.NONE
        if self.earlier is None:
            return Embargo.UNKNOWN
        return Embargo.PAST if self.earlier >= until else Embargo.AHEAD


_CAVEAT = {False: Known.NO, True: Known.YES}
_UNREADABLE = Marking(tlp=Tlp.RED)
_UNMARKED: dict[str, Any] = {name: DOMAINS[name]["UNKNOWN"] for name in MARKED}
