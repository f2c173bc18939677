"""Who may read what: grants to accounts, each proposed by one person and confirmed by another."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from fourfold.node.models.fields import IdField
from fourfold.records.markings import Caveat, Tlp
from fourfold.release import Clearance

ALL = "*"
"""Stands for all activities."""


class Grant(models.Model):
    """What one account may read beyond what everybody reads who reads at all.

    `ceiling` (empty: names alone are given) is short of RED; `caveats` and `activities` are joined by blanks.
    It counts from `confirmed` to `until` (null: without end) or `ended`; one that was dropped has ended
    without having been confirmed. `carried` says that an upgrade wrote it, and nobody has decided it.
    """

    account = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="grants")
    ceiling = models.CharField(max_length=20, blank=True)
    caveats = models.CharField(max_length=300, blank=True)
    activities = models.TextField(blank=True, default=ALL)
    reason = models.CharField(max_length=500, blank=True)
    proposed = models.DateTimeField()
    proposed_by = models.CharField(max_length=200)
    confirmed = models.DateTimeField(null=True)
    confirmed_by = models.CharField(max_length=200, blank=True)
    until = models.DateTimeField(null=True)
    ended = models.DateTimeField(null=True)
    ended_by = models.CharField(max_length=200, blank=True)
    carried = models.BooleanField(default=False)

    def __str__(self) -> str:
        return f"{self.account} up to {self.ceiling or 'names alone'}"

    @property
    def waits(self) -> bool:
        """Whether a second person has to confirm it."""
        return self.confirmed is None and self.ended is None

    def clearance(self) -> Clearance | None:
        """What it lets be read; None: names alone. What is no label or caveat lets nothing be read."""
        if self.ceiling not in set(Tlp) - {Tlp.RED}:
            return None
        known = frozenset(Caveat(each) for each in self.caveats.split() if each in set(Caveat))
        activities = None if self.activities == ALL else frozenset(self.activities.split())
        return Clearance(Tlp(self.ceiling), known, activities)


def standing(now: object) -> Q:
    """The grants that count at a moment."""
    return Q(confirmed__isnull=False, ended=None) & (Q(until=None) | Q(until__gt=now))


class NamedReader(models.Model):
    """One account that was named for one thing: a record, something received, a proposal or a joint record.

    Without a `grant` it is the author: who writes what is RED has named herself. The name counts as its grant
    does, until it has `ended`.
    """

    account = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="named_for")
    subject = IdField(db_index=True)
    grant = models.ForeignKey(Grant, null=True, on_delete=models.CASCADE, related_name="names")
    since = models.DateTimeField()
    ended = models.DateTimeField(null=True)
    ended_by = models.CharField(max_length=200, blank=True)

    def __str__(self) -> str:
        return f"{self.account} for {self.subject}"
