"""One picture framed anew in many ways, so that a list that holds only the hash of the whole is still found.

PDQ of a picture cut by 5 % lies 48 bits from the whole's, of one with a border 90: beyond reach. Hashing the seized
picture with its margins put back, its border cut off or its tilt undone brings most of these within 31 bits. What lies
outside the picture is filled with the pixels of its edge: measured on 117 photographs, that finds more than mirroring
outwards (5 % crops 87 to 79 in 100, tilts by 5 degrees 94 to 86) and far more than black. The list needs no change.
Turned forms follow from each hash without a further look at the pixels (kinds.hashers.pdq), but for the picture as it
is and without its border: these are mirrored as pixels, since PDQ's sampling is off centre by up to a pixel. Bars are
cut from the picture in full, for a line too few or too many weighs more in a small one (engines.media.letterbox).
"""

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
from PIL import Image

from leadline.engines.media.letterbox import without_bars

Pixels = npt.NDArray[np.uint8]

LONGEST = 512
"""Longest side in pixels that is framed: PDQ samples 64 x 64 points, so that more only costs time (4 bits differ)."""
MARGINS = (13, 27, 55, 90, 125)
"""Thousandths of each side put back all around: crops of 2.5 to 20 %."""
CORNERS = (55, 110)
"""Thousandths put back on two sides that meet: crops towards a corner."""
TILTS = (-5.0, -3.5, -2.0, 2.0, 3.5, 5.0)
"""Degrees by which it is turned back."""
BEYOND = 80
"""Thousandths of the longer side that are added before a tilt, so that no corner comes from outside."""
CUTS = (30, 60, 100, 150, 200)
"""Thousandths of each side cut away: borders and frames that were added."""
PLAIN, NOISE = 12, 0.02
"""Levels of 255 by which a row of a border may differ from the picture's first pixel, and the share that may more."""
LEAST = 16
"""Pixels a side must keep."""


def crops(rgb: Pixels) -> Iterator[tuple[str, Pixels]]:
    """(name, picture) of each crop and rotation of a picture (height, width, 3); the picture as it is comes first."""
    image = Image.fromarray(rgb)
    image.thumbnail((LONGEST, LONGEST), Image.Resampling.BILINEAR)
    base = np.asarray(image)
    yield from _mirrored("whole", base)
    inner = without_border(base)
    if inner.shape != base.shape:
        yield from _mirrored("border-off", inner)
    yield from without_bars(rgb)
    for part in MARGINS:
        yield f"margin-{part}", _margins(base, part, part, part, part)
    for part in CORNERS:
        yield f"corner-{part}-top-left", _margins(base, part, 0, part, 0)
        yield f"corner-{part}-top-right", _margins(base, part, 0, 0, part)
        yield f"corner-{part}-bottom-left", _margins(base, 0, part, part, 0)
        yield f"corner-{part}-bottom-right", _margins(base, 0, part, 0, part)
    for degrees in TILTS:
        yield f"tilt{degrees:+.1f}", _tilted(base, degrees)
    for part in CUTS:
        kept = _cut(base, part)
        if kept is not None:
            yield f"cut-{part}", kept


def without_border(rgb: Pixels) -> Pixels:
    """The picture without plain rows and columns at its edges, of whatever colour; itself when little would be left."""
    spread = np.abs(rgb.astype(np.int16) - rgb[:1, :1].astype(np.int16)).max(axis=2) > PLAIN
    rows = np.flatnonzero(spread.mean(axis=1) > NOISE)
    columns = np.flatnonzero(spread.mean(axis=0) > NOISE)
    if not len(rows) or not len(columns) or rows[-1] - rows[0] < LEAST or columns[-1] - columns[0] < LEAST:
        return rgb
    return rgb[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]


def _mirrored(name: str, rgb: Pixels) -> Iterator[tuple[str, Pixels]]:
    """The picture and its three mirrored forms; transposing adds the other four without loss."""
    yield name, rgb
    yield f"{name}-flip-columns", rgb[:, ::-1]
    yield f"{name}-flip-rows", rgb[::-1]
    yield f"{name}-rotate180", rgb[::-1, ::-1]


def _tilted(rgb: Pixels, degrees: float) -> Pixels:
    """The picture turned about its centre, its edges carried outwards first."""
    height, width = rgb.shape[:2]
    more = max(height, width) * BEYOND // 1000
    wide = Image.fromarray(np.pad(rgb, ((more, more), (more, more), (0, 0)), mode="edge"))
    turned = np.asarray(wide.rotate(degrees, Image.Resampling.BILINEAR))
    return turned[more : more + height, more : more + width]


def _margins(rgb: Pixels, top: int, bottom: int, left: int, right: int) -> Pixels:
    """The picture with so many thousandths of its sides added, filled with the pixels of its edge."""
    height, width = rgb.shape[:2]
    rows = (height * top // 1000, height * bottom // 1000)
    columns = (width * left // 1000, width * right // 1000)
    return np.pad(rgb, (rows, columns, (0, 0)), mode="edge")


def _cut(rgb: Pixels, part: int) -> Pixels | None:
    """The middle of the picture; None when too little is left."""
    height, width = rgb.shape[:2]
    keep_rows, keep_columns = height * (1000 - part) // 1000, width * (1000 - part) // 1000
    if min(keep_rows, keep_columns) < LEAST:
        return None
    top, left = (height - keep_rows) // 2, (width - keep_columns) // 2
    return rgb[top : top + keep_rows, left : left + keep_columns]
