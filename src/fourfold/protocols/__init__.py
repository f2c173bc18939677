"""The ways to carry something out, as small state machines; every move that is not listed is refused."""
