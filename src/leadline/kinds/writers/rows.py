"""Rows of a package's tables, as writers go through them."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any


def by(rows: Iterable[Mapping[str, Any]], key: str) -> dict[Any, list[Mapping[str, Any]]]:
    """Rows by the value of one column, in order."""
    found: dict[Any, list[Mapping[str, Any]]] = defaultdict(list)
    for row in rows:
        found[row[key]].append(row)
    return found
