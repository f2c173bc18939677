"""Third-party TAXII clients: who holds a token, and until when it counts."""

from django.db import models

from fourfold.node.models.agreements import Agreement
from fourfold.node.models.fields import DigestField
from fourfold.node.models.peers import Peer


class Client(models.Model):
    """A tool that pulls, and may hand in, with a bearer token; a recipient of its own (`peer`).

    `token` is the SHA-256 of the token, which itself is kept nowhere. `terms` is the agreement that says
    what it may have: by default TLP:CLEAR without caveats. `may_submit`: whether it has an inbox here.
    `second` agreed to terms that are wider than the default. `last_used` is exact to the hour.
    """

    peer = models.OneToOneField(Peer, primary_key=True, on_delete=models.PROTECT, related_name="client")
    token = DigestField(unique=True)
    terms = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="clients")
    may_submit = models.BooleanField(default=False)
    created = models.DateTimeField()
    author = models.CharField(max_length=200)
    second = models.CharField(max_length=200, blank=True)
    expires = models.DateTimeField()
    revoked = models.DateTimeField(null=True)
    last_used = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.peer.name
