"""Who reads what of the store: compartments, whoever is reading now, and rows as that reader finds them.

A page or the API reads through `readable`: what its reader may not read is not among the rows. The node
itself, and commands on its machine, have no reader and find all. What nobody labelled is read by nobody.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from hashlib import sha256
from typing import Any

from django.apps import apps
from django.db import models
from django.db.models import Value
from django.db.models.functions import Abs, Cast, Concat

from fourfold.canon import canonical_bytes
from fourfold.framework import shipped
from fourfold.node.models.fields import IdField
from fourfold.records.markings import Tlp
from fourfold.release import Clearances, may_read
from fourfold.release import Compartment as Belongs

UNKNOWN, OPEN = 0, 1
"""The compartments of what nobody labelled, and of what tells nothing of what is kept."""
_NOWHERE = -1
"""No compartment. Asked for with the others: of one alone, SQLite would not take the index (`BY_PLACE`)."""
_BITS = 62
BY_PLACE = Abs("compartment")
"""The compartment once more, for indexes by which rows are counted: no list in an order finds them there."""


class Compartment(models.Model):
    """One combination of label, caveats and activity that something here has (fourfold.release.reading).

    `id` follows from the rest, so that nobody has to ask for it. `caveats` are joined by blanks.
    """

    id = models.BigIntegerField(primary_key=True)
    tlp = models.CharField(max_length=20)
    caveats = models.CharField(max_length=300, blank=True)
    activity = models.CharField(max_length=100)
    subject = IdField(blank=True, db_index=True)

    def __str__(self) -> str:
        return f"{self.tlp} {self.caveats} {self.activity} {self.subject}"

    def content(self) -> Belongs:
        """The compartment itself."""
        return Belongs(self.tlp, frozenset(self.caveats.split()), self.activity, self.subject)


def number_of(what: Belongs) -> int:
    """The number of a compartment: the same on every node, for good."""
    parts = [what.tlp, sorted(what.caveats), what.activity, what.subject]
    return max(int.from_bytes(sha256(canonical_bytes(parts)).digest()[:8]) >> (64 - _BITS), OPEN + 1)


def keep_compartment(what: Belongs) -> int:
    """The number of a compartment, which is in the store from now on."""
    number, caveats = number_of(what), " ".join(sorted(what.caveats))
    given = {"tlp": what.tlp, "caveats": caveats, "activity": what.activity, "subject": what.subject}
    _, made = Compartment.objects.get_or_create(id=number, defaults=given)
    if made:
        forget()
    return number


@dataclass
class Reader:
    """Who reads by page or through the API; without clearances, only what tells nothing of what is kept."""

    clearances: Clearances | None = None
    name: str = ""
    _found: dict[str, Any] = field(default_factory=dict)

    def without_red(self) -> "Reader":
        """The same reader where a program reads, or a file is made: RED goes to neither."""
        who = self.clearances
        return Reader(None if who is None else replace(who, eyes=False), self.name)

    @property
    def whole(self) -> bool:
        """Whether this reader is cleared for everything short of RED."""
        return self.clearances is not None and self.clearances.whole

    @property
    def compartments(self) -> tuple[int, ...]:
        """The numbers of all compartments that this reader reads."""
        if "compartments" not in self._found:
            self._found["compartments"] = (OPEN, _NOWHERE, *self._reads())
        found: tuple[int, ...] = self._found["compartments"]
        return found

    @property
    def activities(self) -> frozenset[str]:
        """The activities whose assessments and drafts this reader reads: they are AMBER+STRICT, each."""
        who = self.clearances
        known = shipped().activities if who else ()
        return frozenset(each for each in known if who and may_read(who, assessed(each)))

    def _reads(self) -> Iterator[int]:
        who = self.clearances
        if who is None:
            return
        named = models.Q(subject__in=who.named)
        for row in Compartment.objects.filter(~models.Q(tlp=Tlp.RED) | named).order_by("id"):
            if may_read(who, row.content()):
                yield row.id


def assessed(activity: str) -> Belongs:
    """Where answers to an activity belong, and texts of agreements on it that are still written."""
    return Belongs(Tlp.AMBER_STRICT, frozenset(), activity)


NOBODY = Reader()
_READER: ContextVar[Reader | None] = ContextVar("reader", default=None)


def reader() -> Reader | None:
    """Whoever reads now; None: the node itself, or a command, which read all."""
    return _READER.get()


def now_reads(who: Reader | None) -> None:
    """From now on this reader reads, until whoever said who reads before says so again."""
    _READER.set(who)


@contextmanager
def reading_as(who: Reader | None) -> Iterator[None]:
    """Everything inside is read by this reader."""
    before = _READER.set(who)
    try:
        yield
    finally:
        _READER.reset(before)


def sees_logs() -> bool:
    """Whether whoever reads now is told how long the logs are: all that is kept counts in them.

    It depends on what the reader was granted alone, never on what is kept: so it tells nothing of that.
    """
    now = reader()
    return now is None or now.whole


def forget() -> None:
    """Ask anew what the reader may read: there is a compartment that was not there before."""
    if (now := reader()) is not None:
        now._found.clear()  # noqa: SLF001  of this module


def sought_by_place(rows: models.QuerySet[Any]) -> models.QuerySet[Any]:
    """The same rows, each found where it belongs instead of passed over where it does not: for counting.

    The store takes the index for it from the second condition, which says what the manager said already.
    """
    who = reader()
    if who is None or not issubclass(rows.model, Labelled):
        return rows
    return rows.alias(place=BY_PLACE).filter(place__in=who.compartments)


class Readable(models.Manager[Any]):
    """The rows that whoever reads now may read; `by` leads to the compartment that decides."""

    def __init__(self, by: str = "compartment") -> None:
        super().__init__()
        self._by = by

    def get_queryset(self) -> models.QuerySet[Any]:
        """All rows for the node itself, and these rows for a reader."""
        rows, who = super().get_queryset(), reader()
        return rows if who is None else rows.filter(**{f"{self._by}__in": self._let(who)})

    def _let(self, who: Reader) -> Any:
        return who.activities if self._by == "activity" else who.compartments


class ReadableSubjects(models.Manager[Any]):
    """Rows about a record, a received object or something handed in: those whose subject may be read."""

    def get_queryset(self) -> models.QuerySet[Any]:
        """All rows for the node itself, and these rows for a reader."""
        rows = super().get_queryset()
        return rows if reader() is None else rows.filter(self._let())

    @staticmethod
    def _let() -> models.Q:
        def of(name: str) -> Any:
            return apps.get_model("node", name).readable

        number = Concat(Value("inbox--"), Cast("pk", models.CharField()))
        return (
            models.Q(subject__in=of("RecordVersion").values("record"))
            | models.Q(subject__in=of("Received").exclude(object="").values("object"))
            | models.Q(subject__in=of("Submitted").annotate(subject=number).values("subject"))
        )


class Labelled(models.Model):
    """Something that is read by those of its compartment, which is worked out when it is first kept."""

    compartment = models.BigIntegerField(default=UNKNOWN)

    objects = models.Manager()
    readable = Readable()

    class Meta:
        """What the store itself enforces."""

        abstract = True

    def save(self, *args: Any, **given: Any) -> None:
        """Label it, then keep it."""
        if self.compartment == UNKNOWN:
            self.compartment = self.belongs()
        super().save(*args, **given)

    def belongs(self) -> int:
        """The compartment in which it is to be read; `UNKNOWN`: in none."""
        raise NotImplementedError
