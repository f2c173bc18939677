"""What stands behind an event or a record, as trail and envelope note it in short: in words for people."""

import re
from collections.abc import Mapping
from types import MappingProxyType

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from fourfold.node.web.queries.releases import reason_sentence
from fourfold.node.web.queries.states import RECEIPT
from fourfold.node.web.queries.words import Word

CODES: Mapping[str, Word] = MappingProxyType(
    {
        "InputError": gettext_lazy("it has faults"),
        "SignatureError": gettext_lazy("a signature does not hold"),
        "ProofError": gettext_lazy("a proof does not hold"),
        "RefusedError": gettext_lazy("a rule refuses it"),
        "NotFoundError": gettext_lazy("it refers to what is not here"),
        "ExchangeError": gettext_lazy("the counterpart could not be reached, or did not answer as it should"),
        "AnsweredError": gettext_lazy("it did not answer as was hoped"),
        "RedirectedError": gettext_lazy("it leads to another address"),
        "NotANodeError": gettext_lazy("a web page answered in its place"),
        "UntrustedError": gettext_lazy("its certificate is not trusted here"),
        "UnknownHostError": gettext_lazy("the name in its address is not known"),
        "UnreachedError": gettext_lazy("it could not be reached"),
        "TooSlowError": gettext_lazy("it did not answer in time"),
        "ProxyFailedError": gettext_lazy("the proxy did not lead to it"),
        "BrokenOffError": gettext_lazy("the exchange broke off"),
        "ValidationError": gettext_lazy("it has another shape than agreed"),
        "accept": gettext_lazy("acceptance"),
        "amend": gettext_lazy("amendment"),
        "asked": gettext_lazy("asked"),
        "auditor": gettext_lazy("whole, to this institution's own auditor"),
        "begin": gettext_lazy("begun"),
        "change": gettext_lazy("a change of a record"),
        "commit": gettext_lazy("commitment"),
        "compromised": gettext_lazy("may be in other hands"),
        "contribute": gettext_lazy("contribution"),
        "decline": gettext_lazy("declined"),
        "declined": gettext_lazy("declined"),
        "finish": gettext_lazy("reported done"),
        "granted": gettext_lazy("granted"),
        "leave": gettext_lazy("left"),
        "lift": gettext_lazy("the lifting of a hold"),
        "passed-on": gettext_lazy("kept to pass on"),
        "propose": gettext_lazy("proposed"),
        "publish": gettext_lazy("published"),
        "reader": gettext_lazy("what a counterpart may read of it"),
        "replacement": gettext_lazy("in place of a lost key"),
        "request": gettext_lazy("a request"),
        "retention": gettext_lazy("under the retention rules"),
        "revocation: compromised": gettext_lazy("revoked: may be in other hands"),
        "revocation: renewed": gettext_lazy("revoked: renewed"),
        "revoked": gettext_lazy("taken back"),
        "second person": gettext_lazy("by the second person"),
        "shared key": gettext_lazy("another institution has that key"),
        "sign": gettext_lazy("signed"),
        "stub": gettext_lazy("a stub"),
        "succession": gettext_lazy("following the old key"),
        "what it holds of us": gettext_lazy("what it holds of us"),
        "withdraw": gettext_lazy("withdrawn"),
    }
)
"""What the trail notes in one word."""

_COUNTED: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"epoch (?P<n>\d+)"), gettext_noop("epoch %(n)s")),
    (re.compile(r"(?P<n>\d+) delivered"), gettext_noop("%(n)s delivered")),
    (re.compile(r"(?P<n>\d+) objects"), gettext_noop("objects: %(n)s")),
    (
        re.compile(r"(?P<n>\d+) missing, (?P<m>\d+) unknown to it"),
        gettext_noop("missing: %(n)s; unknown to it: %(m)s"),
    ),
    (
        re.compile(r"token (?P<n>\d+) of account (?P<m>\d+)"),
        gettext_noop("token %(n)s of account %(m)s"),
    ),
    (re.compile(r"token (?P<n>\d+)"), gettext_noop("token %(n)s")),
    (re.compile(r"account (?P<n>\d+)"), gettext_noop("account %(n)s")),
    (re.compile(r"account (?P<n>\d+): (?P<m>.+)"), gettext_noop("account %(n)s: %(m)s")),
    (re.compile(r"of (?P<n>\d{4}-.+)"), gettext_noop("of %(n)s")),
)
"""What it notes with a number or a time."""

_SOURCES: tuple[tuple[re.Pattern[str], str], ...] = (
    (
        re.compile(r"received: (?P<n>release--[0-9a-f-]+) version (?P<m>\d+)"),
        gettext_noop("received, kept to pass on: %(n)s, version %(m)s"),
    ),
    (
        re.compile(r"inbox (?P<n>\d+): (?P<m>.+)"),
        gettext_noop("handed in by another tool, number %(n)s: %(m)s"),
    ),
    (re.compile(r"file (?P<n>.+)"), gettext_noop("file %(n)s")),
)


def reason_word(code: str) -> Word:
    """What stands behind an event: an outcome, what was noted in short, or the sentence of a refusal."""
    if code in RECEIPT:
        return RECEIPT[code].word
    return CODES.get(code) or _fitted(code, _COUNTED) or reason_sentence(code)


def source_word(source: str) -> str:
    """Where a record came from, as its envelope notes it."""
    return _fitted(source, _SOURCES) or source


def _fitted(text: str, known: tuple[tuple[re.Pattern[str], str], ...]) -> str:
    for pattern, words in known:
        if found := pattern.fullmatch(text):
            return _(words) % found.groupdict()
    return ""
