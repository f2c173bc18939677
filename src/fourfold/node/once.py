"""Doing something once, however often it is asked for: a form that is sent twice, a call that is repeated.

Who asks brings a key that only this act has. It is used up in the very transaction of what is done by it, at
its first write: of two requests at once the second waits for the first, as every writer does, finds the key
used, and does nothing. The store's own uniqueness stands behind that.
"""

import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.db import connection, transaction

from fourfold.canon import digest, digest_bytes
from fourfold.errors import Fault, InputError
from fourfold.node import clock
from fourfold.node.models import OneTimeKey

KEPT = timedelta(hours=24)
"""How long a key is remembered: longer than any session, and so than any form."""

MOST = 100_000
"""The most keys of one account that are remembered; beyond, the oldest are forgotten before their time."""

PATIENCE = 5.0
"""The seconds that a request waits for the answer of another with the same key."""

_PAUSE = 0.05
_COUNTED = 1_000
"""How many keys come between two counts."""

_WRITES = ("INSERT", "UPDATE", "DELETE")


class DoneBeforeError(Exception):
    """The key was used already; what was begun by it is rolled back.

    Not one of ours (`FourfoldError`): no page may take it for a refusal, and show it.
    """


@dataclass(slots=True)
class Attempt:
    """One request to act by a key; `used` once it has written something."""

    key: str
    account: str
    body: str
    used: bool = False
    lasting: bool = False
    id: str = field(default_factory=lambda: secrets.token_hex(16))


def attempt(account: str, key: str, body: bytes) -> Attempt:
    """A request of an account to act by a key, with all that it asks; a key of another account is another."""
    return Attempt(digest([account, key]), account, digest_bytes(body))


def earlier(this: Attempt) -> OneTimeKey | None:
    """What the key was used for; None: it was not."""
    return OneTimeKey.objects.filter(key=this.key, created__gte=clock.now() - KEPT).first()


def settled(this: Attempt) -> OneTimeKey | None:
    """The same, once the request that used the key has ended; or as it stands when patience ends."""
    until = time.monotonic() + PATIENCE
    while True:
        row = earlier(this)
        if row is None or row.answer is not None or time.monotonic() > until:
            return row
        time.sleep(_PAUSE)


@contextmanager
def acting(this: Attempt) -> Iterator[None]:
    """Use the key at the first write of each transaction within.

    Raises:
        DoneBeforeError: it was used already; nothing is done.
    """
    with _at_each_write(lambda: _use(this)):
        yield


@contextmanager
def holding(fault: str) -> Iterator[None]:
    """Let nothing within write: it is only to show what was typed, and that nothing was done.

    Raises:
        InputError: something would have been written.
    """

    def refuse() -> None:
        raise InputError([Fault(fault)])

    with _at_each_write(refuse):
        yield


def finish(this: Attempt, answer: dict[str, Any] | None) -> None:
    """Remember where what was made can be looked at; None: nothing was made, so that the key counts again."""
    if not this.used:
        return
    ours = OneTimeKey.objects.filter(key=this.key, attempt=this.id)
    if answer is None:
        ours.delete()
    else:
        ours.update(answer=answer)


@contextmanager
def _at_each_write(act: Callable[[], None]) -> Iterator[None]:
    busy = False

    def watched(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:  # noqa: FBT001  Django's signature
        nonlocal busy
        if not busy and sql.lstrip()[:6].upper() in _WRITES:
            busy = True
            try:
                act()
            finally:
                busy = False
        return execute(sql, params, many, context)

    with connection.execute_wrapper(watched):
        yield


def _use(this: Attempt) -> None:
    """Use the key, unless this request did: its transaction may have been rolled back since."""
    if this.lasting:
        return
    with transaction.atomic():  # where nothing began a transaction, this waits for its turn to write
        found = earlier(this)
        if found is None:
            _remember(this)
        elif found.attempt != this.id:
            raise DoneBeforeError
        transaction.on_commit(lambda: setattr(this, "lasting", True))
    this.used = True


def _remember(this: Attempt) -> None:
    OneTimeKey.objects.filter(created__lt=clock.now() - KEPT).delete()
    row = OneTimeKey.objects.create(
        key=this.key, account=this.account, body=this.body, attempt=this.id, created=clock.now()
    )
    if row.pk % _COUNTED == 0:
        kept = OneTimeKey.objects.filter(account=this.account).order_by("-created", "-pk")
        OneTimeKey.objects.filter(pk__in=list(kept.values_list("pk", flat=True)[MOST:])).delete()
