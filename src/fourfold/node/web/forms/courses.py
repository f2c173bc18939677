"""The forms of proposals and joint records: what a step says, with whom, how it is marked."""

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from fourfold.errors import Fault, InputError
from fourfold.node import stepping
from fourfold.node.models import Peer
from fourfold.node.web.forms.boxes import NO_FAULTS, Box, Faults, Section, Shape, Typed, ticks
from fourfold.node.web.forms.markings import marking_boxes, read_marking, typed_marking
from fourfold.node.web.forms.payloads import at_boxes, payload_sections, read_payload, typed_payload
from fourfold.node.web.forms.records import WHOLE, FormView
from fourfold.node.web.queries.showing import names
from fourfold.protocols.coordination import Move
from fourfold.records.kinds import Kind
from fourfold.records.markings import Marking

TO, SOURCES, NOTE, BY = "to", "sources", "note", "by"
LONGEST = 5_000


def course_form(
    kind: Kind,
    typed: Typed,
    faults: Faults = NO_FAULTS,
    *,
    more: str = "",
    peers: Iterable[Peer] = (),
    sources: bool = False,
) -> FormView:
    """The form of a text or a contribution; `peers` are those it can be begun with (none: it is begun)."""
    offered = tuple(peers)
    sections = (
        *payload_sections(kind, typed, faults, more),
        *((_with(offered, typed, faults),) if offered else ()),
        Section("part-marking", _("Marking"), marking_boxes(WHOLE, typed, faults, names())),
        *((_sources(typed, faults),) if sources else ()),
    )
    return FormView(sections, faults.summary(box for section in sections for box in section.boxes))


def typed_course(kind: Kind, content: Mapping[str, Any], marking: Marking) -> Typed:
    """What stands already, as it would be typed."""
    return Typed({**typed_payload(kind, content), **typed_marking(WHOLE, marking)})


def read_course(kind: Kind, typed: Typed) -> tuple[dict[str, Any], Marking]:
    """The fields and the marking that were typed.

    Raises:
        InputError: all that is wrong, each fault with the name of its box.
    """
    fields, read, faults = read_payload(kind, typed, {}), read_marking(WHOLE, typed), []
    try:
        stepping.check_fields(kind, fields)
    except InputError as error:
        faults += at_boxes(kind, typed, error.faults)
    if faults or read.marking is None:
        raise InputError([*faults, *read.faults])
    return fields, read.marking


def note_box(typed: Typed, faults: Faults) -> Box:
    """A word to the others."""
    hint = _("The other parties read it. May be left empty.")
    return Box(NOTE, _("A word with it"), Shape.TEXT, typed.one(NOTE), hint=hint, errors=faults.at(NOTE))


def say_boxes(move: Move, typed: Typed, faults: Faults, due: dt.date) -> tuple[Box, ...]:
    """What is asked with an answer: a word with it; of a commitment, by when."""
    note = note_box(typed, faults)
    if move is not Move.COMMIT:
        return (note,)
    hint = gettext(
        "When our part will be done, such as %(day)s, which is the proposal's own day and the latest."
    )
    day = {"day": due.isoformat()}
    by = Box(
        BY, _("By when"), Shape.LINE, typed.one(BY) or due.isoformat(), hint=hint % day, errors=faults.at(BY)
    )
    return (by, note)


def read_note(typed: Typed) -> str | None:
    """The word that was typed.

    Raises:
        InputError: it is too long.
    """
    note = typed.one(NOTE)
    if len(note) > LONGEST or "\x00" in note:
        raise InputError([Fault(gettext("At most 5,000 characters of text."), field=NOTE)])
    return note or None


def read_day(typed: Typed) -> dt.date:
    """The day that was typed.

    Raises:
        InputError: it is none.
    """
    try:
        return dt.date.fromisoformat(typed.one(BY))
    except ValueError as error:
        raise InputError([Fault(gettext("Give a day, such as 2027-03-31."), field=BY)]) from error


def _with(peers: tuple[Peer, ...], typed: Typed, faults: Faults) -> Section:
    chosen = typed.many(TO) or (tuple(peer.institution for peer in peers) if not typed.values else ())
    boxes = ticks(
        TO,
        _("With whom"),
        [(peer.institution, peer.name, "") for peer in peers],
        chosen,
        hint=_("It goes to each of them whole, or to nobody."),
        errors=faults.at(TO),
    )
    return Section("part-with", _("With whom"), (boxes,))


def _sources(typed: Typed, faults: Faults) -> Section:
    box = Box(
        SOURCES,
        _("Written from"),
        Shape.LINES,
        typed.one(SOURCES),
        hint=_("The ids of records or received releases, one on a line. Their originators go with it."),
        errors=faults.at(SOURCES),
    )
    return Section("part-sources", _("Written from"), (box,))
