"""Restoring a node from a backup into a new folder; it goes on in new epochs of its logs."""

import secrets
import shutil
from datetime import datetime
from pathlib import Path

from fourfold.errors import Fault, InputError
from fourfold.node.archive import Manifest, digest_of, read_archive
from fourfold.node.boot import boot, migrate
from fourfold.node.home import Home


def restore(file: Path, path: Path, actor: str, digest: str | None = None) -> Manifest:
    """Restore a backup into a folder that does not exist yet, whole or not at all.

    Every log is closed until its counterpart was asked what it last countersigned: the next sync does that.
    `digest` is that of the file, as the backup printed it.

    Raises:
        InputError: the folder exists, or the file is no backup, another one, or damaged.
        RefusedError: its kind of store cannot be restored by this command.
    """
    if path.exists():
        remedy = "Name a new folder; move the old one away first, and never run both."
        raise InputError([Fault("This folder exists.", str(path), remedy=remedy)])
    if digest is not None and digest_of(_readable(file)) != digest:
        raise InputError([Fault("This backup is another file than the one with that digest.", str(file))])
    coming = path.with_name(f"{path.name}.{secrets.token_hex(4)}.restoring")
    try:
        coming.mkdir(parents=True, mode=0o700)
        manifest = read_archive(file, coming)
        _prepare(coming, manifest, actor)
        coming.rename(path)
    finally:
        shutil.rmtree(coming, ignore_errors=True)
    return manifest


def _readable(file: Path) -> Path:
    if not file.is_file():
        raise InputError([Fault("There is no such file.", str(file))])
    return file


def _prepare(folder: Path, manifest: Manifest, actor: str) -> None:
    """Bring the store to the present form, and close its logs, before anybody can use it."""
    boot(folder)
    from django.db import connections

    from fourfold.node.snapshots import snapshot_of

    snapshot = snapshot_of(manifest.store)
    snapshot.restore(folder / snapshot.member, Home(folder))
    migrate()
    _close_logs(manifest.made, actor)
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
