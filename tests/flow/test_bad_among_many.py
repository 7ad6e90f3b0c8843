"""One bad file among many is named by its own path and place, and the rest goes in."""

import json
import sqlite3
from pathlib import Path

import pytest

from leadline.cli import call
from leadline.errors import EvidenceError
from leadline.flow.intake import intake, take_in
from leadline.store.case import Case

LOG = '198.18.4.{n} - - [07/Nov/2016:10:00:01 +0200] "GET /f/3 HTTP/1.1" 200 512 "-" "UA" uid={n}\n'
BAD = ("empty", "unknown", "no map", "cut", "pipe-like name")


def bad(folder: Path, kind: str) -> Path:
    """A file that cannot be taken in, for one reason each."""
    path = folder / f"{kind}.dat"
    match kind:
        case "empty":
            path.write_bytes(b"")
        case "unknown":
            path.write_bytes(bytes(range(256)))
        case "no map":
            path.write_text("colour,size\nred,4\nblue,5\n")
        case "cut":
            with sqlite3.connect(folder / "whole") as base:
                base.execute("CREATE TABLE t (a)")
                base.executemany("INSERT INTO t VALUES (?)", [("x" * 900,)] * 40)
            path.write_bytes((folder / "whole").read_bytes()[:6000])
        case _:
            path.write_bytes(b"\x7fELF")
    return path


def logs(folder: Path) -> tuple[Path, Path]:
    first, last = folder / "a.log", folder / "z.log"
    first.write_text(LOG.format(n=1))
    last.write_text(LOG.format(n=2))
    return first, last


@pytest.mark.parametrize("kind", BAD)
def test_the_rest_goes_in_and_the_bad_one_is_named(tmp_path: Path, kind: str) -> None:
    (first, last), wrong = logs(tmp_path), bad(tmp_path, kind)
    case = Case.create(tmp_path / "case", "x")
    done = take_in(case, [first, wrong, last])
    assert case.current("event").num_rows == 2
    assert [(r.path, r.place) for r in done.refused] == [(wrong, "argument 2")]
    assert len(done.taken) == 2 and done.refused[0].error.remedy
    with pytest.raises(Exception, match=str(done.refused[0].error.what)):
        intake(case, [first, wrong, last])
    assert wrong.name not in case.log.path.read_text()


def test_a_listed_one_is_named_by_its_entry(tmp_path: Path) -> None:
    logs(tmp_path)
    bad(tmp_path, "unknown")
    entries = "".join(f'[[exhibit]]\npath = "{n}"\n' for n in ("unknown.dat", "a.log", "z.log"))
    (tmp_path / "evidence.toml").write_text(entries)
    case = Case.create(tmp_path.with_name(tmp_path.name + "-case"), "x")
    (refused,) = take_in(case, [tmp_path]).refused
    assert (refused.path.name, refused.place) == ("unknown.dat", "evidence.toml, exhibit 1")
    assert isinstance(refused.error, EvidenceError) and case.current("event").num_rows == 2


def test_the_command_names_it_and_ends_with_1(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (first, last), wrong = logs(tmp_path), bad(tmp_path, "unknown")
    root = str(tmp_path / "case")
    assert call(["case", "new", root, "--name", "x"]) == 0
    capfd.readouterr()
    line = ["intake", root, str(first), str(wrong), str(last)]
    assert call([*line, "--json"]) == 1
    said = json.loads(capfd.readouterr().out)
    assert (said["ok"], len(said["exhibits"])) == (False, 2)
    assert [(r["path"], r["place"]) for r in said["refused"]] == [(str(wrong), "argument 2")]
    assert call(line) == 1
    assert f"not taken in: {wrong} (argument 2): no reader knows" in capfd.readouterr().out
    assert call(["intake", root, str(wrong)]) == 1
    assert "remedy" in capfd.readouterr().err


def test_a_wrong_map_is_told_by_the_entry_that_names_it(tmp_path: Path) -> None:
    (tmp_path / "wrong.toml").write_text('name = "x"\n[[part]]\ncolour = 1\n')
    for name in ("a.csv", "b.csv"):
        (tmp_path / name).write_text("user,mail\n1,ann@example.org\n")
    wrong = tmp_path / "wrong.toml"
    (tmp_path / "evidence.toml").write_text(
        f'[[exhibit]]\npath = "a.csv"\n[[exhibit]]\npath = "b.csv"\nmap = "{wrong}"\n'
    )
    done = take_in(Case.create(tmp_path.parent / f"{tmp_path.name}-case", "x"), [tmp_path])
    (refused,) = [r for r in done.refused if r.path.name == "b.csv"]
    assert refused.error.where.startswith("the map of evidence.toml, exhibit 2")
