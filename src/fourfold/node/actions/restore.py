"""Restoring a node from a backup into a new folder; it goes on in new epochs of its logs."""

from contextlib import nullcontext
from datetime import datetime
from pathlib import Path

from fourfold.errors import Fault, InputError
from fourfold.node.archive import Manifest, digest_of, read_archive, read_manifest
from fourfold.node.boot import boot, migrate
from fourfold.node.database import SCHEME, address_faults
from fourfold.node.home import Home, write_database
from fourfold.node.postgresql.claiming import claimed
from fourfold.node.scratch import scratch


def restore(file: Path, path: Path, actor: str, digest: str | None = None, *, database: str = "") -> Manifest:
    """Restore a backup into a folder that does not exist yet, whole or not at all.

    The store comes into a file in the folder, or into the empty PostgreSQL database at the address
    `database`; never into the one that the backup's settings name, which may still be in use. A store of
    PostgreSQL needs one; that of SQLite may be moved into one.

    Every log is closed until its counterpart was asked what it last countersigned: the next sync does that.
    `digest` is that of the file, as the backup printed it.

    Raises:
        InputError: the folder exists, or the file is no backup, another one, or damaged; or no database was
            named where one is needed.
        RefusedError: the database is not empty, or PostgreSQL's programs are not here, or fail.
    """
    _check(file, path, digest, database)
    with scratch(path.parent, f"{path.name}.", ".restoring") as coming:
        manifest = read_archive(file, coming)
        write_database(Home(coming), database)
        with claimed(database) if database else nullcontext():
            _prepare(coming, manifest, actor)
        coming.rename(path)
    return manifest


def _check(file: Path, path: Path, digest: str | None, database: str) -> None:
    """Look at all that can be known to be wrong before anything is unpacked."""
    faults = [
        Fault(each.message, field="--database", remedy=each.remedy) for each in address_faults(database)
    ]
    if path.exists():
        remedy = "Name a new folder; move the old one away first, and never run both."
        faults.append(Fault("This folder exists.", str(path), remedy=remedy))
    if not file.is_file():
        faults.append(Fault("There is no such file.", str(file)))
    elif digest is not None and digest_of(file) != digest:
        faults.append(Fault("This backup is another file than the one with that digest.", str(file)))
    elif read_manifest(file).store == "postgresql" and not database:
        remedy = f"Make an empty one, never the old one, and name it: --database {SCHEME}/NAME"
        faults.append(Fault("This backup is of a store in a PostgreSQL database.", str(file), remedy=remedy))
    if faults:
        raise InputError(faults)


def _prepare(folder: Path, manifest: Manifest, actor: str) -> None:
    """Bring the store to the present form, and close its logs, before anybody can use it."""
    boot(folder)
    from django.db import connections

    from fourfold.node.snapshots import snapshot_of

    snapshot = snapshot_of(manifest.store)
    try:
        snapshot.restore(folder / snapshot.member, Home(folder))
        migrate()
        _close_logs(manifest.made, actor)
    finally:
        connections.close_all()


def _close_logs(made: datetime, actor: str) -> None:
    from django.db import transaction

    from fourfold.node import clock, trail
    from fourfold.node.models import Node, Peer, Tag

    own = Node.objects.get()
    with transaction.atomic():
        Peer.objects.update(epoch_due=True)
        reason = f"of {made:%Y-%m-%d %H:%M:%S}"
        trail.note(Tag.NODE_RESTORED, clock.now(), subject=own.institution, reason=reason, actor=actor)
