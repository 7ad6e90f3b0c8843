"""Media files as records: where each stands, its hashes, and what it says of its own making."""

import pyarrow as pa

from leadline.model.evidence.columns import SOURCE, TIME
from leadline.model.meanings import MEDIA_REASONS
from leadline.model.tables import COUNT, REF, TEXT, Column, TableSpec
from leadline.model.words import (
    MEDIA_FACTS,
    MEDIA_STATES,
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
        Column(
            "reason",
            TEXT,
            "why it was not (wholly) decoded: a closed word, never decoder text",
            True,
            words=tuple(MEDIA_REASONS),
        ),
        Column("decoded_ms", COUNT, "milliseconds of a film that were decoded", nullable=True),
        Column("stated_ms", COUNT, "milliseconds the file says it lasts", nullable=True),
        Column("decoded_rows", COUNT, "whole rows of a picture cut short; null where rows cannot tell", nullable=True),
        Column("stated_rows", COUNT, "rows that picture should have", nullable=True),
        *SOURCE,
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
        *SOURCE,
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
        *SOURCE,
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
        *TIME,
        *SOURCE,
    ),
)
