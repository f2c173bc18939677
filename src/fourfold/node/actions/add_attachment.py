"""Keeping a file, so that records can name it."""

import mimetypes
from pathlib import Path
from typing import BinaryIO

from fourfold.canon import name_fault
from fourfold.errors import Fault, InputError
from fourfold.node import clock, files, trail
from fourfold.node.models import Tag
from fourfold.records.attachments import Attachment

UNTOLD = "application/octet-stream"


def add_attachment(source: BinaryIO, name: str, media_type: str | None, actor: str) -> Attachment:
    """Keep a file, and say how a record names it; the same bytes again are kept once.

    Raises:
        InputError: the name or the media type is none.
    """
    if fault := name_fault(Path(name).name):
        raise InputError([Fault(fault, field="name", remedy="Give the file another name.")])
    now = clock.now()
    kept = files.take(source, now)
    trail.note(Tag.ATTACHMENT_ADDED, now, subject=kept.digest, actor=actor)
    guessed = media_type or mimetypes.guess_type(name)[0] or UNTOLD
    return Attachment(name=Path(name).name, media_type=guessed.lower(), size=kept.size, digest=kept.digest)
