"""Logs as rows."""

from typing import Any

from fourfold.node.actions.check_log import check_logs


def listed() -> list[dict[str, Any]]:
    """All logs, computed again from their leaves."""
    return [
        {
            "origin": each.origin,
            "kept_by": "us" if each.ours else each.peer,
            "peer": each.peer,
            "size": each.size,
            "root": each.root,
            "countersigned": each.cosigned_size,
            "countersigned_at": each.cosigned_at.isoformat() if each.cosigned_at else None,
            "problem": each.problem,
        }
        for each in check_logs()
    ]
