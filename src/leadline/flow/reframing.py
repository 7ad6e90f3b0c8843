"""Files that nothing matched, framed anew while their medium is connected: runs of intake that match then reads.

Match sees tables and no medium. So the flow runs it, asks which decoded files are neither known nor similar, has those
hashed anew in runs of their own - pictures in every crop and rotation, films without their bars - and runs it again.
Such a run names its lines of the manifest, so that it can be repeated whatever the lists say then; what is framed once
is never framed again.
"""

import time
from collections import defaultdict
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from leadline.engines.sql.duck import query
from leadline.flow.inputs import rejected
from leadline.kinds.reader import Source
from leadline.model.meanings import KEYFRAMES
from leadline.model.predicates import CONTAINS_CLIP_OF, KNOWN_AS, SAME_VIDEO_AS, SIMILAR_TO
from leadline.model.progress import Progress
from leadline.model.words import DECODED
from leadline.steps import match
from leadline.steps.intake import reframed as step
from leadline.store.case import Case
from leadline.store.environment import environment, peak_mb, reset_peak
from leadline.store.runs import INTAKE, Run, run_id
from leadline.store.scratch import work

VERSION = 2
BLOCK, FILMS = 2_000, 50
"""Pictures, and films, of one run: some two minutes of work, which is what a kill can cost."""
UNMATCHED = f"""
WITH matched AS (
    SELECT subject AS media FROM finding
        WHERE predicate IN ('{KNOWN_AS}', '{SAME_VIDEO_AS}', '{CONTAINS_CLIP_OF}', '{SIMILAR_TO}')
            AND starts_with(object, 'entry:') AND id NOT IN (SELECT id FROM rejected)
    UNION SELECT media FROM ignored)
SELECT media, exhibit, locator, CASE WHEN starts_with(media_type, 'image/') THEN 'off'
    WHEN reason = '{KEYFRAMES}' THEN 'keyframes' ELSE 'dense' END AS video
FROM media m
WHERE status = '{DECODED}' AND regexp_full_match(locator, 'line:[0-9]+')
    AND NOT EXISTS (SELECT 1 FROM matched WHERE matched.media = m.media)
QUALIFY row_number() OVER (PARTITION BY media ORDER BY exhibit, locator) = 1
ORDER BY media
"""
"""Each decoded file on a medium that no list matches by its bytes or frames, or whose every match a person rejected,
once, and the frames to hash of a film."""


@dataclass(frozen=True, slots=True)
class Framed:
    """Files that no list matches by bytes or frame: framed now, framed before, and not at hand to be framed."""

    new: int = 0
    before: int = 0
    away: int = 0

    @property
    def says(self) -> str:
        """One line for the user; empty when there is nothing to say."""
        if not self.new + self.before + self.away:
            return ""
        text = (
            f"unmatched pictures searched in every crop and rotation, videos without bars: {self.new + self.before:,}"
        )
        if self.away:
            text += f"; not framed, because their medium is not connected: {self.away:,}"
        return text


def unframed(case: Case) -> tuple[dict[tuple[bytes, str], list[int]], int]:
    """({(exhibit, frames of a film): lines of what match left unmatched and nobody framed}, how many were framed)."""
    tables = {name: case.current(name, (INTAKE,)) for name in ("media", "crop")}
    tables |= {name: case.current(name, ("match",)) for name in ("finding", "ignored")}
    tables["rejected"] = pa.table({"id": rejected(case, match.SPEC.decides_on)})
    done = set(pc.unique(tables["crop"]["media"]).to_pylist())
    wanted: dict[tuple[bytes, str], list[int]] = defaultdict(list)
    before = 0
    for row in query(UNMATCHED, tables).to_pylist():
        if row["media"] in done:
            before += 1
        else:
            wanted[row["exhibit"], row["video"]].append(int(row["locator"].removeprefix("line:")))
    return wanted, before


def frame(case: Case, progress: Progress) -> Framed:
    """Frames what match left unmatched, a run a block; killed anywhere, the next call carries on."""
    wanted, before = unframed(case)
    new = 0
    for (exhibit, video), lines in sorted(wanted.items()):
        source = _manifest(case, exhibit.hex())
        if source is None or source.root is None:
            continue
        here = step.at_hand(source, source.root, lines)
        block = BLOCK if video == "off" else FILMS
        for low in range(0, len(here), block):
            new += _frame(case, source, here[low : low + block], video, progress)
    return Framed(new, before, sum(map(len, wanted.values())) - new)


def repeat(old: Run, case: Case, progress: Progress) -> None:
    """The run once more, in `case`, which has its exhibits."""
    source = _source(case, str(old.inputs["exhibit"]), old.environment.get("medium"))
    _frame(case, source, step.lines_of(str(old.params["lines"])), str(old.params.get("video", "off")), progress)


def _frame(case: Case, source: Source, lines: list[int], video: str, progress: Progress) -> int:
    """Appends the run that frames these lines, without those that cannot be; how many were."""
    assert source.root is not None
    reset_peak()
    began = time.monotonic()
    demanded = case.settings.demanded
    told = partial(_said, progress)
    table, framed = step.read(source, source.root, lines, told, video, demanded=demanded)
    if not framed:
        return 0
    params, inputs = {"lines": step.spans(framed), "video": video}, {"exhibit": source.digest.hex()}
    id_ = run_id(INTAKE, step.METHOD, VERSION, params, inputs)
    if all(run.id != id_ for run in case.runs()):
        took = {"seconds": round(time.monotonic() - began, 3), "peak_mb": peak_mb(), "medium": str(source.root)}
        case.append_run(INTAKE, step.METHOD, VERSION, params, inputs, {"crop": table}, {**environment(), **took})
    return len(framed)


def _said(progress: Progress, _: str, done: int, total: int) -> None:
    progress("crop", done, total)


def _manifest(case: Case, exhibit: str) -> Source | None:
    """The manifest of a media folder with the medium it was read from; None for another exhibit."""
    for run in case.runs():
        if run.step == INTAKE and run.inputs.get("exhibit") == exhibit and run.environment.get("medium"):
            return _source(case, exhibit, run.environment.get("medium"))
    return None


def _source(case: Case, exhibit: str, medium: object) -> Source:
    root = Path(str(medium)) if medium else None
    return Source(bytes.fromhex(exhibit), case.exhibit_path(exhibit), (), root, work(case.layout))
