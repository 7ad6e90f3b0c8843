"""The user's cache: a file is there whole or not at all, and one that cannot be written is no error."""

from pathlib import Path

import pytest

from leadline.steps import cache


def test_what_is_written_lies_where_the_cache_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    path = cache.place("room", "name.bin")
    assert path == tmp_path / "leadline" / "room" / "name.bin"
    with cache.writing(path) as aside:
        aside.write_bytes(b"whole")
        assert not path.exists()
    assert [p.name for p in path.parent.iterdir()] == ["name.bin"]
    assert path.read_bytes() == b"whole"


def test_a_write_that_fails_leaves_nothing(tmp_path: Path) -> None:
    path = tmp_path / "name.bin"
    with cache.writing(path) as aside:
        aside.write_bytes(b"half")
        raise OSError("the disk is full")
    assert not list(tmp_path.iterdir())


def test_a_cache_that_cannot_be_there_is_no_error(tmp_path: Path) -> None:
    (tmp_path / "leadline").write_bytes(b"a file where a folder should be")
    with cache.writing(tmp_path / "leadline" / "room" / "name.bin") as aside:
        aside.write_bytes(b"nowhere")
    assert [p.name for p in tmp_path.iterdir()] == ["leadline"]


def test_any_other_error_is_raised(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="wrong"), cache.writing(tmp_path / "name.bin"):
        raise ValueError("wrong")
