"""PDQ in numba: an RGB array to 16 x 16 cosine coefficients and a quality, operation by operation in single precision.

Method: "The TMK+PDQF Video-Hashing Algorithm and the PDQ Image-Hashing Algorithm" (Facebook, 2019), chapters 3 and 4:
luma, two passes of a box filter along rows and columns, 64 x 64 samples, gradient quality, a 16 x 64 cosine transform.
Sums run in the published order without contraction, so that the result is the same to the last bit everywhere.
"""

import math

import numpy as np

from leadline.compiled import njit

SIDE = 64
"""Samples along each side of the reduced picture (PDQ description, section 3.2)."""
BASIS = np.array(
    [
        [
            float(np.float32(math.sqrt(2.0 / SIDE))) * math.cos(math.pi / 2 / SIDE * ((i + 1) * (2 * j + 1)))
            for j in range(SIDE)
        ]
        for i in range(16)
    ],
    np.float32,
)
"""Rows 1 to 16 of the 64-point cosine transform (row 0, the mean, is left out by the method)."""


@njit(cache=True, nogil=True)
def luma(rgb, out):  # type: ignore[no-untyped-def]
    """Fill `out` (h, w float32) with 0.299 R + 0.587 G + 0.114 B, summed in double precision."""
    for y in range(out.shape[0]):
        for x in range(out.shape[1]):
            out[y, x] = np.float32(rgb[y, x, 0] * 0.299 + rgb[y, x, 1] * 0.587 + rgb[y, x, 2] * 0.114)


@njit(cache=True, nogil=True, error_model="numpy")
def box_along_columns(a, b, window, total):  # type: ignore[no-untyped-def]
    """Fill `b` with the running mean of `a` down its columns, `window` samples wide and narrower at the ends."""
    height, width = a.shape
    half = (window + 2) // 2
    count = 0
    low = 0
    high = 0
    out = 0
    for x in range(width):
        total[x] = np.float32(0)
    for _ in range(half - 1):
        for x in range(width):
            total[x] += a[high, x]
        count += 1
        high += 1
    for _ in range(window - half + 1):
        count += 1
        size = np.float32(count)
        for x in range(width):
            total[x] += a[high, x]
            b[out, x] = total[x] / size
        high += 1
        out += 1
    size = np.float32(count)
    for _ in range(height - window):
        for x in range(width):
            total[x] += a[high, x]
            total[x] -= a[low, x]
            b[out, x] = total[x] / size
        low += 1
        high += 1
        out += 1
    for _ in range(half - 1):
        count -= 1
        size = np.float32(count)
        for x in range(width):
            total[x] -= a[low, x]
            b[out, x] = total[x] / size
        low += 1
        out += 1


@njit(cache=True, nogil=True, error_model="numpy")
def box_along_rows(a, b, window):  # type: ignore[no-untyped-def]
    """Fill `b` with the running mean of `a` along its rows; four rows at a time, so that their sums overlap.

    Where the window is whole the sums are put down first and divided afterwards, many at once.
    """
    height, width = a.shape
    half = (window + 2) // 2
    for y in range(0, height, 4):
        r0 = y
        r1 = min(y + 1, height - 1)
        r2 = min(y + 2, height - 1)
        r3 = min(y + 3, height - 1)
        t0 = t1 = t2 = t3 = np.float32(0)
        for high in range(half - 1):
            t0 += a[r0, high]
            t1 += a[r1, high]
            t2 += a[r2, high]
            t3 += a[r3, high]
        for out in range(window - half + 1):
            high = out + half - 1
            size = np.float32(high + 1)
            t0 += a[r0, high]
            t1 += a[r1, high]
            t2 += a[r2, high]
            t3 += a[r3, high]
            b[r0, out] = t0 / size
            b[r1, out] = t1 / size
            b[r2, out] = t2 / size
            b[r3, out] = t3 / size
        size = np.float32(window)
        for high in range(window, width):
            low = high - window
            out = high - half + 1
            t0 += a[r0, high]
            t1 += a[r1, high]
            t2 += a[r2, high]
            t3 += a[r3, high]
            t0 -= a[r0, low]
            t1 -= a[r1, low]
            t2 -= a[r2, low]
            t3 -= a[r3, low]
            b[r0, out] = t0
            b[r1, out] = t1
            b[r2, out] = t2
            b[r3, out] = t3
        for row in range(r0, r3 + 1):
            whole = b[row, window - half + 1 : width - half + 1]
            for x in range(whole.shape[0]):
                whole[x] /= size
        for low in range(width - window, width - window + half - 1):
            size = np.float32(width - low - 1)
            out = low + window - half + 1
            t0 -= a[r0, low]
            t1 -= a[r1, low]
            t2 -= a[r2, low]
            t3 -= a[r3, low]
            b[r0, out] = t0 / size
            b[r1, out] = t1 / size
            b[r2, out] = t2 / size
            b[r3, out] = t3 / size


@njit(cache=True, nogil=True)
def reduce(gray, out):  # type: ignore[no-untyped-def]
    """Fill `out` (64 x 64) from `gray` (h, w float32, overwritten): two box passes each way, then sample centres.

    A picture that already has 64 x 64 samples is taken as it is.
    """
    height, width = gray.shape
    if height == SIDE and width == SIDE:
        out[:] = gray
        return
    across = (width + 2 * SIDE - 1) // (2 * SIDE)
    down = (height + 2 * SIDE - 1) // (2 * SIDE)
    other = np.empty((height, width), np.float32)
    sums = np.empty(width, np.float32)
    for _ in range(2):
        box_along_rows(gray, other, across)
        box_along_columns(other, gray, down, sums)
    for i in range(SIDE):
        for j in range(SIDE):
            out[i, j] = gray[int((i + 0.5) * height / SIDE), int((j + 0.5) * width / SIDE)]


@njit(cache=True, nogil=True)
def quality(reduced):  # type: ignore[no-untyped-def]
    """0 to 100: the sum of whole-percent steps between neighbours, over 90 (PDQ description, section 3.5)."""
    steps = 0
    for i in range(SIDE - 1):
        for j in range(SIDE):
            steps += abs(int((reduced[i, j] - reduced[i + 1, j]) * np.float32(100) / np.float32(255)))
    for i in range(SIDE):
        for j in range(SIDE - 1):
            steps += abs(int((reduced[i, j] - reduced[i, j + 1]) * np.float32(100) / np.float32(255)))
    return min(100, int(steps / 90))


@njit(cache=True, nogil=True)
def transform(reduced, basis, out):  # type: ignore[no-untyped-def]
    """Fill `out` (16 x 16) with basis @ reduced @ basis.T, sums over rising k in single precision."""
    half = np.zeros((16, SIDE), np.float32)
    for i in range(16):
        for k in range(SIDE):
            factor = basis[i, k]
            for j in range(SIDE):
                half[i, j] += factor * reduced[k, j]
    for i in range(16):
        for j in range(16):
            total = np.float32(0)
            for k in range(SIDE):
                total += half[i, k] * basis[j, k]
            out[i, j] = total


@njit(cache=True, nogil=True)
def coefficients(rgb, basis, out):  # type: ignore[no-untyped-def]
    """The quality of `rgb` (h, w, 3 uint8; at least one pixel); fills `out` with its 16 x 16 coefficients."""
    gray = np.empty((rgb.shape[0], rgb.shape[1]), np.float32)
    luma(rgb, gray)
    reduced = np.empty((SIDE, SIDE), np.float32)
    reduce(gray, reduced)
    transform(reduced, basis, out)
    return quality(reduced)


@njit(cache=True, nogil=True, error_model="numpy")
def box_along_grey_rows(a, b, window):  # type: ignore[no-untyped-def]
    """Fill `b` (float32) as `box_along_rows` does from whole levels `a` (uint8), whose sums are exact in any order."""
    height, width = a.shape
    half = (window + 2) // 2
    sums = np.zeros(width + 1, np.int32)
    later, earlier = sums[window:], sums[: width + 1 - window]
    size = np.float32(window)
    for y in range(height):
        levels = a[y]
        total = np.int32(0)
        for x in range(width):
            total += np.int32(levels[x])
            sums[x + 1] = total
        for out in range(window - half):
            b[y, out] = np.float32(sums[out + half]) / np.float32(out + half)
        whole = b[y, window - half : width - half + 1]
        for x in range(whole.shape[0]):
            whole[x] = np.float32(later[x] - earlier[x]) / size
        for out in range(width - half + 1, width):
            low = out + half - window
            b[y, out] = np.float32(total - sums[low]) / np.float32(width - low)


@njit(cache=True, nogil=True, error_model="numpy")
def grey_coefficients(grey, basis, one, other, out):  # type: ignore[no-untyped-def]
    """As `coefficients` for a picture of equal red, green and blue, given as `grey` (h, w uint8).

    `one` and `other` (h, w float32) are overwritten, so that a film's frames share them. The last pass down the columns
    is made only where a sample lies.
    """
    height, width = grey.shape
    reduced = np.empty((SIDE, SIDE), np.float32)
    if height == SIDE and width == SIDE:
        reduced[:] = grey
    else:
        across = (width + 2 * SIDE - 1) // (2 * SIDE)
        down = (height + 2 * SIDE - 1) // (2 * SIDE)
        box_along_grey_rows(grey, other, across)
        box_along_columns(other, one, down, np.empty(width, np.float32))
        box_along_rows(one, other, across)
        sampled = np.empty((height, SIDE), np.float32)
        for j in range(SIDE):
            x = int((j + 0.5) * width / SIDE)
            for y in range(height):
                sampled[y, j] = other[y, x]
        boxed = np.empty((height, SIDE), np.float32)
        box_along_columns(sampled, boxed, down, np.empty(SIDE, np.float32))
        for i in range(SIDE):
            reduced[i] = boxed[int((i + 0.5) * height / SIDE)]
    transform(reduced, basis, out)
    return quality(reduced)
