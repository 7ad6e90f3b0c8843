"""Who stands first: the persons of rank's current run with band, reasons and what is unknown, in order of place."""

from typing import Any

from leadline.store.case import Case

SHOWN = 25
"""Persons in the table; the whole list is ``leadline case export CASE band``."""
HEADS = ("place", "band", "person", "known", "unknown")


def ranked(case: Case) -> list[dict[str, Any]]:
    """One row a person: place, how many share it, band, person, what is known, suggested and unknown; first first."""
    rows = case.current("band", ("rank",)).to_pylist()
    names = ("place", "sharing", "band", "person", "known", "suggested", "unknown")
    return [{name: row[name] for name in names} for row in sorted(rows, key=lambda r: (r["place"], r["person"]))]


def lines(rows: list[dict[str, Any]]) -> list[str]:
    """The first of them as a table; persons whom nothing known tells apart share a place."""
    if not rows:
        return []
    cells = [HEADS, *(_cells(row) for row in rows[:SHOWN])]
    wide = [max(len(row[column]) for row in cells) for column in range(len(HEADS))]
    said = ["  ".join(text.ljust(w) for text, w in zip(row, wide, strict=True)).rstrip() for row in cells]
    if len(rows) > SHOWN:
        said.append(f"and {len(rows) - SHOWN:,} more: leadline case export CASE band --out FILE")
    return [*said, "a place orders the work and is no finding about a person; = shares its place with others"]


def _cells(row: dict[str, Any]) -> tuple[str, ...]:
    known = _listed(row["known"])
    if row["suggested"]:
        known += f" (of suggested members, counting for nothing: {_listed(row['suggested'])})"
    place = f"{row['place']:,}{'=' if row['sharing'] > 1 else ''}"
    return place, row["band"], row["person"], known, _listed(row["unknown"])


def _listed(words: str) -> str:
    return words.replace(",", ", ") or "-"
