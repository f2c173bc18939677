"""Where an account is signed in."""

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

from allauth.usersessions.models import UserSession
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.models import Session

from fourfold.node import clock
from fourfold.node.models import Counter as Tally


def sessions_of(account: Any) -> list[UserSession]:
    """The sessions of an account that still count, the newest first."""
    return sorted(UserSession.objects.purge_and_list(account), key=lambda each: each.created_at, reverse=True)


def end(sessions: Iterable[UserSession]) -> int:
    """End these sessions at once; how many there were."""
    found = list(sessions)
    for each in found:
        each.end()
    return len(found)


def end_all(account: Any) -> int:
    """End every session of an account, those begun before sessions were listed too; how many there were."""
    ours = [key for key, owner in _owners() if owner == str(account.pk)]
    Session.objects.filter(pk__in=ours).delete()
    UserSession.objects.filter(user=account).delete()
    return len(ours)


def sweep() -> None:
    """Destroy what has expired: sessions, also of those who never signed in, and what was counted."""
    now = clock.now()
    Session.objects.filter(expire_date__lt=now).delete()
    UserSession.objects.exclude(session_key__in=Session.objects.values("session_key")).delete()
    Tally.objects.filter(expires__lt=now).delete()


def counted() -> Counter[str]:
    """How many sessions each account has, by the number of the account as text."""
    return Counter(owner for _key, owner in _owners())


def _owners() -> Iterator[tuple[str, str]]:
    """The sessions that somebody is signed in by, each with the number of the account."""
    for row in Session.objects.filter(expire_date__gt=clock.now()).iterator():
        if owner := row.get_decoded().get(SESSION_KEY):
            yield row.pk, owner
