"""Keys by page: who signs; and a person's word for a counterpart's new institution key.

Changing this institution's own keys opens the offline key, and so is done by command.
"""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods

from fourfold.errors import Fault, FourfoldError, InputError
from fourfold.node.actions.accept_institution_key import accept_institution_key
from fourfold.node.actions.refuse_institution_key import refuse_institution_key
from fourfold.node.models import Peer
from fourfold.node.parties import nodes
from fourfold.node.roles import Act
from fourfold.node.security import needs
from fourfold.node.web.forms.boxes import NO_FAULTS, Box, Faults, Shape, Typed
from fourfold.node.web.queries.keys import keys_view
from fourfold.node.web.views.acting import button
from fourfold.node.web.views.page import actor_of, crumbs, page
from fourfold.node.web.views.told import tell

KEYS = gettext_lazy("Keys")


@needs(Act.WATCH)
def keys(request: HttpRequest) -> HttpResponse:
    """All keys, ours and the counterparts', with what people compare."""
    owners = keys_view(actor_of(request))
    return page(request, "keys.html", {"owners": owners, "crumbs": crumbs(("", KEYS))})


@needs(Act.APPROVE)
@require_http_methods(["GET", "POST"])
def confirm(request: HttpRequest, institution: str) -> HttpResponse:
    """One person's word that a counterpart's new institution key has the fingerprint that it was told."""
    peer = _peer(institution)
    owner = next((each for each in keys_view(actor_of(request)) if each.id == peer.pk), None)
    if owner is None or owner.waiting is None:
        tell(request, "warning", _("Nothing was done: no new key of %(name)s waits.") % {"name": peer.name})
        return redirect("keys")
    typed, faults = Typed.of(request.POST), NO_FAULTS
    if request.method == "POST":
        try:
            missing = _confirmed(peer, typed.one("fingerprint"), actor_of(request))
        except InputError as error:
            faults = Faults.of(
                Fault(each.message, field="fingerprint", remedy=each.remedy) for each in error.faults
            )
        except FourfoldError as error:
            faults = Faults.of([Fault(str(error), field="fingerprint")])
        else:
            _tell(request, peer, missing)
            return redirect("keys")
    hint = _("As its people told you by another way, by voice for example; not as this node shows it.")
    box = Box(
        "fingerprint",
        _("Fingerprint"),
        Shape.LINE,
        typed.one("fingerprint"),
        hint=hint,
        errors=faults.at("fingerprint"),
    )
    context = {"owner": owner, "boxes": [box], "wrong": faults.summary([box])}
    return page(request, "key_confirm.html", context | {"crumbs": crumbs(("keys", KEYS), ("", peer.name))})


@button(Act.APPROVE)
def refuse(request: HttpRequest, institution: str) -> HttpResponse:
    """Refuse a counterpart's new institution key that waits: one person's doubt is enough."""
    peer = _peer(institution)
    refuse_institution_key(peer, actor_of(request))
    text = _("Refused. %(name)s goes on by the key that is believed now. Ask its people what happened.")
    tell(request, "success", text % {"name": peer.name})
    return redirect("keys")


def _confirmed(peer: Peer, fingerprint: str, actor: str) -> int:
    if not fingerprint:
        raise InputError([Fault(_("Type the fingerprint that you were told."))])
    return accept_institution_key(peer, fingerprint, actor)


def _tell(request: HttpRequest, peer: Peer, missing: int) -> None:
    if missing:
        text = ngettext(
            "Noted. %(n)d more person must compare the fingerprint.",
            "Noted. %(n)d more people must compare the fingerprint.",
            missing,
        )
        tell(request, "success", text % {"n": missing})
    else:
        text = _("The new institution key of %(name)s is accepted.")
        tell(request, "success", text % {"name": peer.name})


def _peer(institution: str) -> Peer:
    found = next((peer for peer in nodes() if peer.pk == institution), None)
    if found is None:
        raise Http404
    return found
