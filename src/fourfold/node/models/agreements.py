"""What was agreed: exact texts, who signed them, and what became of them."""

from django.db import models

from fourfold.agreements.text import AgreementText
from fourfold.node.models.fields import DigestField, IdField, KeyField


class Agreement(models.Model):
    """One numbered text, exactly as signed. What holds today follows from it and the clock.

    `complete` is the moment when the last party's signature was here; null while one is missing. `ending`
    is a party's signed word that it has ended the agreement. `superseded` is when a later number came
    into force.
    """

    digest = DigestField(primary_key=True)
    agreement = IdField(db_index=True)
    number = models.PositiveIntegerField()
    predecessor = DigestField(blank=True)
    title = models.CharField(max_length=500)
    founding = models.BooleanField(default=False)
    text = models.BinaryField()
    created = models.DateTimeField()
    complete = models.DateTimeField(null=True)
    superseded = models.DateTimeField(null=True)
    ended = models.DateTimeField(null=True)
    ended_by = IdField(blank=True)
    ending = models.BinaryField(null=True)

    class Meta:
        """What the store itself enforces."""

        ordering = ["agreement", "number"]

    def __str__(self) -> str:
        return f"{self.title} (number {self.number})"

    def content(self) -> AgreementText:
        """The text itself."""
        return AgreementText.model_validate_json(bytes(self.text))


class AgreementParty(models.Model):
    """Who is a party, and its signature once it is here (`value` is base64)."""

    agreement = models.ForeignKey(Agreement, on_delete=models.CASCADE, related_name="parties")
    institution = IdField(db_index=True)
    key = KeyField()
    signature = models.CharField(max_length=88, blank=True)
    signed = models.DateTimeField(null=True)

    class Meta:
        """What the store itself enforces."""

        constraints = [
            models.UniqueConstraint(fields=["agreement", "institution"], name="one_signature_for_each_party")
        ]

    def __str__(self) -> str:
        return self.institution
