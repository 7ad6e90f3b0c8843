"""The same case elsewhere, and every step again from the exhibits, without the truth: the same tables."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from leadline.errors import IntegrityError
from leadline.flow.custody import SELF_CONSISTENT, custody
from leadline.flow.rebuild import rebuild
from leadline.model.evidence import CUSTOMER
from leadline.model.tables import digest
from leadline.scenario.plan import SIZES, Options
from leadline.scenario.rehearse import rehearse
from leadline.store import durable, parquet, runs
from leadline.store.case import open_case
from leadline.store.log import root_of
from leadline.store.verify import verify


def digests(case: Path) -> dict[str, list[str]]:
    """Digests of every current table, by step."""
    found: dict[str, list[str]] = {}
    for run in open_case(case).current_runs():
        found.setdefault(run.step, []).extend(f"{name} {digest}" for name, (digest, _) in run.tables.items())
    return {step: sorted(rows) for step, rows in found.items()}


def test_rebuilt_on_another_path_without_the_truth(copied: Callable[[], Path]) -> None:
    folder = copied()
    (folder / "truth").rename(folder.with_name("truth apart"))
    report = rebuild(folder / "case", verify(folder / "case"))
    assert report.ok, report.problems


@pytest.mark.parametrize("claim_too", [False, True])
def test_a_changed_name_with_the_log_written_anew_is_found(copied: Callable[[], Path], claim_too: bool) -> None:
    root = copied() / "case"
    case = open_case(root)
    run = next(run for run in case.current_runs(("intake",)) if run.tables.get("customer", ("", 0))[1])
    name, said = f"runs/{run.id}/customer.parquet", f"runs/{run.id}/run.json"
    table = pq.read_table(root / name)
    names = ["Somebody Else", *table.column("name").to_pylist()[1:]]
    at, field = table.schema.get_field_index("name"), table.schema.field("name")
    table = table.set_column(at, field, pa.array(names, pa.string()))
    files = {name: root / name}
    (root / name).unlink()
    parquet.write(root / name, table)
    if claim_too:
        files[said] = root / said
        tables = {**run.tables, "customer": (digest(CUSTOMER, table).hex(), table.num_rows)}
        (root / said).unlink()
        durable.write(root / said, runs.to_json(replace(run, tables=tables)))
    lines: list[bytes] = []
    for entry in case.log.entries:
        new = {n: durable.sha256(files[n]) if n in files else d for n, d in entry.files.items()}
        lines.append(replace(entry, files=new, root=root_of(lines).hex()).line())
    (root / "log" / "log.jsonl").write_bytes(b"".join(line + b"\n" for line in lines))
    report = verify(root)
    assert report.verdict == ("self_consistent_only" if claim_too else "changed")
    assert claim_too or report.problems == (f"{name}: not the table run.json names",)
    if claim_too:
        assert custody(open_case(root)) == (SELF_CONSISTENT,)
    else:
        with pytest.raises(IntegrityError, match="contradicts itself"):
            custody(open_case(root))
    report = rebuild(root, report)
    assert (report.verdict, report.ok) == ("rebuilt_differs", False)
    assert "intake: table customer came out otherwise" in report.problems
    assert ("intake: table customer is not the one its run.json names" in report.problems) != claim_too


def test_played_again_elsewhere(played: Path, tmp_path: Path) -> None:
    folder = tmp_path / "again"
    seed = json.loads((played / "scenario.json").read_text())["seed"]
    rehearse(folder, Options(SIZES["tiny"], seed))
    assert digests(folder / "case") == digests(played / "case")
