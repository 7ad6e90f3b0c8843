"""The work of match: lists searched, near copies joined to series, the review queue ordered."""

from collections.abc import Mapping

import pyarrow as pa
import pyarrow.compute as pc

from leadline.kinds.hashers import pdq
from leadline.model import findings
from leadline.model.tables import from_rows
from leadline.model.words import REJECTED
from leadline.steps.match import (
    common_frames,
    devices,
    examined,
    known,
    lists,
    named_digests,
    review,
    seized,
    seizure_pairs,
    series,
)
from leadline.steps.match.listed import listed
from leadline.steps.match.near import Searcher
from leadline.steps.step import Claims, Inputs


def run(inputs: Inputs) -> Mapping[str, pa.Table]:
    """The tables of match: findings with basis, matches, series, the review queue, and what was not searched."""
    claims = Claims("match")
    inputs.progress("reading lists", 0, 5)
    rejected = _rejected(inputs)
    ties = named_digests.ties(inputs, rejected)
    files = seized.load(inputs, ties.single)
    pinned = lists.load(inputs)
    inputs.progress("comparing frames", 1, 5)
    forms = pdq.FORMS[:1] if inputs.settings.get("forms") == "stored" else pdq.FORMS
    by = Searcher(listed(pinned), forms, files.name)
    near = seizure_pairs.own(files.frames, files.name)
    frames = common_frames.set_aside(files, near)
    inputs.progress("searching the lists", 2, 5)
    matched = known.match(inputs, files, frames.kept, pinned, by, rejected, claims)
    inputs.progress("joining series", 3, 5)
    grouped = series.find(files, frames, matched.rest, near, by, rejected, claims)
    inputs.progress("ordering the review queue", 4, 5)
    places = examined.places(inputs, claims)
    said = examined.categories(inputs, files, places)
    found, of_file = named_digests.claim(ties, claims)
    told = review.Told(devices.devices(inputs), of_file, ties.absent)
    queue = review.queue(files, pinned, matched, grouped, said, told, claims)
    tables = {
        **claims.tables(),
        "match": from_rows(findings.MATCH, (*matched.rows, *grouped.matches)),
        "lead": from_rows(findings.LEAD, matched.leads),
        "chance": from_rows(findings.CHANCE, (*matched.chances, *grouped.chances)),
        "common": from_rows(findings.COMMON, frames.rows),
        "ignored": from_rows(findings.IGNORED, matched.left_out),
        "series": from_rows(findings.SERIES, grouped.members),
        "seizure": from_rows(findings.SEIZURE, places),
        "named_digest": found,
        "review": from_rows(findings.REVIEW, queue),
        "review_group": from_rows(findings.REVIEW_GROUP, review.groups(queue)),
        "unsearched": from_rows(findings.UNSEARCHED, review.unsearched(files, ties.absent)),
        "searched": from_rows(findings.SEARCHED, pinned.report),
    }
    inputs.progress("ordering the review queue", 5, 5)
    return tables


def _rejected(inputs: Inputs) -> frozenset[bytes]:
    """Findings of which a person has decided that they do not hold."""
    rows = inputs.decisions()
    return frozenset(rows.filter(pc.equal(rows["verdict"], REJECTED))["finding"].to_pylist())
