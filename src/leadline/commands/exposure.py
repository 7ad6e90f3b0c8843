"""leadline case exposure: how much of an account's or address's coins came from and went to each category."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

import click

from leadline.commands import tag_lines
from leadline.commands.terminal import CASE, JSON, answer, counted, progress
from leadline.kinds.bitcoin.amount import btc
from leadline.views.exposure import CAME, WENT, Asked, Part, Row, exposure_of, sums

BEHIND = 3
"""Outputs named behind each number when no category is chosen: the largest."""


@click.command()
@CASE
@click.argument("subject")
@click.option("--cluster", is_flag=True, help="The whole cluster the address stands in; a cluster is a lead, no proof.")
@click.option("--category", default="", help="Every output behind this category alone.")
@click.option("--history", is_flag=True, help="A page of the address's transactions instead.")
@click.option("--first", type=click.IntRange(min=0), default=0, show_default=True, help="Where the page begins.")
@JSON
def exposure(
    case: Path, subject: str, cluster: bool, category: str, history: bool, first: int, as_json: bool
) -> None:  # fmt: skip
    """Say how much of SUBJECT's coins came from and went to each category, direct and indirect, and by which outputs.

    SUBJECT is account:..., as the records name it, or any address of the pinned ledger. An account's rows are those of
    the last trace, and say only where its payments came from.
    """
    with progress() as report:
        found = exposure_of(case, subject, report, cluster=cluster, history=history, first=first)
    parts = [p for p in found.parts if not category or p.category == category]
    value = {
        "ok": True,
        "subject": subject,
        "cluster": cluster,
        **{name: getattr(found, name) for name in ("scripts", "outputs", "received_sat", "transactions")},
        "tags": list(found.tags),
        "tags_unknown": found.tags_unknown,
        "sums": sums(parts),
        "parts": [asdict(p) for p in parts],
        "history": [asdict(r) for r in found.history],
    }
    said = _page(found, first) if history else _lines(parts, len(parts) if category else BEHIND)
    whose = f"{subject}{' and its cluster' if cluster else ''}"
    head = f"{whose}: {btc(found.received_sat)} BTC in {counted(found.outputs, 'output')}"
    unknown = [f"  whom tags name is not known now: {found.tags_unknown}"] if found.tags_unknown else []
    answer(value, [head, *unknown, *tag_lines.said(found.tags), *said], as_json=as_json)


def _lines(parts: Sequence[Part], behind: int) -> list[str]:
    lines = []
    for way in (CAME, WENT):
        rows = [row for row in sums(parts) if row["way"] == way]
        whole = sum(row["direct_sat"] + row["indirect_sat"] for row in rows)
        if rows:
            lines += ["", f"{way:<20} {'direct BTC':>17} {'indirect BTC':>17}   share"]
        for known in (True, False):
            some = [row for row in rows if row["known"] == known]
            if some and not known:
                lines.append("  of no known category:")
            for row in sorted(some, key=lambda r: -(r["direct_sat"] + r["indirect_sat"])):
                name = f"  {row['category']}" if known else f"    {row['category']}"
                mine = row["direct_sat"] + row["indirect_sat"]
                amounts = f"{btc(row['direct_sat']):>17} {btc(row['indirect_sat']):>17}"
                lines.append(f"{name:<20} {amounts} {share(mine, whole):>9}")
                lines += _behind([p for p in parts if (p.way, p.category) == (way, row["category"]) and p.at], behind)
    return lines


def share(part: int, whole: int) -> str:
    """Per cent with two decimals, rounded half up; what is something is never printed as nothing, nor a part as all."""
    if not whole:
        return "-"
    hundredths = (2 * part * 10_000 + whole) // (2 * whole)
    if part and not hundredths:
        return "< 0.01 %"
    if part < whole and hundredths == 10_000:
        return "> 99.99 %"
    return f"{hundredths // 100}.{hundredths % 100:02d} %"


def _behind(parts: Sequence[Part], limit: int) -> list[str]:
    largest = sorted(parts, key=lambda p: (-p.value_sat, p.at))
    lines = []
    for p in largest[:limit]:
        lines.append(f"      {btc(p.value_sat):>17} {'direct' if p.direct else 'indirect':8} {p.at}")
        lines += tag_lines.said(p.tags, "        ")
    if len(largest) > limit:
        lines.append(f"      and {counted(len(largest) - limit, 'more output')}: --category {parts[0].category}")
    return lines


def _page(found: Asked, first: int) -> list[str]:
    """The page of the history as lines."""
    lines = [_history(row) for row in found.history]
    if not lines:
        return [f"no transaction from {first:,} on; there are {found.transactions:,}"]
    last = first + len(lines)
    more = f"; --first {last} goes on" if last < found.transactions else ""
    return [*lines, f"transactions {first + 1:,} to {last:,} of {found.transactions:,}{more}"]


def _history(row: Row) -> str:
    at = datetime.fromtimestamp(row.time, UTC).strftime("%Y-%m-%d %H:%M")
    moved = f"in {btc(row.received_sat):>17}  out {btc(row.spent_sat):>17}  holds {btc(row.held_sat):>17}"
    doubt = f", unless {btc(row.outside_sat)} were spent in blocks the ledger lacks" if row.outside_sat else ""
    return f"  {at}  {row.tx}  {moved}{doubt}"
