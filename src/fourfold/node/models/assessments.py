"""Where the joint assessment of an activity stands with a counterpart."""

from django.db import models

from fourfold.node.models.fields import DigestField, IdField
from fourfold.node.models.peers import Peer
from fourfold.node.models.reading import Readable


class JointAssessment(models.Model):
    """One activity, assessed with one counterpart: our answers, our seal and theirs, then what each revealed.

    `state` is a state of fourfold.protocols.assessment. `answers` are ours, whole; `withheld` names what we
    do not reveal, as `slice.criterion`: it is left out of what is sealed. `nonce` keeps the seal unguessable.
    `their_answers` is what they revealed, checked against their seal. `evidence` explains our answers and
    stays with us.
    """

    peer = models.ForeignKey(Peer, on_delete=models.PROTECT, related_name="assessments")
    activity = models.CharField(max_length=100)
    state = models.CharField(max_length=30)
    answers = models.JSONField(null=True)
    evidence = models.JSONField(default=dict)
    withheld = models.JSONField(default=list)
    nonce = models.CharField(max_length=64, blank=True)
    seal = DigestField(blank=True)
    sealed = models.DateTimeField(null=True)
    revealed = models.DateTimeField(null=True)
    seal_record = IdField(blank=True)
    reveal_record = IdField(blank=True)
    their_seal = DigestField(blank=True)
    their_sealed = models.DateTimeField(null=True)
    their_answers = models.JSONField(null=True)
    their_revealed = models.DateTimeField(null=True)

    objects = models.Manager()
    readable = Readable("activity")

    class Meta:
        """What the store itself enforces."""

        constraints = [
            models.UniqueConstraint(fields=["peer", "activity"], name="one_assessment_of_an_activity")
        ]

    def __str__(self) -> str:
        return f"{self.activity} with {self.peer_id}"
