"""The conditions of a framework file: reasons, gates, rule-outs, warnings, and values of criteria."""

import re
from collections.abc import Mapping

from fourfold.canon import Faults, Located, remedy_for, shown
from fourfold.framework.levels import Level
from fourfold.framework.parts import Atom, Condition, Criterion, Passage, RuleOut, TimingRule
from fourfold.framework.sections import Sections

CLOSER = tuple(level for level in Level if level is not Level.SEPARATION)
THRESHOLD = re.compile(r"(<=|>=) (.+)")


class Conditions:
    """Reads conditions against the criteria and passages of their file.

    `places` remembers where each condition stands, so that a later check can point there.
    """

    def __init__(
        self,
        faults: Faults,
        sections: Sections,
        criteria: Mapping[str, Criterion],
        passages: Mapping[str, Passage],
    ) -> None:
        self.faults, self.sections = faults, sections
        self.criteria, self.passages = criteria, passages
        self.places: dict[str, Located] = {}

    def reasons(self, at: Located | None) -> dict[str, Condition]:
        """The named reasons and gates that readings refer to, each with a phrase for every failing atom."""

        def read(name: str, item: Located) -> Condition:
            members = self.faults.mapping(item, required=("id", "text", "when", "passages", "fails"))
            phrases = self._phrases(members)
            return self._condition(name, item, members, phrases)

        return self.sections.keyed(at, "condition", read)

    def _phrases(self, members: Mapping[str, Located]) -> dict[str, str]:
        """What to say of each atom that fails: exactly one phrase for each criterion of `when`."""
        when = members.get("when")
        criteria = list(when.value) if when and isinstance(when.value, dict) else []
        phrases = self.faults.mapping(members.get("fails"), required=criteria)
        return {criterion: self.faults.text(phrase) for criterion, phrase in phrases.items()}

    def rule_outs(self, at: Located | None) -> tuple[RuleOut, ...]:
        """What rules levels out; separation never is."""

        def read(name: str, item: Located) -> RuleOut:
            members = self.faults.mapping(item, required=("id", "text", "when", "passages", "levels"))
            words = [level.value for level in CLOSER]
            levels = self.sections.references(members.get("levels"), words, "closer level")
            condition = self._condition(name, item, members, {})
            return RuleOut(frozenset(Level(word) for word in levels), condition)

        return tuple(self.sections.keyed(at, "condition", read).values())

    def warnings(self, at: Located | None) -> tuple[Condition, ...]:
        """What to beware of when it holds; the section may be absent."""

        def read(name: str, item: Located) -> Condition:
            members = self.faults.mapping(item, required=("id", "text", "when", "passages"))
            return self._condition(name, item, members, {})

        return tuple(self.sections.keyed(at, "condition", read).values()) if at else ()

    def timing(self, at: Located | None) -> TimingRule | None:
        """The criterion that says when a level could begin; the section may be absent."""
        keys = ("criterion", "now", "not_yet", "passages")
        members = self.faults.mapping(at, required=keys)
        criterion = self.faults.choice(members.get("criterion"), self.criteria, "criterion")
        if not criterion:
            return None
        return TimingRule(
            criterion,
            self.values(criterion, members.get("now")),
            self.values(criterion, members.get("not_yet")),
            self.sections.references(members.get("passages"), self.passages, "passage"),
        )

    def _condition(
        self, name: str, at: Located, members: Mapping[str, Located], phrases: Mapping[str, str]
    ) -> Condition:
        self._once(name, at)
        when = members.get("when")
        atoms = self.faults.members(when)
        if when and not atoms:
            self.faults.add(when, "The condition has no atom.", "Name a criterion and its values.")
        return Condition(
            name,
            self.faults.text(members.get("text")),
            tuple(
                Atom(criterion, self._allowed(criterion, each), phrases.get(criterion, ""))
                for criterion, each in atoms.items()
                if self._known(criterion, each)
            ),
            self.sections.references(members.get("passages"), self.passages, "passage"),
        )

    def _once(self, name: str, at: Located) -> None:
        """Notes where a condition stands. A result cites it by name alone, whatever its section."""
        first = self.places.setdefault(name, at)
        if name and first is not at and first.place and at.place and first.place.parent != at.place.parent:
            message = f"The condition {shown(name)} was already given in line {first.line}."
            self.faults.add(at, message, "Give it another id.")

    def _known(self, criterion: str, at: Located) -> bool:
        known = criterion in self.criteria
        if not known:
            message = f"There is no criterion {shown(criterion)}."
            self.faults.add(at, message, remedy_for(criterion, self.criteria))
        return known

    def _allowed(self, criterion: str, at: Located) -> frozenset[str]:
        """The values that an atom allows: one, a list, or a threshold such as `<= low`."""
        threshold = THRESHOLD.fullmatch(at.value) if isinstance(at.value, str) else None
        if not threshold:
            return self.values(criterion, at)
        scale, value = self.criteria[criterion].scale, threshold[2]
        if value not in scale:
            message = f"{shown(value)} is no value of {criterion}."
            self.faults.add(at, message, remedy_for(value, scale))
            return frozenset(scale[:1])
        place = scale.index(value)
        return frozenset(scale[place:] if threshold[1] == ">=" else scale[: place + 1])

    def values(self, criterion: str, at: Located | None) -> frozenset[str]:
        """One value of a criterion, or a list of values, each given once."""
        if at is None:
            return frozenset()
        items = self.faults.items(at, least=1) if isinstance(at.value, list) else [at]
        scale = self.criteria[criterion].scale
        texts = [(self.faults.choice(item, scale, f"value of {criterion}"), item) for item in items]
        self.faults.unique(texts, "value")
        return frozenset(text for text, _ in texts if text)

    def stated(self, at: Located | None) -> dict[str, frozenset[str]]:
        """Values of criteria, by criterion."""
        members = self.faults.members(at)
        return {name: self.values(name, each) for name, each in members.items() if self._known(name, each)}
