"""docs/accuracy.md: every figure about tracing's errors, the bad ones too, in tables people can read."""

from collections import Counter
from typing import Any

HEAD = """# How far tracing can be trusted

Written by `python benchmarks/trace.py --docs`; the numbers behind it are in build/accuracy/trace.json. Three kinds of
figure stand apart and are never mixed. A share has its 95 % interval (Wilson); where nothing was measured it says so.

No figure here says that a person paid. Trace says which service released coins; who asked for it is the service's
answer to a legal request, and whether that person is the payer is decided by people.

A figure of 100 % against our own generator means that it holds no case hard enough to be got wrong, not that there is
none. Pairs of scripts are not independent of each other, so the intervals of clusters are too narrow.
"""


def text(whole: dict[str, Any]) -> str:
    """The page for the figures of build/accuracy/trace.json."""
    own, outside, case = (whole[k] for k in ("self-consistency", "outside truth", "this case"))
    parts = [HEAD, "## Self-consistency\n", own["says"] + "\n", *_self(own), "## Outside truth\n", *_outside(outside)]
    return "\n".join([*parts, "## This case\n", case["says"] + "\n", *_case(case)]).rstrip() + "\n"


def said(row: dict[str, Any] | None) -> str:
    """A share as text."""
    if not row or row.get("share") is None:
        return "not measured"
    low, high = row["interval"]
    return f"{100 * row['share']:.2f} % ({row['part']} of {row['n']}; {100 * low:.2f} to {100 * high:.2f})"


def _table(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    lines = [f"| {' | '.join(head)} |", "|" + "---|" * len(head), *(f"| {' | '.join(row)} |" for row in rows)]
    return "\n".join(lines) + "\n"


def _self(own: dict[str, Any]) -> list[str]:
    parts = []
    for seed, row in own["seeds"].items():
        value = row["value that reaches a tagged service"]
        parts.append(f"### Seed {seed}\n")
        parts.append(
            f"By value, {100 * value['share']:.2f} % of the market's receipts reach a tagged service with the pinned "
            "tags alone (two of seven services are tagged).\n"
        )
        parts.append(
            _table(
                ("payments", "service named is right", "known services named", "whole path is right"),
                [
                    (f"{n} ({r['payments']})", said(r["precision"]), said(r["recall"]), said(r["path_precision"]))
                    for n, r in row["services"].items()
                ],
            )
        )
        parts.append(_table(("grade", "paths right"), [(g, said(r)) for g, r in row["paths_by_grade"].items()]))
        parts.append(_table(("truth -> said", "payments"), [(k, str(n)) for k, n in row["stops"].items()]))
        parts.append(_table(("cash-outs", "share"), [(k, said(r)) for k, r in row["cash-outs"].items()]))
        parts.append(
            _table(
                ("clusters, pairs of scripts", "right", "found", "clusters of several owners", "largest"),
                [
                    (
                        k, said(r["precision"]), said(r["recall"]), str(r["clusters of several owners"]),
                        str(r["largest cluster"]),
                    )
                    for k, r in row["clusters, pairs"].items()
                ],
            )
        )  # fmt: skip
        parts.append(
            _table(
                (f"change, {row['change']['transactions']} payments", "right when it speaks", "speaks"),
                [(k, said(r["right"]), said(r["fires"])) for k, r in row["change"].items() if isinstance(r, dict)],
            )
        )
        parts.append(
            _table(
                ("taint", "sum less receipts, satoshi", "at services, satoshi"),
                [(k, str(r["sum less receipts"]), str(r["at services"])) for k, r in row["taint"].items()],
            )
        )
    parts.append(f"Wallet kind: {own['wallet kind']}.\n")
    parts.append("### Difficult cases swept\n")
    rows = []
    for name, levels in own["sweeps"].items():
        if isinstance(levels, str):
            rows.append((name, "", levels, "", "", ""))
            continue
        for level, row in levels.items():
            if isinstance(row, dict):
                ends: Counter[str] = Counter()
                for key, n in row["stops"].items():
                    true, got = key.split(" -> ")
                    ends["right" if true == got else "else"] += n
                right = {"share": ends["right"] / sum(ends.values()), "part": ends["right"], "n": sum(ends.values())}
                stop = f"{100 * right['share']:.1f} % of {right['n']}"
                rows.append(
                    (name, level, said(row["precision"]), said(row["recall"]), stop,
                     said(row["cash-outs"]["precision"]))
                )  # fmt: skip
    head = ("share", "level", "service named is right", "known services named", "ends as it should", "cash-outs right")
    return [*parts, _table(head, rows)]


def _outside(rows: list[dict[str, Any]]) -> list[str]:
    lines = [
        (r["what"], said(r) if r["n"] else r.get("note", "not measured"), r.get("how its truth arose", ""))
        for r in rows
    ]
    return [_table(("what", "figure", "how its truth arose, and the rule it presupposes"), lines)]


def _case(case: dict[str, Any]) -> list[str]:
    rows = []
    for r in case["addresses of the server"]:
        other = r["scripts joined that the server does not list"]
        low, high = other["known to be another's"], other["that and unknown"]
        rows.append((r["rule"], said(r["coverage"]), f"{low} to {high} of {other['n']}"))
    asked = [(g, said(r["confirmed"]), said(r["denied"])) for g, r in case["releases asked"].items()]
    return [
        "Of addresses first spent in a month, those in a cluster of an address spent in an earlier month; and scripts "
        "in those clusters that the server does not list, from known to be another's to that and unknown.\n",
        _table(("rule", "coverage", "false joins"), rows),
        "Releases asked of services that answer, by the grade of the path:\n",
        _table(("grade", "confirmed", "denied"), asked),
    ]
