"""Families of link, rank and restitute: who may be one person, where, in which band, and the market's accounts."""

from leadline.model.tables import COUNT, DIGEST, FIAT, PPM, REF, SAT, TEXT, Column, TableSpec

LINK = TableSpec(
    "link",
    "Family of `same_person`, `customer_of_record` and `payer_candidate`: one row a rule that speaks.",
    ("finding", "rule", "role"),
    (
        Column("finding", DIGEST, "the finding"),
        Column("rule", TEXT, "the rule's name"),
        Column("role", TEXT, "for or against"),
        Column("weight_ppm", PPM, "the rule's weight in millionths, negative when against"),
        Column("says", TEXT, "the rule's sentence, without any value from evidence"),
    ),
)
MEMBERSHIP = TableSpec(
    "membership",
    "One row a member of a person (a hypothesis keyed by its oldest member).",
    ("person", "member"),
    (
        Column("person", REF, "person:"),
        Column("member", REF, "account: or customer:"),
        Column("finding", DIGEST, "the same_person or payer_candidate finding that put it there", nullable=True),
        Column("state", TEXT, "key, suggested or decided"),
    ),
)
JURISDICTION = TableSpec(
    "located",
    "Family of `located_in`: why a person belongs to a jurisdiction.",
    ("finding",),
    (
        Column("finding", DIGEST, "the located_in finding"),
        Column("person", REF, "person:"),
        Column("jurisdiction", REF, "jurisdiction:"),
        Column("reason", TEXT, "a fixed sentence"),
    ),
)
BAND = TableSpec(
    "band",
    "Family of `banded`: an ordinal band a person, with what is unknown.",
    ("finding",),
    (
        Column("finding", DIGEST, "the banded finding"),
        Column("person", REF, "person:"),
        Column("band", TEXT, "A (first) to D, or U when nothing decisive is known"),
        Column("known", TEXT, "reasons that were known, sorted, joined by a comma"),
        Column("unknown", TEXT, "questions without an answer, sorted, joined by a comma"),
        Column("place", COUNT, "place in the list, from 1"),
    ),
)
ENTRY = TableSpec(
    "entry",
    "Family of `accounted`: one row an output of the market on one side of its accounts.",
    ("finding",),
    (
        Column("finding", DIGEST, "the accounted finding"),
        Column("outpoint", REF, "outpoint:"),
        Column("side", TEXT, "receipt, spent_input, cash_out, change, fee, other_out, held or outside_ledger"),
        Column("tx", REF, "tx:"),
        Column("value_sat", SAT, "satoshi"),
    ),
)
BALANCE = TableSpec(
    "balance",
    "The market's accounts in one line a side: receipts equal what became of them, to the satoshi.",
    ("side",),
    (
        Column("side", TEXT, "the side"),
        Column("outputs", COUNT, "outputs counted"),
        Column("value_sat", SAT, "satoshi"),
        Column("at_payment", FIAT, "value at payment", nullable=True),
        Column("at_valuation", FIAT, "value on the valuation date", nullable=True),
        Column("unvalued", COUNT, "outputs for which no price is pinned"),
        Column("currency", TEXT, "ISO 4217, or empty when no price is pinned"),
    ),
)
