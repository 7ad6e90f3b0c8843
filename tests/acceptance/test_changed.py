"""What changed: a new tag, a withdrawn tag, a ledger grown by blocks - each finding named, with its reason."""

import json
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from leadline.cli import call
from leadline.engines.ledger import build, open_ledger
from leadline.flow import order as flow_order
from leadline.flow import run as flow_run
from leadline.flow.pinning import pin
from leadline.kinds.codecs import tagpack
from leadline.model.progress import silent
from leadline.store.case import Case, open_case
from leadline.store.settings import change, changed


def trace(case: Case) -> dict[bytes, list[Any]]:
    """Runs trace; per finding its rows in every table keyed by it, read from the run's files by another reader."""
    run = flow_run.run_step(case, flow_order.step("trace")).run
    found: dict[bytes, list[Any]] = {}
    for path in sorted((case.root / "runs" / run.id).glob("*.parquet")):
        for row in pq.read_table(path).to_pylist():
            if path.stem == "finding":
                found.setdefault(row["id"], [])
            elif "finding" in row and path.stem != "finding":
                found.setdefault(row["finding"], []).append((path.stem, sorted(row.items(), key=str)))
    return {id_: sorted(rows, key=str) for id_, rows in found.items()}


def said(folder: Path, capfd: pytest.CaptureFixture[str], *more: str) -> dict[str, Any]:
    capfd.readouterr()
    assert call(["case", "changes", str(folder / "case"), "--step", "trace", "--json", *more]) == 0
    (step,) = json.loads(capfd.readouterr().out)["steps"]
    return dict(step)


def agrees(step: dict[str, Any], before: dict[bytes, list[Any]], after: dict[bytes, list[Any]]) -> None:
    """The findings named are exactly those that two plain readings of the runs' files differ in."""
    got = {state: {f["finding"] for f in step["findings"] if f["state"] == state} for state in
           ("new", "changed", "withdrawn")}  # fmt: skip
    assert got["new"] == {i.hex() for i in set(after) - set(before)}
    assert got["withdrawn"] == {i.hex() for i in set(before) - set(after)}
    assert got["changed"] == {i.hex() for i in set(after) & set(before) if after[i] != before[i]}
    assert all(f["because"] for f in step["findings"])


def test_a_withdrawn_tag_and_a_new_one(copied: Callable[[], Path], capfd: pytest.CaptureFixture[str]) -> None:
    folder = copied()
    case = open_case(folder / "case")
    before = trace(case)
    pack = case.settings.pinned("tag")[0]
    accepted = {d.finding for d, s in case.decisions() if d.predicate == "released" and s == "in_force"}
    cited = [r for r in case.current("basis").to_pylist() if r["kind"] == "tag" and r["finding"] in accepted]
    gone = f"{cited[0]['ref']}#{cited[0]['locator']}"
    case.change(changed(case.settings, change(f"withdraw+={gone}")), "test", {})
    after = trace(case)
    step = said(folder, capfd)
    agrees(step, before, after)
    assert [c["says"] for c in step["causes"]] == [f"{gone} was withdrawn"]
    lost = {f["finding"] for f in step["findings"] if f["traced"]}
    assert lost == {r["finding"].hex() for r in cited_by(before, gone)} & {f["finding"] for f in step["findings"]}
    fallen = {d.finding.hex() for d, s in case.decisions() if s == "stale" and d.predicate in ("released", "received")}
    assert cited[0]["finding"].hex() in fallen <= {s["finding"] for s in step["stale"]}

    path = folder / "tags" / "again.yaml"
    rows = [r for r in tagpack.parse(pack.at(case.root).read_bytes()).rows if r["entry"] == entry_of(gone)]
    keep = ("address", "label", "actor", "category", "confidence", "network")
    path.write_bytes(tagpack.write({"title": "t", "creator": "c"}, [{k: r[k] for k in keep} for r in rows]))
    pin(case, "tag", path, "test")
    again = trace(case)
    step = said(folder, capfd)
    agrees(step, after, again)
    assert len(step["causes"]) == 1 and "again.yaml" in step["causes"][0]["says"]
    assert {f["finding"] for f in step["findings"] if f["state"] == "new"} >= {
        i.hex() for i in set(before) - set(after) if i in again
    }
    assert call(["case", "changes", str(folder / "case")]) == 0
    assert "again.yaml" in capfd.readouterr().out
    assert call(["case", "changes", str(folder / "case"), "--step", "trace", "--since", "trace-0"]) == 2


def entry_of(ref: str) -> int:
    return int(ref.rpartition(":")[2])


def cited_by(found: dict[bytes, list[Any]], ref: str) -> list[dict[str, Any]]:
    """The basis rows, of either reading, that name `ref`."""
    rows = [dict(row) for rows in found.values() for name, row in rows if name == "basis"]
    return [r for r in rows if f"{r['ref']}#{r['locator']}" == ref]


def test_a_ledger_grown_by_blocks(copied: Callable[[], Path], capfd: pytest.CaptureFixture[str]) -> None:
    folder = copied()
    case = open_case(folder / "case")
    blocks = b"".join(p.read_bytes() for p in sorted((folder / "chain").glob("*.dat")))
    at, ends = 0, []
    while at + 8 <= len(blocks) and blocks[at : at + 4] != bytes(4):
        at += 8 + struct.unpack_from("<I", blocks, at + 4)[0]
        ends.append(at)
    short, whole = folder / "short" / "blk00000.dat", folder / "more" / "blk00000.dat"
    for path, data in ((short, blocks[: ends[len(ends) * 9 // 10]]), (whole, blocks[: ends[-1]])):
        path.parent.mkdir()
        path.write_bytes(data)
    build(folder / "growing", [short], "regtest", silent)
    low = int(open_ledger(folder / "growing").pin()["height"])
    for old in case.settings.pinned("ledger"):
        case.change(changed(case.settings, change(f"pin.ledger-={old.digest}")), "test", {})
    pin(case, "ledger", folder / "growing", "test")
    before = trace(case)
    build(folder / "growing", [whole], "regtest", silent)
    pin(case, "ledger", folder / "growing", "test")
    after = trace(case)
    step = said(folder, capfd)
    agrees(step, before, after)
    high = int(open_ledger(folder / "growing").pin()["height"])
    assert [c["says"] for c in step["causes"]] == [f"the ledger growing stands at height {high}, it stood at {low}"]
    new = {f["finding"] for f in step["findings"] if f["state"] == "new" and f["predicate"] == "received"}
    assert new == {r["finding"].hex() for r in case.current("payment").to_pylist() if r["height"] > low} != set()
