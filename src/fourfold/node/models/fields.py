"""Columns that recur: ids and digests in their one form."""

from typing import Any

from django.db import models


class IdField(models.CharField):
    """An identifier `prefix--UUID` (STIX 2.1); at most 80 characters."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("max_length", 80)
        super().__init__(**options)


class DigestField(models.CharField):
    """`sha256:` and 64 hexadecimal digits."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("max_length", 71)
        super().__init__(**options)


class KeyField(models.CharField):
    """A public key: 32 bytes as base64."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("max_length", 44)
        super().__init__(**options)
