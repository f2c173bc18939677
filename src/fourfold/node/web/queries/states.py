"""Where something stands, as pages show it: a word, with a symbol and a tone that say the same."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from fourfold.agreements import State as AgreementState
from fourfold.exchange.evidence import Outcome as CheckOutcome
from fourfold.exchange.receipts import Outcome as ReceiptOutcome
from fourfold.node.models import ReceivedState, ReleaseState
from fourfold.node.withdrawing import Unanswered
from fourfold.protocols.assessment import State as AssessmentState
from fourfold.protocols.consent import State as ConsentState
from fourfold.release import Outcome


@dataclass(frozen=True, slots=True)
class StateView:
    """A state; `tone` is good, wait, bad or plain."""

    word: str | Promise
    tone: str
    symbol: str


RELEASE: dict[str, StateView] = {
    ReleaseState.SHARED: StateView(_("waiting to be collected"), "wait", "clock"),
    ReleaseState.DELIVERED: StateView(_("collected, no receipt yet"), "wait", "clock"),
    ReleaseState.ACKNOWLEDGED: StateView(_("received, with receipt"), "good", "yes"),
    ReleaseState.REFUSED: StateView(_("refused by the recipient"), "bad", "no"),
    ReleaseState.WITHDRAWAL_PENDING: StateView(_("withdrawn, not yet confirmed"), "wait", "clock"),
    ReleaseState.CONFIRMED: StateView(_("withdrawn and confirmed"), "good", "yes"),
    ReleaseState.NOT_HELD: StateView(_("withdrawn before it was collected"), "good", "yes"),
    Unanswered.WAITS: StateView(_("withdrawn; the recipient could not be told yet"), "wait", "clock"),
    Unanswered.DENIED: StateView(_("withdrawn; it says that it destroyed nothing"), "bad", "no"),
    Unanswered.NOT_TOLD: StateView(_("withdrawn, not yet told to the client"), "wait", "clock"),
    Unanswered.TOLD: StateView(_("withdrawn and told; a client cannot answer"), "plain", "dash"),
    Unanswered.UNREACHABLE: StateView(_("withdrawn; the client can no longer be told"), "bad", "no"),
}
RECEIVED: dict[str, StateView] = {
    ReceivedState.STORED: StateView(_("held as received"), "good", "yes"),
    ReceivedState.WITHDRAWN: StateView(_("destroyed on withdrawal"), "plain", "dash"),
    ReceivedState.EXPIRED: StateView(_("destroyed, its time was over"), "plain", "dash"),
    ReceivedState.QUARANTINED: StateView(_("not accepted"), "bad", "no"),
}
RECEIPT: dict[str, StateView] = {
    ReceiptOutcome.STORED: StateView(_("stored"), "good", "yes"),
    ReceiptOutcome.REFUSED: StateView(_("refused"), "bad", "no"),
    ReceiptOutcome.WITHDRAWN: StateView(_("destroyed"), "good", "yes"),
}
AGREEMENT: dict[AgreementState, StateView] = {
    AgreementState.PROPOSED: StateView(_("proposed, a signature is missing"), "wait", "clock"),
    AgreementState.NOT_YET: StateView(_("signed, not yet begun"), "wait", "clock"),
    AgreementState.IN_FORCE: StateView(_("in force"), "good", "seal"),
    AgreementState.REVIEW_DUE: StateView(_("in force, review due"), "wait", "seal"),
    AgreementState.EXPIRED: StateView(_("expired"), "plain", "dash"),
    AgreementState.SUPERSEDED: StateView(_("superseded"), "plain", "dash"),
    AgreementState.ENDED: StateView(_("ended"), "bad", "no"),
}
OUTCOME: dict[Outcome, StateView] = {
    Outcome.PASS: StateView(_("passes whole"), "good", "yes"),
    Outcome.PASS_REDACTED: StateView(_("passes in part"), "good", "yes"),
    Outcome.STUB: StateView(_("a stub only"), "wait", "dash"),
    Outcome.WITHHOLD: StateView(_("withheld"), "bad", "no"),
}
CHECK: dict[CheckOutcome, StateView] = {
    CheckOutcome.HOLDS: StateView(_("holds"), "good", "yes"),
    CheckOutcome.FAILS: StateView(_("fails"), "bad", "no"),
    CheckOutcome.OPEN: StateView(_("not decided by these files"), "plain", "ask"),
}
CONSENT: dict[ConsentState, StateView] = {
    ConsentState.ASKED: StateView(_("asked, not answered yet"), "wait", "clock"),
    ConsentState.GRANTED: StateView(_("granted"), "good", "yes"),
    ConsentState.DECLINED: StateView(_("declined"), "bad", "no"),
    ConsentState.REVOKED: StateView(_("taken back"), "plain", "dash"),
}
CONSENT_OVER = StateView(_("its time is over"), "plain", "dash")
PASSES = StateView(_("passes"), "good", "yes")
WITHHELD = StateView(_("withheld"), "bad", "no")
SIGNED = StateView(_("signed"), "good", "yes")
UNSIGNED = StateView(_("not signed yet"), "wait", "clock")
COUNTERSIGNED = StateView(_("countersigned"), "good", "yes")
NOT_COUNTERSIGNED = StateView(_("not countersigned yet"), "wait", "clock")
AGREES = StateView(_("the same on both sides"), "good", "yes")
DIFFERS = StateView(_("differs"), "bad", "no")
DELIVERED = StateView(_("delivered"), "good", "yes")
NOT_DELIVERED = StateView(_("not delivered yet"), "wait", "clock")

PROGRESS: dict[str, str | Promise] = {
    AssessmentState.DRAFTED: _("our answers are drafted"),
    AssessmentState.SEALED: _("ours are sealed; theirs are awaited"),
    AssessmentState.THEIRS_SEALED: _("theirs are sealed; ours are awaited"),
    AssessmentState.THEIRS_SEALED_OURS_DRAFTED: _("theirs are sealed; ours are drafted"),
    AssessmentState.BOTH_SEALED: _("both are sealed"),
    AssessmentState.OURS_REVEALED: _("ours are revealed; theirs are awaited"),
    AssessmentState.THEIRS_REVEALED: _("theirs are revealed; ours are awaited"),
}
"""How far a joint assessment is, where it is not finished."""
