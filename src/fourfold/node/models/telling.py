"""Where an event belongs: with what it tells of. One about what nobody finds any more is read by nobody."""

from collections.abc import Callable, Iterable, Sequence

from fourfold.framework import shipped
from fourfold.node.models.consents import ConsentCase, ConsentDocument
from fourfold.node.models.files import ReceivedFile, RecordFile
from fourfold.node.models.reading import OPEN, UNKNOWN, assessed, keep_compartment
from fourfold.node.models.received import Received
from fourfold.node.models.records import RecordVersion
from fourfold.node.models.releases import Release
from fourfold.node.models.steps import CourseStep, WaitingStep
from fourfold.node.models.submissions import Submitted

OPEN_TOPICS = frozenset(
    [
        "account",
        "agreement",
        "client",
        "epoch",
        "evidence",
        "factor",
        "grant",
        "key",
        "node",
        "peer",
        "session",
        "sync",
        "token",
    ]
)
"""The topics of the trail that tell nothing of what is kept: whoever watches the node reads them."""

Found = Iterable[tuple[str, int]]


def where_told(tag: str, subjects: Sequence[str]) -> dict[str, int]:
    """The compartment of an event of this tag about each of these; `UNKNOWN` where nothing is known."""
    if tag.partition(":")[0] in OPEN_TOPICS:
        return dict.fromkeys(subjects, OPEN)
    found: dict[str, int] = {}
    for begins, look in _WAYS:
        asked = [each for each in subjects if each.startswith(begins) and each and each not in found]
        found |= {name: number for name, number in look(asked) if number} if asked else {}
    return {each: found.get(each, UNKNOWN) for each in subjects}


def _records(asked: Sequence[str]) -> Found:
    rows = RecordVersion.objects.filter(record__in=asked).order_by("version")
    return rows.values_list("record", "compartment")


def _releases(asked: Sequence[str]) -> Found:
    return Release.objects.filter(pk__in=asked).values_list("pk", "compartment")


def _received(asked: Sequence[str]) -> Found:
    return Received.objects.filter(object__in=asked).order_by("pk").values_list("object", "compartment")


def _courses(asked: Sequence[str]) -> Found:
    for model in (WaitingStep, CourseStep):
        yield from model.objects.filter(opening__in=asked).values_list("opening", "compartment")


def _files(asked: Sequence[str]) -> Found:
    yield from RecordFile.objects.filter(digest__in=asked).values_list("digest", "version__compartment")
    yield from ReceivedFile.objects.filter(digest__in=asked).values_list("digest", "received__compartment")


def _handed_in(asked: Sequence[str]) -> Found:
    numbers = {each.partition("--")[2]: each for each in asked}
    known = [number for number in numbers if number.isdecimal() and len(number) < 19]  # noqa: PLR2004  as the column
    rows = Submitted.objects.filter(pk__in=known).values_list("pk", "compartment")
    return [(numbers[str(number)], compartment) for number, compartment in rows]


def _deliveries(asked: Sequence[str]) -> Found:
    """A delivery of one sort belongs there; one of several sorts, or of nothing new, is told to nobody."""
    for each in asked:
        parts = Submitted.objects.filter(submission=each.partition("--")[2])
        numbers = list(parts.order_by().values_list("compartment", flat=True).distinct()[:2])
        yield each, numbers[0] if len(numbers) == 1 else UNKNOWN


def _requests(asked: Sequence[str]) -> Found:
    return ConsentCase.objects.filter(pk__in=asked).values_list("pk", "compartment")


def _consents(asked: Sequence[str]) -> Found:
    return ConsentDocument.objects.filter(pk__in=asked).values_list("pk", "compartment")


def _activities(asked: Sequence[str]) -> Found:
    return [(each, keep_compartment(assessed(each))) for each in asked if each in shipped().activities]


_WAYS: Sequence[tuple[str, Callable[[Sequence[str]], Found]]] = (
    ("record--", _records),
    ("release--", _releases),
    ("release--", _received),
    ("release--", _requests),
    ("inbox--", _handed_in),
    ("status--", _deliveries),
    ("sha256:", _courses),
    ("sha256:", _files),
    ("", _received),
    ("", _activities),
    ("", _consents),
)
