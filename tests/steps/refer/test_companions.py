"""Exhibits read with another: listed, restricted as theirs, and asked once for the places that packages cite."""

import csv
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
from tests.steps.refer.conftest import sha

from leadline.model.evidence import EXHIBIT
from leadline.model.tables import from_rows
from leadline.steps.refer import build


def rows(package: Path, table: str) -> list[dict[str, str]]:
    with (package / "data/tables" / f"{table}.csv").open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def test_a_companion_is_listed_and_the_places_it_changes_are_told(world, key, now, tmp_path) -> None:
    asked: list[bytes] = []

    def altered(exhibit: bytes, places: Sequence[str]) -> dict[str, str]:
        asked.append(exhibit)
        return dict.fromkeys(places[:1], "differs")

    plain = world.source()
    log = (sha("log"), 9, "application/octet-stream", "stored", "unknown", "Team 4", "warrant", "", "E/1")
    exhibit = pa.concat_tables([plain.table("exhibit"), from_rows(EXHIBIT, [log])])
    tables = {**plain.tables, "exhibit": exhibit}
    source = replace(plain, tables=tables, companions={sha("site"): (sha("log"),)}, altered=altered)
    made = build(source, key, now, tmp_path).packages
    assert asked == [sha("site")], "one reading for all packages, of the one exhibit that has a companion"
    told = 0
    for package in made:
        exhibits = {r["exhibit"]: r for r in rows(package.path, "exhibits")}
        companions = rows(package.path, "companions")
        told += len(companions)
        for r in companions:
            assert (r["exhibit"], r["companions"], r["state"]) == (sha("site").hex(), sha("log").hex(), "differs")
        assert exhibits[sha("log").hex()]["companion_of"] == sha("site").hex()
        assert (exhibits[sha("log").hex()]["cited"], exhibits[sha("log").hex()]["item"]) == ("0", "E/1")
    assert told
