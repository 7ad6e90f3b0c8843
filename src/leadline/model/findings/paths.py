"""Families of trace about paths: releases, hops, stops, cash-outs, peel chains, and what stays unknown."""

import pyarrow as pa

from leadline.model.tables import COUNT, DIGEST, PPM, REF, SAT, TEXT, UTC, Column, TableSpec
from leadline.model.words import GAPS, GRADES, HOP_RULES, MIX_RULES, STOP_REASONS

RELEASE = TableSpec(
    "release",
    "Family of `released`: the output by which a service let coins go that reached a payment.",
    ("finding", "release_outpoint"),
    (
        Column("finding", DIGEST, "the released finding"),
        Column("payment", REF, "of the payment", refs=("outpoint",)),
        Column("service", REF, "", refs=("service",)),
        Column("release_outpoint", REF, "to ask the service about", refs=("outpoint",)),
        Column("value_sat", SAT, "satoshi of the release output"),
        Column("address", TEXT, "address of the release output as text", nullable=True),
        Column(
            "hops",
            COUNT,
            "private transactions between release and payment; 0 when the service paid directly",
        ),
        Column("share_ppm", PPM, "share of the payment's input value on this path, in millionths"),
        Column(
            "tagged_ppm",
            PPM,
            "of the value that the service's transaction spent, what stood on scripts tagged as its own, in "
            "millionths; the rest was spent with it and bears no tag of the service",
            nullable=True,
        ),
        Column("height", COUNT, "block height of the release output", nullable=True),
        Column("utc_low", UTC, "earliest time of its block"),
        Column("utc_high", UTC, "latest time of it"),
        Column(
            "grade",
            TEXT,
            "recorded: recorded spends alone lead from a transaction that spends a tagged script; inferred: rests on "
            "a cluster or behaviour too",
            words=GRADES,
        ),
    ),
)
HOP = TableSpec(
    "hop",
    "One row a step of a path, nearest the payment first.",
    ("finding", "path", "seq"),
    (
        Column("finding", DIGEST, "the released, stopped, cashed_out or peeled finding"),
        Column("path", COUNT, "path number within the finding, from 0"),
        Column("seq", COUNT, "step number, from 0 at the payment"),
        Column("tx", REF, "", refs=("tx",)),
        Column("outpoint_in", REF, "spent", nullable=True, refs=("outpoint",)),
        Column("outpoint_out", REF, "created", refs=("outpoint",)),
        Column("rule", TEXT, "by what the step is known", words=HOP_RULES),
        Column("score_ppm", PPM, "1000000 for a recorded spend"),
        Column("value_sat", SAT, "satoshi of the output created"),
        Column("address", TEXT, "its address as text", nullable=True),
        Column("utc_low", UTC, "earliest time of the transaction's block"),
        Column("utc_high", UTC, "latest time of it"),
    ),
)
STOP = TableSpec(
    "stop",
    "Family of `stopped`: why a path ended without a service.",
    ("finding", "at"),
    (
        Column("finding", DIGEST, "the stopped finding"),
        Column("payment", REF, "of the payment", refs=("outpoint",)),
        Column("at", REF, "where it ended", refs=("outpoint",)),
        Column("reason", TEXT, "why", words=STOP_REASONS),
        Column("hops", COUNT, "hops walked"),
        Column("share_ppm", PPM, "share of the payment's input value that ended here"),
        Column("next_step", TEXT, "the next legal step, a fixed sentence a reason"),
        Column("signs", TEXT, "counted signs of a service without a name, none for other reasons", nullable=True),
    ),
)
CASHOUT = TableSpec(
    "cashout",
    "Family of `cashed_out`: the operator's coins reaching a service.",
    ("finding",),
    (
        Column("finding", DIGEST, "the cashed_out finding"),
        Column("service", REF, "service: reached, or service:unknown", refs=("service",)),
        Column("outpoint", REF, "that paid the service", refs=("outpoint",)),
        Column("value_sat", SAT, "satoshi of the market's receipts in it"),
        Column("height", COUNT, "block height", nullable=True),
        Column("utc_low", UTC, "earliest block time"),
        Column("utc_high", UTC, "latest block time"),
        Column("hops", COUNT, "transactions from the market's receipt"),
    ),
)
GAP = TableSpec(
    "gap",
    "One row a thing trace could not know, and where that shows. Nothing here is a zero.",
    ("what", "about", "day"),
    (
        Column(
            "what",
            TEXT,
            "beyond_ledger: a transaction the records name is not on the pinned chain; other_network: addresses of a "
            "network that is not pinned; no_price: no price of that day; no_series: no price series in the currency; "
            "outside_ledger: the market's coins have no spender on a ledger that lacks blocks after them",
            words=GAPS,
        ),
        Column(
            "about",
            REF,
            "tx: named, ledger: of the other network, outpoint: that has no value, or offer: not compared",
            refs=("tx", "ledger", "outpoint", "offer"),
        ),
        Column("day", pa.date32(), "UTC day without a price", nullable=True),
        Column("n", COUNT, "how many statements, addresses or outputs"),
        Column("exhibit", DIGEST, "exhibit of the first statement", nullable=True),
        Column("locator", TEXT, "where in it, or on the ledger"),
        Column("says", TEXT, "the same as one line"),
    ),
)
PEEL = TableSpec(
    "peel",
    "Family of `peeled`: one row a step of a peel chain. Of close signs both outputs go on, as chains of their own.",
    ("finding", "step"),
    (
        Column("finding", DIGEST, "the peeled finding"),
        Column("step", COUNT, "step number, from 0"),
        Column("tx", REF, "", refs=("tx",)),
        Column("coin", REF, "spent", refs=("outpoint",)),
        Column("kept", REF, "that goes on", refs=("outpoint",)),
        Column("peeled", REF, "peeled off", refs=("outpoint",)),
        Column("peeled_sat", SAT, "satoshi of it, never dust"),
        Column("paid", REF, "that the output peeled off paid", nullable=True, refs=("account", "service")),
        Column(
            "score_ppm", PPM, "signs for the change, of all that speak and one more; 0 where only the payee decided"
        ),
        Column("close", pa.bool_(), "whether the signs were close"),
        Column("least_ppm", PPM, "the least score up to this step: the chain's figure, not a step's"),
    ),
)
MIXLINK = TableSpec(
    "mixlink",
    "Family of `tied_through_mix`: an output of a mix and a coin it goes with. No path is walked over it.",
    ("finding",),
    (
        Column("finding", DIGEST, "the tied_through_mix finding"),
        Column("tx", REF, "of the mix", refs=("tx",)),
        Column("output", REF, "it made", refs=("outpoint",)),
        Column("coin", REF, "it spent", refs=("outpoint",)),
        Column(
            "rule",
            TEXT,
            "reuse: it pays a script it spends; value: one set of its input scripts alone fits",
            words=MIX_RULES,
        ),
        Column("tried", COUNT, "sets of input scripts tried; 0 for reuse"),
        Column("value_sat", SAT, "satoshi of the output"),
    ),
)
