"""Checks on who stands behind a piece of evidence: institution key, delegation, and the time it held."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from fourfold.errors import FourfoldError, SignatureError
from fourfold.exchange.evidence.checks import Checks
from fourfold.exchange.evidence.items import KeysEvidence
from fourfold.records.identity import Delegation, SignedDelegation
from fourfold.records.keyring import Keyring, Link, follow, keyring_of
from fourfold.records.signing import fingerprint
from fourfold.records.statements import KeyHistory, RevocationReason


@dataclass(frozen=True, slots=True)
class Trust:
    """Whose keys the reader believes: fingerprints that people gave, and what files show of institutions."""

    anchors: frozenset[str] = frozenset()
    rings: dict[str, Keyring] = field(default_factory=dict)

    def ring(self, institution: str) -> Keyring:
        """What the files show of an institution's keys; perhaps nothing."""
        return self.rings.get(institution, Keyring(institution, ()))

    def anchored(self, key: str, institution: str) -> bool:
        """Whether the reader was given this institution key, or one that it succeeds or that succeeds it."""
        ring = self.ring(institution)
        line = {other for other in ring.accepted if ring.continues(other, key) or ring.continues(key, other)}
        given = {anchor.replace(" ", "").lower() for anchor in self.anchors}
        return any(_plain(each) in given for each in {key, *line})


def _plain(key: str) -> str:
    """The fingerprint of a key without its spaces; of what is no key, none that anybody could have given."""
    try:
        return fingerprint(key).replace(" ", "")
    except SignatureError:
        return "no key"


def trust_in(items: Iterable[KeysEvidence], anchors: frozenset[str]) -> Trust:
    """What the key files among the evidence show; a statement that does not hold shows nothing."""
    shown: dict[str, KeyHistory] = {}
    for item in items:
        given = item.history
        before = shown.get(given.institution, KeyHistory(institution=given.institution))
        shown[given.institution] = _together(before, given)
    return Trust(anchors, {institution: _ring(history) for institution, history in shown.items()})


def check_keys(checks: Checks, item: KeysEvidence) -> None:
    """Check what an institution signed about its keys: every statement by a key of its line."""
    given = item.history
    ring = _ring(given)
    for each in given.successions:
        checks.attempt(
            "succession",
            each.check,
            lambda found: (
                f"{fingerprint(found.old_key)} named {fingerprint(found.new_key)} on "
                f"{found.since:%d %B %Y}; both keys signed it."
            ),
        )
    _counted(checks, "delegations", len(given.delegations), len(ring.delegations))
    _counted(checks, "revocations", len(given.revocations), len(ring.revocations))
    for revoked in ring.revocations:
        checks.holds(
            "revocation",
            f"The node key {fingerprint(revoked.node_key)} was revoked from "
            f"{revoked.since:%d %B %Y at %H:%M:%S} UTC: {revoked.reason.value}.",
        )


def check_delegation(checks: Checks, signed: SignedDelegation, whose: str, trust: Trust) -> None:
    """Check that an institution key delegated the node key, and that it is one the reader trusts.

    Without any fingerprint from people the question stays open; so it does for a key from which the
    institution's id does not follow, unless the files show how it came about or people gave its fingerprint.
    """
    given = signed.delegation
    accepted = set(trust.ring(given.institution).accepted)
    if trust.anchored(given.institution_key, given.institution):
        accepted.add(given.institution_key)
    held = checks.attempt(
        f"{whose} key",
        lambda: signed.check(given.valid_from, accepted),
        lambda found: f"The node key was delegated by {found.institution}, from {found.valid_from:%d %B %Y}.",
    )
    if held is not None:
        _check_anchor(checks, held, whose, trust)


def check_time(
    checks: Checks, given: Delegation, whose: str, moment: datetime, act: str, trust: Trust
) -> None:
    """Check that a node key was delegated, and not revoked, at the moment when it acted."""
    when = f"when {act}, on {moment:%d %B %Y at %H:%M:%S} UTC."
    revoked = trust.ring(given.institution).revocation(given.node_key)
    if revoked is not None and moment >= revoked.since:
        checks.fails(f"{whose} key in time", f"It was revoked ({revoked.reason.value}) {when}")
        return
    checks.equal(
        f"{whose} key in time",
        given.valid_from <= moment < given.valid_until,
        f"It was delegated {when}",
        f"It was not delegated {when}",
    )
    if revoked is not None and revoked.reason is RevocationReason.COMPROMISED:
        checks.open(
            f"{whose} key in time",
            "It was compromised later: who has it can write an earlier date. A countersigned log shows more.",
        )


def _together(one: KeyHistory, other: KeyHistory) -> KeyHistory:
    """All statements of both: none can be hidden by showing another file."""
    return KeyHistory(
        institution=one.institution,
        successions=tuple(dict.fromkeys((*one.successions, *other.successions))),
        delegations=tuple(dict.fromkeys((*one.delegations, *other.delegations))),
        revocations=tuple(dict.fromkeys((*one.revocations, *other.revocations))),
    )


def _ring(history: KeyHistory) -> Keyring:
    links = _line(history)
    return keyring_of(history.institution, links, history.delegations, history.revocations)


def _line(history: KeyHistory) -> tuple[Link, ...]:
    """The institution keys that the successions show, from the first on; one alone if there are none."""
    last = history.successions[-1].succession.new_key if history.successions else None
    shown = [each.delegation.institution_key for each in history.delegations]
    for key in [last, *shown]:
        if key is not None:
            try:
                return follow(history.institution, key, history.successions)
            except FourfoldError:
                continue
    return ()


def _counted(checks: Checks, name: str, given: int, held: int) -> None:
    checks.equal(
        name,
        given == held,
        f"All {held} {name} are signed by a key of the institution's line.",
        f"{given - held} of {given} {name} are not signed by a key of the institution's line.",
    )


def _check_anchor(checks: Checks, given: Delegation, whose: str, trust: Trust) -> None:
    found = fingerprint(given.institution_key)
    if not trust.anchors:
        checks.open(
            f"{whose} identity",
            f"The institution key's fingerprint is {found}. Compare it with the one its people gave you.",
        )
        return
    checks.equal(
        f"{whose} identity",
        trust.anchored(given.institution_key, given.institution),
        f"The institution key's fingerprint {found} is one that you trust, or in line with one.",
        f"The institution key's fingerprint {found} is none that you trust.",
    )
