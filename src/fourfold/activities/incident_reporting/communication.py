"""Communication: what is reported at home is told abroad, as far as was agreed."""

from fourfold.activities.avenue import Avenue
from fourfold.activities.incident_reporting.records import ACTIVITY, INCIDENT
from fourfold.framework import Level

AVENUE = Avenue(
    activity=ACTIVITY,
    level=Level.COMMUNICATION,
    kinds=(INCIDENT.id,),
    starts="an incident analyst of the institution that holds the record",
    withheld="the analyst's own notes and the contact person, unless the agreement names them",
)

KEPT_AT_HOME = ("analyst_note", "contact")
"""Internal by nature: no default lets them pass."""


def default_fields() -> tuple[str, ...]:
    """The redaction rule that is offered for a new agreement: all but what is internal by nature."""
    return tuple(field for field in INCIDENT.fields if field not in KEPT_AT_HOME)
