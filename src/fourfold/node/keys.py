"""The node's keys: opened when they are needed, with a passphrase from a file or from a person.

FOURFOLD_PASSPHRASE_FILE names a file with the passphrase of the node key,
FOURFOLD_INSTITUTION_PASSPHRASE_FILE one with that of the institution key, which only agreements, joining and
delegating open.
"""

import getpass
import os
import sys
from functools import lru_cache
from pathlib import Path

from django.conf import settings

from fourfold.errors import Fault, InputError, RefusedError
from fourfold.node.home import write_private
from fourfold.records.signing import Signer

NODE_PASSPHRASE = "FOURFOLD_PASSPHRASE_FILE"  # noqa: S105  the name of a variable, not a secret
INSTITUTION_PASSPHRASE = "FOURFOLD_INSTITUTION_PASSPHRASE_FILE"  # noqa: S105  the same reason as above
SHORTEST = 12


def node_signer() -> Signer:
    """The node key, for releases, receipts, logs and requests."""
    return _open(settings.HOME.node_key, NODE_PASSPHRASE, "node key")


def institution_signer() -> Signer:
    """The institution key, for agreements, invitations and delegations."""
    return _open(settings.HOME.institution_key, INSTITUTION_PASSPHRASE, "institution key")


def passphrase(variable: str, name: str, *, new: bool = False) -> bytes:
    """The passphrase of a key: from the file that the variable names, or asked for at a terminal.

    Raises:
        InputError: the file cannot be read, or a new passphrase is too short or was not typed twice alike.
        RefusedError: there is neither a file nor a terminal.
    """
    given = _from_file(variable) if os.environ.get(variable) else _from_person(variable, name, new=new)
    if new and len(given) < SHORTEST:
        raise InputError([Fault(f"The passphrase of the {name} needs at least {SHORTEST} characters.")])
    return given


def write_key(file: Path, signer: Signer, secret: bytes) -> None:
    """Write a key as an encrypted file that only its owner may read."""
    write_private(file, signer.to_pem(secret))


def _open(file: Path, variable: str, name: str) -> Signer:
    """The key in a file, opened once; a file that was renewed meanwhile is opened again."""
    try:
        stamp = file.stat()
        return _opened(file, stamp.st_ino, stamp.st_mtime_ns, variable, name)
    except OSError as error:
        remedy = "Bring the key file to this machine for this command, then take it away again."
        raise InputError(
            [Fault(f"The {name} cannot be read: {error.strerror}.", str(file), remedy=remedy)]
        ) from error


@lru_cache(maxsize=8)
def _opened(file: Path, _inode: int, _written: int, variable: str, name: str) -> Signer:
    return Signer.from_pem(file.read_bytes(), passphrase(variable, name))


def _from_file(variable: str) -> bytes:
    file = Path(os.environ[variable])
    try:
        return file.read_bytes().rstrip(b"\r\n")
    except OSError as error:
        raise InputError(
            [Fault(f"The passphrase file in {variable} cannot be read: {error.strerror}.", str(file))]
        ) from error


def _from_person(variable: str, name: str, *, new: bool) -> bytes:
    if not sys.stdin.isatty():
        raise RefusedError(f"The passphrase of the {name} is needed: set {variable}, or use a terminal.")
    first = getpass.getpass(f"Passphrase of the {name}: ").encode()
    if new and getpass.getpass("The same again: ").encode() != first:
        raise InputError([Fault("The two passphrases differ.")])
    return first
