"""The backup: every old row once, in local time, under the same key as in the live site."""

import re
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from leadline.model.progress import silent
from leadline.scenario.backup import TABLES, embedded_message, quoted, write_dump
from leadline.scenario.plan import BACKUP
from leadline.scenario.site import Site

ROW = re.compile(r"\(((?:'(?:[^'\\]|\\.)*'|[^()'])*)\)")
CELL = re.compile(r"'((?:[^'\\]|\\.)*)'|([^,]+)")
ESCAPES = {"n": "\n", "r": "\r", "0": "\x00"}


def unquote(text: str) -> str:
    return re.sub(r"\\(.)", lambda m: ESCAPES.get(m[1], m[1]), text, flags=re.DOTALL)


def rows_of(text: str, table: str) -> list[list[str]]:
    rows = []
    for line in text.splitlines():
        head = f"INSERT INTO `{table}` VALUES "
        if line.startswith(head):
            rows += [[unquote(a) if a else b for a, b in CELL.findall(row)] for row in ROW.findall(line[len(head) :])]
    return rows


def test_the_dump_holds_the_old_rows_and_local_times(site: Site, tmp_path: Path) -> None:
    embedded = write_dump(tmp_path / "market.sql", site, b"\x89PNG", silent)
    assert embedded == embedded_message(site) > 0
    text = (tmp_path / "market.sql").read_text(encoding="utf-8")
    for source, name, _, _ in TABLES:
        kept = site.tables[source].filter(pa.array(site.backup[source]))
        rows = rows_of(text, name)
        assert [int(row[0]) for row in rows] == kept["id"].to_pylist()
        at = kept[next(c for c in ("created", "at", "since") if c in kept.column_names)].to_pylist()
        places = {"member": 5, "btc_address": 3, "payment": 5, "login": 2, "upload": 4, "download": 3, "pm": 3}
        place = (places | {"tariff": 3})[name]
        for row, moment in zip(rows, at, strict=True):
            shown = datetime.fromisoformat(row[place]).replace(tzinfo=ZoneInfo("Europe/Bucharest"))
            assert abs(int(shown.timestamp()) - moment) in (0, 3_600)  # an hour exists twice in autumn
            assert moment < BACKUP
    until = site.tables["tariffs"].filter(pa.array(site.backup["tariffs"]))["until"].to_pylist()
    ended = [row[4] != "NULL" for row in rows_of(text, "tariff")]
    assert ended == [moment is not None and moment < BACKUP for moment in until] and any(ended) and not all(ended)
    nicks = [row[1] for row in rows_of(text, "member")]
    users = site.tables["users"].filter(pa.array(site.backup["users"]))
    assert nicks == users["handle"].to_pylist()
    assert text.count("0x89504E47") == 1


def test_live_and_backup_overlap_and_each_has_rows_of_its_own(site: Site) -> None:
    for table in ("users", "messages", "downloads", "wallets"):
        live, backup = site.live[table], site.backup[table]
        assert (live & backup).any() and (live & ~backup).any() and (backup & ~live).any()
        assert (live | backup).all()


@given(st.text(max_size=40))
def test_literals_read_back(value: str) -> None:
    assert unquote(quoted(value)[1:-1]) == value
