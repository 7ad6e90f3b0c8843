"""The closed list of predicates: what each claims, who may write it, and what it does *not* say."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Predicate:
    """One predicate: the ref kinds of subject and object, the unit of its family's value, its step and its limits.

    `instead` says what to decide about where a decision about this would change nothing; empty for all others. `value`
    is a word of VALUES: what a decision may state beside its verdict.
    """

    name: str
    subject: tuple[str, ...]
    object: tuple[str, ...]
    unit: str
    step: str
    says: str
    not_said: str
    instead: str = ""
    value: str = ""


VALUES = {
    "": "nothing",
    "category": "an examiner's category of the file",
    "span": "the span of time for which it holds; all of time where none is stated",
    "tenure": "the span of time in which the account is his; who accepts it states one",
}
"""What a decision may state beside its verdict: the closed list."""

TRACED = "the release or payment it belongs to; a tag or merge is taken away: leadline case set CASE withdraw+=REF"
LISTED = "the tag or price it rests on, which is taken away or pinned again: leadline case set CASE withdraw+=REF"

RECEIVED = "received"
DERIVED = "derived"
RELEASED = "released"
STOPPED = "stopped"
TIED_THROUGH_MIX = "tied_through_mix"
PEELED = "peeled"
CASHED_OUT = "cashed_out"
SHARES_PAYER = "shares_payer"
PAID_IN_PARTS = "paid_in_parts"
PAID_BY_HABIT = "paid_by_habit"
PAID_AT_HOURS = "paid_at_hours"
REFUNDED = "refunded"
PRICED_AS = "priced_as"
VALUED = "valued"
KNOWN_AS = "known_as"
SAME_VIDEO_AS = "same_video_as"
CONTAINS_CLIP_OF = "contains_clip_of"
SIMILAR_TO = "similar_to"
IN_SERIES = "in_series"
NEVER_SEEN = "never_seen"
DIGEST_OF = "digest_of"
SEIZED_IN = "seized_in"
CUSTOMER_OF_RECORD = "customer_of_record"
SAME_PERSON = "same_person"
PAYER_CANDIDATE = "payer_candidate"
USER_CANDIDATE = "user_candidate"
LOCATED_IN = "located_in"
LEAKS = "leaks"
BANDED = "banded"
ACCOUNTED = "accounted"

PREDICATES: dict[str, Predicate] = {
    p.name: p
    for p in (
        Predicate(
            RECEIVED, ("account",), ("outpoint",), "satoshi", "trace",
            "An output on the pinned chain pays the address the records give for this account.",
            "Who paid, or that the account's holder knew.",
        ),
        Predicate(
            DERIVED, ("account", "customer", "service"), ("script",), "place on the branch", "trace",
            "This script, paid on the pinned chain, follows from a public key or descriptor the records give for the "
            "subject.",
            "That the subject holds the private key, or that an address never paid was never given out.",
            TRACED,
        ),
        Predicate(
            RELEASED, ("service",), ("outpoint",), "millionths of the payment's input value", "trace",
            "This service released coins that reached the payment through recorded spends.",
            "Who asked the service to release them, or who held the outputs between.",
        ),
        Predicate(
            STOPPED, ("outpoint",), ("stop",), "millionths of the payment's input value", "trace",
            "A path back from this payment ended here for this reason.",
            "That nothing lies beyond.",
            TRACED,
        ),
        Predicate(
            TIED_THROUGH_MIX, ("outpoint",), ("outpoint",), "sets of inputs tried", "trace",
            "This output of a CoinJoin-shaped transaction goes with this coin it spends: it pays the same script, or "
            "of all sets of the transaction's input scripts one alone can have left it as change.",
            "Whose the equal outputs are, or that fees and earnings stayed within the bounds stated.",
            TRACED,
        ),
        Predicate(
            PEELED, ("outpoint",), ("outpoint",), "steps", "trace",
            "From this coin a chain of payments, each leaving what most signs name as change, leads to that output.",
            "That one owner made every step: each rests on signs of change, and the chain on the weakest of them.",
            TRACED,
        ),
        Predicate(
            CASHED_OUT, ("service",), ("outpoint",), "satoshi", "trace",
            "Coins the market received reached this service.",
            "Who holds the account at the service.",
            LISTED,
        ),
        Predicate(
            SHARES_PAYER, ("account",), ("account",), "payments", "trace",
            "Coins of one cluster, which behaves like no service, paid both accounts.",
            "That one person uses both: a seller, a broker or a relative may pay for several people.",
            TRACED,
        ),
        Predicate(
            PAID_IN_PARTS, ("account",), ("outpoint",), "satoshi", "trace",
            "One cluster paid the account several outputs within a day of one another, from this one on.",
            "Why the payment was split.",
            TRACED,
        ),
        Predicate(
            PAID_BY_HABIT, ("account",), ("pattern",), "payments", "trace",
            "Every private payment to the account was written the same way: version, lock time, sequence, script kind.",
            "Which software wrote it, or that no other payer writes so: the share of all that do is given.",
            TRACED,
        ),
        Predicate(
            PAID_AT_HOURS, ("account",), ("pattern",), "payments", "trace",
            "The hours of the day (UTC) at which blocks took the payments, with the longest run of hours without any.",
            "When the payer was awake: a block may come hours after its payments, and a service pays when it likes.",
            TRACED,
        ),
        Predicate(
            REFUNDED, ("account",), ("outpoint",), "satoshi", "trace",
            "Coins of the market went to a script, or to the cluster of a script, that had paid the account before.",
            "That it was a refund: the market may owe the payer for something else.",
            TRACED,
        ),
        Predicate(
            PRICED_AS, ("account",), ("outpoint",), "millionths of the listed amount", "trace",
            "The payment's amount equals a price that a record lists: to the satoshi, or within a thousandth where a "
            "price in another currency was converted at the day's price.",
            "What was bought, or that the payer knew the price: amounts agree by chance, and how many do is given.",
            TRACED,
        ),
        Predicate(
            VALUED, ("outpoint",), ("price",), "currency units", "trace",
            "The output's value by a named price series, field and day rule.",
            "What anyone paid or got for the coins.",
            LISTED,
        ),
        Predicate(
            KNOWN_AS, ("media",), ("entry",), "bits", "match",
            "The file's digest stands in a pinned list, or two independent methods agree on an entry.",
            "That the list's category is right.",
            value="category",
        ),
        Predicate(
            SAME_VIDEO_AS, ("media",), ("entry", "media"), "millionths of the other's frames", "match",
            "At one offset in time at least three scenes over two seconds agree, and most of the other's frames.",
            "That the file holds nothing else, or that the list's category is right.",
            value="category",
        ),
        Predicate(
            CONTAINS_CLIP_OF, ("media",), ("entry", "media"), "milliseconds", "match",
            "At least three scenes over two seconds or more agree with the other video at one offset in time.",
            "That the rest of the file is known, or that the other's category holds for the part that agrees.",
            value="category",
        ),
        Predicate(
            SIMILAR_TO, ("media",), ("entry", "media"), "bits", "match",
            "One frame of the file lies within the named distance of a listed or seized frame.",
            "That the two show the same thing.",
            value="category",
        ),
        Predicate(
            IN_SERIES, ("media",), ("series",), "members", "match",
            "The file is a near copy of others in this seizure.",
            "Who made any of them.",
            "the likeness that joined it, which its basis names: leadline explain CASE FINDING",
        ),
        Predicate(
            NEVER_SEEN, ("media",), ("list",), "place in the queue", "match",
            "Nothing in the pinned lists matches the file.",
            "That it is new, unlawful, or shows anyone.",
            value="category",
        ),
        Predicate(
            DIGEST_OF, ("media",), ("media",), "none", "match",
            "The MD5 or SHA-1 that the records name is that of this seized file.",
            "That whoever named it held the file; or that no other file has it, as both can be made to collide.",
        ),
        Predicate(
            SEIZED_IN, ("media",), ("exhibit",), "none", "match",
            "The file, or its digest, stands in this exhibit.",
            "What it shows: an examiner's category is a decision about this finding, with a value.",
            value="category",
        ),
        Predicate(
            CUSTOMER_OF_RECORD, ("customer",), ("outpoint",), "millionths", "link",
            "The service's return names this customer for the withdrawal that released the coins.",
            "That the customer asked for it, or knows of the payment.",
        ),
        Predicate(
            SAME_PERSON, ("account", "customer"), ("account", "customer"), "millionths", "link",
            "Named identifiers suggest one person behind both records, against the contrary facts listed.",
            "That one person used both at any moment, or paid from one for the other.",
            value="span",
        ),
        Predicate(
            PAYER_CANDIDATE, ("account",), ("customer",), "millionths", "link",
            "Withdrawals that a return states as this customer's lead to payments to this account, which its basis "
            "lists; the standing alternatives are listed against it.",
            "That the customer is their payer: only a person decides that. Nor who uses the account, whoever paid.",
            value="span",
        ),
        Predicate(
            USER_CANDIDATE, ("account",), ("customer",), "millionths", "link",
            "Withdrawals that a return states as this customer's lead to payments to this account; what speaks for and "
            "against his using it is listed.",
            "That the customer uses the account, or ever did: only a person decides that, and for which span of time.",
            value="tenure",
        ),
        Predicate(
            LOCATED_IN, ("person",), ("jurisdiction",), "none", "link",
            "The records of a member name this jurisdiction.",
            "Where the person is today.",
        ),
        Predicate(
            LEAKS, ("service",), ("sign",), "place in the order", "link",
            "Captured pages or files of the service hold this sign of the machine that served them, of its owner or of "
            "its programs.",
            "That the machine it names served them: a page quotes, links, and is copied from other servers.",
            "the exhibit in which it stands, which can be taken away: leadline case set CASE withdraw+=REF",
        ),
        Predicate(
            BANDED, ("person",), ("band",), "ordinal", "rank",
            "What is known of who the person can reach puts them in this band; what is unknown is listed.",
            "That the person did or will do anything.",
            "the answers and the examiners' categories it rests on: a new answer is taken in, a category is decided",
        ),
        Predicate(
            ACCOUNTED, ("outpoint",), ("side",), "satoshi", "restitute",
            "The output stands on this side of the market's accounts.",
            "Who is owed it.",
            "the payment (received) it counts, or what it rests on",
        ),
    )
}  # fmt: skip
"""Decisions on any of these are a person's; no step writes one."""
