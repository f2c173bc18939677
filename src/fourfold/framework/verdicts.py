"""The closed words of a result: three truth values, six verdicts, three timings."""

from enum import Enum, IntEnum


class Tri(IntEnum):
    """A truth value of strong Kleene logic, ordered: what is known may settle it, or not yet."""

    FALSE = 0
    UNKNOWN = 1
    TRUE = 2


class Verdict(Enum):
    """What the conditions say of one level: a pair of truth values (supported, ruled out) as one word."""

    SUPPORTED = "supported"
    SUPPORTED_UNLESS = "supported-unless"
    OPEN = "open"
    UNSUPPORTED = "unsupported"
    CONTESTED = "contested"
    RULED_OUT = "ruled-out"

    @classmethod
    def of(cls, supported: Tri, ruled_out: Tri) -> "Verdict":
        """The word for a pair of truth values."""
        return _WORDS[supported][ruled_out]

    @property
    def offered(self) -> bool:
        """Whether the level may be suggested: supported, if only until a rule-out is known to hold."""
        return self in {Verdict.SUPPORTED, Verdict.SUPPORTED_UNLESS}


class Timing(Enum):
    """When a level could begin: every party's prerequisites in place, one's missing, or unknown."""

    NOW = "now"
    NOT_YET = "not yet"
    UNKNOWN = "unknown"


_WORDS = (
    # ruled out: false, unknown, true
    (Verdict.UNSUPPORTED, Verdict.UNSUPPORTED, Verdict.RULED_OUT),  # supported: false
    (Verdict.OPEN, Verdict.OPEN, Verdict.RULED_OUT),  # unknown
    (Verdict.SUPPORTED, Verdict.SUPPORTED_UNLESS, Verdict.CONTESTED),  # true
)
