"""What a court asks of method and limits: the rules in force with their parameters, the prices, what was not searched.

Rows of model.referral.COURT, from tables, settings and pins alone: what knows a time or a machine - when an exhibit
came in, the log, the libraries - stands in custody.txt, outside the payload.
"""

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import pyarrow as pa

from leadline.engines.ledger import open_ledger
from leadline.flow.court_rules import Row, tracing
from leadline.flow.pins import pinned
from leadline.kinds import source as sources
from leadline.kinds.codecs import fiat
from leadline.kinds.sources.prices import notes
from leadline.model.meanings import DAY_RULES
from leadline.model.referral import COURT
from leadline.model.referral.court import NOT_SEARCHED
from leadline.model.tables import from_rows
from leadline.model.words import COMPARED, NONE
from leadline.steps.step import Pin
from leadline.steps.validation import percent
from leadline.store.case import Case

VALIDATION: tuple[Row, ...] = (
    ("independent laboratory", "none yet", "no laboratory that is independent of this program's makers has tested it"),
    ("by its makers, on cases they generated", "docs/accuracy.md, docs/matching.md",
     "self-consistency: it shows that the program does what it says, not how it fares on the real chain"),
    ("by its makers, on public sets with outside truth", "docs/accuracy.md",
     "each set with how its truth arose and which rule it presupposes; most examine one rule alone"),
    ("on this case", "table figures",
     "what returns confirmed and denied, and the records' own addresses found again; the only figures for a court"),
    ("whole record", "docs/VALIDATION.md of the release named", "who validated what, on what, with n and interval"),
)  # fmt: skip
"""Who validated what; the same in every package of a release."""


def court(case: Case) -> pa.Table:
    """COURT of the whole case, the same in each of its packages."""
    found: list[tuple[object, ...]] = []
    for section, rows in (
        ("tracing", tracing(case)),
        ("prices", _prices(case)),
        ("searched", _searched(case)),
        ("not searched", _not_searched(case)),
        ("validation", VALIDATION),
    ):
        found += [(section, number, *row) for number, row in enumerate(rows, 1)]
    return from_rows(COURT, found)


def _prices(case: Case) -> list[Row]:
    rows: list[Row] = []
    for pin in pinned(case, "price"):
        rows += _series(case, pin)
    rows += [
        (f"day: {at.replace('_', ' ')}", rule, "which day's price values an output") for at, rule in DAY_RULES.items()
    ]
    rows.append(("currency", case.settings.currency, "ISO 4217, of the values in this package"))
    return [*rows, ("valuation date", case.settings.valuation_date or NONE, "of the second value of each payment")]


def _series(case: Case, pin: Pin) -> list[Row]:
    currency = case.settings.currency
    found = fiat.series(pin.digest, sources.read("price", pin.path), currency)
    if found is None:
        return [(f"series {pin.name}", "no price", f"the file holds none in {currency}")]
    first, last = min(found.days), max(found.days)
    span = f"{len(found.days):,} days, {first} to {last}"
    said = " / ".join(f"\u201c{line}\u201d" for line in notes(pin.path))
    own = f"the file says of itself: {said}" if said else "the file does not say whose prices they are"
    return [
        (f"series {found.name}", span, f"file {pin.name}, SHA-256 {pin.digest}; {own}"),
        *_days(case, found),
    ]


def _days(case: Case, series: fiat.Series) -> list[Row]:
    """What the day rule leaves open: payments whose block time may lie on another day, and prices after the chain."""
    paid = {r["outpoint"]: (r["utc_low"], r["utc_high"]) for r in case.current("payment").to_pylist() if r["utc_low"]}
    days = {day: price for day, (price, _) in series.days.items()}
    both = [(low.date(), high.date()) for low, high in paid.values() if low.date() != high.date()]
    rates = [sorted((days[a], days[b])) for a, b in both if a in days and b in days]
    widest = max((-(-(high - low) * 10_000 // low) * 100 for low, high in rates), default=0)  # never less than it is
    rows: list[Row] = [
        (
            "payments that may lie on either of two UTC days",
            f"{len(both):,} of {len(paid):,}",
            f"by the doubt of their block's time; the two days' prices differ by {percent(widest)} % at the most",
        )
    ]
    ended = max((high.date() for _, high in paid.values()), default=None)
    later = sum(day > ended for day in days) if ended else 0
    if later:
        rows.append(("prices of days after the last payment", f"{later:,}", "what they rest on only its makers know"))
    return rows


def _searched(case: Case) -> list[Row]:
    rows: list[Row] = []
    for pin in pinned(case, "ledger"):
        rows += _coverage(pin)
    for name, states in _lists(case):
        known = f"version {states[0]['version'] or 'unknown'}, of {states[0]['dated'] or 'an unknown day'}"
        compared = sum(row["hashes"] for row in states if row["state"] == COMPARED)
        rows.append(
            (
                f"list {name}",
                known,
                f"{compared:,} of its hashes were compared; {states[0]['licence'] or 'terms unknown'}",
            )
        )
    for pin in pinned(case, "tag"):
        rows.append(
            (f"tags {pin.name}", pin.digest, "SHA-256 of the pack; table tags states source and date of each cited")
        )
    return rows


def _coverage(pin: Pin) -> list[Row]:
    """The runs of blocks a ledger covers as of the pin, by height and day."""
    ledger = open_ledger(pin.path).at_pin(int(pin.params["height"]), pin.digest)
    rows = []
    for run in ledger.info()["segments"]:
        first, last = ("unknown" if run[n] is None else f"{run[n]:,}" for n in ("first_height", "last_height"))
        days = " to ".join(f"{datetime.fromtimestamp(run[n], UTC):%Y-%m-%d}" for n in ("first_time", "last_time"))
        rows.append(
            (
                f"ledger {ledger.network}",
                f"blocks {first} to {last}, {days}",
                f"{run['blocks']:,} blocks, last {run['last_hash']}",
            )
        )
    return rows


def _lists(case: Case) -> list[tuple[str, list[dict[str, Any]]]]:
    """(name of the pin, rows of table searched) by list."""
    names = {pin.digest: pin.name for pin in case.settings.pinned("list")}
    found: dict[str, list[dict[str, Any]]] = {}
    for row in case.current("searched").to_pylist():
        digest = row["list"].removeprefix("list:")
        found.setdefault(names.get(digest, digest), []).append(row)
    return sorted(found.items())


COUNTED: Sequence[tuple[str, str, str, str]] = (
    ("gap", "what", "ledger and prices", "things the records name, or amounts, that could not be known"),
    ("unsearched", "reason", "media", "files compared by their bytes alone, not by what they show"),
    ("reject", "reason", "records", "rows of exhibits that could not be read"),
    ("tag_fault", "fault", "tags", "entries of packs that could not be used"),
)
"""(table, its column, item, what a row means) of what a case could not search."""


def _not_searched(case: Case) -> list[Row]:
    rows: list[Row] = [
        ("ledger", "every block outside the runs above", "payments, releases and spends there are unknown, not absent"),
    ]
    for name, states in _lists(case):
        for row in states:
            if row["state"] != COMPARED and row["hashes"]:
                what = f"{row['hashes']:,} of {row['hasher']}: {row['state'].replace('_', ' ')}"
                rows.append((f"list {name}", what, "hashes that nothing was compared with"))
    for table, column, item, says in COUNTED:
        counted = Counter(case.current(table).column(column).to_pylist())
        rows += [(item, f"{n:,} {word.replace('_', ' ')}", says) for word, n in sorted(counted.items())]
    left = sum(case.current("tally").column("left_out").to_pylist())
    rows.append(("records", f"{left:,} rows left out", "rows of parts that an exhibit's map leaves out by its rule"))
    return [
        *rows,
        (
            "legal process",
            "not recorded",
            "when, to whom and with what words an answer was asked for, and who certified it",
        ),
        ("everything else", NOT_SEARCHED, "no other chain, list, service or network was asked anything"),
    ]
