"""How good rules of mixes and of change are: build/accuracy/clusters.json; with --docs, docs/clusters.md.

LEADLINE_DATA names the folder with real chain data. Rules of change are measured on a training chain made here,
with more than 100,000 payments whose change is known.
"""

import json
import os
import sys
import tempfile
from pathlib import Path
from typing import Any

from tracing import changes, coinjoins, figures, play
from tracing.document import _table as table
from tracing.document import said

from leadline.engines.ledger import open_ledger
from leadline.engines.ledger.view import as_of

ROOT = Path(__file__).resolve().parents[1]
OUT = ROOT / "build" / "accuracy" / "clusters.json"
BACKGROUND = 130_000
"""Transactions of strangers on the training chain."""

HEAD = """# Clusters, mixes and change: the rules and how far they can be trusted

Written by `python benchmarks/clusters.py --docs`; the numbers behind it are in build/accuracy/clusters.json. A
share has its 95 % interval (Wilson).

## What makes a cluster

| rule | joins | withdrawn from a case by |
|---|---|---|
| multi_input | scripts one transaction spends together, unless it looks a mix | `withdraw+=rule:multi_input` |
| same_key | scripts whose bytes show that one key opens them | `withdraw+=rule:same_key` |
| dust | scripts of which only dust (1,000 satoshi at most) is spent beside the rest | `withdraw+=rule:dust` |

Every merge keeps its transaction and its rule. What is left when a rule or a transaction is withdrawn is what
would have been made without it. Nothing is joined through data carriers, empty, nonstandard or anyone-can-spend
scripts, nor through the keys of a bare multisig script. Dust is a rule of its own because a stranger may have sent
it to see with what it is spent. PayJoins cannot be seen on a chain, so every multi-input merge may be wrong: a
cluster is a lead, never proof.

    leadline ledger cluster LEDGER ADDRESS --without-rule dust --without TXID --apart ADDRESS ANOTHER
    leadline ledger cluster-conflicts LEDGER --tags tags.yaml
    leadline ledger change LEDGER TXID

Addresses known to have different owners are kept apart in chain order: a transaction that would join them joins
nothing. A cluster conflict names the merge that joins two clusters of 10,000 scripts or more, or two that tags give to
different actors.
"""
MIXES = """## Mixes kept out of clusters

Real transactions that other detectors listed: these figures are agreement with Dumplings' detectors, not truth.
Spends after a mix hold real re-mixes, so their figures are upper bounds on false alarms; the last columns leave
out spends that are mixes by signs our rules do not use, which [coinjoins.md](coinjoins.md) tells. Ten of the mixes
listed as Wasabi 1 are named joinmarket, and by their accounts that is what they are; four of the ten stand in a
published list of transactions wrongly taken for Wasabi 1. GraphSense keeps its clusters by BlockSci's rule; what
its rules on demand say stands beside it as published.
"""
KEPT_BACK = """\
Not ours, and not repeated: an outside reading of an earlier version, on lists kept back from whoever wrote the rules,
reported 33 of 33 real Wasabi 2 mixes and 48 of 51 real JoinMarket mixes named as listed (agreement with Dumplings'
detectors, not truth). The lists are not at hand here, so what the present rules give on them is not measured.
Below, mixes drawn by us from the protocols' documents:
self-consistency with our own reading of them.
"""
CHANGE = """## Which output is change

The published heuristics, as rules with names. Each is measured on a training chain (self-consistency: how our
own generator's wallets behave, not the real ones) beside the rates its source published. Right and wrong are
shares of all payments, precision is of those in which it speaks. No rule is used alone and none makes clusters;
the score names an output only where two families of rules agree.
"""


def main() -> int:
    """Measures, writes and prints."""
    data = Path(os.environ.get("LEADLINE_DATA", ROOT.parent / "shared" / "data")) / "chain"
    whole: dict[str, Any] = {"real mixes": [], "wrongly listed": None}
    if data.is_dir():
        whole = {"real mixes": coinjoins.table(data), "wrongly listed": coinjoins.wrongly_listed(data)}
    OUT.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=OUT.parent) as scratch:
        case = play.played(Path(scratch), play.size("change", 600, BACKGROUND), 1)
        ledger = open_ledger(case.folder / "ledger")
        change = changes.rules(as_of(ledger, frozenset()), figures.owners(case, ledger))
    whole |= {"drawn mixes": coinjoins.drawn(), "change": change}
    OUT.write_text(json.dumps(whole, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    text = document(whole)
    print(text)
    if "--docs" in sys.argv:
        (ROOT / "docs" / "clusters.md").write_text(text, encoding="utf-8")
    return 0


def document(whole: dict[str, Any]) -> str:
    """The page for these figures."""
    real = [
        (
            row["list"], said(row["ours"]), said(row["named as listed"]) if row["named as listed"] else "",
            said(row["BlockSci's rule"]), row["published before (BlockSci; GraphSense on demand)"],
            said(row["mixes left out"]["ours"]),
            said(row["mixes left out"]["BlockSci's rule"]),
        )
        for row in whole["real mixes"]
    ]  # fmt: skip
    head = (
        "list", "kept out", "named as listed", "BlockSci's rule", "published (BlockSci; GraphSense)",
        "kept out, mixes by other signs left out", "BlockSci's, the same",
    )  # fmt: skip
    parts = [HEAD, MIXES, table(head, real)]
    if listed := whole["wrongly listed"]:
        parts.append(
            f"Of {listed['listed']} transactions that a published list calls wrongly flagged as Wasabi 1, "
            f"{listed['at hand']} are at hand with their inputs: named Wasabi 1 {said(listed['named Wasabi 1'])}, "
            f"named joinmarket {said(listed['named JoinMarket'])}.\n"
        )
    parts.append(KEPT_BACK)
    made = [(row["list"], said(row["ours"]), said(row["named as listed"])) for row in whole["drawn mixes"]]
    parts.append(table(("drawn mix", "kept out", "named so"), made))
    change = whole["change"]
    rows = [
        (name, row.get("claims", ""), said(row["right"]), said(row["wrong"]), said(row["precision"]), _published(row))
        for name, row in change.items()
        if isinstance(row, dict)
    ]
    parts += [CHANGE, f"{change['transactions']:,} payments with two outputs and known change:\n"]
    parts.append(table(("rule", "takes for change the output", "right", "wrong", "precision", "published"), rows))
    parts.append(
        "Published rates: " + "; ".join(sorted({r["published_ppm"]["source"] for r in _rules(change)})) + ".\n"
    )
    return "\n".join(parts)


def _rules(change: dict[str, Any]) -> list[dict[str, Any]]:
    return [row for row in change.values() if isinstance(row, dict) and "published_ppm" in row]


def _published(row: dict[str, Any]) -> str:
    rates = row.get("published_ppm")
    if not rates or rates["right"] is None:
        return "no rate" if rates else ""
    return f"{rates['right'] / 1e4:g} % right, {rates['wrong'] / 1e4:g} % wrong"


if __name__ == "__main__":
    sys.exit(main())
