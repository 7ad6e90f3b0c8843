"""One picture framed anew in many ways, so that a list that holds only the hash of the whole is still found.

PDQ of a picture cut by 5 % lies 48 bits from the whole's, of one with a border 90: beyond reach. Hashing the seized
picture with its margins put back, its border cut off or its tilt undone brings most of these within 31 bits (measured:
5 % crops from 6 to 83 in 100). The list needs no change. Mirrored and turned forms follow from each hash without a
further look at the pixels, see kinds.hashers.pdq. Used on pictures that nothing else has matched: 25 hashes for one.
"""

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
from PIL import Image

Pixels = npt.NDArray[np.uint8]

LONGEST = 512
"""Longest side in pixels that is framed: PDQ samples 64 x 64 points, so that more only costs time."""
MARGINS = (13, 27, 55, 90, 125)
"""Thousandths of each side put back all around by mirroring: crops of 2.5 to 20 %."""
CORNERS = (55, 110)
"""Thousandths put back on two sides that meet: crops towards a corner."""
TILTS = (-5.0, -3.5, -2.0, 2.0, 3.5, 5.0)
"""Degrees by which it is turned back."""
CUTS = (30, 60, 100, 150, 200)
"""Thousandths of each side cut away: borders and frames that were added."""
PLAIN = 12
"""Levels of 255 by which a row of a border may differ from its first pixel."""
LEAST = 16
"""Pixels a side must keep."""


def framings(rgb: Pixels) -> Iterator[tuple[str, Pixels]]:
    """(name, picture) of each framing of a picture (height, width, 3); the picture as it is comes first."""
    image = Image.fromarray(rgb)
    image.thumbnail((LONGEST, LONGEST), Image.Resampling.BILINEAR)
    base = np.asarray(image)
    yield "whole", base
    inner = without_border(base)
    if inner.shape != base.shape:
        yield "border-off", inner
    for part in MARGINS:
        yield f"margin-{part}", _margins(base, part, part, part, part)
    for part in CORNERS:
        yield f"corner-{part}-top-left", _margins(base, part, 0, part, 0)
        yield f"corner-{part}-top-right", _margins(base, part, 0, 0, part)
        yield f"corner-{part}-bottom-left", _margins(base, 0, part, part, 0)
        yield f"corner-{part}-bottom-right", _margins(base, 0, part, 0, part)
    for degrees in TILTS:
        yield f"tilt{degrees:+.1f}", np.asarray(image.rotate(degrees, Image.Resampling.BILINEAR))
    for part in CUTS:
        cut = _cut(base, part)
        if cut is not None:
            yield f"cut-{part}", cut


def without_border(rgb: Pixels) -> Pixels:
    """The picture without plain rows and columns at its edges, of whatever colour; itself when little would be left."""
    spread = np.abs(rgb.astype(np.int16) - rgb[:1, :1].astype(np.int16)).max(axis=2) > PLAIN
    rows = np.flatnonzero(spread.mean(axis=1) > 0.02)
    columns = np.flatnonzero(spread.mean(axis=0) > 0.02)
    if not len(rows) or not len(columns) or rows[-1] - rows[0] < LEAST or columns[-1] - columns[0] < LEAST:
        return rgb
    return rgb[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]


def _margins(rgb: Pixels, top: int, bottom: int, left: int, right: int) -> Pixels:
    """The picture with so many thousandths of its sides mirrored outwards."""
    height, width = rgb.shape[:2]
    rows = (height * top // 1000, height * bottom // 1000)
    columns = (width * left // 1000, width * right // 1000)
    return np.pad(rgb, (rows, columns, (0, 0)), mode="reflect")


def _cut(rgb: Pixels, part: int) -> Pixels | None:
    """The middle of the picture; None when too little is left."""
    height, width = rgb.shape[:2]
    keep_rows, keep_columns = height * (1000 - part) // 1000, width * (1000 - part) // 1000
    if min(keep_rows, keep_columns) < LEAST:
        return None
    top, left = (height - keep_rows) // 2, (width - keep_columns) // 2
    return rgb[top : top + keep_rows, left : left + keep_columns]
