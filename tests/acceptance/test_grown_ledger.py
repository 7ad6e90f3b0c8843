"""A ledger that grows under a case, and then reorganises above its pin: the case finds what it found before."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from leadline.cli import call
from leadline.engines.ledger import build, open_ledger
from leadline.flow import order as flow_order
from leadline.flow import run as flow_run
from leadline.flow.inputs import FlowInputs
from leadline.flow.pinning import pin
from leadline.flow.rebuild import rebuild
from leadline.kinds.bitcoin.tx import sha256d
from leadline.model.progress import silent
from leadline.scenario.chain.blocks import BlockFiles, coinbase, header, read_blocks
from leadline.scenario.plan import NETWORK
from leadline.store.case import Case, open_case
from leadline.store.settings import change, changed
from leadline.store.verify import verify

ON_THE_LEDGER = [spec for spec in flow_order.STEPS if "ledger" in spec.pins]
"""The steps that read the ledger."""


def written(folder: Path, blocks: list[bytes]) -> list[Path]:
    """These blocks as block files."""
    with BlockFiles(folder) as files:
        for block in blocks:
            files.add([block])
    return [folder]


def branch(upon: bytes, first: int, count: int) -> list[bytes]:
    """So many blocks with nothing but a coinbase, the first at a height upon another block."""
    blocks, previous = [], sha256d(upon[:80])
    time = int.from_bytes(upon[68:72], "little")
    for height in range(first, first + count):
        mined, txid = coinbase(height, [(b"\x51", 5_000_000_000)], None)
        head, previous = header(previous, txid, time + 600 * (height - first + 1))
        blocks.append(head + b"\x01" + mined)
    return blocks


def rows(tables: dict[str, pa.Table]) -> dict[str, list[str]]:
    """By table its rows as text, in an order of their own."""
    return {name: sorted(map(str, table.to_pylist())) for name, table in tables.items()}


def kept(case: Case) -> dict[str, dict[str, list[str]]]:
    """By step what its current run wrote, read from its files by another reader."""
    found = {}
    for spec in ON_THE_LEDGER:
        (run,) = case.current_runs((spec.name,))
        found[spec.name] = rows({p.stem: pq.read_table(p) for p in (case.root / "runs" / run.id).glob("*.parquet")})
    return found


def again(case: Case) -> dict[str, dict[str, list[str]]]:
    """By step what it would write now, whether it is fresh or not."""
    return {spec.name: rows(dict(spec.run(FlowInputs(case, spec, silent)))) for spec in ON_THE_LEDGER}


def test_what_the_chain_gained_after_the_pin_is_not_there(
    copied: Callable[[], Path], capfd: pytest.CaptureFixture[str]
) -> None:
    folder = copied()
    case, ledger = open_case(folder / "case"), folder / "growing"
    blocks = list(read_blocks(folder / "chain"))
    low = len(blocks) * 9 // 10
    build(ledger, written(folder / "first", blocks[: low + 1]), NETWORK)
    for old in case.settings.pinned("ledger"):
        case.change(changed(case.settings, change(f"pin.ledger-={old.digest}")), "test", {})
    pin(case, "ledger", ledger, "test")
    for spec in flow_order.STEPS:
        flow_run.run_step(case, spec)

    def asked() -> list[Any]:
        """What the commands that read the ledger say of the case."""
        largest = case.current("payment").sort_by([("value_sat", "descending")])["account"][0].as_py()
        mine = pc.equal(case.current("address")["subject"], largest)
        address = case.current("address").filter(mine)["address"][0].as_py()
        said = []
        for arguments in (
            ["ledger", "missing-blocks", str(case.root), "--json"],
            ["ledger", "missing-blocks", str(case.root), "--json", "--by", "height"],
            ["case", "exposure", str(case.root), address, "--json", "--cluster"],
            ["case", "exposure", str(case.root), address, "--json", "--history"],
            ["case", "validation", str(case.root), "--json"],
        ):
            capfd.readouterr()
            assert call(arguments) == 0
            said.append({k: v for k, v in json.loads(capfd.readouterr().out).items() if k != "grown"})
        return said

    found, said = kept(case), asked()
    runs = [run.id for run in case.current_runs()]
    assert len(found["trace"]["payment"]) > 20
    assert found["trace"]["stop"] != [] != found["trace"]["cashout"]

    build(ledger, written(folder / "all", blocks), NETWORK)
    assert open_ledger(ledger).height == len(blocks) - 1 > low
    assert [flow_run.run_step(case, spec).state for spec in flow_order.STEPS] == ["fresh"] * len(flow_order.STEPS)
    assert (again(case), asked()) == (found, said)
    assert call(["ledger", "missing-blocks", str(case.root)]) == 0
    assert "has grown since it was pinned" in capfd.readouterr().err
    report = rebuild(case.root, verify(case.root))
    assert report.ok, report.problems

    fork = low + 20
    other = branch(blocks[fork], fork + 1, len(blocks) - fork)
    build(ledger, written(folder / "other", other), NETWORK)
    assert open_ledger(ledger).sources()["stale_blocks"] == len(blocks) - 1 - fork
    assert (again(case), asked()) == (found, said)
    assert [run.id for run in case.current_runs()] == runs

    build(ledger, written(folder / "longer", [*blocks, *branch(blocks[-1], len(blocks), 3)]), NETWORK)
    assert (again(case), asked()) == (found, said)
    for old in case.settings.pinned("ledger"):
        case.change(changed(case.settings, change(f"pin.ledger-={old.digest}")), "test", {})
    pin(case, "ledger", ledger, "test")
    flow_run.run_step(case, flow_order.step("trace"))
    assert all(kept(case)["trace"][name] != found["trace"][name] for name in ("payment", "taint", "exposure", "hop"))
    assert asked()[0] != said[0]
    assert call(["ledger", "missing-blocks", str(case.root)]) == 0
    assert "has grown" not in capfd.readouterr().err
