"""Pairs of seized files: what a crop adds to the pairs of whole pictures, one pair of two files."""

import numpy as np

from leadline.steps.match.series import _without_repeats


def test_a_crop_adds_each_pair_that_no_whole_picture_made_once_at_its_nearest() -> None:
    """Columns: two files, distance, and three places by which equal distances are ordered."""
    plain = np.array([[0, 1, 9, 0, 0, 0], [2, 1, 5, 0, 0, 0]])
    anew = np.array(
        [
            [1, 0, 2, 0, 0, 0],  # stands among the whole pictures, the other way round
            [3, 0, 8, 7, 0, 0],
            [0, 3, 6, 0, 0, 0],  # the same two files, nearer
            [1, 2, 1, 0, 0, 0],
            [1, 3, 4, 0, 0, 0],  # 1 and 3 are no other pair of files than themselves
        ]
    )
    kept = _without_repeats(plain, anew, 4)
    assert kept[:2].tolist() == plain.tolist()
    assert sorted(kept[2:].tolist()) == [[0, 3, 6, 0, 0, 0], [1, 3, 4, 0, 0, 0]]


def test_no_two_pairs_of_files_are_taken_for_one() -> None:
    """All pairs of nine files, made by crops alone, all stay."""
    n = 9
    pairs = [[b, a, 1, 0, 0, 0] for a in range(n) for b in range(a + 1, n)]
    kept = _without_repeats(np.empty((0, 6), np.int64), np.array(pairs), n)
    assert sorted(kept.tolist()) == sorted(pairs)
