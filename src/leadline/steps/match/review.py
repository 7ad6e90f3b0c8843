"""What no list knows: the review queue, and what could not be searched by its picture."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from leadline.kinds.vics import reading
from leadline.model.meanings import PARTIAL
from leadline.model.predicates import NEVER_SEEN
from leadline.model.words import BY_DAY, BY_DEVICE, BY_SERIES, CONTRADICTED, DECODED, LOW_QUALITY, NO_FRAMES
from leadline.steps.match.devices import Device
from leadline.steps.match.examined import Categories
from leadline.steps.match.known import Matched
from leadline.steps.match.lists import Lists
from leadline.steps.match.seized import NEVER, Seized
from leadline.steps.match.series import Series
from leadline.steps.step import Claims

Review = tuple[Any, ...]
"""One row of model.findings.REVIEW, in its column order."""
Group = tuple[str, str, int, int, int]
"""One row of model.findings.REVIEW_GROUP, in its column order."""
NONE, UNKNOWN = "none", "unknown"
"""Groups of files without a series or device, and of those nobody is known to have uploaded."""


@dataclass(frozen=True, slots=True)
class Told:
    """What else stands with files, by media ref: their devices, the findings that tie digests named in records to them;
    and those digests, which are no files of their own."""

    devices: Mapping[str, Device]
    ties: Mapping[str, list[bytes]]
    absent: frozenset[str]


def queue(
    seized: Seized,
    lists: Lists,
    matched: Matched,
    series: Series,
    categories: Categories,
    told: Told,
    claims: Claims,
) -> list[Review]:
    """Findings never_seen and their places in the queue.

    Only files whose picture was hashed, here or before the seizure came in, and only when a list is pinned: without
    lists nothing can be said to stand in none. Files of one series stand together; series and single files come by
    the gravest category that a tool gave one and nobody reviewed, then by their earliest upload, then by more uploads,
    then by evidence order; within a series by evidence order. Files that nobody is known to have uploaded come late,
    series with a file that a list knows after all that have none, and those that an examiner put into a
    category last. That a list knows a near copy stands against the finding.
    """
    if not lists.digests:
        return []
    status = np.array(seized.files["status"].to_pylist())
    new = np.flatnonzero(((status == DECODED) | seized.framed) & ~matched.known & ~matched.similar & ~matched.ignored)
    count = seized.files.num_rows
    new = new[~_absent(seized, told.absent)[new]]
    first = seized.files["first"].to_numpy()
    uploads = np.zeros(count, np.int64)
    np.add.at(uploads, series.key, seized.files["uploads"].to_numpy())
    size = np.bincount(series.key, minlength=count)
    head = series.key[new]
    waits, grave = np.zeros(count, np.bool_), np.full(count, reading.LEAST_GRAVE, np.int64)
    waits[head[~categories.reviewed[new]]] = True
    np.minimum.at(grave, head, categories.gravity[new])
    near = _near_known(series, matched)
    order = np.lexsort(
        (new, categories.reviewed[new], head, -uploads[head], first[head], grave[head], near[head] >= 0, ~waits[head])
    )
    new, head = new[order], head[order]
    searched = "list:" + hashlib.sha256("\n".join(lists.digests).encode()).hexdigest()
    named = ",".join(lists.digests)
    files = seized.files.select(["media", "exhibit", "locator", "upload_exhibit", "upload_locator"]).take(new)
    names = seized.files["media"].to_pylist()
    heads = [names[at] for at in head.tolist()]
    entered = {media: finding for finding, _, media, _ in series.members}
    listed: dict[str, list[bytes]] = {}
    for row in matched.rows:
        listed.setdefault(row[1], []).append(row[0])
    rows: list[Review] = []
    places = zip(new.tolist(), head.tolist(), heads, files.to_pylist(), strict=True)
    for place, (own, at, key, row) in enumerate(places, 1):
        finding = claims.add(row["media"], NEVER_SEEN, searched)
        claims.rest(finding, "exhibit", f"exhibit:{row['exhibit'].hex()}", row["locator"])
        for which in range(len(lists.digests)):
            claims.rest(finding, "list", lists.ref(which))
        if row["upload_exhibit"] is not None:
            claims.rest(finding, "exhibit", f"exhibit:{row['upload_exhibit'].hex()}", row["upload_locator"])
        when = None if first[at] == NEVER else int(first[at])
        name = key.replace("media:", "series:") if size[at] > 1 else None
        said = (bool(categories.reviewed[own]), categories.unreviewed.get(own))
        for tie in told.ties.get(row["media"], ()):
            claims.rest(finding, "finding", f"finding:{tie.hex()}")
        copy = names[near[at]] if near[at] >= 0 else None
        if copy is not None:
            for other in (entered[row["media"]], entered[copy], *listed.get(copy, ())):
                claims.rest(finding, "finding", f"finding:{other.hex()}", role="against")
        device = told.devices.get(row["media"])
        made = (device.digest, device.by, device.files) if device else (None, None, None)
        rows.append((finding, row["media"], name, place, int(uploads[at]), when, named, *said, *made, copy))
    return rows


def _near_known(series: Series, matched: Matched) -> npt.NDArray[np.int64]:
    """For each row of Seized.files that heads a series, the first of its files that a list knows, or -1."""
    listed = np.flatnonzero(matched.known)[::-1]
    near = np.full(series.key.size, -1, np.int64)
    near[series.key[listed]] = listed
    return near


def groups(rows: Iterable[Review]) -> list[Group]:
    """The queue counted by series, by device and by the day of the first upload: each counts every file once."""
    files: Counter[tuple[str, str]] = Counter()
    reviewed: Counter[tuple[str, str]] = Counter()
    first: dict[tuple[str, str], int] = {}
    for _, _, series, place, _, when, _, done, _, device, by, _, _ in rows:
        day = UNKNOWN if when is None else str(np.datetime64(when, "us").astype("datetime64[D]"))
        made = device.hex() if device is not None else CONTRADICTED if by == CONTRADICTED else NONE
        for key in ((BY_SERIES, series or NONE), (BY_DEVICE, made), (BY_DAY, day)):
            files[key] += 1
            reviewed[key] += done
            first.setdefault(key, place)
    return [(*key, n, reviewed[key], first[key]) for key, n in files.items()]


def _absent(seized: Seized, absent: frozenset[str]) -> npt.NDArray[np.bool_]:
    """Which rows of Seized.files are digests of other rows."""
    return np.array([media in absent for media in seized.files["media"].to_pylist()], np.bool_)


def unsearched(seized: Seized, absent: frozenset[str]) -> list[tuple[str, str, str, bytes, str]]:
    """One row a file whose picture could not be compared, with the reason; its digests were.

    Not those digests that are a seized file's: that file is searched.
    """
    comparable = _absent(seized, absent)
    comparable[seized.frames.file] = True
    at = np.flatnonzero(~comparable)
    rows = []
    for i, row in zip(at.tolist(), seized.files.take(at).to_pylist(), strict=True):
        if seized.framed[i]:
            reason = LOW_QUALITY
        elif row["status"] == DECODED:
            reason = PARTIAL if row["reason"] == PARTIAL else NO_FRAMES
        else:
            reason = row["reason"] or row["status"]
        rows.append((row["media"], row["status"], reason, row["exhibit"], row["locator"]))
    return rows
