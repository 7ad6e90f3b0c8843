"""Exhibits and where they stood, their restrictions, and what became of every row of them."""

from leadline.model.evidence.columns import SOURCE
from leadline.model.tables import COUNT, DIGEST, TEXT, Column, TableSpec
from leadline.model.words import (
    KEPT,
    REJECT_REASONS,
)

RESTRICTIONS = (
    "grand_jury",
    "mlat_use",
    "originator",
    "privileged",
    "court_sealed",
    "list_licence",
    "child_identity",
)
"""The closed list of restrictions an exhibit may carry; findings inherit the union."""
NEVER_CLEARED = frozenset({"privileged", "child_identity"})
"""Restrictions nobody can clear here: privileged material goes to no one, a child's identity into no referral."""
EXHIBIT = TableSpec(
    "exhibit",
    "One row an exhibit: content that came in once and never changes.",
    ("exhibit",),
    (
        Column("exhibit", DIGEST, "SHA-256 of the content"),
        Column("size", COUNT, "bytes"),
        Column("media_type", TEXT, "type by content, as type/subtype"),
        Column("held", TEXT, "stored: a copy lies in the case; reference: it stays on its medium", words=KEPT),
        Column("acquired_at", TEXT, "when it was acquired, ISO 8601, or unknown"),
        Column("acquired_by", TEXT, "who acquired it, or unknown", restricted=True),
        Column("authority", TEXT, "under which authority, or unknown"),
        Column("restrictions", TEXT, "restrictions, sorted, joined by a comma; empty when none"),
        Column("item", TEXT, "item number under which whoever acquired it lists it", nullable=True),
    ),
)
EXHIBIT_DIGEST = TableSpec(
    "exhibit_digest",
    "One row an exhibit: its other digests, as lists, labels and receipts of other tools state them.",
    ("exhibit",),
    (
        Column("exhibit", DIGEST, "SHA-256 of the content, by which it is known here"),
        Column("md5", TEXT, "MD5 (RFC 1321) in hexadecimal; proves no content, as two can be made to agree"),
        Column("sha1", TEXT, "SHA-1 (FIPS 180-4) in hexadecimal; the same holds"),
    ),
)
OCCURRENCE = TableSpec(
    "occurrence",
    "One row a place where an exhibit stood.",
    ("exhibit", "path"),
    (
        Column("exhibit", DIGEST, "SHA-256 of the content"),
        Column("parent", DIGEST, "the exhibit in which it stood", nullable=True),
        Column("name", TEXT, "file name", restricted=True),
        Column(
            "path",
            TEXT,
            "path at acquisition, relative to what was named on the command line",
            restricted=True,
        ),
    ),
)
REJECT = TableSpec(
    "reject",
    "One row an input row intake could not map, with its reason.",
    ("exhibit", "locator", "reason"),
    (
        Column("part", TEXT, "table, sheet or file part"),
        Column(
            "reason",
            TEXT,
            "why",
            words=REJECT_REASONS,
        ),
        *SOURCE,
    ),
)
TALLY = TableSpec(
    "tally",
    "One row a part of an exhibit: rows in = rows mapped + rows rejected + rows the map leaves out by rule.",
    ("exhibit", "part"),
    (
        Column("exhibit", DIGEST, "SHA-256 of the exhibit"),
        Column("part", TEXT, "table, sheet or file part"),
        Column("rows_in", COUNT, "rows read"),
        Column("mapped", COUNT, "rows that gave at least one record and no reject"),
        Column("rejected", COUNT, "rows with a reject"),
        Column("left_out", COUNT, "rows of a part the map does not name, or filtered by its rule"),
        Column("unmapped_columns", TEXT, "columns the map does not name, sorted, joined by a comma"),
    ),
)
