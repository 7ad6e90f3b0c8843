"""Paths as rows: what the report, the graph and a legal request all draw from."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import numpy as np
import pyarrow as pa

from leadline.engines.ledger import Ledger
from leadline.kinds.bitcoin import address
from leadline.model import findings
from leadline.model.tables import from_columns
from leadline.steps.step import Claims
from leadline.steps.trace.payments import block_bounds

RECORDED = 1_000_000
"""Score of a spend the chain records: nothing is inferred."""


@dataclass(frozen=True, slots=True)
class Hop:
    """One step: the transaction, the output spent (-1 none named), the output created, its rule and score."""

    tx: int
    spent: int
    created: int
    rule: str = "spend"
    score: int = RECORDED


@dataclass(frozen=True, slots=True)
class Paths:
    """Collects paths while a step runs, and the ledger rows a finding rests on."""

    ledger: Ledger
    claims: Claims
    _count: dict[bytes, int] = field(default_factory=dict)
    _refs: dict[int, str] = field(default_factory=dict)
    _rows: dict[str, list[Any]] = field(default_factory=lambda: {c.name: [] for c in findings.HOP.columns})

    def add(self, finding: bytes, hops: Sequence[Hop]) -> None:
        """One more path of `finding`, which rests on every transaction of it."""
        path = self._count.get(finding, 0)
        self._count[finding] = path + 1
        for seq, hop in enumerate(hops):
            txid = self.ledger.txid_hex(hop.tx)
            self.claims.rest(finding, "ledger", f"ledger:{self.ledger.network}", f"tx:{txid}")
            script = self.ledger.script_bytes(int(self.ledger.out_script[hop.created]))
            _, low, high = self.block_of(hop.tx)
            values = (
                finding, path, seq, f"tx:{txid}", self.outpoint(hop.spent) if hop.spent >= 0 else None,
                self.outpoint(hop.created), hop.rule, hop.score, int(self.ledger.out_value[hop.created]),
                address.encode(script, self.ledger.network), low, high,
            )  # fmt: skip
            for name, value in zip(self._rows, values, strict=True):
                self._rows[name].append(value)

    def block_of(self, tx: int) -> tuple[int | None, datetime, datetime]:
        """Height (None where the ledger does not know it), earliest and latest time of the block of a transaction."""
        block = int(np.searchsorted(self.ledger.block_first_tx, tx, side="right")) - 1
        height = int(self.ledger.block_height[block])
        return (height if height >= 0 else None, *block_bounds(int(self.ledger.block_time[block])))

    def outpoint(self, output: int) -> str:
        """The ref of an output; each is asked for many times, and looked up once."""
        found = self._refs.get(output)
        if found is None:
            found = self._refs[output] = f"outpoint:{self.ledger.outpoint(output)}"
        return found

    def table(self) -> pa.Table:
        """The hop table."""
        return from_columns(findings.HOP, self._rows)
