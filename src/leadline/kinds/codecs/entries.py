"""The tables that sources give: entries of hash lists, tags of tag packs, closes of price series."""

import pyarrow as pa

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
        Column("quarantine", TEXT, "why the row is not matched: a word of QUARANTINE; null for a good row", True),
    ),
)
TAG = TableSpec(
    "tag_entry",
    "One row a tag of a tag pack.",
    ("entry", "address"),
    (
        Column("entry", COUNT, "number of the tag in the pack, from 0"),
        Column("address", TEXT, "the address as text"),
        Column("network", TEXT, "network of the address"),
        Column("label", TEXT, "label as the pack states it"),
        Column("actor", TEXT, "actor as the pack states it", nullable=True),
        Column("category", TEXT, "category as the pack states it", nullable=True),
        Column("confidence", TEXT, "the pack's word for its confidence", nullable=True),
        Column("confidence_level", pa.int32(), "0 to 100", nullable=True),
        Column("source", TEXT, "where the pack says the tag comes from", nullable=True),
        Column("lastmod", TEXT, "date of the last change, ISO 8601", nullable=True),
        Column("cluster_definer", pa.bool_(), "the pack says the tag speaks for the whole cluster, or not", True),
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

QUARANTINE = {
    "not_hex": "the value is not hexadecimal or base64",
    "wrong_length": "the value has not the length of its kind",
    "empty_file": "the value is the digest of no bytes at all, which every failed read gives",
    "all_zero": "the value is all zero, as failed exports write it",
    "no_quality": "the list states no quality for a hash of a picture, so it may be one that agrees with any",
    "low_quality": "the list itself states a quality under the floor, at which unrelated frames agree",
}
"""Why a row of a list is kept aside: the closed list."""
