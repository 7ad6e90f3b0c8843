"""Speed of tracing, and how far it can be trusted: writes build/bench/trace.json and build/accuracy/trace.json.

The speed rows need a record-size training case: the folder named by LEADLINE_RECORD as `leadline demo --size record`
left it, or one made here (its chain only; some minutes). LEADLINE_DATA names the folder with real chain data.
"""

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

from tracing import document, figures, outside, people, play, weak
from tracing.shares import pooled

from leadline.engines.ledger import Ledger, build, open_ledger
from leadline.engines.ledger.tracing import expand
from leadline.engines.ledger.view import as_of
from leadline.kinds.bitcoin.networks import COIN
from leadline.scenario.chain.blocks import BlockFiles
from leadline.scenario.chain.dice import Dice
from leadline.scenario.chain.growth import Chain
from leadline.scenario.chain.locks import Keyring
from leadline.scenario.chain.wallets import HABITS, Wallet
from leadline.scenario.plan import SIZES, Shares
from leadline.store.environment import peak_mb, reset_peak

ROOT = Path(__file__).resolve().parents[1]
OUT = ROOT / "build"
SEEDS = (1, 2, 3)
"""Seeds of the self-consistency figures."""
LEVELS = (0, 100_000, 200_000, 300_000)
"""Shares swept, in parts per million."""
SWEEP_SEEDS = (11, 12)
"""Seeds of the sweeps: the same at every level."""
SWEPT = {
    "payjoin": "private payments that are PayJoins",
    "shared_custody": "sweeps of a tagged exchange made together with an untagged one's, by one custodian",
    "dust_attack": "payments whose address a stranger then sends dust",
    "imported_keys": "deposits, and change of private steps, that reach an exchange as a private key",
    "peer_to_peer": "purchases through a peer-to-peer seller",
    "broker": "purchases through a broker inside an exchange",
    "coinjoin": "purchases paid out of a CoinJoin",
    "mixer": "purchases paid out of a mixer",
}


def main() -> int:
    """Measures everything; `--docs` also writes docs/accuracy.md; `accuracy` leaves the speed out.

    `one FOLDER EVERY` traces once, for the parent.
    """
    if sys.argv[1:2] == ["one"]:
        print(json.dumps(_one(Path(sys.argv[2]), int(sys.argv[3]))))
        return 0
    (OUT / "bench").mkdir(parents=True, exist_ok=True)
    (OUT / "accuracy").mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=OUT) as scratch:
        if "accuracy" not in sys.argv:
            rows = speed(Path(scratch))
            _write(OUT / "bench" / "trace.json", rows)
            for row in rows:
                shown = f"{row['what']:14} {row['value']:>10} {row['unit']:12}"
                print(f"{shown} ratio {row['ratio']} (floor {row['floor']})")
        accuracy(Path(scratch))
    return 0


def speed(scratch: Path) -> list[dict[str, Any]]:
    """The four rows of speed."""
    named = os.environ.get("LEADLINE_RECORD")
    record = Path(named) if named else scratch / "record"
    if not named:
        play.keep(play.played(record, SIZES["record"], 1))
    one = _child(record, 1)
    many = scratch / "growth"
    play.keep(play.played(many, play.size("growth", 70_000, 20_000, accounts=100_000, people=337), 1))
    few, all_ = _child(many, 100), _child(many, 1)
    ratio = (few["cpu"] / few["payments"]) / (all_["cpu"] / all_["payments"])
    each = round(1000 * all_["cpu"] / all_["payments"], 4)
    against = f"ms a payment at {few['payments']} payments: {round(1000 * few['cpu'] / few['payments'], 4)}"
    shown = _expand(scratch / "hub")
    return [
        _row("record", one["cpu"], "CPU s", "20 CPU s", 20 / one["cpu"], 1.0),
        _row("record_memory", one["peak_mb"], "MiB", "4 GB", 4e9 / (one["peak_mb"] * (1 << 20)), 1.0),
        _row("growth", each, "ms/payment", against, ratio, 0.8),
        _row("expand", shown, "s", "0.2 s", 0.2 / shown, 1.0),
    ]


def _row(what: str, value: float, unit: str, against: str, ratio: float, floor: float) -> dict[str, Any]:
    shown = {"what": what, "value": round(value, 4), "unit": unit}
    return {**shown, "against": against, "ratio": round(ratio, 3), "floor": floor}


def _child(folder: Path, every: int) -> dict[str, Any]:
    """One trace in a process of its own, after a run that only fills the compiler's cache."""
    done = subprocess.run(
        [sys.executable, __file__, "one", str(folder), str(every)], check=True, capture_output=True, text=True
    )
    result: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return result


def _one(folder: Path, every: int) -> dict[str, Any]:
    case = play.found(folder)
    given = play.inputs(case, play.stated(case, every))
    reset_peak()
    before = resource.getrusage(resource.RUSAGE_SELF)
    start = time.perf_counter()
    tables = play.SPEC.run(given)
    after = resource.getrusage(resource.RUSAGE_SELF)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return {
        "cpu": cpu, "wall": time.perf_counter() - start, "peak_mb": peak_mb(), "payments": tables["payment"].num_rows,
    }  # fmt: skip


def _expand(folder: Path, transactions: int = 100_000) -> float:
    """Seconds to the first page of an address with so many transactions, ledger open, best of five."""
    with BlockFiles(folder / "chain") as files:
        chain = Chain(Keyring(1, False), Dice(1, "hub"), files)
        hub = Wallet(chain.ring, "hub", "one", HABITS[0]).lock()
        payer = Wallet(chain.ring, "payer", "many", HABITS[0])
        for height in range(1, 251):
            chain.begin(height, 1_500_000_000 + 600 * height)
            if height > 150:
                coin = chain.reserve.coins.pop(0)
                for _ in range(transactions // 100):
                    lock = payer.lock()
                    chain.send([coin], [(hub, 1_000), (lock, coin.value - 2_000)], payer)
                    coin = payer.coins.pop()
            chain.close()
    build(folder / "ledger", sorted((folder / "chain").glob("blk*.dat")), "regtest")
    ledger = open_ledger(folder / "ledger")
    view = as_of(ledger, frozenset())
    script = ledger.find_script(hub.opening.script)
    took = []
    for _ in range(5):
        start = time.perf_counter()
        page = expand.page(view, [script])
        took.append(time.perf_counter() - start)
    assert page.total >= transactions and len(page.tx) == expand.PAGE and COIN
    return min(took)


def accuracy(scratch: Path) -> None:
    """The three kinds of figure, kept apart."""
    seeds = {}
    own_case: list[dict[str, Any]] = []
    for seed in SEEDS:
        case = play.played(scratch / "self", play.size("self", 600, 60_000), seed)
        tables = play.traced(case)
        ledger = open_ledger(case.folder / "ledger")
        seeds[str(seed)] = _seed(case, tables, ledger)
        if seed == SEEDS[0]:
            own_case = play.case_figures(case, seed, tables)
    data = Path(os.environ.get("LEADLINE_DATA", ROOT.parent / "shared" / "data")) / "chain"
    whole = {
        "self-consistency": {
            "says": "Against our own generator: what holds there need not hold on the real chain.",
            "seeds": seeds,
            "pooled": pooled(list(seeds.values())),
            "sweeps": {name: {"share of": says, **_sweep(scratch, name)} for name, says in SWEPT.items()},
            "weak": weak.rows(scratch / "weak"),
            "people": people.rows(scratch / "people"),
        },
        "outside truth": outside.all_rows(data),
        "this case": {
            "says": "No real case is at hand: what `case validation` prints, rehearsed on a training case. Here "
            "two services answer; one answer in a hundred each is false, mistaken, late or a denial, as this program "
            "drew it: how often a real service errs, a real case must say.",
            "figures": own_case,
        },
    }
    _write(OUT / "accuracy" / "trace.json", whole)
    if "--docs" in sys.argv:
        _write(ROOT / "docs" / "accuracy.json", whole)
        (ROOT / "docs" / "accuracy.md").write_text(document.text(whole), encoding="utf-8")


def _seed(case: play.Played, tables: dict[str, Any], ledger: Ledger) -> dict[str, Any]:
    """The figures of one seed."""
    view = as_of(ledger, frozenset())
    owner = figures.owners(case, ledger)
    return {
        "value that reaches a tagged service": figures.reached(tables),
        **figures.releases(case, tables, ledger),
        "taint": figures.taints(tables),
        "cash-outs": figures.cashouts(case, tables),
        "clusters, pairs": figures.clusters(ledger, owner),
        "change": figures.changes(view, owner),
        "signs of a service": figures.service_shares(case, view),
    }


def _sweep(scratch: Path, name: str) -> dict[str, Any]:
    """What one share does to the results, level by level."""
    out = {}
    for level in LEVELS:
        rows = []
        for seed in SWEEP_SEEDS:
            case = play.played(
                scratch / "sweep", play.size("sweep", 300, 8_000), seed, replace(Shares(), **{name: level})
            )
            rows.append(figures.brief(case, play.traced(case), open_ledger(case.folder / "ledger")))
        out[f"{level // 10_000} %"] = pooled(rows)
    return out


def _write(path: Path, value: Any) -> None:
    path.write_text(json.dumps(value, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
