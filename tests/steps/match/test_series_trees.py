"""Series are those that every single pair would make, whatever a person rejected; each link names its own frames."""

from itertools import combinations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.steps.match.conftest import frame, ref, rejections

from leadline.steps.match import copies, series_trees
from leadline.steps.match.seized import Frames
from leadline.steps.match.seizure_pairs import own

Pairs = set[tuple[int, int]]


def frames_of(files: list[list[int]]) -> Frames:
    """Files with frames of so many kinds: kinds 2n and 2n + 1 are near each other, all others far apart."""
    kinds = np.random.Generator(np.random.PCG64(4)).integers(0, 256, (8, 32), dtype=np.uint8)
    kinds[1::2] = kinds[::2]
    kinds[1::2, 0] ^= 0x07
    file = np.array([n for n, own in enumerate(files) for _ in own], np.int64)
    kind = np.array([k for own in files for k in own], np.int64)
    number = np.array([n for own in files for n in range(len(own))], np.int64)
    return Frames(file, kinds[kind], number * 0 + 90, number, number * 0 - 1, number * 0 - 1, np.arange(len(file)))


def plain(files: list[list[int]], denied: Pairs, apart: Pairs) -> list[set[int]]:
    """The components of more than one file, pair by pair, in order of their least."""
    near = {(0, 0): 0, (0, 1): 3}
    pairs = []
    for a, b in combinations(range(len(files)), 2):
        found = [near[0, abs(k - j)] for k in files[a] for j in files[b] if k // 2 == j // 2]
        film = len(files[a]) > 1, len(files[b]) > 1
        if found and (a, b) not in denied and not (all(film) and (a, b) in apart):
            pairs.append((film[0] != film[1], min(found), a, b))
    whose = {n: {n} for n in range(len(files))}
    for mixed, _, a, b in sorted(pairs):
        if whose[a] is whose[b] or (mixed and all(any(len(files[f]) > 1 for f in whose[x]) for x in (a, b))):
            continue
        whose[a] |= whose[b]
        for n in whose[b]:
            whose[n] = whose[a]
    found = {id(group): group for group in whose.values() if len(group) > 1}
    return sorted(found.values(), key=min)


some = st.lists(st.lists(st.integers(0, 7), min_size=1, max_size=3), min_size=2, max_size=9)
taken = st.sets(st.tuples(st.integers(0, 8), st.integers(0, 8)))


@settings(max_examples=400)
@given(some, taken, taken)
def test_the_series_are_those_of_every_single_pair(files: list[list[int]], denied: Pairs, apart: Pairs) -> None:
    frames = frames_of(files)
    films = np.array([len(own) > 1 for own in files])
    rules = series_trees.Rules(
        films,
        lambda pair: None if (min(pair.a, pair.b), max(pair.a, pair.b)) in apart else pair,
        lambda pair: (pair.a, pair.b) if (min(pair.a, pair.b), max(pair.a, pair.b)) in denied else None,
    )
    near = copies.pairs(frames, own(frames, "x"), films, ("identity",), "x")
    trees, rejected = series_trees.trees(near, near.rows, rules)
    found = [{tree.root, *(child for child, _, _ in tree.branches)} for tree in trees]
    assert found == plain(files, denied, apart)
    assert {tree.root for tree in trees} == {min(group) for group in found}
    edges = [branch for tree in trees for branch in tree.branches]
    for child, parent, pair in [*edges, *rejected]:
        mine, other, form = pair.frames_from(child)
        assert (frames.file[mine], frames.file[other], form) == (child, parent, "identity")
        assert np.bitwise_count(frames.value[mine] ^ frames.value[other]).sum() == pair.distance
    assert all((min(a, b), max(a, b)) in denied for a, b, _ in rejected)
    assert not any((min(a, b), max(a, b)) in denied for a, b, _ in edges)


def test_four_equal_files_of_which_links_are_rejected_one_by_one(seizure) -> None:
    value = bytes(np.random.Generator(np.random.PCG64(8)).integers(0, 256, 32, dtype=np.uint8))
    names = ["a", "b", "c", "d"]
    frames = [frame(name, value) for name in names]
    claims: list[tuple[str, str, str]] = []
    sizes = []
    while len(claims) < 6:
        tables = seizure(names, frames, [], decided=rejections(*claims))
        rows = [r for r in tables["finding"].to_pylist() if r["predicate"] == "similar_to"]
        said = {(r["subject"], r["predicate"], r["object"]) for r in rows}
        assert set(claims) <= said, "what was rejected is claimed again, or the decision would be gone"
        matches = {r["finding"]: r for r in tables["match"].to_pylist()}
        for row in rows:
            places = {b["locator"] for b in tables["basis"].to_pylist() if b["finding"] == row["id"]}
            own = {f"item:{n}>item:0" for n in names if ref(n) in (row["subject"], row["object"])}
            assert places == own and matches[row["id"]]["distance"] == 0, "each link rests on its own two files"
        sizes.append(len([r for r in tables["finding"].to_pylist() if r["predicate"] == "in_series"]))
        claims.append(next(iter(sorted(said - set(claims)))))
    assert sizes[0] == 4 and sizes[-1] in (2, 3) and sorted(sizes, reverse=True) == sizes
    assert not seizure(names, frames, [], decided=rejections(*claims))["series"].num_rows


def series_of(files: list[list[int]], *, films_agree: bool) -> list[set[int]]:
    """The series of files with frames of so many kinds, where nothing was rejected and films agree or do not."""
    frames = frames_of(files)
    films = np.array([len(own) > 1 for own in files])
    near = copies.pairs(frames, own(frames, "x"), films, ("identity",), "x")
    found, _ = series_trees.trees(
        near, near.rows, series_trees.Rules(films, lambda pair: pair if films_agree else None, lambda _: None)
    )
    return [{tree.root, *(child for child, _, _ in tree.branches)} for tree in found]


def test_pictures_are_joined_before_any_film_and_to_the_nearest_alone() -> None:
    """Picture 0 is near film 2 and equal to picture 1, which equals a frame of film 3: the title joins no two films."""
    assert series_of([[0], [0], [1, 4], [0, 6]], films_agree=False) == [{0, 1, 3}]
    assert series_of([[1, 4], [0], [0], [0, 6]], films_agree=False) == [{1, 2, 3}]


def test_two_films_and_their_pictures_make_one_series_where_the_films_are_joined() -> None:
    assert series_of([[0], [0, 2], [2, 4], [4]], films_agree=True) == [{0, 1, 2, 3}]
    assert series_of([[0, 2], [0], [6, 7], [4], [5, 0]], films_agree=True) == [{0, 1, 3, 4}]


def test_files_that_nothing_is_near_are_in_no_series() -> None:
    assert series_of([[0], [2], [4, 6]], films_agree=True) == []
