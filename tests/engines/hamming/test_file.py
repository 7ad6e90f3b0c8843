"""An index in a file: the same answers, additions beside it, whole after every kill."""

from pathlib import Path

import numpy as np
import pytest

from leadline.engines import hamming
from leadline.engines.hamming import file as index_file
from leadline.errors import UsageError

RNG = np.random.Generator(np.random.PCG64(11))
LISTED = RNG.integers(0, 256, (3000, 32), dtype=np.uint8)
ASKED = np.concatenate([LISTED[::7] ^ np.uint8(1 << 3), RNG.integers(0, 256, (50, 32), dtype=np.uint8)])


def same(path: Path, listed: np.ndarray, radius: int = 31) -> bool:
    """Whether the index at `path` answers as a join with the hashes themselves."""
    asked = hamming.ready(ASKED)
    found = hamming.search(asked, hamming.open_index(path), radius)
    plain = hamming.join(asked, hamming.ready(listed), radius)
    return all(np.array_equal(getattr(found, n), getattr(plain, n)) for n in ("a", "b", "distance"))


def test_written_in_blocks_added_to_and_merged(tmp_path: Path) -> None:
    path = tmp_path / "list.hamming"
    hamming.write(path, (LISTED[low : low + 700] for low in range(0, 2000, 700)))
    assert len(hamming.open_index(path)) == 1
    assert same(path, LISTED[:2100]) and same(path, LISTED[:2100], 50)
    hamming.add(path, LISTED[2100:2500])
    hamming.add(path, LISTED[2500:])
    assert len(hamming.open_index(path)) == 2 and same(path, LISTED)
    hamming.merge(path)
    assert len(hamming.open_index(path)) == 1 and same(path, LISTED)
    assert [p.name for p in tmp_path.iterdir()] == ["list.hamming"]


def test_the_same_hashes_make_the_same_bytes(tmp_path: Path) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    hamming.write(one, [LISTED])
    hamming.write(two, [LISTED[:1], LISTED[1:]])
    assert one.read_bytes() == two.read_bytes()


def test_an_empty_list(tmp_path: Path) -> None:
    path = tmp_path / "list.hamming"
    hamming.write(path, [])
    assert same(path, LISTED[:0])
    hamming.add(path, LISTED[:5])
    assert same(path, LISTED[:5])


def test_a_kill_while_writing_leaves_the_old_index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "list.hamming"
    hamming.write(path, [LISTED[:100]])
    opened = hamming.open_index(path)

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(index_file, "_write_chunks", killed)
        with pytest.raises(KeyboardInterrupt):
            hamming.write(path, [LISTED])
    assert same(path, LISTED[:100])
    hamming.write(path, [LISTED])
    assert same(path, LISTED)
    assert len(opened[0].words) == 100 and hamming.search(hamming.ready(LISTED[:3]), opened, 0).b.tolist() == [0, 1, 2]


def test_a_side_index_that_a_killed_merge_left_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "list.hamming"
    hamming.write(path, [LISTED[:2000]])
    hamming.add(path, LISTED[2000:])
    side = tmp_path / "list.hamming.more"
    left = side.read_bytes()
    hamming.merge(path)
    side.write_bytes(left)
    assert same(path, LISTED)


@pytest.mark.parametrize("damage", ["cut", "magic", "short", "rows"])
def test_a_damaged_file_is_refused(tmp_path: Path, damage: str) -> None:
    path = tmp_path / "list.hamming"
    hamming.write(path, [LISTED])
    data = bytearray(path.read_bytes())
    if damage == "magic":
        data[0] ^= 1
    if damage == "rows":
        data[12] ^= 1
    path.write_bytes(data[: {"cut": len(data) // 2, "short": 10}.get(damage, len(data))])
    with pytest.raises(UsageError) as caught:
        hamming.open_index(path)
    assert str(path) not in str(caught.value)
