"""Families of trace about the whole market: where its coins are by each rule of taint, and what clusters find."""

import pyarrow as pa

from leadline.model.ledger import RULES
from leadline.model.tables import COUNT, SAT, TEXT, Column, TableSpec
from leadline.model.words import ALL, MULTI_INPUT_ANY, SPLITS

TAINT_RULES = ("haircut", "fifo", "poison", "lifo", "tiho", "pro_rata", "lowest")
"""Rules of taint, as engines.ledger.tracing.taint states them. A case names one first; the others stand beside it."""
TAINT = TableSpec(
    "taint",
    "One row a rule of taint and place: where the market's receipts are. Sums are exact but for poison. A satoshi that "
    "does not divide goes to the largest remainder, the earlier output first. The fee counts as an output after all "
    "others: it bears its part by value (haircut, pro_rata, lowest) or is filled last (fifo, lifo, tiho).",
    ("rule", "place"),
    (
        Column("rule", TEXT, "rule of taint", words=TAINT_RULES),
        Column("named", pa.bool_(), "whether it is the rule the case names"),
        Column(
            "place",
            TEXT,
            "service: reached, unspent (or held by an account), outside_ledger: no spender on a ledger that lacks "
            "blocks after it, coinjoin, fee, or again: come back to a receipt",
        ),
        Column("outputs", COUNT, "outputs there, or accounts that hold; 0 for fee, coinjoin and again"),
        Column("value_sat", SAT, "tainted satoshi"),
    ),
)
COVERAGE = TableSpec(
    "coverage",
    "One row a rule of clusters and a part of the records' own addresses held out: how many the others find again, and "
    "what else stands in their clusters. No finding rests on it.",
    ("rule", "split", "period"),
    (
        Column(
            "rule",
            TEXT,
            "all: the case's rules; one of them alone; multi_input_any: CoinJoin-shaped join too",
            words=(ALL, *RULES, MULTI_INPUT_ANY),
        ),
        Column(
            "split",
            TEXT,
            "sweep: each sweep held out in turn; month: each month, only those before it known",
            words=SPLITS,
        ),
        Column("period", TEXT, "month of the first spend, as 2016-03; all: their sum, the first month left out"),
        Column("known", COUNT, "addresses known beside those held out; of all months: before the last"),
        Column("sweeps", COUNT, "sweeps held out"),
        Column("squares", COUNT, "their sizes squared, added up: addresses of a sweep are found or missed together"),
        Column("addresses", COUNT, "addresses held out: paid, and spent"),
        Column("found", COUNT, "of these, in a cluster with a known one"),
        Column("joined", COUNT, "scripts in the clusters of all these addresses"),
        Column("others", COUNT, "of these, known to be somebody else's, by a tag or a return"),
        Column("unknown", COUNT, "of these, neither in the records nor known to be somebody else's"),
    ),
)
