"""Common frames and near pairs of the seizure's own: those that a count of every frame against every other gives."""

import numpy as np
from hypothesis import example, given, settings
from hypothesis import strategies as st
from tests.steps.match.test_series_trees import frames_of

from leadline.kinds.hashers import pdq
from leadline.steps.match import common_frames, copies
from leadline.steps.match.seized import Frames
from leadline.steps.match.seizure_pairs import Own, own

FILES = st.lists(st.lists(st.integers(0, 7), min_size=1, max_size=5), min_size=1, max_size=8)


def distances(frames: Frames) -> np.ndarray:
    """The Hamming distance of every frame to every other."""
    return np.bitwise_count(frames.value[:, None] ^ frames.value[None]).sum(axis=2)


def pairs_of(found: Own, frames: Frames) -> set[tuple[bytes, bytes, int]]:
    """Pairs of values by their bytes, whatever their order."""
    value = [bytes(v) for v in frames.value[found.head]]
    rows = zip(found.a.tolist(), found.b.tolist(), found.distance.tolist(), strict=True)
    made = [(*sorted((value[a], value[b])), d) for a, b, d in rows]
    assert len(made) == len(set(made)), "each pair once"
    return set(made)


@given(FILES, st.randoms())
def test_near_pairs_of_values_and_those_among_some_frames(files: list[list[int]], random: object) -> None:
    frames = frames_of(files)
    found = own(frames, "x")
    some = np.array([i for i in range(len(frames.file)) if random.random() < 0.7], np.int64)  # type: ignore[attr-defined]
    for one, of in ((found, frames), (found.among(some), frames.take(some))):
        assert (of.value[one.head][one.same] == of.value).all()
        every = distances(of)
        near = {
            (*sorted((bytes(of.value[i]), bytes(of.value[j]))), int(every[i, j]))
            for i, j in np.argwhere((every > 0) & (every <= pdq.RADIUS)).tolist()
        }
        assert pairs_of(one, of) == near
        assert (one.a < one.b).all()


@settings(max_examples=200)
@given(st.lists(st.lists(st.integers(0, 45), min_size=1, max_size=6), min_size=1, max_size=5))
@example([[20, 9, 10]])
@example([[20, 9, 9]])
@example([[20, 9, 10, 10]])
@example([[20, 9, 9, 10, 10]])
def test_a_frame_is_common_where_more_than_half_of_the_others_are_rarer_by_half(spreads: list[list[int]]) -> None:
    frames = frames_of([[0] * len(own_) for own_ in spreads])
    flat = np.array([s for own_ in spreads for s in own_], np.int64)
    wanted = []
    for own_ in spreads:
        for n, spread in enumerate(own_):
            others = own_[:n] + own_[n + 1 :]
            rarer = [s for s in others if s < spread / 2]
            wanted.append(spread >= common_frames.FILES and len(rarer) > len(others) / 2)
    assert common_frames._alone(frames, flat).tolist() == wanted


def test_pictures_are_turned_only_as_asked() -> None:
    frames = frames_of([[0], [0]])
    frames.value[1:] = pdq.turned(frames.value[:1], "transpose")
    films, pairs = np.zeros(2, np.bool_), own(frames, "x")
    plain = copies.pairs(frames, pairs, films, ("identity",), "x")
    turned = copies.pairs(frames, pairs, films, ("identity", "transpose"), "x")
    assert (len(plain.rows), plain.found, plain.compared) == (0, 0, 1)
    (row,) = turned.rows.tolist()
    assert row[:4] == [0, 1, 0, pdq.FORMS.index("transpose")] and (turned.found, turned.compared) == (1, 2)
