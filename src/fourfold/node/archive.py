"""A backup as one file: a tar whose first member lists the others with their digests."""

import hashlib
import io
import json
import os
import re
import tarfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, BinaryIO, Literal

from pydantic import BaseModel, ConfigDict, Field

from fourfold.errors import Fault, InputError
from fourfold.exchange.faults import read_model
from fourfold.node.home import PRIVATE
from fourfold.records.instants import Instant

MANIFEST = "manifest.json"
_MOST_MANIFEST = 1 << 26
_CHUNK = 1 << 20
MEMBERS = frozenset(
    {
        "node.toml",
        "retention.yaml",
        "store.sqlite3",
        "store.dump",
        "keys/node.pem",
        "keys/institution.pem",
        "keys/factors",
    }
)
"""All that may stand in a backup beside the files of records; nothing else is ever unpacked."""
_FILE = re.compile("attachments/([0-9a-f]{2})/([0-9a-f]{64})")


class Member(BaseModel):
    """One file in a backup."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    size: int = Field(ge=0)
    digest: str = Field(pattern=r"^sha256:[0-9a-f]{64}$")


class Manifest(BaseModel):
    """What a backup says of itself: whose it is, when it was made, by which kind of store, and its files."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    type: Literal["fourfold-backup"] = "fourfold-backup"
    format: Literal[1] = 1
    institution: str
    name: str
    made: Instant
    store: str
    members: tuple[Member, ...]


@dataclass(frozen=True, slots=True)
class Source:
    """Who makes a backup, when, and of which kind of store."""

    institution: str
    name: str
    made: datetime
    store: str


def write_archive(file: Path, source: Source, members: Mapping[str, Path]) -> str:
    """Write a backup, whole or not at all; the digest of the file.

    Raises:
        InputError: the file exists, or cannot be written.
    """
    if file.exists():
        remedy = "Name another; a backup is never overwritten."
        raise InputError([Fault("This file exists.", str(file), remedy=remedy)])
    listed = tuple(_member(name, path) for name, path in members.items())
    manifest = Manifest(
        institution=source.institution,
        name=source.name,
        made=source.made,
        store=source.store,
        members=listed,
    )
    part = file.with_name(f"{file.name}.part")
    try:
        part.unlink(missing_ok=True)  # of a backup that was cut short
        _write(part, manifest, members)
        part.replace(file)
    except OSError as error:
        raise InputError([Fault(f"Cannot be written: {error.strerror}.", str(file))]) from error
    finally:
        part.unlink(missing_ok=True)
    return digest_of(file)


def read_manifest(file: Path) -> Manifest:
    """What a backup says of itself; its files are not looked at.

    Raises:
        InputError: it is no backup, or cannot be read.
    """
    with _opened(file) as archive:
        return _manifest(archive, file)


def read_archive(file: Path, folder: Path) -> Manifest:
    """Unpack a backup into an empty folder, once every file in it has the digest that the list gives.

    Raises:
        InputError: it is no backup, cannot be read, or was damaged.
    """
    with _opened(file) as archive:
        manifest = _manifest(archive, file)
        for member in manifest.members:
            _unpack(archive, member, folder, file)
    return manifest


def digest_of(file: Path) -> str:
    """The digest of a whole file."""
    with file.open("rb") as stream:
        return f"sha256:{hashlib.file_digest(stream, 'sha256').hexdigest()}"


@contextmanager
def _opened(file: Path) -> Iterator[tarfile.TarFile]:
    try:
        with tarfile.open(file, "r:") as archive:
            yield archive
    except (tarfile.TarError, OSError, EOFError) as error:
        remedy = "Take another copy of it."
        raise InputError(
            [Fault(f"This backup cannot be read: {error}.", str(file), remedy=remedy)]
        ) from error


def _member(name: str, path: Path) -> Member:
    return Member(name=name, size=path.stat().st_size, digest=digest_of(path))


def _write(part: Path, manifest: Manifest, members: Mapping[str, Path]) -> None:
    text = json.dumps(manifest.model_dump(mode="json"), indent=2).encode()
    part.touch(mode=PRIVATE, exist_ok=False)
    with tarfile.open(part, "w:") as archive:
        archive.addfile(_info(MANIFEST, len(text), manifest.made), io.BytesIO(text))
        for member in manifest.members:
            with members[member.name].open("rb") as stream:
                archive.addfile(_info(member.name, member.size, manifest.made), stream)
    with part.open("rb") as stream:
        _sync(stream)


def _info(name: str, size: int, made: datetime) -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.size, info.mode, info.mtime = size, PRIVATE, int(made.timestamp())
    return info


def _manifest(archive: tarfile.TarFile, file: Path) -> Manifest:
    stream = _next(archive, MANIFEST)
    if stream is None:
        raise InputError([Fault("This is no backup of a node.", str(file))])
    manifest = read_model(Manifest, stream.read(_MOST_MANIFEST), str(file))
    names = [member.name for member in manifest.members]
    if not all(map(_may_stand, manifest.members)) or len(names) != len(set(names)):
        raise InputError([Fault("This backup holds files that no backup holds.", str(file))])
    return manifest


def _may_stand(member: Member) -> bool:
    """Whether a backup may hold this: one of a few names, or a file of a record under its own digest."""
    found = _FILE.fullmatch(member.name)
    if found is None:
        return member.name in MEMBERS
    return found[2].startswith(found[1]) and member.digest == f"sha256:{found[2]}"


def _next(archive: tarfile.TarFile, name: str, size: int | None = None) -> IO[bytes] | None:
    """The next member, if it is a plain file of this name and size; a link is none."""
    info = archive.next()
    if info is None or not info.isreg() or info.name != name or size not in {None, info.size}:
        return None
    return archive.extractfile(info)


def _unpack(archive: tarfile.TarFile, member: Member, folder: Path, file: Path) -> None:
    stream = _next(archive, member.name, member.size)
    if stream is None:
        raise InputError([Fault(f"{member.name} is missing in this backup.", str(file))])
    target = folder / member.name
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    target.touch(mode=PRIVATE, exist_ok=False)
    hashed = hashlib.sha256()
    with target.open("wb") as out:
        while chunk := stream.read(_CHUNK):
            hashed.update(chunk)
            out.write(chunk)
        out.flush()
        _sync(out)
    if f"sha256:{hashed.hexdigest()}" != member.digest:
        raise InputError([Fault(f"{member.name} was changed or damaged in this backup.", str(file))])


def _sync(stream: BinaryIO) -> None:
    os.fsync(stream.fileno())
