"""A form does what it does once: sent again, it leads to what the first made.

`once` wraps a view of a page. Where the same key comes with other words, nothing is done, and the form is
shown with these words under a new key: nobody's words are lost, and nothing is done twice by mistake.
"""

import hashlib
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.views.csrf import csrf_failure

from fourfold.canon import canonical_bytes
from fourfold.node import once as keys
from fourfold.node.models import OneTimeKey
from fourfold.node.web import lapses
from fourfold.node.web.form_keys import FIELD, HIDDEN, account_of, key_of
from fourfold.node.web.views.acting import way_back
from fourfold.node.web.views.told import errors, tell

View = Callable[..., HttpResponse]


def once(view: View) -> View:
    """A view that acts once for each form; what comes without a key is none of ours, and acts as ever."""

    @wraps(view)
    def guarded(request: HttpRequest, **place: Any) -> HttpResponse:
        if request.method != "POST" or FIELD not in request.POST:
            return view(request, **place)
        given = key_of(request)
        if given is None or given.account != account_of(request):
            return csrf_failure(request)
        this = keys.attempt(_account(request), f"{request.path} {given.text}", _body(request))
        found = keys.settled(this)
        try:
            return _again(request, view, place, found, this) if found else _act(request, view, place, this)
        except keys.DoneBeforeError:
            return _again(request, view, place, keys.settled(this), this)

    return guarded


def _act(request: HttpRequest, view: View, place: dict[str, Any], this: keys.Attempt) -> HttpResponse:
    """Act; only what leads to another page, and tells no refusal there, did something."""
    answer, before = None, errors(request)
    try:
        with keys.acting(this):
            response = view(request, **place)
        if isinstance(response, HttpResponseRedirect) and errors(request) == before:
            answer = {"to": response.url}
        return response
    finally:
        keys.finish(this, answer)


def _again(
    request: HttpRequest, view: View, place: dict[str, Any], found: OneTimeKey | None, this: keys.Attempt
) -> HttpResponse:
    """What the first made; or, where other words came with its key, the form with these."""
    if found is not None and found.body != this.body:
        told = _("This form was sent before, with other words: that was done. These words were not yet sent.")
        return lapses.shown_again(request, view, place, told)
    if found is None or found.answer is None:
        told = _(
            "This was sent a moment ago, and it is not known yet what came of it. Look before you go on."
        )
        tell(request, "warning", told)
        return HttpResponseRedirect(way_back(request))
    tell(request, "success", _("You sent this twice; it was done once."))
    return HttpResponseRedirect(found.answer["to"])


def _account(request: HttpRequest) -> str:
    return f"page {account_of(request)}"


def _digest(file: UploadedFile) -> str:
    """The digest of a file that came; it is read again from its beginning afterwards."""
    hasher = hashlib.sha256()
    for piece in file.chunks():
        hasher.update(piece)
    file.seek(0)
    return hasher.hexdigest()


def _body(request: HttpRequest) -> bytes:
    """All that was typed and chosen; of a file its name and digest."""
    typed = {name: values for name, values in request.POST.lists() if name not in HIDDEN}
    files = [[name, each.name, _digest(each)] for name, each in request.FILES.items()]
    return canonical_bytes([typed, files])
