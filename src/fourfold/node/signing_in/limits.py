"""When somebody who tried too often may try again.

Tries are counted by django-allauth in the store, for each account name and for each address; a name that
nobody has is counted like any other.
"""

import math
from datetime import timedelta
from typing import Any

from allauth.core.internal import ratelimit
from django.core.cache import cache
from django.http import HttpRequest
from django.utils.crypto import salted_hmac

from fourfold.node import clock

_COUNTED = {"app": "allauth.account", "action": "login_failed"}
SHORTEST = timedelta(seconds=1)


def name_key(username: str) -> str:
    """Under which tries by password are counted.

    The host of a request is no part of it: who asks sets it. Keyed, as people type passwords where names
    belong, and a plain hash of a password could be searched.
    """
    return salted_hmac("fourfold.sign-in", username.strip().lower(), algorithm="sha256").hexdigest()


def factor_key(account: Any) -> str:
    """Under which tries by code or passkey are counted."""
    return f"mfa-auth-user-{account.pk}"


def wait_for(request: HttpRequest, key: str) -> timedelta:
    """How long whoever asks has to wait before the next try under this key; nothing where none is needed."""
    return max((_wait(rate, request, key) for rate in _rates()), default=timedelta())


def wait_of_account(account: Any) -> timedelta:
    """How long nobody can sign in to an account, from whatever address."""
    keys = (name_key(account.get_username()), factor_key(account))
    waits = (_wait(rate, None, key) for rate in _rates() if rate.per == "key" for key in keys)
    return max(waits, default=timedelta())


def forget(account: Any) -> None:
    """Forget the tries that were counted against an account; those of addresses stay."""
    for rate in _rates():
        if rate.per == "key":
            for key in (name_key(account.get_username()), factor_key(account)):
                cache.delete(_cache_key(rate, None, key))


def first_of(request: HttpRequest, key: str, wait: timedelta) -> bool:
    """Whether this refusal is the first of its spell: only that is noted, or the trail could be filled."""
    full = max(_rates(), key=lambda rate: _wait(rate, request, key))
    return cache.add(
        f"noted:{_cache_key(full, request, key)}", 1, timeout=max(1, math.ceil(wait.total_seconds()))
    )


def _rates() -> list[ratelimit.Rate]:
    return ratelimit.get_rates(**_COUNTED)


def _cache_key(rate: ratelimit.Rate, request: HttpRequest | None, key: str) -> str:
    return ratelimit.get_cache_key(request, **_COUNTED, rate=rate, key=key)


def _wait(rate: ratelimit.Rate, request: HttpRequest | None, key: str) -> timedelta:
    """Tries are kept from the newest to the oldest; a new one is let once the oldest is too old to count."""
    tries = cache.get(_cache_key(rate, request, key), [])
    if len(tries) < rate.amount:
        return timedelta()
    left = tries[-1] + rate.duration - clock.now().timestamp()
    return timedelta(seconds=max(0.0, left))
