"""The ways to carry something out, as state machines: pure, total, and with every illegal move refused.

    from fourfold.protocols import communication

    state = communication.advance(communication.State.SHARED, communication.Move.DELIVER)

Each protocol has a `State`, a `Move` and `advance(state, move)`.
"""

from fourfold.protocols import assessment, communication, consent, separation

__all__ = ["assessment", "communication", "consent", "separation"]
