"""What intake made of an exhibit: rows by part and outcome, what was left out by name, rejects and refusals by reason.

Rows read are rows mapped, rejected and left out; a part is left out whole where the map does not name it.
"""

import fnmatch
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from leadline.model.catalog import TABLES
from leadline.model.words import TIMEOUT, UNDECODABLE
from leadline.steps.intake import load_map
from leadline.store.case import Case
from leadline.store.runs import Run, read_table

PLACES = 3
"""Locators named a reason: enough to look at one and see what is wrong."""
COUNTED = ("reject", "tally")
"""Tables of a run of intake that are no records; what they say is said in words."""
UNREAD = (UNDECODABLE, TIMEOUT)
"""States of a media file (model.words.MEDIA_STATES) of which nothing but its digests is known though it was opened."""


@dataclass(frozen=True, slots=True)
class Part:
    """A table, sheet or file of an exhibit: its rows, and the columns that the map does not name."""

    name: str
    rows: int
    mapped: int
    rejected: int
    left_out: int
    columns_left_out: tuple[str, ...]

    @property
    def unread(self) -> bool:
        """Whether none of its rows gave a record or a reject: the map does not name it, or leaves every row out."""
        return self.rows == self.left_out


@dataclass(frozen=True, slots=True)
class Rejected:
    """Rows or cells that gave nothing, for one reason: how many, and the first places where they stand."""

    reason: str
    n: int
    places: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Tallied:
    """One exhibit: its parts, rejects by reason, identifiers that their kind refused by kind, files by state.

    A state is a word of model.words.MEDIA_STATES, with the reason where there is one. `fits_nothing` are the parts that
    the map names and the exhibit does not have.
    """

    parts: tuple[Part, ...]
    rejects: tuple[Rejected, ...]
    refused: dict[str, int]
    files: dict[str, int]
    fits_nothing: tuple[str, ...] = ()


def tallied(case: Case, run: Run) -> Tallied:
    """What a run of intake made of its exhibit, out of the run's own tables."""
    parts = tuple(
        Part(
            row["part"],
            row["rows_in"],
            row["mapped"],
            row["rejected"],
            row["left_out"],
            tuple(filter(None, row["unmapped_columns"].split(","))),
        )
        for row in _read(case, run, "tally").to_pylist()
    )
    rejects, files = _rejects(_read(case, run, "reject")), _files(case, run)
    return Tallied(parts, rejects, _refused(case, run), files, _fits_nothing(case, run, [part.name for part in parts]))


def _fits_nothing(case: Case, run: Run, names: Sequence[str]) -> tuple[str, ...]:
    """Globs of the map given that fit no part of the exhibit: a name that is written otherwise, perhaps."""
    kept = run.inputs.get("exhibit:map")
    map_ = load_map(str(case.exhibit_path(str(kept)))) if kept else None
    if map_ is None:
        return ()
    rules = dict.fromkeys(rule.match for rule in map_.parts)
    return tuple(match for match in rules if not any(fnmatch.fnmatchcase(name, match) for name in names))


def lines(found: Tallied) -> list[str]:
    """The same for people: every part whose rows are not all records, and what is behind it."""
    said = []
    for part in found.parts:
        if part.unread and part.rows:
            said.append(f"{part.name}: none of its {_rows(part.rows)} read, the map asks for none")
            continue
        if part.rejected or part.left_out:
            said.append(
                f"{part.name}: {_rows(part.rows)} = {part.mapped:,} mapped + {part.rejected:,} rejected "
                f"+ {part.left_out:,} left out by the map"
            )
        if part.columns_left_out:
            said.append(f"{part.name}: columns that the map does not name: {', '.join(part.columns_left_out)}")
    said += [f"the map's part {match}: the exhibit has none of this name" for match in found.fits_nothing]
    for row in found.rejects:
        more = ", ..." if row.n > len(row.places) else ""
        said.append(f"rejected, {row.reason}: {row.n:,} ({', '.join(row.places)}{more})")
    for kind, n in found.refused.items():
        said.append(f"identifiers, {kind}: {n:,} not in the form of the kind, kept as in the source: joining nobody")
    for state, n in found.files.items():
        word = state.partition(" ")[0]
        said.append(f"files {state}: {n:,}" + (", only their digests are known" if word in UNREAD else ""))
    return said


def _rows(n: int) -> str:
    return f"{n:,} {'row' if n == 1 else 'rows'}"


def _rejects(table: pa.Table) -> tuple[Rejected, ...]:
    """Rejects by reason, most first."""
    places: dict[str, list[str]] = defaultdict(list)
    counts: Counter[str] = Counter()
    for reason, locator in zip(*(table.column(c).to_pylist() for c in ("reason", "locator")), strict=True):
        counts[reason] += 1
        if len(places[reason]) < PLACES:
            places[reason].append(locator)
    return tuple(Rejected(reason, n, tuple(places[reason])) for reason, n in counts.most_common())


def _refused(case: Case, run: Run) -> dict[str, int]:
    """Identifiers without a normal form, by kind."""
    table = _read(case, run, "identifier")
    return _counts(table.filter(pc.is_null(table.column("normal"))), ("kind",))


def _files(case: Case, run: Run) -> dict[str, int]:
    """Media files, or digests of them, by what became of them and why."""
    return _counts(_read(case, run, "media"), ("status", "reason"))


def _counts(table: pa.Table, columns: Sequence[str]) -> dict[str, int]:
    """How often each combination of words stands, as ``word`` or ``word (reason)``, sorted."""
    found: list[dict[str, Any]] = table.group_by(list(columns)).aggregate([([], "count_all")]).to_pylist()
    named = {}
    for row in found:
        first, *rest = (row[c] for c in columns)
        named[first + "".join(f" ({word})" for word in rest if word)] = row["count_all"]
    return dict(sorted(named.items()))


def _read(case: Case, run: Run, name: str) -> pa.Table:
    """A table of the run; empty where it wrote none."""
    if run.tables.get(name, ("", 0))[1]:
        return read_table(case.layout, case.log.files, run.id, name)
    return TABLES[name].schema.empty_table()
