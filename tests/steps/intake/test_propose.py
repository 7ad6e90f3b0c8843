"""Maps proposed for schemas that nobody mapped: what they yield is what the rows were made as."""

import hashlib
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow as pa
import pytest

from leadline.errors import MappingError
from leadline.kinds.bitcoin import script as sc
from leadline.kinds.bitcoin.address import encode
from leadline.kinds.mapping.grammar import parse
from leadline.kinds.reader import Source
from leadline.model.progress import silent
from leadline.steps.intake import read_exhibit
from leadline.steps.intake.propose import propose

N = 30


def address(n: int) -> str:
    text = encode(sc.witness(0, hashlib.sha256(bytes([n])).digest()[:20]), "main")
    assert text is not None
    return text


def read(path: Path, answers: Mapping[str, str]) -> tuple[dict[str, pa.Table], dict[str, Any]]:
    source = Source(bytes(32), path)
    text, facts = propose(source, "m", answers, silent)
    return read_exhibit(source, parse(text), silent), facts


def database(path: Path, tables: Mapping[str, tuple[str, list[tuple[Any, ...]]]]) -> Path:
    with closing(sqlite3.connect(path)) as connection:
        for name, (columns, rows) in tables.items():
            connection.execute(f"CREATE TABLE {name} ({columns})")
            connection.executemany(f"INSERT INTO {name} VALUES ({', '.join('?' * len(rows[0]))})", rows)
        connection.commit()
    return path


def subjects(table: pa.Table, *names: str) -> list[tuple[Any, ...]]:
    return sorted(tuple(row[name] for name in names) for row in table.to_pylist())


def test_a_forum_whose_rows_name_people_by_their_nickname(tmp_path: Path) -> None:
    users = [(n, f"nick{n}", f"n{n}@example.org", 1_500_000_000 + n) for n in range(1, N)]
    posts = [(n, f"nick{n % 20 + 1}", 1_500_100_000 + n, "words of a post") for n in range(N)]
    path = database(
        tmp_path / "f.db",
        {
            "members": ("mid INTEGER PRIMARY KEY, nickname TEXT, email TEXT, joined INTEGER", users),
            "posts": ("pid INTEGER PRIMARY KEY, author TEXT, posted INTEGER, body TEXT", posts),
        },
    )
    tables, _ = read(path, {"site": "forum"})
    assert subjects(tables["account"], "account") == sorted((f"account:forum/{n}",) for n in range(1, N))
    assert subjects(tables["event"], "event", "subject", "kind") == sorted(
        (f"event:forum/message/{n}", f"account:forum/{n % 20 + 1}", "message") for n in range(N)
    )
    assert subjects(tables["identifier"], "kind")[0] == ("email",) and tables["reject"].num_rows == 0


def test_coins_without_a_word_for_what_they_were_are_asked_for(tmp_path: Path) -> None:
    users = [(n, f"nick{n}", f"n{n}@example.org") for n in range(1, N)]
    moves = [(n, n, address(n), f"0.{n:08}", f"{n:02}.11.2017 10:00") for n in range(1, N)]
    path = database(
        tmp_path / "s.db",
        {
            "usuarios": ("id INTEGER PRIMARY KEY, usuario TEXT, correo TEXT", users),
            "pagos": ("id INTEGER PRIMARY KEY, usuario_id INT, direccion TEXT, importe TEXT, fecha TEXT", moves),
        },
    )
    source = Source(bytes(32), path)
    text, facts = propose(source, "m", {"site": "s"}, silent)
    assert {q["name"] for q in facts["questions"]} == {"site", "kind_pagos", "zone"}
    with pytest.raises(MappingError, match="2 question"):
        parse(text)
    tables, _ = read(path, {"site": "s", "kind_pagos": "deposit", "zone": "Europe/Madrid"})
    assert subjects(tables["event"], "kind", "address", "amount_sat") == sorted(
        ("deposit", address(n), n) for n in range(1, N)
    )
    assert {str(row["utc_low"])[11:16] for row in tables["event"].to_pylist()} == {"09:00"}
    tables, _ = read(path, {"site": "s", "kind_pagos": "neither", "zone": "UTC"})
    assert tables["event"].num_rows == 0


def test_a_return_in_another_language(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "고객"
    sheet.append(["고객번호", "성명", "생년월일", "이메일", "휴대폰", "국가"])
    for n in range(1, N):
        sheet.append([f"K{n}", f"김{n}", f"1980-01-{n % 28 + 1:02}", f"k{n}@example.kr", f"010-1234-{n:04}", "KR"])
    book.save(tmp_path / "r.xlsx")
    tables, _ = read(tmp_path / "r.xlsx", {"site": "harbour", "calling_country": "kr", "zone": "Asia/Seoul"})
    assert subjects(tables["customer"], "customer", "service", "name", "born", "country") == sorted(
        (f"customer:harbour/K{n}", "service:harbour", f"김{n}", f"1980-01-{n % 28 + 1:02}", "kr") for n in range(1, N)
    )
    phones = [row["normal"] for row in tables["identifier"].to_pylist() if row["kind"] == "phone"]
    assert sorted(phones) == [f"+82101234{n:04}" for n in range(1, N)]


def test_a_dump_and_a_table_in_text_are_proposed_for_too(tmp_path: Path) -> None:
    rows = ",".join(f"({n},'u{n}','u{n}@example.org','2017-11-{n % 28 + 1:02} 10:00:00')" for n in range(1, N))
    (tmp_path / "d.sql").write_text(
        "-- MySQL dump 10.13\nCREATE TABLE `wp_users` (`ID` bigint, `user_login` varchar(60), "
        f"`user_email` varchar(100), `user_registered` datetime);\n"
        f"INSERT INTO `wp_users` VALUES {rows};\n-- Dump completed\n"
    )
    lines = [f"{n};u{n};u{n}@example.org;2017-11-{n % 28 + 1:02} 10:00:00" for n in range(1, N)]
    (tmp_path / "users.csv").write_text("\n".join(["id;login;mail;created", *lines]))
    for name in ("d.sql", "users.csv"):
        tables, _ = read(tmp_path / name, {"site": "w", "zone": "UTC"})
        assert subjects(tables["identifier"], "subject", "kind", "value") == sorted(
            (f"account:w/{n}", kind, value)
            for n in range(1, N)
            for kind, value in (("handle", f"u{n}"), ("email", f"u{n}@example.org"))
        )


def test_a_sampled_table_is_looked_at_in_all_its_length(tmp_path: Path) -> None:
    early = [(n, f"u{n}", None) for n in range(1, 30_001)]
    late = [(n, f"u{n}", f"u{n}@example.org") for n in range(30_001, 60_001)]
    path = database(tmp_path / "b.db", {"users": ("id INTEGER PRIMARY KEY, login TEXT, extra TEXT", early + late)})
    text, facts = propose(Source(bytes(32), path), "m", {"site": "w"}, silent)
    (part,) = facts["parts"]
    assert (part["rows"], part["whole"]) == (10_000, False)
    assert {c["column"]: c["meaning"] for c in part["columns"]} == {"id": "key", "login": "handle", "extra": "email"}
    assert "a sample of 10,000 rows" in text


def test_signs_that_mean_something_in_a_map_are_left_unmapped(tmp_path: Path) -> None:
    users = [(n, f"nick{n}", f"n{n}@example.org") for n in range(1, N)]
    path = database(
        tmp_path / "f.db", {'"users ""b"" <c>"': ('id INTEGER PRIMARY KEY, login TEXT, "mail{}|<x>" TEXT', users)}
    )
    text, facts = propose(Source(bytes(32), path), "m", {"site": "w"}, silent)
    assert parse(text).name == "m"
    assert [c["mapped"] for c in facts["parts"][0]["columns"]][2] is False
