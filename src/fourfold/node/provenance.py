"""Whose is something that came from a counterpart? Its owner signed it; whom else it names is a claim.

A claim is shown as one, and is unknown to the release table: what is made of such a thing does not leave.
"""

from collections.abc import Mapping

from django.conf import settings
from django.utils.translation import gettext as _

from fourfold.errors import FourfoldError
from fourfold.exchange.stix import decode, read_object
from fourfold.node.models import Derived, Received, RecordVersion, ReleaseVersion
from fourfold.records.envelope import UNKNOWN_ORIGINATOR, Record
from fourfold.release import ReleaseObject, believed_originators


def believed(given: ReleaseObject) -> frozenset[str]:
    """Whose it is, as far as this node knows: by its owner's signature, and by what was released there."""
    return believed_originators(given, ours=settings.NODE.id in given.originators and released_there(given))


def released_there(given: ReleaseObject) -> bool:
    """Whether its owner was given just these fields from here, so that it can be ours."""
    rows = ReleaseVersion.objects.filter(peer=given.owner, release__kind=given.kind, revoked=False)
    if title := given.fields.get("title"):
        rows = rows.filter(source__title=title)
    held = (row.content().fields for row in rows.order_by("-pk").iterator())
    return bool(given.fields) and any(given.fields.items() <= fields.items() for fields in held)


def as_believed(version: RecordVersion) -> Record:
    """A record as the release table is to read it: 0.3.0 kept what senders claimed as a fact."""
    record = version.content()
    if UNKNOWN_ORIGINATOR in record.originators or not _rests_on_claims(version.record):
        return record
    return record.model_copy(update={"originators": record.originators | {UNKNOWN_ORIGINATOR}})


def originators_told(given: ReleaseObject, owner: str, known: Mapping[str, str]) -> tuple[str, ...]:
    """The originators that something received names, for people: what its owner merely says, as its word."""
    certain = believed(given)
    return tuple(
        known.get(each, each)
        if each in certain
        else _("%(owner)s says: %(name)s") % {"owner": owner, "name": known.get(each, each)}
        for each in sorted(given.originators)
    )


def _rests_on_claims(record: str) -> bool:
    return any(
        UNKNOWN_ORIGINATOR in believed(release)
        for each in Derived.objects.filter(record=record)
        if (release := _held(each)) is not None
    )


def _held(source: Derived) -> ReleaseObject | None:
    rows = Received.objects.filter(peer=source.origin_id, object=source.object, revoked=False)
    row = rows.exclude(wire=None).exclude(state="quarantined").order_by("-version").first()
    try:
        return decode(read_object(bytes(row.wire)).value) if row else None
    except FourfoldError:
        return None
