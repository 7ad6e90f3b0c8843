"""A map that rejects every row is an error with the reason, and a good reading stays in its place."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from leadline.cli import call
from leadline.store.case import open_case

MAP = """
name = "shop"
says = "Orders"
reader = "table"
{top}
[[part]]
columns = ["id", "when"]
[[part.record]]
table = "account"
account = "account:shop/{{id}}"
role = "user"
time = {{ column = "when", format = "{format}", zone = "UTC" }}
"""
Run = Callable[..., tuple[int, Any]]


@pytest.fixture
def run(capfd: pytest.CaptureFixture[str]) -> Run:
    """Runs a command line in this process with --json: (exit code, object)."""

    def execute(*arguments: object) -> tuple[int, Any]:
        capfd.readouterr()
        code = call([*(str(a) for a in arguments), "--json"])
        return code, json.loads(capfd.readouterr().out)

    return execute


@pytest.fixture
def case(run: Run, tmp_path: Path) -> Path:
    assert run("case", "new", tmp_path / "case", "--name", "x")[0] == 0
    return tmp_path / "case"


def test_a_wrong_map_takes_nothing_in_and_the_right_reading_stands(run: Run, case: Path, tmp_path: Path) -> None:
    orders, good, wrong = tmp_path / "o.csv", tmp_path / "good.toml", tmp_path / "wrong.toml"
    orders.write_text("id,when\n1,2018-03-05 10:00:00\n2,2018-03-06 10:00:00\n")
    good.write_text(MAP.format(top="", format="iso"))
    wrong.write_text(MAP.format(top="", format="%d/%m/%Y"))
    code, said = run("intake", case, orders, "--map", wrong)
    assert code == 1
    assert "no row fits map shop: 2 rejected (bad_time 2)" in said["error"]["what"]
    assert "correct format" in said["error"]["remedy"]
    assert len(open_case(case).current("reject")) == 0
    assert run("intake", case, orders, "--map", good)[0] == 0
    assert run("intake", case, orders, "--map", wrong)[0] == 1
    assert open_case(case).current("account")["account"].to_pylist() == ["account:shop/1", "account:shop/2"]


def test_text_in_another_encoding_is_told_what_to_state(run: Run, case: Path, tmp_path: Path) -> None:
    orders, map_ = tmp_path / "o.csv", tmp_path / "m.toml"
    orders.write_bytes("id,when,note\nä,2018-03-05 10:00:00,é\n".encode("cp1252"))
    map_.write_text(MAP.format(top="", format="iso"))
    code, said = run("intake", case, orders, "--map", map_)
    assert (code, 'state encoding = "cp1252"' in said["error"]["remedy"]) == (1, True)
    map_.write_text(MAP.format(top='encoding = "cp1252"', format="iso"))
    assert run("intake", case, orders, "--map", map_)[0] in (0, 1)


def test_one_row_that_fits_is_a_reading_and_a_file_of_none_is_too(run: Run, case: Path, tmp_path: Path) -> None:
    map_ = tmp_path / "m.toml"
    map_.write_text(MAP.format(top="", format="iso"))
    (tmp_path / "a.csv").write_text("id,when\n1,2018-03-05 10:00:00\n2,never\n")
    assert run("intake", case, tmp_path / "a.csv", "--map", map_)[0] == 0
    (tmp_path / "b.csv").write_text("id,when\n")
    assert run("intake", case, tmp_path / "b.csv", "--map", map_)[0] == 0


def test_a_part_of_the_map_that_the_exhibit_does_not_have_is_named(
    case: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    map_, orders = tmp_path / "m.toml", tmp_path / "o.csv"
    map_.write_text(MAP.format(top="", format="iso") + '[[part]]\nmatch = "tblOrder"\n')
    orders.write_text("id,when\n1,2018-03-05 10:00:00\n")
    assert call(["intake", str(case), str(orders), "--map", str(map_)]) == 0
    assert "the map's part tblOrder: the exhibit has none of this name" in capfd.readouterr().out


def test_a_key_beyond_ascii_is_told_to_be_quoted(run: Run, case: Path, tmp_path: Path) -> None:
    map_, orders = tmp_path / "m.toml", tmp_path / "o.csv"
    map_.write_text('name = "x"\n[lookup.España]\npart = "x"\n')
    orders.write_text("id,when\n1,2018-03-05 10:00:00\n")
    code, said = run("intake", case, orders, "--map", map_)
    assert (code, "stands in quotes" in said["error"]["remedy"]) == (1, True)
