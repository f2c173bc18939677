"""Strict JSON from outside: bounded in size and depth, one meaning for each text (RFC 8259, RFC 7493)."""

import json
import re
from dataclasses import dataclass
from typing import Any, NoReturn

from fourfold.errors import Fault, InputError
from fourfold.exchange.limits import MAX_DEPTH

_STRING = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+(?:"|\\?\Z)', re.DOTALL)
_SQUARE = bytes.maketrans(b"{}", b"[]")
_NO_BRACKETS = bytes(set(range(256)) - set(b"[]{}"))
_SPACE = re.compile(r"[ \t\n\r]*")


def parse_json(data: bytes, limit: int, depth: int = MAX_DEPTH) -> Any:
    """The value of a JSON text of at most `limit` bytes and `depth` levels.

    Size and depth are checked before anything is parsed. Names that occur twice, NaN and infinities are
    refused: two readers could understand them differently.

    Raises:
        InputError: not such a text, or larger or deeper than allowed.
    """
    if not fits(data, limit, depth):
        raise InputError([Fault(f"More than {limit} bytes, or nested more than {depth} levels deep.")])
    try:
        return _STRICT.decode(data.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise InputError([Fault(f"This is not strict JSON: {error}.")]) from error


def fits(data: bytes, limit: int, depth: int = MAX_DEPTH) -> bool:
    """Whether a text has at most `limit` bytes and `depth` levels of brackets; nothing is parsed."""
    return len(data) <= limit and nesting(data, depth) <= depth


def nesting(data: bytes, enough: int) -> int:
    """How deep the brackets of a JSON text nest; counting stops beyond `enough`.

    What stands in strings is left out, then all that encloses nothing any more is taken away, time and again:
    each time costs one pass over what is left, and there are as many as there are levels.
    """
    if data.count(b"[") + data.count(b"{") <= enough:
        return 0
    brackets = _STRING.sub(b"", data).translate(_SQUARE, _NO_BRACKETS)
    for depth in range(enough + 1):
        inner = brackets.replace(b"[]", b"")
        if len(inner) == len(brackets):  # nothing is left, or brackets that were never closed
            return depth + brackets.count(b"[")
        brackets = inner
    return enough + 1


@dataclass(frozen=True, slots=True)
class Sliced:
    """An envelope with one array cut into its items: the very bytes of each, and the other members."""

    items: tuple[bytes, ...]
    rest: dict[str, Any]


def slice_array(data: bytes, name: str, limit: int, most: int | None = None) -> Sliced:
    """Cut the array `name` of a JSON object into the bytes of its items, as they were received.

    What was signed is never re-serialised, so an item must not pass through a parser and back.

    Raises:
        InputError: more than `limit` bytes or `most` items, no JSON object, or `name` is no array in it.
    """
    if len(data) > limit:
        raise InputError([Fault(f"{len(data)} bytes, where at most {limit} are taken.")])
    try:
        return _Slicer(data.decode("utf-8"), name, most).run()
    except (ValueError, IndexError, RecursionError) as error:
        raise InputError([Fault(f"This envelope cannot be read: {error}.")]) from error


class _Slicer:
    """Walks the members of one JSON object; only what lies between them is its own work."""

    def __init__(self, text: str, name: str, most: int | None) -> None:
        self.text, self.name, self.most, self.at = text, name, most, 0
        self.items: list[bytes] = []
        self.rest: dict[str, Any] = {}

    def run(self) -> Sliced:
        """The envelope, cut; trailing text is refused."""
        self._list("{", "}", self._member)
        if self._skip() != len(self.text):
            raise ValueError("text after the end")
        return Sliced(tuple(self.items), self.rest)

    def _skip(self) -> int:
        match = _SPACE.match(self.text, self.at)
        self.at = match.end() if match else self.at
        return self.at

    def _take(self, char: str) -> bool:
        if self.text[self._skip()] != char:
            return False
        self.at += 1
        return True

    def _list(self, opening: str, closing: str, member: Any) -> None:
        if not self._take(opening):
            raise ValueError(f"{opening} expected at character {self.at}")
        if self._take(closing):
            return
        member()
        while self._take(","):
            member()
        if not self._take(closing):
            raise ValueError(f"{closing} expected at character {self.at}")

    def _member(self) -> None:
        name = self._value()
        if not isinstance(name, str) or not self._take(":") or name in self.rest:
            raise ValueError(f"a member with a name of its own expected at character {self.at}")
        self.rest[name] = None
        if name == self.name:
            self._list("[", "]", self._item)
        else:
            self.rest[name] = self._value()

    def _item(self) -> None:
        if len(self.items) == self.most:
            raise ValueError(f"more than {self.most} items; split it")
        start = self._skip()
        self._value()
        self.items.append(self.text[start : self.at].encode())

    def _value(self) -> Any:
        value, self.at = _PLAIN.raw_decode(self.text, self._skip())
        return value


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) != len(pairs):
        raise ValueError("a name occurs twice in one object")
    return result


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


_PLAIN = json.JSONDecoder()
_STRICT = json.JSONDecoder(object_pairs_hook=_once, parse_constant=_no_constant)
