"""A joint record while its steps are applied: the rules that each contribution and signature must keep."""

from collections.abc import Mapping

from fourfold.errors import RefusedError, SignatureError
from fourfold.protocols.collaboration.frozen import Frozen
from fourfold.protocols.collaboration.moves import Move, Stance, State, advance
from fourfold.protocols.collaboration.steps import Contribution, Part
from fourfold.protocols.courses import Ledger
from fourfold.protocols.steps import Step, Waiting
from fourfold.records.markings import join
from fourfold.records.signing import Purpose, Signature, verify


class RecordLedger(Ledger):
    """A joint record, as the steps are applied to it."""

    what = "joint record"

    def __init__(self, opening: str, parties: tuple[str, ...]) -> None:
        super().__init__(opening, parties)
        self.stances = dict.fromkeys(parties, Stance.INVITED)
        self.contributions: dict[str, Contribution] = {}
        self.signed: dict[str, list[tuple[Frozen, Signature]]] = {party: [] for party in parties}
        self.published: tuple[str, ...] | None = None

    def apply(self, name: str, step: Step) -> None:
        """Apply one contribution, signature or last word of a party."""
        if isinstance(step, Contribution):
            self._contribute(name, step)
        elif isinstance(step, Part) and step.move is Move.SIGN:
            self._sign(step)
        elif isinstance(step, Part) and step.move is Move.PUBLISH:
            self._publish(step)
        elif isinstance(step, Part) and step.move is Move.LEAVE:
            self.stances[step.author] = advance(self.stances[step.author], Move.LEAVE)
        else:
            raise RefusedError("Such a step belongs to no joint record.")

    def frozen(self, names: tuple[str, ...]) -> Frozen:
        """These contributions as one text."""
        given = tuple((name, self.contributions[name]) for name in sorted(names))
        return Frozen(self.opening, self.parties, given)

    def under(self, text: Frozen) -> dict[str, Signature]:
        """The signatures under just these bytes, by party."""
        return {
            party: signature
            for party, signed in self.signed.items()
            for each, signature in signed
            if each.digest == text.digest
        }

    def state(self, under: Mapping[str, Signature]) -> State:
        """Where an unpublished record stands."""
        if Stance.LEFT in self.stances.values():
            return State.ABANDONED
        if set(under) == set(self.parties):
            return State.COMPLETE
        return State.FROZEN if under else State.DRAFTED

    def _contribute(self, name: str, step: Contribution) -> None:
        opens = name == self.opening
        if not opens and (step.opening is None or step.parties is not None):
            raise RefusedError("A joint record has one opening, which names its parties.")
        if not opens and type(step) is not type(self._first()):
            raise RefusedError("This contribution is to another kind of joint record.")
        if len(self.contributions) < step.revision - 1:
            raise Waiting("contributions that its author had seen are not here")
        self.stances[step.author] = advance(self.stances[step.author], Move.CONTRIBUTE)
        self.contributions[name] = step

    def _first(self) -> Contribution:
        if self.opening not in self.contributions:
            raise Waiting("the contribution that opens the joint record is not here")
        return self.contributions[self.opening]

    def _sign(self, step: Part) -> None:
        names = step.contributions or ()
        after = advance(self.stances[step.author], Move.SIGN)
        if step.content is None or step.signature is None or list(names) != sorted(set(names)):
            raise RefusedError(
                "A signature names its contributions, in order, and the digest of their bytes."
            )
        if not set(names) <= set(self.contributions):
            raise Waiting("contributions that were signed are not here")
        text = self.frozen(names) if names else None
        if text is None or text.missing:
            raise RefusedError("A joint record is signed once every party has contributed.")
        _check_signature(text, step)
        before = self.signed[step.author]
        if before and not set(before[-1][0].names) < set(names):
            raise RefusedError("A party signs again only what has more contributions.")
        self.stances[step.author] = after
        before.append((text, step.signature))

    def _publish(self, step: Part) -> None:
        after = advance(self.stances[step.author], Move.PUBLISH)
        text = self.signed[step.author][-1][0]
        if step.content != text.digest:
            raise RefusedError("A party publishes the very bytes that it signed last.")
        if missing := set(self.parties) - set(self.under(text)):
            raise Waiting(f"not all have signed these bytes: {len(missing)} to go")
        self.stances[step.author] = after
        self.published = text.names


def _check_signature(text: Frozen, step: Part) -> None:
    """Whether a signature is over just these bytes; whose key made it is checked on arrival."""
    if step.content != text.digest:
        raise RefusedError("Other bytes were signed than these contributions come to.")
    if join([step.marking, text.marking]) != step.marking:
        raise RefusedError("A signature is guarded no less than what it is under.")
    if step.signature is None:
        raise AssertionError("checked before")
    try:
        verify(step.signature, Purpose.JOINT_RECORD, text.data, step.signature.key)
    except SignatureError as error:
        raise RefusedError(f"The signature under the joint record does not hold. {error}") from error
