"""The tables of evidence: exhibits, occurrences, and the typed records intake reads out of them.

Every record row is a *statement*: the exhibit and locator say where it stands. Two exhibits may state the same entity
(a live database and its backup); `first_statements` gives each entity once, in evidence order.
"""

import pyarrow as pa
import pyarrow.compute as pc

from leadline.model.countries import COUNTRIES
from leadline.model.tables import COUNT, DIGEST, REF, SAT, TEXT, UTC, Column, TableSpec
from leadline.model.times import DOUBTS
from leadline.model.words import (
    ADDRESS_ROLES,
    ANSWERS,
    CIRCUMSTANCES,
    EVENTS,
    HOLDERS,
    IDENTIFIERS,
    MEDIA_FACTS,
    MEDIA_STATES,
    MEMBER_REFS,
    OWNER_REFS,
    REJECT_REASONS,
    ROLES,
    WALLET_ROLES,
)

_SOURCE = (
    Column("exhibit", DIGEST, "SHA-256 of the exhibit in which the row stands"),
    Column("locator", TEXT, "where in the exhibit"),
)
_TIME = (
    Column("utc_low", UTC, "earliest possible time", nullable=True),
    Column("utc_high", UTC, "latest possible time", nullable=True),
    Column("doubt", TEXT, "why the two differ or what they rest on", words=tuple(DOUBTS)),
    Column("source_text", TEXT, "the time as it stands in the source", nullable=True),
)

RESTRICTIONS = (
    "grand_jury",
    "mlat_use",
    "originator",
    "privileged",
    "court_sealed",
    "list_licence",
    "child_identity",
)
"""The closed list of restrictions an exhibit may carry; findings inherit the union."""
NEVER_CLEARED = frozenset({"privileged", "child_identity"})
"""Restrictions nobody can clear here: privileged material goes to no one, a child's identity into no referral."""

EXHIBIT = TableSpec(
    "exhibit",
    "One row an exhibit: content that came in once and never changes.",
    ("exhibit",),
    (
        Column("exhibit", DIGEST, "SHA-256 of the content"),
        Column("size", COUNT, "bytes"),
        Column("media_type", TEXT, "type by content, as type/subtype"),
        Column("held", TEXT, "stored: a copy lies in the case; reference: it stays on its medium"),
        Column("acquired_at", TEXT, "when it was acquired, ISO 8601, or unknown"),
        Column("acquired_by", TEXT, "who acquired it, or unknown", restricted=True),
        Column("authority", TEXT, "under which authority, or unknown"),
        Column("restrictions", TEXT, "restrictions, sorted, joined by a comma; empty when none"),
        Column("item", TEXT, "item number under which whoever acquired it lists it", nullable=True),
    ),
)
OCCURRENCE = TableSpec(
    "occurrence",
    "One row a place where an exhibit stood.",
    ("exhibit", "path"),
    (
        Column("exhibit", DIGEST, "SHA-256 of the content"),
        Column("parent", DIGEST, "the exhibit in which it stood", nullable=True),
        Column("name", TEXT, "file name", restricted=True),
        Column(
            "path",
            TEXT,
            "path at acquisition, relative to what was named on the command line",
            restricted=True,
        ),
    ),
)
ACCOUNT = TableSpec(
    "account",
    "One row a statement that an account existed on the seized service.",
    ("account", "exhibit", "locator"),
    (
        Column("account", REF, "account:site/key", refs=("account",)),
        Column("role", TEXT, "what it was to the service", words=ROLES),
        *_TIME,
        *_SOURCE,
    ),
)
IDENTIFIER = TableSpec(
    "identifier",
    "One row an identifier of an account or a customer.",
    ("subject", "kind", "normal", "exhibit", "locator"),
    (
        Column("subject", REF, "it belongs to", refs=OWNER_REFS),
        Column("kind", TEXT, "what identifies", words=IDENTIFIERS),
        Column("value", TEXT, "as it stands in the source", restricted=True),
        Column(
            "normal",
            TEXT,
            "normalised for comparison by the rule of its kind; null where the kind refuses the value: it joins nobody",
            nullable=True,
            restricted=True,
        ),
        *_TIME,
        *_SOURCE,
    ),
)
EVENT = TableSpec(
    "event",
    "One row an event an account or a customer took part in.",
    ("event", "exhibit", "locator"),
    (
        Column("event", REF, "event:site/kind/key, equal in every exhibit that states it", refs=("event",)),
        Column("subject", REF, "that acted", refs=MEMBER_REFS),
        Column("kind", TEXT, "what was done", words=EVENTS),
        Column(
            "object",
            REF,
            "what it acted on: media:, account:, tx:, outpoint:, text:",
            nullable=True,
            refs=("media", "account", "tx", "outpoint", "text"),
        ),
        Column("address", TEXT, "chain address named, as text", nullable=True),
        Column("amount_sat", SAT, "satoshi", nullable=True),
        *_TIME,
        *_SOURCE,
    ),
)
ADDRESS = TableSpec(
    "address",
    "One row a chain address stated for a subject; its checksum was verified.",
    ("subject", "address", "role", "exhibit", "locator"),
    (
        Column("subject", REF, "", refs=OWNER_REFS),
        Column("address", TEXT, "the address as text"),
        Column("network", TEXT, "network of the address"),
        Column("script", REF, "script:network:sha256 the address stands for", refs=("script",)),
        Column("role", TEXT, "what the subject has it for", words=ADDRESS_ROLES),
        *_TIME,
        *_SOURCE,
    ),
)
WALLET = TableSpec(
    "wallet",
    "One row a place where a wallet's key material stands: public, read; or private, of which nothing else is kept.",
    ("subject", "form", "key", "exhibit", "locator"),
    (
        Column("subject", REF, "it is stated for", refs=OWNER_REFS),
        Column("form", TEXT, "extended_key, descriptor, or private: a key that could spend, never held"),
        Column("key", TEXT, "extended public key or descriptor as text, checksum verified; null when private", True),
        Column("network", TEXT, "network of the map, else of the key; unknown of a private key where the map has none"),
        Column("role", TEXT, "whose it is: given to payers, or kept cold by the service itself", words=WALLET_ROLES),
        *_TIME,
        *_SOURCE,
    ),
)
OFFER = TableSpec(
    "offer",
    "One row a price the records list: its amount and when it stood there; nothing of what was offered for it.",
    ("offer", "currency", "amount", "exhibit", "locator"),
    (
        Column("offer", REF, "offer:site/key, equal in every exhibit that states it", refs=("offer",)),
        Column("currency", TEXT, "BTC, or three capital letters of ISO 4217"),
        Column("amount", SAT, "satoshi where the currency is BTC, hundredths of the currency elsewhere"),
        *_TIME,
        Column("until_low", UTC, "earliest possible time of its end", nullable=True),
        Column("until_high", UTC, "latest possible time of its end; unknown where none is stated", nullable=True),
        Column("until_doubt", TEXT, "why the two differ or what they rest on", words=tuple(DOUBTS)),
        Column("until_text", TEXT, "its end as it stands in the source", nullable=True),
        *_SOURCE,
    ),
)
CUSTOMER = TableSpec(
    "customer",
    "One row a customer of a service, from a legal return.",
    ("customer", "exhibit", "locator"),
    (
        Column("customer", REF, "customer:service/reference", refs=("customer",)),
        Column("service", REF, "that made the return", refs=("service",)),
        Column("name", TEXT, "as stated", nullable=True, restricted=True),
        Column("born", TEXT, "ISO date of birth as stated", nullable=True, restricted=True),
        Column("country", TEXT, "ISO 3166-1 alpha-2, lower case, as stated", nullable=True, words=COUNTRIES),
        Column("holder", TEXT, "for whom the account is, as the service states it", words=HOLDERS),
        *_TIME,
        *_SOURCE,
    ),
)
CIRCUMSTANCE = TableSpec(
    "circumstance",
    "One row the answer to an enquiry about who a person can reach; *unknown* is an answer, not a no.",
    ("subject", "kind", "exhibit", "locator"),
    (
        Column("subject", REF, "asked about", refs=("customer", "account")),
        Column("kind", TEXT, "what was asked", words=CIRCUMSTANCES),
        Column("answer", TEXT, "what was answered", words=ANSWERS),
        *_TIME,
        *_SOURCE,
    ),
)
MEDIA = TableSpec(
    "media",
    "One row a place where a media file (or its digest alone) stands.",
    ("media", "exhibit", "locator"),
    (
        Column("media", REF, "media:sha256", refs=("media",)),
        Column("size", COUNT, "bytes", nullable=True),
        Column("media_type", TEXT, "type by content, as type/subtype, or unknown"),
        Column("status", TEXT, "what became of it here", words=MEDIA_STATES),
        Column("reason", TEXT, "why it was not (wholly) decoded: a closed word, never decoder text", nullable=True),
        Column("decoded_ms", COUNT, "milliseconds of a film that were decoded", nullable=True),
        Column("stated_ms", COUNT, "milliseconds the file says it lasts", nullable=True),
        Column("decoded_rows", COUNT, "whole rows of a picture cut short; null where rows cannot tell", nullable=True),
        Column("stated_rows", COUNT, "rows that picture should have", nullable=True),
        *_SOURCE,
    ),
)
SIGNATURE = TableSpec(
    "signature",
    "One row a hash of a media file: a digest of the bytes, or a perceptual hash of one frame.",
    ("media", "hasher", "frame", "exhibit", "locator"),
    (
        Column("media", REF, "media:sha256", refs=("media",)),
        Column("hasher", TEXT, "hash kind and pipeline version, as kinds.hasher lists it"),
        Column("value", pa.binary(), "the hash's bytes"),
        Column("quality", pa.int16(), "0 to 100 for perceptual hashes", nullable=True),
        Column("frame", pa.int32(), "frame number, 0 for stills, -1 for the whole file"),
        Column("t_ms", COUNT, "time of the frame in milliseconds", nullable=True),
        Column("until_ms", COUNT, "end of the run of like frames it speaks for, in milliseconds", nullable=True),
        *_SOURCE,
    ),
)
CROP = TableSpec(
    "crop",
    "One row a picture and crop or rotation of it, or a film's frame without its bars: hashed because nothing matched.",
    ("media", "hasher", "crop", "frame", "exhibit", "locator"),
    (
        Column("media", REF, "media:sha256", refs=("media",)),
        Column("hasher", TEXT, "perceptual hash kind and pipeline version, as kinds.hasher lists it"),
        Column(
            "crop",
            TEXT,
            "the way, such as margin-27, or bars-off-122-0 (thousandths of rows and columns); whole as it is",
        ),
        Column("value", pa.binary(), "the hash's bytes"),
        Column("quality", pa.int16(), "0 to 100"),
        Column("frame", pa.int32(), "frame number of a film, 0 for pictures"),
        Column("t_ms", COUNT, "time of the frame in milliseconds", nullable=True),
        Column("until_ms", COUNT, "end of the run of like frames it speaks for, in milliseconds", nullable=True),
        *_SOURCE,
    ),
)
MEDIA_FACT = TableSpec(
    "media_fact",
    "One row a thing a media file says of its own making (EXIF, container); it may be wrong, and copies lose it.",
    ("media", "kind", "value", "exhibit", "locator"),
    (
        Column("media", REF, "media:sha256", refs=("media",)),
        Column(
            "kind",
            TEXT,
            "what it is about; gps in degrees of latitude and longitude",
            words=MEDIA_FACTS,
        ),
        Column("value", TEXT, "as the file states it", restricted=True),
        Column(
            "normal",
            TEXT,
            "made comparable: folded; serial numbers in capitals without signs; null where it says nothing",
            nullable=True,
            restricted=True,
        ),
        *_TIME,
        *_SOURCE,
    ),
)
REJECT = TableSpec(
    "reject",
    "One row an input row intake could not map, with its reason.",
    ("exhibit", "locator", "reason"),
    (
        Column("part", TEXT, "table, sheet or file part"),
        Column(
            "reason",
            TEXT,
            "why",
            words=REJECT_REASONS,
        ),
        *_SOURCE,
    ),
)
TALLY = TableSpec(
    "tally",
    "One row a part of an exhibit: rows in = rows mapped + rows rejected + rows the map leaves out by rule.",
    ("exhibit", "part"),
    (
        Column("exhibit", DIGEST, "SHA-256 of the exhibit"),
        Column("part", TEXT, "table, sheet or file part"),
        Column("rows_in", COUNT, "rows read"),
        Column("mapped", COUNT, "rows that gave at least one record and no reject"),
        Column("rejected", COUNT, "rows with a reject"),
        Column("left_out", COUNT, "rows of a part the map does not name, or filtered by its rule"),
        Column("unmapped_columns", TEXT, "columns the map does not name, sorted, joined by a comma"),
    ),
)

RECORDS = (ACCOUNT, IDENTIFIER, EVENT, ADDRESS, WALLET, OFFER, CUSTOMER, CIRCUMSTANCE, MEDIA, SIGNATURE, MEDIA_FACT)
INTAKE_TABLES = (EXHIBIT, OCCURRENCE, *RECORDS, CROP, REJECT, TALLY)

ENTITY: dict[str, tuple[str, ...]] = {
    "account": ("account",),
    "identifier": ("subject", "kind", "normal"),
    "event": ("event",),
    "address": ("subject", "address"),
    "wallet": ("subject", "form", "key"),
    "offer": ("offer", "currency", "amount"),
    "customer": ("customer",),
    "circumstance": ("subject", "kind", "answer"),
    "media": ("media",),
    "signature": ("media", "hasher", "frame", "value"),
    "media_fact": ("media", "kind", "value"),
}
"""Columns that make two statements one entity: nothing is counted twice across exhibits."""


def first_statements(name: str, table: pa.Table) -> pa.Table:
    """The rows of record table `name`, one an entity: the first in (exhibit, locator) order.

    Identifiers that their kind refused have no normal form: they are one entity where they stand alike.
    """
    key = ENTITY[name]
    order = pc.sort_indices(
        _comparable(name, table), sort_keys=[(k, "ascending") for k in (*key, "exhibit", "locator")]
    )
    table = table.take(order)
    if table.num_rows < 2:
        return table
    n, compared = table.num_rows, _comparable(name, table)
    same = None
    for k in key:
        column = pa.concat_arrays(compared.column(k).chunks)
        equal = pc.fill_null(pc.equal(column.slice(0, n - 1), column.slice(1)), False)
        same = equal if same is None else pc.and_(same, equal)
    return table.filter(pa.concat_arrays([pa.array([True]), pc.invert(same)]))


def _comparable(name: str, table: pa.Table) -> pa.Table:
    """`table` with what an identifier's kind refused in place of the normal form that it does not have."""
    if name != "identifier" or not table["normal"].null_count:
        return table
    stands = pc.coalesce(table["normal"], pc.binary_join_element_wise("as it stands: ", table["value"], ""))
    return table.set_column(table.schema.get_field_index("normal"), "normal", stands)
