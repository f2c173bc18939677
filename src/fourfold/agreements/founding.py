"""The founding agreement: all that two institutions need in order to agree on more, and nothing else."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from fourfold.agreements.faults import FOUNDING_KINDS
from fourfold.agreements.text import AgreementText, Direction, Party, SliceTerms
from fourfold.errors import Fault, InputError
from fourfold.framework import Level
from fourfold.records.markings import Caveat, Tlp

FOUNDING = "founding"
"""The id of its one slice, and of its activity."""


@dataclass(frozen=True, slots=True)
class Term:
    """How long an agreement holds: from when, when it is reviewed, when it expires if ever."""

    valid_from: datetime
    review_by: datetime
    expires: datetime | None = None


def founding_text(
    agreement: str,
    parties: tuple[Party, ...],
    fields: Mapping[str, tuple[str, ...]],
    framework: str,
    term: Term,
) -> AgreementText:
    """The text under which assessments and draft agreements pass, in every direction, up to AMBER+STRICT.

    `agreement` is its id (`agreement--UUID`), `fields` gives the fields of both kinds (`assessment`,
    `draft_agreement`), `framework` is the digest of the framework file that both assess by.

    Raises:
        InputError: the fields are not those of just these two kinds.
    """
    if set(fields) != FOUNDING_KINDS:
        needed = " and ".join(sorted(FOUNDING_KINDS))
        raise InputError([Fault(f"A founding agreement moves {needed}.", field="fields")])
    return AgreementText(
        id=agreement,
        number=1,
        predecessor=None,
        title="Founding agreement: " + ", ".join(party.name for party in parties),
        founding=True,
        parties=parties,
        community=frozenset(party.id for party in parties),
        slices=(_slice(parties, fields),),
        framework=framework,
        valid_from=term.valid_from,
        review_by=term.review_by,
        expires=term.expires,
    )


def _slice(parties: tuple[Party, ...], fields: Mapping[str, tuple[str, ...]]) -> SliceTerms:
    return SliceTerms(
        id=FOUNDING,
        activity=FOUNDING,
        name="Assessing and agreeing",
        level=Level.COORDINATION,
        kinds=FOUNDING_KINDS,
        ceiling=Tlp.AMBER_STRICT,
        forbidden_caveats=frozenset({Caveat.PROPRIETARY, Caveat.NATIONAL_SECURITY, Caveat.PERSONAL}),
        directions=tuple(Direction(sender=party.id, fields=dict(fields)) for party in parties),
    )
