"""Addresses of a node: the wire, and the pages."""

from django.urls import include, path, re_path

from fourfold.node.api.app import api
from fourfold.node.api.problems import nothing
from fourfold.node.security import API, OPERATING, WIRE

urlpatterns = [
    path("", include(("fourfold.node.wire.urls", WIRE))),
    path("", include(("fourfold.node.operating.urls", OPERATING))),
    path("api/v1/", api.urls),
    path("api/", include(([re_path(r"\A[\s\S]*\Z", nothing)], API))),
    path("", include("fourfold.node.web.urls")),
]

handler429 = "fourfold.node.web.views.signing_in.refused"
"""Asked by django-allauth where an address asks too often."""
