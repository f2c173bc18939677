"""Keeping something received to pass it on, by page."""

from collections.abc import Iterable

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from fourfold.agreements import AgreementText
from fourfold.errors import Fault, InputError, NotFoundError, RefusedError
from fourfold.node import clock, onward
from fourfold.node.actions.pass_on import for_passing_on, pass_on
from fourfold.node.models import Received, RecordVersion
from fourfold.node.provenance import originators_told
from fourfold.node.roles import Act
from fourfold.node.security import needs
from fourfold.node.standing import standings
from fourfold.node.web.forms.boxes import NO_FAULTS, Box, Faults, Typed, select, ticks
from fourfold.node.web.queries.inbox import received_title
from fourfold.node.web.queries.showing import in_order, marking_view, names
from fourfold.node.web.queries.words import field_title
from fourfold.node.web.views.page import actor_of, crumbs, page
from fourfold.node.web.views.told import tell
from fourfold.release import ReleaseObject


@needs(Act.WRITE)
@require_http_methods(["GET", "POST"])
def forward(request: HttpRequest, pk: int) -> HttpResponse:
    """Keep what was received as a record to pass on; nothing leaves yet."""
    row, release = _held(pk)
    typed, faults = Typed.of(request.POST), NO_FAULTS
    if request.method == "POST":
        try:
            kept = _kept(row, typed, actor_of(request))
        except InputError as error:
            faults = Faults.of(error.faults)
        except RefusedError as error:
            faults = Faults.of([Fault(str(error))])
        else:
            tell(
                request, "success", _("Kept to pass on. Nothing has left; below is who would get what of it.")
            )
            return redirect("record", kept.record)
    boxes = _boxes(release, typed, faults, fresh=request.method == "GET")
    steps = crumbs(("inbox", gettext_lazy("Inbox")), ("", _("Keep to pass on")))
    known = names()
    context = {
        "row": row,
        "title": received_title(row),
        "marking": marking_view(release.marking, known),
        "originators": originators_told(release, row.peer.name, known),
        "boxes": boxes,
        "wrong": faults.summary(boxes),
        "crumbs": steps,
    }
    return page(request, "forward.html", context)


def _held(pk: int) -> tuple[Received, ReleaseObject]:
    """The newest version of what was received, as it came.

    Raises:
        Http404: it is not held any more, or is none that goes on.
    """
    asked = Received.readable.filter(pk=pk).first()
    try:
        row, release = onward.received(asked.object if asked else "")
    except NotFoundError as error:
        raise Http404 from error
    if not for_passing_on(release.kind):
        raise Http404
    return row, release


def _kept(row: Received, typed: Typed, actor: str) -> RecordVersion:
    fields = typed.many("fields")
    if not fields:
        raise InputError([Fault(_("Choose at least one field that is to go on."), field="fields")])
    return pass_on(row.object, typed.one("slice") or None, actor, fields, typed.one("seen") or None)


def _boxes(release: ReleaseObject, typed: Typed, faults: Faults, *, fresh: bool) -> list[Box]:
    fields = in_order(release.kind, release.fields)
    chosen = fields if fresh else typed.many("fields")
    return [
        select(
            "slice",
            _("Slice"),
            _slices(release, (each.text for each in standings() if each.state(clock.now()).binds)),
            typed.one("slice"),
            hint=_(
                "Of the agreement with those who are to receive it. "
                "If none is chosen, the most separate one governs."
            ),
            errors=faults.at("slice"),
            blank=_("none named"),
        ),
        ticks(
            "fields",
            _("Fields that are to go on"),
            [(name, field_title(name), "") for name in fields],
            [name for name in chosen if name in fields],
            errors=faults.at("fields"),
        ),
    ]


def _slices(release: ReleaseObject, texts: Iterable[AgreementText]) -> list[tuple[str, str]]:
    """The slices that take such records, of every agreement with somebody besides its owner."""
    found: dict[str, tuple[str, list[str]]] = {}
    for text in texts:
        if {party.id for party in text.parties} <= {settings.NODE.id, release.owner}:
            continue
        for part in text.slices:
            if part.activity == release.activity and release.kind in part.kinds:
                found.setdefault(part.id, (part.name, []))[1].append(text.title)
    told = _("%(slice)s, in “%(agreement)s”")
    return [
        (id_, told % {"slice": name, "agreement": "”, “".join(dict.fromkeys(titles))})
        for id_, (name, titles) in found.items()
    ]
