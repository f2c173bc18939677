"""Filling a template: the one way in which every view answers."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise

from fourfold.node.asking import is_head
from fourfold.node.web.views.told import take


def page(request: HttpRequest, template: str, context: Mapping[str, Any], status: int = 200) -> HttpResponse:
    """A page, with what the last button did on top."""
    messages = [] if is_head(request) else take(request)
    return render(request, f"web/{template}", {**context, "messages": messages}, status=status)


def crumbs(*steps: tuple[str, str | Promise]) -> list[dict[str, Any]]:
    """Where the reader is: pairs of a view's name (empty for this very page) and a title."""
    return [{"url": reverse(name) if name else "", "title": title} for name, title in steps]


def actor_of(request: HttpRequest) -> str:
    """Who acts: the account, or the demonstration, which has none."""
    user = getattr(request, "user", None)
    return user.get_username() if user is not None and user.is_authenticated else "demonstration"
