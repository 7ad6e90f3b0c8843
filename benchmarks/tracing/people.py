"""How link, rank and the places of persons fare on whole training cases, where returns err and the reviewer slips."""

import shutil
from collections import defaultdict
from pathlib import Path
from typing import Any

from leadline.scenario.plan import Options, Size
from leadline.scenario.rehearse import rehearse
from tracing.shares import share

SEEDS = (2_001, 2_002, 2_003)
"""Seeds that no test uses."""
SIZE = Size("small", 400, 300, 12, 3_000, 60, 12, signed=False, media_ready=False)
"""As many people as the small case has, with few files and little of a chain beside: neither moves these figures."""

SHARES = {
    "customer of record: precision": "customers of record who really withdrew",
    "customer of record: recall": "withdrawals that paid, whose customer is named",
    "payers accepted: precision": "payers accepted who really paid by a record of their own",
    "payers accepted: recall": "payers by a record of their own who were accepted",
    "pairs suggested as one person: precision": "pairs suggested as one person that are",
    "persons placed in their country: precision": "places of persons that are their country",
}
"""Measures of the scorecard that are shares of what they count, and what they say."""
COUNTS = {
    "persons with another's record, nobody decided": "persons suggested to hold another's record",
    "persons with another's record, decided so": "persons decided to hold another's record",
    "persons made of two people's accounts": "persons made of two people's accounts",
    "persons made of two people's records": "persons made of two people's records",
    "persons without a country": "persons for whom no record names a country",
    "persons of whom nothing decisive is known": "persons of whom nothing decisive is known (band U)",
    "persons nobody was asked about in a low band": "persons nobody was asked about in a low band",
}
"""Measures that count among how many, and what they say."""
REACH = "people with a child within reach in band A"
"""The one measure whose whole is its truth."""


def rows(folder: Path) -> list[dict[str, Any]]:
    """Each row one measure with its share and interval, over the cases of all SEEDS together."""
    part: dict[str, int] = defaultdict(int)
    whole: dict[str, int] = defaultdict(int)
    for seed in SEEDS:
        shutil.rmtree(folder, ignore_errors=True)
        for row in rehearse(folder, Options(SIZE, seed)).scorecard:
            name, value, n = row["measure"], row["value"] or 0, row["n"] or 0
            if name in SHARES:
                part[name] += round(value * n)
                whole[name] += n
            elif name in COUNTS or name == REACH:
                part[name] += value
                whole[name] += row["truth"] if name == REACH else n
    says = {**SHARES, REACH: REACH, **COUNTS}
    return [{"what": what, **share(part[name], whole[name])} for name, what in says.items()]
