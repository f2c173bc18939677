"""The keys of one institution, over time: which institution key speaks for it, which node keys acted when.

    first key ── succession ── second key ── succession ── third key        one line, each signed by the last
                                                  lost
                                              replacement ── fourth key     a new line: people vouched, no key

What was agreed under a key goes on along its line, and ends where the line does.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from functools import lru_cache

from fourfold.errors import FourfoldError, SignatureError
from fourfold.records.identity import Delegation, SignedDelegation, institution_id
from fourfold.records.statements import (
    KeyHistory,
    KeyRevocation,
    RevocationReason,
    SignedKeyRevocation,
    SignedSuccession,
)


class LinkKind(StrEnum):
    """How an institution key came to be believed."""

    FIRST = "first"
    SUCCESSION = "succession"
    REPLACEMENT = "replacement"


@dataclass(frozen=True, slots=True)
class Link:
    """One institution key, how it came to be believed, and since when (None: from the beginning)."""

    key: str
    kind: LinkKind = LinkKind.FIRST
    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Keyring:
    """All keys of one institution that somebody believes, in their order; the last link is the present key.

    Whoever builds one has checked the statements (`keyring_of`).
    """

    institution: str
    links: tuple[Link, ...]
    delegations: tuple[SignedDelegation, ...] = ()
    revocations: tuple[KeyRevocation, ...] = ()

    @property
    def key(self) -> str:
        """The institution key that speaks now."""
        return self.links[-1].key

    @property
    def accepted(self) -> frozenset[str]:
        """Every institution key that ever spoke."""
        return frozenset(link.key for link in self.links)

    def continues(self, old: str, new: str) -> bool:
        """Whether `new` is `old` or succeeded it by signatures alone, with no loss between."""
        keys = [link.key for link in self.links]
        if old not in keys or new not in keys:
            return old == new
        start, end = keys.index(old), keys.index(new)
        return start <= end and all(
            link.kind is LinkKind.SUCCESSION for link in self.links[start + 1 : end + 1]
        )

    def ever(self) -> frozenset[str]:
        """Every node key that ever acted: what was checked then is checked again with these."""
        return frozenset(signed.delegation.node_key for signed in self.delegations)

    def compromised(self) -> frozenset[str]:
        """The node keys that somebody else may have."""
        return frozenset(
            each.node_key for each in self.revocations if each.reason is RevocationReason.COMPROMISED
        )

    def revocation(self, node_key: str) -> KeyRevocation | None:
        """The revocation of a node key; of several, one for compromise, else the earliest."""
        found = [each for each in self.revocations if each.node_key == node_key]
        return min(
            found, key=lambda each: (each.reason is RevocationReason.RENEWED, each.since), default=None
        )

    def delegated(self) -> dict[str, Delegation]:
        """For each node key the time for which it was delegated; the loss of the key behind that ends it."""
        return self._spans(self._losses)

    def windows(self) -> dict[str, Delegation]:
        """For each node key the time in which it acts, as far as anything new is concerned.

        A renewed key's time ends at its revocation, a compromised one has none left.
        """
        return self._spans(lambda given: [*self._losses(given), *self._revoked(given)])

    def acting(self, now: datetime) -> frozenset[str]:
        """The node keys that act for the institution at this moment."""
        return frozenset(
            key for key, given in self.windows().items() if given.valid_from <= now < given.valid_until
        )

    def signed_for(self, node_key: str, moment: datetime | None = None) -> SignedDelegation | None:
        """The signed delegation of a node key, one that covers the moment if there is one."""
        found = [each for each in self.delegations if each.delegation.node_key == node_key]
        covering = [
            each
            for each in found
            if moment is None or each.delegation.valid_from <= moment < each.delegation.valid_until
        ]
        return next(iter([*covering, *found]), None)

    def _spans(self, ends: Callable[[Delegation], list[datetime]]) -> dict[str, Delegation]:
        found: dict[str, Delegation] = {}
        for signed in self.delegations:
            given = signed.delegation
            end = min([given.valid_until, *ends(given)])
            span = given.model_copy(update={"valid_until": max(end, given.valid_from)})
            before = found.get(given.node_key)
            found[given.node_key] = span if before is None else _joined(before, span)
        return found

    def _revoked(self, given: Delegation) -> list[datetime]:
        revoked = self.revocation(given.node_key)
        if revoked is None:
            return []
        return [revoked.since if revoked.reason is RevocationReason.RENEWED else given.valid_from]

    def _losses(self, given: Delegation) -> list[datetime]:
        lost = [link for link in self.after(given.institution_key) if link.kind is LinkKind.REPLACEMENT]
        return [link.since for link in lost if link.since is not None]

    def after(self, key: str) -> tuple[Link, ...]:
        """The links behind an institution key."""
        keys = [link.key for link in self.links]
        return self.links[keys.index(key) + 1 :] if key in keys else ()


@dataclass(frozen=True, slots=True)
class News:
    """What a history brings that is new: statements to keep, successions for people to confirm, refusals."""

    delegations: tuple[SignedDelegation, ...] = ()
    revocations: tuple[SignedKeyRevocation, ...] = ()
    successions: tuple[SignedSuccession, ...] = ()
    refused: tuple[str, ...] = ()


def keyring_of(
    institution: str,
    links: Iterable[Link],
    delegations: Iterable[SignedDelegation],
    revocations: Iterable[SignedKeyRevocation],
) -> Keyring:
    """The keyring of these statements; one that does not hold is left out."""
    bare = Keyring(institution, tuple(links))
    held = tuple(each for each in delegations if _delegated(each, institution, bare.accepted))
    revoked = tuple(each.revocation for each in revocations if _revoked(each, institution, bare.accepted))
    return replace(bare, delegations=held, revocations=revoked)


def follow(institution: str, key: str, successions: Iterable[SignedSuccession]) -> tuple[Link, ...]:
    """The links from the key that gives the institution's id to `key`, each signed by the one before.

    Raises:
        SignatureError: they do not lead there.
    """
    by_old = {
        each.succession.old_key: each for each in successions if each.succession.institution == institution
    }
    first = next((old for old in [*by_old, key] if institution_id(old) == institution), None)
    if first is None:
        raise SignatureError(
            "The institution's id does not follow from its key, nor from one that it succeeds."
        )
    links = [Link(first)]
    while links[-1].key != key and links[-1].key in by_old and len(links) <= len(by_old):
        given = by_old[links[-1].key].check()
        links.append(Link(given.new_key, LinkKind.SUCCESSION, given.since))
    if links[-1].key != key:
        raise SignatureError("The successions that are shown do not lead to the key that signs.")
    return tuple(links)


def news(ring: Keyring, history: KeyHistory) -> News:
    """What a history brings to somebody who believes this keyring; never raises for what it says.

    Only the present institution key makes statements. What an older key has signed since it was succeeded is
    refused; a succession waits for people, and so does all that the new key signs.
    """
    waiting, refused = _successions(ring, history)
    pending = frozenset(each.succession.new_key for each in waiting)
    delegations, no_delegations = _delegations(ring, history, pending)
    revocations, no_revocations = _revocations(ring, history, pending)
    return News(delegations, revocations, waiting, (*refused, *no_delegations, *no_revocations))


def _successions(ring: Keyring, history: KeyHistory) -> tuple[tuple[SignedSuccession, ...], tuple[str, ...]]:
    """The successions that follow the present key, in their order; and what does not hold."""
    waiting: list[SignedSuccession] = []
    refused: list[str] = []
    tip = ring.key
    for each in history.successions:
        given = each.succession
        if given.new_key in ring.accepted:
            continue
        if given.institution != ring.institution or given.old_key != tip or not _holds(each.check):
            refused.append("succession")
            continue
        waiting.append(each)
        tip = given.new_key
    return tuple(waiting), tuple(refused)


def _delegations(
    ring: Keyring, history: KeyHistory, pending: frozenset[str]
) -> tuple[tuple[SignedDelegation, ...], tuple[str, ...]]:
    taken, refused = [], []
    for each in history.delegations:
        given = each.delegation
        if each in ring.delegations or given.institution_key in pending:
            continue
        if _delegated(each, ring.institution, frozenset({ring.key})):
            taken.append(each)
        elif not _old_news(ring, given.institution_key, given.valid_from):
            refused.append("delegation")
    return tuple(taken), tuple(refused)


def _revocations(
    ring: Keyring, history: KeyHistory, pending: frozenset[str]
) -> tuple[tuple[SignedKeyRevocation, ...], tuple[str, ...]]:
    taken, refused = [], []
    for each in history.revocations:
        given = each.revocation
        if given in ring.revocations or given.institution_key in pending:
            continue
        if _revoked(each, ring.institution, frozenset({ring.key})):
            taken.append(each)
        elif not _old_news(ring, given.institution_key, given.since):
            refused.append("revocation")
    return tuple(taken), tuple(refused)


def _old_news(ring: Keyring, key: str, moment: datetime) -> bool:
    """Whether a statement is by an older key from its own time: nobody needs it, and nobody is deceived."""
    following = ring.after(key)
    return bool(following) and following[0].since is not None and moment < following[0].since


@lru_cache(maxsize=4096)
def _delegated(each: SignedDelegation, institution: str, keys: frozenset[str]) -> bool:
    given = each.delegation
    belongs = given.institution == institution and given.institution_key in keys
    return belongs and _holds(lambda: each.check(given.valid_from, keys))


@lru_cache(maxsize=4096)
def _revoked(each: SignedKeyRevocation, institution: str, keys: frozenset[str]) -> bool:
    given = each.revocation
    belongs = given.institution == institution and given.institution_key in keys
    return belongs and _holds(each.check)


def _holds(check: Callable[[], object]) -> bool:
    try:
        check()
    except FourfoldError:
        return False
    return True


def _joined(one: Delegation, other: Delegation) -> Delegation:
    """Two delegations of one key as one time: renewed before the first ran out, or signed by two keys."""
    later = max(one, other, key=lambda each: each.valid_until)
    return later.model_copy(update={"valid_from": min(one.valid_from, other.valid_from)})
