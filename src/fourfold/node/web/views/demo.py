"""The demonstration's buttons: each carries out one action, and the next page says what happened."""

from collections.abc import Callable
from functools import wraps

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from fourfold.errors import FourfoldError
from fourfold.node import examples
from fourfold.node.actions.pull import Pulled
from fourfold.node.actions.release_record import release_record
from fourfold.node.actions.sync import sync as sync_peers
from fourfold.node.actions.withdraw import withdraw as withdraw_release
from fourfold.node.models import Peer
from fourfold.node.web.queries.showing import in_order
from fourfold.node.web.queries.words import field_title
from fourfold.node.web.views.page import actor_of
from fourfold.node.web.views.told import tell

Button = Callable[..., HttpResponse]


def button(act: Button) -> Button:
    """A button that exists in a demonstration only; a refusal is told in the refusing rule's own words."""

    @require_POST
    @wraps(act)
    def pressed(request: HttpRequest, **which: str) -> HttpResponse:
        if not settings.NODE.is_open:
            raise Http404
        try:
            return act(request, **which)
        except FourfoldError as error:
            tell(request, "error", str(error))
            return _back(request)

    return pressed


@button
def import_examples(request: HttpRequest) -> HttpResponse:
    """Import the example incidents."""
    done = examples.import_examples(actor_of(request))
    added = ngettext("%(n)d incident was imported.", "%(n)d incidents were imported.", len(done.added))
    known = ngettext("%(n)d was here already.", "%(n)d were here already.", done.known)
    tell(request, "success", f"{added % {'n': len(done.added)}} {known % {'n': done.known}}")
    return redirect("records")


@button
def release(request: HttpRequest, record_id: str) -> HttpResponse:
    """Release a record to one counterpart, as the preview showed it."""
    peer = _peer(request.POST.get("to", ""))
    row = release_record(record_id, peer, actor_of(request))
    passed = ", ".join(str(field_title(name)) for name in in_order(row.release.kind, row.passed))
    text = _("Released to %(name)s, waiting to be collected. Fields that pass: %(fields)s.")
    tell(request, "success", text % {"name": peer.name, "fields": passed})
    return redirect("release", row.release_id)


@button
def withdraw(request: HttpRequest, release_id: str) -> HttpResponse:
    """Withdraw a release."""
    row = withdraw_release(release_id, _("Withdrawn in the demonstration."), actor_of(request))
    text = _("Withdrawn. It is pending until %(name)s has collected the withdrawal and confirmed it.")
    tell(request, "success", text % {"name": row.peer.name})
    return redirect("release", row.release_id)


@button
def sync(request: HttpRequest) -> HttpResponse:
    """Collect from every counterpart now."""
    for each in sync_peers():
        if each.pulled is None:
            tell(request, "error", f"{each.peer.name}: {each.problem}")
        else:
            tell(request, "success", f"{each.peer.name}: {_in_words(each.pulled)}")
    return _back(request)


def _in_words(pulled: Pulled) -> str:
    stored = pulled.stored
    parts = [
        ngettext("%(n)d object received", "%(n)d objects received", stored.stored) % {"n": stored.stored},
        ngettext("%(n)d withdrawal carried out", "%(n)d withdrawals carried out", stored.withdrawn)
        % {"n": stored.withdrawn},
        ngettext("%(n)d object not accepted", "%(n)d objects not accepted", stored.refused)
        % {"n": stored.refused},
        ngettext("%(n)d receipt delivered", "%(n)d receipts delivered", pulled.receipts)
        % {"n": pulled.receipts},
        _("their log countersigned at size %(size)d") % {"size": pulled.checkpoint.size},
    ]
    return ", ".join(parts) + "."


def _peer(institution: str) -> Peer:
    found = Peer.objects.filter(pk=institution).first()
    if found is None:
        raise Http404
    return found


def _back(request: HttpRequest) -> HttpResponseRedirect:
    """To the page that the button stood on; to the matrix, where that is not known to be ours."""
    given = request.POST.get("back", "")
    ours = given.startswith("/") and not given.startswith("//") and "\\" not in given
    return HttpResponseRedirect(given if ours else "/")
