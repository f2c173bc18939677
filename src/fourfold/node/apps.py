"""The node as a Django application."""

from django.apps import AppConfig


class NodeConfig(AppConfig):
    """Its models and migrations."""

    name = "fourfold.node"
    label = "node"
