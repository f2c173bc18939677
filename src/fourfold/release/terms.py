"""What an agreement says of one kind of thing that one institution would send to another: half of the facts.

Facts about a recipient come from the countersigned agreement, never from what it says of itself. What the
agreement does not say is unknown, and so withheld.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from fourfold.agreements.fits import covers, place
from fourfold.agreements.lifecycle import Agreement, State
from fourfold.agreements.text import AgreementText, Direction, Party, SliceTerms
from fourfold.framework import Level
from fourfold.records.kinds import Kind
from fourfold.records.markings import Caveat, Tlp
from fourfold.release.facts import Engagement, FieldRule, Known, Slice, Standing, TlpLabel


class Sending(NamedTuple):
    """What is to be sent by whom to whom; `kind` is an id, `slice` that of the named one, if any."""

    owner: str
    recipient: str
    activity: str
    kind: str
    slice: str | None


@dataclass(frozen=True, slots=True)
class Terms:
    """What one agreement (its `digest`) says of a sending, and the facts that follow.

    `slice` is the slice that governs, `fit` how the sending stands to it before any marking is looked at,
    `agreed` the fields that may pass (None: not known), `recipient_key` the recipient's institution key.
    """

    digest: str | None
    slice: str | None
    recipient_key: str | None
    standing: Standing
    fit: Slice
    forbidden: frozenset[Caveat]
    agreed: frozenset[str] | None
    direction: Known
    level: Engagement
    kind_level: Engagement
    ceiling: TlpLabel
    community: Known
    regulator: Known
    enforcement_clause: Known
    defence_tie: Known
    defence_clause: Known
    personal_basis: Known
    legal_gateway: Known

    def rule(self, name: str | None) -> FieldRule:
        """Whether a field may pass by the redaction rule; the whole (None) has none."""
        if name is None:
            return FieldRule.WHOLE
        if self.agreed is None:
            return FieldRule.UNKNOWN
        return FieldRule.AGREED if name in self.agreed else FieldRule.NOT_AGREED


def governing(
    agreements: Sequence[Agreement], sending: Sending, at: datetime
) -> tuple[Agreement | None, ...]:
    """Of the agreements between the two, those that decide: all that bind and speak of this kind.

    Where none does, one that tells best why not: one that speaks of it but does not bind, or one that binds
    but does not speak of it.
    """
    binding = [each for each in agreements if each.state(at).binds]
    speaking = [each for each in agreements if covers(each.text, sending.activity, sending.kind)]
    deciding = tuple(each for each in binding if each in speaking)
    return deciding or (_latest(speaking) or _latest(binding) or _latest(agreements),)


def terms_of(agreement: Agreement | None, sending: Sending, kind: Kind | None, at: datetime) -> Terms:
    """What an agreement (None: there is none) says of a sending; `kind` is None if this node knows none."""
    text = agreement.text if agreement else None
    party = text.party(sending.recipient) if text else None
    governs, fit = _slice(text, sending)
    direction = governs.direction(sending.owner) if governs else None
    return Terms(
        digest=agreement.digest if agreement else None,
        slice=governs.id if governs else None,
        recipient_key=party.institution_key if party else None,
        standing=_standing(agreement, sending, party, at),
        fit=fit,
        forbidden=governs.forbidden_caveats if governs else frozenset(),
        agreed=_agreed(direction, kind) if governs else None,
        direction=known(direction is not None if governs else None),
        level=_LEVELS[governs.level] if governs else Engagement.UNKNOWN,
        kind_level=_LEVELS[kind.level] if kind else Engagement.UNKNOWN,
        ceiling=LABELS[governs.ceiling] if governs else TlpLabel.UNKNOWN,
        community=known(sending.recipient in text.community if text else None),
        regulator=known(party.facts.regulator if party else None),
        enforcement_clause=_clause(governs, direction and direction.enforcement_clause),
        defence_tie=known(party.facts.defence_tie if party else None),
        defence_clause=_clause(governs, direction and direction.defence_clause),
        personal_basis=_clause(governs, direction and direction.personal_data_basis),
        legal_gateway=_gateway(text, direction, sending.recipient) if governs else Known.UNKNOWN,
    )


def known(value: bool | None) -> Known:  # noqa: FBT001  it is the value that becomes a fact
    """Yes, no, or not known."""
    return Known.UNKNOWN if value is None else Known.YES if value else Known.NO


def _latest(agreements: Iterable[Agreement]) -> Agreement | None:
    return max(agreements, key=lambda each: (each.text.valid_from, each.text.number), default=None)


def _slice(text: AgreementText | None, sending: Sending) -> tuple[SliceTerms | None, Slice]:
    if text is None:
        return None, Slice.UNKNOWN
    found = place(text, sending.activity, sending.kind, sending.slice)
    if found.terms is not None:
        return found.terms, Slice.FITS
    nothing = Slice.NOT_THE_NAMED if found.named else Slice.NONE
    return None, Slice.SEVERAL if found.candidates else nothing


def _standing(agreement: Agreement | None, sending: Sending, party: Party | None, at: datetime) -> Standing:
    if agreement is None or party is None or agreement.text.party(sending.owner) is None:
        return Standing.NONE
    return _STANDINGS[agreement.state(at)]


def _agreed(direction: Direction | None, kind: Kind | None) -> frozenset[str] | None:
    """The fields that may pass: those that the direction names and the kind has."""
    if kind is None:
        return None
    named = direction.fields.get(kind.id, ()) if direction else ()
    return frozenset(named) & frozenset(kind.fields)


def _clause(governs: SliceTerms | None, clause: Direction | str | None) -> Known:
    return known(None if governs is None else isinstance(clause, str) and bool(clause.strip()))


def _gateway(text: AgreementText | None, direction: Direction | None, recipient: str) -> Known:
    return known(text is not None and direction is not None and text.gateway_opens(direction, recipient))


LABELS = {tlp: TlpLabel(tlp.value) for tlp in Tlp}
"""The fact for each label of TLP 2.0."""

_LEVELS = {level: Engagement(level.value) for level in Level}
_STANDINGS = {state: Standing(state.value) for state in State}
