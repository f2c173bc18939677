"""What a node keeps: one small file for each topic."""

from fourfold.node.models.accounts import AccountRole, ApiToken, roles_of
from fourfold.node.models.agreements import Agreement, AgreementParty
from fourfold.node.models.approvals import Approval
from fourfold.node.models.assessments import JointAssessment
from fourfold.node.models.clients import Client
from fourfold.node.models.consents import ConsentCase, ConsentDocument, Derived
from fourfold.node.models.counters import Counter
from fourfold.node.models.drafts import AgreementDraft
from fourfold.node.models.events import Event, Tag
from fourfold.node.models.files import DestroyedFile, File, ReceivedFile, RecordFile
from fourfold.node.models.holdings import Comparison, UnknownRelease
from fourfold.node.models.holds import Hold
from fourfold.node.models.keys import KeyConfirmation, KeyProof, KeyStatement, ProofKind, StatementKind
from fourfold.node.models.logs import Checkpoint, Leaf, Log, LogNode, SeenCheckpoint, SeenEpoch, SeenLeaf
from fourfold.node.models.nonces import RequestNonce
from fourfold.node.models.once import OneTimeKey
from fourfold.node.models.own import Node
from fourfold.node.models.peers import Invitation, Peer
from fourfold.node.models.proposals import Proposal, ProposalKind
from fourfold.node.models.readers import Grant, NamedReader
from fourfold.node.models.reading import Compartment
from fourfold.node.models.receipts import ReceiptIn, ReceiptOut
from fourfold.node.models.received import Received, ReceivedState
from fourfold.node.models.records import RecordVersion
from fourfold.node.models.releases import Release, ReleaseState, ReleaseVersion
from fourfold.node.models.seals import Seal
from fourfold.node.models.steps import CourseStep, WaitingStep
from fourfold.node.models.submissions import Submission, Submitted, SubmittedState

__all__ = [
    "AccountRole",
    "Agreement",
    "AgreementDraft",
    "AgreementParty",
    "ApiToken",
    "Approval",
    "Checkpoint",
    "Client",
    "Comparison",
    "Compartment",
    "ConsentCase",
    "ConsentDocument",
    "Counter",
    "CourseStep",
    "Derived",
    "DestroyedFile",
    "Event",
    "File",
    "Grant",
    "Hold",
    "Invitation",
    "JointAssessment",
    "KeyConfirmation",
    "KeyProof",
    "KeyStatement",
    "Leaf",
    "Log",
    "LogNode",
    "NamedReader",
    "Node",
    "OneTimeKey",
    "Peer",
    "ProofKind",
    "Proposal",
    "ProposalKind",
    "ReceiptIn",
    "ReceiptOut",
    "Received",
    "ReceivedFile",
    "ReceivedState",
    "RecordFile",
    "RecordVersion",
    "Release",
    "ReleaseState",
    "ReleaseVersion",
    "RequestNonce",
    "Seal",
    "SeenCheckpoint",
    "SeenEpoch",
    "SeenLeaf",
    "StatementKind",
    "Submission",
    "Submitted",
    "SubmittedState",
    "Tag",
    "UnknownRelease",
    "WaitingStep",
    "roles_of",
]
