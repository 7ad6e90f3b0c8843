"""The words of closed lists: each is spelled here, and a column that holds them names its list."""

VERDICTS = ACCEPTED, REJECTED, UNSURE = ("accepted", "rejected", "unsure")
"""What a person decides of a finding."""
UNDECIDED = "undecided"
"""What stands in a verdict's place where nobody decided."""
MEMBER_REFS = ("account", "customer")
OWNER_REFS = (*MEMBER_REFS, "service")
"""Kinds of refs: of those who can be of a person, and of all to whom identifiers and addresses belong."""
BASIS_KINDS = ("exhibit", "ledger", "list", "tag", "price", "merge", "finding", "decision")
"""What a finding can rest on."""
SIDES = FOR, AGAINST = ("for", "against")
"""Which way something speaks."""

ROLES = ("user", "operator", "unknown")
(
    HANDLE,
    EMAIL,
    PHONE,
    IP,
    DEVICE,
    PGP,
    PASSWORD,
    PERSON_NAME,
    POSTAL,
    DOCUMENT,
    SERVER_IP,
    HOST,
    ONION,
    ANALYTICS,
    BANNER,
    PATH,
    CERTIFICATE,
    RESOURCE,
) = IDENTIFIERS = (
    "handle",
    "email",
    "phone",
    "ip",
    "device",
    "pgp",
    "password",
    "name",
    "postal",
    "document",
    "server_ip",
    "host",
    "onion",
    "analytics",
    "banner",
    "path",
    "certificate",
    "resource",
)
"""What identifies somebody, and from `server_ip` on a machine, its owner or its programs (docs/leaks.md)."""
SIGNS = MACHINE, OWNER, PROGRAM = ("machine", "owner", "program")
"""What a sign in a captured page can name."""
SIGN_DOUBTS = MENTIONED, PRIVATE_RANGE, DOCUMENTATION, RESOLVER, LIBRARY, VISITOR, VERSION_LIKE = (
    "mentioned",
    "private_range",
    "documentation",
    "resolver",
    "library",
    "visitor",
    "version_like",
)
EVENTS = LOGIN, UPLOAD, DOWNLOAD, MESSAGE, CREDIT, REQUEST, DEPOSIT, WITHDRAWAL = (
    "login",
    "upload",
    "download",
    "message",
    "credit",
    "request",
    "deposit",
    "withdrawal",
)
ADDRESS_ROLES = ("payment", "deposit", "withdrawal", "cold", "unknown")
WALLET_ROLES = ("payment", "cold", "unknown")
HOLDERS = INDIVIDUAL, COMPANY, BROKER, UNKNOWN = ("individual", "company", "broker", "unknown")
CIRCUMSTANCES = HOUSEHOLD_MINOR, WORKS_WITH_MINORS, PRIOR_CONVICTION, TRAVEL = (
    "household_minor",
    "works_with_minors",
    "prior_conviction",
    "travel",
)
ANSWERS = YES, NO, UNKNOWN_ANSWER = ("yes", "no", "unknown")
MEDIA_STATES = DECODED, UNDECODABLE, TIMEOUT, DIGEST_ONLY, EMBEDDED = (
    "decoded",
    "undecodable",
    "timeout",
    "digest_only",
    "embedded",
)
MEDIA_FACTS = (
    MAKE,
    MODEL,
    SERIAL,
    LENS_SERIAL,
    SOFTWARE,
    OWNER,
    TAKEN,
    CREATED,
    CHANGED,
    GPS_TIME,
    GPS,
    HIDDEN_FRAMES,
    CLEAN_APERTURE,
    PICTURES,
    BYTES_BEHIND,
) = (
    "make",
    "model",
    "serial",
    "lens_serial",
    "software",
    "owner",
    "taken",
    "created",
    "changed",
    "gps_time",
    "gps",
    "hidden_frames",
    "clean_aperture",
    "pictures",
    "bytes_behind",
)
REJECT_REASONS = (
    BAD_TIME,
    BAD_ADDRESS,
    OTHER_NETWORK,
    BAD_KEY,
    BAD_NUMBER,
    BAD_WORD,
    MISSING_KEY,
    BAD_DIGEST,
    CUT_LINE,
    BAD_ROW,
    BAD_STATEMENT,
    BAD_TABLE,
    BAD_CELL,
    NO_VALUE,
    INEXACT,
    TOO_LONG,
    NOT_A_FILE,
    UNREAD,
    UNDECODABLE,
) = (
    "bad_time",
    "bad_address",
    "other_network",
    "bad_key",
    "bad_number",
    "bad_word",
    "missing_key",
    "bad_digest",
    "cut_line",
    "bad_row",
    "bad_statement",
    "bad_table",
    "bad_cell",
    "no_value",
    "inexact",
    "too_long",
    "not_a_file",
    "unread",
    "undecodable",
)
"""Why a row gave no record, or a cell no value: `no_value` is a formula whose result was not stored, or an error;
`inexact` a whole number that may have lost digits; `bad_statement` one of SQL that could fill a table and is not
read; `bad_table` a table of a database that could not be read, or not to its end."""

LEAD_REASONS = ALONE, FAR = ("alone", "far")
"""Why two likenesses are a lead and no match: no second frame agrees, or the nearest lies too far."""
CHANCE_STATES = SEARCHED, TOO_LARGE = ("searched", "too_large")
"""Whether a pair of lists was searched, or left out for its expected time."""
BANDS = ("A", "B", "C", "D", "U")
"""Order of triage: A first, U when nothing decisive is known."""
RELEASE_ANSWERS = CONFIRMED, DENIED, UNANSWERED, NOT_ASKED = ("confirmed", "denied", "unanswered", "not_asked")
"""What a service's return says of an output that it released."""
DECISION_STATES = IN_FORCE, STALE, SUPERSEDED = ("in_force", "stale", "superseded")
"""What became of a decision: it holds, its basis changed after it, or a newer one exists."""
MEDIA_GROUPS = KNOWN, SIMILAR, NEVER_SEEN, NOT_SEARCHED = ("known", "similar", "never_seen", "not_searched")
"""What lists say of a file."""

ACCOUNT_SIDES = RECEIPT, SPENT_INPUT, CASH_OUT, CHANGE, FEE, OTHER_OUT, HELD, OUTSIDE_LEDGER = (
    "receipt",
    "spent_input",
    "cash_out",
    "change",
    "fee",
    "other_out",
    "held",
    "outside_ledger",
)
"""Sides of the market's accounts."""
STANDINGS = KEY, DECIDED, SUGGESTED = ("key", "decided", "suggested")
"""What holds a member in a person."""
CONFLICT_FACTS = BORN, COUNTRY, DOCUMENT, TWO_USERS, TWO_CUSTOMERS, WHICH_USER, KEPT_APART = (
    "born",
    "country",
    "document",
    "two_users",
    "two_customers",
    "which_user",
    "kept_apart",
)
EFFECTS = BLOCKED, OVERRULED = ("blocked", "overruled")

STOP_REASONS = COINJOIN, MIXER, COINBASE, UNTAGGED_SERVICE, AT_HOP_LIMIT, LEDGER_EDGE, MERGED_HISTORY, MARKET = (
    "coinjoin",
    "mixer",
    "coinbase",
    "untagged_service",
    "hop_limit",
    "ledger_edge",
    "merged_history",
    "market",
)
"""Why a path back from a payment ended without a service."""
GRADES = RECORDED, INFERRED = ("recorded", "inferred")
"""What a path to a service rests on: recorded spends from a tagged address alone, or a cluster or behaviour too."""
END_GRADES = INFERRED, STOPPED = (INFERRED, "stopped")
"""How a walk back ended that found no recorded release: at a service by inference, or without a service."""
HOP_RULES = SPEND, CLUSTER, CHANGE, PEELED, TAGGED = ("spend", "cluster", "change", "peel", "tag")
"""By what a step of a path is known: a recorded spend, or what was taken for one hand's."""

NONE = "none"
"""Written in a package where something does not exist, as against *unknown*."""

KEPT = STORED, REFERENCE = ("stored", "reference")
"""Whether a copy of an exhibit lies in the case, or it stays on its medium."""
WALLET_FORMS = PRIVATE, EXTENDED, DESCRIPTOR = ("private", "extended_key", "descriptor")
"""Key material: a private key of any kind, of which nothing else is kept, or public material."""
USED, UNUSED, ONE_OF_SEVERAL, OTHER_NETWORK, NOT_READ = "used", "unused", "one_of_several", "other_network", "not_read"
BRANCH_OUTCOMES = (USED, UNUSED, PRIVATE, ONE_OF_SEVERAL, OTHER_NETWORK, NOT_READ)
"""What came of a branch of a key, or why none was derived."""
UNSPENT, OUTSIDE_LEDGER = "unspent", "outside_ledger"
"""What became of coins that nothing on the ledger spends: unspent where it has every block after them, and otherwise
not known, as it lacks blocks in which they may have been spent."""
BEYOND_LEDGER, NO_PRICE, NO_SERIES = "beyond_ledger", "no_price", "no_series"
GAPS = (BEYOND_LEDGER, OTHER_NETWORK, NO_PRICE, NO_SERIES, OUTSIDE_LEDGER)
"""What trace could not know."""
SPLITS = BY_SWEEP, BY_MONTH = ("sweep", "month")
"""How the records' own addresses are held out."""
ALL = "all"
"""The rule or part of a row that stands for all of them."""
MULTI_INPUT_ANY = "multi_input_any"
"""The rule of clusters by which transactions that look like a CoinJoin join too."""
MIX_RULES = REUSE, VALUE = ("reuse", "value")
"""By what an output of a mix goes with a coin that it spent."""
TAG_PLACES = ("address", "cluster")
TAG_DIFFERENCES = NAME, CATEGORY, BOTH = ("name", "category", "name,category")
"""Of what tags say different things, and in what."""

TRANSFORMS = IDENTITY, ROTATE_90, ROTATE_180, ROTATE_270, FLIP_ROWS, FLIP_COLUMNS, TRANSPOSE, ANTI_TRANSPOSE = (
    "identity",
    "rotate90",
    "rotate180",
    "rotate270",
    "flip_rows",
    "flip_columns",
    "transpose",
    "anti_transpose",
)
"""The eight dihedral forms of a picture, as vPDQ orders them."""
MATCH_RULES = DIGEST, VIDEO, CLIP, FRAME, STILL, AGREEMENT, CROP, METHODS, EQUAL = (
    "digest",
    "video",
    "clip",
    "frame",
    "still",
    "agreement",
    "crop",
    "methods",
    "equal",
)
"""Why two files count as alike."""
SEARCHES = LISTS, CROPS, SEIZURE, SEIZURE_CROPS = ("lists", "crops", "seizure", "seizure_crops")
"""What is searched for what: files in lists, as they are or framed anew, and files of the case in each other."""
DEVICE_GROUNDS = SERIAL, MODEL, CONTRADICTED = ("serial", "model", "conflict")
"""What a device rests on: its serial number, make and model alone, or nothing, as the file contradicts itself."""
QUEUE_GROUPS = BY_SERIES, BY_DEVICE, BY_DAY = ("series", "device", "day")
"""By what the queue is grouped."""
LISTED_STATES = COMPARED, WITHDRAWN, UNSUPPORTED = ("compared", "withdrawn", "unsupported")
"""What becomes of a good row of a list."""
LOW_QUALITY, NO_FRAMES = "low_quality", "no_frames"
"""Why a decoded file was not compared."""
REQUEST_STATES = OPEN, ANSWERED = ("open", "answered")
"""What became of a request to a service: open until a return names the customer."""
ENTERED = DECIDED, AS_BASIS, AS_CONTEXT = (DECIDED, "basis", "context")
"""Why a finding is part of a package: a person decided it, or what was decided rests on it, or a figure does."""
ONLY_THERE, DIFFERS = "only_there", "differs"
"""What an exhibit alone, without what stands beside it, says of a place: nothing, or something else."""
