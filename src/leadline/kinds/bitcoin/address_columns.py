"""Whole columns of address text as script refs, each distinct address decoded once."""

import hashlib

import numpy as np
import pyarrow as pa

from leadline.kinds.bitcoin import address_kernels
from leadline.kinds.bitcoin import script as sc
from leadline.kinds.bitcoin.prefixes import Prefixes, prefixes


def scripts_of(addresses: pa.Array, network: str) -> pa.Array:
    """``script:network:sha256`` of each address; null where it is null or its checksum or network is wrong."""
    coded = addresses.dictionary_encode()
    refs = [
        None if script is None else f"script:{network}:{hashlib.sha256(script).hexdigest()}"
        for script in scripts(coded.dictionary, prefixes(network))
    ]
    return pa.array(refs, pa.string()).take(coded.indices)


def scripts(texts: pa.Array, network: Prefixes) -> list[bytes | None]:
    """The output script each address text (no nulls) stands for, None where it is no address of the network."""
    wide = texts.cast(pa.large_string())
    n = len(wide)
    if not n:
        return []
    buffers = wide.buffers()
    offsets = np.frombuffer(buffers[1], np.int64)[wide.offset : wide.offset + n + 1]
    data = np.frombuffer(buffers[2], np.uint8) if buffers[2] is not None else np.zeros(0, np.uint8)
    claimed, found, sizes = address_kernels.witness(data, offsets, network.hrp)
    result: list[bytes | None] = [None] * n
    for i in np.flatnonzero(sizes):
        result[i] = found[i, : sizes[i]].tobytes()
    if claimed.all():
        return result
    payloads, fits = address_kernels.base58(data, offsets)
    for i in np.flatnonzero(fits & ~claimed):
        result[i] = _hashed(payloads[i].tobytes(), network)
    return result


def _hashed(data: bytes, network: Prefixes) -> bytes | None:
    """The script of 25 Base58Check bytes."""
    payload = data[:-4]
    if hashlib.sha256(hashlib.sha256(payload).digest()).digest()[:4] != data[-4:]:
        return None
    if payload[0] == network.p2pkh_version:
        return sc.p2pkh(payload[1:])
    return sc.p2sh(payload[1:]) if payload[0] == network.p2sh_version else None
