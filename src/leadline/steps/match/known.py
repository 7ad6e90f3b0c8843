"""Files against lists: exact digests make *known*, one near frame makes *similar*."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from leadline.engines.hamming import join, ready
from leadline.kinds.hasher import HASHERS
from leadline.kinds.hashers import pdq
from leadline.model.findings import finding_id
from leadline.steps.match.lists import Lists
from leadline.steps.match.seized import Seized
from leadline.steps.step import Claims, Inputs

Row = tuple[bytes, str, str, int, int | None, int, str, str | None, str]
"""One row of model.findings.MATCH, in its column order."""


@dataclass(frozen=True, slots=True)
class Matched:
    """Which files (rows of Seized.files) are known and which similar, and the rows of the match family."""

    known: npt.NDArray[np.bool_]
    similar: npt.NDArray[np.bool_]
    rows: tuple[Row, ...]


def match(inputs: Inputs, seized: Seized, lists: Lists, claims: Claims) -> Matched:
    """Findings known_as and similar_to, each resting on the file's own hash and the list's entry.

    A file already known as an entry by a digest is not called similar to the same entry as well.
    """
    rows: list[Row] = []
    known = np.zeros(seized.files.num_rows, np.bool_)
    similar = np.zeros(seized.files.num_rows, np.bool_)
    for hit in _exact(inputs, seized, lists).to_pylist():
        entry = f"entry:{lists.digests[hit['list']]}/{hit['entry']}"
        finding = claims.add(hit["media"], "known_as", entry)
        claims.rest(finding, "exhibit", f"exhibit:{hit['exhibit'].hex()}", hit["locator"])
        claims.rest(finding, "list", lists.ref(hit["list"]), f"entry:{hit['entry']}")
        category = _category(hit["category"], hit["scheme"])
        rows.append((finding, hit["media"], hit["hasher"], 0, None, -1, entry, category, "identity"))
        known[hit["i"]] = True
    exact = {row[0] for row in rows}
    near = _near(seized, lists)
    ours = seized.hashes.take(near.hash).to_pylist()
    theirs = lists.entries.take(near.entry).to_pylist()
    names = seized.files["media"].take(near.file).to_pylist()
    for n, (name, own, listed) in enumerate(zip(names, ours, theirs, strict=True)):
        entry = f"entry:{lists.digests[listed['list']]}/{listed['entry']}"
        if finding_id(name, "known_as", entry) in exact:
            continue
        finding = claims.add(name, "similar_to", entry)
        claims.rest(finding, "exhibit", f"exhibit:{own['exhibit'].hex()}", own["locator"])
        claims.rest(finding, "list", lists.ref(listed["list"]), f"entry:{listed['entry']}")
        quality = min(own["quality"], listed["quality"])
        category = _category(listed["category"], listed["scheme"])
        form = pdq.FORMS[near.form[n]]
        rows.append((finding, name, pdq.NAME, int(near.distance[n]), quality, own["frame"], entry, category, form))
        similar[near.file[n]] = True
    return Matched(known, similar, tuple(rows))


@dataclass(frozen=True, slots=True)
class Near:
    """The nearest frame of each pair of file and entry: file, row of Seized.hashes, of Lists.entries, bits, form."""

    file: npt.NDArray[np.int64]
    hash: npt.NDArray[np.int64]
    entry: npt.NDArray[np.int64]
    distance: npt.NDArray[np.int64]
    form: npt.NDArray[np.int64]


def _exact(inputs: Inputs, seized: Seized, lists: Lists) -> pa.Table:
    """Each file's digests that stand in a list, one row an entry and hash kind."""
    digests = pa.array([h.name for h in HASHERS if h.radius is None])
    hashes = seized.hashes.filter(pc.is_in(seized.hashes["hasher"], digests))
    return inputs.sql(
        """
        WITH hits AS (
            SELECT h.i, h.hasher, h.exhibit, h.locator, l.list, l.entry, l.category, l.scheme, row_number() OVER (
                PARTITION BY h.i, h.hasher, l.list, l.entry ORDER BY h.exhibit, h.locator, l.category, l.scheme) AS n
            FROM hashes h JOIN listed l ON h.hasher = l.hasher AND h.value = l.value)
        SELECT hits.* EXCLUDE (n), f.media FROM hits JOIN files f ON f.i = hits.i WHERE n = 1
        ORDER BY i, list, entry, hasher
        """,
        hashes=hashes,
        listed=lists.entries.select(["list", "entry", "hasher", "value", "category", "scheme"]),
        files=pa.table({"i": pa.array(np.arange(seized.files.num_rows)), "media": seized.files["media"]}),
    )


def _near(seized: Seized, lists: Lists) -> Near:
    """Every file with a frame within the radius of a listed one, in each of the eight forms; the nearest a pair."""
    frames = seized.frames
    at = np.flatnonzero(pc.equal(lists.entries["hasher"], pdq.NAME).to_numpy())
    listed = lists.entries.take(at)
    values = np.frombuffer(b"".join(listed["value"].to_pylist()), np.uint8).reshape(-1, pdq.SIZE)
    parts = []
    seized_hashes = ready(frames.value)
    for form, name in enumerate(pdq.FORMS):
        pairs = join(seized_hashes, ready(pdq.turned(values, name)), pdq.RADIUS)
        parts.append(np.stack([frames.file[pairs.a], pairs.b, pairs.distance, np.full(len(pairs.a), form), pairs.a]))
    file, entry, distance, form_, frame = np.concatenate(parts, axis=1)
    number = listed["entry"].to_numpy()[entry]
    whose = listed["list"].to_numpy()[entry]
    order = np.lexsort((entry, frame, form_, distance, number, whose, file))
    file, entry, distance, form_, frame, number, whose = (
        x[order] for x in (file, entry, distance, form_, frame, number, whose)
    )
    first = np.ones(len(file), np.bool_)
    first[1:] = (file[1:] != file[:-1]) | (whose[1:] != whose[:-1]) | (number[1:] != number[:-1])
    return Near(file[first], frames.row[frame[first]], at[entry[first]], distance[first], form_[first])


def _category(category: str | None, scheme: str | None) -> str | None:
    return None if category is None else f"{scheme}: {category}"
