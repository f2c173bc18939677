"""What is wrong with the text of an agreement, told all at once, before anybody signs it."""

import re
from collections.abc import Collection, Iterator, Mapping
from datetime import datetime

from fourfold.agreements.text import AgreementText, Direction, LegalGateway, Party, SliceTerms, says
from fourfold.canon import DIGEST
from fourfold.errors import Fault, SignatureError
from fourfold.records.identity import institution_id
from fourfold.records.keyring import Keyring

FOUNDING_KINDS = frozenset({"assessment", "draft_agreement"})
"""All that a founding agreement lets pass: what two institutions need in order to agree on more."""

Rings = Mapping[str, Keyring]
"""What is believed of institutions' keys, by id; of one that is missing, only what follows from its id."""

NO_RINGS: Rings = {}

_INSTITUTION = re.compile(r"identity--[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_WORD = re.compile(r"[a-z][a-z0-9]*([_-][a-z0-9]+)*")


def check_text(text: AgreementText, rings: Rings = NO_RINGS) -> tuple[Fault, ...]:
    """Every fault of a text, in the order of its fields; none: it may be signed."""
    return (
        *_chain(text),
        *_parties(text, rings),
        *_community(text),
        *_slices(text),
        *_gateways(text),
        *_nesting(text),
        *_founding(text),
        *_digests(text),
        *_dates(text),
    )


def _chain(text: AgreementText) -> Iterator[Fault]:
    if not text.title.strip():
        yield Fault("The title is empty.", field="title", remedy="Say what the agreement is about.")
    if text.number == 1 and text.predecessor is not None:
        yield Fault("The first of a chain has no predecessor.", field="predecessor", remedy="Remove it.")
    if text.number > 1 and text.predecessor is None:
        remedy = "Give the digest of the agreement that it replaces."
        yield Fault("Only the first of a chain has no predecessor.", field="predecessor", remedy=remedy)


def _parties(text: AgreementText, rings: Rings) -> Iterator[Fault]:
    for index, party in enumerate(text.parties):
        before = text.parties[:index]
        yield from _party(party, f"parties[{index}]", rings)
        if any(party.id == other.id or party.institution_key == other.institution_key for other in before):
            yield Fault("The party stands here twice.", field=f"parties[{index}].id", remedy="Keep one.")
        if any(party.name == other.name for other in before):
            remedy = "People must be able to tell the parties apart."
            yield Fault("Two parties have this name.", field=f"parties[{index}].name", remedy=remedy)


def _party(party: Party, field: str, rings: Rings) -> Iterator[Fault]:
    if not party.name.strip():
        yield Fault("The name is empty.", field=f"{field}.name")
    try:
        expected = institution_id(party.institution_key)
    except SignatureError as error:
        yield Fault(str(error), field=f"{field}.institution_key")
        return
    ring = rings.get(party.id)
    if party.id != expected and not (ring and party.institution_key in ring.accepted):
        remedy = "An institution is its key: compare the fingerprint with the institution's."
        yield Fault("The id does not follow from the key.", field=f"{field}.id", remedy=remedy)


def _community(text: AgreementText) -> Iterator[Fault]:
    for member in sorted(text.community):
        if not _INSTITUTION.fullmatch(member):
            yield Fault(f"{member!r} is no id of an institution.", field="community")


def _slices(text: AgreementText) -> Iterator[Fault]:
    seen: set[str] = set()
    parties = {party.id for party in text.parties}
    for index, terms in enumerate(text.slices):
        field = f"slices[{index}]"
        if terms.id in seen:
            yield Fault("Two slices have this id.", field=f"{field}.id", remedy="Rename one.")
        seen.add(terms.id)
        yield from _words(terms, field)
        yield from _directions(terms, parties, field)


def _words(terms: SliceTerms, field: str) -> Iterator[Fault]:
    words = {"id": (terms.id,), "activity": (terms.activity,), "kinds": sorted(terms.kinds)}
    for name, values in words.items():
        for value in values:
            if not _WORD.fullmatch(value):
                remedy = "Use lower-case letters, digits, hyphens and underscores."
                yield Fault(f"{value!r} is no word.", field=f"{field}.{name}", remedy=remedy)
    if not terms.name.strip():
        yield Fault("The name is empty.", field=f"{field}.name")
    if not terms.kinds:
        yield Fault("The slice takes no kind of record.", field=f"{field}.kinds", remedy="Name one.")


def _directions(terms: SliceTerms, parties: Collection[str], field: str) -> Iterator[Fault]:
    seen: set[str] = set()
    for index, direction in enumerate(terms.directions):
        here = f"{field}.directions[{index}]"
        if direction.sender not in parties:
            yield Fault("The sender is no party.", field=f"{here}.sender", remedy="Use the id of a party.")
        if direction.sender in seen:
            yield Fault("The sender stands here twice.", field=f"{here}.sender", remedy="Keep one.")
        seen.add(direction.sender)
        yield from _direction(terms, direction, here)


def _direction(terms: SliceTerms, direction: Direction, field: str) -> Iterator[Fault]:
    for kind, names in direction.fields.items():
        here = f"{field}.fields.{kind}"
        if kind not in terms.kinds:
            yield Fault("The slice does not take this kind.", field=here, remedy="Add it to the kinds.")
        if len(set(names)) < len(names):
            yield Fault("A field stands here twice.", field=here, remedy="Keep one.")
    for name in ("enforcement_clause", "defence_clause", "personal_data_basis"):
        clause = getattr(direction, name)
        if clause is not None and not clause.strip():
            remedy = "State it in words, or leave it out."
            yield Fault("An empty clause permits nothing.", field=f"{field}.{name}", remedy=remedy)


def _gateways(text: AgreementText) -> Iterator[Fault]:
    """What a law keeps confidential passes by what is stated here: all of it, or none."""
    for index, terms in enumerate(text.slices):
        for place, direction in enumerate(terms.directions):
            if direction.legal_gateway is not None:
                here = f"slices[{index}].directions[{place}].legal_gateway"
                yield from _gateway(text, direction.sender, direction.legal_gateway, here)


def _gateway(text: AgreementText, sender: str, given: LegalGateway, field: str) -> Iterator[Fault]:
    if not says(given.provision):
        remedy = "Name the act and the article that let it pass."
        yield Fault("The legal gateway names no provision.", field=f"{field}.provision", remedy=remedy)
    if not says(given.decided_by):
        remedy = "Name the office that decided that the provision's conditions are met."
        yield Fault("Nobody decided on the legal gateway.", field=f"{field}.decided_by", remedy=remedy)
    if given.decided > text.valid_from.date():
        remedy = "Let the agreement begin on that day or later, or put the day right."
        yield Fault("The agreement begins before this was decided.", field=f"{field}.decided", remedy=remedy)
    others = [party for party in text.parties if party.id != sender]
    if given.regulators_only and not any(party.facts.regulator for party in others):
        remedy = "Find a provision that opens to the recipient, or leave the gateway out."
        message = "It opens to regulatory authorities only, and no recipient is one."
        yield Fault(message, field=f"{field}.regulators_only", remedy=remedy)


def _nesting(text: AgreementText) -> Iterator[Fault]:
    """A more separate slice must take whatever a more open one takes of the same kind.

    Otherwise a tighter marking would no longer fit the separate slice, and would move the record to the
    open one: what is marked more tightly would pass, what is marked less tightly would not.
    """
    for index, apart in enumerate(text.slices):
        for other in text.slices:
            if not _nested(apart, other):
                remedy = "Raise its ceiling to the other's, and forbid no caveat that the other takes."
                message = f"It is more separate than {other.id!r}, but takes less of the same kind."
                yield Fault(message, field=f"slices[{index}].ceiling", remedy=remedy)


def _nested(apart: SliceTerms, other: SliceTerms) -> bool:
    comparable = apart.activity == other.activity and apart.kinds & other.kinds and apart.level < other.level
    takes_as_much = (
        apart.ceiling.rank >= other.ceiling.rank and apart.forbidden_caveats <= other.forbidden_caveats
    )
    return not comparable or takes_as_much


def _founding(text: AgreementText) -> Iterator[Fault]:
    if not text.founding:
        return
    for index, terms in enumerate(text.slices):
        for kind in sorted(terms.kinds - FOUNDING_KINDS):
            remedy = "Keep to assessments and draft agreements; the rest needs an agreement of its own."
            message = f"A founding agreement lets no {kind!r} pass."
            yield Fault(message, field=f"slices[{index}].kinds", remedy=remedy)


def _digests(text: AgreementText) -> Iterator[Fault]:
    named = [("predecessor", text.predecessor), ("framework", text.framework)]
    named += [(f"assessments[{index}]", value) for index, value in enumerate(text.assessments)]
    for field, value in named:
        if value is not None and not DIGEST.fullmatch(value):
            remedy = "It is written as sha256: and 64 hexadecimal digits."
            yield Fault("This is no digest.", field=field, remedy=remedy)


def _dates(text: AgreementText) -> Iterator[Fault]:
    if text.review_by <= text.valid_from:
        yield _order("review_by", "The review must come after the agreement has begun.", text.valid_from)
    if text.expires is not None and text.expires <= text.review_by:
        yield _order("expires", "It must not expire before it was reviewed.", text.review_by)


def _order(field: str, message: str, bound: datetime) -> Fault:
    return Fault(message, field=field, remedy=f"Choose a moment after {bound.isoformat()}.")
