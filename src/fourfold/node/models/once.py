"""One-time keys: what a form or a call of the API did already, so that it is not done twice."""

from django.db import models

from fourfold.node.models.fields import DigestField


class OneTimeKey(models.Model):
    """A key that was used: written in the transaction of what was done by it, kept for a day.

    `key` is a digest of the account and of the key that was sent, `body` of all that was asked. `attempt`
    tells the request that used it from others with the same key. `answer` is where what was made can be
    looked at, never content; None: the first request has not ended, or broke off.
    """

    key = DigestField(unique=True)
    account = models.CharField(max_length=150)
    body = DigestField()
    attempt = models.CharField(max_length=32)
    answer = models.JSONField(null=True)
    created = models.DateTimeField(db_index=True)

    class Meta:
        """How the keys of one account are counted."""

        indexes = [models.Index(fields=["account", "created"], name="keys_of_an_account")]

    def __str__(self) -> str:
        return self.key
