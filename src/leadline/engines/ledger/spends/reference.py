"""What the kernel that resolves inputs does, in plain Python: slow, and what the tests hold it to."""

from collections.abc import Sequence

from leadline.kinds.bitcoin.tx import Tx
from leadline.model.ledger import COINBASE, OUTSIDE


def resolve(txs: Sequence[tuple[bytes, Tx]]) -> list[int]:
    """Position of the output each input spends, in chain order of (id, transaction)."""
    outputs: dict[tuple[bytes, int], int] = {}
    prev, count = [], 0
    for txid, tx in txs:
        for i in tx.inputs:
            coinbase = i.prev_txid == bytes(32) and i.prev_index == 0xFFFFFFFF
            prev.append(COINBASE if coinbase else outputs.get((i.prev_txid, i.prev_index), OUTSIDE))
        for vout in range(len(tx.outputs)):
            outputs[txid, vout] = count
            count += 1
    return prev
