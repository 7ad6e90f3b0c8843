"""Refs: every entity of a case is named by one string, ``kind:key``, parsed here and nowhere else."""

import re

from leadline.errors import UsageError
from leadline.model.ledger import RULES

_HEX64 = r"[0-9a-f]{64}"
_NAME = r"[A-Za-z0-9][A-Za-z0-9._@+-]*"
_PATHLIKE = rf"{_NAME}(?:/{_NAME})*"

KINDS: dict[str, re.Pattern[str]] = {
    kind: re.compile(pattern)
    for kind, pattern in {
        "account": _PATHLIKE,  # site/primary key, as the records name it
        "customer": _PATHLIKE,  # service/reference, as a legal return names it
        "event": _PATHLIKE,  # site/kind/primary key
        "offer": _PATHLIKE,  # site/primary key of a price the records list
        "service": _NAME,  # actor or label of a tagged service
        "cluster": _HEX64,  # oldest member script's digest
        "script": rf"{_NAME}:{_HEX64}",  # network:sha256 of the script's bytes
        "tx": _HEX64,
        "outpoint": rf"{_HEX64}:\d+",
        "rule": "|".join(RULES),  # by which two clusters were joined
        "media": rf"{_HEX64}|md5-[0-9a-f]{{32}}|sha1-[0-9a-f]{{40}}",  # sha256; another digest when no more is known
        "series": _HEX64,  # oldest member's sha256
        "person": rf"(?:account|customer):{_PATHLIKE}",  # oldest member's ref
        "jurisdiction": r"[a-z]{2}|unknown",
        "exhibit": _HEX64,
        "run": r"[a-z]+-[0-9a-f]{16}",
        "finding": _HEX64,
        "decision": _HEX64,
        "ledger": _NAME,  # network
        "tag": _HEX64,  # digest of the pinned pack
        "list": _HEX64,  # digest of the pinned list, or of the set of lists searched
        "price": _HEX64,  # digest of the pinned series
        "entry": rf"{_HEX64}/\d+",  # list digest/entry number
        "sign": r"[a-z_]+/[0-9a-f]{16}",  # kind/beginning of the SHA-256 of its value
        "stop": _NAME,  # why a path ended
        "pattern": _NAME,  # a habit of payments, as its words joined by dots
        "band": _NAME,
        "text": _HEX64,  # digest of a free text that is not repeated
        "package": _PATHLIKE,
        "side": _NAME,  # a side of the accounts: receipt, cash-out, fee, held, unknown
    }.items()
}
"""The closed list of kinds, each with the grammar of its key."""


def ref(kind: str, key: str) -> str:
    """The ref ``kind:key``; UsageError when the kind is unknown or the key does not fit its grammar."""
    grammar = KINDS.get(kind)
    if grammar is None:
        raise UsageError(f"unknown ref kind {kind!r}", remedy="one of: " + ", ".join(sorted(KINDS)))
    if not grammar.fullmatch(key):
        raise UsageError(f"not a valid key of kind {kind}", remedy=f"expected {grammar.pattern}")
    return f"{kind}:{key}"


def parse(text: str) -> tuple[str, str]:
    """(kind, key) of a ref; UsageError when it is none."""
    kind, colon, key = text.partition(":")
    if not colon:
        raise UsageError("not a ref: it has no kind", remedy="write kind:key, for example account:site/7")
    ref(kind, key)
    return kind, key


def slug(text: str) -> str:
    """`text` made fit for a ref key: every run of other characters becomes one hyphen; never empty."""
    return re.sub(r"[^A-Za-z0-9._@+-]+", "-", text).strip("-.@+_") or "x"
