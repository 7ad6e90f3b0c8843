"""leadline case changes: what the steps find otherwise than before, why, and which decisions that made stale."""

from collections import Counter
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from leadline.commands.terminal import CASE, JSON, answer
from leadline.errors import UsageError
from leadline.flow.order import STEPS
from leadline.views import changed as view
from leadline.views.changed import CHANGED, NEW, WITHDRAWN, Changed


@click.command("changes")
@CASE
@click.option("--step", type=click.Choice([s.name for s in STEPS]), help="Only this step.")
@click.option("--since", default="", metavar="RUN", help="Compare with this run of --step, not with the one before.")
@click.option("--limit", type=click.IntRange(min=1), default=20, show_default=True, help="How many of each to list.")
@JSON
def changes(case: Path, step: str | None, since: str, limit: int, as_json: bool) -> None:
    """Name the findings that are new, changed or withdrawn since a step last ran, with the reason, and stale decisions.

    Every earlier run stays in the case, so what was found then can be compared with what is found now.
    """
    if since and not step:
        raise UsageError("--since names a run of one step", remedy=f"--step {since.partition('-')[0] or 'NAME'}")
    names = [step] if step else [s.name for s in STEPS]
    found = view.changes(case, names, since)
    rows, lines = [], []
    for item, runs in found:
        rows.append(_row(item, runs))
        lines += _lines(item, limit)
    once = [name for name in names if name not in {c.step for c, _ in found}]
    if once:
        lines.append(f"no earlier run to compare with: {', '.join(once)}")
    answer({"ok": True, "steps": rows, "ran_once": once}, lines, as_json=as_json)


def _row(item: Changed, known: list[str]) -> dict[str, Any]:
    """One step's changes as the JSON object holds them."""
    return {
        "step": item.step,
        "before": item.before,
        "after": item.after,
        "runs": known,
        "causes": [asdict(c) for c in item.causes],
        "not_compared": list(item.apart),
        "counts": dict(Counter(d.state for d in item.differences)),
        "findings": [asdict(d) for d in item.differences],
        "stale": [
            {"decision": d.id, "finding": d.finding, "verdict": d.verdict, "because_of": list(below)}
            for d, below in item.stale
        ],
    }


def _lines(item: Changed, limit: int) -> list[str]:
    counts = Counter(d.state for d in item.differences)
    words = ", ".join(f"{counts[state]:,} {state}" for state in (NEW, CHANGED, WITHDRAWN))
    lines = [f"{item.step}: {words}, {len(item.stale):,} decisions stale ({item.before} to {item.after})"]
    lines += [f"  {cause.says}" for cause in item.causes]
    if item.apart:
        lines.append(f"  not compared, their columns are others now: {', '.join(item.apart)}")
    for state in (NEW, CHANGED, WITHDRAWN):
        some = [d for d in item.differences if d.state == state]
        for d in some[:limit]:
            why = "; ".join(d.because) if d.traced and len(item.causes) > 1 else ""
            where = f" in {', '.join(d.tables)}" if state == CHANGED else ""
            lines.append(f"  {state} {d.finding.hex()[:16]} {d.subject} {d.predicate} {d.object}{where}")
            lines += [f"    because {why}"] if why else []
        if len(some) > limit:
            lines.append(f"  and {len(some) - limit:,} more {state}; --limit shows them")
    for decision, _ in item.stale[:limit]:
        claim = f"{decision.subject} {decision.predicate} {decision.object}"
        lines.append(f"  stale decision:{decision.id[:16]} {decision.verdict} {claim}")
    if len(item.stale) > limit:
        lines.append(f"  and {len(item.stale) - limit:,} more stale decisions")
    return lines
