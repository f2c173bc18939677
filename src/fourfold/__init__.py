"""Fourfold: decide, agree and carry out how institutions that watch over AI systems work together.

Everything below `fourfold.node` and `fourfold.exchange` is a library: no settings, no network, no disk.
Begin with `fourfold.framework` (decide), `fourfold.agreements` (agree) or `fourfold.release` (what may pass).
"""

__version__ = "0.4.0"
