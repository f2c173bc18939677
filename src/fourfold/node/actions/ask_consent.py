"""Asking the originators of a record whether it may go on to a counterpart."""

from django.conf import settings
from django.db import transaction

from fourfold.errors import RefusedError
from fourfold.node import clock, consenting, keeping, onward, releasing, trail
from fourfold.node.consent_kinds import CONSENT_REQUEST, ConsentRequest
from fourfold.node.models import ConsentCase, Derived, Peer, Received, RecordVersion, Tag
from fourfold.protocols.consent import State
from fourfold.release import Code, Onward, RecipientReport


def ask_consent(record: str, recipient: Peer, actor: str, reason: str = "") -> ConsentCase:
    """Ask the originator of a record that is to be passed on. While a request is open, again changes nothing.

    The request names the record version, the fields and the recipient; it holds no content.

    Raises:
        NotFoundError: there is no such record.
        RefusedError: it is nobody else's, or not as it was received; or no agreement lets it be asked.
    """
    row, now = keeping.latest(record), clock.now()
    source = source_of(row)
    known = ConsentCase.objects.filter(
        ours=True, record_digest=row.digest, recipient=recipient.institution, state=State.ASKED.value
    ).first()
    if known is not None:
        return known
    report = releasing.report_for(row, recipient, now)
    request = _request(row, source, recipient, report, reason)
    with transaction.atomic():
        about = row.compartment
        sent = consenting.send(CONSENT_REQUEST, request, row.activity, source.origin, actor, now, about=about)
        trail.note(Tag.CONSENT_ASKED, now, peer=source.origin, subject=record, actor=actor)
        return ConsentCase.objects.create(
            id=sent.release_id,
            ours=True,
            peer=source.origin,
            record_digest=row.digest,
            recipient=recipient.institution,
            body=consenting.body_of(request),
            state=State.ASKED.value,
            created=now,
        )


def source_of(row: RecordVersion) -> Derived:
    """What a record passes on, as it was received from its only originator, who can be asked for consent.

    Raises:
        RefusedError: it is nobody else's, not as it was received, or was withdrawn since.
    """
    originators = row.content().originators - {settings.NODE.id}
    source = onward.roots(row.record).filter(verbatim=True).select_related("origin").first()
    if not originators:
        raise RefusedError("It is this institution's own: nobody else's consent is needed.")
    if source is None or originators != {source.origin_id}:
        raise RefusedError(
            "Only what was received from its one originator, and is passed on as it was received, "
            "can be asked for: the originator must be able to compute the very bytes that it consents to."
        )
    releasing.check_sources(row.record)
    return source


def _request(
    row: RecordVersion, source: Derived, recipient: Peer, report: RecipientReport, reason: str
) -> ConsentRequest:
    record, held = row.content(), _held(row, source)
    agreed = {
        field.name
        for field in report.fields
        if Code.FIELD_NOT_AGREED not in {finding.code for finding in field.findings}
    }
    if report.agreement is None or not agreed:
        raise RefusedError(f"No agreement with {recipient.name} lets any of its fields pass; agree first.")
    return ConsentRequest(
        title="Request for consent to pass on",
        object=source.object,
        object_version=held.version,
        object_digest=held.digest,
        onward=Onward(
            record=record.id,
            version=record.version,
            slice=record.slice,
            fields=tuple(sorted(record.payload)),
            created=record.created,
            modified=record.modified,
        ),
        record=row.digest,
        recipient=recipient.institution,
        recipient_name=recipient.name,
        recipient_key=recipient.institution_key,
        agreement=report.agreement,
        purpose=record.activity,
        reason=reason or None,
    )


def _held(row: RecordVersion, source: Derived) -> Received:
    """The version of the received object that the record was made of: that which was newest then."""
    rows = Received.objects.filter(
        peer=source.origin, object=source.object, revoked=False, received__lte=row.modified
    )
    held = rows.exclude(state="quarantined").order_by("-version").first()
    if held is None:
        raise RefusedError("What it was made of is not held any more.")
    return held
