"""What a button did, told once on the next page."""

from dataclasses import asdict, dataclass

from django.http import HttpRequest

_KEY = "told"
_MOST = 2_000


@dataclass(frozen=True, slots=True)
class Told:
    """One sentence or more for the reader; `level_tag` is success, warning or error."""

    level_tag: str
    text: str

    def __str__(self) -> str:
        """The sentences."""
        return self.text


def tell(request: HttpRequest, level: str, text: str) -> None:
    """Keep something for the next page; very long texts are cut."""
    cut = text if len(text) <= _MOST else text[:_MOST] + " …"
    request.session[_KEY] = [*request.session.get(_KEY, []), asdict(Told(level, cut))]


def errors(request: HttpRequest) -> int:
    """How many refusals wait to be told."""
    return sum(each["level_tag"] == "error" for each in request.session.get(_KEY, []))


def take(request: HttpRequest) -> list[Told]:
    """What is to be told, once."""
    kept = request.session.pop(_KEY, []) if request.session.get(_KEY) else []
    return [Told(**each) for each in kept]
