"""Where one is signed in: ending one session, or all but this one."""

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from fourfold.node.models import Tag
from fourfold.node.signing_in.events import note_own
from fourfold.node.signing_in.sessions import end, sessions_of
from fourfold.node.web.views.told import tell


@require_POST
def end_sessions(request: HttpRequest) -> HttpResponse:
    """End the session that is named, or all others; this one is ended by signing out."""
    which = request.POST.get("session", "")
    others = [each for each in sessions_of(request.user) if not each.is_current()]
    chosen = others if which == "others" else [each for each in others if str(each.pk) == which]
    with transaction.atomic():
        ended = end(chosen)
        for _each in chosen:
            note_own(Tag.SESSION_ENDED, request.user, "by its owner")
    told = _("Ended. Whoever used it is signed out.") if ended else _("There was nothing to end.")
    tell(request, "success" if ended else "warning", told)
    return redirect("account")
