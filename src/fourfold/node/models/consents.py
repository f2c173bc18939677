"""An originator's consent that something of its goes on to somebody."""

from django.db import models

from fourfold.node.models.fields import DigestField, IdField


class ConsentDocument(models.Model):
    """A consent as its originator signed it (fourfold.agreements.consent); it covers what it names."""

    id = IdField(primary_key=True)
    originator = IdField()
    recipient = IdField()
    record_digest = DigestField(db_index=True)
    agreement_digest = DigestField()
    body = models.BinaryField()
    received = models.DateTimeField()
    expires = models.DateTimeField(null=True)
    revoked = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.id
