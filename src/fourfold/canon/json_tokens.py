"""JSON (RFC 8259) as a stream of tokens with lines; no recursion, so nesting costs nothing."""

import re
from bisect import bisect_right
from collections.abc import Iterator
from json import JSONDecodeError
from json.decoder import scanstring  # type: ignore[attr-defined]  # undocumented in typeshed; stable since 2.6

from fourfold.canon.tokens import Kind, Scalar, SyntaxFaultError, Token, real_number, whole_number

SPACE = re.compile(r"[ \t\n\r]*")
NUMBER = re.compile(r"(-?(?:0|[1-9][0-9]*))(\.[0-9]+)?([eE][-+]?[0-9]+)?")
WORD = re.compile(r"[A-Za-z]+")
LINE_END = re.compile(r"\r\n|\r|\n")
WORDS: dict[str, Scalar] = {"true": True, "false": False, "null": None}
CLOSING = {"{": "}", "[": "]"}


def json_tokens(text: str) -> Iterator[Token]:
    """The tokens of a JSON text, in order.

    Raises:
        SyntaxFaultError: where the text stops being JSON.
    """
    return _Reader(text).tokens()


class _Reader:
    """A position in a text and the brackets that are open there."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.open: list[str] = []
        self.fresh = False  # directly behind an opening bracket, where no comma is due
        self.ends = [match.end() for match in LINE_END.finditer(text)]

    def tokens(self) -> Iterator[Token]:
        yield self._value()
        while self.open:
            yield from self._next_in(self.open[-1])
        if self._peek():
            raise self._fault("There is text after the end of the document.")

    def _next_in(self, bracket: str) -> Iterator[Token]:
        fresh, self.fresh = self.fresh, False
        if self._peek() == CLOSING[bracket]:
            yield self._end()
            return
        if not fresh:
            self._take(",")
            if self._peek() == CLOSING[bracket]:
                raise self._fault("There is a comma before the closing bracket.", "Remove the comma.")
        if bracket == "{":
            yield self._key()
            self._take(":")
        yield self._value()

    def _end(self) -> Token:
        line = self._line()
        self.at += 1
        self.open.pop()
        return Token(Kind.END, line)

    def _key(self) -> Token:
        if self._peek() != '"':
            raise self._fault("A key in double quotes is needed here.")
        return self._string()

    def _value(self) -> Token:
        mark, line = self._peek(), self._line()
        if mark in CLOSING:
            self.open.append(mark)
            self.at += 1
            self.fresh = True
            return Token(Kind.MAPPING if mark == "{" else Kind.LIST, line)
        if mark == '"':
            return self._string()
        return self._number() or self._word()

    def _string(self) -> Token:
        line = self._line()
        try:
            value, self.at = scanstring(self.text, self.at + 1)
        except JSONDecodeError as error:
            self.at = error.pos
            raise self._fault(f"The text in quotes is not JSON: {error.msg.lower()}.") from error
        return Token(Kind.SCALAR, line, value)

    def _number(self) -> Token | None:
        match = NUMBER.match(self.text, self.at)
        if not match:
            return None
        line, self.at = self._line(), match.end()
        whole, fraction, exponent = match.groups()
        value, faults = real_number(match[0]) if fraction or exponent else whole_number(whole)
        return Token(Kind.SCALAR, line, value, faults)

    def _word(self) -> Token:
        match = WORD.match(self.text, self.at)
        if not match or match[0] not in WORDS:
            what = "The document ends too early." if not self._peek() else "No JSON value stands here."
            raise self._fault(what)
        line, self.at = self._line(), match.end()
        return Token(Kind.SCALAR, line, WORDS[match[0]])

    def _take(self, mark: str) -> None:
        if self._peek() != mark:
            raise self._fault(
                f"{'A comma' if mark == ',' else 'A colon'} or a closing bracket is missing here."
            )
        self.at += 1

    def _peek(self) -> str:
        match = SPACE.match(self.text, self.at)
        self.at = match.end() if match else self.at
        return self.text[self.at : self.at + 1]

    def _line(self) -> int:
        return bisect_right(self.ends, self.at) + 1

    def _fault(self, message: str, remedy: str = "") -> SyntaxFaultError:
        return SyntaxFaultError(self._line(), message, remedy)
