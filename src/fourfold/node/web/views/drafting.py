"""Drafting an agreement by page: begun from a joint assessment, changed slice by slice, proposed."""

import json
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from fourfold.agreements import AgreementText, SliceTerms
from fourfold.canon import digest
from fourfold.errors import Fault, FourfoldError, InputError
from fourfold.framework import Level
from fourfold.node import clock, drafting
from fourfold.node.actions.draft_agreement import amend_proposal, begin_draft, change_draft, drop_draft
from fourfold.node.actions.propose_draft import propose_draft
from fourfold.node.models import AgreementDraft
from fourfold.node.models.reading import assessed
from fourfold.node.roles import Act
from fourfold.node.security import needs
from fourfold.node.taking import disposition, marking_line, note_taken
from fourfold.node.web.forms.boxes import NO_FAULTS, Box, Faults, Option, Shape, Typed, select
from fourfold.node.web.forms.terms import read_slice, read_text, slice_sections, text_boxes, typed_slice
from fourfold.node.web.queries.differences import difference_views
from fourfold.node.web.queries.drafts import draft_view, joint_of, level_hints, successors
from fourfold.node.web.views.acting import button
from fourfold.node.web.views.assessing import Place, faults_of, known_place
from fourfold.node.web.views.page import actor_of, crumbs, page
from fourfold.node.web.views.told import tell

MEANWHILE = Faults(
    (
        (
            "",
            gettext_lazy("A colleague changed this meanwhile. Below: what stands, and what yours makes it."),
        ),
    )
)


@needs(Act.ASSESS)
@require_http_methods(["GET", "POST"])
def begin(request: HttpRequest, activity_id: str) -> HttpResponse:
    """Begin a draft from the joint assessment of an activity."""
    place, faults = known_place(request, activity_id), NO_FAULTS
    typed = Typed.of(request.POST) if request.method == "POST" else Typed({"title": (_(place.title),)})
    if request.method == "POST":
        try:
            return redirect("draft", _begun(request, place, typed).pk)
        except FourfoldError as error:
            faults = faults_of(error)
    boxes = _begin_boxes(place, typed, faults)
    context = {"boxes": boxes, "wrong": faults.summary(boxes), "title": _(place.title)}
    context |= {"ready": joint_of(place.peer, activity_id) is not None, "peer": place.peer}
    steps = [
        *crumbs(("matrix", _("Matrix"))),
        {"url": place.url("activity"), "title": _(place.title)},
        {"url": "", "title": _("Draft an agreement")},
    ]
    return page(request, "draft_begin.html", {**context, "back": place.url("activity"), "crumbs": steps})


@needs(Act.ASSESS)
def draft(request: HttpRequest, number: int) -> HttpResponse:
    """One draft in plain words, with what is wrong with it and what it changes."""
    row = _found(number)
    if row.proposed:
        return redirect("agreement", row.proposed)
    return page(request, "draft.html", {"view": draft_view(row), "crumbs": _steps(("", row.content().title))})


@needs(Act.ASSESS)
@require_http_methods(["GET", "POST"])
def change_text(request: HttpRequest, number: int) -> HttpResponse:
    """The title, the dates and the community of a draft."""
    row = _found(number)
    text, typed, faults, clash = row.content(), None, NO_FAULTS, ()
    seen = _seen([text.title, text.review_by, text.expires, sorted(text.community)])
    if request.method == "POST":
        typed = Typed.of(request.POST)
        try:
            wanted = read_text(text, typed)
            if typed.one("seen") == seen:
                return _kept(request, row, wanted)
            faults, clash = MEANWHILE, difference_views(text, wanted)
        except FourfoldError as error:
            faults = faults_of(error)
    boxes = text_boxes(text, typed, faults)
    steps = _steps((row, text.title), ("", _("Title and dates")))
    context = {"boxes": boxes, "wrong": faults.summary(boxes), "clash": clash, "draft": row, "seen": seen}
    return page(request, "draft_text.html", {**context, "crumbs": steps})


@needs(Act.ASSESS)
@require_http_methods(["GET", "POST"])
def change_slice(request: HttpRequest, number: int) -> HttpResponse:
    """The terms of one slice; of a part that is not in the text yet, those that would be cautious."""
    row = _found(number)
    text, name = row.content(), request.GET.get("part", "")
    stands = next((terms for terms in text.slices if terms.name == name), None)
    terms, faults, clash = stands or _cautious(row, text, name), NO_FAULTS, ()
    seen = _seen(stands.model_dump(mode="json")) if stands else "new"
    typed = typed_slice(terms, text.parties)
    if request.method == "POST":
        typed = Typed.of(request.POST)
        try:
            wanted = _with_slice(text, stands, terms, typed)
            if typed.one("seen") == seen:
                return _kept(request, row, wanted)
            faults, clash = MEANWHILE, difference_views(text, wanted)
        except FourfoldError as error:
            faults = faults_of(error)
    hints = level_hints(row.peer, row.activity, name)
    sections = slice_sections(terms, text.parties, hints, typed, faults)
    boxes = [box for section in sections for box in section.boxes]
    context = {"sections": sections, "wrong": faults.summary(boxes), "clash": clash, "draft": row}
    context |= {"name": terms.name, "stands": stands, "seen": seen, "alone": len(text.slices) == 1}
    steps = _steps((row, text.title), ("", terms.name))
    return page(request, "draft_slice.html", {**context, "crumbs": steps})


@needs(Act.ASSESS)
def file(request: HttpRequest, number: int) -> HttpResponse:
    """The draft as a file, for the command line."""
    row = _found(number)
    marked = assessed(row.activity)
    text = f"# {marking_line(marked)}\n{drafting.to_yaml(row.content())}"
    note_taken(actor_of(request), row.activity, row.peer)
    headers = disposition(f"draft-{row.pk}", "yaml", marked)
    return HttpResponse(text, content_type="application/yaml", headers=headers)


@button(Act.ASSESS)
def propose(request: HttpRequest, number: int) -> HttpResponse:
    """Propose a draft, as the page showed it."""
    row = propose_draft(number, actor_of(request), request.POST.get("seen") or None)
    tell(request, "success", _("Proposed: the text goes to the counterpart. Nobody has signed it yet."))
    return redirect("agreement", row.digest)


@button(Act.ASSESS)
def drop(request: HttpRequest, number: int) -> HttpResponse:
    """Give a draft up."""
    drop_draft(number)
    tell(request, "success", _("The draft was given up."))
    return redirect("agreements")


@button(Act.ASSESS)
def amend(request: HttpRequest, digest: str) -> HttpResponse:
    """Begin a draft that takes the place of a proposal."""
    row = amend_proposal(digest, actor_of(request))
    tell(
        request,
        "success",
        _("This draft begins with the proposed text. Nothing leaves before you propose it."),
    )
    return redirect("draft", row.pk)


def _found(number: int) -> AgreementDraft:
    row = AgreementDraft.readable.select_related("peer").filter(pk=number, dropped=None).first()
    if row is None:
        raise Http404
    return row


def _begun(request: HttpRequest, place: Place, typed: Typed) -> AgreementDraft:
    title, replaces = typed.one("title"), typed.one("replaces") or None
    if place.row is None:
        raise _wrong("", _("Both sides have to reveal their answers first."))
    consents = bool(typed.one("consents"))
    return begin_draft(place.row, title, actor_of(request), replaces, consents=consents)


def _begin_boxes(place: Place, typed: Typed, faults: Faults) -> tuple[Box, ...]:
    known = successors(place.peer, place.activity, clock.now())
    title = Box("title", _("Title"), Shape.LINE, typed.one("title"), errors=faults.at("title"))
    ticked = Option(
        "yes", _("Add a slice for asking for consents, and giving them"), bool(typed.one("consents"))
    )
    hint = _("Needed where something is to be passed on that came from the other.")
    consents = Box("consents", _("Consents"), Shape.TICKS, options=(ticked,), hint=hint)
    if not known:
        return title, consents
    chosen = typed.one("replaces") if typed.values.get("replaces") else next(iter(known))
    follows = select(
        "replaces",
        _("What it follows"),
        known.items(),
        chosen,
        blank=_("nothing: it stands beside what is in force"),
        hint=_("The agreement in force that this one supersedes once all have signed."),
    )
    return title, follows, consents


def _kept(request: HttpRequest, row: AgreementDraft, text: AgreementText) -> HttpResponse:
    """Keep a text that starts from the draft as it was read for this request."""
    before = row.digest
    after = change_draft(row.pk, text, actor_of(request), before)
    same = after.digest == before
    tell(request, "success", _("Nothing was changed.") if same else _("The draft is kept."))
    return redirect("draft", row.pk)


def _seen(content: object) -> str:
    """What tells one state of a form from another."""
    return digest(json.loads(json.dumps(content, default=str)))


def _cautious(row: AgreementDraft, text: AgreementText, name: str) -> SliceTerms:
    """Cautious terms for a part that was assessed and is not in the text.

    Raises:
        Http404: no part of that name was assessed, or nothing of the activity is carried out.
    """
    made = joint_of(row.peer, row.activity)
    result = next((each for each in made.slices if each.name == name), None) if made else None
    if result is None or row.activity not in drafting.DEFAULT_FIELDS:
        raise Http404
    level = result.outcome.suggestion or Level.SEPARATION
    made_up = drafting.cautious(row.activity, name, level, text.parties)
    return SliceTerms(
        id=made_up.id,
        activity=row.activity,
        name=name,
        level=level,
        kinds=made_up.kinds,
        ceiling=made_up.ceiling,
        forbidden_caveats=made_up.forbidden_caveats,
        directions=made_up.directions,
    )


def _with_slice(
    text: AgreementText, stands: SliceTerms | None, terms: SliceTerms, typed: Typed
) -> AgreementText:
    """The text with the slice as it was typed; or without it, if that was asked for."""
    others = [each for each in text.slices if each != stands]
    if typed.one("remove"):
        if not others:
            raise _wrong("", _("An agreement has at least one slice."))
        return text.model_copy(update={"slices": tuple(others)})
    read = read_slice(terms, text.parties, typed)
    slices = [read if each == stands else each for each in text.slices]
    return text.model_copy(update={"slices": tuple(slices if stands else [*slices, read])})


def _wrong(field: str, message: str) -> FourfoldError:
    return InputError([Fault(message, field=field)])


def _steps(*steps: tuple[Any, str]) -> list[dict[str, Any]]:
    (first,) = crumbs(("agreements", gettext_lazy("Agreements")))
    return [
        first,
        *({"url": reverse("draft", args=[each.pk]) if each else "", "title": title} for each, title in steps),
    ]
