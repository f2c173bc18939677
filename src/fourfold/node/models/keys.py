"""What institutions signed about their keys; and who confirmed what no signature can show."""

from django.db import models

from fourfold.node.models.fields import DigestField, IdField, KeyField


class StatementKind(models.TextChoices):
    """What a statement is about."""

    DELEGATION = "delegation", "a node key acts"
    REVOCATION = "revocation", "a node key acts no more"
    SUCCESSION = "succession", "an institution key takes another's place"
    REPLACEMENT = "replacement", "an institution key stands for a lost one"


class KeyStatement(models.Model):
    """One signed statement (fourfold.records.statements) about one key of one institution.

    `key` is the key that it is about: a node key, or the new institution key. `accepted` is when it came to
    be believed here; null while it waits for people, or if they refused it.
    """

    institution = IdField(db_index=True)
    kind = models.CharField(max_length=20)
    key = KeyField(db_index=True)
    body = models.BinaryField()
    digest = DigestField(unique=True)
    received = models.DateTimeField()
    accepted = models.DateTimeField(null=True)
    refused = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.kind} of {self.institution}"

    @classmethod
    def waiting(cls) -> "models.QuerySet[KeyStatement]":
        """The new institution keys that wait for people, oldest first."""
        return cls.objects.filter(accepted=None, refused=None).order_by("pk")


class ProofKind(models.TextChoices):
    """By what a node key showed that it acts for an institution."""

    STATEMENT = "statement", "its own signed word"
    REQUEST = "request", "a signed request that names the institution"
    CHECKPOINT = "checkpoint", "the log that it signs"
    RECEIPT = "receipt", "a receipt that it signed"
    OBJECT = "object", "a release that it signed"
    COSIGNATURE = "cosignature", "its countersignature of our log"


class KeyProof(models.Model):
    """The first time that a node key signed for an institution; `body` is its own word, if that was it.

    A key acts for one institution: whoever names it in a delegation later, or before, has claimed it only.
    """

    institution = IdField(db_index=True)
    key = KeyField(unique=True)
    how = models.CharField(max_length=20)
    body = models.BinaryField(default=bytes)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.how} of {self.institution}"


class KeyConfirmation(models.Model):
    """One person's word that the fingerprint of a new institution key is the one it was given."""

    statement = models.ForeignKey(KeyStatement, on_delete=models.PROTECT, related_name="confirmations")
    person = models.CharField(max_length=200)
    at = models.DateTimeField()

    class Meta:
        """What the store itself enforces."""

        constraints = [
            models.UniqueConstraint(fields=["statement", "person"], name="each_person_counts_once")
        ]

    def __str__(self) -> str:
        return self.person
