"""Who would receive what, for a whole store: each distinct label is decided once, by the same rules.

The records come as columns of text, just as a store keeps them, so that a million of them need not become
objects. Records whose columns are equal have equal labels, and so equal decisions.
"""

import json
from array import array
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from fourfold.records.markings import Caveat, Marking, Tlp
from fourfold.release.case import Circumstances
from fourfold.release.decide import Outcome
from fourfold.release.label import Label
from fourfold.release.plan import Plan, plan

_NO_EMBARGO = -1


@dataclass(frozen=True, slots=True)
class Columns:
    """The labels of many records of one owner, a sequence for each part, all of equal length.

    `originators`, `caveats`, `rel_to` (`null`: no restriction), `fields` (names) and `field_markings` (name
    to marking) are JSON texts, `slice` is empty where none is named, `embargo` is a moment or None. `digest`
    is that of the record version where there are consents or approvals for it, and empty elsewhere. `stub`
    is the owner's choice.
    """

    owner: str
    kind: Sequence[str]
    activity: Sequence[str]
    slice: Sequence[str]
    originators: Sequence[str]
    tlp: Sequence[str]
    caveats: Sequence[str]
    rel_to: Sequence[str]
    fields: Sequence[str]
    field_markings: Sequence[str]
    embargo: Sequence[datetime | None]
    digest: Sequence[str]
    stub: Sequence[bool]


class _Key(NamedTuple):
    """What two records share that share their label; `embargo` is its place among the moments that count."""

    kind: str
    activity: str
    slice: str
    originators: str
    tlp: str
    caveats: str
    rel_to: str
    fields: str
    field_markings: str
    digest: str
    stub: bool
    embargo: int


@dataclass(frozen=True, slots=True)
class Survey:
    """What each recipient would get of each record.

    `group_of` gives for each record, in order, the group it is in; `plans` gives for each group a plan for
    each recipient; `sizes` counts the records in each group.
    """

    recipients: tuple[str, ...]
    group_of: "array[int]"
    plans: tuple[tuple[Plan, ...], ...]
    sizes: tuple[int, ...]

    def plan(self, position: int, recipient: str) -> Plan:
        """What the recipient would get of the record at a position, and why not more."""
        return self.plans[self.group_of[position]][self.recipients.index(recipient)]

    def outcomes(self, recipient: str) -> Mapping[Outcome, int]:
        """How many records the recipient would get whole, in part, as a stub, not at all."""
        place = self.recipients.index(recipient)
        found: Counter[Outcome] = Counter()
        for plans, size in zip(self.plans, self.sizes, strict=True):
            found[plans[place].outcome] += size
        return found


def survey(columns: Columns, recipients: Sequence[str], around: Circumstances) -> Survey:
    """What each recipient would get of each record; whatever cannot be read is withheld.

    Raises:
        ValueError: the columns differ in length.
    """
    moments = sorted({moment for one in recipients if (moment := around.earlier(one)) is not None})
    groups: defaultdict[tuple[Any, ...], int] = defaultdict()
    groups.default_factory = groups.__len__  # a key that is new gets the next number
    group_of = array("L", map(groups.__getitem__, zip(*_parts(columns, moments), strict=True)))
    embargoes = dict(zip(group_of, columns.embargo, strict=True))
    keys = [_Key(*key) for key in groups]
    labels = [_label(columns.owner, key, embargoes[group]) for group, key in enumerate(keys)]
    by_recipient = [_plans(keys, labels, one, moments, around) for one in recipients]
    sizes = Counter(group_of)
    return Survey(
        tuple(recipients),
        group_of,
        tuple(zip(*by_recipient, strict=True)),
        tuple(sizes[group] for group in range(len(keys))),
    )


def _plans(
    keys: list[_Key], labels: list[Label], recipient: str, moments: list[datetime], around: Circumstances
) -> list[Plan]:
    """A plan for each label; those share it that differ only in embargoes on one side of a moment."""
    earlier = around.earlier(recipient)
    at = _NO_EMBARGO if earlier is None else bisect_left(moments, earlier)
    made: dict[tuple[Any, ...], Plan] = {}
    plans = []
    for key, label in zip(keys, labels, strict=True):
        alike = (*key[:-1], key.embargo == _NO_EMBARGO, key.embargo <= at)
        if alike not in made:
            made[alike] = plan(label, recipient, around)
        plans.append(made[alike])
    return plans


def _parts(columns: Columns, moments: list[datetime]) -> list[Sequence[Any]]:
    """The columns in the order of the key; an embargo counts only by the moments that it is compared with."""
    places = [_NO_EMBARGO if one is None else bisect_left(moments, one) for one in columns.embargo]
    return [*(getattr(columns, name) for name in _Key._fields[:-1]), places]


def _label(owner: str, key: _Key, embargo: datetime | None) -> Label:
    """The label in a key; `embargo` is that of any record of the group, as all compare alike."""
    try:
        fields, originators = _names(key.fields), frozenset(_names(key.originators))
    except ValueError:
        return _unreadable(owner, key)
    return Label(
        kind=key.kind,
        activity=key.activity,
        slice=key.slice or None,
        owner=owner,
        originators=originators,
        marking=_marking(key, embargo),
        field_markings=_field_markings(key.field_markings, fields),
        fields=fields,
        digest=key.digest,
        stub=key.stub is True,
    )


def _unreadable(owner: str, key: _Key) -> Label:
    """The label of a record that cannot be read: whose it is and how it is marked are not known."""
    return Label(key.kind, key.activity, None, owner, frozenset(), None)


def _names(text: str) -> tuple[str, ...]:
    names = json.loads(text)
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise ValueError("not a list of names")
    return tuple(names)


def _marking(key: _Key, embargo: datetime | None) -> Marking | None:
    try:
        audience = None if key.rel_to == "null" else frozenset(_names(key.rel_to))
        caveats = frozenset(Caveat(caveat) for caveat in _names(key.caveats))
        return Marking(tlp=Tlp(key.tlp), caveats=caveats, rel_to=audience, embargo=embargo)
    except ValueError:
        return None


def _field_markings(text: str, fields: tuple[str, ...]) -> dict[str, Marking | None]:
    """The markings of single fields; if they cannot be read, no field's marking is known."""
    try:
        return {name: Marking.model_validate(value) for name, value in json.loads(text).items()}
    except (ValueError, AttributeError):
        return dict.fromkeys(fields)
