"""Columns that recur: ids and digests in their one form, titles as they are searched."""

from typing import Any

from django.db import models

from fourfold.canon import folded

LONGEST_FOLDED = 500


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


class FoldedField(models.CharField):
    """The title of the row as searches compare it, written with every row that is saved or inserted.

    Where rows are updated by a query, or by `update_fields`, `folded` is named beside `title`.
    """

    def __init__(self, **options: Any) -> None:
        given = {"max_length": LONGEST_FOLDED, "blank": True, "default": "", "editable": False}
        super().__init__(**{**given, **options})

    def pre_save(self, model_instance: models.Model, add: bool) -> str:  # noqa: FBT001  Django's own signature
        """Fold the title that the row has now."""
        del add
        value = folded_title(model_instance.title)  # type: ignore[attr-defined]  each model with this has one
        setattr(model_instance, self.attname, value)
        return value


def folded_title(title: str) -> str:
    """A title in any case and any spelling of its accents as one text; its first 500 characters."""
    return folded(title)[:LONGEST_FOLDED]


def has_words(*words: str) -> models.Q:
    """The rows in whose titles all of these words occur, whole or as part of another."""
    found = models.Q()
    for word in words:
        found &= models.Q(folded__contains=folded(word))
    return found


def no_folded_title_alone(name: str) -> models.CheckConstraint:
    """The store refuses to keep what a title said once the title is emptied."""
    return models.CheckConstraint(condition=~models.Q(title="") | models.Q(folded=""), name=name)
