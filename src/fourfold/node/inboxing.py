"""The inbox of third-party clients: finding what lies there, and what it would become as a record."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.conf import settings
from pydantic import JsonValue

from fourfold.canon import folded, shown
from fourfold.errors import Fault, InputError, NotFoundError
from fourfold.exchange.foreign import Foreign, read_foreign
from fourfold.exchange.limits import MAX_OBJECT_BYTES
from fourfold.exchange.strict import parse_json
from fourfold.node.models import Proposal, ProposalKind, Submitted
from fourfold.node.parties import nodes
from fourfold.node.renewing import Related, related
from fourfold.records.envelope import UNKNOWN_ORIGINATOR

PREFIX = "inbox--"
_DIGITS = 19
"""Shorter numbers fit a column."""
CARRIED: Mapping[str, Mapping[str, str]] = {"incident": {"title": "name", "description": "description"}}
"""For each kind of record: its fields, and the properties of STIX objects that fill them."""


def find_submitted(number: int) -> Submitted:
    """Something that was handed in, by its number.

    Raises:
        NotFoundError: there is none.
    """
    row = Submitted.readable.select_related("client__peer", "submission").filter(pk=number).first()
    if row is None:
        raise NotFoundError("There is no such object in the inbox.")
    return row


def subject_of(number: int) -> str:
    """How the trail and proposals name something in the inbox."""
    return f"{PREFIX}{number}"


def number_in(subject: str) -> int:
    """The number that such a name stands for; 0: it is no such name."""
    text = subject.removeprefix(PREFIX)
    return int(text) if subject.startswith(PREFIX) and text.isdecimal() and len(text) < _DIGITS else 0


def settle_proposals(row: Submitted, now: datetime, actor: str) -> None:
    """It is decided: what somebody proposed about it waits no more, and its content is emptied."""
    waits = Proposal.objects.filter(what=ProposalKind.ACCEPT, subject=subject_of(row.pk), decided=None)
    waits.update(body=b"", decided=now, decided_by=actor)


def read(row: Submitted) -> Foreign:
    """What was handed in, read anew from its bytes."""
    return read_foreign(bytes(row.wire or b""))


def prefilled(row: Submitted, kind: str) -> dict[str, JsonValue]:
    """The fields of a kind that the object itself fills; of one that cannot be read, none."""
    try:
        value = parse_json(bytes(row.wire or b""), MAX_OBJECT_BYTES)
    except InputError:
        return {}
    if not isinstance(value, dict):
        return {}
    given = {field: value.get(name) for field, name in CARRIED.get(kind, {}).items()}
    return {field: text for field, text in given.items() if isinstance(text, str) and text}


def originators_named(names: Iterable[str]) -> frozenset[str]:
    """The institutions that a person vouches for as originators, by name or id; none: unknown.

    Raises:
        InputError: one of them is not known here, and so could not be asked for consent; all of them.
    """
    known = [(settings.NODE.id, settings.NODE.name), *nodes().values_list("institution", "name")]
    meant = {name: _meant(name, known) for name in names}
    remedy = "Name this institution or a counterpart; leave it out if it is unknown."
    faults = [
        Fault(f"{shown(name)} is not known here.", field="originator", remedy=remedy)
        if not ids
        else Fault(f"Several are called {shown(name)} here.", field="originator", remedy="Give its id.")
        for name, ids in meant.items()
        if len(ids) != 1
    ]
    if faults:
        raise InputError(faults)
    return frozenset().union(*meant.values()) or frozenset({UNKNOWN_ORIGINATOR})


def _meant(name: str, known: Iterable[tuple[str, str]]) -> frozenset[str]:
    """The institutions of this id, or of a name that looks the same."""
    return frozenset(id_ for id_, each in known if name == id_ or folded(each) == folded(name))


def described(row: Submitted) -> dict[str, Any]:
    """Where it came from, what it says of itself, what it is to other versions; of its content, its name."""
    return described_all([row])[0]


def described_all(rows: Sequence[Submitted]) -> list[dict[str, Any]]:
    """The same of several, for which the store is asked once."""
    known = related(rows)
    return [_described(row, known[row.pk]) for row in rows]


def _described(row: Submitted, found: Related) -> dict[str, Any]:
    return {
        "number": row.pk,
        "state": row.state,
        "client": row.client.peer.name,
        "delivery": row.submission_id,
        "received": row.received.isoformat(timespec="seconds"),
        "type": row.type,
        "stix_id": row.stix_id,
        "version": row.version,
        "title": row.title,
        "tlp": row.tlp,
        "notes": row.notes,
        "faults": row.faults,
        "digest": row.digest,
        "decided_by": row.decided_by,
        "second": row.second,
        "record": row.record,
        "revoked": row.revoked,
        "relation": found.relation.value,
        "related_record": found.record,
        "related_number": found.number or None,
    }
