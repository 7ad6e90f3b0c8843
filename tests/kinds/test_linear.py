"""Cost grows with size: each kind of input four times as large takes about four times as long, never sixteen times."""

import time
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest

from leadline.errors import LeadlineError
from leadline.kinds import source as sources
from leadline.kinds.reader import Source
from leadline.kinds.readers import READERS

LOG = '203.0.113.9 - - [05/Mar/2018:10:00:00 +0000] "GET /a HTTP/1.1" 200 12 "-" "UA" uid=7\n'
TEXTS: dict[str, tuple[str, str, Callable[[int], str]]] = {
    "table": ("table", "a.csv", lambda n: "user,name\n" + "1,Ann\n" * n),
    "table, quotes never closed": ("table", "a.csv", lambda n: "user,name\n" + '1,"Ann\n2,b"b\n' * n),
    "table, one quote": ("table", "a.csv", lambda n: 'user,name\n1,"Ann\n' + "2,Bob\n" * n),
    "table, one line": ("table", "a.csv", lambda n: "user,name\n1," + "a" * 10 * n),
    "log": ("weblog", "a.log", lambda n: LOG * n),
    "log, one line": ("weblog", "a.log", lambda n: LOG + "a" * 100 * n),
    "log, spaces": ("weblog", "a.log", lambda n: LOG + "a - " * 20 * n),
    "page": ("page", "a.html", lambda n: "<html>" + "<p>ann&#64;example.org 198.18.7.7</p>" * n),
    "page, open quotes": ("page", "a.html", lambda n: "<html>" + "\"data:text/plain,a 'data:image/png;base64,aa " * n),
    "page, escapes": ("page", "a.html", lambda n: "<html>" + "\\u0026#64;%2541" * n),
    "list": ("", "a.csv", lambda n: "md5,hash\n" + "".join(f"{i:032x},{i:064x}\n" for i in range(n))),
    "sums": ("", "sums", lambda n: "".join(f"{i:032x}  a\n" for i in range(1, n))),
    "pack": ("", "a.yaml", lambda n: "title: t\ncreator: c\ntags:\n" + "- {label: a, tx_hash: b}\n" * (n // 4)),
    "vics, a record without end": (
        "",
        "a.json",
        lambda n: '{"@odata.context":"http://x/projectvic/2.0.xml/US/$metadata#Media","value":[{"a":"' + "b" * 100 * n,
    ),
}


def _read(reader: str, path: Path) -> None:
    try:
        if not reader:
            sources.read("tag" if path.suffix == ".yaml" else "list", path)
            return
        chosen = next(r for r in READERS if r.name == reader)
        for part in chosen.parts(Source(bytes(32), path), None, lambda *_: None):
            for _ in part.batches:
                pass
    except LeadlineError:
        pass


def _seconds(reader: str, path: Path) -> float:
    """The least CPU time of three readings."""
    took = []
    for _ in range(3):
        began = time.process_time()
        _read(reader, path)
        took.append(time.process_time() - began)
    return min(took)


@pytest.mark.parametrize("kind", TEXTS)
def test_cost_is_linear_in_size(kind: str, tmp_path: Path) -> None:
    reader, name, make = TEXTS[kind]
    times = []
    for n in (4_000, 16_000):
        path = tmp_path / str(n) / name
        path.parent.mkdir()
        path.write_text(make(n))
        times.append(_seconds(reader, path))
    assert times[1] < 10 * times[0] + 0.05, times


def test_the_cost_of_a_workbook_is_linear_in_size(tmp_path: Path) -> None:
    times = []
    for n in (1_000, 4_000):
        book = openpyxl.Workbook(write_only=True)
        sheet = book.create_sheet()
        for i in range(n):
            sheet.append([i, f"name {i}"] if i else ["id", "name"])
        path = tmp_path / f"{n}.xlsx"
        book.save(path)
        times.append(_seconds("workbook", path))
    assert times[1] < 10 * times[0] + 0.05, times
