"""Files against lists: exact digests make *known*; near frames make *similar*, further ones only where they agree."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from leadline.kinds.codecs.entries import IGNORE
from leadline.kinds.hashers import pdq
from leadline.model.findings import finding_id
from leadline.steps.match import chance, near
from leadline.steps.match.exact import exact
from leadline.steps.match.lists import Lists
from leadline.steps.match.seized import Frames, Seized
from leadline.steps.step import Claims, Inputs

Row = tuple[
    bytes, str, str, int, int | None, int, str, str | None, str,
    str, int, int | None, int | None, int | None, str | None,
]  # fmt: skip
"""One row of model.findings.MATCH, in its column order."""
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Matched:
    """Which files (rows of Seized.files) are known, similar or to be ignored; rows of match, lead, chance, ignored."""

    known: Flags
    similar: Flags
    ignored: Flags
    rows: tuple[Row, ...]
    leads: tuple[tuple[str, str, str, int, int, str], ...]
    chances: tuple[chance.Row, ...]
    left_out: tuple[tuple[str, str, str], ...]


def match(
    inputs: Inputs, seized: Seized, frames: Frames, lists: Lists, rejected: frozenset[bytes], claims: Claims
) -> Matched:
    """Findings known_as and similar_to, each resting on the file's own hash and the list's entry.

    A file already known as an entry by a digest is not called similar to the same entry as well. A claim of likeness
    that a person has `rejected` still stands, with that decision, but does not make the file similar.
    """
    count = seized.files.num_rows
    known, similar, ignored = (np.zeros(count, np.bool_) for _ in range(3))
    rows: list[Row] = []
    software: dict[int, tuple[str, str, str]] = {}
    for hit in exact(inputs, seized, lists).to_pylist():
        entry = f"entry:{lists.digests[hit['list']]}/{hit['entry']}"
        if hit["scheme"] == IGNORE:
            software.setdefault(hit["i"], (hit["media"], entry, hit["hasher"]))
            continue
        finding = claims.add(hit["media"], "known_as", entry)
        claims.rest(finding, "exhibit", f"exhibit:{hit['exhibit'].hex()}", hit["locator"])
        claims.rest(finding, "list", lists.ref(hit["list"]), f"entry:{hit['entry']}")
        category = _category(hit["category"], hit["scheme"])
        rows.append(
            (finding, hit["media"], hit["hasher"], 0, None, -1, entry, category, "identity",
             "digest", 1, None, None, None, hit["note"])
        )  # fmt: skip
        known[hit["i"]] = True
    done = {row[0] for row in rows}
    first, chance_31 = near.first_tier(frames, lists)
    rows += _similar(seized, frames, lists, first, done, rejected, similar, claims)
    left = np.flatnonzero(~(known | similar)[frames.file])
    rest = frames.take(left)
    agreed, leads, chances = near.wider_tiers(rest, lists)
    done |= {row[0] for row in rows}
    rows += _similar(seized, rest, lists, agreed, done, rejected, similar, claims)
    for i in software:
        ignored[i] = not known[i] and not similar[i]
    return Matched(
        known,
        similar,
        ignored,
        tuple(rows),
        _leads(seized, rest, lists, leads, done),
        (chance_31, *chances),
        tuple(row for i, row in sorted(software.items()) if ignored[i]),
    )


def _similar(
    seized: Seized,
    frames: Frames,
    lists: Lists,
    found: near.Found,
    done: set[bytes],
    rejected: frozenset[bytes],
    similar: Flags,
    claims: Claims,
) -> list[Row]:
    """The rows of what was found by frames, each claimed; sets `similar` where no person said it is no match."""
    rows: list[Row] = []
    hits = found.hits
    ours = seized.hashes.take(pa.array(frames.row[hits.frame])).to_pylist()
    theirs = lists.entries.take(pa.array(hits.entry)).to_pylist()
    names = seized.files["media"].take(pa.array(hits.file)).to_pylist()
    for n, (name, own, listed) in enumerate(zip(names, ours, theirs, strict=True)):
        entry = f"entry:{lists.digests[listed['list']]}/{listed['entry']}"
        if {finding_id(name, predicate, entry) for predicate in ("known_as", "similar_to")} & done:
            continue
        finding = claims.add(name, "similar_to", entry)
        claims.rest(finding, "exhibit", f"exhibit:{own['exhibit'].hex()}", own["locator"])
        claims.rest(finding, "list", lists.ref(listed["list"]), f"entry:{listed['entry']}")
        quality = min(own["quality"], listed["quality"])
        category = _category(listed["category"], listed["scheme"])
        form = pdq.FORMS[hits.form[n]]
        rows.append(
            (finding, name, pdq.NAME, int(hits.distance[n]), quality, own["frame"], entry, category, form,
             found.rule[n], found.frames[n], None, None, None, listed["note"])
        )  # fmt: skip
        similar[hits.file[n]] |= finding not in rejected
    return rows


def _leads(
    seized: Seized, frames: Frames, lists: Lists, found: near.Found, done: set[bytes]
) -> tuple[tuple[str, str, str, int, int, str], ...]:
    """Rows of model.findings.LEAD, without pairs that a claim names already."""
    hits = found.hits
    names = seized.files["media"].take(pa.array(hits.file)).to_pylist()
    theirs = lists.entries.take(pa.array(hits.entry)).to_pylist()
    rows = []
    for n, (name, listed) in enumerate(zip(names, theirs, strict=True)):
        entry = f"entry:{lists.digests[listed['list']]}/{listed['entry']}"
        if finding_id(name, "similar_to", entry) in done:
            continue
        frame = int(frames.number[hits.frame[n]])
        rows.append((name, entry, found.rule[n], int(hits.distance[n]), frame, pdq.FORMS[hits.form[n]]))
    return tuple(rows)


def _category(category: str | None, scheme: str | None) -> str | None:
    return None if category is None else f"{scheme}: {category}"
