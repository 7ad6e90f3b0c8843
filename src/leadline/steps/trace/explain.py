"""A path as text that a jury could follow: each transaction a line, what it spent below it, why the path ended last."""

from collections.abc import Mapping
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from leadline.kinds.codecs.money import btc

RULES = {
    "spend": "recorded on the chain",
    "change": "taken for change: every other output of the transaction went to a service",
    "peel": "taken for change by most of the signs that speak, the other output being a payment",
    "cluster": "spent together with other scripts of a tagged cluster",
    "tag": "an address named in a pinned tag pack",
}
"""What each rule of a hop says."""


def draw(finding_id: bytes, tables: Mapping[str, pa.Table]) -> str:
    """The paths of a finding of trace as text, from tables hop, release, stop, cashout and payment; empty without hops.

    Backward paths begin at the payment, forward ones at the market's receipt.
    """
    hops = _of(tables, "hop", finding_id)
    lines: list[str] = []
    for path in sorted({hop["path"] for hop in hops}):
        steps = [hop for hop in hops if hop["path"] == path]
        lines.append(f"path {path + 1}")
        for hop in steps:
            lines.append(f"  {hop['seq']:>2}  {hop['tx']}")
            lines.append(f"        made   {hop['outpoint_out']}")
            if hop["outpoint_in"] is not None:
                lines.append(f"        spent  {hop['outpoint_in']}")
            lines.append(f"        {hop['rule']} ({_percent(hop['score_ppm'])}): {RULES[hop['rule']]}")
    if not lines:
        return ""
    for row in _of(tables, "release", finding_id):
        lines.append(
            f"{row['service']} released {btc(row['value_sat'])} BTC by {row['release_outpoint']}, {row['hops']} "
            f"private transactions before the payment; {_percent(row['share_ppm'])} of its input value; {row['grade']}"
        )
    for row in _of(tables, "stop", finding_id):
        lines.append(
            f"stopped at {row['at']} after {row['hops']} hops: {row['reason']}; {_percent(row['share_ppm'])} of the "
            f"payment's inputs. {row['next_step']}"
        )
        if row["signs"]:
            lines.append(f"signs: {row['signs']}")
    for row in _of(tables, "cashout", finding_id):
        lines.append(
            f"{btc(row['value_sat'])} BTC reached {row['service']} by {row['outpoint']}, {row['hops']} transactions "
            "after a receipt"
        )
    return "\n".join(lines) + "\n"


def _of(tables: Mapping[str, pa.Table], name: str, finding_id: bytes) -> list[dict[str, Any]]:
    if name not in tables:
        return []
    table = tables[name]
    rows: list[dict[str, Any]] = table.filter(pc.equal(table.column("finding"), finding_id)).to_pylist()
    return rows


def _percent(ppm: int) -> str:
    whole, part = divmod(ppm, 10_000)
    return f"{whole}.{part:04d} %"
