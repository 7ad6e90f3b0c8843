"""What a change of the pinned lists made of files that were there before: became known or similar, or no longer are.

The current run of match beside the newest one that searched other lists, or the same with other entries withdrawn. A
likeness that a person has rejected by now counts in neither: that it no longer holds is no news of the lists.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from leadline.engines.sql.duck import query
from leadline.flow.inputs import rejected
from leadline.model.predicates import CONTAINS_CLIP_OF, KNOWN_AS, NEVER_SEEN, SAME_VIDEO_AS, SIMILAR_TO
from leadline.model.words import SIMILAR
from leadline.steps import match
from leadline.store import runs
from leadline.store.case import Case
from leadline.store.runs import Run

STATE = f"""
SELECT subject AS media,
    max(CASE WHEN predicate = '{NEVER_SEEN}' THEN 1 WHEN NOT starts_with(object, 'entry:') THEN 0
        WHEN predicate = '{SIMILAR_TO}' THEN 2 ELSE 3 END) AS state,
    min(CASE WHEN starts_with(object, 'entry:') THEN object END) AS entry
FROM finding WHERE predicate IN ('{NEVER_SEEN}', '{SIMILAR_TO}', '{KNOWN_AS}', '{SAME_VIDEO_AS}', '{CONTAINS_CLIP_OF}')
GROUP BY subject HAVING state > 0
"""
WORDS = ("", NEVER_SEEN, SIMILAR, "known")
CHANGED = f"""
SELECT a.media, a.state AS was, b.state AS now, b.entry
FROM ({STATE.replace("finding", "before")}) a JOIN ({STATE.replace("finding", "after")}) b USING (media)
WHERE a.state <> b.state ORDER BY b.state DESC, a.media
"""
SHOWN = 20
"""Files named one by one; the others are counted, and stand in the table."""


@dataclass(frozen=True, slots=True)
class News:
    """Files that the lists of two runs call otherwise: a row (media, was, now, entry) each, what became known first."""

    since: str
    rows: tuple[Mapping[str, str | None], ...]

    @property
    def says(self) -> tuple[str, ...]:
        """Lines for the user; none when nothing changed."""
        if not self.rows:
            return ()
        counts = Counter((row["was"], row["now"]) for row in self.rows)
        lines = [f"since the lists of {self.since}:"]
        lines += [f"  {n:,} files {was} before are now {now}" for (was, now), n in sorted(counts.items(), key=str)]
        named = [row for row in self.rows if row["now"] == "known"]
        lines += [f"  became known: {row['media']} as {row['entry']}" for row in named[:SHOWN]]
        return (*lines, *([f"  and {len(named) - SHOWN:,} more"] if named[SHOWN:] else []))


def news(case: Case) -> News | None:
    """What changed with the lists; None when match ran with one set of lists only."""
    done = [run for run in case.runs() if run.step == match.SPEC.name]
    if not done:
        return None
    current = done[-1]
    other = [run for run in done[:-1] if _lists(run) != _lists(current)]
    if not other:
        return None
    gone = rejected(case, match.SPEC.decides_on)
    before, after = (_findings(case, run, gone) for run in (other[-1], current))
    rows = query(CHANGED, {"before": before, "after": after}).to_pylist()
    named = tuple({**row, "was": WORDS[row["was"]], "now": WORDS[row["now"]]} for row in rows)
    return News(other[-1].id, named)


def _lists(run: Run) -> tuple[list[str], object]:
    pins = run.inputs.get("pin:list", [])
    return sorted(str(pin[1]) for pin in pins), run.inputs.get("withdrawn")


def _findings(case: Case, run: Run, gone: pa.Array) -> pa.Table:
    table = runs.read_table(case.layout, case.log.files, run.id, "finding")
    about = pc.starts_with(table["subject"], "media:")
    return table.filter(pc.and_(about, pc.invert(pc.is_in(table["id"], value_set=gone))))
