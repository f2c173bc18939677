"""Checking a document that came from outside: every fault is collected, then all are told at once.

    faults = Faults("plan.yaml")
    top = faults.mapping(document, required=("format", "activities"), optional=("title",))
    title = faults.text(top.get("title"))
    ...
    faults.raise_any()

Each method returns a harmless empty value where it found a fault, so that the check goes on.
"""

import difflib
from collections.abc import Collection, Iterable, Mapping

from fourfold.canon.located import Located, described, shown
from fourfold.errors import Fault, InputError

MOST_FAULTS = 100  # more than a person will read; the rest is counted


class Faults:
    """What is wrong with one file, told in the order of its lines."""

    def __init__(self, file: str) -> None:
        self.file = file
        self._faults: list[Fault] = []
        self._beyond = 0
        self._unread: set[str] = set()

    def __bool__(self) -> bool:
        return bool(self._faults)

    def add(self, at: Located | None, message: str, remedy: str = "") -> None:
        """Records a fault at a value (None: the whole file), unless it could not be read to begin with."""
        line, path = (at.line, at.path) if at else (0, "")
        if not path or path not in self._unread:
            self.add_fault(Fault(message, self.file, line, path, remedy))

    def add_fault(self, fault: Fault) -> None:
        """Records a fault that already knows its place; beyond a hundred they are only counted."""
        if len(self._faults) < MOST_FAULTS:
            self._faults.append(fault)
        else:
            self._beyond += 1

    def take(self, reading: "Faults") -> None:
        """Takes over what reading the file found; what could not be read is not judged a second time."""
        for fault in reading._faults:  # noqa: SLF001  another of the same class
            self.add_fault(fault)
            self._unread.add(fault.field)
        self._beyond += reading._beyond  # noqa: SLF001  the same reason as above

    def raise_any(self) -> None:
        """Ends the check.

        Raises:
            InputError: with all faults, if there were any.
        """
        if self._faults:
            raise InputError(self.told())

    def told(self) -> list[Fault]:
        """All faults in the order of their lines; what is beyond a hundred, as a number."""
        in_order = sorted(self._faults, key=lambda fault: fault.line)
        if not self._beyond:
            return in_order
        rest = Fault(f"And {self._beyond} more faults.", self.file, 0, "", "Repair these first.")
        return [*in_order, rest]

    def mapping(
        self, at: Located | None, *, required: Collection[str] = (), optional: Collection[str] = ()
    ) -> dict[str, Located]:
        """The members of a mapping whose keys are known beforehand; unknown and missing ones are faults."""
        members = self.members(at)
        known = [*required, *optional]
        for key, member in members.items():
            if key not in known:
                self.add(member, f"The key {shown(key)} is unknown here.", remedy_for(key, known))
        if at is not None and isinstance(at.value, dict):
            for key in required:
                if key not in members:
                    self.add(at, f'The key "{key}" is missing.', "Add it.")
        return {key: member for key, member in members.items() if key in known}

    def members(self, at: Located | None) -> dict[str, Located]:
        """The members of a mapping whose keys are free, such as names of institutions."""
        if at is None:
            return {}
        if isinstance(at.value, dict):
            return at.value
        self.add(at, f"Here stands {described(at.value)}, where a mapping (key: value) is needed.")
        return {}

    def items(self, at: Located | None, *, least: int = 0) -> list[Located]:
        """The items of a list; fewer than `least` is a fault."""
        if at is None:
            return []
        if not isinstance(at.value, list):
            self.add(at, f"Here stands {described(at.value)}, where a list is needed.")
            return []
        if len(at.value) < least:
            self.add(at, f"The list has {len(at.value)} items; at least {least} is needed.")
        return at.value

    def text(self, at: Located | None, *, empty: bool = False) -> str:
        """A piece of text; numbers and true/false are not text, and are told to be quoted."""
        if at is None:
            return ""
        if isinstance(at.value, str):
            if not empty and not at.value.strip():
                self.add(at, "The text is empty.", "Write it, or remove the key.")
            return at.value
        scalar = not isinstance(at.value, dict | list)
        remedy = "Put it in quotes." if scalar and at.value is not None else ""
        self.add(at, f"Here stands {described(at.value)}, where text is needed.", remedy)
        return ""

    def texts(self, at: Located | None, *, least: int = 0) -> list[str]:
        """A list of texts."""
        return [self.text(item) for item in self.items(at, least=least)]

    def choice(self, at: Located | None, options: Collection[str], what: str = "value") -> str:
        """One word out of a closed set; empty if it is none of them."""
        if at is None:
            return ""
        if isinstance(at.value, str) and at.value in options:
            return at.value
        if isinstance(at.value, bool) and {"no", "yes"} <= set(options):
            remedy = "Write yes or no: true and false are not words of the scale."
            self.add(at, f"Here stands {described(at.value)}, where a {what} is needed.", remedy)
        elif isinstance(at.value, str):
            self.add(at, f"{shown(at.value)} is no {what}.", remedy_for(at.value, options))
        else:
            message = f"Here stands {described(at.value)}, where a {what} is needed."
            self.add(at, message, remedy_for("", options))
        return ""

    def truth(self, at: Located | None) -> bool | None:
        """Yes or no as JSON says it (true, false); None where it is absent or something else."""
        if at is None:
            return None
        if isinstance(at.value, bool):
            return at.value
        self.add(at, f"Here stands {described(at.value)}, where true or false is needed.")
        return None

    def whole_number(self, at: Located | None) -> int:
        """A whole number; 0 where it is absent or something else."""
        if at is None:
            return 0
        if isinstance(at.value, int) and not isinstance(at.value, bool):
            return at.value
        self.add(at, f"Here stands {described(at.value)}, where a whole number is needed.")
        return 0

    def unique(self, named: Iterable[tuple[str, Located]], what: str) -> None:
        """Names that must differ: each repetition is a fault that names the first place."""
        first: dict[str, Located] = {}
        for name, at in named:
            if name and name in first:
                message = f"The {what} {shown(name)} was already given in line {first[name].line}."
                self.add(at, message, "Each may be given once.")
            first.setdefault(name, at)


def remedy_for(word: str, options: Collection[str] | Mapping[str, object]) -> str:
    """What to write instead: the nearest allowed word, or all of them if none is near."""
    words = sorted(options) if isinstance(options, set | frozenset) else list(options)
    near = difflib.get_close_matches(word[:100], words, n=1)
    if near:
        return f'Did you mean "{near[0]}"?'
    return f"Allowed: {', '.join(words)}." if words else ""
