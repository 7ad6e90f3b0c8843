"""Findings, what they rest on, what people decided, and the typed values of each family."""

import hashlib
from collections.abc import Iterable, Sequence

import pyarrow as pa

from leadline.model.tables import COUNT, DIGEST, FIAT, PPM, REF, SAT, TEXT, UTC, Column, TableSpec

FINDING = TableSpec(
    "finding",
    "The spine: one row a claim.",
    ("id",),
    (
        Column("id", DIGEST, "SHA-256 of (subject, predicate, object)"),
        Column("subject", REF, "who or what the claim is about"),
        Column("predicate", TEXT, "from the closed list in model.predicates"),
        Column("object", REF, "what is said of it"),
    ),
)
BASIS_KINDS = ("exhibit", "ledger", "list", "tag", "price", "merge", "finding", "decision")
BASIS = TableSpec(
    "basis",
    "One row a thing a finding rests on, for or against.",
    ("finding", "kind", "ref", "locator", "role"),
    (
        Column("finding", DIGEST, "the finding"),
        Column("kind", TEXT, "exhibit, ledger, list, tag, price, merge, finding, decision"),
        Column("ref", REF, "exhibit:, ledger:, list:, tag:, price:, tx: (of a merge), finding: or decision:"),
        Column("locator", TEXT, "where in it; empty for finding and decision"),
        Column("role", TEXT, "for or against"),
    ),
)
VERDICTS = ("accepted", "rejected", "unsure")
DECISION = TableSpec(
    "decision",
    "One row a decision of a person about a finding.",
    ("finding", "decided_at", "id"),
    (
        Column("id", DIGEST, "SHA-256 of the decision file"),
        Column("finding", DIGEST, "the finding decided"),
        Column("verdict", TEXT, "accepted, rejected or unsure"),
        Column("value", TEXT, "what an examiner adds, such as a category", nullable=True),
        Column("reason", TEXT, "in the decider's words", restricted=True),
        Column("basis_digest", DIGEST, "what the finding rested on at that moment"),
        Column("decided_by", TEXT, "who", restricted=True),
        Column("decided_at", UTC, "when"),
        Column("scripted", pa.bool_(), "true for the training case's scripted reviewer"),
    ),
)

PAYMENT = TableSpec(
    "payment",
    "Family of `received`: an output that pays an account's address.",
    ("finding",),
    (
        Column("finding", DIGEST, "the received finding"),
        Column("account", REF, "account: paid"),
        Column("outpoint", REF, "outpoint:"),
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
        Column("subject", REF, "account:, customer: or service: the key is stated for"),
        Column("branch", TEXT, "descriptor of the branch, without checksum"),
        Column("place", COUNT, "number on the branch; 0 where it gives one script only"),
        Column("script", REF, "script:network:sha256"),
        Column("address", TEXT, "its address as text", nullable=True),
        Column("account", REF, "account: the records give this address for", nullable=True),
        Column("own", pa.bool_(), "whether the key's role says that it is the market's own"),
        Column("outpoint", REF, "outpoint: that paid it first"),
        Column("outputs", COUNT, "outputs that pay it"),
        Column("value_sat", SAT, "satoshi they pay"),
    ),
)
BRANCH = TableSpec(
    "branch",
    "One row a branch of a key or descriptor in the records: how far it was derived, and what came of it.",
    ("subject", "branch", "exhibit", "locator"),
    (
        Column("subject", REF, "account:, customer: or service: the key is stated for"),
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
        Column("payment", REF, "outpoint: of the payment"),
        Column("service", REF, "service:"),
        Column("release_outpoint", REF, "outpoint: to ask the service about"),
        Column("value_sat", SAT, "satoshi of the release output"),
        Column("address", TEXT, "address of the release output as text", nullable=True),
        Column(
            "hops",
            COUNT,
            "private transactions between release and payment; 0 when the service paid directly",
        ),
        Column("share_ppm", PPM, "share of the payment's input value on this path, in millionths"),
        Column("grade", TEXT, "recorded: only recorded spends; annex: rests on a cluster or behaviour too"),
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
        Column("tx", REF, "tx:"),
        Column("outpoint_in", REF, "outpoint: spent", nullable=True),
        Column("outpoint_out", REF, "outpoint: created"),
        Column("rule", TEXT, "spend, cluster, change, peel or tag"),
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
        Column("payment", REF, "outpoint: of the payment"),
        Column("at", REF, "outpoint: where it ended"),
        Column(
            "reason",
            TEXT,
            "closed word: coinjoin, mixer, coinbase, untagged_service, hop_limit, ledger_edge, merged_history, market",
        ),
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
        Column("service", REF, "service: reached, or service:unknown"),
        Column("outpoint", REF, "outpoint: that paid the service"),
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
            "network that is not pinned; no_price: no price of that day; no_series: no price series in the currency",
        ),
        Column(
            "about", REF, "tx: named, ledger: of the other network, outpoint: that has no value, or offer: not compared"
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
        Column("tx", REF, "tx:"),
        Column("coin", REF, "outpoint: spent"),
        Column("kept", REF, "outpoint: that goes on"),
        Column("peeled", REF, "outpoint: peeled off"),
        Column("peeled_sat", SAT, "satoshi of it, never dust"),
        Column("paid", REF, "account: or service: that the output peeled off paid", nullable=True),
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
        Column("tx", REF, "tx: of the mix"),
        Column("output", REF, "outpoint: it made"),
        Column("coin", REF, "outpoint: it spent"),
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
        Column("account", REF, "account: it is about"),
        Column("at", REF, "outpoint: that shows it first"),
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
        Column("account", REF, "account: that was paid"),
        Column("at", REF, "outpoint: of the payment"),
        Column("value_sat", SAT, "satoshi of the payment"),
        Column("offer", REF, "offer: the first of those that list the amount and may have stood when the block came"),
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
        Column("payment", REF, "outpoint: of the payment"),
        Column("category", TEXT, "category of a pinned tag; where no tag is met, the reason as in stop, or own"),
        Column("direct", pa.bool_(), "whether the payment's own transaction spends it"),
        Column("at", REF, "outpoint: created by the transaction behind the number"),
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
        Column("tag", REF, "tag: digest of the pinned pack"),
        Column("entry", COUNT, "entry of the pack"),
        Column("place", TEXT, "the address tagged, or tx:"),
        Column("service", REF, "service: it names"),
        Column("use", TEXT, "names, category (counts in exposures only), weak, claim of another tool, or remark"),
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
        Column("service", REF, "service: these tags name"),
        Column("tag", REF, "tag: digest of the pinned pack"),
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
        Column("tag", REF, "tag: digest of the pinned pack"),
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
        Column("account", REF, "account: paid"),
        Column("category", TEXT, "as in exposure"),
        Column("direct", pa.bool_(), "as in exposure"),
        Column("value_sat", SAT, "satoshi of the account's payments"),
        Column("payments", COUNT, "payments in the sum"),
    ),
)
TAINT_RULES = ("haircut", "fifo", "poison", "lifo", "tiho", "pro_rata", "lowest")
"""Rules of taint; engines.ledger.taint states them. A case names one before it looks; the others stand beside it."""
TAINT = TableSpec(
    "taint",
    "One row a rule of taint and place: where the market's receipts are. Sums are exact but for poison. A satoshi that "
    "does not divide goes to the largest remainder, the earlier output first. The fee counts as an output after all "
    "others: it bears its part by value (haircut, pro_rata, lowest) or is filled last (fifo, lifo, tiho).",
    ("rule", "place"),
    (
        Column("rule", TEXT, "rule of taint, a word of TAINT_RULES"),
        Column("named", pa.bool_(), "whether it is the rule the case names"),
        Column(
            "place",
            TEXT,
            "service: reached, unspent (or held by an account), coinjoin, fee, or again: come back to a receipt",
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
        Column("outpoint", REF, "outpoint: valued"),
        Column("at", TEXT, "payment or valuation_date"),
        Column("day", pa.date32(), "UTC day of the price"),
        Column("currency", TEXT, "ISO 4217"),
        Column("rate", FIAT, "price of one bitcoin"),
        Column("amount", FIAT, "value, rounded half even to cents"),
        Column("series", TEXT, "price series, its digest's first 12 hex and field"),
        Column(
            "day_rule",
            TEXT,
            "which day's price: the UTC day of the block's earliest time, or the valuation date",
        ),
    ),
)
MATCH = TableSpec(
    "match",
    "Family of `known_as`, `same_video_as`, `contains_clip_of` and `similar_to`.",
    ("finding", "method", "frame"),
    (
        Column("finding", DIGEST, "the finding"),
        Column("media", REF, "media: in this seizure"),
        Column("method", TEXT, "hash kind that agreed"),
        Column("distance", pa.int32(), "Hamming distance in bits; 0 for digests"),
        Column("quality", pa.int16(), "the lower of the two qualities", nullable=True),
        Column("frame", pa.int32(), "frame in this seizure's file"),
        Column("other", REF, "entry: of a list, or media: of this seizure"),
        Column("category", TEXT, "as the list states it, with its scheme", nullable=True),
        Column("transform", TEXT, "identity, or the dihedral form that matched"),
        Column(
            "rule",
            TEXT,
            "digest: equal bytes; video: four fifths of the other's frames at one offset; clip: 3 scenes over 2 s at "
            "one offset; frame: one near frame; still: one, of a film and a picture of this seizure; agreement: frames "
            "further off that agree; framing: one framing; methods: a near frame and an equal "
            "hash of another method; equal: that hash alone",
        ),
        Column("frames", pa.int32(), "scenes that agree, all at one offset where both sides have times"),
        Column("offset_ms", COUNT, "time in the file less time in the other, where both have times", nullable=True),
        Column("span_ms", COUNT, "from the first to the last frame that agrees at that offset", nullable=True),
        Column("covered_ppm", PPM, "share of the other's frames that agree at that offset", nullable=True),
        Column("own_ppm", PPM, "share of the file's own frames that agree at that offset", nullable=True),
        Column("matched_ms", COUNT, "milliseconds of the file that its agreeing frames stand for", nullable=True),
        Column("longest_ms", COUNT, "longest stretch of the other without a frame that does not agree", nullable=True),
        Column("median_distance", pa.int32(), "median distance in bits of the frames that agree", nullable=True),
        Column("framing", TEXT, "how the picture (or the other one) was framed anew; null as it is", nullable=True),
        Column("note", TEXT, "what the list says goes with the entry, such as whom to ask", True, True),
    ),
)
LEAD = TableSpec(
    "lead",
    "One row a file and a listed entry that lie near, but not near enough for a match: no finding, never known.",
    ("media", "other"),
    (
        Column("media", REF, "media: in this seizure"),
        Column("other", REF, "entry: of a list"),
        Column("reason", TEXT, "alone: within 42 bits, but no second frame agrees; far: within 50 bits"),
        Column("distance", pa.int32(), "Hamming distance in bits of the nearest frame"),
        Column("frame", pa.int32(), "that frame"),
        Column("transform", TEXT, "identity, or the dihedral form"),
        Column("framing", TEXT, "how the picture was framed anew; null for the frame as it is", nullable=True),
    ),
)
CHANCE = TableSpec(
    "chance",
    "One row a search and its radius: how many pairs of unrelated frames would be found by chance, beside those found.",
    ("searched", "radius"),
    (
        Column(
            "searched",
            TEXT,
            "lists; framings: pictures framed anew against the lists; seizure: files of this case against each other; "
            "seizure_framings: pictures framed anew against those",
        ),
        Column("radius", pa.int32(), "bits"),
        Column("state", TEXT, "searched, or too_large: left out for its expected time"),
        Column("comparisons", COUNT, "pairs of frames compared, every form counted"),
        Column("expected_ppb", COUNT, "pairs expected by chance, in billionths of one"),
        Column("found", COUNT, "pairs of frames found"),
    ),
)
COMMON = TableSpec(
    "common",
    "One row a frame that stands in many files otherwise unlike, such as an opening title: left out of every search.",
    ("media", "frame"),
    (
        Column("media", REF, "media: in this seizure"),
        Column("frame", pa.int32(), "frame of the file"),
        Column("files", COUNT, "files in which a frame within the radius stands"),
    ),
)
IGNORED = TableSpec(
    "ignored",
    "One row a file that lists know as part of software and no other list knows: neither known nor never seen.",
    ("media", "other"),
    (
        Column("media", REF, "media: in this seizure"),
        Column("other", REF, "entry: of the list"),
        Column("method", TEXT, "digest that agreed"),
    ),
)
SERIES = TableSpec(
    "series",
    "Family of `in_series`: near copies inside the seizure.",
    ("finding",),
    (
        Column("finding", DIGEST, "the in_series finding"),
        Column("series", REF, "series: keyed by its oldest member"),
        Column("media", REF, "media:"),
        Column("earliest_upload", UTC, "earliest upload of any member in these exhibits", nullable=True),
    ),
)
SEIZURE = TableSpec(
    "seizure",
    "Family of `seized_in`: a file and an exhibit it stands in; the finding that an examiner's category is about.",
    ("finding",),
    (
        Column("finding", DIGEST, "the seized_in finding"),
        Column("media", REF, "media:"),
        Column("exhibit", DIGEST, "SHA-256 of the exhibit"),
    ),
)
TIED = TableSpec(
    "tied",
    "Family of `digest_of`: a digest that records name, and the seized file that has it; the two are one file.",
    ("finding",),
    (
        Column("finding", DIGEST, "the digest_of finding"),
        Column("media", REF, "media:md5- or media:sha1- as the records name it"),
        Column("file", REF, "media: of the seized file"),
        Column("hasher", TEXT, "md5 or sha1"),
    ),
)
REVIEW = TableSpec(
    "review",
    "Family of `never_seen`: the review queue, first to look at first.",
    ("finding",),
    (
        Column("finding", DIGEST, "the never_seen finding"),
        Column("media", REF, "media:"),
        Column("series", REF, "series: it belongs to", nullable=True),
        Column("place", COUNT, "place in the review queue, from 1"),
        Column("uploads", COUNT, "uploads of it or its series in these exhibits"),
        Column("first_upload", UTC, "earliest of them", nullable=True),
        Column("lists", TEXT, "digests of the lists searched, sorted, joined by a comma"),
        Column("reviewed", pa.bool_(), "whether an examiner put it into a category; such files come last"),
        Column("category", TEXT, "a category that a tool gave and nobody reviewed: it orders the queue", nullable=True),
        Column(
            "device",
            DIGEST,
            "SHA-256 of make, model and serial the file states, normalised and joined by the unit separator",
            nullable=True,
        ),
        Column(
            "device_by",
            TEXT,
            "serial: one device; model: make and model alone, so any of its kind; conflict: the file contradicts "
            "itself; null where it says nothing",
            nullable=True,
        ),
        Column("device_files", COUNT, "files of the whole seizure, known ones too, that state this device", True),
    ),
)
REVIEW_GROUP = TableSpec(
    "review_group",
    "One row a group of the review queue, counts only; the rows of each grouping count every file of the queue once.",
    ("grouped_by", "name"),
    (
        Column("grouped_by", TEXT, "series, device, or day: of the earliest upload of the file or its series"),
        Column("name", TEXT, "series ref, digest of the device in hex, or UTC day; none, conflict or unknown"),
        Column("files", COUNT, "files of the queue"),
        Column("reviewed", COUNT, "those of them that an examiner put into a category"),
        Column("first_place", COUNT, "place in the queue of the first of them"),
    ),
)
UNSEARCHED = TableSpec(
    "unsearched",
    "One row a media file that could not be searched by its picture: only its digests were compared with the lists.",
    ("media",),
    (
        Column("media", REF, "media:"),
        Column("status", TEXT, "as media.status"),
        Column("reason", TEXT, "media.reason, or low_quality, no_frames, digest_only, planted"),
        Column("exhibit", DIGEST, "SHA-256 of the exhibit in which the file is named"),
        Column("locator", TEXT, "where in the exhibit"),
    ),
)
SEARCHED = TableSpec(
    "searched",
    "One row a list, hash kind and state: how many of its hashes were compared, and how many were not and why.",
    ("list", "hasher", "state"),
    (
        Column("list", REF, "list: digest of the pinned list"),
        Column("hasher", TEXT, "hash kind"),
        Column("state", TEXT, "compared, withdrawn, unsupported, or why kept aside: a word of entries.QUARANTINE"),
        Column("hashes", COUNT, "rows of the list"),
        Column("version", TEXT, "version the list states of itself, or the program that wrote it; null: unknown", True),
        Column("dated", TEXT, "newest day the list states of itself or an entry, ISO 8601; null: unknown", True),
    ),
)
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
        Column("side", TEXT, "receipt, spent_input, cash_out, change, fee, other_out or held"),
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

FAMILIES = (
    PAYMENT,
    DERIVATION,
    BRANCH,
    RELEASE,
    HOP,
    STOP,
    CASHOUT,
    GAP,
    PEEL,
    MIXLINK,
    PATTERN,
    PRICED,
    ACCOUNT_EXPOSURE,
    TAG_FAULT,
    TAG_CONFLICT,
    ATTRIBUTION,
    TAINT,
    EXPOSURE,
    COVERAGE,
    VALUATION,
    MATCH,
    LEAD,
    CHANCE,
    COMMON,
    IGNORED,
    SERIES,
    SEIZURE,
    TIED,
    REVIEW,
    REVIEW_GROUP,
    UNSEARCHED,
    SEARCHED,
    LINK,
    MEMBERSHIP,
    JURISDICTION,
    BAND,
    ENTRY,
    BALANCE,
)


def finding_id(subject: str, predicate: str, object_: str) -> bytes:
    """SHA-256 of the three, joined by the ASCII unit separator, which none of them may contain."""
    return hashlib.sha256(f"{subject}\x1f{predicate}\x1f{object_}".encode()).digest()


def finding_ids(subjects: Sequence[str], predicate: str, objects: Sequence[str]) -> list[bytes]:
    """`finding_id` of each pair."""
    return [finding_id(s, predicate, o) for s, o in zip(subjects, objects, strict=True)]


def basis_digest(rows: Iterable[tuple[str, str, str, str]], inner: dict[str, bytes]) -> bytes:
    """SHA-256 of sorted (kind, ref, locator, role) rows; a row of kind finding also carries that finding's own digest.

    `inner` maps ``finding:<hex>`` to the digest of its basis, so that a change far below is seen above.
    """
    outer = hashlib.sha256()
    for kind, ref, locator, role in sorted(rows):
        below = inner.get(ref, b"").hex() if kind == "finding" else ""
        outer.update(f"{kind}\x1f{ref}\x1f{locator}\x1f{role}\x1f{below}\n".encode())
    return outer.digest()
