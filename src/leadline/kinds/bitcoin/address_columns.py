"""Whole columns of address text as script refs, each distinct address decoded once."""

import hashlib
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from leadline.kinds.bitcoin import address_kernels
from leadline.kinds.bitcoin import script as sc
from leadline.kinds.bitcoin.prefixes import Prefixes, prefixes

READ_AS = ("main", "test", "regtest")
"""Networks an address is tried on, in this order: test and signet write alike, and regtest differs in bech32 alone."""


@dataclass(frozen=True, slots=True)
class Addresses:
    """Columns of addresses read: refs and networks, null where there is none; which are of another network."""

    refs: pa.Array
    networks: pa.Array
    elsewhere: npt.NDArray[np.bool_]


def read(addresses: pa.Array, network: str) -> Addresses:
    """Addresses of `network`, or each of the network it reads as where that is empty; each distinct one read once."""
    coded = addresses.dictionary_encode()
    n = len(coded.dictionary)
    refs, networks = pa.nulls(n, pa.string()), pa.nulls(n, pa.string())
    for name in (network,) if network else READ_AS:
        found = scripts_of(coded.dictionary, name)
        networks = pc.if_else(pc.and_(pc.is_null(refs), pc.is_valid(found)), name, networks)
        refs = pc.coalesce(refs, found)
    elsewhere = np.zeros(n, np.bool_)
    if network and refs.null_count:
        others = [scripts_of(pc.if_else(pc.is_null(refs), coded.dictionary, None), name) for name in READ_AS]
        elsewhere = pc.is_valid(pc.coalesce(*others)).to_numpy(zero_copy_only=False)
    at = coded.indices
    there = pa.array(elsewhere).take(at)
    return Addresses(refs.take(at), networks.take(at), pc.fill_null(there, False).to_numpy(zero_copy_only=False))


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
