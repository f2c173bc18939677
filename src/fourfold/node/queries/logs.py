"""Logs as rows."""

from typing import Any

from fourfold.node.actions.check_log import check_logs
from fourfold.node.models.reading import sees_logs


def listed() -> list[dict[str, Any]]:
    """All logs, computed again from their leaves; how long each is, for those who may know (`sees_logs`)."""
    told = sees_logs()
    return [
        {
            "origin": each.origin,
            "kept_by": "us" if each.ours else each.peer,
            "peer": each.peer,
            "size": each.size if told else None,
            "root": each.root if told else None,
            "countersigned": each.cosigned_size if told else None,
            "countersigned_at": each.cosigned_at.isoformat() if told and each.cosigned_at else None,
            "problem": each.problem,
        }
        for each in check_logs()
    ]
