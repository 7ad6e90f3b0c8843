"""Files against lists: exact digests make *known*; near frames make *similar*, further ones only where they agree."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from leadline.kinds.codecs.entries import IGNORE
from leadline.kinds.hasher import hasher
from leadline.kinds.hashers import pdq
from leadline.model.predicates import KNOWN_AS, SIMILAR_TO
from leadline.model.words import DIGEST, EQUAL, FRAME, IDENTITY, METHODS
from leadline.steps.match import chance, clips, near
from leadline.steps.match.exact import exact
from leadline.steps.match.listed import Hits, Listed
from leadline.steps.match.lists import Lists
from leadline.steps.match.seized import Frames, Seized
from leadline.steps.step import Claims, Inputs

Row = tuple[Any, ...]
"""One row of model.findings.MATCH, in its column order."""
Lead = tuple[str, str, str, int, int, str, str | None]
"""One row of model.findings.LEAD, in its column order."""
NO_CLIP = (None,) * 7
"""offset_ms to median_distance where nothing is aligned."""
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Matched:
    """Which files (rows of Seized.files) are known, similar or to be ignored; rows of match, lead, chance, ignored.

    `rest` are the crops of pictures that nothing else matched.
    """

    known: Flags
    similar: Flags
    ignored: Flags
    rows: tuple[Row, ...]
    leads: tuple[Lead, ...]
    chances: tuple[chance.Row, ...]
    left_out: tuple[tuple[str, str, str], ...]
    rest: Frames


def match(
    inputs: Inputs,
    seized: Seized,
    frames: Frames,
    lists: Lists,
    by: near.Searcher,
    rejected: frozenset[bytes],
    claims: Claims,
) -> Matched:
    """Findings known_as, same_video_as, contains_clip_of and similar_to, each resting on a hash and a list's entry.

    A file already known as an entry by a digest is not called like the same entry as well. A claim that a person has
    `rejected` still stands, with that decision, but does not make the file known or similar.
    """
    count = seized.files.num_rows
    known, similar, ignored = (np.zeros(count, np.bool_) for _ in range(3))
    rows: list[Row] = []
    software: dict[int, tuple[str, str, str]] = {}
    equal: dict[tuple[str, str], dict[str, Any]] = {}
    for hit in exact(inputs, seized, lists).to_pylist():
        entry = f"entry:{lists.digests[hit['list']]}/{hit['entry']}"
        if hasher(hit["hasher"]).radius == 0:
            equal[hit["media"], entry] = hit
            continue
        if hit["scheme"] == IGNORE:
            software.setdefault(hit["i"], (hit["media"], entry, hit["hasher"]))
            continue
        finding = claims.add(hit["media"], KNOWN_AS, entry)
        claims.rest(finding, "exhibit", f"exhibit:{hit['exhibit'].hex()}", hit["locator"])
        claims.rest(finding, "list", lists.ref(hit["list"]), f"entry:{hit['entry']}")
        category = _category(hit["category"], hit["scheme"])
        rows.append(
            (finding, hit["media"], hit["hasher"], 0, None, -1, entry, category, "identity",
             DIGEST, 1, *NO_CLIP, None, hit["note"])
        )  # fmt: skip
        known[hit["i"]] |= finding not in rejected
    done = {(str(row[1]), str(row[6])) for row in rows}
    like = _Like(seized, lists, by.listed, equal, done, rejected, known, similar, claims)
    first, chance_31 = near.first_tier(frames, by)
    rows += like.claim(frames, first)
    rows += like.equals()
    rest = frames.take(np.flatnonzero(~(known | similar)[frames.file]))
    agreed, leads, chances = near.wider_tiers(rest, by)
    rows += like.claim(rest, agreed)
    anew = seized.crops.take(np.flatnonzero(~(known | similar)[seized.crops.file]))
    if len(anew.file):
        ways = seized.places["crop"].take(pa.array(anew.row)).combine_chunks().dictionary_encode().indices.to_numpy()
        framed, further, more = near.framed_tier(anew, ways, by)
        rows += like.claim(anew, framed)
        chances += more
    for i in software:
        ignored[i] = not known[i] and not similar[i]
    lead_rows = like.leads(rest, leads)
    if len(anew.file):
        lead_rows = _nearest([*lead_rows, *like.leads(anew, further)])
    return Matched(
        known,
        similar,
        ignored,
        tuple(rows),
        tuple(lead_rows),
        (chance_31, *chances),
        tuple(row for i, row in sorted(software.items()) if ignored[i]),
        anew.take(np.flatnonzero(~similar[anew.file])),
    )


@dataclass(frozen=True, slots=True)
class _Like:
    """What the claims of likeness of one run share.

    `equal` are the hits of hashes compared for equality by file and entry; `done` are the pairs claimed so far.
    """

    seized: Seized
    lists: Lists
    listed: Listed
    equal: Mapping[tuple[str, str], dict[str, Any]]
    done: set[tuple[str, str]]
    rejected: frozenset[bytes]
    known: Flags
    similar: Flags
    claims: Claims

    def claim(self, frames: Frames, found: near.Found) -> list[Row]:
        """The rows of what was found, each claimed; marks the files where no person said that it is no match."""
        rows: list[Row] = []
        hits = found.hits
        ours = self.seized.places.take(pa.array(frames.row[hits.frame])).to_pylist()
        for n, (name, entry, theirs) in enumerate(self._named(hits)):
            if (name, entry) in self.done:
                continue
            clip = found.timed.get(n)
            rule = found.rule[n]
            if rule == FRAME and (name, entry) in self.equal:
                rule = METHODS
            predicate = clips.claimed(rule)
            finding = self.claims.add(name, predicate, entry)
            self.done.add((name, entry))
            self.claims.rest(finding, "exhibit", f"exhibit:{ours[n]['exhibit'].hex()}", ours[n]["locator"])
            self.claims.rest(finding, "list", self.lists.ref(theirs["list"]), f"entry:{theirs['entry']}")
            if rule == METHODS:
                rows.append(self._equal(finding, rule, name, entry))
            quality = min(int(frames.quality[hits.frame[n]]), theirs["quality"])
            form = pdq.FORMS[clip.form if clip else hits.form[n]]
            rows.append(
                (finding, name, pdq.NAME, int(hits.distance[n]), quality, int(frames.number[hits.frame[n]]), entry,
                 _category(theirs["category"], theirs["scheme"]), form, rule, found.frames[n],
                 *(clip.columns if clip else NO_CLIP), ours[n]["crop"], theirs["note"])
            )  # fmt: skip
            if finding not in self.rejected:
                (self.similar if predicate == SIMILAR_TO else self.known)[hits.file[n]] = True
        return rows

    def equals(self) -> list[Row]:
        """Rows of equal hashes of pairs that nothing else has claimed: similar, as one method alone proves nothing."""
        rows = []
        for (name, entry), hit in self.equal.items():
            if (name, entry) in self.done or hit["scheme"] == IGNORE:
                continue
            finding = self.claims.add(name, SIMILAR_TO, entry)
            self.done.add((name, entry))
            rows.append(self._equal(finding, EQUAL, name, entry))
            if finding not in self.rejected:
                self.similar[hit["i"]] = True
        return rows

    def _equal(self, finding: bytes, rule: str, name: str, entry: str) -> Row:
        """One row of an equal hash; the finding rests on both sides of it."""
        hit = self.equal[name, entry]
        self.claims.rest(finding, "exhibit", f"exhibit:{hit['exhibit'].hex()}", hit["locator"])
        self.claims.rest(finding, "list", self.lists.ref(hit["list"]), f"entry:{hit['entry']}")
        category = _category(hit["category"], hit["scheme"])
        return (
            finding, name, hit["hasher"], 0, None, -1, entry, category, IDENTITY, rule, 1, *NO_CLIP, None,
            hit["note"],
        )  # fmt: skip

    def leads(self, frames: Frames, found: near.Found) -> list[Lead]:
        """Rows of LEAD, without pairs that a claim names already."""
        hits = found.hits
        ours = self.seized.places["crop"].take(pa.array(frames.row[hits.frame])).to_pylist()
        rows = []
        for n, (name, entry, _) in enumerate(self._named(hits)):
            if (name, entry) not in self.done:
                frame = int(frames.number[hits.frame[n]])
                form = pdq.FORMS[hits.form[n]]
                rows.append((name, entry, found.rule[n], int(hits.distance[n]), frame, form, ours[n]))
        return rows

    def _named(self, hits: Hits) -> Iterator[tuple[str, str, dict[str, Any]]]:
        """(file, entry, row of the list) of each hit."""
        names = self.seized.files["media"].take(pa.array(hits.file)).to_pylist()
        theirs = self.lists.entries.take(pa.array(self.listed.row[hits.listed])).to_pylist()
        for name, row in zip(names, theirs, strict=True):
            yield name, f"entry:{self.lists.digests[row['list']]}/{row['entry']}", row


def _nearest(leads: list[Lead]) -> list[Lead]:
    """One lead a file and entry: the nearest, and of equally near ones the frame as it is."""
    best: dict[tuple[str, str], Lead] = {}
    for row in leads:
        if row[:2] not in best or row[3] < best[row[:2]][3]:
            best[row[:2]] = row
    return list(best.values())


def _category(category: str | None, scheme: str | None) -> str | None:
    return None if category is None else f"{scheme}: {category}"
