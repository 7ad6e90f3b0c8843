"""A transaction's bytes with every input opened: legacy, BIP143 and BIP341 signature hashes over one set of parts."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from struct import pack

from leadline.kinds.bitcoin.tx import compact, sha256d
from leadline.scenario.chain.locks import NEEDED, SEGWIT, Key, Opening

_ALL = b"\x01\x00\x00\x00"
"""SIGHASH_ALL as the preimage carries it."""
_NO_AUX = bytes(32)
"""No auxiliary randomness (BIP340): equal input, equal signature."""
_TAP_SIGHASH = hashlib.sha256(b"TapSighash").digest() * 2
_SIGNATURE = b"\x30\x44\x02\x20" + b"%s" + b"\x02\x20" + b"%s" + b"\x01"


@dataclass(frozen=True, slots=True)
class Spent:
    """An output about to be spent."""

    txid: bytes
    vout: int
    value: int
    opening: Opening


@dataclass(frozen=True, slots=True)
class Built:
    """A finished transaction: its bytes, ids in internal byte order."""

    raw: bytes
    txid: bytes
    wtxid: bytes
    segwit: bool


class _Parts:
    """What all inputs' signature hashes share, worked out once a transaction."""

    def __init__(
        self, spent: Sequence[Spent], outputs: Sequence[tuple[bytes, int]], version: int, locktime: int, sequence: int
    ) -> None:
        self.spent = spent
        self.head = pack("<i", version)
        self.tail = pack("<I", locktime)
        self.sequence = pack("<I", sequence)
        self.prevouts = [s.txid + pack("<I", s.vout) for s in spent]
        self.outputs = b"".join([pack("<q", value) + compact(len(code)) + code for code, value in outputs])
        self.counted = compact(len(outputs)) + self.outputs
        self.count = compact(len(spent))
        self.blank = b"".join([p + b"\0" + self.sequence for p in self.prevouts])
        self._segwit: tuple[bytes, bytes, bytes] | None = None
        self._taproot: bytes | None = None

    def legacy(self, i: int, code: bytes) -> bytes:
        """The digest input `i` signs before segwit, over script `code`."""
        before, after = self.blank[: 41 * i], self.blank[41 * (i + 1) :]
        mine = self.prevouts[i] + compact(len(code)) + code + self.sequence
        return sha256d(self.head + self.count + before + mine + after + self.counted + self.tail + _ALL)

    def segwit(self, i: int, code: bytes) -> bytes:
        """The digest of BIP143 for input `i`."""
        if self._segwit is None:
            joined = b"".join(self.prevouts)
            self._segwit = sha256d(joined), sha256d(self.sequence * len(self.spent)), sha256d(self.outputs)
        prevouts, sequences, outputs = self._segwit
        value = pack("<q", self.spent[i].value)
        mine = self.prevouts[i] + compact(len(code)) + code + value + self.sequence
        return sha256d(self.head + prevouts + sequences + mine + outputs + self.tail + _ALL)

    def taproot(self, i: int) -> bytes:
        """The digest of BIP341 for a key-path spend of input `i` with SIGHASH_DEFAULT."""
        if self._taproot is None:
            joined = [
                b"".join(self.prevouts),
                b"".join([pack("<q", s.value) for s in self.spent]),
                b"".join([compact(len(s.opening.script)) + s.opening.script for s in self.spent]),
                self.sequence * len(self.spent),
                self.outputs,
            ]
            self._taproot = b"".join([hashlib.sha256(j).digest() for j in joined])
        message = b"\0\0" + self.head + self.tail + self._taproot + b"\0" + pack("<I", i)
        return hashlib.sha256(_TAP_SIGHASH + message).digest()


def build(
    spent: Sequence[Spent],
    outputs: Sequence[tuple[bytes, int]],
    *,
    version: int = 2,
    locktime: int = 0,
    sequence: int = 0xFFFFFFFD,
) -> Built:
    """The transaction that spends `spent` into (script, satoshi) `outputs`, every input signed with SIGHASH_ALL.

    Keys without a private half sign with drawn bytes of the usual shape.
    """
    parts = _Parts(spent, outputs, version, locktime, sequence)
    opened = [_open(parts, i) for i in range(len(spent))]
    inputs = b"".join(
        [p + compact(len(o[0])) + o[0] + parts.sequence for p, o in zip(parts.prevouts, opened, strict=True)]
    )
    body = parts.count + inputs + parts.counted
    bare = parts.head + body + parts.tail
    txid = sha256d(bare)
    if not any(o[1] for o in opened):
        return Built(bare, txid, txid, segwit=False)
    stacks = b"".join([compact(len(o[1])) + b"".join([compact(len(x)) + x for x in o[1]]) for o in opened])
    raw = parts.head + b"\x00\x01" + body + stacks + parts.tail
    return Built(raw, txid, sha256d(raw), segwit=True)


def _open(parts: _Parts, i: int) -> tuple[bytes, tuple[bytes, ...]]:
    """The scriptSig and witness that open input `i`."""
    lock = parts.spent[i].opening
    form, keys = lock.form, lock.keys
    if form == "p2tr":
        return b"", (_schnorr(keys[0], parts.taproot(i)),)
    if form in ("p2wpkh", "p2sh_p2wpkh"):
        program = lock.inner or lock.script
        digest = parts.segwit(i, b"\x76\xa9\x14" + program[2:] + b"\x88\xac")
        return (_push(lock.inner) if lock.inner else b""), (_ecdsa(keys[0], digest), keys[0].public)
    if form == "p2wsh":
        digest = parts.segwit(i, lock.inner)
        return b"", (b"", *[_ecdsa(k, digest) for k in keys[: NEEDED[form]]], lock.inner)
    if form in ("p2a", "open"):
        return b"", ()
    digest = parts.legacy(i, lock.inner or lock.script)
    if form in NEEDED:
        signatures = b"".join([_push(_ecdsa(k, digest)) for k in keys[: NEEDED[form]]])
        return b"\x00" + signatures + (_push(lock.inner) if lock.inner else b""), ()
    signature = _push(_ecdsa(keys[0], digest))
    return (signature if form.startswith("p2pk_") or form == "p2pk" else signature + _push(keys[0].public)), ()


def _ecdsa(key: Key, digest: bytes) -> bytes:
    """A DER signature with its hash type: RFC 6979 nonce, low S (libsecp256k1 gives no other)."""
    if key.private is not None:
        signature: bytes = key.private.sign(digest, hasher=None)
        return signature + b"\x01"
    r, s = hashlib.sha256(key.public + digest).digest(), hashlib.sha256(digest + key.public).digest()
    return _SIGNATURE % (b"\x01" + r[1:], b"\x01" + s[1:])


def _schnorr(key: Key, digest: bytes) -> bytes:
    """A BIP340 signature of SIGHASH_DEFAULT."""
    if key.private is not None:
        signature: bytes = key.private.sign_schnorr(digest, _NO_AUX)
        return signature
    return hashlib.sha256(key.public + digest).digest() + hashlib.sha256(digest + key.public).digest()


def _push(data: bytes) -> bytes:
    """`data` as a script pushes it."""
    if len(data) < 0x4C:
        return bytes([len(data)]) + data
    return b"\x4c" + bytes([len(data)]) + data


def is_segwit(form: str) -> bool:
    """Whether spending a lock of `form` needs a witness."""
    return form in SEGWIT
