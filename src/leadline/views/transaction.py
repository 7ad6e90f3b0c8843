"""What a ledger says of a transaction, an output, a script: the facts that ``ledger tx`` and ``ledger find`` print."""

from typing import Any

from leadline.engines.ledger import Ledger
from leadline.engines.ledger.attribution.keys import same_key
from leadline.kinds.bitcoin import script as sc
from leadline.kinds.bitcoin.address import encode
from leadline.kinds.bitcoin.networks import network
from leadline.kinds.bitcoin.tx import id_text
from leadline.model.ledger import COINBASE, JOINS, OUTSIDE
from leadline.views.named import script_of

Facts = dict[str, Any]
SPENT, UNSPENT, UNSPENDABLE, OUTSIDE_STATE = "spent", "unspent", "unspendable", "outside"
"""State of an output: spent in the ledger; unspent at its last block; never spendable (op_return, the genesis coinbase,
one whose id a later transaction took before BIP30); or, where the ledger lacks blocks that follow, no spender in it,
which says nothing."""
_NOTHING: Facts = {
    "outputs": [],
    "spent_from_outside": [],
    "received_sat": 0,
    "spent_sat": 0,
    "outside_sat": 0,
    "cluster": None,
}
"""What is said of a script the ledger does not have."""


def found(ledger: Ledger, text: str) -> Facts:
    """What pays an address, a public key or a script named by `text`, and what spends it.

    Raises:
        UsageError: the text is none of these, or an address of another network.
    """
    height = ledger.height if ledger.height >= 0 else None
    return {**address(ledger, script_of(ledger, text)), "ledger_height": height}


def transaction(ledger: Ledger, found: int) -> Facts:
    """The transaction at a position, with inputs, outputs, fee and shape.

    The fee is null while the value of any input is unknown, and for a coinbase, which pays none.
    """
    ins = range(int(ledger.tx_first_in[found]), int(ledger.tx_first_in[found + 1]))
    outs = range(int(ledger.tx_first_out[found]), int(ledger.tx_first_out[found + 1]))
    spent, created = [_input(ledger, i) for i in ins], [output(ledger, o) for o in outs]
    known = all(s["value_sat"] is not None for s in spent)
    block = int(ledger.tx_block([found])[0])
    height, median = int(ledger.tx_height[found]), ledger.median_time_of(block)
    coinbase = int(ledger.in_prev[ins[0]]) == COINBASE
    return {
        "ok": True,
        "txid": id_text(ledger.tx_id[found].tobytes()),
        "height": height if height >= 0 else None,
        "block": id_text(ledger.block_hash[block].tobytes()),
        "block_time": int(ledger.block_time[block]),
        "median_time": median if median >= 0 else None,
        "ledger_height": ledger.height if ledger.height >= 0 else None,
        "coinbase": coinbase,
        "subsidy_sat": network(ledger.network).subsidy(height) if coinbase and height >= 0 else None,
        "shape": JOINS[int(ledger.tx_join[found])],
        "inputs": spent,
        "outputs": created,
        "fee_sat": sum(s["value_sat"] for s in spent) - sum(o["value_sat"] for o in created) if known else None,
    }


def address(ledger: Ledger, script: bytes) -> Facts:
    """What pays a script, by its address where it has one, and the other scripts its key opens."""
    own = ledger.find_script(script)
    others = [_script(ledger, s) for s in same_key(ledger, script) if s != own]
    paid = _script(ledger, own) if own >= 0 else _NOTHING | _names(ledger, script)
    return {"ok": True, "found": own >= 0 or bool(others), **paid, "same_key": others}


def output(ledger: Ledger, position: int) -> Facts:
    """An output: where it stands, what it is worth, whom it pays, who spends it."""
    script = ledger.script_bytes(int(ledger.out_script[position]))
    spender = int(ledger.out_spender[position])
    height = int(ledger.tx_height[int(ledger.out_tx([position])[0])])
    return {
        "outpoint": ledger.outpoint(position),
        "height": height if height >= 0 else None,
        "value_sat": int(ledger.out_value[position]),
        **_names(ledger, script),
        "spent_by": ledger.txid_hex(int(ledger.in_tx([spender])[0])) if spender >= 0 else None,
        "state": SPENT if spender >= 0 else _unspent(ledger, position, script),
    }


def _unspent(ledger: Ledger, position: int, script: bytes) -> str:
    tx = int(ledger.out_tx([position])[0])
    genesis = tx == 0 and int(ledger.block_height[0]) == 0
    replaced = ledger.tx_index(ledger.txid_hex(tx)) != tx
    if genesis or replaced or sc.classify(script) == sc.OP_RETURN:
        return UNSPENDABLE
    return UNSPENT if ledger.reaches_tip([position])[0] else OUTSIDE_STATE


def _input(ledger: Ledger, position: int) -> Facts:
    """An input: what it spent, as far as the ledger or an undo record tells; `kind` says why nothing is known."""
    prev = int(ledger.in_prev[position])
    if prev >= 0:
        row = output(ledger, prev)
        return {k: row[k] for k in ("outpoint", "value_sat", "address", "kind", "script")}
    unknown: Facts = {"outpoint": None, "value_sat": None, "address": None, "kind": "outside", "script": None}
    if prev == OUTSIDE and ledger.in_script[position] >= 0:
        script = ledger.script_bytes(int(ledger.in_script[position]))
        return unknown | {"value_sat": int(ledger.in_value[position]), **_names(ledger, script)}
    return unknown | {"kind": "coinbase"} if prev == COINBASE else unknown


def _names(ledger: Ledger, script: bytes) -> Facts:
    return {"address": encode(script, ledger.network), "kind": sc.kind(script), "script": script.hex()}


def _script(ledger: Ledger, script: int) -> Facts:
    """What pays a script of the ledger and what is known to have spent it: rows, sums and its cluster."""
    rows = [output(ledger, int(o)) for o in ledger.outputs_of([script])]
    ins = ledger.spends_from_outside([script])
    outside = [
        {"txid": ledger.txid_hex(int(t)), "value_sat": int(ledger.in_value[i])}
        for i, t in zip(ins, ledger.in_tx(ins), strict=True)
    ]
    label = int(ledger.cluster_of[script])
    return {
        **_names(ledger, ledger.script_bytes(script)),
        "outputs": rows,
        "spent_from_outside": outside,
        "received_sat": sum(r["value_sat"] for r in rows),
        "spent_sat": sum(r["value_sat"] for r in rows if r["spent_by"]),
        "outside_sat": sum(r["value_sat"] for r in rows if r["state"] == OUTSIDE_STATE),
        "cluster": {
            "label": label,
            "scripts": len(ledger.members_of([label])),
            "merges": len(ledger.merge_txs_of(label)),
        },
    }
