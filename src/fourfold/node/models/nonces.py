"""Nonces of signed requests, so that none is served twice."""

from django.db import models

from fourfold.node.models.fields import KeyField


class RequestNonce(models.Model):
    """A nonce that a node key used; kept for twice the window in which a request counts."""

    key = KeyField()
    nonce = models.CharField(max_length=64)
    created = models.DateTimeField(db_index=True)

    class Meta:
        """What the store itself enforces."""

        constraints = [models.UniqueConstraint(fields=["key", "nonce"], name="a_nonce_counts_once")]

    def __str__(self) -> str:
        return self.nonce
