"""Output scripts: which kind one is, and the scripts of the standard kinds.

A script is identified by its bytes. The templates are those of Bitcoin Core's Solver (src/script/solver.cpp), with two
differences that matter to a tracer: anything that begins with OP_RETURN is `op_return` whether or not pushes follow
(it can never be spent), and a witness program of no known meaning is `witness_unknown`.
"""

KINDS = (
    "nonstandard",
    "p2pk",
    "p2pkh",
    "p2sh",
    "p2wpkh",
    "p2wsh",
    "p2tr",
    "multisig",
    "p2a",
    "op_return",
    "witness_unknown",
)
"""Kinds by code: the position is the number a ledger's `script_kind` column holds. The empty script is nonstandard."""
NONSTANDARD, P2PK, P2PKH, P2SH, P2WPKH, P2WSH, P2TR, MULTISIG, P2A, OP_RETURN, WITNESS_UNKNOWN = range(len(KINDS))

OWNED = (P2PK, P2PKH, P2SH, P2WPKH, P2WSH, P2TR, MULTISIG)
"""Kinds somebody can own: the only ones a cluster may join. A p2a output is spendable by anyone (Bitcoin Core 28)."""

PAY_TO_ANCHOR = bytes.fromhex("51024e73")
MAX_MULTISIG_KEYS = 20
"""Most keys of a bare multisig script (Bitcoin Core, MAX_PUBKEYS_PER_MULTISIG)."""


def classify(script: bytes) -> int:
    """The kind's code of an output script (index into `KINDS`)."""
    n = len(script)
    if n == 0:
        return NONSTANDARD
    if script[0] == 0x6A:
        return OP_RETURN
    if n == 25 and script[:3] == b"\x76\xa9\x14" and script[23:] == b"\x88\xac":
        return P2PKH
    if n == 23 and script[:2] == b"\xa9\x14" and script[22] == 0x87:
        return P2SH
    if script[-1] == 0xAC and n in (35, 67) and script[0] == n - 2 and _is_key(script[1:-1]):
        return P2PK
    if 4 <= n <= 42 and script[1] == n - 2 and (script[0] == 0 or 0x51 <= script[0] <= 0x60):
        return _witness(script)
    if script[-1] == 0xAE and multisig_keys(script):
        return MULTISIG
    return NONSTANDARD


def kind(script: bytes) -> str:
    """The kind's name of an output script."""
    return KINDS[classify(script)]


def multisig_keys(script: bytes) -> tuple[bytes, ...]:
    """The public keys of a bare multisig script, in order; empty when it is none."""
    if len(script) < 3 or script[-1] != 0xAE:
        return ()
    need, at = _number(script, 0)
    keys = []
    while at < len(script) and script[at] in (33, 65) and _is_key(script[at + 1 : at + 1 + script[at]]):
        keys.append(script[at + 1 : at + 1 + script[at]])
        at += 1 + script[at]
    have, at = _number(script, at)
    if at != len(script) - 1 or have != len(keys) or not 1 <= need <= have <= MAX_MULTISIG_KEYS:
        return ()
    return tuple(keys)


def p2pk(key: bytes) -> bytes:
    """Pay to a public key of 33 or 65 bytes."""
    return bytes([len(key)]) + key + b"\xac"


def p2pkh(key_hash: bytes) -> bytes:
    """Pay to the 20-byte hash of a public key."""
    return b"\x76\xa9\x14" + key_hash + b"\x88\xac"


def p2sh(script_hash: bytes) -> bytes:
    """Pay to the 20-byte hash of a script (BIP16)."""
    return b"\xa9\x14" + script_hash + b"\x87"


def witness(version: int, program: bytes) -> bytes:
    """Pay to a witness program of version 0 to 16 and 2 to 40 bytes (BIP141)."""
    return bytes([0x50 + version if version else 0, len(program)]) + program


def multisig(need: int, keys: tuple[bytes, ...]) -> bytes:
    """Bare multisig: `need` of at most 16 `keys`, in the order given."""
    return bytes([0x50 + need]) + b"".join(bytes([len(k)]) + k for k in keys) + bytes([0x50 + len(keys), 0xAE])


def _witness(script: bytes) -> int:
    n = len(script)
    if script[0] == 0:
        return {22: P2WPKH, 34: P2WSH}.get(n, NONSTANDARD)
    if script[0] == 0x51 and n == 34:
        return P2TR
    return P2A if script == PAY_TO_ANCHOR else WITNESS_UNKNOWN


def _is_key(key: bytes) -> bool:
    """Length and first byte of a public key agree (Bitcoin Core, CPubKey::ValidSize)."""
    if len(key) == 33:
        return key[0] in (2, 3)
    return len(key) == 65 and key[0] in (4, 6, 7)


def _number(script: bytes, at: int) -> tuple[int, int]:
    """A small number and where the script goes on: OP_1 to OP_16, or 17 to 20 as a one-byte push; 0 for none."""
    if at < len(script) and 0x51 <= script[at] <= 0x60:
        return script[at] - 0x50, at + 1
    if at + 1 < len(script) and script[at] == 1 and 16 < script[at + 1] <= MAX_MULTISIG_KEYS:
        return script[at + 1], at + 2
    return 0, at
