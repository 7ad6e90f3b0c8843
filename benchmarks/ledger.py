"""The ledger's speed and memory beside peers and limits, each race in a process of its own: `make bench-ledger`."""

import argparse
import json
import subprocess
import sys
from pathlib import Path

from ledgers import clusters, dictionary, growth, ingest, tables, threads, undo

RACES = {
    "ingest": ingest.run,
    "threads": threads.run,
    "scripts": tables.scripts,
    "undo": undo.run,
    "clusters": clusters.run,
    "spends": tables.spends,
    "growth": growth.run,
    "history": growth.history,
    "dictionary": dictionary.run,
}
"""Every race; one gives one row or several."""
ALONE = {"history", "dictionary"}
"""Run only when named: they take the machine for a quarter of an hour, and 70 GB of its disk."""
OUT = Path("build/bench/ledger.json")


def main() -> int:
    """Run every race, or in a child the one named, and write the rows."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--race", action="append", choices=sorted(RACES), help="only these")
    parser.add_argument("--child", choices=sorted(RACES), help=argparse.SUPPRESS)
    parser.add_argument("--bytes", type=int, default=300_000_000, help="of real blocks")
    parser.add_argument("--outputs", type=int, default=60_000_000, help="of scripts and spends")
    parser.add_argument("--undo", type=int, default=1_000_000, help="outputs of undo records, about")
    parser.add_argument("--txs", type=int, default=10_000_000, help="of clusters")
    parser.add_argument("--many", type=int, default=50_000_000, help="transactions of memory and growth")
    parser.add_argument("--history", type=int, default=300_000_000, help="transactions of history")
    parser.add_argument("--distinct", type=int, default=371_000_000, help="scripts of dictionary")
    options = parser.parse_args()
    if options.child:
        print(json.dumps(RACES[options.child](options)))
        return 0
    sizes = [
        f"--{name}={getattr(options, name)}"
        for name in ("bytes", "outputs", "undo", "txs", "many", "history", "distinct")
    ]
    rows = []
    for race in options.race or (name for name in RACES if name not in ALONE):
        done = subprocess.run(
            [sys.executable, __file__, "--child", race, *sizes], stdout=subprocess.PIPE, text=True, check=True
        )
        for row in json.loads(done.stdout):
            rows.append(row)
            value, ratio = (f"{row[k]:,.2f}" if row[k] is not None else "-" for k in ("value", "ratio"))
            print(f"{row['what']:14}{value:>12} {row['unit']:17} {ratio:>8} (floor {row['floor']}) {row['against']}")
    if options.race and OUT.is_file():
        had = json.loads(OUT.read_text())
        new = {row["what"] for row in rows}
        rows = [row for row in had if row["what"] not in new] + rows
    OUT.parent.mkdir(parents=True, exist_ok=True)
    OUT.write_text(json.dumps(rows, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
