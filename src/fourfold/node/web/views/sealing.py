"""Sealing and revealing our answers by page."""

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from fourfold.errors import FourfoldError
from fourfold.node.actions.reveal import reveal_assessment
from fourfold.node.actions.seal import seal_assessment
from fourfold.node.models import JointAssessment, Peer
from fourfold.node.roles import Act
from fourfold.node.security import needs
from fourfold.node.web.forms.boxes import NO_FAULTS
from fourfold.node.web.queries.answering import answers_view
from fourfold.node.web.queries.sealing import sealing_view
from fourfold.node.web.views.assessing import faults_of, known_place
from fourfold.node.web.views.page import actor_of, page
from fourfold.node.web.views.told import tell
from fourfold.protocols.assessment import State


@needs(Act.ASSESS)
@require_http_methods(["GET", "POST"])
def seal(request: HttpRequest, activity_id: str) -> HttpResponse:
    """Seal our answers: what becomes fixed, and what the counterpart sees of it."""
    place, faults = known_place(request, activity_id), NO_FAULTS
    if request.method == "POST":
        try:
            row = seal_assessment(
                place.peer, activity_id, actor_of(request), request.POST.get("seen") or None
            )
        except FourfoldError as error:
            faults = faults_of(error)
        else:
            tell(request, "success", _told_of_sealing(place.peer, row))
            return place.to("answers")
    view = answers_view(activity_id, place.peer, place.row)
    if not faults.found and not (view.editable and view.parts):
        return place.to("answers")
    context = {"view": view, "sealing": sealing_view(place.row), "wrong": faults.summary([])}
    context |= {"back": place.url("answers"), "crumbs": place.crumbs(("", _("Seal")))}
    return page(request, "answers_seal.html", context)


@needs(Act.ASSESS)
@require_http_methods(["GET", "POST"])
def reveal(request: HttpRequest, activity_id: str) -> HttpResponse:
    """Reveal what we sealed, once the counterpart has sealed too."""
    place, faults = known_place(request, activity_id), NO_FAULTS
    if request.method == "POST":
        try:
            row = reveal_assessment(place.peer, activity_id, actor_of(request))
        except FourfoldError as error:
            faults = faults_of(error)
        else:
            tell(request, "success", _told_of_revealing(place.peer, row))
            return place.to("activity" if row.state == State.JOINT.value else "answers")
    view = answers_view(activity_id, place.peer, place.row)
    if not faults.found and view.state not in {State.BOTH_SEALED, State.THEIRS_REVEALED}:
        return place.to("answers")
    context = {"view": view, "sealing": sealing_view(place.row), "wrong": faults.summary([])}
    context |= {"back": place.url("answers"), "crumbs": place.crumbs(("", _("Reveal")))}
    return page(request, "answers_reveal.html", context)


def _told_of_sealing(peer: Peer, row: JointAssessment) -> str:
    if row.their_seal:
        return _("Sealed. Both are sealed now: you can reveal yours.")
    return _("Sealed. %(name)s collects the seal; once it has sealed too, both can reveal.") % {
        "name": peer.name
    }


def _told_of_revealing(peer: Peer, row: JointAssessment) -> str:
    if row.state == State.JOINT.value:
        return _("Revealed. Both sides' answers are here: below is what they come to together.")
    return _("Revealed. %(name)s collects our answers, and reveals its own.") % {"name": peer.name}
