"""Exporting evidence: files that anybody can check with `fourfold verify`, years later."""

from pathlib import Path

from fourfold.errors import Fault, InputError
from fourfold.exchange.evidence import write_evidence
from fourfold.node import clock, trail
from fourfold.node.evidencing import pieces
from fourfold.node.home import write_private
from fourfold.node.models import Peer, Tag


def export_evidence(peer: Peer, folder: Path, actor: str) -> tuple[str, ...]:
    """Write all evidence of what was exchanged with a counterpart; the names of the files.

    The files hold what was exchanged, so only their owner may read them.

    Raises:
        InputError: the folder cannot be written.
    """
    names = []
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        for name, item in pieces(peer):
            write_private(folder / name, write_evidence(item))
            names.append(name)
    except OSError as error:
        raise InputError([Fault(f"Cannot be written: {error.strerror}.", str(folder))]) from error
    trail.note(Tag.EVIDENCE_EXPORTED, clock.now(), peer=peer, actor=actor)
    return tuple(names)
