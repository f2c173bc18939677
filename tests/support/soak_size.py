"""How long the soak tests last: short where all tests run, in full by `make soak`."""

import os

FULL = os.environ.get("FOURFOLD_SOAK") == "full"


def soak(*, short: int, full: int) -> int:
    """A size: of the short form, or of the full one."""
    return full if FULL else short
