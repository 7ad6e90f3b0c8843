"""The columns of a ledger: name, type, unit and how many rows; the only place that defines them.

A ledger is a chain as flat columns, in chain order. Rows of `tx` are transactions, of `out` outputs, of `in` inputs, of
`script` distinct output scripts in the order of their first output. A position in `out` or `in` is the identity other
columns use; amounts are satoshi; ids and hashes stand in internal byte order (reversed against printed text).
"""

from dataclasses import dataclass

FORMAT = "leadline-ledger/9"
"""Written into every ledger and every pin: a change of any column, or of what one says, raises it."""

COINBASE = -1
"""in_prev of a coinbase: it spends nothing."""
OUTSIDE = -2
"""in_prev of an input whose output lies outside the ledger; never the same as unspent."""
UNSPENT = -1
"""out_spender of an output that no transaction of the ledger spends. It stands unspent only where the ledger has every
block from its own to the last one (Ledger.reaches_tip); else its spender may lie outside."""

JOINS = ("none", "whirlpool", "wasabi1", "wasabi2", "joinmarket", "equal_outputs", "tx0", "unknown", "small_equal")
"""tx_join by code. All but none and tx0 join no cluster, for their inputs may have several owners. unknown ones are
CoinJoin-shaped with some values of inputs that the ledger does not know, and not with others. small_equal ones have the
accounts of a mix over amounts that nobody mixes: several owners trade assets bound to coins. Neither is said to be a
mix. A Whirlpool tx0 prepares coins of one owner and is known for what it is, by its outputs alone."""
JOIN_NONE, WHIRLPOOL, WASABI1, WASABI2, JOINMARKET, EQUAL_OUTPUTS, TX0, JOIN_UNKNOWN, SMALL_EQUAL = range(len(JOINS))
MIXES = (WHIRLPOOL, WASABI1, WASABI2, JOINMARKET, EQUAL_OUTPUTS)
"""Codes of what is said to look like a mix of several owners' coins."""

RULES = ("multi_input", "same_key", "dust")
"""merge_rule by code: by what two clusters were joined. multi_input: one transaction spends coins of both. same_key:
the scripts' bytes show that one key opens both. dust: as multi_input, but of one cluster nothing is spent except dust,
which a stranger may have sent there to see this."""
MULTI_INPUT, SAME_KEY, DUST = range(len(RULES))


@dataclass(frozen=True, slots=True)
class LedgerColumn:
    """One column: its rows are `of` (plus `more`), each of `width` values of NumPy type `dtype`."""

    name: str
    of: str
    dtype: str
    says: str
    width: int = 1
    more: int = 0


COLUMNS: tuple[LedgerColumn, ...] = (
    LedgerColumn("block_hash", "block", "u1", "hash of the header", width=32),
    LedgerColumn("block_head", "block", "u1", "first 160 bytes: header, counts, beginning of the coinbase", width=160),
    LedgerColumn("block_time", "block", "<u4", "header time, unix seconds; not monotonic, up to two hours off"),
    LedgerColumn("block_height", "block", "<i4", "height, -1 where a slice does not tell"),
    LedgerColumn("block_first_tx", "block", "<i8", "position of the first transaction", more=1),
    LedgerColumn("block_file", "block", "<i4", "number of the block file in meta.json's sources"),
    LedgerColumn("block_at", "block", "<i8", "byte offset of the block in its file, after magic and size"),
    LedgerColumn("block_size", "block", "<i4", "bytes of the block"),
    LedgerColumn("tx_id", "tx", "u1", "transaction id (witness left out)", width=32),
    LedgerColumn("tx_height", "tx", "<i4", "height of its block, -1 unknown"),
    LedgerColumn("tx_version", "tx", "<i4", "version"),
    LedgerColumn("tx_locktime", "tx", "<u4", "lock time"),
    LedgerColumn("tx_first_in", "tx", "<i8", "position of the first input", more=1),
    LedgerColumn("tx_first_out", "tx", "<i8", "position of the first output", more=1),
    LedgerColumn("tx_join", "tx", "u1", "CoinJoin shape, code into JOINS"),
    LedgerColumn("in_prev", "in", "<i8", "position of the output spent; -1 coinbase, -2 outside the ledger"),
    LedgerColumn("in_value", "in", "<i8", "satoshi of the output spent; -1 unknown or coinbase"),
    LedgerColumn("in_script", "in", "<i4", "script id of the output spent; -1 unknown or coinbase"),
    LedgerColumn("in_sequence", "in", "<u4", "sequence"),
    LedgerColumn("out_value", "out", "<i8", "satoshi"),
    LedgerColumn("out_script", "out", "<i4", "script id"),
    LedgerColumn("out_spender", "out", "<i8", "position of the input that spends it, or -1"),
    LedgerColumn("script_at", "script", "<i8", "offset of its bytes in script_blob", more=1),
    LedgerColumn("script_blob", "byte", "u1", "the scripts' bytes, one after the other"),
    LedgerColumn("script_kind", "script", "u1", "kind, code into kinds.bitcoin.script.KINDS"),
    LedgerColumn("script_first_out", "script", "<i8", "where its outputs begin in script_out", more=1),
    LedgerColumn("script_out", "out", "<i8", "output positions grouped by script, in chain order"),
    LedgerColumn("cluster_of", "script", "<i4", "least script id of its cluster, by all rules; itself when alone"),
    LedgerColumn("cluster_first", "script", "<i8", "by label: where the members begin in cluster_member", more=1),
    LedgerColumn("cluster_member", "script", "<i4", "script ids grouped by cluster label"),
    LedgerColumn("merge_tx", "merge", "<i8", "transactions that joined two clusters, in chain order"),
    LedgerColumn("merge_script", "merge", "<i4", "script id of one of those they joined"),
    LedgerColumn("merge_rule", "merge", "u1", "rule by which, code into RULES"),
    LedgerColumn("link_tx", "link", "<i8", "transactions by which two scripts of one key are both there, ascending"),
    LedgerColumn("link_script", "link", "<i4", "one of the two scripts"),
    LedgerColumn("link_other", "link", "<i4", "the other"),
    LedgerColumn("tx_slot", "tx_slot", "<u8", "open-addressing table over tx_id: bits of the id and position plus one"),
    LedgerColumn(
        "script_slot", "script_slot", "<u8", "open-addressing table over scripts: bits of their hash and id plus one"
    ),
    LedgerColumn("stale_hash", "stale", "u1", "blocks outside the active chain", width=32),
    LedgerColumn("stale_prev", "stale", "u1", "the block each of them follows", width=32),
)
BY_NAME: dict[str, LedgerColumn] = {c.name: c for c in COLUMNS}
