"""Which activity a page of an assessment is about, and with whom."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from fourfold.errors import Fault, FourfoldError, InputError
from fourfold.node.answering import OwnPart, own_parts
from fourfold.node.models import JointAssessment, Peer
from fourfold.node.web.forms.boxes import Faults
from fourfold.node.web.queries.deciding import framework
from fourfold.node.web.queries.sources import chosen, counterparts
from fourfold.node.web.views.page import crumbs


@dataclass(frozen=True, slots=True)
class Place:
    """Which activity is assessed with whom, and what stands of it in the store."""

    activity: str
    title: str
    peer: Peer
    row: JointAssessment | None

    @property
    def parts(self) -> dict[str, OwnPart]:
        """Our answers, by part."""
        return {part.name: part for part in own_parts(self.row)} if self.row else {}

    def url(self, name: str, part: str = "") -> str:
        """The address of a page about it."""
        asked = {"with": self.peer.institution} | ({"part": part} if part else {})
        return f"{reverse(name, args=[self.activity])}?{urlencode(asked)}"

    def to(self, name: str, part: str = "") -> HttpResponseRedirect:
        """To another page about it."""
        return HttpResponseRedirect(self.url(name, part))

    def crumbs(self, *steps: tuple[str, str]) -> list[dict[str, Any]]:
        """From the matrix to this page: each step an address and a title."""
        (matrix,) = crumbs(("matrix", _("Matrix")))
        before = [("activity", _(self.title)), ("answers", _("Our answers"))]
        links = [{"url": self.url(name), "title": title} for name, title in before]
        own = [{"url": url, "title": title} for url, title in steps]
        return [matrix, *(links if own else [links[0], {"url": "", "title": _("Our answers")}]), *own]


def place_of(request: HttpRequest, activity: str) -> Place | None:
    """Which activity and counterpart a page is about; None where there is no counterpart yet.

    Raises:
        Http404: no such activity, or no such counterpart.
    """
    known, asked = framework().activities.get(activity), request.GET.get("with", "")
    peers = counterparts()
    if known is None or (asked and chosen(peers, asked) is None):
        raise Http404
    peer = chosen(peers, asked)
    if peer is None:
        return None
    row = JointAssessment.readable.filter(peer=peer, activity=activity).first()
    return Place(activity, known.title, peer, row)


def known_place(request: HttpRequest, activity: str) -> Place:
    """The same, where there has to be a counterpart.

    Raises:
        Http404: no such activity or counterpart, or no counterpart at all.
    """
    place = place_of(request, activity)
    if place is None:
        raise Http404
    return place


def faults_of(error: FourfoldError) -> Faults:
    """What an action refused, for the summary of a form."""
    return Faults.of(error.faults if isinstance(error, InputError) else [Fault(str(error))])
