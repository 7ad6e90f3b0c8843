"""Whole columns of address text as script refs, each distinct address decoded once."""

import hashlib

import pyarrow as pa

from leadline.errors import EvidenceError
from leadline.kinds.codecs.address import decode


def scripts_of(addresses: pa.Array, network: str) -> pa.Array:
    """``script:network:sha256`` of each address; null where it is null or its checksum or network is wrong."""
    coded = addresses.dictionary_encode()
    refs = pa.array([_script(text, network) for text in coded.dictionary.to_pylist()], pa.string())
    return refs.take(coded.indices)


def _script(text: str, network: str) -> str | None:
    try:
        return f"script:{network}:{hashlib.sha256(decode(text, network)).hexdigest()}"
    except EvidenceError:
        return None
