"""The seized files as VICS records, for the tools in which specialists view material; their categories, back again.

What goes out is digests, sizes, types, paths on the medium, what match found, and categories; no file and no picture.
"""

import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any, TextIO

import pyarrow as pa
import pyarrow.compute as pc

from leadline.engines.sql.duck import query
from leadline.flow.exhibits import source_of
from leadline.flow.inputs import in_force, rejected
from leadline.flow.queue import queue
from leadline.kinds.codecs.manifest import path_of
from leadline.kinds.hashers import md5, pdq, sha1
from leadline.kinds.reader import Source, read_bytes
from leadline.kinds.readers import folder
from leadline.kinds.vics import reading, writing
from leadline.model.predicates import CONTAINS_CLIP_OF, KNOWN_AS, NEVER_SEEN, SAME_VIDEO_AS, SEIZED_IN, SIMILAR_TO
from leadline.model.words import ACCEPTED, DECODED, SIMILAR
from leadline.steps import match
from leadline.store.case import Case

LISTS = "@leadline.lists"
"""The annotation of a case that names the hash lists which its records' states and categories rest on."""
STATES = (NEVER_SEEN, SIMILAR, "known", "ignored", "other")
"""What match says of a file, in the order in which records are written; other: its picture was not compared.

A file that contains a known clip is known, as packages say, and tagged `contains_clip`: the category that a list gives
the clip is not the file's. What a person rejected counts for nothing: a file whose every match was is never seen.
One with a file in its series that a list knows is tagged `near_known`.
"""
FILES = f"""
    WITH place AS (
        SELECT *, row_number() OVER (PARTITION BY media ORDER BY status <> '{DECODED}', exhibit, locator) AS n
        FROM media),
    held AS (
        SELECT media, max(size) AS size, min(media_type) FILTER (media_type <> 'unknown') AS media_type,
            min(exhibit) FILTER (n = 1) AS exhibit, min(locator) FILTER (n = 1) AS locator,
            list(exhibit ORDER BY n) AS exhibits, list(locator ORDER BY n) AS locators
        FROM place GROUP BY media),
    digest AS (SELECT media, hasher, min(value) AS value FROM signature WHERE hasher IN ($md5, $sha1) GROUP BY ALL),
    still AS (
        SELECT media, min(value) AS pdq, max(quality) AS quality FROM signature WHERE hasher = $pdq
        GROUP BY media HAVING count(DISTINCT value) = 1 AND max(frame) = 0),
    listed AS (
        SELECT m.media, bool_or(f.predicate <> '{SIMILAR_TO}') AS known,
            bool_or(f.predicate = '{CONTAINS_CLIP_OF}') AS clip,
            bool_or(coalesce(m.note, '') LIKE '%victim identified%') AS victim,
            bool_or(coalesce(m.note, '') LIKE '%offender identified%') AS offender,
            list_sort(list(DISTINCT m.category) FILTER (f.predicate IN ('{KNOWN_AS}', '{SAME_VIDEO_AS}'))) AS stated
        FROM match m JOIN finding f ON f.id = m.finding ANTI JOIN rejected ON rejected.id = m.finding
        WHERE m.other LIKE 'entry:%' GROUP BY m.media),
    grouped AS (SELECT media, min(series) AS series FROM series GROUP BY media),
    examined AS (
        SELECT s.media, min(d.value) FILTER (d.verdict = '{ACCEPTED}') AS examiner
        FROM seizure s JOIN decided d ON d.finding = s.finding GROUP BY s.media)
    SELECT h.*, one.value AS md5, two.value AS sha1, still.pdq, still.quality, r.place, r.near_known, g.series,
        e.examiner,
        listed.stated, coalesce(listed.clip, false) AS contains_clip, coalesce(listed.victim, false) AS victim,
        coalesce(listed.offender, false) AS offender,
        CASE WHEN r.media IS NOT NULL THEN '{NEVER_SEEN}' WHEN listed.known THEN 'known'
            WHEN listed.media IS NOT NULL THEN '{SIMILAR}'
            WHEN i.media IS NOT NULL THEN 'ignored' ELSE 'other' END AS state
    FROM held h
    LEFT JOIN digest one ON one.media = h.media AND one.hasher = $md5
    LEFT JOIN digest two ON two.media = h.media AND two.hasher = $sha1
    LEFT JOIN still ON still.media = h.media
    LEFT JOIN listed ON listed.media = h.media
    LEFT JOIN review r ON r.media = h.media
    LEFT JOIN grouped g ON g.media = h.media
    LEFT JOIN examined e ON e.media = h.media
    LEFT JOIN (SELECT DISTINCT media FROM ignored) i ON i.media = h.media
    ORDER BY array_position($states, state), r.place, h.exhibit, h.locator, h.media
"""
READS = ("media", "signature", "match", "finding", "series", "review", "seizure", "ignored")


@dataclass(frozen=True, slots=True)
class HandedOver:
    """How many records of each state were written, how many of them carry a category, how many files records only name.

    `restrictions` are those of the case and of the exhibits that hold the files; `lists` are the hash lists that states
    and categories rest on, a mapping (list, name, version, dated, licence) each.
    """

    states: Mapping[str, int]
    categorised: int
    absent: int
    restrictions: tuple[str, ...]
    lists: tuple[Mapping[str, str | None], ...]


def write(case: Case, sink: TextIO, model: str, states: Sequence[str] = STATES) -> HandedOver:
    """Writes the files in these states as one VICS case, never-seen ones first, in the order of the review queue."""
    files = _files(case)
    kept = files.filter(pc.is_in(files["state"], pa.array(list(states), pa.string())))
    counts = {state: pc.sum(pc.equal(kept["state"], state)).as_py() or 0 for state in states}
    scheme = writing.scheme_of(model)
    records = Records(case, scheme)
    facts = {
        "CaseID": case_id(case),
        "CaseNumber": case.settings.name,
        "ContactOrganization": case.settings.authority,
        "SourceApplicationName": "Leadline",
        "SourceApplicationVersion": version("leadline"),
        "TotalMediaFiles": kept.num_rows,
    }
    lists = tuple(
        {"list": row.list, "name": row.name, "version": row.version, "dated": row.dated, "licence": row.licence}
        for row in queue(case).lists
    )
    facts |= {LISTS: list(lists)} if lists else {}
    writing.write_case(sink, facts, records.of(kept), model)
    exhibits = pc.unique(kept["exhibit"])
    rows = case.current("exhibit").filter(pc.is_in(case.current("exhibit")["exhibit"], exhibits))
    named = {r for text in rows["restrictions"].to_pylist() for r in text.split(",") if r}
    absent = pc.count_distinct(case.current("seizure")["media"]).as_py() - files.num_rows
    return HandedOver(
        counts, records.categorised, absent, tuple(sorted(named | set(case.settings.restrictions))), lists
    )


def case_id(case: Case) -> str:
    """The UUID by which files handed over name their case."""
    return str(uuid.UUID(hex=case.log.origin.rpartition("/")[2]))


def _files(case: Case) -> pa.Table:
    """One row a file: what `FILES` selects."""
    text = FILES.replace("$states", str(list(STATES)))
    for name, value in (("$md5", md5.NAME), ("$sha1", sha1.NAME), ("$pdq", pdq.NAME)):
        text = text.replace(name, f"'{value}'")
    tables = {name: case.current(name) for name in READS}
    gone = pa.table({"id": rejected(case, match.SPEC.decides_on)})
    return query(text, {**tables, "decided": in_force(case, (SEIZED_IN,)), "rejected": gone})


class Records:
    """Makes VICS records of rows; counts those that carry a category."""

    def __init__(self, case: Case, scheme: str) -> None:
        self._case = case
        self._scheme = scheme
        self._paths: dict[bytes, Mapping[str, str]] = {}
        self.categorised = 0

    def of(self, files: pa.Table) -> Iterator[dict[str, Any]]:
        """A record a row of `FILES`, numbered in order."""
        rows = (row for batch in files.to_batches(max_chunksize=1 << 13) for row in batch.to_pylist())
        for number, row in enumerate(rows):
            yield self._record(number, row)

    def _record(self, number: int, row: Mapping[str, Any]) -> dict[str, Any]:
        category, by_list = self._category(row)
        record: dict[str, Any] = {"MediaID": number}
        if category is not None:
            self.categorised += 1
            record["Category"] = int(category) if category.isdigit() else category
        elif (nobody := reading.UNCATEGORIZED.get(self._scheme)) is not None:
            record["Category"] = int(nobody)
        kind, _, digest = row["media"].partition(":")[2].rpartition("-")
        stated = {"md5": row["md5"], "sha1": row["sha1"], kind or "sha256": bytes.fromhex(digest)}
        values = [(name, value, None) for name, value in stated.items()]
        values.append(("pdq", row["pdq"], row["quality"]))
        record |= writing.hashes(v for v in values if v[1] is not None)
        record |= {"MediaSize": row["size"]} if row["size"] is not None else {}
        record |= {"MimeType": row["media_type"]} if row["media_type"] else {}
        paths = self._paths_of(row)
        if paths:
            record["RelativeFilePath"] = paths[0]
            digest = {"MD5": record["MD5"]} if "MD5" in record else {}
            record["MediaFiles"] = [{**digest, "FileName": p.rpartition("/")[2], "FilePath": p} for p in paths]
        within = sorted({each.partition(">")[2] for each in row["locators"]} - {""})
        record |= {"Comments": f"{', '.join(within)} of the file at this path"} if within and paths else {}
        tags = [row["state"], *(tag for tag in ("contains_clip", "near_known") if row[tag])]
        record["Tags"] = ";".join([*tags, *([f"queue-{row['place']}"] if row["place"] is not None else [])])
        record |= {"Series": row["series"].partition(":")[2][:16]} if row["series"] else {}
        record |= {
            "IsPrecategorized": by_list,
            "VictimIdentified": row["victim"],
            "OffenderIdentified": row["offender"],
        }
        return record

    def _category(self, row: Mapping[str, Any]) -> tuple[str | None, bool]:
        """(category of this scheme, whether lists gave it): an examiner's, else what all lists agree on, else none."""
        head = f"{self._scheme}: "
        if row["examiner"] is not None and row["examiner"].startswith(head):
            return row["examiner"][len(head) :], False
        stated = [s[len(head) :] for s in row["stated"] or () if s is not None and s.startswith(head)]
        return (stated[0], True) if len(stated) == 1 else (None, False)

    def _paths_of(self, row: Mapping[str, Any]) -> list[str]:
        """The paths on their media of a file and all files equal to it, where their exhibits are folders' manifests.

        Of a film or picture within a picture's file, the path of that file.
        """
        paths = []
        for exhibit, locator in zip(row["exhibits"], row["locators"], strict=True):
            if exhibit not in self._paths:
                source = source_of(self._case, exhibit.hex())
                self._paths[exhibit] = _paths(source) if source.root is not None else {}
            paths.append(self._paths[exhibit].get(locator.partition(">")[0]))
        return list(dict.fromkeys(path for path in paths if path is not None))


def _paths(source: Source) -> dict[str, str]:
    rows = (row for row in folder.listed(read_bytes(source)) if isinstance(row, tuple))
    return {f"line:{number}": path_of(name) for number, _, _, name in rows}
