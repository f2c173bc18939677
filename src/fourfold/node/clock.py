"""What time it is: the one place of a node that reads the clock."""

from datetime import UTC, datetime


def now() -> datetime:
    """The present moment in UTC, to the millisecond: the precision that STIX 2.1 asks of `modified`."""
    present = datetime.now(UTC)  # noqa: TID251  this is the home that the ban points to
    return present.replace(microsecond=present.microsecond // 1000 * 1000)
