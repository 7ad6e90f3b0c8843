"""Cost grows with size: each kind of input four times as large takes about four times as long, never sixteen times.

Work is CPU time of this process, the least of three; an input is made so large first that it takes a while.
"""

import gc
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import openpyxl
import pytest

from leadline.errors import LeadlineError
from leadline.kinds import source as sources
from leadline.kinds.mapping import grammar
from leadline.kinds.reader import Source
from leadline.kinds.readers import READERS
from leadline.steps.intake.plan import plan

WHILE = 0.04
"""Seconds of CPU that an input takes at least before it is compared: less is as much noise as cost."""
LARGE = 2 << 20
"""Characters of an input that is compared though it takes less."""
TRIES = 3
VICS = '{"@odata.context":"http://x/projectvic/2.0.xml/US/$metadata#Media","value":['
PACK = "title: t\ncreator: c\ntags:\n"
MAP = 'name = "a"\nsays = "a"\nreader = "table"\n'
MAP_RECORD = '[[part]]\ncolumns = ["a"]\n[[part.record]]\ntable = "account"\naccount = "account:a/{a}"\nrole = "user"\n'
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
    "page, parts": (
        "page",
        "a.mhtml",
        lambda n: (
            "MIME-Version: 1.0\nContent-Type: multipart/related; boundary=b\n\n"
            + "--b\nContent-Type: text/html\n\n<p>198.18.7.7</p>\n" * n
        ),
    ),
    "manifest": (
        "folder",
        "a",
        lambda n: "leadline folder manifest 1\n" + "".join(f"{i:064x} {i} a/{i}.txt\n" for i in range(n)),
    ),
    "list": ("list", "a.csv", lambda n: "md5,hash\n" + "".join(f"{i:032x},{i:064x}\n" for i in range(n))),
    "list, broken lines": ("list", "a.csv", lambda n: "md5\n" + "zz\n" * n),
    "list, quotes never closed": ("list", "a.csv", lambda n: "md5\n" + '"a\n' * n),
    "sums": ("list", "sums", lambda n: "".join(f"{i:032x}  a\n" for i in range(1, n))),
    "icse": (
        "list",
        "a.csv",
        lambda n: (
            "Image ID;MD5;SHA1;Victim identified;Baseline\n"
            + "".join(f"{i};{i:032x};{i:040x};Y;Yes\n" for i in range(n))
        ),
    ),
    "nsrl": (
        "list",
        "NSRLFile.txt",
        lambda n: (
            '"SHA-1","MD5","CRC32","FileName","FileSize","ProductCode","OpSystemCode","SpecialCode"\n'
            + "".join(f'"{i:040X}","{i:032X}","0","a",1,1,"1",""\n' for i in range(n))
        ),
    ),
    "vics": (
        "list",
        "a.json",
        lambda n: VICS + ",".join(f'{{"MD5":"{i:032x}","Category":2}}' for i in range(n)) + "]}",
    ),
    "vics, deep": ("list", "a.json", lambda n: VICS + '{"a":' + "[" * n + "]" * n + "}]}"),
    "vics, a record without end": ("list", "a.json", lambda n: VICS + '{"a":"' + "b" * 100 * n),
    "pack": ("tag", "a.yaml", lambda n: PACK + "- {label: a, tx_hash: b}\n" * n),
    "pack, its head repeated": (
        "tag",
        "a.yaml",
        lambda n: PACK + "".join(f"- {{label: a{i}, a{i}: b}}\n" for i in range(n)),
    ),
    "pack, references": ("tag", "a.yaml", lambda n: PACK + "- &a {label: a, tx_hash: b}\n" + "- *a\n" * n),
    "pack, merges": ("tag", "a.yaml", lambda n: PACK + "- &a {label: a}\n" + "- {<<: *a, tx_hash: b}\n" * n),
    "pack, deep": ("tag", "a.yaml", lambda n: PACK + "- " + "[" * n),
    "pack, one text": ("tag", "a.yaml", lambda n: PACK + '- {label: "' + "a\n\n" * n + '"}\n'),
    "tags": ("tag", "a.csv", lambda n: "tx_hash,label\n" + "".join(f"{i:064x},a{i}\n" for i in range(n))),
    "tags, broken lines": ("tag", "a.csv", lambda n: "address,label\n" + "a,b,c\n" * n),
    "tags, quotes never closed": ("tag", "a.csv", lambda n: "address,label\n" + 'a,"b\n' * n),
    "sanctioned": ("tag", "a.txt", lambda n: "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa\n" * n),
    "prices": (
        "price",
        "a.csv",
        lambda n: "time,close_usd\n" + "".join(f"{1_300_000_000 + 60 * i},1.5\n" for i in range(n)),
    ),
    "prices, comments": ("price", "a.csv", lambda n: "# a\n" * min(n, 10_000) + "date,close_usd\n" + "# b\n" * n),
    "prices, quotes never closed": ("price", "a.csv", lambda n: "date,close_usd\n2018-03-05,1\n" + '"a\n' * n),
    "prices, digits": ("price", "a.csv", lambda n: "date,close_usd\n2018-03-05,1." + "1" * 100 * n + "\n"),
    "map": ("map", "a.toml", lambda n: MAP + MAP_RECORD * (n // 50)),
    "map, keys": ("map", "a.toml", lambda n: MAP + "".join(f"k{i} = 1\n" for i in range(n))),
    "map, dotted": ("map", "a.toml", lambda n: MAP + "a" + ".a" * n + " = 1\n"),
    "map, tables": ("map", "a.toml", lambda n: MAP + "".join(f"[a.b{i}]\n" for i in range(n))),
    "map, dotted and quoted": ("map", "a.toml", lambda n: MAP + "[a" + ".\"a\" . 'a'" * n + "]\n"),
    "map, a long key": ("map", "a.toml", lambda n: MAP + "a" * n),
    "map, quotes": ("map", "a.toml", lambda n: MAP + 'a = "' + '".' * n),
    "map, nested": ("map", "a.toml", lambda n: MAP + "a = " + "[" * n + "]" * n + "\n"),
    "listing": ("listing", "evidence.toml", lambda n: '[[exhibit]]\npath = "evidence.toml"\n' * n),
}


def _read(kind: str, path: Path) -> None:
    try:
        match kind:
            case "list" | "tag" | "price":  # in this process, whose time is looked at
                sources.read_here(kind, path)
            case "map":
                grammar.parse(path.read_text())
            case "listing":
                plan([path.parent], "")
            case _:
                chosen = next(r for r in READERS if r.name == kind)
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


@pytest.fixture(autouse=True)
def without_collector() -> Iterator[None]:
    """Python's collector looks at all that a process holds, which after thousands of tests is most of the work."""
    gc.collect()
    gc.disable()
    yield
    gc.enable()


@pytest.mark.parametrize("name", TEXTS)
def test_cost_is_linear_in_size(name: str, tmp_path: Path) -> None:
    kind, file, make = TEXTS[name]

    def seconds(n: int) -> float:
        path = tmp_path / str(n) / file
        path.parent.mkdir(exist_ok=True)
        path.write_text(make(n))
        return _seconds(kind, path)

    _grows_evenly(seconds, lambda n: len(make(n)))


def test_the_cost_of_a_workbook_is_linear_in_size(tmp_path: Path) -> None:
    def seconds(n: int) -> float:
        book = openpyxl.Workbook(write_only=True)
        sheet = book.create_sheet()
        for i in range(n):
            sheet.append([i, f"name {i}"] if i else ["id", "name"])
        path = tmp_path / f"{n}.xlsx"
        book.save(path)
        return _seconds("workbook", path)

    _grows_evenly(seconds, lambda n: 100 * n)


def _grows_evenly(seconds: Callable[[int], float], size: Callable[[int], int]) -> None:
    """Four times as much takes less than ten times as long, from where it takes a while or is as large as may be."""
    n = 1_000
    while (took := seconds(n)) < WHILE and size(n) < LARGE:
        n *= 2
    seen = []
    for _ in range(TRIES):  # a busy machine shows more now and then, not each time
        seen.append((took, seconds(4 * n)))
        if seen[-1][1] < 10 * max(took, WHILE / 4):
            return
        took = seconds(n)
    raise AssertionError((n, seen))
