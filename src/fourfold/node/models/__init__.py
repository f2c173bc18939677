"""What a node keeps: one small file for each topic."""

from fourfold.node.models.agreements import Agreement, AgreementParty
from fourfold.node.models.approvals import Approval
from fourfold.node.models.assessments import JointAssessment
from fourfold.node.models.consents import ConsentDocument
from fourfold.node.models.events import Event, Tag
from fourfold.node.models.logs import Checkpoint, Leaf, Log, LogNode, SeenCheckpoint, SeenLeaf
from fourfold.node.models.nonces import RequestNonce
from fourfold.node.models.own import Node
from fourfold.node.models.peers import Invitation, Peer
from fourfold.node.models.receipts import ReceiptIn, ReceiptOut
from fourfold.node.models.received import Received, ReceivedState
from fourfold.node.models.records import RecordVersion
from fourfold.node.models.releases import Release, ReleaseState, ReleaseVersion
from fourfold.node.models.steps import CourseStep

__all__ = [
    "Agreement",
    "AgreementParty",
    "Approval",
    "Checkpoint",
    "ConsentDocument",
    "CourseStep",
    "Event",
    "Invitation",
    "JointAssessment",
    "Leaf",
    "Log",
    "LogNode",
    "Node",
    "Peer",
    "ReceiptIn",
    "ReceiptOut",
    "Received",
    "ReceivedState",
    "RecordVersion",
    "Release",
    "ReleaseState",
    "ReleaseVersion",
    "RequestNonce",
    "SeenCheckpoint",
    "SeenLeaf",
    "Tag",
]
