"""Equal values are brought together as numpy's own sort does it."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from leadline.engines.digests import distinct


@given(st.integers(0, 10_000), st.integers(0, 60), st.sampled_from((8, 16, 32)), st.integers(1, 3))
def test_as_numpy_sorts(seed: int, rows: int, width: int, kinds: int) -> None:
    values = np.random.Generator(np.random.PCG64(seed)).integers(0, kinds + 1, (rows, width), dtype=np.uint8)
    values[:, : width - 1] = np.where(values[:, : width - 1] > kinds, 255, 0)
    head, same = distinct(values)
    text = [row.tobytes() for row in values]
    wanted = sorted(set(text))
    assert [text[i] for i in head] == wanted and [text.index(v) for v in wanted] == head.tolist()
    assert [wanted[i] for i in same] == text
