"""Evidence: append-only Merkle logs, their checkpoints and countersignatures, and proofs about them.

No disk and no clock: whoever keeps a log stores its nodes and passes them in (see `fourfold.log.tree`).
"""

from fourfold.log.checkpoint import (
    Checkpoint,
    check_cosignature,
    check_growth,
    cosign,
    open_checkpoint,
    open_cosigned,
    sign_checkpoint,
)
from fourfold.log.epochs import (
    Epoch,
    SignedEpoch,
    check_succession,
    log_name,
    open_epoch,
    private_log_name,
)
from fourfold.log.hashing import EMPTY_ROOT, entry, entry_hash, leaf_hash
from fourfold.log.logged import LoggedProof
from fourfold.log.note import Note, NoteKey, NoteKind, NoteSignature
from fourfold.log.proofs import verify_consistency, verify_inclusion
from fourfold.log.tree import (
    Frontier,
    Node,
    Place,
    ReadNodes,
    Stored,
    append,
    prove_consistency,
    prove_inclusion,
    read_frontier,
)

__all__ = [
    "EMPTY_ROOT",
    "Checkpoint",
    "Epoch",
    "Frontier",
    "LoggedProof",
    "Node",
    "Note",
    "NoteKey",
    "NoteKind",
    "NoteSignature",
    "Place",
    "ReadNodes",
    "SignedEpoch",
    "Stored",
    "append",
    "check_cosignature",
    "check_growth",
    "check_succession",
    "cosign",
    "entry",
    "entry_hash",
    "leaf_hash",
    "log_name",
    "open_checkpoint",
    "open_cosigned",
    "open_epoch",
    "private_log_name",
    "prove_consistency",
    "prove_inclusion",
    "read_frontier",
    "sign_checkpoint",
    "verify_consistency",
    "verify_inclusion",
]
