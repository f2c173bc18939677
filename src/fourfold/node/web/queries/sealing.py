"""What sealing fixes, and what revealing shows: the answers, and those that are withheld."""

from dataclasses import dataclass

from fourfold.node.answering import own_parts
from fourfold.node.models import JointAssessment
from fourfold.node.web.queries.deciding import framework


@dataclass(frozen=True, slots=True)
class SealedAnswer:
    """One answer as the counterpart would read it."""

    question: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SealedPart:
    """One part: what is revealed of it, the questions that are withheld, and how many are not answered."""

    name: str
    revealed: tuple[SealedAnswer, ...]
    withheld: tuple[SealedAnswer, ...]
    silent: int


def sealing_view(row: JointAssessment | None) -> tuple[SealedPart, ...]:
    """All parts, as they are to be sealed or revealed."""
    criteria = framework().criteria
    found = []
    for part in own_parts(row) if row else ():
        told = {True: [], False: []}
        for name, answer in part.answers.items():
            told[answer.withheld].append(SealedAnswer(criteria[name].question, answer.values))
        silent = len(criteria) - len(part.answers)
        found.append(SealedPart(part.name, tuple(told[False]), tuple(told[True]), silent))
    return tuple(found)
