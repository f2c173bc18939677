"""The ways to carry something out, as state machines: pure, total, and with every illegal move refused.

    from fourfold.protocols import communication

    state = communication.advance(communication.State.SHARED, communication.Move.DELIVER)

Each protocol has its states, a `Move` and `advance(state, move)`. Coordination and collaboration are courses
of signed steps besides: `course(opening, steps)` says where one stands, `attempt` whether a step may follow.
"""

from fourfold.protocols import assessment, collaboration, communication, consent, coordination, separation

__all__ = ["assessment", "collaboration", "communication", "consent", "coordination", "separation"]
