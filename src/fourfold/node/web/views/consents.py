"""Consents by page: asking an originator, answering those who ask, giving one's own, taking one back."""

from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from fourfold.errors import Fault, FourfoldError, InputError, NotFoundError, RefusedError
from fourfold.node import keeping
from fourfold.node.actions.ask_consent import ask_consent, source_of
from fourfold.node.actions.decline_consent import decline_consent
from fourfold.node.actions.give_consent import give_consent
from fourfold.node.actions.grant_consent import grant_consent
from fourfold.node.actions.revoke_consent import revoke_consent
from fourfold.node.models import Peer, RecordVersion
from fourfold.node.parties import nodes
from fourfold.node.roles import Act
from fourfold.node.security import needs
from fourfold.node.web.forms.boxes import NO_FAULTS, Box, Faults, Shape, Typed, select
from fourfold.node.web.forms.moments import read_until, until_box
from fourfold.node.web.queries.consents import ConsentView, consent_view, consents_view
from fourfold.node.web.queries.record import fields_of
from fourfold.node.web.queries.showing import in_order, marking_view, names
from fourfold.node.web.queries.words import field_title
from fourfold.node.web.views.acting import button
from fourfold.node.web.views.listed import asked_of
from fourfold.node.web.views.page import actor_of, crumbs, page
from fourfold.node.web.views.told import tell

LONGEST = 2_000
CONSENTS = gettext_lazy("Consents")


def consents(request: HttpRequest) -> HttpResponse:
    """Requests that wait for us, those that we made, and our own consents."""
    view = consents_view(asked_of(request, ("part",)))
    return page(
        request, "consents.html", {"view": view, "crumbs": crumbs(("inbox", _("Inbox")), ("", CONSENTS))}
    )


def consent(request: HttpRequest, consent_id: str) -> HttpResponse:
    """One request or consent: exactly what it covers."""
    view = _view(consent_id)
    return page(request, "consent.html", {"view": view, "crumbs": _steps(view.row.title)})


@needs(Act.APPROVE)
@require_http_methods(["GET", "POST"])
def grant(request: HttpRequest, consent_id: str) -> HttpResponse:
    """Consent to what was asked, until a day, after a look at the bytes."""
    view, typed, faults = _view(consent_id), Typed.of(request.POST), NO_FAULTS
    if not view.may_answer:
        return _answered(request, view)
    if request.method == "POST":
        made, faults = _tried(lambda: grant_consent(consent_id, read_until(typed), actor_of(request)))
        if made is not None:
            text = _("Granted. %(asker)s can collect the signed consent from now on.")
            tell(request, "success", text % {"asker": view.row.with_})
            return redirect("consent", consent_id)
    context = _form(view, [until_box(typed, faults)], faults)
    return page(request, "consent_grant.html", context | {"crumbs": _steps(_("Grant"))})


@button(Act.APPROVE)
def decline(request: HttpRequest, consent_id: str) -> HttpResponse:
    """Decline what was asked; the answer gives no reason."""
    view = _view(consent_id)
    if not view.may_answer:
        return _answered(request, view)
    decline_consent(consent_id, actor_of(request))
    tell(request, "success", _("Declined. %(asker)s is told so, and no reason.") % {"asker": view.row.with_})
    return redirect("consent", consent_id)


@needs(Act.APPROVE)
@require_http_methods(["GET", "POST"])
def revoke(request: HttpRequest, consent_id: str) -> HttpResponse:
    """Take a consent back, once it is clear what that stops."""
    view = _view(consent_id)
    if not view.may_revoke:
        return _answered(request, view)
    faults = NO_FAULTS
    if request.method == "POST":
        made, faults = _tried(lambda: revoke_consent(consent_id, actor_of(request)))
        if made is not None:
            tell(request, "success", _("Taken back. Nothing is delivered on it from now on."))
            return redirect("consent", consent_id)
    context = _form(view, [], faults)
    return page(request, "consent_revoke.html", context | {"crumbs": _steps(_("Take it back"))})


@needs(Act.RELEASE)
@require_http_methods(["GET", "POST"])
def ask(request: HttpRequest, record_id: str) -> HttpResponse:
    """Ask the originator of a record that is kept to pass on; no content travels."""
    row = _record(record_id)
    source, why_not = _source(row)
    typed, faults = Typed.of(request.POST if request.method == "POST" else request.GET), NO_FAULTS
    if request.method == "POST":
        made, faults = _tried(lambda: _asked(row, typed, actor_of(request)))
        if made is not None:
            text = _("Asked %(originator)s. It reads the request when it collects next.")
            tell(request, "success", text % {"originator": made.peer.name})
            return redirect("consent", made.pk)
    hint = _("%(originator)s reads it. At most 2,000 characters; may be left empty.")
    boxes = [
        _recipients(typed, faults, without=source.origin_id if source else ""),
        Box(
            "reason",
            _("Reason"),
            Shape.TEXT,
            typed.one("reason"),
            hint=hint % {"originator": source.origin.name if source else _("The originator")},
            errors=faults.at("reason"),
        ),
    ]
    fields = [field_title(name) for name in in_order(row.kind, row.content().payload)]
    context = {"record": row, "source": source, "why_not": why_not, "fields": fields, "boxes": boxes}
    context |= {"wrong": faults.summary(boxes), "crumbs": _of_record(row, _("Ask for consent"))}
    return page(request, "consent_ask.html", context)


@needs(Act.APPROVE)
@require_http_methods(["GET", "POST"])
def give(request: HttpRequest, record_id: str) -> HttpResponse:
    """Give this institution's own consent to one version of a record, for one recipient."""
    row = _record(record_id)
    typed, faults = Typed.of(request.POST if request.method == "POST" else request.GET), NO_FAULTS
    if request.method == "POST":
        made, faults = _tried(lambda: _given(row, typed, actor_of(request)))
        if made is not None:
            tell(
                request, "success", _("Given, for this version and this recipient. Any change needs another.")
            )
            return redirect("consent", made.pk)
    boxes = [_recipients(typed, faults), until_box(typed, faults)]
    content, known = row.content(), names()
    fields = fields_of(row.kind, content.payload, known)
    context = {
        "record": row,
        "fields": fields,
        "boxes": boxes,
        "marking": marking_view(content.marking, known),
    }
    context |= {"wrong": faults.summary(boxes), "crumbs": _of_record(row, _("Give consent"))}
    return page(request, "consent_give.html", context)


def _asked(row: RecordVersion, typed: Typed, actor: str) -> Any:
    reason, faults = typed.one("reason"), []
    if len(reason) > LONGEST or "\x00" in reason:
        faults.append(Fault(_("At most 2,000 characters of text."), field="reason"))
    peer = _chosen(typed, faults)
    if faults or peer is None:
        raise InputError(faults)
    return ask_consent(row.record, peer, actor, reason)


def _given(row: RecordVersion, typed: Typed, actor: str) -> Any:
    faults: list[Fault] = []
    peer, until = _chosen(typed, faults), None
    try:
        until = read_until(typed)
    except InputError as error:
        faults += error.faults
    if faults or peer is None or until is None:
        raise InputError(faults)
    return give_consent(row.record, peer, until, actor, typed.one("seen") or None)


def _chosen(typed: Typed, faults: list[Fault]) -> Peer | None:
    found = next((peer for peer in nodes() if peer.pk == typed.one("to")), None)
    if found is None:
        faults.append(Fault(_("Choose who is to receive it."), field="to"))
    return found


def _tried(act: Callable[[], Any]) -> tuple[Any, Faults]:
    """What an action made, or what is wrong: at its box, or with the whole."""
    try:
        return act(), NO_FAULTS
    except InputError as error:
        return None, Faults.of(error.faults)
    except NotFoundError as error:
        raise Http404 from error
    except FourfoldError as error:
        return None, Faults.of([Fault(str(error))])


def _recipients(typed: Typed, faults: Faults, without: str = "") -> Box:
    options = [(peer.pk, peer.name) for peer in nodes() if peer.pk != without]
    known = typed.one("to") if typed.one("to") in dict(options) else ""
    return select("to", _("Recipient"), options, known, errors=faults.at("to"))


def _view(consent_id: str) -> ConsentView:
    view = consent_view(consent_id)
    if view is None:
        raise Http404
    return view


def _record(record_id: str) -> RecordVersion:
    try:
        row = keeping.latest(record_id)
    except NotFoundError as error:
        raise Http404 from error
    if row.destroyed is not None:
        raise Http404
    return row


def _source(row: RecordVersion) -> tuple[Any, str]:
    """Whom to ask about a record; or why nobody can be."""
    try:
        return source_of(row), ""
    except RefusedError as error:
        return None, str(error)


def _answered(request: HttpRequest, view: ConsentView) -> HttpResponse:
    text = _("Nothing was done: it is not open any more, it stands as “%(state)s”.")
    tell(request, "warning", text % {"state": view.row.state.word})
    return redirect("consent", view.row.id)


def _form(view: ConsentView, boxes: list[Box], faults: Faults) -> dict[str, Any]:
    return {"view": view, "boxes": boxes, "wrong": faults.summary(boxes)}


def _steps(title: Any) -> list[dict[str, Any]]:
    return crumbs(("consents", CONSENTS), ("", title))


def _of_record(row: RecordVersion, title: str) -> list[dict[str, Any]]:
    return crumbs(("records", gettext_lazy("Records")), ("", f"{row.title}: {title}"))
