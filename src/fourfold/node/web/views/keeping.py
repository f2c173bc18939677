"""Keeping records by page: a new one, a new version of one, a file for one."""

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from fourfold.errors import Fault, InputError, NotFoundError, RefusedError
from fourfold.node import keeping
from fourfold.node.actions.add_record import NewRecord, add_record
from fourfold.node.actions.change_record import Changes, change_record, loosening
from fourfold.node.actions.propose_change import propose_change
from fourfold.node.kinds import kind_of
from fourfold.node.models import RecordVersion
from fourfold.node.queries.releases import with_an_earlier_version
from fourfold.node.roles import Act
from fourfold.node.security import needs
from fourfold.node.web.forms.boxes import NO_FAULTS, Faults, Typed
from fourfold.node.web.forms.payloads import PREFIX, fits
from fourfold.node.web.forms.records import Given, offered, read_record, record_form, typed_record
from fourfold.node.web.queries.showing import activity_title, loosened_words
from fourfold.node.web.queries.words import kind_title
from fourfold.node.web.views.page import actor_of, crumbs, page
from fourfold.node.web.views.told import tell


@needs(Act.WRITE)
@require_http_methods(["GET", "POST"])
def keep(request: HttpRequest) -> HttpResponse:
    """Keep a new record. Nothing of it leaves."""
    asked = request.POST if request.method == "POST" else request.GET
    activity, kind = _which(asked)
    if kind is None:
        choices = [(each, activity_title(each), name, kind_title(name)) for each, name in offered()]
        return page(request, "keep.html", {"choices": choices, "crumbs": _steps(_("Keep a record"))})
    typed, faults = Typed.of(request.POST), NO_FAULTS
    if request.method == "POST" and not typed.one("more"):
        try:
            return _kept(request, activity, kind, read_record(kind, typed, {}))
        except InputError as error:
            faults = Faults.of(error.faults)
    form = record_form(kind, activity, typed, faults, more=_more(typed))
    hidden = {"activity": activity, "kind": kind}
    steps = _steps(_("Keep a record"))
    context = {"form": form, "hidden": hidden, "kind": kind_title(kind), "crumbs": steps}
    return page(request, "record_form.html", context)


@needs(Act.WRITE)
@require_http_methods(["GET", "POST"])
def change(request: HttpRequest, record_id: str) -> HttpResponse:
    """Keep a new version; what would be guarded less than before is proposed to a second person."""
    row = changeable(record_id)
    if not fits(kind_of(row.kind), row.content().payload):
        tell(request, "error", _("It holds more than a form can show. Programs change it through the API."))
        return redirect("record", record_id)
    if request.method == "GET":
        return _shown(request, row, typed_record(row.content()), {"base": row.digest})
    typed = Typed.of(request.POST)
    hidden = {"base": typed.one("base")}
    if typed.one("more"):
        return _shown(request, row, typed, hidden)
    try:
        return _sent(request, row, typed, hidden)
    except InputError as error:
        return _shown(request, row, typed, hidden, Faults.of(error.faults))
    except RefusedError as error:
        return _shown(request, row, typed, hidden, Faults.of([Fault(str(error))]))


def _sent(request: HttpRequest, row: RecordVersion, typed: Typed, hidden: Mapping[str, str]) -> HttpResponse:
    """Keep what was typed, propose it, or ask whether it is to be proposed."""
    given = read_record(row.kind, typed, row.content().payload)
    changes = Changes(given.payload, given.marking, given.slice, given.field_markings)
    less = loosening(row.record, changes)
    if less and not typed.one("propose"):
        return _shown(request, row, typed, hidden, less=less)
    return _changed(request, row, changes, hidden["base"], less)


def changeable(record_id: str) -> RecordVersion:
    """The latest version of a record that people change by page.

    Raises:
        Http404: there is no such record, or it is none that people change.
    """
    try:
        row = keeping.latest(record_id)
    except NotFoundError as error:
        raise Http404 from error
    if row.destroyed is not None or row.kind not in {kind for _activity, kind in offered()}:
        raise Http404
    return row


def _which(asked: Mapping[str, Any]) -> tuple[str, str | None]:
    """The activity and kind that are asked for; the only ones, where there is no choice."""
    pairs = offered()
    if not asked.get("kind") and len(pairs) == 1:
        return pairs[0]
    pair = (str(asked.get("activity", "")), str(asked.get("kind", "")))
    if pair in pairs:
        return pair
    if any(pair):
        raise Http404
    return "", None


def _kept(request: HttpRequest, activity: str, kind: str, given: Given) -> HttpResponse:
    row = add_record(
        NewRecord(
            kind=kind,
            activity=activity,
            payload=given.payload,
            marking=given.marking,
            slice=given.slice,
            field_markings=given.field_markings,
            source=_("Typed in by %(who)s") % {"who": actor_of(request)},
            wants_stub=given.stub,
        ),
        actor_of(request),
    )
    tell(request, "success", _("Kept. Nothing of it has left; below is who would get what of it."))
    return redirect("record", row.record)


def _changed(
    request: HttpRequest, row: RecordVersion, changes: Changes, base: str, less: tuple[str, ...]
) -> HttpResponse:
    if not less:
        after = change_record(row.record, changes, actor_of(request), base=base)
        same = after.version == row.version
        tell(request, "success", _("Nothing was changed.") if same else _kept_anew(after))
        return redirect("record", row.record)
    if settings.NODE.is_open:
        raise RefusedError(
            _("This needs a second person, and a demonstration knows nobody by name. Guard it as before.")
        )
    made = propose_change(row.record, changes, actor_of(request), base)
    tell(request, "success", _("Proposed. Nothing has changed until another person confirms it."))
    return redirect("proposal", made.pk)


def _kept_anew(after: RecordVersion) -> str:
    behind = with_an_earlier_version(after)
    if not behind:
        return _("The new version is kept.")
    return _(
        "The new version is kept. %(names)s may have an earlier one: release this one, or withdraw that."
    ) % {"names": ", ".join(behind)}


def _shown(
    request: HttpRequest,
    row: RecordVersion,
    typed: Typed,
    hidden: Mapping[str, str],
    faults: Faults = NO_FAULTS,
    less: tuple[str, ...] = (),
) -> HttpResponse:
    form = record_form(row.kind, row.activity, typed, faults, more=_more(typed), new=False)
    context = {
        "form": form,
        "hidden": hidden,
        "less": loosened_words(less),
        "record": row,
        "kind": kind_title(row.kind),
        "crumbs": _steps(_("Change")),
    }
    return page(request, "record_form.html", context)


def _more(typed: Typed) -> str:
    return typed.one("more").removeprefix(f"{PREFIX}-")


def _steps(title: str) -> list[dict[str, Any]]:
    return crumbs(("records", gettext_lazy("Records")), ("", title))
