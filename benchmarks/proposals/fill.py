"""Made rows for a real schema: what the key names is filled as what it is, everything else with nothing telling."""

import random
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from datetime import UTC, datetime, timedelta
from fnmatch import fnmatchcase
from pathlib import Path

from benchmarks.proposals.schemas import Schema

PEOPLE, ROWS = 300, 400
WORDS = [
    "amber",
    "birch",
    "cedar",
    "delta",
    "ember",
    "flint",
    "grove",
    "hazel",
    "ivory",
    "juniper",
    "kestrel",
    "laurel",
    "maple",
    "north",
    "ochre",
    "pine",
]
_FORMS = {"iso": "%Y-%m-%d %H:%M:%S", "compact": "%Y%m%d%H%M%S"}


def expanded(key: Mapping[str, str], schema: Schema) -> dict[tuple[str, str], str]:
    """{(table, column): what it holds}: stars stand for any table, and a name in full comes before one with a star."""
    found: dict[tuple[str, str], str] = {}
    for table, columns in schema.items():
        for column, _ in columns:
            name = f"{table}.{column}"
            fits = [k for k in key if k == name] or [k for k in key if fnmatchcase(name, k)]
            if fits and key[fits[0]] not in _FORMS and fits[0] != "time":
                found[table, column] = key[fits[0]]
    return found


def database(path: Path, schema: Schema, key: Mapping[tuple[str, str], str], clock: str, seed: int = 1) -> None:
    """Writes the SQLite database of a schema with made rows."""
    draw = random.Random(seed)
    own = {tuple(what[4:].partition(".")[::2]) for what in key.values() if what.startswith("ref ")}
    made: dict[tuple[str, str], list[object]] = {}
    people = {table for table, _ in own}
    with closing(sqlite3.connect(path)) as connection:
        for table in sorted(schema, key=lambda t: t not in people):
            rows = PEOPLE if table in people else ROWS
            columns = []
            for number, (column, type_) in enumerate(schema[table]):
                what = key.get((table, column), "")
                values = _values(what, column, type_, rows, clock, made, draw, first=number == 0)
                made[table, column] = values
                if what == "key" or (what in ("handle", "mxid") and table in people):
                    made.setdefault((table, ""), values)
                columns.append(values)
            names = ", ".join(f'"{column}"' for column, _ in schema[table])
            connection.execute(f'CREATE TABLE "{table}" ({names})')
            marks = ", ".join("?" * len(columns))
            connection.executemany(f'INSERT INTO "{table}" VALUES ({marks})', zip(*columns, strict=True))
        connection.commit()


def _values(
    what: str,
    column: str,
    type_: str,
    rows: int,
    clock: str,
    made: Mapping[tuple[str, str], list[object]],
    draw: random.Random,
    *,
    first: bool,
) -> list[object]:
    kind, _, more = what.partition(" ")
    if kind == "ref":
        table, _, named = more.partition(".")
        return [draw.choice(made[table, named]) for _ in range(rows)]
    if kind == "key":
        return list(range(1, rows + 1))
    if kind:
        how = more or clock
        return [_identity(kind, i, how, draw) for i in range(rows)]
    return _junk(column, type_, rows, clock, draw, first=first)


def _identity(kind: str, i: int, clock: str, draw: random.Random) -> object:
    word = draw.choice(WORDS)
    match kind:
        case "handle":
            return f"{word}{i}"
        case "mxid":
            return f"@{word}{i}:example.org"
        case "email":
            return f"{word}.{i}@example.{draw.choice(('org', 'net', 'com'))}" if draw.random() < 0.9 else ""
        case "name":
            return word.title() if draw.random() < 0.9 else ""
        case "phone":
            return f"+4930{draw.randrange(10**6, 10**7)}" if draw.random() < 0.4 else ""
        case "ip":
            return f"203.0.{draw.randrange(256)}.{draw.randrange(256)}"
        case "device":
            return "".join(draw.choices("ABCDEFGHJKLMNP", k=10))
        case "postal":
            return f"{word.title()} Street {draw.randrange(1, 90)}"
        case "salted":
            return f"$2y$10${''.join(draw.choices('abcdefghij0123456789', k=53))}"
        case "born":
            return f"19{draw.randrange(50, 99)}-{draw.randrange(1, 13):02}-{draw.randrange(1, 28):02}"
        case _:
            return _time(clock, draw)


def _time(clock: str, draw: random.Random) -> object:
    moment = datetime(2016, 1, 1, tzinfo=UTC) + timedelta(seconds=draw.randrange(60_000_000))
    seconds = int(moment.timestamp())
    return {"unix": seconds, "unix_ms": seconds * 1000}.get(clock) or moment.strftime(_FORMS.get(clock, "%Y-%m-%d"))


def _junk(column: str, type_: str, rows: int, clock: str, draw: random.Random, *, first: bool) -> list[object]:
    """Nothing telling: numbers from one on in a first column called an id, else few numbers, times and words."""
    if first and ("id" in column.lower() or column.lower() in ("key", "name", "keyname")):
        return list(range(1, rows + 1))
    if any(word in type_ for word in ("time", "date")) or column.endswith(("_ts", "_timestamp", "clock")):
        return [_time(clock, draw) for _ in range(rows)]
    if any(word in type_ for word in ("int", "bool", "serial", "bigint")):
        return [draw.randrange(4) for _ in range(rows)]
    if any(word in type_ for word in ("real", "double", "decimal", "numeric", "float")):
        return [round(draw.random() * 100, 2) for _ in range(rows)]
    return [" ".join(draw.choices(WORDS, k=draw.randrange(0, 4))) for _ in range(rows)]
