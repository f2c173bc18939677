"""The legal gateway in the text of an agreement: its faults, and that older texts keep their bytes."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from fourfold.agreements import (
    AgreementText,
    Direction,
    LegalGateway,
    Party,
    PartyFacts,
    SliceTerms,
    check_text,
)
from fourfold.framework import Level
from fourfold.records.identity import institution_id
from fourfold.records.markings import Tlp
from fourfold.records.signing import Signer

ALPHA, BETA = (Signer(Ed25519PrivateKey.from_private_bytes(bytes([number]) * 32)) for number in (1, 2))
GATEWAY = LegalGateway(
    provision="Article 78(5) of Regulation (EU) 2024/1689",
    decided_by="Legal service",
    decided=date(2026, 1, 1),
)
DIGEST_IN_0_3_0 = "sha256:c129606324133b835f277b61c793351d53a797ffdd4eaf8c448052545bbc0bb5"
"""What 0.3.0 gives for the text without a gateway."""


def party(key: Signer, name: str, *, regulator: bool = False) -> Party:
    facts = PartyFacts(regulator=regulator, defence_tie=False)
    return Party(id=institution_id(key.key), name=name, institution_key=key.key, facts=facts)


def text(gateway: LegalGateway | None = None, *, regulator: bool = False) -> AgreementText:
    parties = (party(ALPHA, "Alpha"), party(BETA, "Beta", regulator=regulator))
    terms = SliceTerms(
        id="public",
        activity="incident_reporting",
        name="Public",
        level=Level.COMMUNICATION,
        kinds=frozenset({"incident"}),
        ceiling=Tlp.AMBER,
        directions=(Direction(sender=parties[0].id, fields={"incident": ("title",)}, legal_gateway=gateway),),
    )
    return AgreementText(
        id="agreement--3d5f1cd8-6c8a-4e0e-9d0a-0f3b1a0e7a10",
        number=1,
        predecessor=None,
        title="Incidents",
        parties=parties,
        slices=(terms,),
        framework="sha256:" + 64 * "0",
        valid_from=datetime(2026, 1, 1, 9, tzinfo=UTC),
        review_by=datetime(2027, 1, 1, tzinfo=UTC),
    )


def test_a_text_without_a_gateway_keeps_the_bytes_that_it_had_before_there_were_any() -> None:
    assert text().digest() == DIGEST_IN_0_3_0


def test_a_text_with_a_gateway_is_read_again_as_it_was_signed() -> None:
    made = text(GATEWAY)
    assert AgreementText.model_validate_json(made.signed_bytes()) == made
    assert made.digest() != DIGEST_IN_0_3_0


@pytest.mark.parametrize(
    ("changes", "places"),
    [
        ({}, []),
        ({"provision": " "}, ["provision"]),
        ({"decided_by": ""}, ["decided_by"]),
        ({"decided": date(2026, 1, 2)}, ["decided"]),
        ({"regulators_only": True}, ["regulators_only"]),
        ({"provision": "", "decided_by": ""}, ["provision", "decided_by"]),
    ],
    ids=str,
)
def test_every_fault_of_a_gateway_is_told_at_its_place(changes: dict[str, Any], places: list[str]) -> None:
    found = check_text(text(GATEWAY.model_copy(update=changes)))
    assert [each.field for each in found] == [f"slices[0].directions[0].legal_gateway.{at}" for at in places]
    assert all(each.remedy for each in found)


def test_a_gateway_for_regulatory_authorities_is_no_fault_where_one_receives() -> None:
    assert check_text(text(GATEWAY.model_copy(update={"regulators_only": True}), regulator=True)) == ()
