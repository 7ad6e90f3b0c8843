"""What a hash list holds before it is pinned, and the same list written as VICS."""

import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from leadline.errors import UsageError
from leadline.kinds import source
from leadline.kinds.codecs import listrows
from leadline.kinds.codecs.entries import DATED, LICENCE, MAY_MISS, VERSION
from leadline.kinds.vics import writing
from leadline.store import export

SCHEMES = (*(writing.scheme_of(m) for m in writing.MODELS), writing.OLD)
"""Whose categories a list can be written with, the newest first."""


def info(path: Path) -> dict[str, Any]:
    """Entries, hashes a kind, entries a category, rows kept aside, and hashes that may miss ours, by reason.

    Raises:
        UsageError: no file lies there.
        KindError: no format reads it.
    """
    name, table = _read(path)
    categorised = table.filter(pc.is_valid(table["category"]))
    named = pc.binary_join_element_wise(categorised["scheme"], categorised["category"], ":")
    categories = pa.table({"name": named, "entry": categorised["entry"]}).group_by("name")
    per_category = categories.aggregate([("entry", "count_distinct")]).to_pylist()
    said = table.schema.metadata or {}
    version, dated, licence = (said[key].decode() if key in said else None for key in (VERSION, DATED, LICENCE))
    return {
        "ok": True,
        "format": name,
        "version": version,
        "dated": dated,
        "licence": licence,
        "entries": pc.count_distinct(table["entry"]).as_py(),
        "hashes": counts(table["hasher"]),
        "categories": {r["name"]: r["entry_count_distinct"] for r in sorted(per_category, key=lambda r: r["name"])},
        "kept_aside": counts(table["quarantine"].drop_null()),
        "may_miss": json.loads(said.get(MAY_MISS, b"{}")),
    }


def convert(path: Path, out: Path, scheme: str, licence: str = "") -> dict[str, Any]:
    """Entries written to `out` as VICS JSON, and how many have a category of another scheme, which was left out.

    Raises:
        UsageError: no file lies there, or `out` does not end in .json.
        KindError: no format reads it.
        CaseError: `out` lies in a case.
    """
    if out.suffix != ".json":
        raise UsageError("not a format", where=str(out), remedy="name a file that ends in .json")
    name, table = _read(path)
    other = pc.and_(pc.is_valid(table["category"]), pc.fill_null(pc.not_equal(table["scheme"], scheme), False))
    left = pc.count_distinct(table.filter(other)["entry"]).as_py()
    terms = listrows.terms(licence) or (table.schema.metadata or {}).get(LICENCE, b"").decode()
    with export.writing(out) as file:
        count = writing.write_list(file, writing.records_of(source.as_listed(table), scheme), scheme, terms)
    return {
        "ok": True,
        "format": name,
        "entries": count,
        "without_category": left,
        "licence": terms or None,
        "out": out,
    }


def counts(column: pa.ChunkedArray) -> dict[str, int]:
    """How often each word of a column stands in it, in order of the words."""
    return dict(sorted((row["values"], row["counts"]) for row in column.value_counts().to_pylist()))


def _read(path: Path) -> tuple[str, pa.Table]:
    if not path.is_file():
        raise UsageError("no file lies here", where=str(path), remedy="name a hash list: VICS, ICSE, NSRL or CSV")
    return source.format_of("list", path), source.read("list", path)
