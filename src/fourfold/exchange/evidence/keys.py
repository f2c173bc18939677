"""Checks on who stands behind a piece of evidence: institution key, delegation, and the time it held."""

from datetime import datetime

from fourfold.exchange.evidence.checks import Checks
from fourfold.records.identity import Delegation, SignedDelegation
from fourfold.records.signing import fingerprint


def check_delegation(checks: Checks, signed: SignedDelegation, whose: str, anchors: frozenset[str]) -> None:
    """Check that an institution key delegated the node key, and that it is one the reader trusts.

    `anchors` are the fingerprints that the reader was given by people; without any the question stays open.
    """
    given = signed.delegation
    held = checks.attempt(
        f"{whose} key",
        lambda: signed.check(given.valid_from),
        lambda found: f"The node key was delegated by {found.institution}, from {found.valid_from:%d %B %Y}.",
    )
    if held is not None:
        _check_anchor(checks, held, whose, anchors)


def check_time(checks: Checks, given: Delegation, whose: str, moment: datetime, act: str) -> None:
    """Check that a node key was delegated at the moment when it acted."""
    checks.equal(
        f"{whose} key in time",
        given.valid_from <= moment < given.valid_until,
        f"It was delegated when {act}, on {moment:%d %B %Y at %H:%M:%S} UTC.",
        f"It was not delegated when {act}, on {moment:%d %B %Y at %H:%M:%S} UTC.",
    )


def _check_anchor(checks: Checks, given: Delegation, whose: str, anchors: frozenset[str]) -> None:
    found = fingerprint(given.institution_key)
    if not anchors:
        checks.open(
            f"{whose} identity",
            f"The institution key's fingerprint is {found}. Compare it with the one its people gave you.",
        )
        return
    checks.equal(
        f"{whose} identity",
        found.replace(" ", "") in {anchor.replace(" ", "").lower() for anchor in anchors},
        f"The institution key's fingerprint {found} is one that you trust.",
        f"The institution key's fingerprint {found} is none that you trust.",
    )
