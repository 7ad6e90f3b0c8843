"""Families of trace about tags: where they stand, how much of a payment comes from whom, what they disagree on."""

import pyarrow as pa

from leadline.model.meanings import TAG_FAULTS
from leadline.model.tables import COUNT, REF, SAT, TEXT, Column, TableSpec
from leadline.model.words import TAG_DIFFERENCES, TAG_PLACES

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
        Column("scope", TEXT, "address or cluster", words=TAG_PLACES),
        Column("place", TEXT, "the address; of a cluster the address of its oldest script"),
        Column("differs", TEXT, "name, category, or name,category", words=TAG_DIFFERENCES),
        Column("service", REF, "these tags name", refs=("service",)),
        Column("tag", REF, "digest of the pinned pack", refs=("tag",)),
        Column("entry", COUNT, "entry of the pack, the first of those that say so"),
        Column("tags", COUNT, "tags of this pack that say the same of the place"),
        Column("holds", pa.bool_(), "whether trace goes by it: the surest tag, when no other is as sure"),
        Column("use", TEXT, "as in attribution", words=TAG_USES),
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
        Column("fault", TEXT, "why it cannot be used", words=tuple(TAG_FAULTS)),
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
