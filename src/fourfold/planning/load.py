"""Reading a plan file, with everything that is wrong with it told at once.

schema: fourfold.plan/1
title: ...
date: 2025-03-31
institutions:
  AISI: {name: UK AI Security Institute}
  AIO: {name: EU AI Office}
activities:
  - id: incident_reporting
    slices:
      - name: reports
        common: {know: yes}            # what all parties answer alike
        answers:
          AISI: {sens: low}
          AIO: {}
"""

from dataclasses import replace

from fourfold.canon import Faults, Located, composed, read_document, remedy_for, shown
from fourfold.framework import Framework
from fourfold.institutions import read_profiles
from fourfold.planning.answers import Party, read_day, read_parties
from fourfold.planning.plan import Plan, PlannedActivity, PlannedSlice

SCHEMA = "fourfold.plan/1"
SLICE_KEYS = ("about", "context", "common", "answers")


def load_plan(text: str | bytes, *, file: str, framework: Framework) -> Plan:
    """The plan that a file holds, its answers checked against the framework.

    Raises:
        InputError: with all faults, each with its line and field.
    """
    loader = _Loader(file, framework)
    return loader.plan(loader.composed(read_document(text, file=file, faults=loader.faults)))


class _Loader:
    """The faults of one file, the framework it is checked against, and the institutions it names."""

    def __init__(self, file: str, framework: Framework) -> None:
        self.faults = Faults(file)
        self.framework = framework
        self.names: tuple[str, ...] = ()

    def composed(self, at: Located) -> Located:
        """The same with its keys in NFC: a name typed with accents of their own is the same name."""
        if isinstance(at.value, list):
            return Located([self.composed(item) for item in at.value], at.line, at.place)
        if not isinstance(at.value, dict):
            return at
        members: dict[str, Located] = {}
        for key, member in at.value.items():
            if (name := composed(key)) in members:
                first = members[name].line
                self.faults.add(member, f"The key {shown(name)} was already given in line {first}.")
            members.setdefault(name, self.composed(member))
        return Located(members, at.line, at.place)

    def plan(self, document: Located) -> Plan:
        """The whole plan, or every fault of it."""
        required = ("schema", "title", "institutions", "activities")
        top = self.faults.mapping(document, required=required, optional=("about", "date", "framework"))
        self.faults.choice(top.get("schema"), (SCHEMA,), "schema of a plan")
        self._framework(top.get("framework"))
        profiles = read_profiles(self.faults, top.get("institutions"))
        self.names = tuple(profile.id for profile in profiles)
        if "institutions" in top and not self.names:
            self.faults.add(top["institutions"], "No institution is named.", "Name at least one.")
        plan = Plan(
            self.faults.text(top.get("title")),
            profiles,
            self._activities(top.get("activities")),
            self.faults.text(top.get("about")),
            read_day(self.faults, top.get("date")),
        )
        self.faults.raise_any()
        return plan

    def _framework(self, at: Located | None) -> None:
        """A plan may name its framework, so that it is not read against another by mistake."""
        name = self.faults.text(at)
        if at is not None and name and name != self.framework.id:
            message = f"The plan was made for the framework {shown(name)}, not for {self.framework.id}."
            self.faults.add(at, message, "Give the framework's file with --framework.")

    def _activities(self, at: Located | None) -> tuple[PlannedActivity, ...]:
        items = self.faults.items(at, least=1)
        activities = tuple(self._activity(item) for item in items)
        named = [(activity.id, item) for activity, item in zip(activities, items, strict=True)]
        self.faults.unique(named, "activity")
        return activities

    def _activity(self, at: Located) -> PlannedActivity:
        keys = self.faults.mapping(at, required=("id",), optional=("between", "slices", *SLICE_KEYS))
        id_ = self.faults.choice(keys.get("id"), self.framework.activities, "activity of the framework")
        parties = self._between(keys.get("between"))
        if "slices" not in keys:
            return PlannedActivity(id_, (self._slice(id_, keys, parties),))
        for key in ("context", "common", "answers"):
            if key in keys:
                message = f'"{key}" stands beside "slices".'
                self.faults.add(keys[key], message, "Move it into the slices, or remove the slices.")
        slices = self._slices(keys["slices"], parties)
        return PlannedActivity(id_, slices, self.faults.text(keys.get("about")))

    def _between(self, at: Located | None) -> tuple[str, ...]:
        """The parties of an activity: those it names, or all of the plan."""
        if at is None:
            return self.names
        items = self.faults.items(at, least=1)
        typed = [
            replace(item, value=composed(item.value)) if isinstance(item.value, str) else item
            for item in items
        ]
        chosen = [self.faults.choice(item, self.names, "institution of this plan") for item in typed]
        self.faults.unique(zip(chosen, items, strict=True), "institution")
        return tuple(chosen)

    def _slices(self, at: Located, parties: tuple[str, ...]) -> tuple[PlannedSlice, ...]:
        items = self.faults.items(at, least=1)
        slices, named = [], []
        for item in items:
            keys = self.faults.mapping(item, required=("name",), optional=SLICE_KEYS)
            name = self.faults.text(keys.get("name"))
            slices.append(self._slice(name, keys, parties))
            named.append((name, keys.get("name", item)))
        self.faults.unique(named, "slice")
        return tuple(slices)

    def _slice(self, name: str, keys: dict[str, Located], parties: tuple[str, ...]) -> PlannedSlice:
        common = self._common(keys.get("common"))
        said = read_parties(self.faults, self.framework, keys.get("answers"))
        self._check_parties(keys, parties, common)
        answers = {party: {**common, **said.get(party, {})} for party in parties}
        about = self.faults.text(keys.get("about"))
        return PlannedSlice(name, answers, about, self._context(keys.get("context")))

    def _common(self, at: Located | None) -> Party:
        """What all parties answer alike, read as the answers of one."""
        if at is None or not self.faults.members(at):
            return {}
        parties = Located({"common": at}, at.line, at.place)
        return read_parties(self.faults, self.framework, parties)["common"]

    def _check_parties(self, keys: dict[str, Located], parties: tuple[str, ...], common: Party) -> None:
        """Who answers must be a party, and must not answer again what all answer alike."""
        answers = keys.get("answers")
        for party, at in answers.value.items() if answers and isinstance(answers.value, dict) else ():
            if party not in parties:
                message = f"{shown(party)} is no party of this activity."
                self.faults.add(at, message, remedy_for(party, parties))
            for criterion, answer in at.value.items() if isinstance(at.value, dict) else ():
                if criterion in common:
                    message = f"{criterion} is answered here and under common."
                    self.faults.add(answer, message, "Keep one of them.")

    def _context(self, at: Located | None) -> tuple[tuple[str, str], ...]:
        """What the slice records beside the criteria, such as the stage of deployment."""
        known = [note.id for note in self.framework.context]
        members = self.faults.mapping(at, optional=known)
        return tuple((key, self.faults.text(member)) for key, member in members.items())
