"""Reading a page strictly: every element closed, in order, no attribute twice."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

from django.http import HttpResponse

VOID = {"meta", "link", "input", "br", "hr", "img"}


@dataclass
class Element:
    """One element: its name, attributes, and what stands inside, text and elements in their order."""

    name: str
    attributes: dict[str, str]
    content: list["Element | str"] = field(default_factory=list)

    def every(self) -> Iterator["Element"]:
        """All elements below this one, in order."""
        waiting = [*reversed(self.content)]
        while waiting:
            child = waiting.pop()
            if isinstance(child, Element):
                yield child
                waiting += reversed(child.content)

    def find(self, *names: str) -> Iterator["Element"]:
        """All elements of these names below this one, in order."""
        return (each for each in self.every() if each.name in names)

    @property
    def words(self) -> str:
        """All text below, spaces folded."""
        return " ".join(self._text().split())

    def _text(self) -> str:
        return " ".join(each if isinstance(each, str) else each._text() for each in self.content)


class Strict(HTMLParser):
    """A parser that repairs nothing: every element is closed, in order, and no attribute comes twice."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = Element("", {})
        self.open = [self.root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert len(dict(attrs)) == len(attrs), f"an attribute of <{tag}> comes twice"
        element = Element(tag, {name: value or "" for name, value in attrs})
        self.open[-1].content.append(element)
        if tag not in VOID:
            self.open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.open[-1].content.append(Element(tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        assert self.open[-1].name == tag, f"</{tag}> closes <{self.open[-1].name}>"
        self.open.pop()

    def handle_data(self, data: str) -> None:
        self.open[-1].content.append(data)


def parsed(response: HttpResponse) -> Element:
    """A page, strictly read."""
    reader = Strict()
    reader.feed(response.content.decode())
    reader.close()
    assert reader.open == [reader.root], "an element is never closed"
    return reader.root
