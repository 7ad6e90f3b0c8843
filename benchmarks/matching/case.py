"""The frames of a whole case: 250,000 files of 16 distinct frames against a list of 10 M, and against each other.

Run as a process of its own; prints one JSON object: processor seconds of each part, wall seconds, peak bytes. Frames
are searched in the form in which they are stored; one file in ten has a frame near a listed one, one in ten a copy's.
"""

import json
import resource
import sys
import time

import numpy as np

from leadline.engines import hamming
from leadline.steps.match import copies

FILES = 250_000
FRAMES = 16
LISTED = 10_000_000
RADIUS = 31


def main() -> int:
    """Draws the hashes, then measures."""
    rng = np.random.Generator(np.random.PCG64(5))
    listed = rng.integers(0, 256, (LISTED, 32), dtype=np.uint8)
    own = rng.integers(0, 256, (FILES * FRAMES, 32), dtype=np.uint8)
    firsts = np.arange(0, len(own), FRAMES)
    own[firsts[::10]] = _near(rng, listed[: len(firsts[::10])])
    own[firsts[1::10]] = _near(rng, own[firsts[2::10] + 3])
    started = time.monotonic()
    ready, listing = hamming.ready(own), hamming.ready(listed)
    del own, listed
    at = [time.process_time()]
    index = hamming.index(listing)
    at.append(time.process_time())
    known = hamming.search(ready, [index], RADIUS)
    at.append(time.process_time())
    del index, listing
    near = hamming.join(ready, ready, RADIUS)
    at.append(time.process_time())
    trees = copies.trees(_rows(near), FILES)
    at.append(time.process_time())
    assert len(np.unique(known.a)) == len(firsts[::10]) and len(trees) == len(firsts[1::10])
    said = dict(zip(("index", "lists", "copies", "series"), np.diff(at).tolist(), strict=True))
    said["wall"] = time.monotonic() - started
    said["peak"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    print(json.dumps(said))
    return 0


def _near(rng: np.random.Generator, values: np.ndarray) -> np.ndarray:
    """The hashes with 0 to 31 bits turned."""
    bits = np.unpackbits(values, axis=1)
    for row, changes in zip(bits, rng.integers(0, RADIUS + 1, len(bits)), strict=True):
        row[rng.choice(256, changes, replace=False)] ^= 1
    return np.packbits(bits, axis=1)


def _rows(pairs: hamming.Pairs) -> np.ndarray:
    """The pairs of different files as steps.match.copies takes them, older file first."""
    a, b = pairs.a // FRAMES, pairs.b // FRAMES
    keep = a < b
    zero = np.zeros(int(keep.sum()), np.int64)
    return np.stack(
        [a[keep], b[keep], pairs.distance[keep].astype(np.int64), zero, pairs.a[keep], pairs.b[keep]], axis=1
    )


if __name__ == "__main__":
    sys.exit(main())
