"""Columns that every statement has: where it stands, and when it was."""

from leadline.model.tables import DIGEST, TEXT, UTC, Column
from leadline.model.times import DOUBTS

SOURCE = (
    Column("exhibit", DIGEST, "SHA-256 of the exhibit in which the row stands"),
    Column("locator", TEXT, "where in the exhibit"),
)
TIME = (
    Column("utc_low", UTC, "earliest possible time", nullable=True),
    Column("utc_high", UTC, "latest possible time", nullable=True),
    Column("doubt", TEXT, "why the two differ or what they rest on", words=tuple(DOUBTS)),
    Column("source_text", TEXT, "the time as it stands in the source", nullable=True),
)
