"""Correcting a wrong release in one step: withdrawn everywhere, to be destroyed, notified, logged."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.db import transaction

from fourfold.errors import RefusedError
from fourfold.node import clock, keeping, releasing, trail
from fourfold.node.actions.change_record import Changes, change_record
from fourfold.node.correcting import correction_of
from fourfold.node.models import Peer, Release, ReleaseVersion, Tag
from fourfold.release import Notice


@dataclass(frozen=True, slots=True)
class Right:
    """The right form: what the record should have said (None: as it is now), and who agrees to loosen it.

    It goes to those from whom the correction withdraws the wrong one; with `anew` also to those from whom the
    record had been withdrawn before.
    """

    changes: Changes | None = None
    second: str | None = None
    anew: bool = False


@dataclass(frozen=True, slots=True)
class Corrected:
    """What was done: withdrawals, by release; the new releases; who may not have the right form, and why."""

    withdrawn: tuple[ReleaseVersion, ...]
    released: tuple[ReleaseVersion, ...] = ()
    refused: Mapping[str, str] = field(default_factory=dict)


def correct_release(
    record: str, reason: str, actor: str, right: Right | None = None, seen: str | None = None
) -> Corrected:
    """Take back everything that was released of a record, and say that it was an error.

    Every counterpart that has it, or could collect it, finds a withdrawal with one fixed phrase; its node
    destroys what it holds and confirms it. The reason stays here. With `right`, those from whom it is
    withdrawn now get the right form, under another id, as far as the release table lets it pass; the
    withdrawal stands whatever comes of that. To correct again withdraws nothing twice. `seen` is that of the
    plan which somebody decided on (`fourfold.node.correcting`).

    Raises:
        NotFoundError: there is no such record, or nothing of it was released.
        RefusedError: it is an act between institutions; or somebody changed, released or corrected it since
            it was seen.
        InputError, RefusedError: the right form has faults, or loosens something and nobody else agreed;
            the withdrawal stands.
    """
    plan = correction_of(record)
    if seen not in {None, plan.seen}:
        raise RefusedError("Something was changed, released or withdrawn meanwhile. Look again, then decide.")
    withdrawn = _withdraw(plan.withdrawn, reason, actor)
    if right is None:
        return Corrected(withdrawn)
    if right.changes is not None:
        change_record(record, right.changes, actor, right.second)
    return _release_anew(record, withdrawn, plan.again(anew=right.anew), actor)


def _withdraw(open_: tuple[Release, ...], reason: str, actor: str) -> tuple[ReleaseVersion, ...]:
    now = clock.now()
    with transaction.atomic():
        taken = releasing.take_back_all(open_, reason, actor, now, Notice.RELEASED_IN_ERROR)
        for each in open_:
            trail.note(Tag.RELEASE_CORRECTED, now, peer=each.peer, subject=each.id, actor=actor)
    return taken


def _release_anew(
    record: str, withdrawn: tuple[ReleaseVersion, ...], peers: tuple[Peer, ...], actor: str
) -> Corrected:
    row, released, refused = keeping.latest(record), [], {}
    for peer in peers:
        try:
            released.append(releasing.release(row, peer, actor, clock.now(), anew=True))
        except RefusedError as error:
            refused[peer.name] = str(error)
            trail.note(Tag.RELEASE_WITHHELD, clock.now(), peer=peer, subject=record, actor=actor)
    return Corrected(withdrawn, tuple(released), refused)
