"""The forms of a draft agreement: the text as a whole, and the terms of one slice."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time
from typing import TypeVar

from django.utils.translation import gettext_lazy as _

from fourfold.agreements import AgreementText, Direction, Party, SliceTerms
from fourfold.canon import printable
from fourfold.errors import Fault, InputError
from fourfold.framework import Level
from fourfold.node.drafting import DEFAULT_FIELDS
from fourfold.node.kinds import kinds, kinds_by_acts
from fourfold.node.web.forms import gateway
from fourfold.node.web.forms.answers import read_day
from fourfold.node.web.forms.boxes import NO_FAULTS, Box, Faults, Option, Section, Shape, Typed, select, ticks
from fourfold.node.web.forms.markings import CAVEATS, TLP
from fourfold.node.web.queries.words import LEVELS, Word, field_title, kind_title
from fourfold.records.markings import Caveat, Tlp

CLAUSES: Mapping[str, tuple[Word, Word]] = {
    "enforcement_clause": (
        _("Purpose, for a regulator"),
        _("Lets a regulator receive what is marked NO-ENFORCEMENT, for this purpose. Empty: it does not."),
    ),
    "defence_clause": (
        _("Purpose, with defence ties"),
        _("Lets an institution with a defence tie receive what is marked NO-DEFENCE. Empty: it does not."),
    ),
    "personal_data_basis": (
        _("Legal basis for personal data"),
        _("Article and act. Without one, fields marked PERSONAL stay."),
    ),
}
LONGEST = 500
T = TypeVar("T", Level, Tlp)


@dataclass(frozen=True, slots=True)
class LevelHint:
    """What the assessment says of a level, to stand beside the choice of it."""

    level: Level
    text: Word


def text_boxes(text: AgreementText, typed: Typed | None, faults: Faults = NO_FAULTS) -> tuple[Box, ...]:
    """The form of the text as a whole, as it stands or as it was typed."""
    stands = {
        "title": text.title,
        "valid_from": f"{text.valid_from:%Y-%m-%d}",
        "review_by": f"{text.review_by:%Y-%m-%d}",
        "expires": f"{text.expires:%Y-%m-%d}" if text.expires else "",
    }
    titles: Mapping[str, tuple[Word, Word]] = {
        "title": (_("Title"), _("What it is about.")),
        "valid_from": (_("Begins"), _("A day. It holds from then on, once all have signed.")),
        "review_by": (
            _("Review by"),
            _("A day, written as 2026-03-31. Until then nobody has to look at it."),
        ),
        "expires": (_("Expires"), _("A day after that. Empty: it holds until a party ends it.")),
    }
    boxes = [
        Box(name, title, Shape.LINE, _now(typed, name, stands[name]), hint=hint, errors=faults.at(name))
        for name, (title, hint) in titles.items()
    ]
    members = typed.many("community") if typed else tuple(text.community)
    parties = [(party.id, party.name, "") for party in text.parties]
    hint = _("What is marked TLP:GREEN may go to these.")
    boxes.append(ticks("community", _("Community for TLP:GREEN"), parties, members, hint=hint))
    return tuple(boxes)


def read_text(text: AgreementText, typed: Typed) -> AgreementText:
    """The text with what was typed.

    Raises:
        InputError: with all faults, each at its box.
    """
    faults: list[Fault] = []
    title = typed.one("title")
    if not title or len(title) > LONGEST or printable(title) != title:
        faults.append(Fault(str(_("Give a title of 1 to 500 characters, on one line.")), field="title"))
    begins = _moment("valid_from", typed.one("valid_from"), faults)
    review = _moment("review_by", typed.one("review_by"), faults)
    expires = _moment("expires", typed.one("expires"), faults)
    if review is None and not any(each.field == "review_by" for each in faults):
        faults.append(Fault(str(_("Say by when it is to be reviewed.")), field="review_by"))
    if faults:
        raise InputError(faults)
    community = frozenset(typed.many("community"))
    same = begins is None or begins.date() == text.valid_from.date()
    update = {"title": title, "valid_from": text.valid_from if same else begins}
    update |= {"review_by": review, "expires": expires, "community": community}
    return AgreementText.model_validate(text.model_copy(update=update).model_dump())


def slice_sections(
    terms: SliceTerms,
    parties: Iterable[Party],
    hints: Iterable[LevelHint],
    typed: Typed,
    faults: Faults = NO_FAULTS,
) -> tuple[Section, ...]:
    """The form of one slice."""
    levels = tuple(
        Option(each.level.value, LEVELS[each.level], typed.one("level") == each.level.value, each.text)
        for each in hints
    )
    first = (
        Box("name", _("Name"), Shape.LINE, typed.one("name"), errors=faults.at("name")),
        Box(
            "id",
            _("Short name"),
            Shape.LINE,
            typed.one("id"),
            hint=_("By which records name it: small letters, digits and hyphens."),
            errors=faults.at("id"),
        ),
        Box("level", _("Level"), Shape.RADIOS, options=levels, errors=faults.at("level")),
    )
    what = (
        ticks(
            "kinds",
            _("Kinds of record"),
            [(kind, kind_title(kind), "") for kind in offered_kinds(terms)],
            typed.many("kinds"),
            errors=faults.at("kinds"),
        ),
        select("ceiling", _("Up to"), TLP.items(), typed.one("ceiling"), errors=faults.at("ceiling")),
        ticks(
            "forbidden",
            _("Never with these caveats"),
            [(each.value, each.value, text) for each, text in CAVEATS.items()],
            typed.many("forbidden"),
            errors=faults.at("forbidden"),
        ),
    )
    return (
        Section("slice", _("The part"), first),
        Section("what", _("What fits into it"), what),
        *(
            Section(f"sends-{n}", _sends(party), tuple(_direction_boxes(terms, n, typed, faults)))
            for n, party in enumerate(parties)
        ),
    )


def typed_slice(terms: SliceTerms, parties: Iterable[Party]) -> Typed:
    """A slice as it stands, in the form."""
    values: dict[str, tuple[str, ...]] = {
        "name": (terms.name,),
        "id": (terms.id,),
        "level": (terms.level.value,),
        "ceiling": (terms.ceiling.value,),
        "kinds": tuple(terms.kinds),
        "forbidden": tuple(each.value for each in terms.forbidden_caveats),
    }
    for number, party in enumerate(parties):
        direction = terms.direction(party.id) or Direction(sender=party.id, fields={})
        given = direction.fields if terms.directions else DEFAULT_FIELDS.get(terms.activity, {})
        values |= {f"{number}.{kind}": tuple(given.get(kind, ())) for kind in by_field(terms)}
        values |= {f"{number}.{name}": (getattr(direction, name) or "",) for name in CLAUSES}
        values |= gateway.typed_gateway(number, direction)
    return Typed(values)


def read_slice(terms: SliceTerms, parties: Iterable[Party], typed: Typed) -> SliceTerms:
    """The slice with what was typed; what the form does not ask for stays as it was.

    Raises:
        InputError: with all faults, each at its box.
    """
    faults: list[Fault] = []
    level = _one_of(Level, typed.one("level"), "level", faults)
    ceiling = _one_of(Tlp, typed.one("ceiling"), "ceiling", faults)
    chosen = frozenset(typed.many("kinds")) & frozenset(offered_kinds(terms))
    if not chosen:
        faults.append(Fault(str(_("Choose at least one kind of record.")), field="kinds"))
    _check_lengths(typed, [*_texts(parties)], faults)
    gateways = [gateway.read_gateway(number, typed, faults) for number, _party in enumerate(parties)]
    if faults or level is None or ceiling is None:
        raise InputError(faults)
    directions = (
        ()
        if level is Level.SEPARATION
        else tuple(
            _read_direction(terms, n, party, chosen, typed).model_copy(update={"legal_gateway": gateways[n]})
            for n, party in enumerate(parties)
        )
    )
    known = {each.value for each in Caveat}
    return SliceTerms(
        id=typed.one("id"),
        activity=terms.activity,
        name=typed.one("name"),
        level=level,
        kinds=chosen,
        ceiling=ceiling,
        forbidden_caveats=frozenset(Caveat(each) for each in typed.many("forbidden") if each in known),
        directions=directions,
    )


def offered_kinds(terms: SliceTerms) -> tuple[str, ...]:
    """The kinds of the activity that are carried out, and those that the slice has already."""
    return tuple(dict.fromkeys([*DEFAULT_FIELDS.get(terms.activity, {}), *sorted(terms.kinds)]))


def by_field(terms: SliceTerms) -> tuple[str, ...]:
    """The kinds whose fields are chosen one by one; the others travel whole."""
    return tuple(kind for kind in offered_kinds(terms) if kind in kinds() and kind not in kinds_by_acts())


def _direction_boxes(terms: SliceTerms, number: int, typed: Typed, faults: Faults) -> Iterable[Box]:
    for kind in by_field(terms):
        name = f"{number}.{kind}"
        fields = [(each, field_title(each), "") for each in kinds()[kind].fields]
        hint = _("Ticked fields may pass; the others stay.")
        yield ticks(name, kind_title(kind), fields, typed.many(name), hint=hint, errors=faults.at(name))
    for clause, (title, hint) in CLAUSES.items():
        name = f"{number}.{clause}"
        yield Box(name, title, Shape.LINES, typed.one(name), hint=hint, errors=faults.at(name))
    yield from gateway.gateway_boxes(number, typed, faults)


def _read_direction(
    terms: SliceTerms, number: int, party: Party, chosen: frozenset[str], typed: Typed
) -> Direction:
    before = terms.direction(party.id) or Direction(sender=party.id, fields={})
    fields: dict[str, tuple[str, ...]] = {}
    for kind in offered_kinds(terms):
        known = kinds()[kind].fields if kind in kinds() else before.fields.get(kind, ())
        ticked = typed.many(f"{number}.{kind}") if kind in by_field(terms) else known
        passing = tuple(each for each in known if each in ticked)
        if kind in chosen and passing:
            fields[kind] = passing
    clauses = {name: typed.one(f"{number}.{name}") or None for name in CLAUSES}
    return Direction(sender=party.id, fields=fields, **clauses)


def _texts(parties: Iterable[Party]) -> Iterable[str]:
    yield from ("name", "id")
    for number, _party in enumerate(parties):
        yield from (f"{number}.{name}" for name in CLAUSES)
        yield from (gateway.box_name(number, name) for name in gateway.TEXTS)


def _check_lengths(typed: Typed, names: Iterable[str], faults: list[Fault]) -> None:
    for name in names:
        text = typed.one(name)
        if len(text) > LONGEST or "\x00" in text:
            faults.append(Fault(str(_("At most 500 characters of text.")), field=name))
        elif not text and name in {"name", "id"}:
            faults.append(Fault(str(_("This is needed.")), field=name))


def _one_of(kind: type[T], text: str, field: str, faults: list[Fault]) -> T | None:
    try:
        return kind(text)
    except ValueError:
        faults.append(Fault(str(_("Choose one.")), field=field))
        return None


def _moment(field: str, text: str, faults: list[Fault]) -> datetime | None:
    day = read_day(field, text, faults)
    return datetime.combine(day, time(), UTC) if day else None


def _now(typed: Typed | None, name: str, stands: str) -> str:
    return stands if typed is None else typed.one(name)


def _sends(party: Party) -> str:
    return _("What %(name)s may send") % {"name": party.name}
