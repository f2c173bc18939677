"""Characters that nobody sees: shown as what they are, kept out of names; and names compared as people do.

A text is signed as it was written. Whoever reads it must see all of it: controls, marks that turn the
direction of writing, characters of no width. `visible` writes them as `[U+202E]`. What such a character does
in its own script stays as it is: a joiner inside a Persian or Indic word, the parts of an emoji, the selector
of a form.
"""

import re
import unicodedata

_CONTROLS = r"\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f"
_FORMATS = (
    "\u00ad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff0-\ufffb"
    "\U00013430-\U0001343f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
_BLANKS = "\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0\ufffe\uffff"
_BREAKS = "\u2028\u2029"
_SURROGATES = "\ud800-\udfff"
_JOINING = (
    "\u0620-\u065f\u066e-\u06d3\u06d5-\u06ff\u0710-\u074f\u0750-\u077f\u07ca-\u07f5\u0840-\u085b"
    "\u0870-\u089f\u08a0-\u08ff\u0900-\u0dff\u0f40-\u0fbc\u1000-\u109f\u1780-\u17d3\u1820-\u18aa"
    "\u1b00-\u1b4b\ua8e0-\ua8ff\ua980-\ua9df\uaa00-\uaadf\uabc0-\uabed\U00011000-\U000114ff"
)
_EMOJI = (
    "\u00a9\u00ae\u203c\u2049\u2122\u2139\u2190-\u21ff\u2300-\u23ff\u2460-\u27bf\u2900-\u297f"
    "\u2b00-\u2bff\u3030\u303d\u3297\u3299\U0001f000-\U0001faff"
)
_IDEOGRAPHS = "\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_AT_HOME = (
    rf"(?<=[{_JOINING}])[\u200c\u200d](?=[{_JOINING}])",
    rf"(?<=[{_EMOJI}\ufe0f])\u200d(?=[{_EMOJI}])",
    rf"(?<=[{_EMOJI}])[\ufe0e\ufe0f]",
    r"(?<=[0-9#*])\ufe0f(?=\u20e3)",
    rf"(?<=[{_IDEOGRAPHS}])[\U000e0100-\U000e01ef]",
    r"(?<=[\u1820-\u18aa])[\u180b-\u180d\u180f]",
    r"\U0001f3f4[\U000e0030-\U000e0039\U000e0061-\U000e007a]{3,6}\U000e007f",
)
_UNSEEN = re.compile(f"[{_CONTROLS}{_FORMATS}{_BLANKS}{_BREAKS}{_SURROGATES}]")
_HIDDEN = re.compile(f"(?P<kept>{'|'.join(_AT_HOME)})|{_UNSEEN.pattern}")
_IGNORED = re.compile(f"[{_FORMATS}{_BLANKS}]")
_LINES = {"\n": "\\n", "\t": "\\t", "\r": "\\r"}


def visible(text: str) -> str:
    """A text with what nobody would see in it written out; its lines and tabs stay."""
    if not _UNSEEN.search(text):  # as almost always, and found out much faster
        return text
    return _HIDDEN.sub(lambda found: found["kept"] or _named(found[0]), text)


def printable(text: str) -> str:
    r"""The same on one line: a line break is `\n` there, a tab `\t`."""
    return re.sub(r"[\n\t\r]", lambda found: _LINES[found[0]], visible(text))


def escaped(json_text: str) -> str:
    r"""A JSON text with hidden characters as `\u202e`: the same data, in a spelling that can be read."""
    return _HIDDEN.sub(lambda found: found["kept"] or _json_escape(found[0]), json_text)


def name_fault(name: str) -> str:
    """What keeps a text from being a name that people tell from others; empty: nothing."""
    if not name.strip():
        return "A name is needed."
    if name != name.strip():
        return "A name does not begin or end with blanks."
    if (shown := printable(name)) != name:
        return f"A name is one line, without characters that nobody sees: {shown}"
    return ""


def folded(name: str) -> str:
    """A name as it is compared: NFKC, case folded, single blanks, without what nobody sees.

    Two names that are the same here look the same to many readers. Letters of different scripts that look
    alike stay different.
    """
    bare = _IGNORED.sub("", unicodedata.normalize("NFKC", name)).casefold()
    return " ".join(unicodedata.normalize("NFKC", bare).split())


def composed(text: str) -> str:
    """A text in NFC: what was typed with separate accents is the same text as what was typed with one key."""
    return unicodedata.normalize("NFC", text)


def _named(character: str) -> str:
    return f"[U+{ord(character):04X}]"


def _json_escape(character: str) -> str:
    units = character.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[at] << 8 | units[at + 1]:04x}" for at in range(0, len(units), 2))
