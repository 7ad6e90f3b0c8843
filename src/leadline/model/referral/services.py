"""What a package says of services: the outputs by which they let coins go, and what to ask each of them."""

from leadline.model.tables import COUNT, DIGEST, PPM, REF, SAT, TEXT, UTC, Column, TableSpec
from leadline.model.words import END_GRADES, GRADES, RELEASE_ANSWERS, REQUEST_STATES, UNDECIDED, VERDICTS

RELEASES = TableSpec(
    "releases",
    "One row an output by which a service let coins go that reached a payment, from a transaction that spends a tagged "
    "address and over recorded spends; a denied one was rejected, and counts in no sum and for nobody.",
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
        Column("customers", TEXT, "those of them of this person who are counted as payers, joined by a blank, or none"),
        Column("finding", DIGEST, "the released finding"),
    ),
)
ENDS = TableSpec(
    "ends",
    "One row an end of a walk back from a payment that is no recorded release: it names nobody and counts in no sum.",
    ("person", "payment", "at", "what", "finding"),
    (
        Column("person", REF, "", refs=("person",)),
        Column("payment", REF, "of the payment", refs=("outpoint",)),
        Column("at", REF, "the output at which it ended; nothing before it was walked", refs=("outpoint",)),
        Column("what", REF, "the service it is inferred to be of, or why there is none", refs=("service", "stop")),
        Column("grade", TEXT, "inferred: known by a cluster or behaviour; stopped: no service", words=END_GRADES),
        Column("rule", TEXT, "rules of the whole path beyond recorded spends, or none"),
        Column("hops", COUNT, "private transactions between"),
        Column("share_ppm", PPM, "share of the payment's input value that ended here, in millionths"),
        Column("verdict", TEXT, "what a person decided of it, or undecided", words=(*VERDICTS, UNDECIDED)),
        Column("finding", DIGEST, "the released or stopped finding"),
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
        Column("state", TEXT, "open, or answered when a return names the customer", words=REQUEST_STATES),
        Column("finding", DIGEST, "the released finding"),
    ),
)
INFERRED_REQUESTS = TableSpec(
    "legal_requests_inferred",
    "As legal_requests, for paths that rest on a cluster too, each accepted by a person: leads, no ground alone.",
    REQUESTS.key,
    REQUESTS.columns,
)
