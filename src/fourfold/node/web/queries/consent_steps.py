"""What the next step is where a consent is missing: whom to ask, who of this institution gives its own."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.conf import settings

from fourfold.errors import RefusedError
from fourfold.node import clock
from fourfold.node.actions.ask_consent import source_of
from fourfold.node.models import ConsentCase, ConsentDocument, RecordVersion
from fourfold.node.parties import nodes
from fourfold.node.web.queries import states
from fourfold.node.web.queries.states import StateView
from fourfold.protocols.consent import State
from fourfold.release import Code, RecipientReport

OF_OTHERS = frozenset({Code.GREEN_OUTSIDE, Code.AMBER_NO_CONSENT})
OF_ALL = frozenset({Code.RED_NO_CONSENT, Code.RESTRICTED_NO_CONSENT, Code.ORCON_NO_CONSENT})
"""What the rows find where a consent is missing: of the other originators, or of every one."""


@dataclass(frozen=True, slots=True)
class ConsentStep:
    """The next step towards consent for one recipient.

    `own`: this institution's is missing. `others` are the other originators whose is; `ask`: they can be
    asked, or `why_not`. `asked` is the latest request for just this, with its `state`.
    """

    rows: frozenset[int]
    own: bool
    others: tuple[str, ...]
    ask: bool
    why_not: str
    asked: str
    state: StateView | None


def consent_step(row: RecordVersion, report: RecipientReport, known: Mapping[str, str]) -> ConsentStep | None:
    """The next step for one recipient; None where no row misses one, or only the recipient's own.

    Consent is for institutions that run a node: a third-party client has no key that it could name.
    """
    found = [*report.plan.findings, *(each for field in report.fields for each in field.findings)]
    missing = [each for each in found if each.code in OF_OTHERS | OF_ALL]
    if not missing or not nodes().filter(pk=report.recipient).exists():
        return None
    given = _given(row, report)
    others = sorted(row.content().originators - {settings.NODE.id, report.recipient} - given)
    own = settings.NODE.id in row.content().originators - given
    own = own and any(each.code in OF_ALL for each in missing)
    if not own and not others:
        return None
    case = ConsentCase.readable.filter(ours=True, record_digest=row.digest, recipient=report.recipient)
    last = case.select_related("document").order_by("-created", "-pk").first()
    why_not = _why_not(row) if others else ""
    return ConsentStep(
        rows=frozenset(each.row for each in missing),
        own=own,
        others=tuple(known.get(each, each) for each in others),
        ask=bool(others) and not why_not and (last is None or last.state != State.ASKED),
        why_not=why_not,
        asked=last.pk if last else "",
        state=state_of(last.state, last.document) if last else None,
    )


def state_of(state: str, document: ConsentDocument | None) -> StateView:
    """Where a request stands; what was granted ends by itself too."""
    over = document is not None and document.expires is not None and document.expires <= clock.now()
    return states.CONSENT_OVER if state == State.GRANTED and over else states.CONSENT[State(state)]


def _given(row: RecordVersion, report: RecipientReport) -> frozenset[str]:
    """The originators whose consent to just this stands."""
    rows: Iterable[str] = ConsentDocument.readable.filter(
        record_digest=row.digest,
        recipient=report.recipient,
        agreement_digest=report.agreement or "",
        revoked=None,
        expires__gt=clock.now(),
    ).values_list("originator", flat=True)
    return frozenset(rows)


def _why_not(row: RecordVersion) -> str:
    try:
        source_of(row)
    except RefusedError as error:
        return str(error)
    return ""
