"""Many transactions of one shape at once: columns in, rows of bytes and ids out.

A shape is (kind of all inputs, how many, kinds of the outputs); its transactions all have the same length, so that a
group is one array of bytes filled column by column. Signatures are drawn bytes in the usual form and open nothing.
"""

import hashlib
from dataclasses import dataclass
from typing import Any

import numpy as np

from leadline.kinds.bitcoin import script as sc

Bytes = np.ndarray[Any, np.dtype[np.uint8]]
Longs = np.ndarray[Any, np.dtype[np.int64]]

KINDS = ("p2pkh", "p2sh_p2wpkh", "p2wpkh", "p2tr")
"""Kinds of wallets, by the number used in columns."""
_BLANK = bytes(20)
SCRIPTS = (sc.p2pkh(_BLANK), sc.p2sh(_BLANK), sc.witness(0, _BLANK), sc.witness(1, bytes(32)))
"""An output script of each kind with its hash or key left blank."""
HASH_AT = (3, 2, 2, 2)
"""Where in it the hash or key begins."""
HASH_LENGTH = (20, 20, 20, 32)
_SIGNATURE = b"\x30\x44\x02\x20" + bytes(32) + b"\x02\x20" + bytes(32) + b"\x01"
_SIG_SCRIPTS = (b"\x47" + _SIGNATURE + b"\x21\x02" + bytes(32), b"\x16\x00\x14" + _BLANK, b"", b"")
_KEYED = b"\x02\x47" + _SIGNATURE + b"\x21\x02" + bytes(32)
_WITNESSES = (b"", _KEYED, _KEYED, b"\x01\x40" + bytes(64))
_SEQUENCE = b"\xfd\xff\xff\xff"


@dataclass(frozen=True, slots=True)
class Group:
    """Columns of `m` transactions of one shape: k inputs of `kind`, outputs of `out_kinds`."""

    kind: int
    out_kinds: tuple[int, ...]
    prev_txid: Bytes  # m, k, 32
    prev_vout: Longs  # m, k
    key: Bytes  # m, k, 32: the public keys that open the inputs
    program: Bytes  # m, k, 20: hash of each key
    noise: Bytes  # m, k, 64: what stands for signatures
    values: Longs  # m, outputs
    scripts: tuple[Bytes, ...]  # an output: m, 20 or 32


def sizes(kind: int, inputs: int, out_kinds: tuple[int, ...]) -> tuple[int, int]:
    """Bytes of a transaction of a shape without and with its witness."""
    bare = 10 + inputs * (41 + len(_SIG_SCRIPTS[kind])) + sum(9 + len(SCRIPTS[o]) for o in out_kinds)
    witness = inputs * len(_WITNESSES[kind])
    return bare, bare + witness + 2 if witness else bare


def rows(group: Group) -> tuple[Bytes, list[bytes], list[bytes]]:
    """The transactions of a group, one a row, with their txids and wtxids in internal byte order."""
    m, k = group.prev_vout.shape
    sig_script, witness = _SIG_SCRIPTS[group.kind], _WITNESSES[group.kind]
    one = bytes(36) + bytes([len(sig_script)]) + sig_script + _SEQUENCE
    outs = b"".join(bytes(8) + bytes([len(SCRIPTS[o])]) + SCRIPTS[o] for o in group.out_kinds)
    template = b"\x02\0\0\0" + bytes([k]) + one * k + bytes([len(group.out_kinds)]) + outs + bytes(4)
    bare = _filled(m, template)
    for i in range(k):
        at = 5 + i * len(one)
        bare[:, at : at + 32] = group.prev_txid[:, i]
        bare[:, at + 32 : at + 36] = _little(group.prev_vout[:, i], 4)
        if KINDS[group.kind] == "p2pkh":
            _sign(bare, at + 38, group.noise[:, i])
            bare[:, at + 37 + 74 : at + 37 + 106] = group.key[:, i]
        elif KINDS[group.kind] == "p2sh_p2wpkh":
            bare[:, at + 40 : at + 60] = group.program[:, i]
    at = 6 + k * len(one)
    for n, out in enumerate(group.out_kinds):
        bare[:, at : at + 8] = _little(group.values[:, n], 8)
        start = at + 9 + HASH_AT[out]
        bare[:, start : start + HASH_LENGTH[out]] = group.scripts[n]
        at += 9 + len(SCRIPTS[out])
    txids = _ids(bare)
    if not witness:
        return bare, txids, txids
    full = _filled(m, template[:4] + b"\x00\x01" + template[4:-4] + witness * k + template[-4:])
    full[:, 6 : 6 + len(template) - 8] = bare[:, 4:-4]
    for i in range(k):
        at = len(template) - 2 + i * len(witness)
        if KINDS[group.kind] == "p2tr":
            full[:, at + 2 : at + 66] = group.noise[:, i]
        else:
            _sign(full, at + 2, group.noise[:, i])
            full[:, at + 75 : at + 107] = group.key[:, i]
    return full, txids, _ids(full)


def _sign(to: Bytes, at: int, noise: Bytes) -> None:
    """Put a signature of drawn bytes at column `at`: 71 bytes, both numbers positive."""
    to[:, at + 4 : at + 36] = noise[:, :32]
    to[:, at + 38 : at + 70] = noise[:, 32:]
    to[:, at + 4] &= 0x3F
    to[:, at + 4] |= 0x40
    to[:, at + 38] &= 0x3F
    to[:, at + 38] |= 0x40


def _filled(m: int, template: bytes) -> Bytes:
    """`m` rows of the same bytes."""
    return np.tile(np.frombuffer(template, np.uint8), (m, 1))


def _little(values: Longs, width: int) -> Bytes:
    """Integers as little-endian bytes, one row each."""
    whole: Bytes = np.ascontiguousarray(values, dtype="<i8").view(np.uint8).reshape(len(values), 8)
    return whole[:, :width]


def _ids(data: Bytes) -> list[bytes]:
    """SHA-256 twice of every row."""
    text, size, sha = data.tobytes(), data.shape[1], hashlib.sha256
    return [sha(sha(text[at : at + size]).digest()).digest() for at in range(0, len(text), size)]
