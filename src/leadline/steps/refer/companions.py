"""Places cited that an exhibit holds only together with what stood beside it, as a database's write-ahead log."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace

import pyarrow as pa

from leadline.model.referral import COMPANIONS, Dossier
from leadline.model.tables import from_rows
from leadline.steps.refer.refer_io import Source

CITING = ("identifiers", "media", "answers", "copies")
"""Tables beside the basis whose rows stand at a place."""


def with_companions(source: Source, dossiers: Sequence[Dossier]) -> list[Dossier]:
    """The same dossiers, each with COMPANIONS of the places it cites; every exhibit is read once for all of them."""
    cited = [_places(source, d) for d in dossiers]
    all_: dict[bytes, set[str]] = defaultdict(set)
    for places in cited:
        for exhibit, locator in places:
            all_[exhibit].add(locator)
    found = {exhibit: source.altered(exhibit, sorted(places)) for exhibit, places in sorted(all_.items())}
    tables = [_table(source, found, places) for places in cited]
    return [replace(d, tables={**d.tables, "companions": t}) for d, t in zip(dossiers, tables, strict=True)]


def _table(source: Source, found: Mapping[bytes, Mapping[str, str]], places: set[tuple[bytes, str]]) -> pa.Table:
    rows = []
    for exhibit, locator in sorted(places):
        state = found[exhibit].get(locator)
        if state is not None:
            beside = " ".join(digest.hex() for digest in source.companions[exhibit])
            rows.append((exhibit, locator, beside, state))
    return from_rows(COMPANIONS, rows)


def _places(source: Source, dossier: Dossier) -> set[tuple[bytes, str]]:
    """Every (exhibit, locator) that a dossier cites of exhibits with companions."""
    places = {
        (bytes.fromhex(r["ref"].removeprefix("exhibit:")), r["locator"])
        for r in dossier.tables["basis"].select(["kind", "ref", "locator"]).to_pylist()
        if r["kind"] == "exhibit"
    }
    for name in CITING:
        table = dossier.tables[name].select(["exhibit", "locator"])
        places.update((r["exhibit"], r["locator"]) for r in table.to_pylist())
    return {place for place in places if place[0] in source.companions}
