"""Assessing by page: the parts of an activity, the answers to one, sealing, revealing."""

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods

from fourfold.errors import Fault, FourfoldError, InputError, NotFoundError, RefusedError
from fourfold.node.actions.answer_part import answer_part
from fourfold.node.actions.arrange_parts import add_parts, remove_part, rename_part
from fourfold.node.answering import OwnAnswer, OwnPart
from fourfold.node.roles import Act
from fourfold.node.security import needs
from fourfold.node.web.forms.answers import (
    Clash,
    mark,
    marked_anew,
    merge,
    read_answers,
    typed_answers,
)
from fourfold.node.web.forms.boxes import NO_FAULTS, Box, Faults, Shape, Typed
from fourfold.node.web.queries.activity import activity_view
from fourfold.node.web.queries.answering import answers_view, stance_alone
from fourfold.node.web.queries.deciding import framework
from fourfold.node.web.queries.part_form import part_form
from fourfold.node.web.views.assessing import Place, faults_of, known_place, place_of
from fourfold.node.web.views.page import actor_of, crumbs, page
from fourfold.node.web.views.told import tell

AGAIN = "again"
_SAME_NAME = gettext_lazy("Parts are matched by their names: agree with the counterpart how they are called.")


@needs(Act.ASSESS)
@require_http_methods(["GET", "POST"])
def answers(request: HttpRequest, activity_id: str) -> HttpResponse:
    """The parts of an activity, how far each is, and what can be done next."""
    place = place_of(request, activity_id)
    if place is None:
        title = framework().activities[activity_id].title
        return page(request, "answers_alone.html", {"title": title, "crumbs": crumbs(("", _(title)))})
    typed, faults = Typed.of(request.POST), NO_FAULTS
    if request.method == "POST":
        names = typed.many("use") or (typed.one("name"),)
        try:
            add_parts(place.peer, activity_id, names, actor_of(request))
        except FourfoldError as error:
            faults = faults_of(error)
        else:
            said = ngettext("The part was added.", "The parts were added.", len(names))
            tell(request, "success", said)
            return place.to("answer-part", names[0]) if len(names) == 1 else place.to("answers")
    return _answers(request, place, typed, faults)


@needs(Act.ASSESS)
@require_http_methods(["GET", "POST"])
def part(request: HttpRequest, activity_id: str) -> HttpResponse:
    """The questions of one part."""
    place, name = known_place(request, activity_id), request.GET.get("part", "")
    stands = place.parts.get(name)
    if request.method == "POST":
        return _answered(request, place, name, stands)
    if stands is None:
        raise Http404
    return _asked(request, place, stands, typed_answers(stands.answers))


@needs(Act.ASSESS)
@require_http_methods(["GET", "POST"])
def change_part(request: HttpRequest, activity_id: str) -> HttpResponse:
    """Rename a part, or remove it with its answers."""
    place, name = known_place(request, activity_id), request.GET.get("part", "")
    stands = place.parts.get(name)
    if stands is None:
        raise Http404
    typed, faults = Typed.of(request.POST), NO_FAULTS
    if request.method == "POST":
        try:
            return _changed(request, place, name, typed)
        except NotFoundError as error:
            raise Http404 from error
        except FourfoldError as error:
            faults = faults_of(error)
    value = typed.one("name") if request.method == "POST" else name
    box = Box("name", _("Name of the part"), Shape.LINE, value, hint=_SAME_NAME, errors=faults.at("name"))
    steps = ((place.url("answer-part", name), name), ("", _("Rename or remove")))
    context = {"part": stands, "boxes": [box], "wrong": faults.summary([box])}
    context |= {"place": place, "back": place.url("answer-part", name), "crumbs": place.crumbs(*steps)}
    return page(request, "answers_change.html", context)


@needs(Act.READ)
def outcome(request: HttpRequest, activity_id: str) -> HttpResponse:
    """What our answers alone come to, whatever the counterpart may say."""
    place = known_place(request, activity_id)
    if not place.parts or place.row is None:
        raise Http404
    view = activity_view(stance_alone(place.row), activity_id)
    links = {"answers": place.url("answers"), "seal": place.url("seal")}
    context = {"view": view, "peer": place.peer, "links": links}
    context["answers"] = answers_view(activity_id, place.peer, place.row)
    steps = ("", _("What they come to"))
    return page(request, "answers_outcome.html", {**context, "crumbs": place.crumbs(steps)})


def _answers(request: HttpRequest, place: Place, typed: Typed, faults: Faults) -> HttpResponse:
    view = answers_view(place.activity, place.peer, place.row)
    name = "" if typed.many("use") else typed.one("name")
    box = Box("name", _("Name of the part"), Shape.LINE, name, hint=_SAME_NAME, errors=faults.at("name"))
    parts = [
        (each, place.url("answer-part", each.name), place.url("change-part", each.name))
        for each in view.parts
    ]
    links = {name: place.url(name) for name in ("outcome", "seal")}
    context = {"view": view, "parts": parts, "box": box, "wrong": faults.summary([box]), "links": links}
    context |= {"step": _step(place, view.step.page), "crumbs": place.crumbs()}
    return page(request, "answers.html", context)


def _step(place: Place, name: str) -> str:
    return reverse(name) if name == "inbox" else place.url(name)


def _asked(
    request: HttpRequest,
    place: Place,
    stands: OwnPart,
    typed: Typed,
    faults: Faults = NO_FAULTS,
    clashes: tuple[Clash, ...] = (),
) -> HttpResponse:
    others = [
        (each.name, len(each.answers), place.url("answer-part", each.name)) for each in place.parts.values()
    ]
    context = {
        "form": part_form(place.activity, stands, typed, faults, clashes),
        "whole": stands.name == place.activity,
        "others": others,
        "gone": stands.name not in place.parts,
        "links": {
            "answers": place.url("answers"),
            "change": place.url("change-part", stands.name),
            "outcome": place.url("outcome"),
        },
        "view": answers_view(place.activity, place.peer, place.row),
        "crumbs": place.crumbs(("", _(place.title) if stands.name == place.activity else stands.name)),
    }
    return page(request, "answers_part.html", context)


def _answered(request: HttpRequest, place: Place, name: str, stands: OwnPart | None) -> HttpResponse:
    """Keep what was typed; or show it again with what is wrong, or with what somebody else said meanwhile."""
    typed, empty = Typed.of(request.POST), OwnPart(name, {})
    try:
        mine = read_answers(typed)
    except InputError as error:
        return _asked(request, place, stands or empty, typed, Faults.of(error.faults))
    if stands is None and not typed.one(AGAIN):
        text = _("Somebody renamed or removed this part meanwhile. To have it again, save once more.")
        shown = marked_anew(typed, {})
        return _asked(request, place, empty, shown, Faults.of([Fault(text)]))
    merged = merge(typed, mine, (stands or empty).answers)
    if merged.clashes:
        shown = typed_answers(merged.answers, (stands or empty).answers)
        return _asked(request, place, stands or empty, shown, clashes=merged.clashes)
    wanted = OwnPart(name, merged.answers)
    try:
        seen = stands.digest if stands else ""
        answer_part(place.peer, place.activity, wanted, actor_of(request), seen)
    except (InputError, RefusedError) as error:
        return _asked(request, place, stands or empty, typed, faults_of(error))
    _tell_saved(request, (stands or empty).answers, merged.answers, merged.taken)
    return place.to("outcome") if typed.one("then") == "outcome" else place.to("answer-part", name)


def _tell_saved(
    request: HttpRequest, before: dict[str, OwnAnswer], after: dict[str, OwnAnswer], taken: tuple[str, ...]
) -> None:
    changed = sum(mark(before.get(name)) != mark(after.get(name)) for name in before.keys() | after.keys())
    if not changed:
        tell(request, "success", _("Nothing was changed."))
    else:
        text = ngettext("Saved: %(number)s answer.", "Saved: %(number)s answers.", changed)
        tell(request, "success", text % {"number": changed})
    if taken:
        titles = ", ".join(str(_(framework().criteria[name].title)) for name in taken)
        tell(
            request,
            "warning",
            _("A colleague meanwhile answered: %(titles)s. That stands.") % {"titles": titles},
        )


def _changed(request: HttpRequest, place: Place, name: str, typed: Typed) -> HttpResponse:
    if typed.one("remove"):
        remove_part(place.peer, place.activity, name, actor_of(request), typed.one("seen") or None)
        tell(request, "success", _("The part was removed."))
        return place.to("answers")
    rename_part(place.peer, place.activity, name, typed.one("name"), actor_of(request))
    tell(request, "success", _("The part has its new name."))
    return place.to("answer-part", typed.one("name"))
