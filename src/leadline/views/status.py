"""Where a case stands: what it holds, what is stale, what was decided, what went out."""

from collections import Counter
from dataclasses import asdict
from pathlib import Path
from typing import Any

from leadline.errors import IntegrityError
from leadline.flow.list_changes import news
from leadline.flow.order import STEPS
from leadline.flow.pinning import UNREAD
from leadline.flow.queue import queue
from leadline.flow.staleness import stale_steps
from leadline.model.evidence import RECORDS
from leadline.steps.trace import summary
from leadline.steps.trace.summary import reached
from leadline.store import settings
from leadline.store.case import Case
from leadline.store.impact import package_folders
from leadline.views import reading

RECORD_NAMES = frozenset(spec.name for spec in RECORDS)


def status(path: Path) -> dict[str, Any]:
    """The case at `path` as one object; what is stale is unknown, with the reason, where a pinned file is not at hand.

    Puts right what an interrupted command left.

    Raises:
        CaseError: no case lies there.
    """
    opened = reading.opened(path, reading.VIEWED, "status")
    runs = opened.current_runs()
    stale, lost = _stale(opened)
    predicates = Counter(opened.current("finding").column("predicate").to_pylist())
    exhibits = held(opened)
    decided = Counter(state for _, state in opened.decisions())
    became = news(opened)
    review = queue(opened)
    first = reached({name: opened.current(name) for name in summary.READS})
    return {
        "ok": True,
        "reached": {**asdict(first), "share_ppm": first.share_ppm, "says": summary.lines(first)},
        "name": opened.settings.name,
        "exhibits": len(exhibits),
        "held": exhibits,
        "settings": settings.shown(opened.settings),
        "runs": [{"run": run.id, "step": run.step, "method": run.method} for run in runs],
        "stale": stale,
        "stale_unknown": str(lost) if lost else None,
        "findings": dict(sorted(predicates.items())),
        "decisions": dict(sorted(decided.items())),
        "review": {**review.facts, "says": list(review.says)},
        "became": list(became.rows) if became else [],
        "became_says": list(became.says) if became else [],
        "pins": [
            {"kind": p.kind, "name": p.name, "digest": p.digest, "licence": p.params.get("licence")}
            for p in opened.settings.pins
        ],
        "unread_pins": unread(opened),
        "withdrawn": list(opened.settings.withdrawn),
        "packages": [name for name, _ in package_folders(opened)],
        "operators": [{"operator": o.name, "role": o.role} for o in opened.operators.values()],
        "authenticated": bool(opened.operators),
        "log": {"entries": len(opened.log.entries), "root": opened.log.root.hex()},
    }


def _stale(case: Case) -> tuple[list[str] | None, IntegrityError | None]:
    """The stale steps; None and the reason where a pinned file is not at hand, as in a case read on another machine."""
    try:
        return stale_steps(case, STEPS[-1].name), None
    except IntegrityError as error:
        return None, error


def unread(case: Case) -> dict[str, int]:
    """By kind of pin how many files of the folders named could not be read when they were pinned."""
    found = Counter[str]()
    for pin in case.settings.pins:
        found[pin.kind] += int(pin.params.get(UNREAD, 0))
    return {kind: n for kind, n in found.items() if n}


def held(case: Case) -> list[dict[str, Any]]:
    """What the case holds: digest, media type, size, records and rejects an exhibit, in order of intake."""
    types = {row["exhibit"].hex(): row for row in case.current("exhibit").to_pylist()}
    counts: Counter[str] = Counter()
    rejects: Counter[str] = Counter()
    for run in case.current_runs(("intake",)):
        digest = str(run.inputs.get("exhibit"))
        counts[digest] += sum(n for name, (_, n) in run.tables.items() if name in RECORD_NAMES)
        rejects[digest] += run.tables.get("reject", ("", 0))[1]
    names = (name.split("/") for name in case.log.files if name.startswith("exhibits/"))
    rows = []
    for digest in (a + b for _, a, b in names):
        known = types.get(digest, {"media_type": "unknown", "size": None, "restrictions": ""})
        facts = {name: known[name] for name in ("media_type", "size", "restrictions")}
        rows.append({"exhibit": digest, **facts, "records": counts[digest], "rejects": rejects[digest]})
    return rows
