"""Where a branch known by its digest parts from the active chain, for every tip of trees drawn at random."""

import hashlib

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from leadline.engines.ledger.blocks.forks import fork_height

trees = st.lists(st.integers(0, 1_000), max_size=25)


def rows(hashes: list[bytes]) -> np.ndarray:
    return np.frombuffer(b"".join(hashes), np.uint8).reshape(-1, 32)


@given(st.integers(1, 12), trees)
def test_every_stale_branch_is_found_where_it_leaves_the_chain(length: int, parents: list[int]) -> None:
    blocks = [hashlib.sha256(f"{n}".encode()).digest() for n in range(length + len(parents))]
    paths = [list(range(n + 1)) for n in range(length)]
    for n, drawn in enumerate(parents, length):
        paths.append([*paths[drawn % n], n])
    chain, beside = rows(blocks[:length]), rows(blocks[length:])
    before = rows([blocks[path[-2]] for path in paths[length:]])
    for path in paths[length:]:
        digest = hashlib.sha256(b"".join(blocks[n] for n in path)).hexdigest()
        shared = max(n for n in path if n < length)
        assert fork_height(chain, beside, before, len(path) - 1, digest) == shared
        assert fork_height(chain, beside, before, len(path), digest) == -1
        assert fork_height(chain, beside, before, len(path) - 1, "0" * 64) == -1
