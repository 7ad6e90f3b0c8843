"""Findings of one predicate with their values, as a caller in Python gets them."""

from collections.abc import Callable
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from leadline.errors import UsageError
from leadline.model.catalog import TABLES
from leadline.model.predicates import PREDICATES


@dataclass(frozen=True, slots=True)
class Findings:
    """Current findings of one predicate: `arrow` gives them, `family` the rows of a table keyed by them."""

    predicate: str
    table: pa.Table
    current: Callable[[str], pa.Table]

    @classmethod
    def of(cls, predicate: str, current: Callable[[str], pa.Table]) -> "Findings":
        """The findings of a predicate; UsageError when there is no such predicate."""
        if predicate not in PREDICATES:
            raise UsageError(f"no predicate {predicate!r}", remedy="one of: " + ", ".join(PREDICATES))
        whole = current("finding")
        return cls(predicate, whole.filter(pc.equal(whole.column("predicate"), predicate)), current)

    def __len__(self) -> int:
        return int(self.table.num_rows)

    def arrow(self) -> pa.Table:
        """Columns id, subject, predicate, object, in order of id."""
        return self.table

    def family(self, name: str) -> pa.Table:
        """The rows of a table keyed by finding, such as payment, of these findings only; UsageError for another."""
        if name not in TABLES or TABLES[name].key[0] != "finding":
            raise UsageError(f"table {name!r} is not keyed by finding")
        rows = self.current(name)
        return rows.filter(pc.is_in(rows.column("finding"), value_set=self.table.column("id").combine_chunks()))
