"""The figures of this case: what its own returns and its own addresses say of how far tracing can be trusted here.

Every return is a label: it confirms a release or does not. Every address a seized server lists is one too: it is the
service's own, which no one outside can know. Nothing measured on any other case, real or drawn, is among them.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from leadline.model.catalog import TABLES
from leadline.model.meanings import ASKED, AT_LEAST, BOUNDS, FALSE_JOINS, FOUND, WILSON, WILSON_BY_SWEEP
from leadline.model.tables import empty
from leadline.model.words import ALL, CONFIRMED, DENIED, NONE, NOT_ASKED, REJECTED, SPEND, UNANSWERED
from leadline.steps.service_answers import answer, withdrawals

READS = ("release", "hop", "event", "coverage", "decision")
"""The tables the figures are counted from; `decision` holds those in force."""
Z = 1.959964
"""Two-sided 95 %."""
MILLION = 1_000_000
WIDE = 300_000
"""Millionths: an interval that is wider says too little, and no share is printed before it; 9 of 9 still has one."""
RELEASED = (ASKED, CONFIRMED, AT_LEAST, DENIED, UNANSWERED)
"""Those figures that are about releases."""
CONFIRMS = (
    "A return confirms the output, not the hops: that the service paid this output, not who asked for it nor who held "
    "the coins at any transaction between."
)
"""Said beside every figure of confirmed releases."""
NOT_MEASURED = "not measured"


@dataclass(frozen=True, slots=True)
class Figure:
    """`part` of `n`, for a rule and a part of the case, with its interval in millionths; none where n is 0."""

    figure: str  # a word of CASE_FIGURES
    rule: str
    of: str
    part: int
    n: int
    interval: str  # a word of INTERVALS
    low_ppm: int | None
    high_ppm: int | None

    @property
    def words(self) -> str:
        """The figure in words: ``not measured`` where there is nothing to measure."""
        if not self.n:
            return NOT_MEASURED
        if self.interval == BOUNDS:
            return _bounds(self.part, round((self.high_ppm or 0) * self.n / MILLION), self.n)
        counts = f"{self.part:,} of {self.n:,}"
        if self.low_ppm is None or self.high_ppm is None:
            return counts
        bounds = f"({percent(self.low_ppm)} to {percent(self.high_ppm)})"
        if self.high_ppm - self.low_ppm > WIDE:
            return f"{counts}: too little for a share {bounds}"
        return f"{percent(self.part * MILLION // self.n)} %, {counts} {bounds}"


def _bounds(known: int, most: int, n: int) -> str:
    """From what is known to what is possible, as counts: of few scripts a percentage would say more than there is."""
    joined = f"of {n:,} {'script' if n == 1 else 'scripts'} joined"
    if not most:
        return f"none {joined}: each is the records' own"
    return f"{known:,} known, {most:,} possible, {joined}"


def percent(ppm: int) -> str:
    """Millionths as per cent with two decimals, cut."""
    return f"{ppm // 10_000}.{ppm // 100 % 100:02d}"


def wilson(part: float, n: float) -> tuple[int, int]:
    """The 95 % interval of a share of `n` in millionths (Wilson 1927)."""
    p, z2 = part / n, Z * Z / n
    middle, half = p + z2 / 2, Z * ((p * (1 - p) + z2 / 4) / n) ** 0.5
    low, high = (middle - half) / (1 + z2), (middle + half) / (1 + z2)
    return max(0, round(low * MILLION)), min(MILLION, round(high * MILLION))


def grouped(part: int, n: int, squares: int) -> tuple[int, int]:
    """The same where members of a group are found or missed together: as if there were n^2 / `squares` of them.

    `squares` sums the squares of the groups' sizes (Kish, Survey Sampling 1965: the effective sample).
    """
    effective = n * n / squares
    return wilson(part / n * effective, effective)


class Judged(NamedTuple):
    """One released output: whose finding, the payment it reached, the rules and length of its path, what became of it.

    `state` is a word of service_answers.STATES.
    """

    finding: bytes
    payment: str
    outpoint: str
    rule: str
    length: str
    state: str


def figures(tables: Mapping[str, pa.Table], without: Collection[str] = ()) -> list[Figure]:
    """Every figure of the case from READS, in a fixed order; releases of the payments `without` (refs) not counted."""
    return figures_of(judged(tables), _table(tables, "coverage"), without)


def figures_of(found: Iterable[Judged], coverage: pa.Table, without: Collection[str] = ()) -> list[Figure]:
    """The same from what `judged` gave and the table coverage."""
    return [*_releases(r for r in found if r.payment not in without), *_coverage(coverage)]


def path_figure(tables: Mapping[str, pa.Table], finding: bytes) -> list[str]:
    """What this case says of paths like those of a `released` finding: of the same rule and length, as whole paths.

    The payment the finding is about is not counted: a return that it rests on is no measure of it.
    """
    found = judged(tables)
    mine = {r for r in found if r.finding == finding}
    if not mine:
        return ["paths that end so: not measured, for no return answers them"]
    own = {r.payment for r in mine}
    known = {(f.rule, f.of): f for f in _releases(r for r in found if r.payment not in own) if f.figure == CONFIRMED}
    kinds = sorted({(r.rule, r.length) for r in mine})
    return [
        f"paths by {rule}, {length}, of other payments, confirmed: "
        + (known[rule, length].words if (rule, length) in known else NOT_MEASURED)
        for rule, length in kinds
    ]


def unpooled(found: Iterable[Figure]) -> list[Figure]:
    """The figures without those that add up releases of several rules, which say nothing of a path by one of them."""
    found = list(found)
    single = {f.figure for f in found if f.rule != ALL}
    return [f for f in found if f.rule != ALL or f.figure not in RELEASED or f.figure not in single]


def lines(found: Iterable[Figure]) -> list[str]:
    """The figures as lines for people: one a rule and part of the case, releases first."""
    by: dict[tuple[str, str], dict[str, Figure]] = defaultdict(dict)
    for f in found:
        by[f.rule, f.of][f.figure] = f
    asked = [(key, named) for key, named in by.items() if ASKED in named]
    text = ["releases, by the rules of the path and its length: a whole path's figure, not a hop's"]
    for (rule, of), named in asked:
        counts = (f"{named[word].part:,} {word}" for word in (ASKED, CONFIRMED, DENIED, UNANSWERED))
        words = f"{named[ASKED].n:,} named, {', '.join(counts)}; confirmed {named[CONFIRMED].words}"
        if named[UNANSWERED].part:
            words += f", at least {named[AT_LEAST].words}"
        text.append(f"  {rule}, {of}: {words}")
    text.append("addresses of the records, paid and spent: found again from the others; false joins, known to possible")
    for (rule, of), named in by.items():
        if FOUND in named:
            joins = named[FALSE_JOINS].words
            text.append(f"  {rule.replace('_', ' ')}, {of}: found {named['found'].words}; false joins {joins}")
    return text


def brief(found: Iterable[Figure]) -> list[Figure]:
    """The sums alone: releases by rule, addresses by split."""
    return [f for f in found if f.of == ALL or f.of.startswith("by ")]


def _table(tables: Mapping[str, pa.Table], name: str) -> pa.Table:
    return tables.get(name, empty(TABLES[name]))


def judged(tables: Mapping[str, pa.Table]) -> list[Judged]:
    """Every released output of the case with what became of it, in the order of table release."""
    decisions = _table(tables, "decision")
    rejected = decisions.filter(pc.equal(decisions.column("verdict"), REJECTED))
    denied = frozenset(rejected.column("finding").to_pylist())
    told = withdrawals(_table(tables, "event"))
    answering = frozenset(service for service, _ in told)
    rows = _table(tables, "release").to_pylist()
    rules = _rules(_table(tables, "hop"), list({r["finding"] for r in rows}))
    return [
        Judged(
            row["finding"],
            row["payment"],
            row["release_outpoint"],
            rules.get((row["finding"], row["release_outpoint"]), ALL),
            _length(row["hops"]),
            answer(told, answering, denied, row),
        )
        for row in rows
    ]


def _releases(found: Iterable[Judged]) -> list[Figure]:
    """Asked, confirmed, denied, unanswered: over all, by rule, by length, and by both."""
    counts: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    counts[ALL, ALL] = Counter()
    for row in found:
        for key in {(ALL, ALL), (row.rule, ALL), (ALL, row.length), (row.rule, row.length)}:
            counts[key][row.state] += 1
    out = []
    for figure, parts, whole in (
        (ASKED, (CONFIRMED, DENIED, UNANSWERED), (CONFIRMED, DENIED, UNANSWERED, NOT_ASKED)),
        (CONFIRMED, (CONFIRMED,), (CONFIRMED, DENIED)),
        (AT_LEAST, (CONFIRMED,), (CONFIRMED, DENIED, UNANSWERED)),
        (DENIED, (DENIED,), (CONFIRMED, DENIED)),
        (UNANSWERED, (UNANSWERED,), (CONFIRMED, DENIED, UNANSWERED)),
    ):
        for (rule, length), count in sorted(counts.items(), key=_order):
            part, n = sum(count[p] for p in parts), sum(count[w] for w in whole)
            estimate = figure != ASKED
            low, high = wilson(part, n) if n and estimate else (None, None)
            out.append(Figure(figure, rule, length, part, n, WILSON if estimate else NONE, low, high))
    return out


def _order(item: tuple[tuple[str, str], Counter[str]]) -> tuple[bool, str, bool, str]:
    (rule, length), _ = item
    return rule != ALL, rule, length != ALL, length


def _length(hops: int) -> str:
    return f"{hops} hops"


def _rules(hops: pa.Table, findings: list[bytes]) -> dict[tuple[bytes, str], str]:
    """By finding and released output, the rules its path uses beyond recorded spends, sorted."""
    mine = hops.filter(pc.is_in(hops.column("finding"), pa.array(findings, pa.binary(32))))
    last: dict[tuple[bytes, int], tuple[int, str]] = {}
    used: dict[tuple[bytes, int], set[str]] = defaultdict(set)
    columns = (mine.column(c).to_pylist() for c in ("finding", "path", "seq", "outpoint_out", "rule"))
    for finding, path, seq, created, rule in zip(*columns, strict=True):
        key = (finding, path)
        last[key] = max(last.get(key, (-1, "")), (seq, created))
        used[key] |= {rule} - {SPEND}
    by: dict[tuple[bytes, str], set[str]] = defaultdict(set)
    for key, (_, created) in last.items():
        by[key[0], created] |= used[key]
    return {key: " and ".join(sorted(rules)) or SPEND for key, rules in by.items()}


def _coverage(table: pa.Table) -> list[Figure]:
    """Addresses found again and false joins: sums first, then month by month."""
    rows = sorted(table.to_pylist(), key=lambda r: (r["period"] != ALL, r["split"], r["rule"], r["period"]))
    out = []
    for r in rows:
        part = f"by {r['split']}" if r["period"] == ALL else r["period"]
        n, joined, least = r["addresses"] if r["known"] else 0, r["joined"], r["others"]
        low, high = grouped(r["found"], n, r["squares"]) if n else (None, None)
        out.append(Figure(FOUND, r["rule"], part, r["found"], n, WILSON_BY_SWEEP, low, high))
        low, high = (least * MILLION // joined, (least + r["unknown"]) * MILLION // joined) if joined else (None, None)
        out.append(Figure(FALSE_JOINS, r["rule"], part, least, joined, BOUNDS, low, high))
    nothing = [(FOUND, WILSON_BY_SWEEP), (FALSE_JOINS, BOUNDS)]
    return out or [Figure(figure, ALL, "by month", 0, 0, interval, None, None) for figure, interval in nothing]
