"""Match: which seized files stand in a list, which resemble one, which belong together, and which nobody has seen."""

from collections.abc import Mapping

import pyarrow as pa

from leadline.model import findings
from leadline.model.tables import from_rows
from leadline.steps.match import known, lists, review, seized, series
from leadline.steps.step import Claims, Inputs, StepSpec

__all__ = ["SPEC"]


def run(inputs: Inputs) -> Mapping[str, pa.Table]:
    """The tables of match: findings with basis, matches, series, the review queue, and what was not searched."""
    claims = Claims("match")
    inputs.progress("reading lists", 0, 4)
    files = seized.load(inputs)
    pinned = lists.load(inputs)
    inputs.progress("searching the lists", 1, 4)
    matched = known.match(inputs, files, pinned, claims)
    inputs.progress("joining series", 2, 4)
    grouped = series.find(files, claims)
    inputs.progress("ordering the review queue", 3, 4)
    queue = review.queue(files, pinned, matched, grouped, claims)
    tables = {
        **claims.tables(),
        "match": from_rows(findings.MATCH, (*matched.rows, *grouped.matches)),
        "series": from_rows(findings.SERIES, grouped.members),
        "review": from_rows(findings.REVIEW, queue),
        "unsearched": from_rows(findings.UNSEARCHED, review.unsearched(files)),
        "searched": from_rows(findings.SEARCHED, pinned.report),
    }
    inputs.progress("ordering the review queue", 4, 4)
    return tables


SPEC = StepSpec(
    name="match",
    method="digests-and-pdq-1",
    version=1,
    says="Sorts media into known, similar and never seen, and joins near copies to series.",
    reads=("media", "signature", "event"),
    pins=("list",),
    decides_on=(),
    settings=(),
    writes=(
        findings.FINDING,
        findings.BASIS,
        findings.MATCH,
        findings.SERIES,
        findings.REVIEW,
        findings.UNSEARCHED,
        findings.SEARCHED,
    ),
    run=run,
)
