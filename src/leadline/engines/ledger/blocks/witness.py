"""Witness data held to what a block's coinbase commits to (BIP141): what the merkle root does not cover."""

import numpy as np

from leadline.engines.ledger.blocks import sha256
from leadline.engines.ledger.blocks.chunks import Parsed
from leadline.kinds.bitcoin.tx import sha256d

COMMITS = bytes.fromhex("6a24aa21a9ed")
"""How the coinbase output begins that commits to the witness data; of several the last one does."""
COMMITMENT = 38
"""Least bytes of such an output: its beginning and a hash."""
RESERVED = b"\x01\x20"
"""How the coinbase's own witness begins: one item of 32 bytes, which is hashed with the tree's root."""


def failed(parsed: Parsed, *, fast: bool) -> list[int]:
    """The blocks, by their place among those parsed, whose witness data is not what their coinbase commits to.

    A block without witness data, as all before 2017 are, has nothing to be held to.
    """
    span = parsed.rows.span
    carries = span[:, 1] > span[:, 0] + 4
    if not carries.any():
        return []
    whole = np.stack([span[:, 0], span[:, 0] + 4, span[:, 3] - 4, span[:, 3]], axis=1)
    ids = np.empty((len(span), 32), np.uint8)
    sha256.transaction_ids(parsed.data, whole, ids, fast=fast)
    last = np.cumsum(parsed.block_tx)
    bad = []
    for k, (begin, end) in enumerate(zip((last - parsed.block_tx).tolist(), last.tolist(), strict=True)):
        if carries[begin:end].any():
            ids[begin] = 0
            root = sha256.root_of(ids[begin:end], fast=fast)
            own = parsed.data[span[begin, 2] : span[begin, 3] - 4].tobytes()
            said = sha256d(root + own[len(RESERVED) :])
            if len(own) != len(RESERVED) + 32 or own[: len(RESERVED)] != RESERVED or said != _commitment(parsed, begin):
                bad.append(k)
    return bad


def _commitment(parsed: Parsed, coinbase: int) -> bytes | None:
    """The hash that a coinbase commits to, None when it commits to nothing."""
    rows = parsed.rows
    first = int(rows.first_out[coinbase - 1]) if coinbase else 0
    for output in range(int(rows.first_out[coinbase]) - 1, first - 1, -1):
        at = int(rows.script_at[output])
        if rows.script_size[output] >= COMMITMENT and parsed.data[at : at + len(COMMITS)].tobytes() == COMMITS:
            return parsed.data[at + len(COMMITS) : at + COMMITMENT].tobytes()
    return None
