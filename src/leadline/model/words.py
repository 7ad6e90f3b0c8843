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
IDENTIFIERS = ("handle", "email", "phone", "ip", "device", "pgp", "password", "name", "postal", "document", "server_ip")
EVENTS = ("login", "upload", "download", "message", "credit", "request", "deposit", "withdrawal")
ADDRESS_ROLES = ("payment", "deposit", "withdrawal", "cold", "unknown")
WALLET_ROLES = ("payment", "cold", "unknown")
HOLDERS = ("individual", "company", "broker", "unknown")
CIRCUMSTANCES = ("household_minor", "works_with_minors", "prior_conviction", "travel")
ANSWERS = ("yes", "no", "unknown")
MEDIA_STATES = ("decoded", "undecodable", "timeout", "digest_only", "embedded")
MEDIA_FACTS = (
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
MEDIA_GROUPS = ("known", "similar", "never_seen", "not_searched")
"""What lists say of a file."""

ACCOUNT_SIDES = ("receipt", "spent_input", "cash_out", "change", "fee", "other_out", "held", "outside_ledger")
"""Sides of the market's accounts."""
STANDINGS = KEY, DECIDED, SUGGESTED = ("key", "decided", "suggested")
"""What holds a member in a person."""
CONFLICT_FACTS = ("born", "country", "document", "two_users", "two_customers", "which_user", "kept_apart")
EFFECTS = ("blocked", "overruled")

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
