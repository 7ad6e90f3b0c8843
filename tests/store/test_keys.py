"""A key is there whole or not at all: killed at any moment, the same call again gives the pair and nothing else."""

import os
import signal
from pathlib import Path

import pytest

from leadline.errors import CaseError
from leadline.store import keys


def _killed(path: Path, at: int) -> None:
    """Makes a key in a child that is killed when it would move its file number `at` into place."""
    child = os.fork()
    if child == 0:
        move, moved = os.replace, 0

        def replace(*places: object) -> None:
            nonlocal moved
            moved += 1
            if moved == at:
                os.kill(os.getpid(), signal.SIGKILL)
            move(*places)  # type: ignore[arg-type]

        os.replace = replace  # type: ignore[assignment]
        keys.new(path, "ana", "secret")
        os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL


@pytest.mark.parametrize("at", [1, 2])
def test_a_killed_key_is_made_by_the_next_call(tmp_path: Path, at: int) -> None:
    path = tmp_path / "ana.key"
    _killed(path, at)
    half = path.read_bytes() if path.exists() else b""
    assert bool(half) == (at == 2)
    made = keys.new(path, "ana", "secret")
    assert path.read_bytes() == half or not half
    assert sorted(p.name for p in tmp_path.iterdir()) == ["ana.key", "ana.key.pub"]
    assert path.stat().st_mode & 0o777 == 0o600
    assert keys.public(tmp_path / "ana.key.pub") == ("ana", made.public) == ("ana", keys.load(path, "secret").public)


@pytest.mark.parametrize("other", [("bo", "secret"), ("ana", "wrong")])
def test_a_private_key_that_is_not_this_call_s_stays_alone(tmp_path: Path, other: tuple[str, str]) -> None:
    _killed(tmp_path / "ana.key", 2)
    with pytest.raises(CaseError, match="a key is there already"):
        keys.new(tmp_path / "ana.key", *other)
    assert [p.name for p in tmp_path.iterdir() if p.suffix == ".pub"] == []


def test_a_private_key_is_its_user_s_alone_from_the_first_byte(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        _killed(tmp_path / "ana.key", 1)
    finally:
        os.umask(before)
    assert [p.stat().st_mode & 0o777 for p in tmp_path.iterdir()] == [0o600]
