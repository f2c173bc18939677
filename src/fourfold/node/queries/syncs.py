"""What a sync brought, as rows and sentences."""

from typing import Any

from fourfold.node.actions.sync import Synced


def as_row(done: Synced) -> dict[str, Any]:
    """What came of one counterpart."""
    pulled = done.pulled
    return {
        "peer": done.peer.name,
        "problem": done.problem,
        "stored": pulled.stored.stored if pulled else 0,
        "withdrawn": pulled.stored.withdrawn if pulled else 0,
        "refused": pulled.stored.refused if pulled else 0,
        "receipts_delivered": pulled.receipts if pulled else 0,
        "healed": pulled.holdings.healed if pulled and pulled.holdings else 0,
        "held": pulled.holdings.count if pulled and pulled.holdings else None,
        "log_size": pulled.checkpoint.size if pulled else None,
        "log_root": pulled.checkpoint.root.hex() if pulled else None,
    }


def in_words(done: Synced) -> str:
    """The same in a sentence."""
    row = as_row(done)
    if done.pulled is None:
        return f"{row['peer']}: {done.problem}"
    healed = f" {row['healed']} had been lost and were collected again." if row["healed"] else ""
    differs = f" ALARM: {done.problem}" if done.problem else ""
    return (
        f"{row['peer']}: {row['stored']} stored, {row['withdrawn']} withdrawn, {row['refused']} refused, "
        f"{row['receipts_delivered']} receipts delivered; its log of {row['log_size']} entries countersigned."
        f"{healed}{differs}"
    )
