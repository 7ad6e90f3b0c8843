"""The sweep over offsets and the cutting into scenes, in numba; align.plain is the reference of the sweep."""

import numpy as np

from leadline.compiled import njit


@njit(cache=True, nogil=True)
def _bits(a, b):  # type: ignore[no-untyped-def]
    """Bits in which two hashes of four words differ."""
    total = np.int64(0)
    for w in range(4):
        x = a[w] ^ b[w]
        x = x - ((x >> np.uint64(1)) & np.uint64(0x5555555555555555))
        x = (x & np.uint64(0x3333333333333333)) + ((x >> np.uint64(2)) & np.uint64(0x3333333333333333))
        x = (x + (x >> np.uint64(4))) & np.uint64(0x0F0F0F0F0F0F0F0F)
        total += np.int64((x * np.uint64(0x0101010101010101)) >> np.uint64(56))
    return total


@njit(cache=True, nogil=True)
def scenes(words, starts, still):  # type: ignore[no-untyped-def]
    """Scene of each row of `words` (n, 4 uint64), numbered throughout; a new one begins with every video."""
    out = np.empty(words.shape[0], np.int64)
    scene = -1
    for v in range(starts.shape[0] - 1):
        head = -1
        for i in range(starts[v], starts[v + 1]):
            if head < 0 or _bits(words[i], words[head]) > still:
                head = i
                scene += 1
            out[i] = scene
    return out


@njit(cache=True, nogil=True)
def align(starts, t, until, other_t, frame, other, scene, other_scene, distance, slack, out):  # type: ignore[no-untyped-def]
    """Fill `out` (groups, 8) with the columns of Alignments."""
    if t.shape[0] == 0:
        return
    here = np.zeros(scene.max() + 1, np.int64)
    there = np.zeros(other_scene.max() + 1, np.int64)
    low = t - other_t - slack
    high = np.maximum(t, until) - other_t + slack
    for g in range(starts.shape[0] - 1):
        a, b = starts[g], starts[g + 1]
        n = b - a
        rising = a + np.argsort(low[a:b], kind="mergesort")
        ending = a + np.argsort(high[a:b], kind="mergesort")
        ours = theirs = gone = added = 0
        best = best_middle = best_at = np.int64(-1)
        while added < n:
            at = low[rising[added]]
            while high[ending[gone]] < at:
                p = ending[gone]
                here[scene[p]] -= 1
                ours -= here[scene[p]] == 0
                there[other_scene[p]] -= 1
                theirs -= there[other_scene[p]] == 0
                gone += 1
            while added < n and low[rising[added]] == at:
                p = rising[added]
                ours += here[scene[p]] == 0
                here[scene[p]] += 1
                theirs += there[other_scene[p]] == 0
                there[other_scene[p]] += 1
                added += 1
            count = min(ours, theirs)
            if count < best:
                continue
            k = gone
            while low[ending[k]] > at:
                k += 1
            middle = np.int64((at + high[ending[k]]) // 2)
            if count > best or (
                count == best
                and (abs(middle) < abs(best_middle) or (abs(middle) == abs(best_middle) and middle < best_middle))
            ):
                best, best_middle, best_at = np.int64(count), middle, at
        for k in range(gone, n):
            here[scene[ending[k]]] = 0
            there[other_scene[ending[k]]] = 0
        _say(a, b, low, high, best_at, t, until, other_t, frame, other, distance, out[g])
        out[g, 0] = best
        out[g, 1] = best_middle


@njit(cache=True, nogil=True)
def _say(a, b, low, high, at, t, until, other_t, frame, other, distance, row):  # type: ignore[no-untyped-def]
    """Fill columns 2 to 7 of one row of Alignments from the pairs that allow the offset `at`."""
    inside = np.empty(b - a, np.int64)
    count = 0
    for p in range(a, b):
        if low[p] <= at <= high[p]:
            inside[count] = p
            count += 1
    inside = inside[:count]
    first = t[inside].min()
    row[2] = max(t[inside].max(), until[inside].max()) - first
    mine = inside[np.argsort(frame[inside], kind="mergesort")]
    for k in range(count):
        if k == 0 or frame[mine[k]] != frame[mine[k - 1]]:
            row[4] += 1
            row[5] += max(0, until[mine[k]] - t[mine[k]])
    yours = inside[np.argsort(other[inside], kind="mergesort")]
    start = 0
    for k in range(count):
        if k == 0 or other[yours[k]] != other[yours[k - 1]]:
            row[3] += 1
            if k == 0 or other[yours[k]] != other[yours[k - 1]] + 1:
                start = k
        row[6] = max(row[6], other_t[yours[k]] - other_t[yours[start]])
    row[7] = np.int64(np.sort(distance[inside])[(count - 1) // 2])
