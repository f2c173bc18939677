"""How two texts of an agreement differ, in words."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from fourfold.agreements import AgreementText, Difference, differences
from fourfold.framework import Level
from fourfold.node.web.queries.words import LEVELS, Word, field_title, kind_title, value_word

PLACES: dict[str, Word] = {
    "title": _("Title"),
    "parties": _("Parties"),
    "regulator": _("Is a regulator"),
    "defence_tie": _("Has a defence tie"),
    "community": _("Community for TLP:GREEN"),
    "valid_from": _("Begins"),
    "review_by": _("Review by"),
    "expires": _("Expires"),
    "framework": _("Framework"),
    "assessments": _("Argued from assessment"),
    "slice": _("the whole slice, at level"),
    "name": _("Name"),
    "activity": _("Activity"),
    "level": _("Level"),
    "ceiling": _("Up to"),
    "forbidden_caveats": _("Never with these caveats"),
    "kinds": _("Kinds of record"),
    "enforcement_clause": _("Purpose, for a regulator"),
    "defence_clause": _("Purpose, with defence ties"),
    "personal_data_basis": _("Legal basis for personal data"),
    "legal_gateway.provision": _("Legal gateway for what is confidential by law"),
    "legal_gateway.decided_by": _("Who decided that the gateway's conditions are met"),
    "legal_gateway.decided": _("When that was decided"),
    "legal_gateway.regulators_only": _("It opens to regulatory authorities only"),
}
_FIELDS = "fields."


@dataclass(frozen=True, slots=True)
class DifferenceView:
    """One place at which two texts differ; of a set, what it gained and lost; else before and after."""

    slice: str
    sender: str
    place: Word
    kind: Word
    is_set: bool
    before: Word
    after: Word
    added: tuple[Word, ...]
    removed: tuple[Word, ...]


def difference_views(before: AgreementText, after: AgreementText) -> tuple[DifferenceView, ...]:
    """All differences, in the order of the later text."""
    slices = {terms.id: terms.name for terms in (*before.slices, *after.slices)}
    parties = {party.id: party.name for party in (*before.parties, *after.parties)}
    return tuple(_view(each, slices, parties) for each in differences(before, after))


def _view(each: Difference, slices: dict[str, str], parties: dict[str, str]) -> DifferenceView:
    kind = each.field.removeprefix(_FIELDS) if each.field.startswith(_FIELDS) else ""
    return DifferenceView(
        slices.get(each.slice, each.slice),
        parties.get(each.sender, each.sender),
        _("fields that may pass") if kind else PLACES[each.field],
        kind_title(kind) if kind else "",
        each.is_set,
        _word(each.field, each.before),
        _word(each.field, each.after),
        tuple(_members(each.field, each.added, parties)),
        tuple(_members(each.field, each.removed, parties)),
    )


def _word(field: str, value: object) -> Word:
    if not isinstance(value, str):
        return ""
    if field in {"level", "slice"}:
        return LEVELS[Level(value)]
    if field in {"valid_from", "review_by", "expires"}:
        return f"{datetime.fromisoformat(value):%d %B %Y, %H:%M} UTC"
    return value_word(value)


def _members(field: str, values: Iterable[str], parties: dict[str, str]) -> Iterable[Word]:
    for value in sorted(values):
        if field.startswith(_FIELDS):
            yield field_title(value)
        elif field == "kinds":
            yield kind_title(value)
        else:
            yield parties.get(value, value)
