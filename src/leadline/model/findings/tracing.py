"""Families of trace: payments and the paths behind them, tags, exposure, taint, values."""

import pyarrow as pa

from leadline.model.tables import COUNT, DIGEST, FIAT, PPM, REF, SAT, TEXT, UTC, Column, TableSpec
from leadline.model.words import GRADES, HOP_RULES, OWNER_REFS, STOP_REASONS

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
        ),
        Column("derived", COUNT, "places derived"),
        Column("used", COUNT, "places whose script is paid"),
        Column("last_used", COUNT, "last such place", nullable=True),
        Column("exhibit", DIGEST, "SHA-256 of the exhibit in which the key stands"),
        Column("locator", TEXT, "where in the exhibit"),
    ),
)
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
        Column("rule", TEXT, "reuse: it pays a script it spends; value: one set of its input scripts alone fits"),
        Column("tried", COUNT, "sets of input scripts tried; 0 for reuse"),
        Column("value_sat", SAT, "satoshi of the output"),
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
EXPOSURE = TableSpec(
    "exposure",
    "One row a payment, category and output: how much of the payment came from there. Rows of a payment add up to it.",
    ("payment", "category", "direct", "at"),
    (
        Column("payment", REF, "of the payment", refs=("outpoint",)),
        Column("category", TEXT, "category of a pinned tag; where no tag is met, the reason as in stop, or own"),
        Column("direct", pa.bool_(), "whether the payment's own transaction spends it"),
        Column("at", REF, "created by the transaction behind the number", refs=("outpoint",)),
        Column("value_sat", SAT, "satoshi of the payment"),
    ),
)
TAG_USES = ("names", "category", "weak", "claim", "remark")
"""What a tag serves for: to name a service; in exposures only; for nothing, being too unsure; as another tool's claim;
as a remark on an event or a transaction. Only the first two enter a finding."""
_TAG_SAYS = (
    Column("label", TEXT, "label as the pack states it", nullable=True),
    Column("category", TEXT, "category as the pack states it, or as an actor pack states it of its actor", True),
    Column("confidence", TEXT, "the pack's word for its confidence", nullable=True),
    Column("confidence_level", pa.int32(), "0 to 100", nullable=True),
    Column("source", TEXT, "where the pack says the tag comes from", nullable=True),
    Column("lastmod", TEXT, "date of the last change, ISO 8601", nullable=True),
    Column("licence", TEXT, "licence as the pack states it; none when it states none", nullable=True),
    Column("vendor", TEXT, "the tool whose claim it is", nullable=True),
)
ATTRIBUTION = TableSpec(
    "attribution",
    "One row a tag that stands on an address or a transaction of the pinned ledger, with what it may be used for.",
    ("tag", "entry"),
    (
        Column("tag", REF, "digest of the pinned pack", refs=("tag",)),
        Column("entry", COUNT, "entry of the pack"),
        Column("place", TEXT, "the address tagged, or tx:"),
        Column("service", REF, "it names", refs=("service",)),
        Column(
            "use",
            TEXT,
            "names, category (counts in exposures only), weak, claim of another tool, or remark",
            words=TAG_USES,
        ),
        Column("spreads", pa.bool_(), "whether it speaks for the whole cluster of its address"),
        *_TAG_SAYS,
        Column("abuse", TEXT, "kind of abuse as the pack states it", nullable=True),
        Column("concepts", TEXT, "all concepts, joined by a comma", nullable=True),
        Column("tag_type", TEXT, "as the pack states it", nullable=True),
        Column("creator", TEXT, "who made the pack", nullable=True),
        Column("public", pa.bool_(), "whether the pack says that it is public", nullable=True),
        Column("context", TEXT, "what else the pack says", nullable=True),
        Column("jurisdictions", TEXT, "countries an actor pack states for the service", nullable=True),
    ),
)
TAG_CONFLICT = TableSpec(
    "tag_conflict",
    "One row a thing said of an address or cluster of which tags say different things; never averaged.",
    ("scope", "place", "service", "category", "tag", "entry"),
    (
        Column("scope", TEXT, "address or cluster"),
        Column("place", TEXT, "the address; of a cluster the address of its oldest script"),
        Column("differs", TEXT, "name, category, or name,category"),
        Column("service", REF, "these tags name", refs=("service",)),
        Column("tag", REF, "digest of the pinned pack", refs=("tag",)),
        Column("entry", COUNT, "entry of the pack, the first of those that say so"),
        Column("tags", COUNT, "tags of this pack that say the same of the place"),
        Column("holds", pa.bool_(), "whether trace goes by it: the surest tag, when no other is as sure"),
        Column("use", TEXT, "as in attribution"),
        *_TAG_SAYS,
    ),
)
TAG_FAULT = TableSpec(
    "tag_fault",
    "One row an entry of a pinned pack that cannot be used, or a pack that cannot be read; the rest was used.",
    ("tag", "locator"),
    (
        Column("tag", REF, "digest of the pinned pack", refs=("tag",)),
        Column("locator", TEXT, "entry:, or line: of a pack that is no YAML; empty when the whole pack is meant"),
        Column("fault", TEXT, "closed word: kinds.codecs.entries.TAG_FAULTS"),
        Column("says", TEXT, "the same as a sentence"),
    ),
)
ACCOUNT_EXPOSURE = TableSpec(
    "account_exposure",
    "One row an account, category and distance: the sum of `exposure` over the account's payments, exact in satoshi.",
    ("account", "category", "direct"),
    (
        Column("account", REF, "paid", refs=("account",)),
        Column("category", TEXT, "as in exposure"),
        Column("direct", pa.bool_(), "as in exposure"),
        Column("value_sat", SAT, "satoshi of the account's payments"),
        Column("payments", COUNT, "payments in the sum"),
    ),
)
TAINT_RULES = ("haircut", "fifo", "poison", "lifo", "tiho", "pro_rata", "lowest")
"""Rules of taint, as engines.ledger.tracing.taint states them. A case names one first; the others stand beside it."""
UNSPENT, OUTSIDE_LEDGER = "unspent", "outside_ledger"
"""What became of coins that nothing on the ledger spends: unspent where it has every block after them, and otherwise
not known, as it lacks blocks in which they may have been spent."""
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
        Column("rule", TEXT, "all: the case's rules; one of them alone; multi_input_any: CoinJoin-shaped join too"),
        Column("split", TEXT, "sweep: each sweep held out in turn; month: each month, only those before it known"),
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
VALUATION = TableSpec(
    "valuation",
    "Family of `valued`: an amount in fiat, in US dollars and in the case's currency, with series, field and day rule.",
    ("finding", "at", "currency"),
    (
        Column("finding", DIGEST, "the valued finding"),
        Column("outpoint", REF, "valued", refs=("outpoint",)),
        Column("at", TEXT, "payment or valuation_date"),
        Column("day", pa.date32(), "UTC day of the price"),
        Column("currency", TEXT, "ISO 4217"),
        Column("rate", FIAT, "price of one bitcoin"),
        Column("amount", FIAT, "value, rounded half even to cents"),
        Column("series", TEXT, "price series, its digest's first 12 hex and field"),
        Column(
            "day_rule",
            TEXT,
            "which day's price: UTC day of the block header's time, or the case's valuation date",
        ),
    ),
)
