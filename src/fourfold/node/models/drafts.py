"""Texts of agreements that people here are still writing."""

from django.db import models

from fourfold.agreements.text import AgreementText
from fourfold.canon import digest_bytes
from fourfold.node.models.fields import DigestField
from fourfold.node.models.peers import Peer
from fourfold.node.models.reading import Readable


class AgreementDraft(models.Model):
    """One text that is being written; nothing of it leaves before it is proposed.

    `body` is the text as it stands, in canonical form. `answers` is the digest of the text that this one is
    to take the place of, where the counterpart proposed one. `proposed` is the digest under which it was
    proposed (empty: not yet), `dropped` when it was given up.
    """

    peer = models.ForeignKey(Peer, on_delete=models.PROTECT, related_name="drafts")
    activity = models.CharField(max_length=100)
    body = models.BinaryField()
    answers = DigestField(blank=True)
    begun = models.DateTimeField()
    begun_by = models.CharField(max_length=200)
    changed = models.DateTimeField()
    changed_by = models.CharField(max_length=200)
    proposed = DigestField(blank=True)
    dropped = models.DateTimeField(null=True)

    objects = models.Manager()
    readable = Readable("activity")

    def __str__(self) -> str:
        return f"draft {self.pk}: {self.content().title}"

    @property
    def is_open(self) -> bool:
        """Whether it can still be changed."""
        return not self.proposed and self.dropped is None

    @property
    def digest(self) -> str:
        """The digest of the text as it stands; by it a change is known to start from it."""
        return digest_bytes(bytes(self.body))

    def content(self) -> AgreementText:
        """The text as it stands; it may have faults that keep it from being proposed."""
        return AgreementText.model_validate_json(bytes(self.body))
