"""The review queue as counts: by series, device and day of first upload, with the lists searched and their dates."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import pyarrow.compute as pc

from leadline.model.words import BY_SERIES
from leadline.store.case import Case

GROUPS = {"series": "series", "device": "devices", "day": "days of first upload"}
"""How the queue is grouped, and what the groups are called."""
OUTSIDE = ("none", "conflict", "unknown")
"""Rows of model.findings.REVIEW_GROUP that are no group: no series, no device or two, no upload."""


@dataclass(frozen=True, slots=True)
class Searched:
    """A list that was searched: digest, name of its pin, what it says of itself, its terms, the day it was pinned."""

    list: str
    name: str
    version: str | None
    dated: str | None
    licence: str | None
    pinned: str | None


@dataclass(frozen=True, slots=True)
class Queue:
    """`files` in the queue, `reviewed` of them; of each grouping its groups and files; the lists searched."""

    files: int
    reviewed: int
    groups: Mapping[str, Mapping[str, int]]
    lists: tuple[Searched, ...]

    @property
    def facts(self) -> dict[str, Any]:
        """The same as one JSON object."""
        return {
            "files": self.files,
            "reviewed": self.reviewed,
            "by": self.groups,
            "lists": [asdict(row) for row in self.lists],
        }

    @property
    def says(self) -> tuple[str, ...]:
        """Lines for the user; none when no list was searched."""
        if not self.lists:
            return ()
        lines = [f"never seen: {self.files:,} files, {self.reviewed:,} of them reviewed"]
        for by, found in self.groups.items():
            more = "".join(f"; {found[word]:,} {word}" for word in OUTSIDE if word in found)
            lines.append(f"  by {by}: {found['groups']:,} {GROUPS[by]} with {found['files']:,} files{more}")
        for row in self.lists:
            about = f"version {row.version or 'unknown'}, dated {row.dated or 'unknown'}"
            pinned = f", pinned {row.pinned}" if row.pinned else ""
            lines.append(f"  searched {row.name} ({row.list[:16]}): {about}{pinned}")
            lines.append(f"    licence: {row.licence or 'unknown'}")
        return tuple(lines)


def queue(case: Case) -> Queue:
    """What match's current run says; nothing in it when match has not run."""
    groups: dict[str, dict[str, int]] = {by: {"groups": 0, "files": 0} for by in GROUPS}
    files = reviewed = 0
    for row in case.current("review_group", ("match",)).to_pylist():
        found = groups[row["grouped_by"]]
        if row["name"] in OUTSIDE:
            found[row["name"]] = row["files"]
        else:
            found["groups"] += 1
            found["files"] += row["files"]
        if row["grouped_by"] == BY_SERIES:
            files += row["files"]
            reviewed += row["reviewed"]
    names = {pin.digest: pin.name for pin in case.settings.pinned("list")}
    days = {str(e.note.get("digest")): e.at[:10] for e in case.log.entries if e.note.get("pin") == "list"}
    searched = case.current("searched", ("match",))
    lists = []
    for ref in sorted(pc.unique(searched["list"]).to_pylist()):
        row = searched.filter(pc.equal(searched["list"], ref)).slice(0, 1).to_pylist()[0]
        digest = ref.removeprefix("list:")
        name = names.get(digest, "a list no longer pinned")
        lists.append(Searched(digest, name, row["version"], row["dated"], row["licence"], days.get(digest)))
    return Queue(files, reviewed, groups, tuple(lists))
