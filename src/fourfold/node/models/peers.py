"""Counterparts: the institutions that this one works with."""

from django.db import models
from pydantic import ValidationError

from fourfold.node.models.fields import DigestField, IdField, KeyField
from fourfold.records.identity import SignedDelegation


class Peer(models.Model):
    """One counterpart, known by its institution key; its name is only for reading.

    `last_added` is the greatest `date_added` issued to it, and never goes back. `cursor` is how far we
    have read its collection (the `date_added` of the last page that was stored), empty at the beginning.
    `keys_told` is the digest of the history of our keys that it has (fourfold.records.statements).
    `epoch_due`: the store was restored, and the log for it is closed until a new epoch is open.
    `tried` is when what lies in its quarantine was last looked at again, `tried_on` the digest of what that
    went by (fourfold.node.actions.try_again).
    `facts` of it (regulator, defence ties) stand in the agreements that both signed, not here.
    """

    institution = IdField(primary_key=True)
    name = models.CharField(max_length=200)
    institution_key = KeyField(unique=True)
    node_key = KeyField()
    delegation = models.BinaryField()
    url = models.URLField(max_length=500, blank=True)
    joined = models.DateTimeField()
    last_added = models.DateTimeField(null=True)
    cursor = models.CharField(max_length=200, blank=True)
    last_pulled = models.DateTimeField(null=True)
    last_error = models.CharField(max_length=500, blank=True)
    keys_told = DigestField(blank=True)
    epoch_due = models.BooleanField(default=False)
    tried = models.DateTimeField(null=True)
    tried_on = DigestField(blank=True, default="")

    def __str__(self) -> str:
        return self.name

    @property
    def signed_delegation(self) -> SignedDelegation | None:
        """Its institution key's word that its node key may act for it; None: what 0.3.0 took holds no key."""
        try:
            return SignedDelegation.model_validate_json(bytes(self.delegation))
        except ValidationError:
            return None


class Invitation(models.Model):
    """An invitation that was written for somebody, until it is answered or lapses."""

    id = IdField(primary_key=True)
    body = models.BinaryField()
    created = models.DateTimeField()
    expires = models.DateTimeField()
    accepted_by = models.ForeignKey(Peer, null=True, on_delete=models.PROTECT)

    def __str__(self) -> str:
        return self.id
