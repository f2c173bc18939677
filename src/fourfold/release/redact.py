"""Redaction by building: a release object holds the fields that passed, and nothing was taken out of it."""

from copy import deepcopy
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Self

from fourfold.canon import new_id, new_salt
from fourfold.errors import RefusedError
from fourfold.records.commitments import commit
from fourfold.records.envelope import Record
from fourfold.records.kinds import Kind
from fourfold.records.markings import Marking, join
from fourfold.records.pseudonyms import pseudonym
from fourfold.release.decide import Outcome
from fourfold.release.object import LAST_VERSION, STUB, Notice, ReleaseObject, Stub
from fourfold.release.plan import Plan

_MILLISECOND = timedelta(milliseconds=1)


@dataclass(frozen=True, slots=True)
class Making:
    """What a version of a release object is made with, apart from the record.

    `secret` opens the commitments to its fields; the owner keeps it, and it never leaves. `node_secret` is
    the node's own, from which pseudonyms follow. `salt` travels in the object. `derived_from` is the
    pseudonym that it had so far (empty: it follows from the record); `apart` gives it one that nothing else
    of the record has, so that nothing links it to what the recipient had of it before.
    """

    id: str
    version: int
    created: datetime
    modified: datetime
    salt: str
    secret: str
    node_secret: str
    derived_from: str = ""
    apart: bool = False

    @classmethod
    def first(
        cls, now: datetime, node_secret: str, created: datetime | None = None, *, apart: bool = False
    ) -> Self:
        """For a record that this recipient does not have yet; `created` is its date (None: now)."""
        moment, begun = _whole(now), _whole(created or now)
        salt, secret = new_salt(), new_salt()
        return cls(new_id("release"), 1, begun, moment, salt, secret, node_secret, apart=apart)

    @classmethod
    def following(cls, previous: ReleaseObject, now: datetime, node_secret: str, least: int = 1) -> Self:
        """For the next version of what the recipient has: salt and secret are fresh each time.

        `least` is the lowest number that it may have.

        Raises:
            RefusedError: it was withdrawn, and does not come back; or no number is left but the last.
        """
        if previous.revoked:
            raise RefusedError("This release was withdrawn. Release the record anew, under another id.")
        number, moment = max(previous.version + 1, least), _later(now, previous.modified)
        if number >= LAST_VERSION:
            raise RefusedError("This release can have no further version. Withdraw it, and release it anew.")
        salt, secret, same = new_salt(), new_salt(), previous.derived_from
        return cls(previous.id, number, previous.created, moment, salt, secret, node_secret, same)

    def pseudonym(self, source: str, recipient: str) -> str:
        """What `derived_from` is to say of a record, or of a stub, to this recipient."""
        named = self.id if self.apart else source
        return self.derived_from or pseudonym(self.node_secret, named, recipient)


def build(record: Record, kind: Kind, plan: Plan, making: Making) -> ReleaseObject:
    """The release object of a record for one recipient, out of the fields that passed.

    Raises:
        RefusedError: the plan lets nothing pass, or was made for another version or kind of record.
    """
    if plan.record != record.digest() or kind.id != record.kind:
        raise RefusedError("The record was edited since this was decided. Decide again.")
    if plan.outcome < Outcome.PASS_REDACTED or plan.agreement is None or plan.slice is None:
        raise RefusedError("Nothing of this record may pass to this recipient.")
    return ReleaseObject(
        id=making.id,
        kind=record.kind,
        activity=record.activity,
        slice=plan.slice,
        owner=record.owner,
        originators=record.originators,
        recipient=plan.recipient,
        agreement=plan.agreement,
        version=making.version,
        created=making.created,
        modified=making.modified,
        marking=_marking(record, plan),
        fields={name: deepcopy(record.payload[name]) for name in plan.passing},
        commitment=commit(kind.fields, record.payload, making.secret),
        derived_from=making.pseudonym(record.id, plan.recipient),
        salt=making.salt,
    )


def build_stub(record: Record, plan: Plan, stub: str) -> Stub:
    """The stub that stands for a record which may not pass; `stub` is a fresh id (`stub--UUID`).

    Raises:
        RefusedError: not even a stub may leave, or the plan was made for another version.
    """
    if plan.record != record.digest():
        raise RefusedError("The record was edited since this was decided. Decide again.")
    if plan.outcome is not Outcome.STUB:
        raise RefusedError("No stub of this record goes to this recipient.")
    day = record.modified.astimezone(UTC).date()
    return Stub(id=stub, kind=record.kind, handling=record.marking.tlp, date=day)


def stub_object(stub: Stub, owner: str, activity: str, plan: Plan, making: Making) -> ReleaseObject:
    """A stub as it travels: every part of it follows from its four members, the agreement and fresh numbers.

    Its pseudonym is that of the stub, and so leads neither to the record nor to a later release of it; its
    originator is the owner, whose own word it is; its marking is its handling, without any caveat.

    Raises:
        RefusedError: the plan lets no stub pass.
    """
    if plan.outcome is not Outcome.STUB or plan.agreement is None or plan.slice is None:
        raise RefusedError("No stub of this record goes to this recipient.")
    fields = stub.model_dump(mode="json")
    return ReleaseObject(
        id=making.id,
        kind=STUB.id,
        activity=activity,
        slice=plan.slice,
        owner=owner,
        originators=frozenset({owner}),
        recipient=plan.recipient,
        agreement=plan.agreement,
        version=making.version,
        created=making.created,
        modified=making.modified,
        marking=Marking(tlp=stub.handling),
        fields=fields,
        commitment=commit(STUB.fields, fields, making.secret),
        derived_from=making.pseudonym(stub.id, plan.recipient),
        salt=making.salt,
    )


def withdraw(
    given: ReleaseObject, now: datetime, notice: Notice | None = None, least: int = 1
) -> ReleaseObject:
    """The version that takes a release back: revoked, without fields, under the same id.

    To withdraw again changes nothing. `least` is the lowest number that it may have.

    Raises:
        RefusedError: no number is left for it.
    """
    if given.revoked:
        return given
    if given.version >= LAST_VERSION:
        raise RefusedError("This release can have no further version, and so no withdrawal.")
    changes = {
        "version": min(max(given.version + 1, least), LAST_VERSION),
        "modified": _later(now, given.modified),
        "fields": {},
        "salt": new_salt(),
        "revoked": True,
        "notice": notice,
    }
    return ReleaseObject.model_validate({**given.model_dump(), **changes})


def _marking(record: Record, plan: Plan) -> Marking:
    """What the recipient must honour: the join over what passed; of those who were named, only itself."""
    joined = join(record.marking_of(name) for name in plan.passing)
    if joined.rel_to is None:
        return joined
    return joined.model_copy(update={"rel_to": frozenset({plan.recipient})})


def _whole(moment: datetime) -> datetime:
    """In UTC and whole milliseconds, as STIX 2.1 tells versions apart (section 3.2)."""
    moment = moment.astimezone(UTC)
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


def _later(now: datetime, previous: datetime) -> datetime:
    """Now, but later than the previous version, whatever the clock says."""
    return max(_whole(now), _whole(previous) + _MILLISECOND)
