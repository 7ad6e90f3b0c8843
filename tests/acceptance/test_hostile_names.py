"""Names chosen to harm the reader of a referral come out as text, and nobody's name comes out where it may not."""

import csv
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from leadline.scenario.plan import SIZES, Options
from leadline.scenario.rehearse import rehearse
from leadline.store.case import open_case

HOSTILE = (
    '#import "x.typ"; *b* $x$ @y <z> [c] \\u{1F600}',
    "=1+1",
    '@SUM(1)|cmd"',
    "</script><script>alert(1)</script>",
    "left\u202etfel",
    "{{7*7}} ${7*7} `id`",
    "'); DROP TABLE finding; --",
    "\\\\server\\share \x1b[31m",
)
"""Markup of the typesetter, formulas, a closing tag, a mark that turns the reading direction, SQL, a path."""


def _spelled(name: str) -> str:
    return name.replace("\u202e", "[U+202E]").replace("\x1b", "[U+001B]")


def _seed(folder: Path) -> int:
    return int(json.loads((folder / "scenario.json").read_text())["seed"])


@pytest.fixture(scope="module")
def harmed(played: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The played case again, every customer of one service under a hostile name."""
    folder = tmp_path_factory.mktemp("harmed") / "case"
    shutil.copytree(played, folder, ignore=shutil.ignore_patterns("case", "scorecard.json"))
    path = folder / "evidence" / "returns" / "northgate_customers.csv"
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    for number, row in enumerate(rows):
        row["name"] = HOSTILE[number % len(HOSTILE)]
    with path.open("w", encoding="utf-8", newline="") as file:
        out = csv.DictWriter(file, list(rows[0]))
        out.writeheader()
        out.writerows(rows)
    rehearse(folder, Options(SIZES["tiny"], _seed(folder)))
    return folder


def test_hostile_names_come_out_as_text(harmed: Path, oracle: Callable) -> None:  # type: ignore[type-arg]
    pypdf = oracle("pypdf")
    seen: set[str] = set()
    for package in sorted((harmed / "case" / "packages").iterdir()):
        with (package / "data/tables/identifiers.csv").open(encoding="utf-8", newline="") as file:
            cells = [row["value"] for row in csv.DictReader(file) if row["kind"] == "name"]
        assert not any(re.match(r"[=@\t\r]", cell) for cell in cells)
        assert not any("\u202e" in cell or "\x1b" in cell for cell in cells)
        found = {cell.removeprefix("'") if cell[1:2] in "=@" else cell for cell in cells}
        names = {name for name in HOSTILE if _spelled(name) in found}
        assert "\u202e" not in (package / "data/graph.jsonld").read_text("utf-8")
        seen |= names
        graph = json.dumps(json.loads((package / "data/graph.jsonld").read_text("utf-8")), ensure_ascii=False)
        for name in names:
            assert json.dumps(name, ensure_ascii=False)[1:-1] in graph
        text = "".join(page.extract_text() for page in pypdf.PdfReader(package / "data/report.pdf").pages)
        assert "\u202e" not in text
        assert "\x1b" not in text
        flat = "".join(text.split())
        for name in names:
            assert "".join(_spelled(name).split()) in flat, ascii(name)
    assert seen, "no hostile name was referred: the test means nothing"


def _names(case: Path) -> set[str]:
    """What evidence calls people: values of restricted columns that are long enough to be told from ordinary words."""
    found: set[str] = set()
    for path in sorted(case.glob("runs/intake-*/*.parquet")):
        if path.stem in ("identifier", "customer"):
            table = pq.read_table(path)
            for column in {"value", "normal", "name"} & set(table.column_names):
                found |= {v for v in table[column].to_pylist() if v and len(v) >= 6}
    return found


def test_no_name_stands_in_a_log_an_error_or_on_the_screen(harmed: Path, tmp_path: Path) -> None:
    case = harmed / "case"
    names = _names(case)
    assert len(names) > 100
    said = [(case / "log" / "log.jsonl").read_text()]
    said += [p.read_text() for p in case.glob("runs/*/run.json")] + [p.read_text() for p in case.glob("decisions/*")]
    finding = open_case(case).current("finding")["id"][0].as_py().hex()
    exhibit = open_case(case).current("exhibit")["exhibit"][0].as_py().hex()
    commands = [
        ("demo", "--size", "tiny", "--seed", str(_seed(harmed)), "--dir", str(harmed)),
        ("case", "status", str(case)),
        ("case", "log", str(case), "--last", "1000"),
        ("case", "find", str(case), "--limit", "10000"),
        ("explain", str(case), finding),
        ("impact", str(case), f"exhibit:{exhibit}"),
        ("run", str(case)),
        ("refer", str(case), "--key", str(harmed / "training.key")),
        ("verify", str(case), "--rebuild"),
        ("case", "export", str(case), "identifier", "--out", str(tmp_path / "x.csv")),
        ("show", str(case), exhibit, "row:nowhere/1"),
    ]
    lines = "\n".join(json.dumps(c) for c in commands)
    script = "import sys, json\nfrom leadline.cli import call\nfor line in sys.stdin: call(json.loads(line))"
    done = subprocess.run([sys.executable, "-c", script], input=lines, capture_output=True, text=True, check=True)
    assert "Leadline itself" not in done.stderr
    said += [done.stdout, done.stderr, (tmp_path / "x.csv").read_text()]
    leaked = {name for name in names for text in said if name in text}
    assert not leaked, f"{len(leaked)} names leaked"
