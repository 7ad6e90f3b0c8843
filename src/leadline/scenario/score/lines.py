"""A line of the scorecard, and what is read of a case's tables for it."""

from collections.abc import Callable, Iterable
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

Row = dict[str, Any]
Tables = Callable[[str], pa.Table]
"""The case's current table of a name."""


def row(step: str, measure: str, value: object, true: object, n: int | None = None) -> Row:
    """One line of the scorecard; seconds and peak_mb are the runner's to fill."""
    return {
        "step": step, "measure": measure, "value": value, "truth": true, "n": n, "seconds": None, "peak_mb": None,
    }  # fmt: skip


def share(part: int, whole: int) -> float | None:
    """`part` of `whole`, six decimals; None where there is nothing to measure."""
    return round(part / whole, 6) if whole else None


def pairs(table: pa.Table, *names: str) -> Iterable[tuple[Any, ...]]:
    return zip(*(table[name].to_pylist() for name in names), strict=True)


def distinct(table: pa.Table, *names: str) -> int:
    if len(names) == 1:
        return int(pc.count_distinct(table[names[0]]).as_py())
    return int(table.group_by(list(names)).aggregate([]).num_rows)


def findings(tables: Tables, predicate: str) -> list[tuple[Any, ...]]:
    found = tables("finding")
    found = found.filter(pc.equal(found["predicate"], predicate))
    return list(pairs(found, "id", "subject", "object"))
