"""Families of match: likenesses to lists and inside the seizure, the review queue, what was searched."""

import pyarrow as pa

from leadline.model.meanings import MEDIA_REASONS, QUARANTINE
from leadline.model.tables import COUNT, DIGEST, PPM, REF, TEXT, UTC, Column, TableSpec
from leadline.model.words import (
    CHANCE_STATES,
    DEVICE_GROUNDS,
    DIGEST_ONLY,
    EMBEDDED,
    LEAD_REASONS,
    LISTED_STATES,
    LOW_QUALITY,
    MATCH_RULES,
    MEDIA_STATES,
    NO_FRAMES,
    QUEUE_GROUPS,
    SEARCHES,
    TRANSFORMS,
    UNDECODABLE,
)

MATCH = TableSpec(
    "match",
    "Family of `known_as`, `same_video_as`, `contains_clip_of` and `similar_to`.",
    ("finding", "method", "frame"),
    (
        Column("finding", DIGEST, "the finding"),
        Column("media", REF, "in this seizure", refs=("media",)),
        Column("method", TEXT, "hash kind that agreed"),
        Column("distance", pa.int32(), "Hamming distance in bits; 0 for digests"),
        Column("quality", pa.int16(), "the lower of the two qualities", nullable=True),
        Column("frame", pa.int32(), "frame in this seizure's file"),
        Column("other", REF, "entry: of a list, or media: of this seizure", refs=("entry", "media")),
        Column("category", TEXT, "as the list states it, with its scheme", nullable=True),
        Column("transform", TEXT, "identity, or the dihedral form that matched", words=TRANSFORMS),
        Column(
            "rule",
            TEXT,
            "digest: equal bytes; video: four fifths of the other's frames at one offset; clip: 3 scenes over 2 s at "
            "one offset; frame: one near frame; still: one, of a film and a picture of this seizure; agreement: frames "
            "further off that agree; crop: one crop or rotation; methods: a near frame and an equal "
            "hash of another method; equal: that hash alone",
            words=MATCH_RULES,
        ),
        Column("frames", pa.int32(), "scenes that agree, all at one offset where both sides have times"),
        Column("offset_ms", COUNT, "time in the file less time in the other, where both have times", nullable=True),
        Column("span_ms", COUNT, "from the first to the last frame that agrees at that offset", nullable=True),
        Column("covered_ppm", PPM, "share of the other's frames that agree at that offset", nullable=True),
        Column("own_ppm", PPM, "share of the file's own frames that agree at that offset", nullable=True),
        Column("matched_ms", COUNT, "milliseconds of the file that its agreeing frames stand for", nullable=True),
        Column("longest_ms", COUNT, "longest stretch of the other without a frame that does not agree", nullable=True),
        Column("median_distance", pa.int32(), "median distance in bits of the frames that agree", nullable=True),
        Column("crop", TEXT, "how the picture (or the other one) was framed anew; null as it is", nullable=True),
        Column("note", TEXT, "what the list says goes with the entry, such as whom to ask", True, True),
    ),
)
LEAD = TableSpec(
    "lead",
    "One row a file and a listed entry that lie near, but not near enough for a match: no finding, never known.",
    ("media", "other"),
    (
        Column("media", REF, "in this seizure", refs=("media",)),
        Column("other", REF, "of a list", refs=("entry",)),
        Column(
            "reason", TEXT, "alone: within 42 bits, but no second frame agrees; far: within 50 bits", words=LEAD_REASONS
        ),
        Column("distance", pa.int32(), "Hamming distance in bits of the nearest frame"),
        Column("frame", pa.int32(), "that frame"),
        Column("transform", TEXT, "identity, or the dihedral form", words=TRANSFORMS),
        Column("crop", TEXT, "how the picture was framed anew; null for the frame as it is", nullable=True),
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
            "lists; crops: pictures framed anew against the lists; seizure: files of this case against each other; "
            "seizure_crops: pictures framed anew against those",
            words=SEARCHES,
        ),
        Column("radius", pa.int32(), "bits"),
        Column("state", TEXT, "searched, or too_large: left out for its expected time", words=CHANCE_STATES),
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
        Column("media", REF, "in this seizure", refs=("media",)),
        Column("frame", pa.int32(), "frame of the file"),
        Column("files", COUNT, "files in which a frame within the radius stands"),
    ),
)
IGNORED = TableSpec(
    "ignored",
    "One row a file that lists know as part of software and no other list knows: neither known nor never seen.",
    ("media", "other"),
    (
        Column("media", REF, "in this seizure", refs=("media",)),
        Column("other", REF, "of the list", refs=("entry",)),
        Column("method", TEXT, "digest that agreed"),
    ),
)
SERIES = TableSpec(
    "series",
    "Family of `in_series`: near copies inside the seizure.",
    ("finding",),
    (
        Column("finding", DIGEST, "the in_series finding"),
        Column("series", REF, "keyed by its oldest member", refs=("series",)),
        Column("media", REF, "", refs=("media",)),
        Column("earliest_upload", UTC, "earliest upload of any member in these exhibits", nullable=True),
    ),
)
SEIZURE = TableSpec(
    "seizure",
    "Family of `seized_in`: a file and an exhibit it stands in; the finding that an examiner's category is about.",
    ("finding",),
    (
        Column("finding", DIGEST, "the seized_in finding"),
        Column("media", REF, "", refs=("media",)),
        Column("exhibit", DIGEST, "SHA-256 of the exhibit"),
    ),
)
NAMED_DIGEST = TableSpec(
    "named_digest",
    "Family of `digest_of`: a digest that records name, and the seized file that has it; the two are one file. "
    "A tie that a person rejected is left out.",
    ("finding",),
    (
        Column("finding", DIGEST, "the digest_of finding"),
        Column("media", REF, "media:md5- or media:sha1- as the records name it", refs=("media",)),
        Column("file", REF, "of the seized file", refs=("media",)),
        Column("hasher", TEXT, "md5 or sha1"),
    ),
)
REVIEW = TableSpec(
    "review",
    "Family of `never_seen`: the review queue, first to look at first.",
    ("finding",),
    (
        Column("finding", DIGEST, "the never_seen finding"),
        Column("media", REF, "", refs=("media",)),
        Column("series", REF, "it belongs to", nullable=True, refs=("series",)),
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
            words=DEVICE_GROUNDS,
        ),
        Column("device_files", COUNT, "files of the whole seizure, known ones too, that state this device", True),
        Column(
            "near_known",
            REF,
            "of a file in its series that a list knows; such files come after those without one",
            nullable=True,
            refs=("media",),
        ),
    ),
)
REVIEW_GROUP = TableSpec(
    "review_group",
    "One row a group of the review queue, counts only; the rows of each grouping count every file of the queue once.",
    ("grouped_by", "name"),
    (
        Column(
            "grouped_by",
            TEXT,
            "series, device, or day: of the earliest upload of the file or its series",
            words=QUEUE_GROUPS,
        ),
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
        Column("media", REF, "", refs=("media",)),
        Column("status", TEXT, "as media.status", words=MEDIA_STATES),
        Column(
            "reason",
            TEXT,
            "media.reason, or low_quality, no_frames, digest_only, embedded",
            words=(*MEDIA_REASONS, LOW_QUALITY, NO_FRAMES, UNDECODABLE, DIGEST_ONLY, EMBEDDED),
        ),
        Column("exhibit", DIGEST, "SHA-256 of the exhibit in which the file is named"),
        Column("locator", TEXT, "where in the exhibit"),
    ),
)
SEARCHED = TableSpec(
    "searched",
    "One row a list, hash kind and state: how many of its hashes were compared, and how many were not and why.",
    ("list", "hasher", "state"),
    (
        Column("list", REF, "digest of the pinned list", refs=("list",)),
        Column("hasher", TEXT, "hash kind"),
        Column(
            "state",
            TEXT,
            "compared, withdrawn, unsupported, or why it is kept aside",
            words=(*LISTED_STATES, *QUARANTINE),
        ),
        Column("hashes", COUNT, "rows of the list"),
        Column("version", TEXT, "version the list states of itself, or the program that wrote it; null: unknown", True),
        Column("dated", TEXT, "newest day the list states of itself or an entry, ISO 8601; null: unknown", True),
        Column("licence", TEXT, "terms of the list, as whoever pinned it says, else as it does; null: unknown", True),
    ),
)
