"""Reading a document from outside: YAML 1.2 or JSON, strictly, with the place of every value.

What two readers could understand differently is refused: duplicate keys, aliases, tags, several
documents, keys that are no text, numbers that would be rounded, control characters. The work is bounded
by the size of the text, whatever is in it.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from fourfold.canon.checks import Faults
from fourfold.canon.json_tokens import json_tokens
from fourfold.canon.located import Located, Place, shown
from fourfold.canon.tokens import Kind, SyntaxFaultError, Token
from fourfold.canon.yaml_tokens import yaml_tokens
from fourfold.errors import Fault, InputError

MOST_BYTES = 2_000_000
DEEPEST = 64
MOST_VALUES = 200_000
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
SURROGATE = re.compile("[\ud800-\udfff]")
BYTE_ORDER_MARK = "\ufeff"


def read_document(
    text: str | bytes,
    *,
    file: str,
    faults: Faults | None = None,
    most_bytes: int = MOST_BYTES,
    deepest: int = DEEPEST,
) -> Located:
    """A document as a tree of located values.

    JSON is read as JSON; a text that is not JSON is read as YAML, unless `file` ends in `.json`.
    `faults` is the caller's collector: faults that leave the tree whole (a key given twice, an alias) are
    added to it, to be told together with what the caller finds; without it they are raised here.

    Raises:
        InputError: with every fault that can be told at once.
    """
    characters = _characters(text, file, most_bytes)
    if not characters.strip():
        raise InputError([Fault("The file is empty.", file)])
    try:
        return _told(_Builder(file, deepest).build(json_tokens(characters)), faults)
    except SyntaxFaultError as error:
        if file.lower().endswith(".json"):
            raise InputError([Fault(error.message, file, error.line, "", error.remedy)]) from error
    builder = _Builder(file, deepest)
    try:
        return _told(builder.build(yaml_tokens(characters)), faults)
    except SyntaxFaultError as error:
        builder.faults.add_fault(Fault(error.message, file, error.line, "", error.remedy))
    builder.faults.raise_any()
    raise AssertionError  # the line above always raises


def _told(read: tuple[Located, Faults], collector: Faults | None) -> Located:
    """The tree; what is wrong with it goes to the collector, or is raised."""
    tree, faults = read
    if collector is None:
        faults.raise_any()
    else:
        collector.take(faults)
    return tree


def _characters(text: str | bytes, file: str, most_bytes: int) -> str:
    """The text itself: UTF-8, of bearable size, without raw control characters."""
    if len(text) > most_bytes:
        remedy = "Split it, or check that this is the right file."
        raise InputError([Fault(f"The file is larger than {most_bytes:,} bytes.", file, 0, "", remedy)])
    characters = _decoded(text, file) if isinstance(text, bytes) else text
    characters = characters.removeprefix(BYTE_ORDER_MARK)
    match = CONTROL.search(characters) or SURROGATE.search(characters)
    if match:
        line = _line_of(characters, match.start())
        message = f"The character U+{ord(match[0]):04X} is not text."
        raise InputError([Fault(message, file, line, "", "Remove it, or check that this is a text file.")])
    return characters


def _decoded(data: bytes, file: str) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        message = "The file is not UTF-8 text."
        raise InputError([Fault(message, file, line, "", "Save it as UTF-8.")]) from error


def _line_of(text: str, position: int) -> int:
    before = text[:position]
    return before.count("\n") + before.count("\r") - before.count("\r\n") + 1


@dataclass(slots=True)
class _Frame:
    """A mapping or list that is being filled; `key` waits for its value."""

    node: Located
    key: str | None = None
    key_line: int = 0
    lines: dict[str, int] = field(default_factory=dict)


class _Builder:
    """Turns tokens into a tree with a stack of its own, and notes what is wrong on the way."""

    def __init__(self, file: str, deepest: int) -> None:
        self.faults = Faults(file)
        self.deepest = deepest
        self.stack: list[_Frame] = []
        self.root: Located | None = None
        self.count = 0

    def build(self, tokens: Iterator[Token]) -> tuple[Located, Faults]:
        for token in tokens:
            if not self._bearable(token):
                self.faults.raise_any()
            self._step(token)
        if self.root is None:
            raise InputError([Fault("The file is empty.", self.faults.file)])
        return self.root, self.faults

    def _bearable(self, token: Token) -> bool:
        """Whether to read on: too deep or too many is a fault that ends the reading."""
        self.count += 1
        if self.count > MOST_VALUES:
            message = f"The file has more than {MOST_VALUES:,} values."
        elif token.kind in {Kind.MAPPING, Kind.LIST} and len(self.stack) >= self.deepest:
            message = f"The nesting is deeper than {self.deepest} levels."
        else:
            return True
        self.faults.add_fault(Fault(message, self.faults.file, token.line, "", "Simplify the file."))
        return False

    def _step(self, token: Token) -> None:
        if token.kind is Kind.END:
            self.stack.pop()
            return
        frame = self.stack[-1] if self.stack else None
        if frame and isinstance(frame.node.value, dict) and frame.key is None:
            self._key(frame, token)
        else:
            self._value(frame, token)

    def _key(self, frame: _Frame, token: Token) -> None:
        """Takes a key; one that is no text gets a fault and a stand-in, so that reading can go on."""
        key = token.value
        if token.kind is not Kind.SCALAR or not isinstance(key, str):
            at = Located(None, token.line, frame.node.place)
            if not token.faults:
                self.faults.add(at, "A key must be text.", "Put it in quotes.")
            key = f"line {token.line}"
        elif key in frame.lines:
            at = Located(None, token.line, Place(key, frame.node.place))
            message = f"The key {shown(key)} was already given in line {frame.lines[key]}."
            self.faults.add(at, message, "Keep one of them.")
        frame.key, frame.key_line = key, token.line
        frame.lines.setdefault(key, token.line)
        self._note(Located(token.value, token.line, Place(key, frame.node.place)), token)
        if token.kind is not Kind.SCALAR:
            self.stack.append(_Frame(_empty(token, None)))

    def _value(self, frame: _Frame | None, token: Token) -> None:
        node = _empty(token, self._place(frame), frame.key_line if frame else 0)
        self._note(node, token)
        if frame is None:
            self.root = node
        elif isinstance(frame.node.value, dict):
            frame.node.value[frame.key or ""] = node
            frame.key, frame.key_line = None, 0
        elif isinstance(frame.node.value, list):
            frame.node.value.append(node)
        if token.kind is not Kind.SCALAR:
            self.stack.append(_Frame(node))

    @staticmethod
    def _place(frame: _Frame | None) -> Place | None:
        if frame is None:
            return None
        if isinstance(frame.node.value, list):
            return Place(len(frame.node.value), frame.node.place)
        return Place(frame.key or "", frame.node.place)

    def _note(self, node: Located, token: Token) -> None:
        for message, remedy in token.faults:
            self.faults.add(node, message, remedy)
        if isinstance(node.value, str) and (
            match := CONTROL.search(node.value) or SURROGATE.search(node.value)
        ):
            self.faults.add(node, f"The character U+{ord(match[0]):04X} is not text.", "Remove it.")


def _empty(token: Token, place: Place | None, key_line: int = 0) -> Located:
    line = key_line or token.line
    if token.kind is Kind.MAPPING:
        return Located({}, line, place)
    return Located([] if token.kind is Kind.LIST else token.value, line, place)
