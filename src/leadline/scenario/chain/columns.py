"""Scripts, addresses and accounts by the million as Arrow columns."""

import hashlib
from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa

from leadline.kinds.bitcoin import script as sc
from leadline.kinds.bitcoin.address import encode
from leadline.kinds.bitcoin.prefixes import PREFIXES
from leadline.scenario.chain.bulk_bytes import HASH_AT, HASH_LENGTH, KINDS, SCRIPTS, Bytes, Longs
from leadline.scenario.chain.text_kernels import BASE58_ROOM, base58, bech32
from leadline.scenario.plan import NETWORK

_REGTEST = PREFIXES[NETWORK]
_VERSIONS = (_REGTEST.p2pkh_version, _REGTEST.p2sh_version, 0, 1)
"""Version byte or witness version of each kind."""
_CHECKS = (0, 0, 1, 0x2BC830A3)
"""What a valid checksum leaves: BIP173 for version 0, BIP350 for version 1."""
_MANY = 20_000
"""Addresses from which on compiled columns are quicker than one at a time, their compiling included."""
_KINDS = {sc.P2PKH: 0, sc.P2SH: 1, sc.P2WPKH: 2, sc.P2TR: 3}
"""Kinds whose addresses are written in columns, by the number in `bulk_bytes.KINDS`."""
_PART = 500_000
"""Rows worked on at once, to bound memory."""


def script_rows(kind: int, hashes: Bytes) -> Bytes:
    """Output scripts of one kind, one a row."""
    out = np.tile(np.frombuffer(SCRIPTS[kind], np.uint8), (len(hashes), 1))
    out[:, HASH_AT[kind] : HASH_AT[kind] + HASH_LENGTH[kind]] = hashes
    return out


def address_rows(kind: int, hashes: Bytes) -> tuple[Bytes, Longs]:
    """Addresses of one kind as letters at the right end of each row, and their lengths."""
    n = len(hashes)
    if KINDS[kind] in ("p2wpkh", "p2tr"):
        hrp = np.frombuffer(_REGTEST.hrp.encode(), np.uint8)
        room = len(hrp) + 8 + -(-8 * HASH_LENGTH[kind] // 5)
        out = np.zeros((n, room), np.uint8)
        bech32(np.ascontiguousarray(hashes), _VERSIONS[kind], _CHECKS[kind], hrp, out)
        return out, np.full(n, room, np.int64)
    data = np.zeros((n, 25), np.uint8)
    data[:, 0] = _VERSIONS[kind]
    data[:, 1:21] = hashes
    text, sha = np.ascontiguousarray(data[:, :21]).tobytes(), hashlib.sha256
    sums = b"".join([sha(sha(text[at : at + 21]).digest()).digest()[:4] for at in range(0, len(text), 21)])
    data[:, 21:] = np.frombuffer(sums, np.uint8).reshape(n, 4)
    out = np.zeros((n, BASE58_ROOM), np.uint8)
    return out, base58(data, out)


def scripts_and_addresses(kinds: Longs, hashes: Bytes) -> tuple[pa.Array, pa.Array]:
    """The output script and the address of every row; of the 32 columns of `hashes` some kinds use 20."""
    scripts, texts = [], []
    for start in range(0, len(kinds), _PART):
        part, data = kinds[start : start + _PART], hashes[start : start + _PART]
        code = np.zeros((len(part), 34), np.uint8)
        code_length = np.zeros(len(part), np.int64)
        text = np.zeros((len(part), 64), np.uint8)
        text_length = np.zeros(len(part), np.int64)
        for kind in range(len(KINDS)):
            at = np.flatnonzero(part == kind)
            own = data[at][:, : HASH_LENGTH[kind]]
            rows = script_rows(kind, own)
            code[at, : rows.shape[1]], code_length[at] = rows, rows.shape[1]
            letters, length = address_rows(kind, own)
            text[at, 64 - letters.shape[1] :], text_length[at] = letters, length
        scripts.append(_packed(code, np.arange(34) < code_length[:, None], pa.binary()))
        texts.append(_packed(text, np.arange(64) >= 64 - text_length[:, None], pa.string()))
    return pa.concat_arrays(scripts), pa.concat_arrays(texts)


def addresses(scripts: Sequence[bytes]) -> pa.Array:
    """The address of each script on the training chain's network, null where it has none."""
    if len(scripts) < _MANY:
        return pa.array([encode(script, NETWORK) for script in scripts], pa.string())
    kinds = np.array([_KINDS.get(sc.classify(script), -1) for script in scripts])
    place = np.zeros(len(scripts), np.int64)
    found, before = [], 0
    for kind in range(len(KINDS)):
        at = np.flatnonzero(kinds == kind)
        start, end = HASH_AT[kind], HASH_AT[kind] + HASH_LENGTH[kind]
        hashes = np.frombuffer(b"".join([scripts[i][start:end] for i in at.tolist()]), np.uint8).reshape(
            len(at), end - start
        )
        letters, length = address_rows(kind, hashes)
        room = letters.shape[1]
        place[at] = before + np.arange(len(at))
        before += len(at)
        found.append(_packed(letters, np.arange(room) >= room - length[:, None], pa.string()))
    rest = np.flatnonzero(kinds < 0)
    place[rest] = before + np.arange(len(rest))
    found.append(pa.array([encode(scripts[i], NETWORK) for i in rest.tolist()], pa.string()))
    return pa.concat_arrays(found).take(pa.array(place))


def _packed(data: Bytes, used: np.ndarray[Any, np.dtype[np.bool_]], type_: pa.DataType) -> pa.Array:
    """Rows of bytes as an Arrow array of those that are used."""
    offsets = np.concatenate([[0], np.cumsum(used.sum(axis=1))]).astype(np.int32)
    buffers = [None, pa.py_buffer(offsets), pa.py_buffer(data[used])]
    return pa.Array.from_buffers(type_, len(data), buffers)
