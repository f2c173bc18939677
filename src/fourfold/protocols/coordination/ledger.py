"""A proposal while its steps are applied: the rules that each text and each answer must keep."""

from datetime import UTC, date

from fourfold.errors import RefusedError
from fourfold.protocols.coordination.moves import Move, Stance, advance
from fourfold.protocols.coordination.steps import ANSWERS, Answer, Proposal
from fourfold.protocols.courses import Ledger
from fourfold.protocols.steps import Step, Waiting
from fourfold.records.markings import join


class Sheet:
    """One text while the steps are applied."""

    def __init__(self, name: str, proposal: Proposal, number: int, parties: tuple[str, ...]) -> None:
        self.digest, self.proposal, self.round = name, proposal, number
        self.stances = dict.fromkeys(parties, Stance.ASKED)
        self.accepted: dict[str, str] = {}
        self.by: dict[str, date] = {}
        self.move(proposal, Move.PROPOSE)

    @property
    def rank(self) -> tuple[int, list[int]]:
        """Later rounds stand before earlier ones; of two that cross, the smaller digest stands."""
        return self.round, [-ord(sign) for sign in self.digest]

    def move(self, step: Step, move: Move) -> None:
        """Let a party move, within the text's date."""
        if step.at.astimezone(UTC).date() > self.proposal.due:
            raise RefusedError(f"The date of this text, {self.proposal.due}, had passed.")
        self.stances[step.author] = advance(self.stances[step.author], move)


class ProposalLedger(Ledger):
    """The texts of a course, as the steps are applied to them."""

    what = "proposal"

    def __init__(self, opening: str, parties: tuple[str, ...]) -> None:
        super().__init__(opening, parties)
        self.texts: dict[str, Sheet] = {}

    def apply(self, name: str, step: Step) -> None:
        """Apply one text or answer of a party."""
        if name == self.opening:
            assert isinstance(step, Proposal)  # noqa: S101  `course` has looked
            self.texts[name] = Sheet(name, step, 1, self.parties)
        elif isinstance(step, Proposal):
            self._amend(name, step)
        elif isinstance(step, Answer):
            self._answer(name, step)
        else:
            raise RefusedError("Such a step belongs to no proposal.")

    def _sheet(self, name: str | None) -> Sheet:
        if name is None:
            raise RefusedError("A proposal has one opening.")
        if name not in self.texts:
            raise Waiting("the text that it answers is not here")
        return self.texts[name]

    def _amend(self, name: str, step: Proposal) -> None:
        before = self._sheet(step.supersedes)
        if step.parties is not None or type(step) is not type(before.proposal):
            raise RefusedError("An amendment changes neither the parties nor the kind of a proposal.")
        if not step.guards(before.proposal):
            raise RefusedError("An amendment is guarded no less than the text that it was written from.")
        made = Sheet(name, step, before.round + 1, self.parties)
        before.move(step, Move.AMEND)
        self.texts[name] = made

    def _answer(self, name: str, step: Answer) -> None:
        sheet = self._sheet(step.about)
        if step.move not in ANSWERS:
            raise RefusedError(f"To {step.move} takes a text, not an answer.")
        if join([step.marking, sheet.proposal.marking]) != step.marking:
            raise RefusedError("An answer is guarded no less than the text that it is about.")
        if step.move is Move.COMMIT:
            _check_commitment(sheet, step)
        elif step.by is not None or step.acceptances is not None:
            raise RefusedError("Only a commitment has a date and rests on acceptances.")
        last = sheet.by.get(step.author, sheet.proposal.due)
        if step.move is Move.FINISH and step.at.date() > last:
            raise RefusedError(f"The date of this commitment, {last}, had passed.")
        sheet.move(step, step.move)
        if step.move is Move.ACCEPT:
            sheet.accepted[step.author] = name
        if step.move is Move.COMMIT:
            sheet.by[step.author] = step.by or sheet.proposal.due


def _check_commitment(sheet: Sheet, step: Answer) -> None:
    """Whether a commitment is within the date, and rests on the very acceptances that are held here."""
    if step.by is not None and not step.at.date() <= step.by <= sheet.proposal.due:
        raise RefusedError(f"A commitment is for a day from its own until {sheet.proposal.due}.")
    advance(sheet.stances[step.author], Move.COMMIT)
    others = {party for party in sheet.stances if party != sheet.proposal.author}
    if missing := others - set(sheet.accepted):
        raise Waiting(f"not all have accepted: {len(missing)} to go")
    if list(step.acceptances or ()) != sorted(sheet.accepted.values()):
        raise RefusedError("It rests on other acceptances than those that are held here.")
