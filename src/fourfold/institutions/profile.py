"""An institution's profile: what it does, and the facts about it that bear on release.

The six functions are those of the brief's comparison table (L65-L72), the three facts those that its
summary asks to keep in mind at every level (L24). What a profile does not say is unknown, never "no".
"""

from dataclasses import dataclass
from enum import Enum


class Function(Enum):
    """What an institution may do, in the order of the brief's table."""

    RULES = "rules"
    EVALUATION_TOOLS = "evaluation_tools"
    EVALUATING = "evaluating"
    EMERGING_RISKS = "emerging_risks"
    INFRINGEMENTS = "infringements"
    NETWORK = "network"

    @property
    def text(self) -> str:
        """The function in our words."""
        return _FUNCTIONS[self]


class Fact(Enum):
    """What another institution must bear in mind before it shares, at any level."""

    PROPRIETARY = "proprietary"
    REGULATOR = "regulator"
    DEFENCE = "defence"

    @property
    def text(self) -> str:
        """The fact in our words."""
        return _FACTS[self]


class Said(Enum):
    """What is said of an institution; silence is `UNKNOWN`."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


class Nuance(Enum):
    """How sure a "yes" is: seen in practice, or foreseen by the mandate."""

    DEMONSTRATED = "demonstrated"
    EXPECTED = "expected"


@dataclass(frozen=True, slots=True)
class Statement:
    """What is said of one institution on one topic, and where.

    `focus` narrows a yes, in our words; `source` says where the reader can check it.
    """

    topic: Function | Fact
    said: Said = Said.UNKNOWN
    nuance: Nuance | None = None
    focus: str = ""
    source: str = ""

    def __str__(self) -> str:
        """As a table cell shows it: `yes (demonstrated)`."""
        return f"{self.said.value} ({self.nuance.value})" if self.nuance else self.said.value


@dataclass(frozen=True, slots=True)
class Profile:
    """One institution. `id` is the short name by which answers and agreements call it."""

    id: str
    name: str
    jurisdiction: str = ""
    statements: tuple[Statement, ...] = ()

    def on(self, topic: Function | Fact) -> Statement:
        """What is said on a topic; a topic that the profile leaves out is unknown."""
        return next((said for said in self.statements if said.topic is topic), Statement(topic))


_FUNCTIONS = {
    Function.RULES: "Supports and monitors how rules are applied",
    Function.EVALUATION_TOOLS: "Develops tools, methods and benchmarks for evaluations",
    Function.EVALUATING: "Evaluates capabilities",
    Function.EMERGING_RISKS: "Watches for unforeseen risks from general-purpose AI",
    Function.INFRINGEMENTS: "Investigates possible infringements",
    Function.NETWORK: "Takes part in the network of AI safety institutes",
}
_FACTS = {
    Fact.PROPRIETARY: "Holds proprietary information of companies",
    Fact.REGULATOR: "Is a regulator",
    Fact.DEFENCE: "Has a relationship with its defence agencies",
}
