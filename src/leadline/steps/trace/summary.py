"""What is said first: how much of the value paid reaches a service that pinned tags name, and on what grounds."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from leadline.kinds.bitcoin.amount import btc
from leadline.model.words import INFERRED, RECORDED

READS = ("payment", "release", "basis", "attribution", "tag_conflict", "tag_fault")
"""The tables the summary is made from."""
WHOLE = 1_000_000


@dataclass(frozen=True, slots=True)
class Reached:
    """Satoshi of all payments, and of them what reached a tagged service: over tagged addresses and recorded spends
    only, over a cluster or behaviour too, and by packs that say they are public; payments; conflicts and faults."""

    payments: int
    sat: int
    recorded_sat: int
    inferred_sat: int
    public_sat: int
    conflicts: int
    faults: int

    @property
    def share_ppm(self) -> int:
        """The share of the value that reached a tagged service, in millionths, rounded down."""
        return (self.recorded_sat + self.inferred_sat) * WHOLE // self.sat if self.sat else 0


def reached(tables: Mapping[str, pa.Table]) -> Reached:
    """The summary of READS. A share of a payment in millionths is turned into satoshi rounded down, grade by grade.

    Legal returns and people's decisions have no part in it: it is what anyone with these tags would find.
    """
    paid = tables["payment"]
    value = dict(zip(paid.column("outpoint").to_pylist(), paid.column("value_sat").to_pylist(), strict=True))
    public = _public(tables)
    shares: dict[tuple[str, str], int] = defaultdict(int)
    columns = ("finding", "payment", "grade", "share_ppm")
    for finding, payment, grade, share in zip(*(tables["release"].column(c).to_pylist() for c in columns), strict=True):
        shares[payment, grade] += share
        if finding in public:
            shares[payment, "public"] += share
    sums: dict[str, int] = defaultdict(int)
    for (payment, grade), share in shares.items():
        sums[grade] += value[payment] * share // WHOLE
    places = set(zip(*(tables["tag_conflict"].column(c).to_pylist() for c in ("scope", "place")), strict=True))
    faults = tables["tag_fault"].num_rows
    whole = sum(value.values())
    return Reached(len(value), whole, sums[RECORDED], sums[INFERRED], sums["public"], len(places), faults)


def lines(summary: Reached) -> list[str]:
    """The summary in sentences, the share first; none when nothing was traced."""
    if not summary.payments:
        return []
    named = summary.recorded_sat + summary.inferred_sat
    whole = f"{btc(named)} of {btc(summary.sat)} BTC in {summary.payments:,} payments"
    said = [
        f"{_percent(summary.share_ppm)} of the value paid ({whole}) reaches a service that pinned tags name: "
        f"{btc(summary.recorded_sat)} BTC over tagged addresses and recorded spends alone, "
        f"{btc(summary.inferred_sat)} BTC only over a cluster or behaviour too, which is inferred; "
        f"{btc(summary.public_sat)} BTC by packs that say they are public"
    ]
    if summary.conflicts:
        said.append(f"places where tags contradict one another: {summary.conflicts:,}, table tag_conflict")
    if summary.faults:
        said.append(f"entries or packs of tags that could not be used: {summary.faults:,}, table tag_fault")
    return said


def _public(tables: Mapping[str, pa.Table]) -> set[bytes]:
    """The findings all of whose tags stand in packs that say they are public."""
    said = tables["attribution"].select(["tag", "entry", "public"]).to_pylist()
    open_ = {(row["tag"], f"entry:{row['entry']}") for row in said if row["public"]}
    basis = tables["basis"]
    mine = pc.and_(pc.equal(basis.column("kind"), "tag"), pc.equal(basis.column("role"), "for"))
    rows = basis.filter(mine).select(["finding", "ref", "locator"]).to_pylist()
    closed = {row["finding"] for row in rows if (row["ref"], row["locator"]) not in open_}
    return {row["finding"] for row in rows} - closed


def _percent(ppm: int) -> str:
    return f"{ppm // 10_000}.{ppm % 10_000 // 100:02d} %"
