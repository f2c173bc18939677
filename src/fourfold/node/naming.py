"""What counterparts and accounts are called: each name once, as people compare them (`canon.folded`)."""

from fourfold.canon import folded, name_fault, printable
from fourfold.errors import Fault, InputError, RefusedError
from fourfold.node.models import Node, Peer

LONGEST = 200


def check_name(name: str) -> None:
    """Refuse what is no name of an institution, a client or an account.

    Raises:
        InputError: it is empty or too long, has more than one line, or characters that nobody sees.
    """
    if faults := name_faults(name):
        raise InputError(faults)


def name_faults(name: str) -> list[Fault]:
    """The same, as a fault beside others."""
    fault = name_fault(name)
    if not fault and len(name) > LONGEST:
        fault = f"A name has at most {LONGEST} characters."
    return [Fault(fault, field="name", remedy="Choose a name that people can read.")] if fault else []


def refuse_taken(name: str, institution: str = "") -> None:
    """Refuse a name that this institution, another counterpart or a client has.

    Raises:
        RefusedError: it is taken; `institution` itself may keep it.
    """
    if (other := taken_by(name, institution)) is not None:
        raise RefusedError(
            f"{printable(other)} is known here under that name, or under one that looks the same. Give this "
            "one another; for a counterpart, with --name: it is only for reading here."
        )


def taken_by(name: str, institution: str = "") -> str | None:
    """Who has a name already, this institution itself included; None: nobody else."""
    rows = [
        *Node.objects.values_list("institution", "name"),
        *Peer.objects.values_list("institution", "name"),
    ]
    wanted = folded(name)
    return next((each for id_, each in rows if id_ != institution and folded(each) == wanted), None)


def same_person(one: str | None, other: str | None) -> bool:
    """Whether two names given for people are one person's: written with other blanks or letters, they are."""
    return folded(one or "") == folded(other or "")
