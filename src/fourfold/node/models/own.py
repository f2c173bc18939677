"""Who this node acts for."""

from django.db import models

from fourfold.node.models.fields import IdField, KeyField
from fourfold.records.identity import SignedDelegation


class Node(models.Model):
    """The one row about this node itself: its institution, keys and the delegation between them.

    `pseudonym_secret` keys the pseudonyms under which counterparts know our records; nobody else has it.
    """

    institution = IdField(primary_key=True)
    name = models.CharField(max_length=200)
    institution_key = KeyField()
    node_key = KeyField()
    delegation = models.BinaryField()
    regulator = models.BooleanField(default=False)
    defence_tie = models.BooleanField(default=False)
    pseudonym_secret = models.CharField(max_length=64)
    created = models.DateTimeField()

    def __str__(self) -> str:
        return self.name

    @property
    def signed_delegation(self) -> SignedDelegation:
        """The institution key's word that the node key may act for it."""
        return SignedDelegation.model_validate_json(bytes(self.delegation))
