"""Who: profiles of institutions, their functions, the facts that bear on release, and a comparison."""

from fourfold.institutions.comparison import Comparison, Kinship, Row, compare
from fourfold.institutions.load import load_profiles, read_profiles, shipped_profiles
from fourfold.institutions.profile import Fact, Function, Nuance, Profile, Said, Statement

__all__ = [
    "Comparison",
    "Fact",
    "Function",
    "Kinship",
    "Nuance",
    "Profile",
    "Row",
    "Said",
    "Statement",
    "compare",
    "load_profiles",
    "read_profiles",
    "shipped_profiles",
]
