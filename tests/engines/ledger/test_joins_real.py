"""CoinJoin shapes on real mainnet mixes: agreement with the detectors that found them, not truth."""

import zipfile
from pathlib import Path

import numpy as np

from leadline.engines.ledger import joins_kernels
from leadline.model.ledger import JOIN_NONE, JOINS, TX0


def shapes(archive: Path, member: str) -> list[str]:
    """The shape of every transaction of one list; values, input scripts and outputs stand in the line."""
    found = []
    with zipfile.ZipFile(archive) as zipped:
        lines = zipped.read(f"Scanner/{member}.txt").decode().splitlines()
    for line in lines:
        _, _, _, _, spent, created = line.split(":::")[:6]
        inputs = [i.split("+") for i in spent.split("}{") if i]
        outputs = [o.split("+") for o in created.split("}{") if o]
        known: dict[str, int] = {}
        ins = np.array([int(i[0].split("-")[2]) for i in inputs])
        owners = np.array([known.setdefault(i[1], len(known)) for i in inputs])
        outs = np.array([int(o[0]) for o in outputs])
        returns = sum(o[1].startswith("6a") for o in outputs)
        found.append(JOINS[joins_kernels.kind(ins, len(ins), owners, outs, len(outs), returns)])
    return found


def alarms(found: list[str]) -> float:
    return sum(f not in (JOINS[JOIN_NONE], JOINS[TX0]) for f in found) / len(found)


def test_whirlpool(data_dir: Path) -> None:
    archive = data_dir / "chain" / "coinjoin" / "dumplings__sw_202403.zip"
    mixes = shapes(archive, "SamouraiCoinJoins")
    assert len(mixes) == 1403
    assert mixes.count("whirlpool") >= 0.99 * len(mixes)
    assert shapes(archive, "SamouraiTx0s").count("tx0") >= 0.6 * 900
    assert alarms(shapes(archive, "SamouraiPostMixTxs")) < 0.098


def test_wasabi_1(data_dir: Path) -> None:
    archive = data_dir / "chain" / "coinjoin" / "dumplings__ww1_202405.zip"
    mixes = shapes(archive, "WasabiCoinJoins")
    assert len(mixes) == 196
    assert mixes.count("wasabi1") >= 0.99 * len(mixes)
    assert alarms(shapes(archive, "WasabiPostMixTxs")) < 0.035
