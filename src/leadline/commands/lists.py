"""leadline hashlist info|convert: what a hash list holds before it is pinned, and the same list as VICS."""

import json
from pathlib import Path
from typing import Any

import click
import pyarrow as pa
import pyarrow.compute as pc

from leadline.commands.terminal import JSON, answer
from leadline.errors import UsageError
from leadline.kinds import source
from leadline.kinds.codecs import listrows
from leadline.kinds.codecs.entries import DATED, LICENCE, MAY_MISS, QUARANTINE, VERSION
from leadline.kinds.codecs.other_tools import MAY_MISS as REASONS
from leadline.kinds.vics import writing
from leadline.store import export

LIST = click.argument("list_path", metavar="LIST", type=click.Path(path_type=Path))
SCHEMES = (*(writing.scheme_of(m) for m in writing.MODELS), writing.OLD)


def opened(path: Path) -> tuple[str, pa.Table]:
    """(format, entries) of a list's file; UsageError when there is none."""
    if not path.is_file():
        raise UsageError("no file lies here", where=str(path), remedy="name a hash list: VICS, ICSE, NSRL or CSV")
    return source.source_of("list", path).name, source.read("list", path)


def counts(column: pa.ChunkedArray) -> dict[str, int]:
    """How often each word of a column stands in it, in order of the words."""
    return dict(sorted((row["values"], row["counts"]) for row in column.value_counts().to_pylist()))


@click.command()
@LIST
@JSON
def info(list_path: Path, as_json: bool) -> None:
    """What LIST holds: entries and hashes a kind, categories, rows kept aside, and what hashes may miss ours."""
    name, table = opened(list_path)
    categorised = table.filter(pc.is_valid(table["category"]))
    named = pc.binary_join_element_wise(categorised["scheme"], categorised["category"], ":")
    categories = pa.table({"name": named, "entry": categorised["entry"]}).group_by("name")
    per_category = categories.aggregate([("entry", "count_distinct")]).to_pylist()
    said = table.schema.metadata or {}
    version, dated, licence = (said[key].decode() if key in said else None for key in (VERSION, DATED, LICENCE))
    value: dict[str, Any] = {
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
    lines = [
        f"{name} list, {value['entries']:,} entries, version {version or 'unknown'}, dated {dated or 'unknown'}",
        f"  licence: {licence or 'not stated; say it with leadline case set --licence when you pin the list'}",
        *(f"  {n:,} {kind}" for kind, n in value["hashes"].items()),
        *(f"  {n:,} entries of category {category}" for category, n in value["categories"].items()),
        *(f"  {n:,} rows kept aside: {QUARANTINE[word]}" for word, n in value["kept_aside"].items()),
        *(f"  {n:,} perceptual hashes may meet none of ours: {REASONS[word]}" for word, n in value["may_miss"].items()),
    ]
    answer(value, lines, as_json=as_json)


@click.command()
@LIST
@click.option("--out", required=True, type=click.Path(path_type=Path), help="The file to write; .json.")
@click.option(
    "--scheme",
    type=click.Choice(SCHEMES),
    default=SCHEMES[0],
    show_default=True,
    help="Whose categories to write; entries with others keep their hashes and have none.",
)
@click.option("--licence", default="", help="The terms of the list, where it does not state them itself.")
@JSON
def convert(list_path: Path, out: Path, scheme: str, licence: str, as_json: bool) -> None:
    """Write LIST as VICS JSON, data model 2.0 (1.3 for the scheme vics); notes and miniatures stay behind.

    The terms under which the list may be used go along, as an annotation that Leadline reads again.
    """
    if out.suffix != ".json":
        raise UsageError("not a format", where=str(out), remedy="name a file that ends in .json")
    name, table = opened(list_path)
    other = pc.and_(pc.is_valid(table["category"]), pc.fill_null(pc.not_equal(table["scheme"], scheme), False))
    left = pc.count_distinct(table.filter(other)["entry"]).as_py()
    stated = (table.schema.metadata or {}).get(LICENCE, b"").decode()
    terms = listrows.terms(licence) or stated
    with export.writing(out) as file:
        records = writing.records_of(source.as_listed(table), scheme)
        count = writing.write_list(file, records, scheme, terms)
    value = {
        "ok": True,
        "format": name,
        "entries": count,
        "without_category": left,
        "licence": terms or None,
        "out": out,
    }
    lines = [f"{count:,} entries: {out}", f"  licence: {terms or 'not stated; state it with --licence'}"]
    if left:
        lines.append(f"  {left:,} of them have a category of another scheme, which was left out")
    answer(value, lines, as_json=as_json)
