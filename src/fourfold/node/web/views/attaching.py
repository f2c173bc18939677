"""Attaching a file to a record by page."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods
from pydantic import ValidationError

from fourfold.errors import Fault, FourfoldError, InputError
from fourfold.node import clock
from fourfold.node.actions.add_attachment import UNTOLD, add_attachment
from fourfold.node.actions.attach import attach as attach_files
from fourfold.node.files import give_up, sweep
from fourfold.node.models import RecordVersion
from fourfold.node.roles import Act
from fourfold.node.security import needs
from fourfold.node.web import uploads
from fourfold.node.web.forms.boxes import NO_FAULTS, Box, Faults, Shape
from fourfold.node.web.once import once
from fourfold.node.web.views.keeping import changeable
from fourfold.node.web.views.page import actor_of, crumbs, page
from fourfold.node.web.views.told import tell
from fourfold.records.attachments import Attachment, attachments_of

_MEBI = 1 << 20


@csrf_exempt  # the check reads the form, so it comes after it is known who asks and how much is taken
@needs(Act.WRITE)
@require_http_methods(["GET", "POST"])
def attach(request: HttpRequest, record_id: str) -> HttpResponse:
    """Attach a file: a new version of the record names it."""
    taking = uploads.TakeOneFile(uploads.LARGEST)
    request.upload_handlers = [taking]
    return _attach(request, record_id=record_id, taking=taking)


@csrf_protect
@once
def _attach(request: HttpRequest, record_id: str, taking: uploads.TakeOneFile) -> HttpResponse:
    row, faults = changeable(record_id), NO_FAULTS
    if request.method == "POST":
        try:
            kept = _kept(request, row, taking)
        except InputError as error:
            faults = Faults.of(Fault(each.message, field="file", remedy=each.remedy) for each in error.faults)
        else:
            tell(request, "success", _("“%(name)s” is attached, in a new version.") % {"name": kept.name})
            return redirect("record", row.record)
    hint = _("At most %(size)d MiB. Larger ones by command: fourfold record attach.")
    size = {"size": uploads.LARGEST // _MEBI}
    box = Box("file", _("File"), Shape.FILE, hint=hint % size, errors=faults.at("file"))
    steps = crumbs(("records", gettext_lazy("Records")), ("", _("Attach a file")))
    named = attachments_of(row.content().payload)
    context = {"record": row, "boxes": [box], "wrong": faults.summary([box]), "named": named, "crumbs": steps}
    return page(request, "attach.html", context)


def _kept(request: HttpRequest, row: RecordVersion, taking: uploads.TakeOneFile) -> Attachment:
    """Keep the file and name it in the record; if the record cannot name it, it is not kept.

    Raises:
        InputError: no file came, it is too large, its name is none, or the record cannot name it.
    """
    given = request.FILES.get("file")
    if taking.too_large:
        raise InputError([Fault(_("The file is larger than a page takes."))])
    if given is None:
        raise InputError([Fault(_("Choose a file."))])
    _check_name(given.name or "")
    kept = add_attachment(given.file, given.name or "", None, actor_of(request))
    try:
        attach_files(row.record, [kept], actor_of(request))
    except FourfoldError:
        give_up({kept.digest}, clock.now())
        sweep()
        raise
    return kept


def _check_name(name: str) -> None:
    nothing = "sha256:" + 64 * "0"
    try:
        Attachment(name=name, media_type=UNTOLD, size=0, digest=nothing)
    except ValidationError as error:
        raise InputError([Fault(_("A file's name has at most 200 characters. Rename it."))]) from error
