"""Why signing in by the institution's provider came to nothing, for its operator: in a closed set of words.

What a provider or a browser sent is never repeated: of what was raised, only the class is told.
"""

from collections.abc import Iterator, Mapping

from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from httpx import HTTPError

NOT_LINKED = "not linked"
NOT_BEGUN = "not begun here"

_SAID: Mapping[str, str] = {
    each: each.replace("_", " ")
    for each in (
        "access_denied",
        "invalid_request",
        "invalid_scope",
        "server_error",
        "temporarily_unavailable",
        "unauthorized_client",
        "unsupported_response_type",
        "account_selection_required",
        "consent_required",
        "interaction_required",
        "login_required",
        "request_not_supported",
    )
}
"""What a provider may answer (RFC 6749, 4.1.2.1; OpenID Connect Core 1.0, 3.1.2.6)."""


class ProviderError(OAuth2Error):
    """The provider did not answer as it should; the message is one of our own phrases."""


class UnfitError(ValueError):
    """A token is not for this node, or not for this try; the message is one of our own phrases."""


def why(error: BaseException | None, said: str = "") -> str:
    """Why it came to nothing: our own phrase, and the class of what stands behind it."""
    if error is None:
        return f"the provider says {_SAID.get(said, 'something unknown')}" if said else NOT_BEGUN
    found = list(_behind(error))
    phrase = next((str(each) for each in found if isinstance(each, ProviderError)), "no token")
    cause = found[-1] if isinstance(found[-1], UnfitError) else _first_foreign(found)
    if cause is None:
        return phrase
    return f"{phrase}: {cause}" if isinstance(cause, UnfitError) else f"{phrase} ({_name(cause)})"


def _first_foreign(found: list[BaseException]) -> BaseException | None:
    return next((each for each in found if not isinstance(each, OAuth2Error)), None)


def _name(error: BaseException) -> str:
    """The class; of an answer with a status also that."""
    answer = getattr(error, "response", None) if isinstance(error, HTTPError) else None
    return type(error).__name__ + (f" {answer.status_code}" if answer is not None else "")


def _behind(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__
