"""What examiners and their tools said of files: categories that came back as decisions about `seized_in`."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from leadline.kinds.vics import reading
from leadline.model.predicates import SEIZED_IN
from leadline.model.words import ACCEPTED, UNSURE
from leadline.steps.match.seized import Seized, uploads
from leadline.steps.step import Claims, Inputs


@dataclass(frozen=True, slots=True)
class Categories:
    """By row of Seized.files: whether an examiner put it into a category, and its place in the order of review.

    `unreviewed` gives the category, with its scheme, of files that only a tool put into one.
    """

    reviewed: npt.NDArray[np.bool_]
    gravity: npt.NDArray[np.int64]
    unreviewed: dict[int, str]


def places(inputs: Inputs, claims: Claims) -> list[tuple[bytes, str, bytes]]:
    """Findings seized_in, one a file and exhibit it stands in, each resting on the first place there.

    An examiner's category is about the file as it stands in an exhibit, not about any list: it stays in force when
    lists grow, and goes when the exhibit is suppressed.
    """
    text = """
        WITH stated AS (
            SELECT media, exhibit, locator FROM media
            UNION ALL SELECT u.media, u.exhibit, u.locator FROM uploads u ANTI JOIN media m ON m.media = u.media)
        SELECT media, exhibit, min(locator) AS locator FROM stated GROUP BY ALL ORDER BY media, exhibit
    """
    rows = []
    for row in inputs.sql(text, uploads=uploads(inputs)).to_pylist():
        exhibit = f"exhibit:{row['exhibit'].hex()}"
        finding = claims.add(row["media"], SEIZED_IN, exhibit)
        claims.rest(finding, "exhibit", exhibit, row["locator"])
        rows.append((finding, row["media"], row["exhibit"]))
    return rows


def categories(inputs: Inputs, seized: Seized, found: list[tuple[bytes, str, bytes]]) -> Categories:
    """What decisions in force say of each file: accepted ones are an examiner's, unsure ones with a value a tool's."""
    decided = {row["finding"]: row for row in inputs.decisions().to_pylist() if row["value"] is not None}
    row_of = {media: i for i, media in enumerate(seized.files["media"].to_pylist())} if decided else {}
    reviewed = np.zeros(seized.files.num_rows, np.bool_)
    gravity = np.full(seized.files.num_rows, reading.LEAST_GRAVE, np.int64)
    unreviewed: dict[int, str] = {}
    for finding, media, _ in found:
        row = decided.get(finding)
        if row is None:
            continue
        if row["verdict"] == ACCEPTED:
            reviewed[row_of[media]] = True
        elif row["verdict"] == UNSURE:
            unreviewed[row_of[media]] = min(row["value"], unreviewed.get(row_of[media], row["value"]), key=_order)
    for i, value in unreviewed.items():
        gravity[i] = reading.gravity(value)
    return Categories(reviewed, gravity, unreviewed)


def _order(said: str) -> tuple[int, str]:
    return reading.gravity(said), said
