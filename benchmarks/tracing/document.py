"""docs/accuracy.md: every figure about tracing's errors, the bad ones too, in tables people can read."""

from collections.abc import Iterable, Mapping
from typing import Any

from tracing import words


def text(whole: Mapping[str, Any]) -> str:
    """The page for the figures of build/accuracy/trace.json."""
    own, case, outside = whole["self-consistency"], whole["this case"], whole["outside truth"]
    head = ("what", "figure", "how its truth arose", "presupposes")
    parts = [
        words.HEAD, "## The worst of it\n", _table(head[:2], worst(whole)),
        "## Self-consistency\n", own["says"] + "\n", *_self(own),
        "### Difficult cases swept\n", words.SWEEPS, _table(_SWEEP_HEAD, _sweeps(own["sweeps"])),
        "### Weak spots\n", words.WEAK.format(n=_cases(own["weak"])),
        _table(head[:2], [(r["what"], said(r)) for r in own["weak"]]),
        "### Link, rank and places\n", words.PEOPLE, _table(head[:2], [(r["what"], said(r)) for r in own["people"]]),
        "## Outside truth\n", _table(head, map(_out, outside)),
        "## This case\n", case["says"] + "\n", words.CASE, *_case(case["figures"]),
    ]  # fmt: skip
    return "\n".join(parts).rstrip() + "\n"


def said(row: Mapping[str, Any] | None) -> str:
    """A share as text."""
    if not row or row.get("share") is None:
        return "not measured"
    low, high = row["interval"]
    return f"{100 * row['share']:.2f} % ({row['part']} of {row['n']}; {100 * low:.2f} to {100 * high:.2f})"


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [f"| {' | '.join(head)} |", "|" + "---|" * len(head), *(f"| {' | '.join(row)} |" for row in rows)]
    return "\n".join(lines) + "\n"


def _cases(weak: Iterable[Mapping[str, Any]]) -> int:
    return next(int(row["n"]) for row in weak if row["what"].startswith("cases "))


def worst(whole: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What a reader should know first: the least figures of every kind, the worst level of each share swept."""
    own, rows = whole["self-consistency"], []
    for name, levels in own["sweeps"].items():
        for key, (says, below) in _WORST.items():
            found = {level: row[key] for level, row in levels.items() if isinstance(row, dict)}
            level = min(found, key=lambda at: _least(found[at]))
            if _least(found[level]) < below:
                rows.append((f"{says}, {name.replace('_', ' ')} at {level} (self-consistency)", found[level]))
    for row in own["weak"]:
        if row["what"] in _RECOGNISED:
            rows.append((f"{row['what']} (self-consistency)", row))
    rows += [(f"{row['what']} (self-consistency)", row) for row in own["people"] if row["what"] in _PEOPLE]
    alarm = own["pooled"]["signs of a service"]["private people"]["a service's"]
    rows.append(("payments of private people that show a service's signs (self-consistency)", alarm))
    change = {k.removeprefix("sign "): r for k, r in own["pooled"]["change"].items() if k.startswith("sign ")}
    sign = min(change, key=lambda name: _least(change[name]["right"]))
    rows.append((f"change by its weakest sign, {sign}, right when it speaks (self-consistency)", change[sign]["right"]))
    rows.sort(key=lambda row: _least(row[1]))
    for row in whole["outside truth"]:
        if (
            row["share"] is not None
            and "BlockSci" not in row["what"]
            and any(w in row["what"] for w in ("Tx0", "post"))
        ):
            rows.append((f"{row['what']} (outside truth)", row))
    return [(what, said(row)) for what, row in rows]


_WORST = {
    "precision": ("service named is right", 1.0),
    "recall": ("known services named", 0.99),
    "ends as it should": ("path ends as it should", 0.9),
    "pairs of scripts together that have one owner": ("pairs of scripts put together have one owner", 0.99),
}
"""What of a difficult case's worst level a reader should know first, where it is below this share."""


_RECOGNISED = (
    "payments out of a service without a tag that end as untagged_service",
    "payments out of a mixer without a tag that end as mixer",
)


_PEOPLE = (
    "pairs suggested as one person that are",
    "payers accepted who really paid by a record of their own",
    "withdrawals that paid, whose customer is named",
)
"""What of link a reader should know first."""


def _least(row: Mapping[str, Any]) -> float:
    return 1.0 if row["share"] is None else float(row["share"])


def _self(own: Mapping[str, Any]) -> list[str]:
    whole, value = own["pooled"], own["pooled"]["value that reaches a tagged service"]
    stops: dict[str, int] = whole["stops"]
    ends: dict[str, int] = {}
    for key, n in stops.items():
        true = key.partition(" -> ")[0]
        ends[true] = ends.get(true, 0) + n
    ended = [(*k.split(" -> "), f"{n} of {ends[k.partition(' -> ')[0]]}") for k, n in stops.items()]
    change = {k: r for k, r in whole["change"].items() if isinstance(r, dict)}
    by_length = sorted(whole["services"].items(), key=lambda item: (item[0] != "direct", item[0]))
    taint = [(k, str(r["sum less receipts"]), str(r["at services"])) for k, r in whole["taint"].items()]
    return [
        f"Seeds {', '.join(own['seeds'])} together. By value, {100 * value['part_sat'] / value['whole_sat']:.2f} % of "
        "the market's receipts reach a tagged service with the pinned tags alone (two of seven services are tagged).\n",
        "### Paths\n", words.PATHS,
        _table(("payments", *_THREE), [_three(f"{k} ({r['payments']})", r) for k, r in by_length]),
        "By the wallet that paid (the script kind of its coins), over hops:\n",
        _table(
            ("wallet", *_THREE),
            [_three(f"{k} ({r['payments']})", r) for k, r in whole["services by wallet kind"].items()],
        ),
        _table(("grade", "paths right"), [(k, said(r)) for k, r in whole["paths by grade"].items()]),
        "How payments end, beside how they truly end:\n", _table(("truth", "said", "payments"), ended),
        "### Cash-outs, clusters, change, taint\n",
        _table(("cash-outs", "share"), [(k, said(r)) for k, r in whole["cash-outs"].items()]),
        "Pairs of scripts are not independent of each other, so the intervals of clusters are too narrow.\n",
        _table(
            ("clusters, pairs of scripts", "right", "found", "clusters of several owners", "largest"),
            [
                (k, said(r["precision"]), said(r["recall"]), str(r["clusters of several owners"]),
                 str(r["largest cluster"]))
                for k, r in whole["clusters, pairs"].items()
            ],
        ),
        words.CHANGE.format(n=whole["change"]["transactions"]),
        _table(
            ("change", "right when it speaks", "speaks"),
            [(k, said(r["right"]), said(r["fires"])) for k, r in change.items()],
        ),
        words.TAINT, _table(("taint", "sum less receipts, satoshi", "at services, satoshi"), taint), words.SIGNS,
        _table(
            ("payments of", "show a service's signs", "show a mixer's"),
            [(k, said(r["a service's"]), said(r["a mixer's"])) for k, r in whole["signs of a service"].items()],
        ),
    ]  # fmt: skip


_THREE = ("service named is right", "known services named", "whole path is right")


def _three(name: str, row: Mapping[str, Any]) -> tuple[str, ...]:
    return (name, said(row["precision"]), said(row["recall"]), said(row["path precision"]))


_SWEPT = (
    "ends as it should", "cash-outs", "pairs of scripts together that have one owner", "payments that are no purchase",
    "of those, a service is named for",
)  # fmt: skip
_SWEEP_HEAD = (
    "share", "level", *_THREE, "ends as it should", "cash-outs right", "pairs right", "no purchase", "a service named",
)  # fmt: skip


def _sweeps(sweeps: Mapping[str, Any]) -> list[tuple[str, ...]]:
    return [
        (name.replace("_", " "), *_three(level, row), *(said(row[key]) for key in _SWEPT))
        for name, levels in sweeps.items()
        for level, row in levels.items()
        if isinstance(row, dict)
    ]


def _out(row: Mapping[str, Any]) -> tuple[str, ...]:
    how, _, rule = row.get("how its truth arose", "").partition("; presupposes ")
    figure = said(row) if row["n"] else row.get("note", "not measured")
    return row["what"], figure, how, row.get("presupposes") or rule


def _case(rows: Iterable[Mapping[str, Any]]) -> list[str]:
    """The lines of the command as two tables, single months for all rules together only."""
    by: dict[tuple[str, str], dict[str, Mapping[str, Any]]] = {}
    for row in rows:
        by.setdefault((row["rule"], row["of"]), {})[row["figure"]] = row
    asked = [
        (
            rule,
            of,
            *(f"{f[k]['part']} of {f[k]['n']}" for k in _ANSWERS),
            f["confirmed"]["words"],
            f["at_least"]["words"],
        )
        for (rule, of), f in by.items()
        if "asked" in f
    ]  # fmt: skip
    found = [
        (rule.replace("_", " "), of, f["found"]["words"], f["false_joins"]["words"])
        for (rule, of), f in by.items()
        if "found" in f and (rule == "all" or of.startswith("by "))
    ]
    return [
        _table(("releases by rule", "length", *_ANSWERS, "confirmed of answered", "at least"), asked),
        _table(("addresses by rule", "part", "found again", "false joins"), found),
    ]


_ANSWERS = ("asked", "confirmed", "denied", "unanswered")
