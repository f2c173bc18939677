"""What may pass: one total decision with all reasons; redaction by building from allowed fields."""

from fourfold.release.abstraction import facts_of
from fourfold.release.case import Case, Circumstances, cases
from fourfold.release.codes import NOTHING_FOR_YOU, REASONS, Code, Finding
from fourfold.release.decide import Decision, Outcome, decide, meet
from fourfold.release.facts import Facts
from fourfold.release.label import Label, label_of, label_text, read_label
from fourfold.release.loosening import loosened
from fourfold.release.object import LAST_VERSION, NOTICES, STUB, Notice, ReleaseObject, Stub
from fourfold.release.onward import Onward, believed_originators, passed_on
from fourfold.release.plan import Plan, plan
from fourfold.release.preview import FieldReport, Preview, RecipientReport, RowReport, preview
from fourfold.release.reading import (
    ANY,
    EVERYBODY,
    EVERYTHING_SHORT_OF_RED,
    UNREAD,
    Clearance,
    Clearances,
    Compartment,
    compartment,
    compartment_of,
    may_read,
    tightened,
)
from fourfold.release.redact import Making, build, build_stub, stub_object, withdraw
from fourfold.release.survey import Columns, Survey, survey
from fourfold.release.table import ROWS, Row

__all__ = [
    "ANY",
    "EVERYBODY",
    "EVERYTHING_SHORT_OF_RED",
    "LAST_VERSION",
    "NOTHING_FOR_YOU",
    "NOTICES",
    "REASONS",
    "ROWS",
    "STUB",
    "UNREAD",
    "Case",
    "Circumstances",
    "Clearance",
    "Clearances",
    "Code",
    "Columns",
    "Compartment",
    "Decision",
    "Facts",
    "FieldReport",
    "Finding",
    "Label",
    "Making",
    "Notice",
    "Onward",
    "Outcome",
    "Plan",
    "Preview",
    "RecipientReport",
    "ReleaseObject",
    "Row",
    "RowReport",
    "Stub",
    "Survey",
    "believed_originators",
    "build",
    "build_stub",
    "cases",
    "compartment",
    "compartment_of",
    "decide",
    "facts_of",
    "label_of",
    "label_text",
    "loosened",
    "may_read",
    "meet",
    "passed_on",
    "plan",
    "preview",
    "read_label",
    "stub_object",
    "survey",
    "tightened",
    "withdraw",
]
