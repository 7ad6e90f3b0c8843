"""What intake proposes for schemas that nobody mapped: make bench-intake writes build/bench/intake.json.

Eleven real programs' schemas, taken out of their packages and filled with made rows, are proposed for; the columns that
a hand-made key (proposals/keys.toml) says a case wants are compared with what was proposed. The time to propose a map
of a large SQLite database of 40 tables. Three digests of one reading beside the slowest of them alone. Lines of an
access log, every field typed and located, beside a compiled regular expression alone.
"""

import argparse
import hashlib
import json
import os
import re
import resource
import sqlite3
import sys
import tempfile
import time
import tomllib
from contextlib import closing
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks.proposals.fill import database, expanded  # noqa: E402
from benchmarks.proposals.schemas import schemas  # noqa: E402

from leadline.kinds.reader import Source  # noqa: E402
from leadline.kinds.readers.weblog import WEBLOG  # noqa: E402
from leadline.model.progress import silent  # noqa: E402
from leadline.steps.intake.propose import propose  # noqa: E402
from leadline.store import durable  # noqa: E402

KEYS = ROOT / "benchmarks" / "proposals" / "keys.toml"
WANTED = frozenset(
    {"handle", "email", "phone", "ip", "pgp", "device", "password", "name", "postal", "document", "born", "country"}
    | {"address", "txid", "amount", "ref"}
)
"""Meanings that are compared: what identifies somebody, what pays, and whose a row is."""
TABLES, LIMIT = 40, 60.0


def compared(folder: Path) -> list[dict[str, object]]:
    """A row a program: columns wanted, found, and wrongly proposed, with their names."""
    keys = tomllib.loads(KEYS.read_text("utf-8"))
    rows = []
    for name, schema in schemas():
        key = expanded(keys[name], schema)
        path = folder / f"{name}.db"
        database(path, schema, key, keys[name]["time"])
        _, facts = propose(Source(bytes(32), path), name, {}, silent)
        truth = {at: _class(what) for at, what in key.items()}
        truth = {at: what for at, what in truth.items() if what in WANTED}
        owners = {part["part"] for part in facts["parts"] if {"account", "customer"} & set(part["records"])}
        got = {
            (part["part"], column["column"]): column["meaning"]
            for part in facts["parts"]
            for column in part["columns"]
            if column["meaning"] in WANTED and (column["mapped"] or column["meaning"] == "ref")
            if column["meaning"] != "ref" or column["refers"] in owners
        }
        right = {at for at, what in got.items() if truth.get(at) == what}
        rows.append(
            {
                "program": name,
                "tables": len(schema),
                "columns": sum(map(len, schema.values())),
                "wanted": len(truth),
                "proposed": len(got),
                "right": len(right),
                "missed": sorted(f"{t}.{c} {truth[t, c]}" for t, c in truth.keys() - right),
                "wrong": sorted(f"{t}.{c} {got[t, c]}" for t, c in got.keys() - right),
            }
        )
    return rows


def _class(what: str) -> str:
    word = what.partition(" ")[0]
    return {"mxid": "handle"}.get(word, word)


def large(path: Path, gigabytes: float) -> None:
    """A database of 40 tables and so many gigabytes: accounts, and rows that name them."""
    rows = int(gigabytes * 1e9 / TABLES / 620)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA journal_mode=OFF")
        connection.execute("PRAGMA synchronous=OFF")
        numbers = f"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {rows})"
        for table in range(TABLES):
            name = "users" if not table else f"log{table}"
            connection.execute(
                f"CREATE TABLE {name}(id INTEGER PRIMARY KEY, user_id INT, at INT, mail TEXT, body BLOB)"
            )
            connection.execute(
                f"INSERT INTO {name} {numbers} SELECT i, abs(random()) % {rows} + 1, 1500000000 + i, "
                "'a' || i || '@example.org', zeroblob(560) FROM n"
            )
            connection.commit()


def digests(folder: Path) -> dict[str, object]:
    """MB a second of three digests in one pass, beside the slowest of them alone; the best of three, wall time."""
    path = folder / "digested"
    path.write_bytes(os.urandom(1 << 20) * 600)
    size = path.stat().st_size

    def alone(name: str) -> float:
        began, made = time.monotonic(), hashlib.new(name)
        for block in durable.blocks(path, ""):
            made.update(block)
        return time.monotonic() - began

    def together() -> float:
        began = time.monotonic()
        durable.digests(path)
        return time.monotonic() - began

    slowest = max(min(alone(name) for _ in range(3)) for name in ("md5", "sha1", "sha256"))
    took = min(together() for _ in range(3))
    path.unlink()
    against = f"the slowest alone, {size / slowest / 1e6:.0f} MB/s"
    return _row("digests", size / took / 1e6, "MB/s", against, slowest / took, 0.9)


COMBINED = re.compile(
    r'(\S+) (\S+) (\S+) \[([^\]]+)\] "((?:[^"\\]|\\.)*)" (\d{3}|-) (\d+|-)(?: "((?:[^"\\]|\\.)*)" "((?:[^"\\]|\\.)*)")?'
)
"""Apache's combined format (Apache HTTP Server, mod_log_config), as somebody would write it."""


def weblog(folder: Path, lines: int = 1_000_000) -> dict[str, object]:
    """Lines a CPU second of the reader, beside those of a compiled regular expression that gives texts alone."""
    path = folder / "access.log"
    with path.open("w") as file:
        for i in range(lines):
            file.write(
                f"198.18.{i >> 8 & 255}.{i & 255} - - "
                f"[{i % 28 + 1:02}/Oct/2017:{i % 24:02}:{i % 60:02}:{i % 59:02} +0200] "
                f'"GET /item/{i} HTTP/1.1" 200 {i % 9000} "-" "Mozilla/5.0 (X11; Linux x86_64; rv:52.0)"\n'
            )
    source = Source(bytes(32), path)

    def read() -> int:
        return sum(b.rows.num_rows for part in WEBLOG.parts(source, None, silent) for b in part.batches)

    def matched() -> int:
        with path.open(encoding="utf-8", errors="surrogateescape") as file:
            return sum(COMBINED.match(line) is not None for line in file)

    read()
    seconds = []
    for work in (read, matched):
        took = []
        for _ in range(2):
            began = time.process_time()
            if work() != lines:
                raise SystemExit("a line was not read")
            took.append(time.process_time() - began)
        seconds.append(min(took))
    path.unlink()
    against = f"a compiled regular expression, {lines / seconds[1]:,.0f}"
    return _row("weblog", lines / seconds[0], "lines a CPU second", against, seconds[1] / seconds[0], 0.5)


def _row(what: str, value: float, unit: str, against: str, ratio: float, floor: float | None) -> dict[str, object]:
    return {"what": what, "value": value, "unit": unit, "against": against, "ratio": ratio, "floor": floor}


def main() -> None:
    """Prints and writes the table."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--gigabytes", type=float, default=10.0, help="size of the large database")
    given = asked.parse_args()
    with tempfile.TemporaryDirectory(dir=ROOT / "build") as folder:
        programs = compared(Path(folder))
        more = [digests(Path(folder)), weblog(Path(folder))]
        path = Path(folder) / "large.db"
        large(path, given.gigabytes)
        size = path.stat().st_size
        began = time.monotonic()
        propose(Source(bytes(32), path), "large", {}, silent)
        took = time.monotonic() - began
    for row in programs:
        print(f"{row['program']:16} {row['wanted']:4} wanted {row['proposed']:4} proposed {row['right']:4} right")
        for word in ("missed", "wrong"):
            for at in map(str, row[word]):  # type: ignore[call-overload]
                print(f"    {word}: {at}")
    wanted, proposed, right = (sum(int(str(row[k])) for row in programs) for k in ("wanted", "proposed", "right"))
    key = "a hand-made key"
    rows: list[dict[str, object]] = [
        _row("precision", right / proposed, "of columns", key, right / proposed, None),
        _row("recall", right / wanted, "of columns", key, right / wanted, None),
        _row("propose", took, f"s of {size / 1e9:.1f} GB", f"{LIMIT:g} s", LIMIT / took, 1.0),
        *more,
    ]
    for row in rows:
        print(f"{row['what']:12} {row['value']:.3f} {row['unit']}, against {row['against']}: {row['ratio']:.2f}")
    print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")
    out = ROOT / "build" / "bench" / "intake.json"
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(json.dumps({"rows": rows, "programs": programs}, indent=1) + "\n")


if __name__ == "__main__":
    main()
