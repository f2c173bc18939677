"""The palette can be read: WCAG 2.2, 1.4.3 (text, 4.5 to 1) and 1.4.11 (edges, focus, 3 to 1)."""

import re
from importlib.resources import files

import pytest

STYLE = (files("fourfold.node.web") / "static" / "web" / "style.css").read_text(encoding="utf-8")
LIGHT, DARK = (
    dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6});", block))
    for block in re.findall(r":root \{(.*?)\n\s*\}", STYLE, re.DOTALL)
)
VERDICTS = ("supported", "unless", "open", "unsupported", "contested", "ruled")
GROUNDS = ("paper", "surface", "sunk")
TEXT = [
    *((ink, ground) for ink in ("ink", "soft", "accent") for ground in GROUNDS),
    *((verdict, f"{verdict}-ground") for verdict in VERDICTS),
    *((verdict, ground) for verdict in VERDICTS for ground in ("paper", "surface")),
    ("on-verdict", "supported"),
    ("on-verdict", "unless"),
    ("on-accent", "accent"),
    ("accent", "accent-ground"),
    ("demo", "demo-ground"),
]
EDGES = [(edge, ground) for edge in ("edge", "focus", "accent") for ground in GROUNDS]


def luminance(colour: str) -> float:
    """Relative luminance (WCAG 2.2, definition)."""
    parts = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def test_the_measure_gives_the_published_values() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.005)


def test_both_schemes_define_the_same_colours() -> None:
    assert LIGHT.keys() == DARK.keys()
    assert len(LIGHT) > 20


@pytest.mark.parametrize("scheme", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize("pair", TEXT, ids=" on ".join)
def test_text_stands_out_from_its_ground(scheme: dict[str, str], pair: tuple[str, str]) -> None:
    assert contrast(scheme[pair[0]], scheme[pair[1]]) >= 4.5


@pytest.mark.parametrize("scheme", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize("pair", EDGES, ids=" on ".join)
def test_edges_and_focus_stand_out(scheme: dict[str, str], pair: tuple[str, str]) -> None:
    assert contrast(scheme[pair[0]], scheme[pair[1]]) >= 3


def test_the_colours_of_tlp_stand_out_from_their_black() -> None:
    shown = re.findall(r"\.tlp[a-z,. -]*\{ color: (#[0-9a-f]{6}); \}", STYLE)
    assert len(shown) == 3
    assert all(contrast(colour, "#000000") >= 4.5 for colour in shown)


def test_the_stylesheet_fetches_nothing() -> None:
    assert not re.search(r"url\(|@import|@font-face|https?:", STYLE)
