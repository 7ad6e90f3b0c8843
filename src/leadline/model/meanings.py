"""Words of closed lists with the sentence each of them stands for."""

from leadline.model.words import BAD_ADDRESS, CHANGED, CONFIRMED, DENIED, LOW_QUALITY, NONE, TIMEOUT, UNANSWERED

NOT_HEX, WRONG_LENGTH, EMPTY_FILE, ALL_ZERO, NO_QUALITY = (
    "not_hex",
    "wrong_length",
    "empty_file",
    "all_zero",
    "no_quality",
)
QUARANTINE = {
    NOT_HEX: "the value is not hexadecimal or base64",
    WRONG_LENGTH: "the value has not the length of its kind",
    EMPTY_FILE: "the value is the digest of no bytes at all, which every failed read gives",
    ALL_ZERO: "the value is all zero, as failed exports write it",
    NO_QUALITY: "the list states no quality for a hash of a picture, so it may be one that agrees with any",
    LOW_QUALITY: "the list itself states a quality under the floor, at which unrelated frames agree",
}
"""Why a row of a list is kept aside: the closed list."""
(
    NO_MAPPING,
    NO_LABEL,
    NO_ADDRESS,
    BAD_TRANSACTION,
    REPEATED_KEY,
    BAD_LINE,
    UNREADABLE,
    SHARED_ALIAS,
    NO_SUCH_CONFIDENCE,
) = (
    "no_mapping",
    "no_label",
    "no_address",
    "bad_transaction",
    "repeated_key",
    "bad_line",
    "unreadable",
    "shared_alias",
    "no_such_confidence",
)
TAG_FAULTS = {
    NO_MAPPING: "the entry is no mapping of fields",
    NO_LABEL: "neither the entry nor the header says who or what it names",
    NO_ADDRESS: "the entry names neither an address nor a transaction",
    BAD_ADDRESS: "the address fails its checksum, or is of no Bitcoin network though the entry says so",
    BAD_TRANSACTION: "the transaction id is not 64 hexadecimal digits",
    REPEATED_KEY: "the entry says one field twice",
    BAD_LINE: "the line is no row of the table its header announces",
    UNREADABLE: "the whole file cannot be read as a pack",
    SHARED_ALIAS: "two actors claim this name, so that it stands for neither",
    NO_SUCH_CONFIDENCE: "the word for its confidence is none of the taxonomy: it names its own address alone",
}
"""Why an entry of a tag pack names nobody, or less than it says: the closed list."""
(
    EMPTY,
    NOT_MEDIA,
    NO_DECODER,
    NO_VIDEO,
    LEFT_OUT,
    BROKEN,
    TRUNCATED,
    TOO_MANY_PIXELS,
    PARTIAL,
    DAMAGED,
    KEYFRAMES,
    OTHER_STREAMS,
    CAPPED,
    MEMORY,
    CRASHED,
) = (
    "empty",
    "not_media",
    "no_decoder",
    "no_video",
    "left_out",
    "broken",
    "truncated",
    "too_many_pixels",
    "partial",
    "damaged",
    "keyframes",
    "other_streams",
    "capped",
    "memory",
    "crashed",
)
MEDIA_REASONS = {
    EMPTY: "the file has no bytes",
    NOT_MEDIA: "the content is no image or video",
    NO_DECODER: "no decoder for this type is installed",
    NO_VIDEO: "the file holds sound or a cover, but no moving picture",
    LEFT_OUT: "videos were not decoded, as asked for",
    BROKEN: "the decoder refused the content",
    TRUNCATED: "the content ends before the picture does",
    TOO_MANY_PIXELS: "the header claims more pixels than are decoded",
    PARTIAL: "an animation or a video broke off and the frames before that were hashed; or a picture ends early, and "
    "what there is of it is hashed where nothing else matches it",
    DAMAGED: "parts of a video could not be decoded; the frames around them were hashed",
    KEYFRAMES: "only the keyframes of a video were hashed, as asked for",
    OTHER_STREAMS: "the file holds further videos; the first was hashed",
    CAPPED: "an animation has more frames than are hashed",
    MEMORY: "the decoder asked for more memory than a worker has",
    CRASHED: "the decoder ended its process",
    TIMEOUT: "the decoder took longer than one file may",
    "hidden": "the container shows less than it stores (an edit list, a clean aperture); both were hashed",
    UNREADABLE: "the file could not be opened",
    CHANGED: "the file's size changed while it was read",
}
"""Why a file was not decoded, or not wholly: the closed list. A decoder's own words are never passed on."""
AT_PAYMENT, AT_VALUATION = "payment", "valuation_date"
DAY_RULES = {
    AT_PAYMENT: "UTC day of the block header's time",
    AT_VALUATION: "the case's valuation date",
}
"""Which day's price values an output, by the moment it is valued at."""
ASKED, AT_LEAST, FOUND, FALSE_JOINS = "asked", "at_least", "found", "false_joins"
CASE_FIGURES = {
    ASKED: "releases named whose service has made a return, or that a person rejected",
    CONFIRMED: "of those answered, confirmed by a return: by rule and path, so the figure is the whole path's",
    AT_LEAST: "of those asked, confirmed: what is left if every unanswered one is wrong",
    DENIED: "of those answered, denied: a person rejected the release",
    UNANSWERED: "of those asked, not stated in the service's return",
    FOUND: "of the records' own addresses held out, found again by common spending with the others",
    FALSE_JOINS: "of the scripts in the clusters of the records' own addresses, those known to be somebody else's, "
    "and these with unknown ones; of clusters by which another service is inferred nothing is measured",
}
"""What each figure says."""
WILSON, WILSON_BY_SWEEP, BOUNDS = "wilson", "wilson_by_sweep", "bounds"
INTERVALS = {
    WILSON: "Wilson's 95 % interval",
    WILSON_BY_SWEEP: "Wilson's 95 % interval for as many independent addresses as the sweeps are worth (Kish)",
    BOUNDS: "the least and the most it can be",
    NONE: "a count, no estimate",
}
"""What each interval is."""
PLACEMENTS = PLACED, NOT_PLACED = (
    "A service's customer record names this country.",
    "No record of a member names a country.",
)
"""Why a person is placed where he is."""
