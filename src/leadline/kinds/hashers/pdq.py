"""PDQ of a picture: 256 bits that stay nearly the same when it is resized, re-encoded or slightly cropped.

The pipeline `pdq-1` is fixed: the decoder's first orientation (EXIF orientation not applied: the eight dihedral forms
cover it), RGB with transparency dropped, box-reduced by the whole factor ceil(longest side / LONGEST) when above
1, then luma and PDQ as the pdqhash package computes them, to the bit. A frame of a video is taken as the decoder gives
its luma, spread to 0..255 and not turned, reduced by the same factor, and hashed as a picture of these greys: within 4
bits of the same frame as RGB, where its quality is 50 or more. A change of any of these is a new name.
"""

import numpy as np
import numpy.typing as npt

from leadline.kinds.hashers.pdq_kernels import BASIS, coefficients, grey_coefficients
from leadline.model.words import TRANSFORMS

NAME = "pdq-1"
SIZE = 32
"""Bytes of the hash."""
LONGEST = 1024
"""Longest side in pixels that is hashed as it is: PDQ samples 64 x 64 points, so more only costs time."""
RADIUS = 31
"""Two hashes within this distance are near copies (PDQ's published operating point)."""
QUALITY = 50
"""Hashes of lower quality agree by chance and are not compared (PDQ's published floor: discard 49 and below)."""

FORMS = TRANSFORMS
"""The eight dihedral forms in the order of `dihedral`; rotations are counter-clockwise."""
INVERSE = {**{form: form for form in FORMS}, "rotate90": "rotate270", "rotate270": "rotate90"}
"""The form that turns each form back."""
AGREE = 42
"""Up to this distance a second frame must agree (chance at 31 bits 3e-14 a pair, at 42 bits 1e-12, measured tail)."""
LEAD = 50
"""Up to this distance a pair is worth a look and nothing more (2e-11 a pair)."""
CHANCE = {RADIUS: 30_000, AGREE: 1_000_000, LEAD: 20_000_000}
"""Pairs of unrelated frames within each radius, in 10**18: the tail of 27 million pairs of unrelated photographs of
quality 50 and more (none below 58 bits), carried on at a factor of four for every four bits."""
_SIGNS = np.where(np.arange(16) % 2 == 0, np.float32(-1), np.float32(1))
_ALL = np.ones(16, np.float32)
_MAKE = (
    (False, _ALL, _ALL),
    (True, _SIGNS, _ALL),
    (False, _SIGNS, _SIGNS),
    (True, _ALL, _SIGNS),
    (False, _SIGNS, _ALL),
    (False, _ALL, _SIGNS),
    (True, _ALL, _ALL),
    (True, _SIGNS, _SIGNS),
)
"""How each form's coefficients follow: transposed or not, then signs a row and a column (odd frequencies turn)."""


def coefficients_of(rgb: npt.NDArray[np.uint8]) -> tuple[npt.NDArray[np.float32], int]:
    """The 16 x 16 coefficients and the quality (0 to 100) of an array of shape (height, width, 3)."""
    out = np.empty((16, 16), np.float32)
    quality = int(coefficients(np.ascontiguousarray(rgb), BASIS, out))
    return out, quality


def bits(matrix: npt.NDArray[np.float32]) -> bytes:
    """The hash of coefficients: one bit each, set above the lower median; the last coefficient's bit first."""
    flat = matrix.ravel()
    median = np.partition(flat, 127)[127]
    return np.packbits(flat[::-1] > median).tobytes()


def hash_rgb(rgb: npt.NDArray[np.uint8]) -> tuple[bytes, int]:
    """The hash and the quality of an array of shape (height, width, 3)."""
    matrix, quality = coefficients_of(rgb)
    return bits(matrix), quality


class GreyFrames:
    """Hashes the frames of one film, all of the same height and width, in buffers that they share."""

    def __init__(self, height: int, width: int) -> None:
        self._one = np.empty((height, width), np.float32)
        self._other = np.empty((height, width), np.float32)

    def hash(self, grey: npt.NDArray[np.uint8]) -> tuple[bytes, int]:
        """The hash and the quality of a frame (height, width): `hash_rgb` of red, green and blue all equal to it."""
        out = np.empty((16, 16), np.float32)
        quality = int(grey_coefficients(grey, BASIS, self._one, self._other, out))
        return bits(out), quality


def dihedral(matrix: npt.NDArray[np.float32]) -> tuple[bytes, ...]:
    """The hashes of the eight dihedral forms of the picture with these coefficients, in the order of FORMS."""
    made = []
    for turned, rows, columns in _MAKE:
        form = matrix.T if turned else matrix
        made.append(bits(form * rows[:, None] * columns[None, :]))
    return tuple(made)


def turned(values: npt.NDArray[np.uint8], form: str) -> npt.NDArray[np.uint8]:
    """The hashes (n, 32) of the turned pictures, made from the hashes alone.

    Exact for transposition. A sign change turns a bit exactly when the coefficient lies outside the gap between the
    median and its negative, so a few bits may differ from the turned picture's own hash: matches can be missed, none
    is invented (the distance is that of two 256-bit values, one of them turned).
    """
    transposed, rows, columns = _MAKE[FORMS.index(form)]
    grid = np.unpackbits(values, axis=1)[:, ::-1].reshape(-1, 16, 16)
    if transposed:
        grid = grid.transpose(0, 2, 1)
    flip = (rows[:, None] * columns[None, :] < 0).astype(np.uint8)
    return np.packbits((grid ^ flip).reshape(-1, 256)[:, ::-1], axis=1)
