"""How many pairs of unrelated frames a search is expected to find by chance."""

from leadline.kinds.hashers import pdq
from leadline.model.words import TOO_LARGE

Row = tuple[str, int, str, int, int, int]
"""One row of model.findings.CHANCE, in its column order."""


def row(searched: str, radius: int, comparisons: int, found: int, *, left_out: bool = False) -> Row:
    """The row of one search at one of the radii of pdq.CHANCE; nothing is expected of a search that was left out."""
    done = 0 if left_out else comparisons
    expected = done * pdq.CHANCE[radius] // 10**9
    return searched, radius, TOO_LARGE if left_out else "searched", done, min(expected, 2**63 - 1), found
