"""Texts and numbers as the columns of a store take them: whoever sends more is told so where it is read.

SQLite takes whatever comes, PostgreSQL refuses what does not fit its column, and a text with a NUL anywhere.
"""

from typing import Annotated

from pydantic import Field

WITHOUT_NUL = r"^[^\x00]*$"

Id = Annotated[str, Field(max_length=80, pattern=WITHOUT_NUL)]
"""The id of a thing: `prefix--UUID` (STIX 2.1)."""

DigestText = Annotated[str, Field(max_length=71, pattern=WITHOUT_NUL)]
"""`sha256:` and 64 hexadecimal digits, or what stands in its place."""

Name = Annotated[str, Field(max_length=100, pattern=r"^[^\x00-\x1f\x7f]*$")]
"""The id of a kind, an activity or a slice: one short line."""

Title = Annotated[str, Field(max_length=500, pattern=WITHOUT_NUL)]
"""What people call a thing."""

Text = Annotated[str, Field(max_length=10_000, pattern=WITHOUT_NUL)]
"""Whatever else is said in a text that a store keeps as a value of its own."""

MOST = (1 << 31) - 1
Number = Annotated[int, Field(ge=1, le=MOST)]
"""What counts from 1."""
