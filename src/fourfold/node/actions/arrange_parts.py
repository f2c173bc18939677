"""Dividing an activity into parts while its answers are drafted: adding, renaming and removing them."""

from collections.abc import Callable, Iterable
from dataclasses import replace

from django.db import transaction

from fourfold.errors import Fault, InputError, NotFoundError, RefusedError
from fourfold.node import answering, assessing, clock
from fourfold.node.answering import OwnPart
from fourfold.node.models import JointAssessment, Peer

MOST = 30
"""The most parts of an activity."""
Parts = tuple[OwnPart, ...]


def add_parts(peer: Peer, activity: str, names: Iterable[str], actor: str) -> JointAssessment:
    """Add parts in which nothing is answered yet; those that are there stay as they are.

    Raises:
        InputError: a name is empty, too long or too like another, or there is no such activity.
        RefusedError: the answers are sealed.
    """
    wanted = tuple(names)

    def added(parts: Parts) -> Parts:
        for name in wanted:
            known = [part.name for part in parts]
            if name not in known:
                _check([*answering.name_faults(name, known), *_too_many(len(parts) + 1)])
                parts = (*parts, OwnPart(name, {}))
        return parts

    return _arranged(peer, activity, actor, added)


def rename_part(peer: Peer, activity: str, name: str, new: str, actor: str) -> JointAssessment:
    """Give a part another name; its answers stay, and stay whose they were.

    Raises:
        NotFoundError: there is no part of that name.
        InputError: the new name is empty, too long or another's.
        RefusedError: the answers are sealed.
    """

    def renamed(parts: Parts) -> Parts:
        _find(parts, name)
        _check(answering.name_faults(new, (part.name for part in parts if part.name != name)))
        return tuple(replace(part, name=new) if part.name == name else part for part in parts)

    return _arranged(peer, activity, actor, renamed)


def remove_part(peer: Peer, activity: str, name: str, actor: str, seen: str | None = None) -> JointAssessment:
    """Remove a part with its answers. `seen` is the digest of the part that somebody decided to remove.

    Raises:
        NotFoundError: there is no part of that name.
        RefusedError: the answers are sealed, or somebody changed them since they were seen.
    """

    def removed(parts: Parts) -> Parts:
        if seen not in {None, _find(parts, name).digest}:
            raise RefusedError("Somebody changed this part meanwhile. Look at it again before you remove it.")
        return tuple(part for part in parts if part.name != name)

    return _arranged(peer, activity, actor, removed)


def _arranged(peer: Peer, activity: str, actor: str, arrange: Callable[[Parts], Parts]) -> JointAssessment:
    answering.check_activity(activity)
    with transaction.atomic():
        row = assessing.row_for(peer, activity)
        answering.store(row, arrange(answering.own_parts(row)), actor, clock.now())
    return row


def _find(parts: Parts, name: str) -> OwnPart:
    for part in parts:
        if part.name == name:
            return part
    raise NotFoundError("There is no part of this name.")


def _too_many(number: int) -> list[Fault]:
    return [Fault(f"An activity has at most {MOST} parts.", field="name")] if number > MOST else []


def _check(faults: list[Fault]) -> None:
    if faults:
        raise InputError(faults)
