"""What `ledger missing-blocks` prints may go to anyone: days or heights, nothing that points at a person or a coin."""

import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from leadline.cli import cli
from leadline.store.case import Case

WIDTHS: tuple[tuple[str, ...], ...] = (
    (),
    ("--before", "0", "--after", "0"),
    ("--before", "100000000", "--after", "100000000"),
)


@pytest.mark.parametrize("by", ["day", "height"])
def test_the_list_names_no_target(played: Path, by: str) -> None:
    folder = played / "case"
    case = Case.open(folder)
    for options in (*((*o, "--by", by) for o in WIDTHS), *(WIDTHS if by == "day" else ())):
        done = CliRunner().invoke(cli, ["ledger", "missing-blocks", str(folder), *options], catch_exceptions=False)
        for line in done.stdout.splitlines():
            days = r"\d{4}-\d\d-\d\d to \d{4}-\d\d-\d\d, [\d,]+ whole days? \(UTC\)"
            heights = r"regtest: heights [\d,]+ to [\d,]+, [\d,]+ blocks"
            told_by = days if by == "day" else heights
            assert re.fullmatch(told_by, line) or line == "nothing: the pinned ledger has every day"
        told = CliRunner().invoke(
            cli, ["ledger", "missing-blocks", str(folder), "--json", *options], catch_exceptions=False
        )
        facts = json.loads(told.stdout)
        assert set(facts) == {"ok", "times", "undated", "needed", "missing", "grown"} | (
            {"heights"} if by == "height" else set()
        )
        for network in facts.get("heights", []):
            assert set(network) == {"network", "needed", "missing"}
            assert network["needed"]
            for row in network["needed"] + network["missing"]:
                assert set(row) == {"first", "last"}
                assert row["first"] % 144 == (row["last"] + 1) % 144 == 0
        assert facts["needed"]
        assert all(set(d) == {"first", "last"} and len(d["first"]) == 10 for d in facts["needed"] + facts["missing"])
        for name in ("address", "event", "account"):
            table = case.current(name)
            for column in table.column_names:
                if table.schema.field(column).type == "string":
                    for value in table[column].unique().to_pylist()[:500]:
                        assert value is None or len(value) < 8 or value not in told.stdout + done.stdout
