"""Separation: sensitive incidents are monitored apart; nothing of them leaves."""

from fourfold.activities.avenue import Avenue
from fourfold.activities.incident_reporting.records import ACTIVITY, INCIDENT
from fourfold.framework import Level

AVENUE = Avenue(
    activity=ACTIVITY,
    level=Level.SEPARATION,
    kinds=(INCIDENT.id,),
    starts="nobody: a record that fits no closer slice stays",
    withheld="everything; at most its existence, if its owner chose to leave a stub",
)
