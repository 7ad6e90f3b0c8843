"""The end of a block file that was copied while a node wrote to it: a block of which only the beginning is there.

A node sets room aside ahead, so such a block does not run over the file's end: zeros stand where its rest would be.
"""

import numpy as np

from leadline.engines.ledger import blockfiles, sha256
from leadline.engines.ledger.blockfiles import BlockFile, Bytes, Cut, Record
from leadline.engines.ledger.chunks import Room, parse
from leadline.engines.ledger.scan_kernels import data_end
from leadline.kinds.chain import Network

LOCK_TIME = 4
"""Bytes at the end of a block that are zeros in most: its last transaction's lock time."""


def scan(number: int, file: BlockFile, raw: Bytes, network: Network) -> tuple[list[Record], list[Cut]]:
    """As blockfiles.scan; a last block that reaches into the zeros at the end and is not whole is cut, not a record."""
    records, cuts = blockfiles.scan(number, file, raw, network)
    end = int(data_end(raw))
    spared = LOCK_TIME if file.key == blockfiles.NO_KEY else 0
    if not records or records[-1].at + records[-1].size <= end + spared:
        return records, cuts
    last = records[-1]
    data = np.ascontiguousarray(blockfiles.unmask(raw[last.at : last.at + last.size], last.at, file.key))
    roots = np.frombuffer(last.header[36:68], np.uint8).reshape(1, 32)
    _, bad, _ = parse(data, np.array([0, last.size]), roots, Room(last.size), fast=sha256.libcrypto())
    if bad < 0:
        return records, cuts
    return records[:-1], [*cuts, Cut(number, max(last.at - 8, 0), last.at + last.size - end)]
