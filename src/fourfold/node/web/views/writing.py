"""Joint records by page: contributing, signing the very bytes that were read, publishing, leaving."""

from dataclasses import replace
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from fourfold.node import clock
from fourfold.node.actions.conclude_joint_record import leave_joint_record, publish_joint_record
from fourfold.node.actions.contribute import contribute as add
from fourfold.node.actions.sign_joint_record import sign_joint_record
from fourfold.node.courses import Matter, Opening
from fourfold.node.queries import courses as queries
from fourfold.node.roles import Act
from fourfold.node.security import needs
from fourfold.node.web.forms.boxes import NO_FAULTS, Faults, Typed
from fourfold.node.web.forms.courses import (
    SOURCES,
    course_form,
    note_box,
    read_course,
    read_note,
    typed_course,
)
from fourfold.node.web.forms.payloads import PREFIX, read_payload, typed_payload
from fourfold.node.web.queries.course import course_view
from fourfold.node.web.queries.course_moves import DRAFTED, may_draft
from fourfold.node.web.views.page import actor_of, page
from fourfold.node.web.views.stepping import matter_at, not_now, steps_to, tried
from fourfold.protocols import collaboration
from fourfold.protocols.collaboration import Frozen, Move


@needs(Act.TAKE_PART)
@require_http_methods(["GET", "POST"])
def contribute(request: HttpRequest, digest: str) -> HttpResponse:
    """Add to a joint record, or rewrite what it has one of."""
    matter, course = _joint(digest)
    if request.method == "GET":
        if Move.CONTRIBUTE not in may_draft(course):
            return not_now(request, matter)
        typed = typed_course(matter.kind, _standing(course.current), course.current.marking)
        return _contributing(request, matter, course, typed)
    typed = Typed.of(request.POST)
    if typed.one("more"):
        return _contributing(request, matter, course, typed)
    done = _("Contributed. The others can collect it from now on; earlier signatures are void.")
    answer, faults = tried(request, lambda: _contributed(request, matter, course, typed), done)
    return answer or _contributing(request, matter, course, typed, faults)


@needs(Act.TAKE_PART)
@require_http_methods(["GET", "POST"])
def sign(request: HttpRequest, digest: str) -> HttpResponse:
    """Read a joint record as it now is, and sign just these bytes."""
    matter, course = _joint(digest)
    faults = NO_FAULTS
    if request.method == "POST":
        read = Typed.of(request.POST).one("content")
        done = _("Signed, over just these bytes. The others can collect the signature from now on.")
        answer, faults = tried(
            request, lambda: sign_joint_record(matter.row, read or "nothing", actor_of(request)), done
        )
        if answer:
            return answer
    elif Move.SIGN not in may_draft(course):
        return not_now(request, matter)
    view = course_view(digest, clock.now())
    steps = _steps(matter, Move.SIGN)
    context = {"view": view, "wrong": faults.summary(()), "crumbs": steps}
    return page(request, "sign.html", context)


@needs(Act.TAKE_PART)
@require_http_methods(["GET", "POST"])
def publish(request: HttpRequest, digest: str) -> HttpResponse:
    """Publish what all have signed: read-only from then on."""
    return _conclude(
        request, digest, Move.PUBLISH, _("Published, the same on all sides, and read-only from now on.")
    )


@needs(Act.TAKE_PART)
@require_http_methods(["GET", "POST"])
def leave(request: HttpRequest, digest: str) -> HttpResponse:
    """Leave a draft, and thereby end it."""
    return _conclude(request, digest, Move.LEAVE, _("Left. The draft is ended for all."))


def _conclude(request: HttpRequest, digest: str, move: Move, done: str) -> HttpResponse:
    matter, course = _joint(digest)
    typed, faults = Typed.of(request.POST), NO_FAULTS
    if request.method == "POST":
        answer, faults = tried(request, lambda: _concluded(request, matter, move, typed), done)
        if answer:
            return answer
    elif move not in may_draft(course):
        return not_now(request, matter)
    boxes = (note_box(typed, faults),) if move is Move.LEAVE else ()
    context = {
        "boxes": boxes,
        "wrong": faults.summary(boxes),
        "title": queries.title_of(matter),
        "what": DRAFTED[move],
        "move": move.value,
        "digest": digest,
        "crumbs": _steps(matter, move),
    }
    return page(request, "say.html", context)


def _concluded(request: HttpRequest, matter: Matter, move: Move, typed: Typed) -> Opening:
    if move is Move.PUBLISH:
        return publish_joint_record(matter.row, actor_of(request))
    return leave_joint_record(matter.row, read_note(typed), actor_of(request))


def _joint(digest: str) -> tuple[Matter, collaboration.Course]:
    """The joint record of an address.

    Raises:
        Http404: there is none, or nothing more can be done with it.
    """
    matter = matter_at(digest)
    if not isinstance(matter.course, collaboration.Course):
        raise Http404
    return matter, matter.course


def _steps(matter: Matter, move: Move) -> list[dict[str, Any]]:
    return steps_to(matter, DRAFTED[move])


def _standing(text: Frozen) -> dict[str, Any]:
    """What a contribution form shows already: what the record has one of, and what stands under our name."""
    payload, combined = type(text.contributions[0][1]), text.combined
    single = {name: combined.get(name) for name in payload.SINGLE}
    own = {name: combined.get(name, {}).get(settings.NODE.id) for name in payload.OWN}
    return {name: value for name, value in {**single, **own}.items() if value is not None}


def _read(course: collaboration.Course, seen: str) -> Frozen:
    """The record as it was when somebody read it; as it is now, where that cannot be told."""
    current = course.current
    ordered = sorted(current.contributions, key=lambda each: (each[1].revision, each[1].author, each[0]))
    earlier = (replace(current, contributions=tuple(ordered[:many])) for many in range(1, len(ordered)))
    return next((text for text in earlier if text.digest == seen), current)


def _contributing(
    request: HttpRequest,
    matter: Matter,
    course: collaboration.Course,
    typed: Typed,
    faults: Faults = NO_FAULTS,
) -> HttpResponse:
    seen, now = typed.one("seen"), course.current.digest
    stale = bool(faults.found) and seen not in {"", now}
    if stale:
        typed = _renewed(matter, course, typed)
    more = typed.one("more").removeprefix(f"{PREFIX}-")
    context = {
        "form": course_form(matter.kind, typed, faults, more=more, sources=True),
        "hidden": {"seen": now if stale or not seen else seen},
        "title": queries.title_of(matter),
        "digest": matter.row.digest,
        "stale": stale,
        "view": course_view(matter.row.digest, clock.now()),
        "crumbs": _steps(matter, Move.CONTRIBUTE),
    }
    return page(request, "contribute.html", context)


def _renewed(matter: Matter, course: collaboration.Course, typed: Typed) -> Typed:
    """What was typed; boxes that were left as they were shown hold what others have written since."""
    then, now = _standing(_read(course, typed.one("seen"))), _standing(course.current)
    given = read_payload(matter.kind, typed, {})
    values = dict(typed.values)
    for name in {*then, *now}:
        if given.get(name) == then.get(name):
            values = {key: each for key, each in values.items() if not _is_of(key, name)}
            values |= typed_payload(matter.kind, {name: now.get(name)})
    return Typed(values)


def _is_of(key: str, name: str) -> bool:
    """Whether a box is that of a field, or of a part of it."""
    return key == f"{PREFIX}-{name}" or key.startswith(f"{PREFIX}-{name}-")


def _contributed(request: HttpRequest, matter: Matter, course: collaboration.Course, typed: Typed) -> Opening:
    """Add what was changed or typed anew: what stood there already is not said again."""
    seen = typed.one("seen")
    given, marking = read_course(matter.kind, typed)
    stood = _standing(_read(course, seen))
    said = {name: value for name, value in given.items() if value != stood.get(name)}
    sources = typed.lines(SOURCES)
    return add(matter.row, said, marking, sources, actor_of(request), about=seen or None)
