"""Addresses of the wire."""

from django.urls import path, re_path

from fourfold.exchange.nodes import ATTACHMENTS, COSIGNATURE, EPOCH, HOLDINGS, KEYS, LOG, RECEIPTS
from fourfold.node.wire import attachments, nodes, taxii

_COLLECTION = f"{taxii.ROOT}collections/<str:collection>/"

urlpatterns = [
    path("taxii2/", taxii.discovery),
    path(taxii.ROOT, taxii.api_root),
    path(f"{taxii.ROOT}status/<str:wanted>/", taxii.status),
    path(f"{taxii.ROOT}collections/", taxii.collections),
    path(_COLLECTION, taxii.collection),
    path(f"{_COLLECTION}manifest/", taxii.manifest),
    path(f"{_COLLECTION}objects/", taxii.objects),
    path(f"{_COLLECTION}objects/<str:wanted>/", taxii.one_object),
    path(f"{_COLLECTION}objects/<str:wanted>/versions/", taxii.versions),
    re_path(r"\Ataxii2/(?P<rest>[\s\S]*)\Z", taxii.nothing),
    path(RECEIPTS, nodes.receipts),
    path(LOG, nodes.log),
    path(COSIGNATURE, nodes.cosignature),
    path(f"{ATTACHMENTS}<str:digest>", attachments.attachment),
    path(EPOCH, nodes.epoch),
    path(KEYS, nodes.keys),
    path(HOLDINGS, nodes.holdings),
    re_path(r"\Aexchange/(?P<rest>[\s\S]*)\Z", nodes.nothing),
]
