"""What the pages of proposals and joint records share: finding one, and saying what became of a step."""

from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from fourfold.errors import Fault, FourfoldError, InputError
from fourfold.node import clock
from fourfold.node.courses import Matter, Opening
from fourfold.node.models import WaitingStep
from fourfold.node.queries import courses as queries
from fourfold.node.web.forms.boxes import NO_FAULTS, Faults
from fourfold.node.web.queries.course import matter_of
from fourfold.node.web.views.page import crumbs
from fourfold.node.web.views.told import tell


def matter_at(digest: str) -> Matter:
    """Where the proposal or joint record of this address stands.

    Raises:
        Http404: there is none.
    """
    matter = matter_of(digest, clock.now())
    if matter is None:
        raise Http404
    return matter


def tried(
    request: HttpRequest, act: Callable[[], Opening], done: str | Promise
) -> tuple[HttpResponse | None, Faults]:
    """Take a step: on success the page to go to; else all that was wrong, nothing done."""
    try:
        row = act()
    except InputError as error:
        return None, Faults.of(error.faults)
    except FourfoldError as error:
        return None, Faults.of([Fault(str(error))])
    if isinstance(row, WaitingStep):
        done = gettext("Kept, and not on its way: it leaves once another person has approved it, below.")
    tell(request, "success", str(done))
    return redirect("course", row.opening), NO_FAULTS


def not_now(request: HttpRequest, matter: Matter) -> HttpResponse:
    """Back to where it stands, for whoever asked for something that is not possible now."""
    tell(request, "error", gettext("This is not possible now. Below is where it stands, and what is."))
    return redirect("course", matter.row.digest)


def steps_to(matter: Matter, here: Any) -> list[dict[str, Any]]:
    """Where the reader is, on a page below that of a proposal or a joint record."""
    first, last = crumbs(("together", _("Working together")), ("", here))
    middle = {"url": reverse("course", args=[matter.row.digest]), "title": queries.title_of(matter)}
    return [first, middle, last]
