"""What a package rests on: findings, basis, reasons, decisions, what stands beside them, exhibits, tags, lists."""

from dataclasses import replace

from leadline.model.findings import ATTRIBUTION, BASIS, CONFLICT, DECISION, HOP, LINK
from leadline.model.predicates import PREDICATES
from leadline.model.tables import COUNT, DIGEST, REF, TEXT, Column, TableSpec
from leadline.model.words import (
    DECISION_STATES,
    DIFFERS,
    ENTERED,
    IN_FORCE,
    KEPT,
    NONE,
    ONLY_THERE,
    STALE,
    UNDECIDED,
    VERDICTS,
)

ALTERNATIVES = TableSpec(
    "alternatives",
    "One row a claim beside what this package takes: rejected, unsure, stale or undecided, of this person's records.",
    ("person", "predicate", "finding"),
    (
        Column("person", REF, "", refs=("person",)),
        Column("finding", DIGEST, "its id; who may know more asks by it"),
        Column("predicate", TEXT, "what is claimed", words=tuple(PREDICATES)),
        Column("subject", TEXT, "who or what it is about, or withheld"),
        Column("object", TEXT, "what is said of it, or withheld"),
        Column(
            "verdict",
            TEXT,
            "accepted, rejected, unsure or undecided; an accepted one is not counted here",
            words=(*VERDICTS, UNDECIDED),
        ),
        Column(
            "standing",
            TEXT,
            "in_force; stale: its basis changed after the decision; none when undecided",
            words=(IN_FORCE, STALE, NONE),
        ),
        Column("basis_for", COUNT, "rows of basis that speak for it"),
        Column("basis_against", COUNT, "rows of basis that speak against it"),
        Column("reasons", TEXT, "rules that speak for it and against it, by name; none, or withheld"),
        Column("restrictions", TEXT, "restrictions for which subject and object are withheld, or none"),
    ),
)
LEFT_OUT = TableSpec(
    "left_out",
    "One row a kind of claim about this person's records, payments or files that is in the case and not here.",
    ("person", "predicate"),
    (
        Column("person", REF, "", refs=("person",)),
        Column("predicate", TEXT, "what is claimed", words=tuple(PREDICATES)),
        Column("claims", COUNT, "how many"),
        Column("reason", TEXT, "why they are not here"),
    ),
)
FINDINGS = TableSpec(
    "findings",
    "One row a finding this package rests on.",
    ("finding",),
    (
        Column("finding", DIGEST, "its id"),
        Column("subject", REF, "who or what the claim is about"),
        Column("predicate", TEXT, "what is claimed", words=tuple(PREDICATES)),
        Column("object", REF, "what is said of it"),
        Column(
            "entered",
            TEXT,
            "decided: a person accepted it; basis: a tie or place rests on it; context: a figure does",
            words=ENTERED,
        ),
        Column("says", TEXT, "the predicate's sentence"),
        Column("not_said", TEXT, "what the predicate does not say"),
    ),
)
EXHIBITS = TableSpec(
    "exhibits",
    "One row an exhibit cited, and one a companion that is read with it.",
    ("exhibit",),
    (
        Column("exhibit", DIGEST, "SHA-256 of the content"),
        Column("size", COUNT, "bytes"),
        Column("media_type", TEXT, "type by content"),
        Column("held", TEXT, "stored or reference", words=KEPT),
        Column("acquired_at", TEXT, "when it was acquired, or unknown"),
        Column("acquired_by", TEXT, "who acquired it, or unknown"),
        Column("item", TEXT, "item number under which they list it, or unknown"),
        Column("authority", TEXT, "under which authority, or unknown"),
        Column("restrictions", TEXT, "restrictions it carries, all cleared for this jurisdiction; or none"),
        Column("cited", COUNT, "basis rows that cite it"),
        Column(
            "companion_of",
            TEXT,
            "SHA-256 of the exhibit beside which it stood and with which it is read, as a write-ahead log is; or none",
        ),
    ),
)
COMPANIONS = TableSpec(
    "companions",
    "One row a place cited that an exhibit alone, without the companions read with it, lacks or holds otherwise.",
    ("exhibit", "locator"),
    (
        Column("exhibit", DIGEST, "SHA-256 of the exhibit cited"),
        Column("locator", TEXT, "where in it, read with its companions"),
        Column("companions", TEXT, "SHA-256 of what is read with it, joined by a blank"),
        Column(
            "state",
            TEXT,
            "only_there: the exhibit alone has no such row; differs: it holds other values there",
            words=(ONLY_THERE, DIFFERS),
        ),
    ),
)
CONFLICTS = TableSpec("conflicts", CONFLICT.says, CONFLICT.key, CONFLICT.columns)
WEIGHT = "set by hand by the program's makers to order suggestions, not measured: no probability of anything"
"""What the weight of a rule is; said wherever one is printed."""
REASONS = TableSpec(
    "reasons",
    LINK.says,
    LINK.key,
    tuple(
        replace(column, says=f"{column.says}; {WEIGHT}") if column.name == "weight_ppm" else column
        for column in LINK.columns
    ),
)
PACKAGE_BASIS = TableSpec("basis", BASIS.says, BASIS.key, BASIS.columns)
PACKAGE_TAGS = TableSpec("tags", ATTRIBUTION.says, ATTRIBUTION.key, ATTRIBUTION.columns)
LISTS = TableSpec(
    "lists",
    "One row a hash list that files were searched in: what known, similar and never seen rest on.",
    ("list",),
    (
        Column("list", REF, "SHA-256 of its file", refs=("list",)),
        Column("name", TEXT, "name under which the case pins it, or none"),
        Column("version", TEXT, "version it states of itself, or the program that wrote it", nullable=True),
        Column("dated", TEXT, "newest day it states of itself or an entry, ISO 8601", nullable=True),
        Column("licence", TEXT, "terms under which it may be used, as whoever pinned it says, else as it does", True),
        Column("cited", COUNT, "times that the basis of this package cites it"),
    ),
)
PACKAGE_HOPS = TableSpec("hops", HOP.says, HOP.key, HOP.columns)
PACKAGE_DECISIONS = TableSpec(
    "decisions",
    "One row a decision of a person about a finding of this package, or about an alternative to one.",
    DECISION.key,
    (
        *DECISION.columns,
        Column("number", COUNT, "of the decisions on this finding, from 1, in the order in which they were made"),
        Column(
            "standing",
            TEXT,
            "in_force; stale: the basis changed after it; superseded: a newer one exists",
            words=DECISION_STATES,
        ),
    ),
)
