"""How deep the plain bars of a picture may be: candidates, since a dark picture hides where its bars end.

Players, editors and sites add bars in pairs of one height (above and below) or one width (left and right). Compression
leaves noise in them, and a picture whose own edge is as dark as the bar has no line there at all. So the depth at which
two opposite edges stop being plain is taken at several limits, and beside these every fiftieth of the side below the
deepest: a hash bears a hundredth too much or too little. A picture without plain edges has no candidates.

On 119 pictures with bars of 5 to 25 %, plain and as JPEG of quality 60 to 95, the lines alone find 118 each time and
the steps the last one; every hundredth finds no more. A picture has 5 to 12 candidates then, one without bars 5.
"""

from itertools import product

import numpy as np
import numpy.typing as npt

Pixels = npt.NDArray[np.uint8]
Cut = tuple[int, int]
"""Rows taken off above and below, and columns taken off left and right."""

LIMITS = ((2, 0.0), (4, 0.002), (8, 0.01), (12, 0.02), (20, 0.02), (32, 0.05), (48, 0.15))
"""Levels of 255 by which pixels of a plain line may differ from the bar, and the share of them that may differ more:
from bars as they were drawn to bars that were compressed hard, or bear a small mark."""
DEEPEST = 0.4
"""Share of a side that one bar may take: a wide film on an upright screen has bars of 0.37."""
LEAST = 0.01
"""Share of a side below which a bar is none: the hash bears that much."""
STEP = 0.02
"""Share of a side between candidates that no line shows."""
NEAR = 0.002
"""Share of a side within which two candidates are one."""
FILM_LIMIT = 4
"""Which of LIMITS holds for films: time tells a dark picture from a bar, so compression alone is to be borne."""
SHAPES = ((1, 1), (4, 3), (3, 2), (16, 9), (3, 4), (2, 3), (9, 16))
"""Width to height of what cameras and telephones film."""
FEW = 0.1
"""Share of a film's frames that may show something where its bars are: a title, a trailer in another shape."""
BOTH = 4
"""Candidates a side where there are bars on all four: sixteen together."""


def without_bars(rgb: Pixels) -> list[tuple[str, Pixels]]:
    """(name, picture) without bars above and below, left and right, or both, for each candidate; most likely first.

    Names tell thousandths of the side cut off at each end: ``bars-off-122-0`` of rows, ``bars-off-0-60`` of columns.
    """
    rows, columns = depths(rgb, 0), depths(rgb, 1)
    pairs = [(r, 0) for r in rows] + [(0, c) for c in columns] + list(product(rows[:BOTH], columns[:BOTH]))
    made: dict[str, Pixels] = {}
    height, width = rgb.shape[:2]
    for r, c in pairs:
        made.setdefault(_name((r, c), (height, width)), rgb[r : height - r, c : width - c])
    return list(made.items())


def depths(rgb: Pixels, axis: int) -> list[int]:
    """Lines that bars along `axis` may take at each end: where a limit is passed, strictest first, then every step."""
    size = rgb.shape[axis]
    found = _ends(rgb, axis)
    least = max(1, round(size * LEAST))
    kept: list[int] = []
    swept = [round(max(found) - n * size * STEP) for n in range(int(DEEPEST / STEP))]
    for depth in [*found, *swept]:
        if depth >= least and all(abs(depth - k) > size * NEAR for k in kept):
            kept.append(depth)
    return kept


class Film:
    """The bars of a film: they stand still while the picture moves, so each frame shown can only take from them."""

    def __init__(self) -> None:
        self._seen: list[tuple[int, int]] = []
        self._size = (1, 1)

    def add(self, grey: Pixels) -> None:
        """Looks at one frame (height, width); one of a single grey says nothing."""
        found = (_ends(grey, 0)[FILM_LIMIT], _ends(grey, 1)[FILM_LIMIT])
        if found != tuple(int(side * DEEPEST) for side in grey.shape):
            self._seen.append(found)
            self._size = (grey.shape[0], grey.shape[1])

    @property
    def count(self) -> int:
        """Frames that said something."""
        return len(self._seen)

    @property
    def found(self) -> dict[str, Cut]:
        """The cuts by name, as `without_bars` names them: of rows, of columns, of both; none where there are no bars.

        A bar stands in all frames but FEW of them. What was barred may have had bars before, which its listed hash
        holds: so lesser cuts come too, where they leave one of SHAPES.
        """
        if not self._seen:
            return {}
        depth = np.sort(np.array(self._seen), axis=0)[int(len(self._seen) * FEW)]
        rows, columns = (int(d) if d >= side * LEAST else 0 for d, side in zip(depth, self._size, strict=True))
        height, width = self._size
        cuts = [(rows, 0), (0, columns), (rows, columns)]
        for wide, high in SHAPES:
            for c in (0, columns):
                cuts.append((round((height - (width - 2 * c) * high / wide) / 2), c))
            for r in (0, rows):
                cuts.append((r, round((width - (height - 2 * r) * wide / high) / 2)))
        held = [(r, c) for r, c in cuts if _bar(r, rows, height) and _bar(c, columns, width) and (r or c)]
        return {_name(cut, self._size): cut for cut in held}


def _bar(depth: int, most: int, side: int) -> bool:
    """Whether a bar may be so deep: as deep as found, less by at least LEAST, or not there."""
    return depth in (0, most) or side * LEAST <= depth <= most - side * LEAST


def _name(cut: Cut, size: tuple[int, int]) -> str:
    return f"bars-off-{cut[0] * 1000 // size[0]}-{cut[1] * 1000 // size[1]}"


def _ends(pixels: Pixels, axis: int) -> list[int]:
    """How many lines are plain at both ends, for each of LIMITS."""
    lines = pixels if axis == 0 else pixels.swapaxes(0, 1)
    most = int(pixels.shape[axis] * DEEPEST)
    return [min(pair) for pair in zip(_plain(lines[:most]), _plain(lines[::-1][:most]), strict=True)]


def _plain(lines: Pixels) -> list[int]:
    """How many lines from the first on are plain, for each of LIMITS; they are compared with the first one's median."""
    if not len(lines):
        return [0] * len(LIMITS)
    bar = np.median(lines[0], axis=0).astype(np.int16)
    apart = np.abs(lines.astype(np.int16) - bar)
    if apart.ndim == 3:
        apart = apart.max(axis=2)
    depths = []
    for level, share in LIMITS:
        busy = np.flatnonzero((apart > level).mean(axis=1) > share)
        depths.append(int(busy[0]) if len(busy) else len(lines))
    return depths
