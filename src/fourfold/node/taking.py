"""Files that people take from the node by page: each bears its marking; nothing RED goes into one."""

from fourfold.errors import NotFoundError
from fourfold.node import clock, trail
from fourfold.node.compartments import content_of
from fourfold.node.models import Peer, Tag
from fourfold.node.models.reading import Reader, reader
from fourfold.records.markings import Tlp
from fourfold.release import Compartment


def marking_line(what: Compartment) -> str:
    """How a file says how it is marked."""
    return " ".join([f"TLP:{what.tlp}", *sorted(what.caveats)])


def disposition(name: str, ending: str, what: Compartment) -> dict[str, str]:
    """The header of a file to take away, which bears its marking in its name."""
    marked = marking_line(what).replace(":", "-").replace(" ", "-")
    return {"Content-Disposition": f'attachment; filename="{name}-{marked}.{ending}"'}


def for_file(number: int) -> Compartment:
    """Where something belongs that is to become a file.

    Raises:
        NotFoundError: it is RED, or nobody knows how it is marked.
    """
    what = content_of(number)
    if what is None or (reader() is not None and what.tlp == Tlp.RED):
        raise NotFoundError("What is RED is read, and not taken away as a file.")
    return what


def without_red() -> Reader | None:
    """Whoever reads now, where a file is made."""
    now = reader()
    return now and now.without_red()


def note_taken(actor: str, subject: str, peer: Peer | None = None) -> None:
    """Note who took what: its id, no content."""
    trail.note(Tag.FILE_TAKEN, clock.now(), peer=peer, subject=subject, actor=actor)
