"""What a package says of each person: members, identifiers, payments and whose they are, differing copies, files."""

from collections.abc import Iterable, Mapping
from typing import Any

import pyarrow as pa

from leadline.model.meanings import PLACEMENTS
from leadline.model.predicates import PAYER_CANDIDATE, SAME_PERSON, USER_CANDIDATE
from leadline.model.tables import COUNT, DIGEST, FIAT, PPM, REF, SAT, TEXT, UTC, Column, TableSpec
from leadline.model.words import ANSWERS as ANSWER_WORDS
from leadline.model.words import (
    BANDS,
    DOWNLOAD,
    MEDIA_GROUPS,
    MEMBER_REFS,
    MESSAGE,
    NO,
    NONE,
    REJECTED,
    UNKNOWN_ANSWER,
    UPLOAD,
    YES,
)

ONLY_PAID = (
    "It rests on payments alone: no exhibit it cites says that he used the account. What the reason of its decision "
    "says beyond that is the word of who decided, and no exhibit of this package."
)
"""Said of a user whose finding cites nothing but his being a payer."""
REASON = "the word of who decided; what it says beyond the exhibits cited is no exhibit of this package"
"""What the reason of a decision is; said wherever one is printed."""
MEMBER_TIES = (SAME_PERSON, USER_CANDIDATE, PAYER_CANDIDATE)
"""Predicates that tie a member to a person, or make it the payer of one."""
PAYMENT_TIES = PAYER, ACCOUNT = ("payer", "account")
"""How a payment is a person's: he is its decided payer and a recorded release says so, or it paid the account only."""
COUNTED, UNRECORDED, OUTSIDE_SPAN = "counted", "unrecorded", "outside_span"
PAYER_STATES = {
    COUNTED: "a recorded release and a return say so",
    UNRECORDED: "not counted: no recorded release that stands says so; what does rests on a cluster or behaviour too",
    OUTSIDE_SPAN: "not counted: the payment may lie outside the span of time decided",
    REJECTED: "not counted: a person rejected the customer of record it rests on",
}
"""Whether a payer whom a decision names for a payment counts, in words."""
PERSONS = TableSpec(
    "persons",
    "One row a person: members that decisions tie together, what they paid, and the triage band.",
    ("number",),
    (
        Column("number", COUNT, "number in this package, from 1"),
        Column("person", REF, "", refs=("person",)),
        Column("located_finding", DIGEST, "the decided located_in finding"),
        Column("located_reason", TEXT, "why this jurisdiction, or none", words=(*PLACEMENTS, NONE)),
        Column(
            "band",
            TEXT,
            "triage order: A (first) to D, U when nothing decisive is known, none when not ranked",
            words=(*BANDS, NONE),
        ),
        Column("known", TEXT, "what of the triage was known, joined by a comma; or none"),
        Column("unknown", TEXT, "triage questions without an answer, joined by a comma; or none"),
        Column("suggested", TEXT, "known of members whom nobody decided, which counts for nothing; or none"),
        Column("place", COUNT, "place in the order of the whole case, from 1; 0 when not ranked"),
        Column("sharing", COUNT, "persons in that place; 0 when not ranked"),
        Column("accounts", COUNT, "accounts on the seized service"),
        Column("customers", COUNT, "customers of record at services"),
        Column("payer_payments", COUNT, "payments of which the person is counted as payer"),
        Column("payer_sat", SAT, "their satoshi, whole payments"),
        Column("payer_share_sat", SAT, "of them by value, the share on paths from withdrawals that returns name his"),
        Column("payer_fiat", FIAT, "their value at payment", nullable=True),
        Column("account_payments", COUNT, "other payments to the accounts; the person is not counted as their payer"),
        Column("account_sat", SAT, "their satoshi"),
        Column("account_fiat", FIAT, "their value at payment", nullable=True),
        Column("unvalued", COUNT, "payments for which no price is pinned"),
        Column("currency", TEXT, "of the values, ISO 4217; where they are unknown the case's own"),
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
        Column("utc_low", UTC, "earliest time of the statement", nullable=True),
        Column("utc_high", UTC, "latest time of the statement; unknown where none is stated", nullable=True),
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
            "payer: the person is counted as payer; account: it paid the account, the person is not counted as payer",
            words=PAYMENT_TIES,
        ),
        Column("customers", TEXT, "his customers of record counted as payers, joined by a blank, or none"),
        Column("share_ppm", PPM, "share of the payment's input value on paths from their withdrawals, in millionths"),
        Column("outpoint", REF, "", refs=("outpoint",)),
        Column("value_sat", SAT, "satoshi"),
        Column("btc", TEXT, "the same in bitcoin, eight decimals"),
        Column("height", COUNT, "block height", nullable=True),
        Column("utc_low", UTC, "earliest block time"),
        Column("utc_high", UTC, "latest block time"),
        Column("currency", TEXT, "of the values, ISO 4217; where they are unknown the case's own"),
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
PAYERS = TableSpec(
    "payers",
    "One row a payment and customer whom an accepted decision names as its payer: what that rests on, if it counts.",
    ("person", "account", "payment", "number"),
    (
        Column("person", REF, "whose payment it is here, as payer or by the account", refs=("person",)),
        Column("account", REF, "paid", refs=("account",)),
        Column("payment", REF, "the output paid", refs=("outpoint",)),
        Column("number", COUNT, "of this payment, from 1"),
        Column("customer", TEXT, "the payer decided, or withheld where what names a stranger may not travel"),
        Column("whose", TEXT, "own: a member of this person; other: of somebody else", words=("own", "other")),
        Column(
            "state",
            TEXT,
            "; ".join(f"{word}: {says}" for word, says in PAYER_STATES.items()),
            words=tuple(PAYER_STATES),
        ),
        Column("finding", DIGEST, "the payer_candidate finding that was accepted"),
        Column("span", TEXT, "span of time for which it was decided: from/until, .. where an end is open"),
        Column("record", DIGEST, "the customer_of_record finding it rests on for this payment"),
        Column("release_outpoint", TEXT, "the output that the service paid for him, or none"),
        Column("share_ppm", PPM, "share of the payment's input value on the path from it, in millionths"),
        Column("exhibit", TEXT, "SHA-256 of the return that names him for it, or none"),
        Column("locator", TEXT, "where in it, or none"),
    ),
)
ANSWERS = TableSpec(
    "answers",
    "One row an answer to a question of triage about a member, unknown ones too, for the band or against it.",
    ("person", "question", "answer", "exhibit", "locator"),
    (
        Column("person", REF, "", refs=("person",)),
        Column("member", REF, "asked about", refs=MEMBER_REFS),
        Column("question", TEXT, "what was asked"),
        Column("answer", TEXT, "what was answered", words=ANSWER_WORDS),
        Column("utc_low", UTC, "earliest time of the answer", nullable=True),
        Column("utc_high", UTC, "latest time of the answer; unknown where none is stated", nullable=True),
        Column(
            "before_return",
            TEXT,
            "whether it is dated before the return that names the customer was acquired; unknown where either is",
            words=(YES, NO, UNKNOWN_ANSWER),
        ),
        Column("exhibit", DIGEST, "SHA-256 of the exhibit"),
        Column("locator", TEXT, "where in it"),
    ),
)
COPIES = TableSpec(
    "copies",
    "One row an address that one exhibit gives for an account of a person, and another copy of the records lacks.",
    ("person", "account", "address", "exhibit", "lacking"),
    (
        Column("person", REF, "person:"),
        Column("account", REF, "account:"),
        Column("address", TEXT, "as it stands in the source"),
        Column("exhibit", DIGEST, "SHA-256 of an exhibit that gives it"),
        Column("locator", TEXT, "where in it"),
        Column("lacking", DIGEST, "SHA-256 of an exhibit that states accounts and addresses, and lacks this one"),
        Column("listed", TEXT, "whether that exhibit lists the account at all", words=(YES, NO)),
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
            words=(UPLOAD, DOWNLOAD, MESSAGE),
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
