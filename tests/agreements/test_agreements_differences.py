"""How two texts differ: every term is compared, in both directions, and nothing else."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from fourfold.agreements import (
    AgreementText,
    Direction,
    LegalGateway,
    Party,
    PartyFacts,
    SliceTerms,
    differences,
)
from fourfold.framework import Level
from fourfold.records.identity import institution_id
from fourfold.records.markings import Caveat, Tlp
from fourfold.records.signing import Signer

BEGUN = datetime(2026, 1, 1, tzinfo=UTC)
KEYS = [Signer.generate().key for _ in range(2)]
PARTIES = tuple(
    Party(
        id=institution_id(key),
        name=name,
        institution_key=key,
        facts=PartyFacts(regulator=False, defence_tie=False),
    )
    for name, key in zip("AB", KEYS, strict=True)
)
GATEWAY = LegalGateway(provision="Article 78", decided_by="Legal service", decided=date(2026, 1, 1))
DIRECTION = Direction(sender=PARTIES[0].id, fields={"incident": ("title",)}, legal_gateway=GATEWAY)
SLICE = SliceTerms(
    id="one",
    activity="incident_reporting",
    name="One",
    level=Level.COMMUNICATION,
    kinds=frozenset({"incident"}),
    ceiling=Tlp.AMBER,
    directions=(DIRECTION,),
)
TEXT = AgreementText(
    id="agreement--0f8fad5b-d9cb-469f-a165-70867728950e",
    number=1,
    predecessor=None,
    title="A text",
    parties=PARTIES,
    slices=(SLICE,),
    framework="sha256:" + 64 * "0",
    valid_from=BEGUN,
    review_by=BEGUN + timedelta(days=365),
)
FACTS = PartyFacts(regulator=True, defence_tie=False)
TEXTS: dict[str, dict[str, Any]] = {
    "title": {"title": "Another"},
    "regulator": {"parties": (PARTIES[0].model_copy(update={"facts": FACTS}), PARTIES[1])},
    "community": {"community": frozenset({PARTIES[0].id})},
    "valid_from": {"valid_from": BEGUN + timedelta(days=1)},
    "review_by": {"review_by": BEGUN + timedelta(days=30)},
    "expires": {"expires": BEGUN + timedelta(days=800)},
    "framework": {"framework": "sha256:" + 64 * "1"},
    "assessments": {"assessments": ("sha256:" + 64 * "2",)},
}
SLICES: dict[str, dict[str, Any]] = {
    "name": {"name": "Other"},
    "activity": {"activity": "risk_monitoring"},
    "level": {"level": Level.COORDINATION},
    "ceiling": {"ceiling": Tlp.GREEN},
    "forbidden_caveats": {"forbidden_caveats": frozenset({Caveat.ORCON})},
    "kinds": {"kinds": frozenset({"incident", "answer"})},
}
DIRECTIONS: dict[str, dict[str, Any]] = {
    "fields.incident": {"fields": {"incident": ("title", "description")}},
    "fields.answer": {"fields": {"incident": ("title",), "answer": ("move",)}},
    "enforcement_clause": {"enforcement_clause": "for trends"},
    "defence_clause": {"defence_clause": "for trends"},
    "personal_data_basis": {"personal_data_basis": "Article 6"},
    "legal_gateway.provision": {"legal_gateway": GATEWAY.model_copy(update={"provision": "Article 79"})},
    "legal_gateway.decided_by": {"legal_gateway": GATEWAY.model_copy(update={"decided_by": "The director"})},
    "legal_gateway.decided": {"legal_gateway": GATEWAY.model_copy(update={"decided": date(2026, 1, 2)})},
    "legal_gateway.regulators_only": {"legal_gateway": GATEWAY.model_copy(update={"regulators_only": True})},
}


def with_slice(**changes: Any) -> AgreementText:
    return TEXT.model_copy(update={"slices": (SLICE.model_copy(update=changes),)})


CASES = [
    *((name, TEXT.model_copy(update=changes)) for name, changes in TEXTS.items()),
    *((name, with_slice(**changes)) for name, changes in SLICES.items()),
    *(
        (name, with_slice(directions=(DIRECTION.model_copy(update=changes),)))
        for name, changes in DIRECTIONS.items()
    ),
]


@pytest.mark.parametrize(("field", "other"), CASES)
def test_one_change_of_a_term_is_one_difference_and_the_same_one_backwards(
    field: str, other: AgreementText
) -> None:
    (found,) = differences(TEXT, other)
    assert found.field == field
    (back,) = differences(other, TEXT)
    assert (back.slice, back.sender, back.field) == (found.slice, found.sender, found.field)
    assert (back.before, back.after) == (found.after, found.before)
    assert (back.added, back.removed) == (found.removed, found.added)


def test_a_slice_that_only_one_has_is_one_difference() -> None:
    more = TEXT.model_copy(update={"slices": (SLICE, SLICE.model_copy(update={"id": "two"}))})
    (found,) = differences(TEXT, more)
    assert (found.slice, found.field, found.before, found.after) == ("two", "slice", None, "communication")
    (back,) = differences(more, TEXT)
    assert (back.before, back.after) == ("communication", None)


def test_what_places_a_text_among_others_is_no_difference() -> None:
    placed = {"id": "agreement--aaaaaaaa-d9cb-469f-a165-70867728950e", "number": 2}
    assert differences(TEXT, TEXT.model_copy(update={**placed, "predecessor": TEXT.digest()})) == ()


def test_every_term_of_the_text_is_compared() -> None:
    compared = {name.partition(".")[0] for name, _ in CASES} | {"parties", "directions", "slices"}
    apart = {"id", "number", "predecessor", "founding", "sender"}
    for model in (AgreementText, SliceTerms, Direction):
        assert set(model.model_fields) <= compared | apart, model
