"""Figures a seized server makes possible: its own addresses are a truth about clusters that no outside tool has.

Split by month of first spend, never at random: addresses swept together would stand on both sides of a random split.
"""

from collections import Counter
from datetime import UTC, datetime
from typing import Any

import numpy as np

from leadline.engines.ledger import Ledger
from leadline.engines.ledger.clusters import clustered
from leadline.engines.ledger.view import View
from tracing.figures import share
from tracing.play import Played


def by_month(ledger: Ledger, view: View, scripts: np.ndarray, tagged: np.ndarray) -> list[dict[str, Any]]:
    """Coverage and false joins of the server's addresses, with the CoinJoin rules on and off, month by month.

    Of a month's addresses (paid, and first spent in that month) the share in a cluster of an address spent in an
    earlier month; and how many other scripts those clusters hold: [known to be another's by a tag, that + unknown].
    """
    off = clustered(
        ledger.tx_first_in, ledger.in_prev, ledger.out_script, ledger.script_kind, np.zeros_like(ledger.tx_join)
    ).label
    outputs = ledger.outputs_of(scripts)
    spent = outputs[view.out_spender[outputs] >= 0]
    txs = view.spending_tx(spent)
    first: dict[int, int] = {}
    for script, tx in zip(view.out_script[spent].tolist(), txs.tolist(), strict=True):
        first[script] = min(tx, first.get(script, tx))
    months: dict[str, list[int]] = {}
    for script, tx in first.items():
        months.setdefault(datetime.fromtimestamp(int(view.tx_time[tx]), UTC).strftime("%Y-%m"), []).append(script)
    own = np.zeros(len(view.cluster), np.bool_)
    own[scripts[scripts >= 0]] = True
    rows = []
    for rule, label in (("multi-input, CoinJoin rules on", view.cluster), ("multi-input, rules off", off)):
        known: list[int] = []
        covered = asked = 0
        by: list[dict[str, Any]] = []
        for month in sorted(months):
            if known:
                seen = set(np.unique(label[known]).tolist())
                hits = sum(int(label[s]) in seen for s in months[month])
                by.append({"month": month, **share(hits, len(months[month]))})
                covered, asked = covered + hits, asked + len(months[month])
            known += months[month]
        inside = np.isin(label, np.unique(label[known]))
        other = inside & ~own
        rows.append(
            {
                "rule": rule,
                "coverage": share(covered, asked),
                "by month": by,
                "scripts joined that the server does not list": {
                    "known to be another's": int((other & tagged).sum()),
                    "that and unknown": int(other.sum()),
                    "n": int(inside.sum()),
                },
            }
        )
    return rows


def asked(case: Played, tables: dict[str, Any]) -> dict[str, Any]:
    """Of the releases asked of services that answer: confirmed by their returns, or denied, by rule (grade).

    A return confirms a release when it lists the withdrawal by transaction and position; a return without it denies.
    """
    given = {
        (service, f"outpoint:{txid}:{vout}")
        for service, txid, vout, customer in zip(
            *(case.truth["withdrawals"][c].to_pylist() for c in ("service", "txid", "vout", "customer")), strict=True
        )
        if customer
    }
    answering = {service for service, _ in given}
    counts: dict[str, Counter[str]] = {}
    for service, outpoint, grade in zip(
        *(tables["release"][c].to_pylist() for c in ("service", "release_outpoint", "grade")), strict=True
    ):
        name = service.removeprefix("service:")
        if name in answering:
            count = counts.setdefault(grade, Counter())
            count["n"] += 1
            count["confirmed"] += (name, outpoint) in given
    return {
        grade: {"confirmed": share(c["confirmed"], c["n"]), "denied": share(c["n"] - c["confirmed"], c["n"])}
        for grade, c in sorted(counts.items())
    }
