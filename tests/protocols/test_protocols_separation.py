"""At separation a record is kept, sealed perhaps, and there is no move by which it leaves."""

import pytest

from fourfold.errors import RefusedError
from fourfold.protocols.separation import Move, State, advance

LEAVING = {Move.SHARE, Move.PROPOSE, Move.CONTRIBUTE}


@pytest.mark.parametrize("state", State)
def test_keeping_stubbing_and_sealing_are_always_possible(state: State) -> None:
    assert [advance(state, move) for move in (Move.KEEP, Move.STUB)] == [state, state]
    assert advance(state, Move.SEAL) is State.SEALED


def test_only_what_was_sealed_can_be_proven() -> None:
    assert advance(State.SEALED, Move.PROVE) is State.SEALED
    with pytest.raises(RefusedError, match="only what was sealed"):
        advance(State.KEPT, Move.PROVE)


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("move", sorted(LEAVING))
def test_what_would_make_it_leave_is_refused_and_says_what_would_be_needed(state: State, move: Move) -> None:
    with pytest.raises(RefusedError, match="unless both sign a closer level"):
        advance(state, move)
