"""The truth beside a training case."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from leadline.scenario import truth as truths
from leadline.scenario.plan import TAGGED
from leadline.scenario.reviewer import account_ref, customer_ref
from leadline.scenario.score.lines import Row, pairs


@dataclass(frozen=True)
class Truth:
    """The truth beside a training case, each table read when first asked for."""

    folder: Path

    def table(self, name: str) -> pa.Table:
        """One truth table."""
        return truths.read(self.folder, name)

    @cached_property
    def payments(self) -> list[Row]:
        """Payments of purchases, each with the purchase's customer and the outpoint ref."""
        customer = dict(zip(*(self.table("purchases")[c].to_pylist() for c in ("purchase", "customer")), strict=True))
        rows = [r for r in self.table("payments").to_pylist() if r["purchase"] >= 0]
        return [
            r | {"customer": customer[r["purchase"]], "outpoint": f"outpoint:{r['txid']}:{r['vout']}"} for r in rows
        ]

    @cached_property
    def people_of(self) -> dict[str, int]:
        """Account or customer ref -> the person who uses the account, or in whose name the record stands."""
        accounts = self.table("accounts").filter(pc.greater_equal(self.table("accounts")["user"], 0))
        found = {account_ref(a): p for a, p in pairs(accounts, "account", "user")}
        records = self.table("customers").filter(pc.greater_equal(self.table("customers")["person"], 0))
        return found | {customer_ref(c): p for c, p in pairs(records, "customer", "person")}


def tagged_service(payment: Row) -> str | None:
    """The tagged service whose release a tracer that knows every owner would name."""
    return payment["service"] if payment["stop"] is None and payment["service"] in TAGGED else None
