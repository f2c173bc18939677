"""Keeping a file, so that records can name it."""

import mimetypes
from pathlib import Path
from typing import BinaryIO

from pydantic import ValidationError

from fourfold.canon import digest_bytes, name_fault, shown
from fourfold.errors import Fault, InputError
from fourfold.node import clock, files, trail
from fourfold.node.models import Tag
from fourfold.records.attachments import Attachment

UNTOLD = "application/octet-stream"


def add_attachment(source: BinaryIO, name: str, media_type: str | None, actor: str) -> Attachment:
    """Keep a file, and say how a record names it; the same bytes again are kept once.

    Raises:
        InputError: the name or the media type is none; nothing is kept then.
    """
    if fault := name_fault(Path(name).name):
        raise InputError([Fault(fault, field="name", remedy="Give the file another name.")])
    now = clock.now()
    empty = named(name, media_type)
    kept = files.take(source, now)
    trail.note(Tag.ATTACHMENT_ADDED, now, subject=kept.digest, actor=actor)
    return empty.model_copy(update={"size": kept.size, "digest": kept.digest})


def named(name: str, media_type: str | None = None) -> Attachment:
    """How a record will name a file, before any of it is kept.

    Raises:
        InputError: the name or the media type is none.
    """
    guessed = media_type or mimetypes.guess_type(name)[0] or UNTOLD
    try:
        return Attachment(name=Path(name).name, media_type=guessed.lower(), size=0, digest=digest_bytes(b""))
    except ValidationError as error:
        remedies = {
            "name": "Give the file another name: at most 200 characters, no backslash, nothing invisible.",
            "media_type": "Write it as text/plain.",
        }
        faults = [
            Fault(f"{shown(name)} cannot be kept as it is named.", field=field, remedy=remedies[field])
            for field in dict.fromkeys(str(each["loc"][0]) for each in error.errors())
        ]
        raise InputError(faults) from error
