"""Reading a framework file: every section checked, every fault told at once.

The file is YAML 1.2 or JSON, `schema: fourfold.framework/1`. Its shape is described in the head of the
shipped file `data/brief-2025.yaml`.
"""

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from fourfold.canon import Faults, Located, digest, read_document
from fourfold.framework.conditions import Conditions
from fourfold.framework.layout import Layout
from fourfold.framework.lint import lint
from fourfold.framework.model import Framework
from fourfold.framework.readings import Readings, read_activities
from fourfold.framework.rules import Compiler, Rules
from fourfold.framework.sections import Sections

SCHEMA = "fourfold.framework/1"
REQUIRED = (
    "schema",
    "id",
    "version",
    "title",
    "about",
    "unsettled",
    "levels",
    "passages",
    "criteria",
    "conditions",
    "separation",
    "readings",
    "default_reading",
    "rule_outs",
    "activities",
)
OPTIONAL = ("timing", "warnings", "caveats", "context")


def load_framework(text: str | bytes, *, file: str = "framework.yaml") -> Framework:
    """A framework from the text of its file.

    Raises:
        InputError: with every fault of the file.
    """
    faults = Faults(file)
    document = read_document(text, file=file, faults=faults)
    top = faults.mapping(document, required=REQUIRED, optional=OPTIONAL)
    faults.choice(top.get("schema"), [SCHEMA], "schema")
    framework = _framework(faults, top, digest(document.plain()))
    faults.raise_any()
    return replace(framework, rules=_rules(framework))


def _rules(framework: Framework) -> Mapping[str, Rules]:
    """The conditions made fast, for each reading."""
    layout = Layout.of(framework.criteria.values())
    compiler = Compiler(layout, framework.passages, framework.rule_outs, framework.timing, framework.warnings)
    readings = framework.readings
    return MappingProxyType({name: compiler.rules(reading) for name, reading in readings.items()})


def _framework(faults: Faults, top: Mapping[str, Located], content: str) -> Framework:
    sections = Sections(faults)
    passages = sections.passages(top.get("passages"))
    criteria = sections.criteria(top.get("criteria"), passages)
    conditions = Conditions(faults, sections, criteria, passages)
    use = Readings(faults, sections, conditions.reasons(top.get("conditions")))
    readings = use.readings(top.get("readings"), top.get("separation"))
    use.nothing_unused(conditions.places)
    framework = Framework(
        id=sections.identifier(top.get("id")),
        version=faults.text(top.get("version")),
        title=faults.text(top.get("title")),
        about=faults.text(top.get("about")),
        unsettled=faults.text(top.get("unsettled")),
        digest=content,
        default_reading=faults.choice(top.get("default_reading"), readings, "reading"),
        levels=sections.levels(top.get("levels"), passages),
        passages=MappingProxyType(passages),
        criteria=MappingProxyType(criteria),
        readings=MappingProxyType(readings),
        rule_outs=conditions.rule_outs(top.get("rule_outs")),
        timing=conditions.timing(top.get("timing")),
        warnings=conditions.warnings(top.get("warnings")),
        caveats=sections.notes(top.get("caveats"), passages),
        context=sections.notes(top.get("context"), passages),
        activities=MappingProxyType(read_activities(faults, sections, conditions, top.get("activities"))),
        rules=MappingProxyType({}),
    )
    lint(faults, framework, conditions.places)
    return framework
