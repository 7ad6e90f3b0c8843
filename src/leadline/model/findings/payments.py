"""Families of trace about payments: who was paid, from which keys, by which habits, at which price, worth what."""

import pyarrow as pa

from leadline.model.meanings import DAY_RULES
from leadline.model.tables import COUNT, DIGEST, FIAT, REF, SAT, TEXT, UTC, Column, TableSpec
from leadline.model.words import BRANCH_OUTCOMES, OWNER_REFS

PAYMENT = TableSpec(
    "payment",
    "Family of `received`: an output that pays an account's address.",
    ("finding",),
    (
        Column("finding", DIGEST, "the received finding"),
        Column("account", REF, "paid", refs=("account",)),
        Column("outpoint", REF, "", refs=("outpoint",)),
        Column("value_sat", SAT, "satoshi"),
        Column("height", COUNT, "block height", nullable=True),
        Column("utc_low", UTC, "earliest block time"),
        Column("utc_high", UTC, "latest block time"),
    ),
)
DERIVATION = TableSpec(
    "derivation",
    "Family of `derived`: a paid script that follows from a key in the records.",
    ("finding", "branch", "place"),
    (
        Column("finding", DIGEST, "the derived finding"),
        Column("subject", REF, "the key is stated for", refs=OWNER_REFS),
        Column("branch", TEXT, "descriptor of the branch, without checksum"),
        Column("place", COUNT, "number on the branch; 0 where it gives one script only"),
        Column("script", REF, "script:network:sha256", refs=("script",)),
        Column("address", TEXT, "its address as text", nullable=True),
        Column("account", REF, "the records give this address for", nullable=True, refs=("account",)),
        Column("own", pa.bool_(), "whether the key's role says that it is the market's own"),
        Column("outpoint", REF, "that paid it first", refs=("outpoint",)),
        Column("outputs", COUNT, "outputs that pay it"),
        Column("value_sat", SAT, "satoshi they pay"),
    ),
)
BRANCH = TableSpec(
    "branch",
    "One row a branch of a key or descriptor in the records: how far it was derived, and what came of it.",
    ("subject", "branch", "exhibit", "locator"),
    (
        Column("subject", REF, "the key is stated for", refs=OWNER_REFS),
        Column("branch", TEXT, "descriptor of the branch; empty where none was derived"),
        Column(
            "outcome",
            TEXT,
            "used; unused: none of its scripts is paid on the pinned chain; private: never held, never derived; "
            "one_of_several: a multisig key alone; other_network; not_read: an expression that is not read",
            words=BRANCH_OUTCOMES,
        ),
        Column("derived", COUNT, "places derived"),
        Column("used", COUNT, "places whose script is paid"),
        Column("last_used", COUNT, "last such place", nullable=True),
        Column("exhibit", DIGEST, "SHA-256 of the exhibit in which the key stands"),
        Column("locator", TEXT, "where in the exhibit"),
    ),
)
PATTERN = TableSpec(
    "pattern",
    "Family of `shares_payer`, `paid_in_parts`, `paid_by_habit`, `paid_at_hours` and `refunded`: what was counted.",
    ("finding", "at"),
    (
        Column("finding", DIGEST, "the finding"),
        Column("account", REF, "it is about", refs=("account",)),
        Column("at", REF, "that shows it first", refs=("outpoint",)),
        Column("n", COUNT, "payments, or outputs, that show it"),
        Column("of", COUNT, "payments, or outputs, that were looked at"),
        Column("value_sat", SAT, "satoshi they carry"),
        Column("facts", TEXT, "what was counted, as one sentence"),
    ),
)
PRICED = TableSpec(
    "priced",
    "Family of `priced_as`: the listed price a payment equals, and how many outputs of strangers come as near to one.",
    ("finding", "currency", "amount"),
    (
        Column("finding", DIGEST, "the finding"),
        Column("account", REF, "that was paid", refs=("account",)),
        Column("at", REF, "of the payment", refs=("outpoint",)),
        Column("value_sat", SAT, "satoshi of the payment"),
        Column(
            "offer",
            REF,
            "the first of those that list the amount and may have stood when the block came",
            refs=("offer",),
        ),
        Column("offers", COUNT, "how many such offers there are"),
        Column("currency", TEXT, "currency of the listed amount"),
        Column("amount", SAT, "listed amount: satoshi of BTC, hundredths of any other currency"),
        Column("worth", SAT, "the payment in the same unit, at the price of the UTC day of the block header's time"),
        Column(
            "off_ppm",
            pa.int64(),
            "how far worth is from amount, in millionths of amount, rounded up; 0 where the currency is BTC",
        ),
        Column("series", TEXT, "digest and field of the price series; none where the currency is BTC"),
        Column("chance_n", COUNT, "of those below, outputs at most as far from any amount listed in the currency"),
        Column(
            "chance_of",
            COUNT,
            "outputs of the same script kind, up to 15 days before or after, that pay no address of the records",
        ),
        Column("compared", COUNT, "payments that were compared with the prices of the currency"),
    ),
)
VALUATION = TableSpec(
    "valuation",
    "Family of `valued`: an amount in fiat, in US dollars and in the case's currency, with series, field and day rule.",
    ("finding", "at", "currency"),
    (
        Column("finding", DIGEST, "the valued finding"),
        Column("outpoint", REF, "valued", refs=("outpoint",)),
        Column("at", TEXT, "payment or valuation_date", words=tuple(DAY_RULES)),
        Column("day", pa.date32(), "UTC day of the price"),
        Column("currency", TEXT, "ISO 4217"),
        Column("rate", FIAT, "price of one bitcoin"),
        Column("amount", FIAT, "value, rounded half even to cents"),
        Column("series", TEXT, "price series, its digest's first 12 hex and field"),
        Column(
            "day_rule",
            TEXT,
            "which day's price: UTC day of the block header's time, or the case's valuation date",
            words=tuple(DAY_RULES.values()),
        ),
    ),
)
