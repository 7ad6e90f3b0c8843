"""Where tracing is known to be weak, measured on many small training cases: services and mixers without a tag."""

from collections import Counter
from pathlib import Path
from typing import Any

from leadline.scenario.plan import SIZES
from tracing import play
from tracing.figures import claims, stops
from tracing.shares import share

CASES = 120
"""Tiny cases. A wrong release over hops was seen in about one of a hundred: fewer would most likely show none."""
FIRST_SEED = 1_000
"""Seeds that no test uses."""


def rows(folder: Path) -> list[dict[str, Any]]:
    """Each row one claim, its share with interval over all payments of the cases."""
    tiny = SIZES["tiny"]
    size = play.size("weak", tiny.payments, tiny.background, accounts=tiny.accounts, people=tiny.people)
    count: Counter[str] = Counter()
    wrong_cases = 0
    for seed in range(FIRST_SEED, FIRST_SEED + CASES):
        case = play.played(folder, size, seed)
        wrong = _count(case, play.traced(case), count)
        wrong_cases += wrong
    return [
        _row("releases over hops that name a wrong service", count, "wrong over hops", "named over hops"),
        _row("releases straight from a service that name a wrong one", count, "wrong straight", "named straight"),
        _row("known services over hops that are named", count, "found over hops", "known over hops"),
        {"what": "cases with a wrong release over hops", **share(wrong_cases, CASES)},
        *(
            _row(f"payments out of {what} that end as {end}", count, f"{stop} {end}", stop)
            for stop, what in (("untagged_service", "a service without a tag"), ("mixer", "a mixer without a tag"))
            for end in sorted(key.removeprefix(f"{stop} ") for key in count if key.startswith(f"{stop} "))
        ),
    ]


def _row(what: str, count: Counter[str], part: str, n: str) -> dict[str, Any]:
    return {"what": what, **share(count[part], count[n])}


def _count(case: play.Played, tables: dict[str, Any], count: Counter[str]) -> bool:
    """Adds one case's payments to `count`; whether a release over hops names a wrong service."""
    named, ends = claims(tables), stops(tables)
    wrong = False
    for row in play.bought(case):
        payment = f"outpoint:{row['txid']}:{row['vout']}"
        mine = named.get(payment, set())
        for service, _, hops, _ in mine:
            where = "over hops" if hops else "straight"
            bad = service != row["tagged service"]
            count[f"named {where}"] += 1
            count[f"wrong {where}"] += bad
            wrong |= bad and hops > 0
        if row["tagged service"] and row["hops"]:
            count["known over hops"] += 1
            count["found over hops"] += any(s == row["tagged service"] for s, *_ in mine)
        if row["stop"]:
            count[row["stop"]] += 1
            count[f"{row['stop']} {'a named service' if mine else ends.get(payment, 'nothing')}"] += 1
    return wrong
