"""django-allauth's views on pages of ours: its checks and steps, our forms and words."""

import math
from collections.abc import Mapping
from datetime import timedelta
from typing import Any, ClassVar

from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from fourfold.node import clock
from fourfold.node.security import HEADERS
from fourfold.node.signing_in import limits
from fourfold.node.signing_in.events import note_limited, note_refused
from fourfold.node.web.forms.boxes import NO_FAULTS, Box, Faults
from fourfold.node.web.views.page import page

TOO_MANY = 429
WITH_SCRIPT = HEADERS["Content-Security-Policy"] + "; script-src 'self'"
"""Only the pages on which a passkey is used have scripts: our own files, nothing within the page."""

_LIMITED = frozenset({"too_many_login_attempts", "rate_limited"})


class OurPage:
    """One of the library's views on a page of ours.

    `names` says in which box a fault is told that the library ties to no field of a form. A page that shows
    `options` for a passkey has scripts; no other has.
    """

    page_template: ClassVar[str]
    names: ClassVar[Mapping[str, str]] = {}
    request: HttpRequest

    def boxes(self, faults: Faults) -> list[Box]:
        """What is asked."""
        del faults
        return []

    def shown(self, context: Mapping[str, Any]) -> Mapping[str, Any]:
        """What else the page shows."""
        del context
        return {}

    def counted(self) -> str:
        """Under which key tries on this page are counted."""
        return ""

    def render_to_response(self, context: Mapping[str, Any], **_more: object) -> HttpResponse:
        """The page, with what was wrong; after too many tries, with when the next one is let."""
        wait = self._wait(context.get("form"))
        faults = self._too_many(wait) if wait else self._faults(context.get("form"))
        boxes = self.boxes(faults)
        shown = {**self.shown(context), "boxes": boxes, "wrong": faults.summary(boxes)}
        answer = page(self.request, self.page_template, shown, TOO_MANY if wait else 200)
        if wait:
            answer["Retry-After"] = str(math.ceil(wait.total_seconds()))
        if shown.get("options"):
            answer["Content-Security-Policy"] = WITH_SCRIPT
        return answer

    def note_wrong(self, form: BaseForm, account: Any, what: str) -> None:
        """Note a refused try."""
        if _LIMITED & _codes(form):
            note_limited(self.request, self.counted(), account, what)
        else:
            note_refused(account, what)

    def _wait(self, form: BaseForm | None) -> timedelta:
        codes = _codes(form)
        if not _LIMITED & codes:
            return timedelta()
        return max(limits.SHORTEST, limits.wait_for(self.request, self.counted()))

    @staticmethod
    def _too_many(wait: timedelta) -> Faults:
        return Faults((("", too_many(wait)),))

    def _faults(self, form: BaseForm | None) -> Faults:
        if form is None or not form.is_bound:
            return NO_FAULTS
        return Faults(
            tuple(
                (self.names.get(field, field), _words(error.code, error.messages))
                for field, errors in form.errors.as_data().items()
                for error in errors
            )
        )


def too_many(wait: timedelta) -> str:
    """What whoever tried too often is told."""
    minutes = math.ceil(wait.total_seconds() / 60)
    told = ngettext(
        "There were too many tries. Try again in one minute, at %(at)s UTC.",
        "There were too many tries. Try again in %(minutes)d minutes, at %(at)s UTC.",
        minutes,
    )
    return told % {"minutes": minutes, "at": f"{clock.now() + wait:%H:%M:%S}"}


def _codes(form: BaseForm | None) -> set[str]:
    if form is None or not form.is_bound:
        return set()
    return {error.code for errors in form.errors.as_data().values() for error in errors}


def _words(code: str | None, messages: list[str]) -> str:
    return _("Nothing was typed.") if code == "required" else " ".join(messages)
