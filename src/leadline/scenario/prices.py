"""Daily BTC-USD prices for the training case, interpolated from a short table of month-end closes.

Training data, not a real series: the closes are public month-end closes rounded to whole dollars, the last one is made
up, and the days between lie on a straight line in integer cents. Real series are loaded by the user.
"""

from datetime import UTC, date, datetime
from functools import cache
from itertools import pairwise
from pathlib import Path

CLOSES = (
    ("2015-04-30", 236), ("2015-05-31", 230), ("2015-06-30", 263), ("2015-07-31", 285), ("2015-08-31", 230),
    ("2015-09-30", 236), ("2015-10-31", 314), ("2015-11-30", 377), ("2015-12-31", 431), ("2016-01-31", 369),
    ("2016-02-29", 438), ("2016-03-31", 417), ("2016-04-30", 448), ("2016-05-31", 531), ("2016-06-30", 673),
    ("2016-07-31", 625), ("2016-08-31", 575), ("2016-09-30", 610), ("2016-10-31", 701), ("2016-11-30", 746),
    ("2016-12-31", 964), ("2017-01-31", 970), ("2017-02-28", 1180), ("2017-03-31", 1072), ("2017-04-30", 1348),
    ("2017-05-31", 2286), ("2017-06-30", 2481), ("2017-07-31", 2875), ("2017-08-31", 4703), ("2017-09-30", 4339),
    ("2017-10-31", 6468), ("2017-11-30", 10234), ("2017-12-31", 14156), ("2018-01-31", 10221), ("2018-02-28", 10398),
    ("2018-03-31", 6974), ("2018-06-30", 6404), ("2018-12-31", 3743), ("2019-06-30", 10817), ("2019-12-31", 7194),
    ("2020-12-31", 29002), ("2021-12-31", 46306), ("2022-12-31", 16547), ("2023-12-31", 42265), ("2024-09-30", 63330),
    ("2026-12-31", 70000),
)  # fmt: skip
"""(UTC day, US dollars). Source: public daily closes, rounded; the last entry is made up."""
_HEAD = (
    "# Training data: daily closes interpolated from rounded month-end closes. Not a real price series.\n"
    "# currency: USD\n"
    "date,close\n"
)


@cache
def daily() -> tuple[tuple[date, int], ...]:
    """Every UTC day from the first to the last of `CLOSES` with its close in cents, rounded down."""
    out: list[tuple[date, int]] = []
    points = [(date.fromisoformat(day), dollars * 100) for day, dollars in CLOSES]
    for (start, low), (end, high) in pairwise(points):
        span = (end - start).days
        first = start.toordinal()
        out += [(date.fromordinal(first + i), low + (high - low) * i // span) for i in range(span)]
    return (*out, points[-1])


@cache
def _by_day() -> dict[date, int]:
    return dict(daily())


def close_cents(time: int) -> int:
    """The close in cents of the UTC day in which unix second `time` lies."""
    return _by_day()[datetime.fromtimestamp(time, UTC).date()]


def satoshi(usd_cents: int, time: int) -> int:
    """What `usd_cents` buy on the UTC day of `time`, in satoshi, rounded down."""
    return usd_cents * 100_000_000 // close_cents(time)


def write_prices(out_file: Path) -> None:
    """Write the series as CSV: comment lines, a header, one day a line."""
    lines = [f"{day.isoformat()},{cents // 100}.{cents % 100:02d}\n" for day, cents in daily()]
    out_file.parent.mkdir(parents=True, exist_ok=True)
    out_file.write_text(_HEAD + "".join(lines), encoding="utf-8", newline="\n")
