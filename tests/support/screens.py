"""Pages on screens of many sizes: what no page may do is scroll sideways."""

from playwright.sync_api import Page

OUTSIDE = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
"""How many pixels of an open page lie outside of its screen, sideways."""

WIDTHS = (1280, 390, 320)


def resize(page: Page, width: int, height: int = 800) -> None:
    page.set_viewport_size({"width": width, "height": height})


def sideways(page: Page) -> list[tuple[str, int]]:
    """The schemes of colours and the widths in which the open page scrolls sideways."""
    found = []
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        for width in WIDTHS:
            resize(page, width)
            found += [(scheme, width)] if page.evaluate(OUTSIDE) > 0 else []
    return found
