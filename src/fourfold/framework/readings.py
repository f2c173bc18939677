"""The sections of a framework file that use what others define: readings and activities."""

from collections.abc import Mapping
from types import MappingProxyType

from fourfold.canon import Faults, Located
from fourfold.framework.conditions import CLOSER, Conditions
from fourfold.framework.levels import Level
from fourfold.framework.parts import Activity, Avenue, Condition, Reading, Support
from fourfold.framework.sections import Sections


class Readings:
    """Reads how the named conditions support each level, and remembers which of them were used."""

    def __init__(self, faults: Faults, sections: Sections, conditions: Mapping[str, Condition]) -> None:
        self.faults, self.sections, self.conditions = faults, sections, conditions
        self.used: set[str] = set()

    def readings(self, at: Located | None, separation: Located | None) -> dict[str, Reading]:
        """All readings; what supports separation is the same in each."""
        apart = self._support(separation)

        def read(name: str, item: Located) -> Reading:
            words = [level.value for level in CLOSER]
            members = self.faults.mapping(item, required=("id", "title", "text", *words))
            closer: dict[Level, Support] = {
                level: self._support(members.get(level.value)) for level in CLOSER
            }
            return Reading(
                name,
                self.faults.text(members.get("title")),
                self.faults.text(members.get("text")),
                MappingProxyType({Level.SEPARATION: apart, **closer}),
            )

        return self.sections.keyed(at, "reading", read)

    def _support(self, at: Located | None) -> Support:
        """A level's reasons by id, and the id of their gate where there is one."""
        members = self.faults.mapping(at, required=("reasons",), optional=("gate",))
        names = self.sections.references(members.get("reasons"), self.conditions, "condition")
        gate = self.faults.choice(members.get("gate"), self.conditions, "condition")
        self.used.update(names, [gate])
        reasons = tuple(self.conditions[name] for name in names)
        support = Support(self.conditions[gate] if gate else None, reasons)
        self._apart_from_gate(support, at)
        return support

    def _apart_from_gate(self, support: Support, at: Located | None) -> None:
        """A reason and its gate must not speak of the same criterion: one of them would be idle or blind."""
        gate = support.gate
        guarded = {atom.criterion for atom in gate.atoms} if gate else set()
        for reason in support.reasons:
            for atom in reason.atoms:
                if gate and atom.criterion in guarded:
                    message = f'The condition "{reason.id}" asks for "{atom.criterion}", as does its gate.'
                    self.faults.add(at, message, "Leave it to one of them.")

    def nothing_unused(self, places: Mapping[str, Located]) -> None:
        """A condition that no reading uses is a mistake, not a spare part."""
        for name in self.conditions:
            if name and name not in self.used:
                message = f'No reading uses the condition "{name}".'
                self.faults.add(places.get(name), message, "Use it or remove it.")


def read_activities(
    faults: Faults, sections: Sections, conditions: Conditions, at: Located | None
) -> dict[str, Activity]:
    """The activities, each with the avenues that the source has for it."""

    def avenue(item: Located) -> Avenue:
        members = faults.mapping(item, required=("title", "passage", "stated"))
        passage = faults.choice(members.get("passage"), conditions.passages, "passage")
        stated = conditions.stated(members.get("stated"))
        return Avenue(faults.text(members.get("title")), passage, MappingProxyType(stated))

    def read(name: str, item: Located) -> Activity:
        members = faults.mapping(item, required=("id", "title", "avenues"))
        cells = faults.mapping(members.get("avenues"), optional=[level.value for level in Level])
        avenues = {Level(word): avenue(cell) for word, cell in cells.items()}
        return Activity(name, faults.text(members.get("title")), MappingProxyType(avenues))

    return sections.keyed(at, "activity", read)
