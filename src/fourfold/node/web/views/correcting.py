"""Correcting a wrong release in one step, by page: what will happen, to whom; then what is still pending."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from fourfold.errors import Fault, FourfoldError, InputError, NotFoundError
from fourfold.node.actions.correct_release import Corrected, Right, correct_release
from fourfold.node.models import Release
from fourfold.node.roles import Act
from fourfold.node.security import needs
from fourfold.node.web.forms.boxes import NO_FAULTS, Box, Faults, Option, Shape, Typed
from fourfold.node.web.queries.correcting import CorrectingView, correcting_view
from fourfold.node.web.views.page import actor_of, crumbs, page
from fourfold.node.web.views.releases import LONGEST
from fourfold.node.web.views.told import tell
from fourfold.node.web.views.withdrawn import tell_withdrawn

NOTHING, AGAIN, ANEW = "nothing", "again", "anew"


@needs(Act.RELEASE)
@require_http_methods(["GET", "POST"])
def correct(request: HttpRequest, record_id: str) -> HttpResponse:
    """Withdraw, have destroyed, notify and log, everywhere, in one step; afterwards: who has confirmed."""
    view = correcting_view(record_id) if "\x00" not in record_id else None
    if view is None:
        raise Http404
    typed, faults = Typed.of(request.POST), NO_FAULTS
    if request.method == "POST":
        try:
            done = _corrected(view, typed, actor_of(request))
        except InputError as error:
            faults = Faults.of(error.faults)
        except NotFoundError as error:
            raise Http404 from error
        except FourfoldError as error:
            faults = Faults.of([Fault(str(error))])
        else:
            _tell(request, done)
            return redirect("correct", record_id)
    boxes = _boxes(view, typed, faults)
    steps = crumbs(("records", gettext_lazy("Records")), ("", f"{view.title}: {_('Correct a release')}"))
    context = {"view": view, "boxes": boxes, "wrong": faults.summary(boxes), "crumbs": steps}
    return page(request, "correct.html", context)


def _corrected(view: CorrectingView, typed: Typed, actor: str) -> Corrected:
    reason, faults = typed.one("reason"), []
    if len(reason) > LONGEST or "\x00" in reason:
        faults.append(Fault(_("At most 500 characters of text."), field="reason"))
    after = typed.one("after")
    if after not in {NOTHING, AGAIN, ANEW}:
        faults.append(Fault(_("Choose whether they get the record as it is now."), field="after"))
    if faults:
        raise InputError(faults)
    right = None if after == NOTHING else Right(anew=after == ANEW)
    return correct_release(view.record, reason, actor, right, typed.one("seen"))


def _tell(request: HttpRequest, done: Corrected) -> None:
    withdrawn = [each.release_id for each in done.withdrawn]
    seen = set(Release.readable.filter(pk__in=withdrawn).values_list("pk", flat=True))
    tell_withdrawn(request, [each for each in done.withdrawn if each.release_id in seen])
    if done.released:
        names = ", ".join(sorted(each.peer.name for each in done.released))
        tell(request, "success", _("Released to %(names)s as it is now.") % {"names": names})
    for name, why in sorted(done.refused.items()):
        tell(request, "warning", _("Not released to %(name)s: %(why)s") % {"name": name, "why": why})


def _boxes(view: CorrectingView, typed: Typed, faults: Faults) -> list[Box]:
    hint = _("It stays here: the counterparts read one fixed phrase. May be left empty.")
    after = typed.one("after") or NOTHING
    options = [Option(NOTHING, _("Nothing: only take back what went out"), after == NOTHING)]
    if view.anew:
        text = _("The record as it is now, version %(number)d, as far as the release table lets it pass")
        options.append(Option(AGAIN, text % {"number": view.version}, after == AGAIN))
    if view.before:
        text = _("The same, and also to those from whom it was withdrawn before: %(names)s")
        names = ", ".join(each.to for each in view.before)
        options.append(Option(ANEW, text % {"names": names}, after == ANEW))
    return [
        Box("reason", _("Reason"), Shape.LINE, typed.one("reason"), hint=hint, errors=faults.at("reason")),
        Box(
            "after",
            _("What those from whom it is withdrawn now get instead"),
            Shape.RADIOS,
            options=tuple(options),
            errors=faults.at("after"),
        ),
    ]
