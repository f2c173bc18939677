"""Communication: what is reported at home is told abroad, as far as was agreed."""

from fourfold.activities.avenue import Avenue
from fourfold.activities.incident_reporting.records import ACTIVITY, INCIDENT
from fourfold.framework import Level

AVENUE = Avenue(
    activity=ACTIVITY,
    level=Level.COMMUNICATION,
    kinds=(INCIDENT.id,),
    starts="an incident analyst of the institution that holds the record",
    withheld="the analyst's own notes, the contact person and attachments, unless the agreement names them",
)

KEPT_AT_HOME = ("analyst_note", "contact", "attachments")
"""Internal by nature, or of a content that nobody can know beforehand: no default lets them pass."""


def default_fields() -> tuple[str, ...]:
    """The redaction rule that is offered for a new agreement: all but what stays at home by default."""
    return tuple(field for field in INCIDENT.fields if field not in KEPT_AT_HOME)
