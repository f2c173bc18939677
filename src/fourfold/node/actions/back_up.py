"""Backing a node up into one file, while it runs."""

from pathlib import Path

from django.conf import settings

from fourfold.errors import Fault, InputError
from fourfold.node import clock, trail
from fourfold.node.archive import Source, write_archive
from fourfold.node.files import place
from fourfold.node.models import File, Node, Tag
from fourfold.node.operating.vitals import note_backup
from fourfold.node.scratch import scratch
from fourfold.node.snapshots import kind_in_use, snapshot_of


def back_up(file: Path, actor: str, *, institution_key: bool = False) -> str:
    """Write a backup, with the institution key only if that is asked for; the digest of the file.

    It has the store, the settings, the encrypted node key, the key of second factors and the files of
    records. The store is copied as
    it is at one moment, in clear: only its owner may read the file. The trail notes the backup before it is
    made, so that the copy tells of itself.

    Raises:
        InputError: the file exists, cannot be written, or the institution key is not here.
        RefusedError: this kind of store is not backed up by this command, or PostgreSQL's programs are not
            here, or fail.
    """
    home, snapshot = settings.HOME, snapshot_of(kind_in_use())
    members = {"node.toml": home.config_file, "keys/node.pem": home.node_key}
    if institution_key:
        members["keys/institution.pem"] = home.institution_key
    _all_here(file, members)
    where_made = {"retention.yaml": home.retention_file, "keys/factors": home.factors_file}
    members |= {name: path for name, path in where_made.items() if path.exists()}
    now, own = clock.now(), Node.objects.get()
    trail.note(Tag.NODE_BACKED_UP, now, subject=own.institution, actor=actor)
    with scratch(home.path, "backup-") as folder:
        copy = folder / snapshot.member
        snapshot.write(home, copy)
        source = Source(own.institution, own.name, now, kind_in_use())
        digest = write_archive(file, source, {**members, snapshot.member: copy, **_files()})
    note_backup(now)
    return digest


def _files() -> dict[str, Path]:
    """The files of records, asked for after the store was copied: what is destroyed meanwhile stays away."""
    kept = (place(digest) for digest in File.objects.filter(destroyed=None).values_list("pk", flat=True))
    return {str(path.relative_to(settings.HOME.path)): path for path in kept if path.is_file()}


def _all_here(file: Path, members: dict[str, Path]) -> None:
    faults = [Fault("This file is not here.", str(path)) for path in members.values() if not path.is_file()]
    if file.exists():
        faults.append(Fault("This file exists.", str(file), remedy="Name another; none is overwritten."))
    if faults:
        raise InputError(faults)
