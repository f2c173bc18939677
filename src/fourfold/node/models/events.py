"""What happened, in a closed vocabulary and without content."""

from django.db import models

from fourfold.node.models.fields import IdField
from fourfold.node.models.peers import Peer
from fourfold.node.models.reading import BY_PLACE, Labelled
from fourfold.node.models.telling import where_told


class Tag(models.TextChoices):
    """Everything that this node ever notes in its trail; nothing else can be noted."""

    NODE_CREATED = "node:created", "Node created"
    ACCOUNT_ADDED = "account:added", "Account added"
    ACCOUNT_CHANGED = "account:changed", "Roles of an account set"
    PASSWORD_CHANGED = "account:password", "Password changed"
    ACCOUNT_UNLOCKED = "account:unlocked", "Failed tries to sign in forgotten"
    ACCOUNT_LINKED = "account:linked", "Linked to the institution's provider"
    ACCOUNT_UNLINKED = "account:unlinked", "Unlinked from the institution's provider"
    SESSION_BEGUN = "session:begun", "Signed in"
    SESSION_REFUSED = "session:refused", "Sign-in refused"
    SESSION_LIMITED = "session:limited", "Too many tries to sign in"
    SESSION_ENDED = "session:ended", "Session ended"
    FACTOR_ADDED = "factor:added", "Second factor added"
    FACTOR_USED = "factor:used", "Recovery code used"
    FACTOR_REPLACED = "factor:replaced", "Recovery codes replaced"
    FACTOR_REMOVED = "factor:removed", "Second factor removed"
    TOKEN_ISSUED = "token:issued", "Token issued"
    TOKEN_REVOKED = "token:revoked", "Token revoked"
    PEER_INVITED = "peer:invited", "Invitation written"
    PEER_JOINED = "peer:joined", "Invitation answered"
    PEER_ACCEPTED = "peer:accepted", "Counterpart accepted"
    CLIENT_ADDED = "client:added", "Third-party client added"
    CLIENT_REVOKED = "client:revoked", "Third-party client's token revoked"
    INBOX_RECEIVED = "inbox:received", "Handed in by a third-party client"
    INBOX_ACCEPTED = "inbox:accepted", "Handed-in object accepted as a record"
    INBOX_VOUCHED = "inbox:vouched", "Second person agreed to what was accepted"
    INBOX_REJECTED = "inbox:rejected", "Handed-in object rejected"
    AGREEMENT_PROPOSED = "agreement:proposed", "Agreement proposed"
    AGREEMENT_RECEIVED = "agreement:received", "Draft agreement received"
    AGREEMENT_SIGNED = "agreement:signed", "Agreement signed"
    AGREEMENT_COMPLETE = "agreement:complete", "Agreement signed by all"
    AGREEMENT_ENDED = "agreement:ended", "Agreement ended"
    AGREEMENT_REFUSED = "agreement:refused", "Draft agreement refused"
    ASSESSMENT_LOADED = "assessment:loaded", "Own answers stored"
    ASSESSMENT_SEALED = "assessment:sealed", "Own answers sealed"
    ASSESSMENT_REVEALED = "assessment:revealed", "Own answers revealed"
    ASSESSMENT_SEAL_RECEIVED = "assessment:seal-received", "Counterpart's seal received"
    ASSESSMENT_REVEAL_RECEIVED = "assessment:reveal-received", "Counterpart's answers received"
    ASSESSMENT_REFUSED = "assessment:refused", "Counterpart's assessment refused"
    PROPOSAL_MADE = "proposal:made", "Proposed, or amended"
    PROPOSAL_ANSWERED = "proposal:answered", "Proposal answered"
    PROPOSAL_RECEIVED = "proposal:received", "Proposal or answer received"
    PROPOSAL_REFUSED = "proposal:refused", "Proposal or answer does not count"
    JOINT_CONTRIBUTED = "joint:contributed", "Contributed to a joint record"
    JOINT_SIGNED = "joint:signed", "Joint record signed, published or left"
    JOINT_RECEIVED = "joint:received", "Part of a joint record received"
    JOINT_REFUSED = "joint:refused", "Part of a joint record does not count"
    STEP_RECALLED = "step:recalled", "A step of a course recalled"
    RECORD_ADDED = "record:added", "Record added"
    RECORD_CHANGED = "record:changed", "New version of a record"
    RECORD_SEALED = "record:sealed", "Record sealed"
    RECORD_PROVEN = "record:proven", "Sealed record shown to somebody"
    RECORD_LOOSENED = "record:loosened", "Marking loosened, or moved to a more open slice"
    RECORD_DESTROYED = "record:destroyed", "Record destroyed"
    CONSENT_ASKED = "consent:asked", "Consent asked for"
    CONSENT_REQUESTED = "consent:requested", "Request for consent received"
    CONSENT_GIVEN = "consent:given", "Consent given"
    CONSENT_DECLINED = "consent:declined", "Consent declined"
    CONSENT_REVOKED = "consent:revoked", "Consent revoked"
    CONSENT_ANSWERED = "consent:answered", "Answer to a request for consent received"
    CONSENT_REFUSED = "consent:refused", "Request or answer about consent refused"
    RELEASE_APPROVED = "release:approved", "Release approved"
    RELEASE_WITHHELD = "release:withheld", "Release refused by the policy"
    RELEASE_MADE = "release:made", "Released"
    RELEASE_DELIVERED = "release:delivered", "Collected by the counterpart"
    RELEASE_WITHHELD_AT_DELIVERY = "release:withheld-at-delivery", "Withheld at delivery"
    RELEASE_CORRECTED = "release:corrected", "Wrong release corrected"
    NEWS_WAITS = "news:waits", "Revocation or ending could not be told yet"
    NEWS_TOLD = "news:told", "Revocation or ending told at last"
    RELEASE_WITHDRAWN = "release:withdrawn", "Withdrawn"
    WITHDRAWAL_FAILED = "withdrawal:failed", "Withdrawal could not be told yet"
    RECEIPT_ACCEPTED = "receipt:accepted", "Receipt received"
    RECEIPT_REFUSED = "receipt:refused", "Receipt refused"
    WITHDRAWAL_CONFIRMED = "withdrawal:confirmed", "Withdrawal confirmed"
    OBJECT_STORED = "object:stored", "Object received"
    OBJECT_DESTROYED = "object:destroyed", "Object destroyed on withdrawal"
    OBJECT_QUARANTINED = "object:quarantined", "Object not accepted"
    RECEIPT_DELIVERED = "receipt:delivered", "Receipt delivered"
    ATTACHMENT_ADDED = "attachment:added", "File kept"
    ATTACHMENT_SENT = "attachment:sent", "File handed out"
    ATTACHMENT_FETCHED = "attachment:fetched", "File received"
    ATTACHMENT_REFUSED = "attachment:refused", "File not accepted"
    OBJECT_EXPIRED = "object:expired", "Received object destroyed under the retention rules"
    CHANGE_PROPOSED = "change:proposed", "Proposed to a second person"
    CHANGE_DROPPED = "change:dropped", "What was proposed to a second person was dropped"
    HOLD_PLACED = "hold:placed", "Legal hold placed"
    HOLD_LIFTED = "hold:lifted", "Legal hold lifted"
    CHECKPOINT_COSIGNED = "checkpoint:cosigned", "Counterpart's log cosigned"
    CHECKPOINT_REFUSED = "checkpoint:refused", "Counterpart's log does not hold"
    COSIGNATURE_ACCEPTED = "cosignature:accepted", "Own log cosigned by the counterpart"
    COSIGNATURE_REFUSED = "cosignature:refused", "Cosignature refused"
    SYNC_FAILED = "sync:failed", "Collection failed"
    NODE_BACKED_UP = "node:backed-up", "Backup written"
    NODE_RESTORED = "node:restored", "Restored from a backup"
    EPOCH_OPENED = "epoch:opened", "New epoch of a log opened"
    EPOCH_ACCEPTED = "epoch:accepted", "Counterpart's new epoch accepted"
    EPOCH_REFUSED = "epoch:refused", "Counterpart's new epoch refused"
    HOLDINGS_HEALED = "holdings:healed", "Gap found and healed"
    HOLDINGS_DIFFER = "holdings:differ", "Counterpart's count and ours differ"
    RELEASE_UNKNOWN = "release:unknown", "Counterpart holds what this node does not know"
    KEY_RENEWED = "key:renewed", "Node key renewed"
    KEY_REVOKED = "key:revoked", "Node key revoked"
    KEY_SUCCEEDED = "key:succeeded", "Institution key succeeded"
    KEY_REPLACED = "key:replaced", "Lost institution key replaced"
    KEY_LEARNED = "key:learned", "Counterpart's statement about its keys accepted"
    KEY_WAITING = "key:waiting", "Counterpart's new institution key waits for two people"
    KEY_CONFIRMED = "key:confirmed", "Fingerprint of a new institution key confirmed"
    KEY_ACCEPTED = "key:accepted", "Counterpart's new institution key accepted"
    KEY_REFUSED = "key:refused", "Signed by a key that does not speak for the counterpart"
    EVIDENCE_EXPORTED = "evidence:exported", "Evidence exported"
    GRANT_PROPOSED = "grant:proposed", "Proposed that an account may read more"
    GRANT_CONFIRMED = "grant:confirmed", "An account may read more"
    GRANT_DROPPED = "grant:dropped", "What an account should read more was dropped"
    GRANT_ENDED = "grant:ended", "An account may read less"
    FILE_TAKEN = "file:taken", "Taken from the node as a file"


class Event(Labelled):
    """One thing that happened: when, by whom, about what id; a reason is a code, never content."""

    at = models.DateTimeField(db_index=True)
    tag = models.CharField(max_length=40, db_index=True)
    actor = models.CharField(max_length=200)
    peer = models.ForeignKey(Peer, null=True, on_delete=models.PROTECT, related_name="events")
    subject = IdField(blank=True, db_index=True)
    reason = models.CharField(max_length=100, blank=True)
    salt = models.CharField(max_length=64)

    class Meta:
        """What the store itself is sorted by."""

        indexes = [
            models.Index(fields=["-at", "-id", "compartment"], name="events_for_readers"),
            models.Index(fields=["tag", "compartment"], name="event_tags_for_readers"),
            models.Index(BY_PLACE, "compartment", name="events_counted"),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.tag} {self.subject}"

    def belongs(self) -> int:
        """With what it tells of."""
        return where_told(self.tag, [self.subject])[self.subject]

    @property
    def what(self) -> str:
        """What happened, in words; a tag of a later release, read by an earlier one, as it stands."""
        return str(Tag(self.tag).label) if self.tag in Tag.values else self.tag
