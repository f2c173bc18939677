"""How two texts of an agreement differ, place by place."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from fourfold.agreements.text import AgreementText, Direction, SliceTerms

Value = str | frozenset[str] | None


@dataclass(frozen=True, slots=True)
class Difference:
    """One place at which two texts say different things; a value of None: the text says nothing there.

    `slice` is the id of the slice (empty: the whole text), `sender` the id of the party whose sending it is
    about (empty: neither's), `field` the name of the place, such as `level` or `fields.incident`. `before`
    and `after` are both texts, or both sets.
    """

    slice: str
    sender: str
    field: str
    before: Value
    after: Value

    @property
    def added(self) -> frozenset[str]:
        """What a set has gained."""
        return _set(self.after) - _set(self.before)

    @property
    def removed(self) -> frozenset[str]:
        """What a set has lost."""
        return _set(self.before) - _set(self.after)

    @property
    def is_set(self) -> bool:
        """Whether the place holds a set rather than one value."""
        return isinstance(self.before if self.before is not None else self.after, frozenset)


def differences(before: AgreementText, after: AgreementText) -> tuple[Difference, ...]:
    """Every place at which the texts differ, in the order of the later text, then of the earlier one.

    A slice that only one of them has is one difference, of field `slice`, whose value is its level. What
    places a text among others (its id, number, predecessor) and the keys of its parties are no terms, and
    not compared.
    """
    both = {terms.id for terms in before.slices} & {terms.id for terms in after.slices}
    old, new = dict(_places(before, both)), dict(_places(after, both))
    places = dict.fromkeys([*new, *old])
    return tuple(
        Difference(*place, old.get(place), new.get(place))
        for place in places
        if old.get(place) != new.get(place)
    )


Place = tuple[str, str, str]


def _places(text: AgreementText, both: set[str]) -> Iterator[tuple[Place, Value]]:
    yield ("", "", "title"), text.title
    yield ("", "", "parties"), frozenset(party.id for party in text.parties)
    for party in text.parties:
        yield ("", party.id, "regulator"), _word(said=party.facts.regulator)
        yield ("", party.id, "defence_tie"), _word(said=party.facts.defence_tie)
    yield ("", "", "community"), frozenset(text.community)
    yield ("", "", "valid_from"), text.valid_from.isoformat()
    yield ("", "", "review_by"), text.review_by.isoformat()
    yield ("", "", "expires"), text.expires.isoformat() if text.expires else None
    yield ("", "", "framework"), text.framework
    yield ("", "", "assessments"), frozenset(text.assessments)
    for terms in text.slices:
        if terms.id in both:
            yield from _slice(terms)
        else:
            yield (terms.id, "", "slice"), terms.level.value


def _slice(terms: SliceTerms) -> Iterator[tuple[Place, Value]]:
    told: Mapping[str, Value] = {
        "name": terms.name,
        "activity": terms.activity,
        "level": terms.level.value,
        "ceiling": terms.ceiling.value,
        "forbidden_caveats": frozenset(each.value for each in terms.forbidden_caveats),
        "kinds": frozenset(terms.kinds),
    }
    for field, value in told.items():
        yield (terms.id, "", field), value
    for direction in terms.directions:
        yield from _direction(terms.id, direction)


def _direction(slice_: str, direction: Direction) -> Iterator[tuple[Place, Value]]:
    for kind, fields in direction.fields.items():
        yield (slice_, direction.sender, f"fields.{kind}"), frozenset(fields)
    for name in ("enforcement_clause", "defence_clause", "personal_data_basis"):
        yield (slice_, direction.sender, name), getattr(direction, name)
    if (gateway := direction.legal_gateway) is not None:
        yield (slice_, direction.sender, "legal_gateway.provision"), gateway.provision
        yield (slice_, direction.sender, "legal_gateway.decided_by"), gateway.decided_by
        yield (slice_, direction.sender, "legal_gateway.decided"), gateway.decided.isoformat()
        yield (slice_, direction.sender, "legal_gateway.regulators_only"), _word(said=gateway.regulators_only)


def _word(*, said: bool) -> str:
    return "yes" if said else "no"


def _set(value: Value) -> frozenset[str]:
    return value if isinstance(value, frozenset) else frozenset()
