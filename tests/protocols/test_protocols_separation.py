"""At separation there is one state, and no move that leaves it."""

import pytest

from fourfold.errors import RefusedError
from fourfold.protocols.separation import Move, State, advance

KEEPING = {Move.KEEP, Move.STUB}


def test_a_record_at_separation_can_only_be_kept() -> None:
    assert list(State) == [State.KEPT]
    assert {move: advance(State.KEPT, move) for move in KEEPING} == dict.fromkeys(KEEPING, State.KEPT)


@pytest.mark.parametrize("move", sorted(set(Move) - KEEPING))
def test_what_would_make_it_leave_is_refused_and_says_what_would_be_needed(move: Move) -> None:
    with pytest.raises(RefusedError, match="unless both sign a closer level"):
        advance(State.KEPT, move)
