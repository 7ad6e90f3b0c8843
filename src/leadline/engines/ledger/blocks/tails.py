"""The end of a block file that was copied while a node wrote to it: a block of which only the beginning is there.

A node sets room aside ahead, so such a block does not run over the file's end: zeros stand where its rest would be.
Reading it breaks off where the zeros begin. One that cannot be read before that is not cut but damaged.
"""

import numpy as np

from leadline.engines.ledger.blocks import blockfiles, sha256
from leadline.engines.ledger.blocks.blockfiles import BlockFile, Bytes, Cut, Record
from leadline.engines.ledger.blocks.chunks import Room, parse
from leadline.engines.ledger.blocks.scan_kernels import data_end
from leadline.kinds.bitcoin.networks import Network

LOCK_TIME = 4
"""Bytes at the end of a block that are zeros in most: its last transaction's lock time."""
FIELD = 9
"""Bytes of the longest field of a block that tells how long something is: reading fails behind where that begins."""


def scan(number: int, file: BlockFile, raw: Bytes, network: Network) -> tuple[list[Record], list[Cut]]:
    """As blockfiles.scan; a last block that is not whole because zeros stand where its rest would be is cut, no record.

    Where it can be read to its end and only its merkle root is wrong, the zeros lie within its last transaction or
    another part is damaged: nothing tells which, and the cut is not `certain`.
    """
    records, cuts = blockfiles.scan(number, file, raw, network)
    end = int(data_end(raw))
    spared = LOCK_TIME if file.key == blockfiles.NO_KEY else 0
    if not records or records[-1].at + records[-1].size <= end + spared:
        return records, cuts
    last = records[-1]
    data = np.ascontiguousarray(blockfiles.unmask(raw[last.at : last.at + last.size], last.at, file.key))
    roots = np.frombuffer(last.header[36:68], np.uint8).reshape(1, 32)
    _, bad, at = parse(data, np.array([0, last.size]), roots, Room(last.size), fast=sha256.libcrypto())
    if bad < 0 or 0 < at < end - last.at - FIELD or at == last.size:
        return records, cuts
    return records[:-1], [*cuts, Cut(number, max(last.at - 8, 0), last.at + last.size - end, certain=at > 0)]
