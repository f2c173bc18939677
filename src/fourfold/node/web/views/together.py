"""Working together: the list of proposals and joint records, one of them, and its step that waits."""

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from fourfold.errors import NotFoundError
from fourfold.node import clock
from fourfold.node.actions.approve import approve_release
from fourfold.node.actions.drop_step import drop_step
from fourfold.node.courses import waiting
from fourfold.node.roles import Act
from fourfold.node.web.queries.course import course_view
from fourfold.node.web.queries.together import together_view
from fourfold.node.web.views.acting import button, peer_of
from fourfold.node.web.views.page import actor_of, crumbs, page
from fourfold.node.web.views.stepping import matter_at
from fourfold.node.web.views.told import tell


def together(request: HttpRequest) -> HttpResponse:
    """What is proposed, what is written together, and what waits for this institution."""
    return page(request, "together.html", {"view": together_view(clock.now())})


def course(request: HttpRequest, digest: str) -> HttpResponse:
    """One proposal or joint record with its history."""
    view = course_view(digest, clock.now())
    if view is None:
        raise Http404
    steps = crumbs(("together", _("Working together")), ("", view.row.title))
    return page(request, "course.html", {"view": view, "crumbs": steps})


@button(Act.APPROVE)
def approve(request: HttpRequest, digest: str) -> HttpResponse:
    """Approve, as a second person, that the step which waits goes to one party; with the last, it leaves."""
    held = matter_at(digest).waiting
    if held is None:
        raise NotFoundError("No step waits here.")
    peer = peer_of(request.POST.get("to", ""))
    approve_release(held.row.record, peer, actor_of(request), request.POST.get("seen") or None)
    if waiting(digest):
        text = gettext("Approved for %(name)s. It leaves once all approvals are given.")
        tell(request, "success", text % {"name": peer.name})
    else:
        tell(request, "success", gettext("Approved, and on its way: every party can collect it from now on."))
    return redirect("course", digest)


@button(Act.READ)
def drop(request: HttpRequest, digest: str) -> HttpResponse:
    """Drop the step that waits: who may take part can, and whoever could approve it."""
    if not {Act.TAKE_PART, Act.APPROVE} & set(request.acts):
        raise PermissionDenied
    matter = matter_at(digest)
    drop_step(matter.row, actor_of(request))
    tell(request, "success", gettext("Dropped. It was never anywhere but here."))
    return redirect("course", digest) if matter.begun else redirect("together")
