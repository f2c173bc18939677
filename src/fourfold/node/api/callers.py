"""Who asks the API: an account, by a token; and whether its roles let it."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

from django.http import HttpRequest
from ninja.security import HttpBearer

from fourfold.errors import RefusedError
from fourfold.node import clock
from fourfold.node.models import ApiToken, roles_of
from fourfold.node.models.reading import Reader, reading_as
from fourfold.node.readers import reader_of
from fourfold.node.roles import Act, Role, acts_of
from fourfold.node.tokens import token_digest


@dataclass(frozen=True, slots=True)
class Caller:
    """An account that proved itself by a token, and what it may do."""

    name: str
    roles: frozenset[Role]
    reader: Reader

    @property
    def acts(self) -> frozenset[Act]:
        """All that its roles let it do."""
        return acts_of(self.roles)


def _caller(account: Any) -> Caller:
    """RED is for the eyes of those who are named, and goes to no program."""
    return Caller(account.get_username(), roles_of(account), reader_of(account).without_red())


class ForbiddenError(RefusedError):
    """No role of the caller's lets it do this."""


class OtherRequestError(RefusedError):
    """The key by which it asks was used for another request."""


class TokenAuth(HttpBearer):
    """A token of an account, as a bearer token (RFC 6750)."""

    openapi_description = "A token of an account: fourfold account token NAME --for PURPOSE"

    def authenticate(self, request: HttpRequest, token: str) -> Caller | None:
        """The caller behind a token; None: nobody, or one whose time is over."""
        del request  # the token says all
        rows = ApiToken.objects.filter(
            digest=token_digest(token),
            revoked=None,
            expires__gt=clock.now(),
            account__is_active=True,
        )
        row = rows.select_related("account").first()
        return None if row is None else _caller(row.account)


def needs(act: Act) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Let an operation run only for a caller whose roles include an act; asked before the store is."""

    def decorate(operation: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(operation)
        def asked(request: HttpRequest, *args: Any, **given: Any) -> Any:
            ask_for(request, act)
            with reading_as(request.auth.reader):
                return operation(request, *args, **given)

        asked.needs = act
        return asked

    return decorate


def ask_for(request: HttpRequest, act: Act) -> None:
    """Ask for what a part of a body would do beside: whoever may do the one may not always do the other.

    Raises:
        ForbiddenError: no role of the caller's lets it.
    """
    if act not in request.auth.acts:
        raise ForbiddenError(f"This needs a role that may {act.value}; ask your operator.")
