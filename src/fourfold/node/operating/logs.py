"""Log lines without content: a closed set of fields, and of an exception only its type and its places.

What an exception says may quote what somebody wrote, so its message is never written.
"""

import json
import logging
import re
import traceback
from collections.abc import Iterator
from datetime import UTC, datetime
from enum import StrEnum
from types import TracebackType
from typing import Any

EXTRA = ("route", "method", "status", "milliseconds")
"""The only fields that a line may carry beside when, how grave, who and what."""

_VALUE = re.compile(r"%(?:\(\w+\))?[-#0+ ]*[\d*]*(?:\.[\d*]+)?[hlL]?[a-zA-Z]")
"""Where a value belongs in a sentence."""

_Raised = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]


class LogFormat(StrEnum):
    """How lines are written: for people, or one JSON object each (RFC 8259)."""

    TEXT = "text"
    JSON = "json"


class TextFormatter(logging.Formatter):
    """A line for people."""

    def format(self, record: logging.LogRecord) -> str:
        """The record as one line."""
        fields = _fields(record)
        head = " ".join(str(fields.pop(name)) for name in ("time", "level", "logger", "event"))
        return " ".join([head, *(f"{name}={value}" for name, value in fields.items())])


class JsonFormatter(logging.Formatter):
    """A JSON object a line."""

    def format(self, record: logging.LogRecord) -> str:
        """The record as one line."""
        return json.dumps(_fields(record), ensure_ascii=True)


FORMATTERS = {LogFormat.TEXT: TextFormatter, LogFormat.JSON: JsonFormatter}


def logging_config(style: LogFormat) -> dict[str, Any]:
    """Python's logging for a node: everything to standard error, in one form."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"line": {"()": FORMATTERS[style]}},
        "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
        "root": {"handlers": ["console"], "level": "WARNING"},
        "loggers": {
            "fourfold": {"level": "INFO"},
            "django": {"handlers": [], "level": "WARNING", "propagate": True},
            "django.request": {"level": "ERROR"},
        },
    }


def _fields(record: logging.LogRecord) -> dict[str, Any]:
    at = datetime.fromtimestamp(record.created, UTC)
    found: dict[str, Any] = {
        "time": at.isoformat(timespec="milliseconds"),
        "level": record.levelname,
        "logger": record.name,
        "event": _event(record),
    }
    found |= {name: getattr(record, name) for name in EXTRA if hasattr(record, name)}
    return found | (_raised(record.exc_info) if record.exc_info else {})


def _event(record: logging.LogRecord) -> str:
    """What happened: our own sentence with its values; of other code only the sentence, never the values.

    Django names the path of a request in its values, and a path has ids. A sentence that came without values
    may have them in it already, as Django's about a host that a stranger named: it is not written at all.
    """
    if record.name == "fourfold" or record.name.startswith("fourfold."):
        return record.getMessage().replace("\n", " ")
    if not record.args:
        return f"A message of other code, at {record.module}:{record.lineno}."
    return _VALUE.sub("…", str(record.msg)).replace("\n", " ")


def _raised(raised: _Raised) -> dict[str, Any]:
    _, error, trace = raised
    places = [f"{frame.filename}:{frame.lineno}:{frame.name}" for frame in traceback.extract_tb(trace)]
    return {"exception": " of ".join(_kinds(error)), "places": places}


def _kinds(error: BaseException | None) -> Iterator[str]:
    """The class of what was raised, and of what stood behind it: often only that says what was the matter."""
    while error is not None:
        yield type(error).__name__
        error = error.__cause__
