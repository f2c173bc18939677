"""The form of a whole record: its fields, where it belongs, its marking and those of single fields."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from fourfold.errors import Fault, InputError
from fourfold.node.drafting import DEFAULT_FIELDS
from fourfold.node.keeping import checked_payload
from fourfold.node.kinds import kind_of, kinds, kinds_by_acts
from fourfold.node.standing import standings
from fourfold.node.web.forms.asking import asked_of
from fourfold.node.web.forms.boxes import (
    NO_FAULTS,
    Box,
    Faults,
    Group,
    Option,
    Section,
    Shape,
    Typed,
    Wrong,
    select,
)
from fourfold.node.web.forms.markings import marking_boxes, read_marking, typed_marking
from fourfold.node.web.forms.payloads import at_boxes, payload_sections, read_payload, typed_payload
from fourfold.node.web.queries.showing import names
from fourfold.node.web.queries.words import field_title
from fourfold.records.envelope import Record
from fourfold.records.markings import Marking

WHOLE, OWN = "marking", "own"
YES = "yes"


@dataclass(frozen=True, slots=True)
class Given:
    """What a record form says, once it is free of faults."""

    payload: Mapping[str, Any]
    marking: Marking
    slice: str | None
    field_markings: Mapping[str, Marking]
    stub: bool


@dataclass(frozen=True, slots=True)
class FormView:
    """A form as a page shows it: its sections, and what is wrong with it as a whole."""

    sections: tuple[Section, ...]
    wrong: tuple[Wrong, ...]


def offered() -> tuple[tuple[str, str], ...]:
    """The kinds, each with its activity, that can be kept by page."""
    return tuple(
        (activity, kind)
        for activity, fields in DEFAULT_FIELDS.items()
        for kind in fields
        if kind in kinds() and kind not in kinds_by_acts() and asked_of(kind) is not None
    )


def record_form(
    kind: str,
    activity: str,
    typed: Typed,
    faults: Faults = NO_FAULTS,
    *,
    more: str = "",
    new: bool = True,
) -> FormView:
    """The form as it was typed; `more` is what gets one group more, `new` a record that is not kept yet."""
    known = names()
    own, folded = (_own(kind, typed, faults, known, more),), more != OWN and not _any_own(typed)
    sections = (
        *payload_sections(kind_of(kind), typed, faults, more),
        Section("part-place", _("Where it belongs"), _place(activity, typed, faults, new=new)),
        Section("part-marking", _("Marking of the whole"), marking_boxes(WHOLE, typed, faults, known)),
        Section("part-own", _("Single fields that are guarded more"), own, folded=folded),
    )
    return FormView(sections, faults.summary(box for section in sections for box in section.boxes))


def read_record(kind: str, typed: Typed, before: Mapping[str, Any]) -> Given:
    """What was typed.

    Raises:
        InputError: all that is wrong, each fault with the name of its box.
    """
    faults: list[Fault] = []
    payload: Mapping[str, Any] = read_payload(kind_of(kind), typed, before)
    try:
        payload = checked_payload(kind_of(kind), payload)
    except InputError as error:
        faults += at_boxes(kind_of(kind), typed, error.faults)
    whole = read_marking(WHOLE, typed)
    own = _read_own(kind, typed, faults)
    faults += whole.faults
    if faults or whole.marking is None:
        raise InputError(faults)
    return Given(payload, whole.marking, typed.one("slice") or None, own, typed.one("stub") == YES)


def typed_record(content: Record) -> Typed:
    """A record as it would be typed."""
    typed = {**typed_payload(kind_of(content.kind), content.payload), **typed_marking(WHOLE, content.marking)}
    typed["slice"] = (content.slice or "",)
    for number, (field, marking) in enumerate(sorted(content.field_markings.items())):
        typed |= {f"{OWN}-{number}-field": (field,), **typed_marking(f"{OWN}-{number}", marking)}
    return Typed(typed)


def slice_box(activity: str, typed: Typed, faults: Faults) -> Box:
    """The slice that a record of an activity belongs to, among those of all agreements."""
    slices = {
        part.id: gettext("%(slice)s, in “%(agreement)s”") % {"slice": part.name, "agreement": each.text.title}
        for each in standings()
        for part in each.text.slices
        if part.activity == activity
    }
    return select(
        "slice",
        _("Slice"),
        slices.items(),
        typed.one("slice"),
        hint=_(
            "The part of the agreement that it belongs to. If none is chosen, the most separate one governs."
        ),
        errors=faults.at("slice"),
        blank=_("none named"),
    )


def _place(activity: str, typed: Typed, faults: Faults, *, new: bool) -> tuple[Box, ...]:
    slice_ = slice_box(activity, typed, faults)
    if not new:
        return (slice_,)
    text = _(
        "Where its slice is at separation, a stub may pass: id, kind, handling code and date, nothing else."
    )
    stub = Box("stub", _("Stub"), Shape.TICKS, options=(Option(YES, text, typed.one("stub") == YES),))
    return (slice_, stub)


def _own(kind: str, typed: Typed, faults: Faults, known: Mapping[str, str], more: str) -> Box:
    shown = typed.rows(OWN) + (more == OWN) or 1
    groups = tuple(_own_group(kind, number, typed, faults, known) for number in range(shown))
    hint = _(
        "A field's own marking tightens that of the whole, and never loosens it. Choose no field for none."
    )
    return Box(OWN, _("Field with its own marking"), Shape.GROUPS, hint=hint, groups=groups)


def _own_group(kind: str, number: int, typed: Typed, faults: Faults, known: Mapping[str, str]) -> Group:
    at = f"{OWN}-{number}"
    fields = [(name, field_title(name)) for name in kind_of(kind).fields]
    field = select(
        f"{at}-field",
        _("Field"),
        fields,
        typed.one(f"{at}-field"),
        errors=faults.at(f"{at}-field"),
        blank=_("none"),
    )
    title = gettext("Field marking %(number)d") % {"number": number + 1}
    return Group(title, (field, *marking_boxes(at, typed, faults, known)))


def _read_own(kind: str, typed: Typed, faults: list[Fault]) -> dict[str, Marking]:
    found: dict[str, Marking] = {}
    for number in range(typed.rows(OWN)):
        at = f"{OWN}-{number}"
        field = typed.one(f"{at}-field")
        if not field and not _anything(at, typed):
            continue
        read = read_marking(at, typed)
        faults += read.faults
        if field not in kind_of(kind).fields:
            faults.append(Fault(gettext("Choose the field that this marking is for."), field=f"{at}-field"))
        elif field in found:
            faults.append(
                Fault(gettext("This field has a marking above. Make them one."), field=f"{at}-field")
            )
        elif read.marking is not None:
            found[field] = read.marking
    return found


def _any_own(typed: Typed) -> bool:
    rows = [f"{OWN}-{number}" for number in range(typed.rows(OWN))]
    return any(typed.one(f"{at}-field") or _anything(at, typed) for at in rows)


def _anything(at: str, typed: Typed) -> bool:
    """Whether a marking says anything, so that leaving it out would lose what was typed."""
    told = ("tlp", "embargo", "caveats", "named")
    return any(any(typed.many(f"{at}-{each}")) for each in told)
