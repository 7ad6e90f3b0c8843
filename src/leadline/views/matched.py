"""What match made of each seized file, with the path under which it stood: known, similar, or on none of the lists."""

from typing import Any

import pyarrow.compute as pc

from leadline.errors import LeadlineError
from leadline.flow.exhibits import source_of
from leadline.model.predicates import KNOWN_AS, NEVER_SEEN, SIMILAR_TO
from leadline.model.words import DIGEST_ONLY, KNOWN, SIMILAR
from leadline.steps.intake import resolve
from leadline.store.case import Case
from leadline.views.reading import VIEWED

SHOWN = 20
"""Files named under each heading; the whole list is ``leadline case export CASE match`` and ``review``."""
NEVER = "never seen"
HEADINGS = {KNOWN: KNOWN_AS, SIMILAR: SIMILAR_TO, NEVER: NEVER_SEEN}
"""Each heading and the predicate behind it."""
LISTED = ("entry:", "list:")
"""Objects that are of a list: near copies inside the seizure are series, and no answer of a list."""
_PATH = "path: "


def matched(case: Case) -> dict[str, list[dict[str, Any]]]:
    """By heading the files: finding, media, what it was matched to, category, and paths of the first `SHOWN`.

    Never seen files come in the order of the review queue. A path is null where only a record names the file.
    """
    case.note(VIEWED, what="match")
    findings = case.current("finding", ("match",))
    names = {pin.digest: pin.name for pin in case.settings.pinned("list")}
    likeness = {row["finding"]: row for row in reversed(case.current("match", ("match",)).to_pylist())}
    reviewed = case.current("review", ("match",)).to_pylist()
    queue = {row["finding"]: row["place"] for row in reviewed}
    near = {row["finding"] for row in reviewed if row["near_known"]}
    places = _places(case)
    found = {}
    for heading, predicate in HEADINGS.items():
        rows = findings.filter(pc.equal(findings.column("predicate"), predicate)).to_pylist()
        mine = [row for row in rows if row["object"].startswith(LISTED)]
        mine.sort(key=lambda row: (queue.get(row["id"], 0), row["subject"], row["object"]))
        found[heading] = [
            {
                "finding": row["id"].hex(),
                "media": row["subject"],
                "other": row["object"],
                "entry": _entry(row["object"], names),
                "category": likeness.get(row["id"], {}).get("category"),
                "distance": likeness.get(row["id"], {}).get("distance"),
                "near_known": row["id"] in near,
                "path": _path(case, places.get(row["subject"])) if number < SHOWN else None,
            }
            for number, row in enumerate(mine)
        ]
    return found


def lines(found: dict[str, list[dict[str, Any]]]) -> list[str]:
    """The same for people: a heading with its count, then a file a line."""
    said = []
    for heading, rows in found.items():
        files = len({row["media"] for row in rows})
        said.append(f"{heading}: {files:,} {'file' if files == 1 else 'files'}{_near(rows)}")
        said += [f"  {row['path'] or row['media']}{_likeness(heading, row)}" for row in rows[:SHOWN]]
        if len(rows) > SHOWN:
            table = "review" if heading == NEVER else "match"
            said.append(f"  and {len(rows) - SHOWN:,} more: leadline case export CASE {table} --out FILE")
    return said if any(found.values()) else []


def _near(rows: list[dict[str, Any]]) -> str:
    """How many of the files are in one series with a known file."""
    near = len({row["media"] for row in rows if row["near_known"]})
    return f", {near:,} of them near copies of known files" if near else ""


def _likeness(heading: str, row: dict[str, Any]) -> str:
    if heading == NEVER:
        return "  near copy of a known file" if row["near_known"] else ""
    near = "same digest" if heading == KNOWN else f"{row['distance']} bits apart"
    return f"  {near}, {row['category'] or 'no category'}, {row['entry']}"


def _entry(ref: str, names: dict[str, str]) -> str | None:
    """An entry of a list by the name of the list's pin, or by its digest where it is pinned no longer."""
    digest, slash, number = ref.removeprefix(LISTED[0]).partition("/")
    return f"entry {number} of {names.get(digest, digest)}" if slash else None


def _places(case: Case) -> dict[str, tuple[str, str]]:
    """By media (exhibit in hex, locator) of the first place where the file itself was read from its medium."""
    table = case.current("media", ("intake",))
    names = ("media", "exhibit", "locator", "status")
    found: dict[str, tuple[str, str]] = {}
    for media, exhibit, locator, status in zip(*(table.column(c).to_pylist() for c in names), strict=True):
        if status != DIGEST_ONLY:
            found.setdefault(media, (exhibit.hex(), locator))
    return found


def _path(case: Case, place: tuple[str, str] | None) -> str | None:
    """The path that stands at a place of a manifest; the place itself where the file stood inside another exhibit."""
    if place is None:
        return None
    exhibit, locator = place
    try:
        shown = resolve(source_of(case, exhibit), locator)
    except LeadlineError:
        return f"exhibit:{exhibit} {locator}"
    stated = [line.removeprefix(_PATH) for line in shown.splitlines() if line.startswith(_PATH)]
    return stated[0] if stated else f"exhibit:{exhibit} {locator}"
