"""YAML 1.2 (core schema, chapter 10.3) as a stream of tokens with lines.

PyYAML's parser gives the events; the schema is ours, because PyYAML's own is that of YAML 1.1, where
`no` is false. Anchors, aliases, tags and directives are refused: nobody needs them to write a plan, and
they are how a small file becomes a large one.
"""

import re
from collections.abc import Iterator

import yaml

from fourfold.canon.located import shown
from fourfold.canon.tokens import Kind, Scalar, SyntaxFaultError, Token, real_number, whole_number

PARSER = yaml.CSafeLoader if yaml.__with_libyaml__ else yaml.SafeLoader
WORDS: dict[str, Scalar] = {
    **dict.fromkeys(("null", "Null", "NULL", "~", "")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
INTEGER = re.compile(r"[-+]?[0-9]+")
OCTAL = re.compile(r"0o[0-7]+")
HEXADECIMAL = re.compile(r"0x[0-9a-fA-F]+")
REAL = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
NOT_A_NUMBER = re.compile(r"[-+]?(?:\.inf|\.Inf|\.INF|Infinity)|\.nan|\.NaN|\.NAN|NaN")
DIRECTIVE = re.compile(r"^%", re.MULTILINE)
# Line breaks to YAML 1.1 and so to the parser, but not to YAML 1.2: two readers would see two trees.
OLD_BREAKS = re.compile("[\x85\u2028\u2029]")
Faulty = tuple[tuple[str, str], ...]
PLAIN_WORDS = {
    "found character that cannot start any token": (
        "A character stands here that cannot begin a value.",
        "Indent with spaces, not tabs; put text that begins with @, ` or % in quotes.",
    ),
    "found unexpected end of stream": ("A quotation mark is opened here and never closed.", "Close it."),
    "found character '\\t' that cannot start any token": (
        "A tab stands where spaces are needed.",
        "Use spaces.",
    ),
    "mapping values are not allowed here": (
        "A colon stands where none is expected.",
        "Check the indentation.",
    ),
    "mapping values are not allowed in this context": (
        "A colon stands where none is expected.",
        "Check the indentation, or put the text in quotes.",
    ),
    "could not find expected ':'": ("A key has no colon behind it.", "Write key: value."),
}


def yaml_tokens(text: str) -> Iterator[Token]:
    """The tokens of one YAML document, in order.

    Raises:
        SyntaxFaultError: where the text stops being YAML, or a second document begins.
    """
    _refuse_early(text)
    documents = 0
    for event in _events(text):
        if isinstance(event, yaml.DocumentStartEvent):
            documents += 1
            if documents > 1:
                message = "A second document begins here."
                raise SyntaxFaultError(_line(event), message, "Keep one document in a file.")
        elif isinstance(event, yaml.NodeEvent | yaml.CollectionEndEvent):
            yield _token(event)


def _refuse_early(text: str) -> None:
    """What must not reach the parser: each directive would be compared with every other."""
    if match := DIRECTIVE.search(text):
        message, remedy = "A line that begins with % is a YAML directive.", "Remove it, or indent the text."
    elif match := OLD_BREAKS.search(text):
        message = f"The line separator U+{ord(match[0]):04X} stands in the text."
        remedy = "Use a plain line break, or write an escape such as \\u2028 in double quotes."
    else:
        return
    raise SyntaxFaultError(text.count("\n", 0, match.start()) + 1, message, remedy)


def _events(text: str) -> Iterator[yaml.Event]:
    try:
        yield from yaml.parse(text, Loader=PARSER)
    except yaml.MarkedYAMLError as error:
        unclosed = error.problem == "found unexpected end of stream"
        mark = error.context_mark if unclosed and error.context_mark else error.problem_mark
        line = mark.line + 1 if mark else 0
        message, remedy = _in_plain_words(error.problem or "")
        raise SyntaxFaultError(line, message, remedy) from error
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        raise SyntaxFaultError(line, "A character stands here that YAML does not allow.") from error


def _in_plain_words(problem: str) -> tuple[str, str]:
    if problem in PLAIN_WORDS:
        return PLAIN_WORDS[problem]
    return f"This is not YAML: {problem}.", "Check indentation, quotes and brackets near this line."


def _token(event: yaml.Event) -> Token:
    line = _line(event)
    if isinstance(event, yaml.CollectionEndEvent):
        return Token(Kind.END, line)
    anchor: str | None = getattr(event, "anchor", None)
    if isinstance(event, yaml.AliasEvent):
        message = f"The alias {shown('*' + (anchor or ''))} is not accepted."
        return Token(Kind.SCALAR, line, None, ((message, "Write the value out where it is needed."),))
    faults = _decorations(anchor, getattr(event, "tag", None))
    if isinstance(event, yaml.ScalarEvent):
        value, more = _resolved(event)
        return Token(Kind.SCALAR, line, value, (*faults, *more))
    kind = Kind.MAPPING if isinstance(event, yaml.MappingStartEvent) else Kind.LIST
    return Token(kind, line, None, faults)


def _decorations(anchor: str | None, tag: str | None) -> Faulty:
    faults = []
    if anchor is not None:
        faults.append((f"The anchor {shown('&' + anchor)} is not accepted.", "Remove it."))
    if tag is not None:
        faults.append((f"The tag {shown(tag)} is not accepted.", "Remove it; put text in quotes."))
    return tuple(faults)


def _resolved(event: yaml.ScalarEvent) -> tuple[Scalar, Faulty]:
    """The value of a scalar by the core schema; what is quoted or in a block is text."""
    text: str = event.value
    if not event.implicit[0]:
        return text, ()
    if text in WORDS:
        return WORDS[text], ()
    return _number(text)


def _number(text: str) -> tuple[Scalar, Faulty]:
    if INTEGER.fullmatch(text):
        return whole_number(text)
    if OCTAL.fullmatch(text):
        return whole_number(text[2:], 8)
    if HEXADECIMAL.fullmatch(text):
        return whole_number(text[2:], 16)
    if REAL.fullmatch(text):
        return real_number(text)
    if NOT_A_NUMBER.fullmatch(text):
        return None, (("Infinity and not-a-number are no values.", "Put the word in quotes if it is text."),)
    return text, ()


def _line(event: yaml.Event) -> int:
    return event.start_mark.line + 1 if event.start_mark else 0
