"""What a referral package says, as tables: one jurisdiction, its persons, and everything they rest on.

Writers turn these tables into files; a reader of any of them gets the same rows. In a package nothing is null where
the words differ: *none* is written for what does not exist, *unknown* for what nobody knows.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import pyarrow as pa

from leadline.model.findings import ATTRIBUTION, BASIS, CONFLICT, DECISION, HOP, LINK
from leadline.model.predicates import PAYER_CANDIDATE, PREDICATES, SAME_PERSON, USER_CANDIDATE
from leadline.model.tables import COUNT, DIGEST, FIAT, PPM, REF, SAT, TEXT, UTC, Column, TableSpec
from leadline.model.words import (
    BANDS,
    DECISION_STATES,
    GRADES,
    IN_FORCE,
    MEDIA_GROUPS,
    MEMBER_REFS,
    RELEASE_ANSWERS,
    STALE,
    VERDICTS,
)

NONE = "none"
"""Written where something does not exist, as against unknown."""
MEMBER_TIES = (SAME_PERSON, USER_CANDIDATE, PAYER_CANDIDATE)
"""Predicates that tie a member to a person, or make it the payer of one."""
PAYMENT_TIES = PAYER, ACCOUNT = ("payer", "account")
"""How a payment is a person's: a decided customer of record withdrew its coins, or it paid the account only."""
COURT_SECTIONS = ("tracing", "prices", "searched", "not searched", "validation")
"""What a court asks about, in the order in which it reads."""

PERSONS = TableSpec(
    "persons",
    "One row a person: members that decisions tie together, what they paid, and the triage band.",
    ("number",),
    (
        Column("number", COUNT, "number in this package, from 1"),
        Column("person", REF, "", refs=("person",)),
        Column("located_finding", DIGEST, "the decided located_in finding"),
        Column("located_reason", TEXT, "why this jurisdiction"),
        Column(
            "band",
            TEXT,
            "triage order: A (first) to D, U when nothing decisive is known, none when not ranked",
            words=(*BANDS, NONE),
        ),
        Column("known", TEXT, "what of the triage was known, joined by a comma; or none"),
        Column("unknown", TEXT, "triage questions without an answer, joined by a comma; or none"),
        Column("accounts", COUNT, "accounts on the seized service"),
        Column("customers", COUNT, "customers of record at services"),
        Column("payer_payments", COUNT, "payments whose coins a decided customer of record withdrew"),
        Column("payer_sat", SAT, "their satoshi"),
        Column("payer_fiat", FIAT, "their value at payment", nullable=True),
        Column("account_payments", COUNT, "other payments to the accounts; who paid them is not decided"),
        Column("account_sat", SAT, "their satoshi"),
        Column("account_fiat", FIAT, "their value at payment", nullable=True),
        Column("unvalued", COUNT, "payments for which no price is pinned"),
        Column("currency", TEXT, "ISO 4217, or none"),
    ),
)
MEMBERS = TableSpec(
    "accounts",
    "One row an account or customer of a person, with a decided finding that ties it or makes it a payer.",
    ("person", "member", "finding"),
    (
        Column("person", REF, "", refs=("person",)),
        Column("member", REF, "", refs=MEMBER_REFS),
        Column("finding", DIGEST, "an accepted same_person, user_candidate or payer_candidate finding of this member"),
        Column("other", REF, "what stands at its other end: a member, or the account of a payer_candidate"),
        Column(
            "predicate",
            TEXT,
            "same_person, user_candidate, or payer_candidate: he paid for the other, no more",
            words=MEMBER_TIES,
        ),
        Column("span", TEXT, "span of time for which it was decided: from/until, .. where an end is open"),
    ),
)
IDENTIFIERS = TableSpec(
    "identifiers",
    "One row a statement of an identifier of a member, as it stands in the source.",
    ("person", "subject", "kind", "value", "exhibit", "locator"),
    (
        Column("person", REF, "", refs=("person",)),
        Column("subject", REF, "", refs=MEMBER_REFS),
        Column("kind", TEXT, "kind of identifier, or name, born, country, holder of a legal return"),
        Column("value", TEXT, "as it stands in the source", restricted=True),
        Column("exhibit", DIGEST, "SHA-256 of the exhibit"),
        Column("locator", TEXT, "where in it"),
    ),
)
PAYMENTS = TableSpec(
    "payments",
    "One row a payment to an account of a person.",
    ("person", "utc_low", "outpoint"),
    (
        Column("person", REF, "", refs=("person",)),
        Column("account", REF, "paid", refs=("account",)),
        Column(
            "tie",
            TEXT,
            "payer: a decided customer of record withdrew the coins; account: who paid is not decided",
            words=PAYMENT_TIES,
        ),
        Column("customers", TEXT, "those customers, joined by a blank, or none"),
        Column("share_ppm", PPM, "share of the payment's input value their withdrawals cover, in millionths"),
        Column("outpoint", REF, "", refs=("outpoint",)),
        Column("value_sat", SAT, "satoshi"),
        Column("btc", TEXT, "the same in bitcoin, eight decimals"),
        Column("height", COUNT, "block height", nullable=True),
        Column("utc_low", UTC, "earliest block time"),
        Column("utc_high", UTC, "latest block time"),
        Column("currency", TEXT, "ISO 4217, or none when no price is pinned"),
        Column("payment_day", pa.date32(), "UTC day of the price at payment", nullable=True),
        Column("payment_rate", FIAT, "price of one bitcoin that day", nullable=True),
        Column("payment_amount", FIAT, "value at payment", nullable=True),
        Column("valuation_day", pa.date32(), "valuation date of the case", nullable=True),
        Column("valuation_rate", FIAT, "price of one bitcoin that day", nullable=True),
        Column("valuation_amount", FIAT, "value on that date", nullable=True),
        Column("series", TEXT, "price series and field, or none"),
        Column("stated_for_others", COUNT, "statements in the records that give its address for another account"),
        Column("finding", DIGEST, "the received finding"),
    ),
)
RELEASES = TableSpec(
    "releases",
    "One row an output by which a service let coins go that reached a payment, from a transaction that spends a tagged "
    "address and over recorded spends.",
    ("person", "payment", "release_outpoint"),
    (
        Column("person", REF, "", refs=("person",)),
        Column("payment", REF, "of the payment", refs=("outpoint",)),
        Column("service", REF, "", refs=("service",)),
        Column("release_outpoint", REF, "", refs=("outpoint",)),
        Column("value_sat", SAT, "satoshi of the release output"),
        Column("hops", COUNT, "private transactions between"),
        Column("rule", TEXT, "rules of the whole path beyond recorded spends, such as tag"),
        Column("share_ppm", PPM, "share of the payment's input value on this path, in millionths"),
        Column("tagged_ppm", PPM, "as in table release: the tagged share of what its transaction spent", nullable=True),
        Column(
            "answer",
            TEXT,
            "confirmed, denied, unanswered or not_asked: what the service's return says of it",
            words=RELEASE_ANSWERS,
        ),
        Column("returned", TEXT, "every customer the return names for it, joined by a blank, or none"),
        Column("withheld", COUNT, "further customers it names, whom the return's restrictions keep from this package"),
        Column("customers", TEXT, "those of them whom a decision takes for the payer, joined by a blank, or none"),
        Column("finding", DIGEST, "the released finding"),
    ),
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
            words=(*VERDICTS, "undecided"),
        ),
        Column(
            "standing",
            TEXT,
            "in_force; stale: its basis changed after the decision; none when undecided",
            words=(IN_FORCE, STALE, NONE),
        ),
        Column("basis_for", COUNT, "rows of basis that speak for it"),
        Column("basis_against", COUNT, "rows of basis that speak against it"),
        Column("restrictions", TEXT, "restrictions for which subject and object are withheld, or none"),
    ),
)
COPIES = TableSpec(
    "copies",
    "One row an address that one exhibit gives for an account of a person, and another exhibit, which lists it, lacks.",
    ("person", "account", "address", "exhibit", "lacking"),
    (
        Column("person", REF, "person:"),
        Column("account", REF, "account:"),
        Column("address", TEXT, "as it stands in the source"),
        Column("exhibit", DIGEST, "SHA-256 of an exhibit that gives it"),
        Column("locator", TEXT, "where in it"),
        Column("lacking", DIGEST, "SHA-256 of an exhibit that states addresses, lists the account, and lacks this one"),
        Column("payments", COUNT, "payments of this package whose finding rests on a statement of it"),
    ),
)
MEDIA = TableSpec(
    "media",
    "One row a media file that an exhibit has a member upload, download or name: digest and counts, never content.",
    ("person", "account", "act", "media", "exhibit"),
    (
        Column("person", REF, "", refs=("person",)),
        Column("account", REF, "", refs=("account",)),
        Column(
            "act",
            TEXT,
            "upload, download, or message: one that names the digest",
            words=("upload", "download", "message"),
        ),
        Column("media", REF, "as the records name it", refs=("media",)),
        Column("times", COUNT, "events in the records"),
        Column("first_utc", UTC, "earliest of them", nullable=True),
        Column(
            "status",
            TEXT,
            "known, similar, never_seen, or not_searched; of the file, where there is one",
            words=MEDIA_GROUPS,
        ),
        Column("examiner", TEXT, "category an examiner's decision gave it, or none"),
        Column("file", TEXT, "media: of the one seized file that has the MD5 or SHA-1 named, or none"),
        Column("tie", TEXT, "finding: digest_of, that says so, or none"),
        Column("exhibit", DIGEST, "SHA-256 of the exhibit in which these events stand"),
        Column("locator", TEXT, "where in the exhibit the first of them stands"),
    ),
)


def file_of(row: Mapping[str, Any]) -> str:
    """The file a row of MEDIA is about: the seized one where its digest is tied to one."""
    return str(row["media"] if row["file"] == NONE else row["file"])


def once(payments: Iterable[Mapping[str, Any]]) -> dict[str, list[Mapping[str, Any]]]:
    """Rows of PAYMENTS by tie, each output once: as *payer* where any of its rows is, else as *account*."""
    found: dict[str, list[Mapping[str, Any]]] = {"payer": [], "account": []}
    seen: set[str] = set()
    for row in sorted(payments, key=lambda r: r["tie"] != "payer"):
        if row["outpoint"] not in seen:
            seen.add(row["outpoint"])
            found[row["tie"]].append(row)
    return found


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
            words=("decided", "basis", "context"),
        ),
        Column("says", TEXT, "the predicate's sentence"),
        Column("not_said", TEXT, "what the predicate does not say"),
    ),
)
EXHIBITS = TableSpec(
    "exhibits",
    "One row an exhibit cited.",
    ("exhibit",),
    (
        Column("exhibit", DIGEST, "SHA-256 of the content"),
        Column("size", COUNT, "bytes"),
        Column("media_type", TEXT, "type by content"),
        Column("held", TEXT, "stored or reference", words=("stored", "reference")),
        Column("acquired_at", TEXT, "when it was acquired, or unknown"),
        Column("acquired_by", TEXT, "who acquired it, or unknown"),
        Column("item", TEXT, "item number under which they list it, or unknown"),
        Column("authority", TEXT, "under which authority, or unknown"),
        Column("restrictions", TEXT, "restrictions it carries, all cleared for this jurisdiction; or none"),
        Column("cited", COUNT, "basis rows that cite it"),
    ),
)
REQUESTS = TableSpec(
    "legal_requests",
    "One row an output to ask a service about: which customer had it paid, and from which account.",
    ("service", "release_outpoint", "payment"),
    (
        Column("service", REF, "to ask", refs=("service",)),
        Column("release_outpoint", REF, "outpoint:, transaction id and output number", refs=("outpoint",)),
        Column("asset", TEXT, "what was released, and on which chain"),
        Column("address", TEXT, "address it paid, or unknown"),
        Column("value_sat", SAT, "satoshi of the output"),
        Column("btc", TEXT, "the same in bitcoin"),
        Column("release_height", COUNT, "block height of the output", nullable=True),
        Column("release_utc_low", UTC, "earliest time of its block"),
        Column("release_utc_high", UTC, "latest time of it"),
        Column("tag_label", TEXT, "labels of the tags that name the service, as their packs state them; or none"),
        Column("payment", REF, "of the payment to the market it reached", refs=("outpoint",)),
        Column("payment_utc_low", UTC, "earliest block time of that payment"),
        Column("payment_utc_high", UTC, "latest block time"),
        Column("hops", COUNT, "private transactions between"),
        Column(
            "grade", TEXT, "recorded: recorded spends only; inferred: rests on a cluster or behaviour too", words=GRADES
        ),
        Column("state", TEXT, "open, or answered when a return names the customer", words=("open", "answered")),
        Column("finding", DIGEST, "the released finding"),
    ),
)
INFERRED_REQUESTS = TableSpec(
    "legal_requests_inferred",
    "As legal_requests, for paths that rest on a cluster too, each accepted by a person: leads, no ground alone.",
    REQUESTS.key,
    REQUESTS.columns,
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
        Column(
            "standing",
            TEXT,
            "in_force; stale: the basis changed after it; superseded: a newer one exists",
            words=DECISION_STATES,
        ),
    ),
)

FIGURES = TableSpec(
    "figures",
    "One row a figure of this case, of payments outside this package: what returns and own addresses say of tracing.",
    ("figure", "rule", "of"),
    (
        Column("figure", TEXT, "asked, confirmed, at_least, denied, unanswered (releases); found, false_joins"),
        Column("rule", TEXT, "rules of the whole path, never of several together, or of the clusters; all"),
        Column("of", TEXT, "length of the path, how addresses were held out, a month, or all"),
        Column("part", COUNT, "how many"),
        Column("n", COUNT, "of how many"),
        Column(
            "interval",
            TEXT,
            "wilson, wilson_by_sweep, bounds, or none for a count",
            words=("wilson", "wilson_by_sweep", "bounds", NONE),
        ),
        Column("low_ppm", PPM, "its lower end, in millionths", nullable=True),
        Column("high_ppm", PPM, "its upper end, in millionths", nullable=True),
        Column("words", TEXT, "the figure in words; not measured where n is 0"),
    ),
)

COURT = TableSpec(
    "court",
    "One row a thing a court asks of method and limits: rules and parameters, prices, what was searched and what not.",
    ("section", "number"),
    (
        Column("section", TEXT, "tracing, prices, searched, not searched, validation", words=COURT_SECTIONS),
        Column("number", COUNT, "place in the section, from 1"),
        Column("item", TEXT, "what is asked"),
        Column("value", TEXT, "the answer"),
        Column("says", TEXT, "what that means"),
    ),
)

PACKAGE_TABLES = (
    PERSONS, MEMBERS, CONFLICTS, IDENTIFIERS, PAYMENTS, RELEASES, PACKAGE_HOPS, COPIES, ALTERNATIVES, MEDIA,
    REASONS, PACKAGE_DECISIONS, FINDINGS, PACKAGE_BASIS, PACKAGE_TAGS, LISTS, EXHIBITS, REQUESTS, INFERRED_REQUESTS,
    FIGURES, COURT,
)  # fmt: skip
"""Every table of a package, in the order a reader meets them."""


@dataclass(frozen=True, slots=True)
class CaseFace:
    """What a package says of its case: settings, pins (kind, name, digest) and runs (step, id, method, version).

    `reached` are sentences about the whole case's payments: what the tags alone show, before any return or decision.
    `custody` are those on what vouches for the case: a checkpoint that somebody else holds, and who its operators are.
    `about` are lines on runs and pins, `limits` the fixed thresholds of tracing, for the page for the other side.
    `sender` is the office that sends the package, `contact` how it is reached, `file_number` its number; each may be
    empty, which is printed as *not stated*.
    """

    name: str
    authority: str
    scope: str
    network: str
    currency: str
    valuation_date: str
    pins: tuple[tuple[str, str, str], ...]
    runs: tuple[tuple[str, str, str, int], ...]
    reached: tuple[str, ...] = ()
    custody: tuple[str, ...] = ()
    about: tuple[str, ...] = ()
    limits: tuple[str, ...] = ()
    sender: str = ""
    contact: str = ""
    file_number: str = ""


@dataclass(frozen=True, slots=True)
class Dossier:
    """One package before it is written: its jurisdiction, the case's face, the program, and PACKAGE_TABLES by name.

    `place` is the name of the legal area; `instruments` are its (purpose, name, limits, source); `disclosure` is the
    page for the other side.
    """

    jurisdiction: str
    place: str
    instruments: tuple[tuple[str, str, str, str], ...]
    case: CaseFace
    software: str
    tables: Mapping[str, pa.Table]
    disclosure: str = ""
