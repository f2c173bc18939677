"""The brief's fifteen activities, one folder for each row; inside, one file for each level carried out.

`AVENUES` lists the cells of the table that can be carried out, each once.
"""

from fourfold.activities.avenue import Avenue
from fourfold.activities.incident_reporting import collaboration, communication, coordination, separation

AVENUES: tuple[Avenue, ...] = (
    collaboration.AVENUE,
    coordination.AVENUE,
    communication.AVENUE,
    separation.AVENUE,
)
"""In the order of the brief's table: by activity, the closest level first."""

__all__ = ["AVENUES", "Avenue"]
