"""Payments: the outputs on the pinned chain that pay an address the records give for an account."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pyarrow as pa

from leadline.engines.ledger import Ledger
from leadline.engines.ledger.view import Ints, View
from leadline.model import findings
from leadline.model.predicates import RECEIVED
from leadline.model.tables import from_columns
from leadline.model.times import BLOCK_DOUBT_SECONDS
from leadline.steps.step import Claims, Inputs
from leadline.steps.trace.seeds import Seeds

_STATED = """
WITH scripts AS (SELECT script, 'script:$network:' || sha256(bytes) AS ref FROM raw)
SELECT DISTINCT ON (a.subject, s.script) a.subject, s.script, a.role, a.exhibit, a.locator
FROM scripts s JOIN address a ON a.script = s.ref
WHERE (a.role = 'payment' AND a.subject LIKE 'account:%') OR a.role = 'cold'
ORDER BY a.subject, s.script, a.role DESC, a.exhibit, a.locator
"""


@dataclass(frozen=True, slots=True)
class Payments:
    """Payments: outputs in chain order, the `received` findings about each, the account of each finding, the market's
    scripts, the payment table.

    `stated` are the scripts the records give for accounts' payments or as the market's own, and those that follow from
    its keys.
    """

    output: Ints
    findings: dict[int, list[bytes]]
    account: dict[bytes, str]
    stated: Ints
    table: pa.Table


def payments(inputs: Inputs, claims: Claims, view: View, seeds: Seeds) -> Payments:
    """Every output that pays a payment address of an account, stated or derived, with a `received` finding each.

    The first statement of an address, in exhibit order, is what the finding rests on; one that was derived only, on its
    `derived` finding. Where the records give one address for several accounts, each has a finding, and the statements
    for the others stand against it: the output is one, and whose it is they leave open. Addresses of other networks
    have other script refs and so find nothing.
    """
    given = inputs.sql(_STATED.replace("$network", view.ledger.network), raw=_script_bytes(view.ledger)).to_pylist()
    own = [row["script"] for row in given if row["role"] == "cold"]
    records = [row for row in given if row["role"] == "payment"]
    known = {(row["subject"], row["script"]) for row in records}
    for row in seeds.stated:
        if (row["subject"], row["script"]) not in known:
            known.add((row["subject"], row["script"]))
            records.append(row)
    scripts = np.array([row["script"] for row in records], np.int64)
    outputs = view.ledger.outputs_of(scripts)
    order = np.argsort(scripts, kind="stable")
    first = np.searchsorted(scripts[order], view.out_script[outputs], side="left")
    last = np.searchsorted(scripts[order], view.out_script[outputs], side="right")
    rows: dict[str, list[Any]] = {c.name: [] for c in findings.PAYMENT.columns}
    by_output: dict[int, list[bytes]] = {}
    account: dict[bytes, str] = {}
    txs = view.out_tx(outputs)
    for o, tx, a, b in zip(outputs.tolist(), txs.tolist(), first.tolist(), last.tolist(), strict=True):
        outpoint = view.ledger.outpoint(o)
        stated_for = [records[i] for i in order[a:b].tolist()]
        for record in stated_for:
            id_ = claims.add(record["subject"], RECEIVED, f"outpoint:{outpoint}")
            claims.rest(id_, "exhibit", f"exhibit:{record['exhibit'].hex()}", record["locator"])
            for other in stated_for:
                if other is not record:
                    claims.rest(id_, "exhibit", f"exhibit:{other['exhibit'].hex()}", other["locator"], "against")
            if "derived" in record:
                claims.rest(id_, "finding", f"finding:{record['derived'].hex()}")
            claims.rest(id_, "ledger", f"ledger:{view.ledger.network}", f"out:{outpoint}")
            by_output.setdefault(o, []).append(id_)
            account[id_] = record["subject"]
            low, high = block_bounds(int(view.tx_time[tx]))
            height = int(view.tx_height[tx])
            values = (id_, record["subject"], f"outpoint:{outpoint}", int(view.out_value[o]), height, low, high)
            for name, value in zip(rows, values, strict=True):
                rows[name].append(value)
    stated = np.unique(np.concatenate([scripts, np.array(own, np.int64), seeds.own]))
    return Payments(outputs, by_output, account, stated, from_columns(findings.PAYMENT, rows))


def block_bounds(time: int) -> tuple[datetime, datetime]:
    """Earliest and latest real time of a block with this header time."""
    moment, doubt = datetime.fromtimestamp(time, UTC), timedelta(seconds=BLOCK_DOUBT_SECONDS)
    return moment - doubt, moment + doubt


def _script_bytes(ledger: Ledger) -> pa.Table:
    """Table (script, bytes): every script of the ledger, without a copy of its bytes."""
    count = len(ledger.script_kind)
    buffers = [None, pa.py_buffer(ledger.script_at), pa.py_buffer(ledger.script_blob)]
    blob = pa.LargeBinaryArray.from_buffers(pa.large_binary(), count, buffers)
    return pa.table({"script": pa.array(np.arange(count, dtype=np.int64)), "bytes": blob})
