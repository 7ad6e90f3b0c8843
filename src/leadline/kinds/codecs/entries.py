"""The tables that sources give: entries of hash lists, tags of tag packs, closes of price series."""

import pyarrow as pa

from leadline.model.meanings import QUARANTINE, TAG_FAULTS
from leadline.model.tables import COUNT, FIAT, TEXT, Column, TableSpec

LIST = TableSpec(
    "list_entry",
    "One row a hash of an entry of a hash list; an entry with three digests has three rows.",
    ("entry", "hasher", "value"),
    (
        Column("entry", COUNT, "number of the entry in the list, from 0, in the list's own order"),
        Column("hasher", TEXT, "hash kind as kinds.hasher lists it, or the list's own name of a kind Leadline lacks"),
        Column("value", pa.binary(), "the hash's bytes; as written in the list (UTF-8) when they do not parse"),
        Column("quality", pa.int16(), "0 to 100 where the list states it", nullable=True),
        Column("category", TEXT, "as the list states it", nullable=True),
        Column("scheme", TEXT, "whose categories these are", nullable=True),
        Column("note", TEXT, "flags of the entry, such as an identified contact", nullable=True),
        Column("quarantine", TEXT, "why the row is not matched; null for a good row", True, words=tuple(QUARANTINE)),
        Column("t_ms", COUNT, "time in milliseconds of the frame hashed, where the list states it", nullable=True),
    ),
)
VERSION, DATED, LICENCE, MAY_MISS = b"version", b"dated", b"licence", b"may_miss"
"""What a list says of itself, as metadata of its table: a version, an ISO day, the terms under which it may be used;
absent where it says nothing. Under MAY_MISS how many of its hashes may meet none of ours, by word of
other_tools.MAY_MISS, as JSON."""
TAG = TableSpec(
    "tag_entry",
    "One row a tag of an address or a transaction, an actor of an actor pack, or an entry that could not be used.",
    ("entry",),
    (
        Column("entry", COUNT, "number of the tag in the pack, from 0; of a CSV its line, from 1"),
        Column("address", TEXT, "the address as text; none for a tag of a transaction and for an actor", True),
        Column("tx", TEXT, "id of the transaction tagged, in hex", nullable=True),
        Column("network", TEXT, "network of the address", nullable=True),
        Column("label", TEXT, "label as the pack states it", nullable=True),
        Column("actor", TEXT, "actor as the pack states it; of an actor pack the actor's id", nullable=True),
        Column("category", TEXT, "category as the pack states it, else its abuse, else its first concept", True),
        Column("abuse", TEXT, "kind of abuse as the pack states it", nullable=True),
        Column("concepts", TEXT, "all concepts, joined by a comma", nullable=True),
        Column("tag_type", TEXT, "actor, or event, attribute, mention: the last three name no owner", nullable=True),
        Column("confidence", TEXT, "the pack's word for its confidence", nullable=True),
        Column("confidence_level", pa.int32(), "0 to 100", nullable=True),
        Column("cluster_definer", pa.bool_(), "the pack says the tag speaks for the whole cluster, or not", True),
        Column("source", TEXT, "where the pack says the tag comes from; of an actor its site", nullable=True),
        Column("lastmod", TEXT, "date of the last change, ISO 8601", nullable=True),
        Column("licence", TEXT, "licence as the pack states it; most packs state none", nullable=True),
        Column("creator", TEXT, "who made the pack", nullable=True),
        Column("public", pa.bool_(), "whether the pack says that it is public", nullable=True),
        Column("context", TEXT, "what else the pack says, as it says it", nullable=True),
        Column("vendor", TEXT, "the tool whose claim this is; such a row names nobody", nullable=True),
        Column("aliases", TEXT, "of an actor: its other names, one a line", nullable=True),
        Column("jurisdictions", TEXT, "of an actor: countries, joined by a comma", nullable=True),
        Column("fault", TEXT, "why the entry cannot be used; null for a good one", True, words=tuple(TAG_FAULTS)),
    ),
)
PRICE = TableSpec(
    "price_entry",
    "One row a day of a price series.",
    ("day", "currency", "field"),
    (
        Column("line", COUNT, "line of the file, from 1"),
        Column("day", pa.date32(), "UTC day"),
        Column("currency", TEXT, "ISO 4217, upper case"),
        Column("close", FIAT, "price of one bitcoin"),
        Column("field", TEXT, "which price of the day"),
    ),
)

TABLES = {"list": LIST, "tag": TAG, "price": PRICE}
"""The table of each kind of source, by the kind of pin that names it."""

IGNORE = "nsrl"
"""The scheme of entries that are there to be left out: a file that stands only among these is neither known nor new."""
