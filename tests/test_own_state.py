"""What only its user has: kept for later processes, private, never taken from what another could have put there."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from leadline import own_state

TOLD = "from leadline.own_state import secret; import sys; sys.stdout.write(secret().hex())"


def told(state: Path) -> bytes:
    """The secret that a process of its own has with this state folder."""
    env = {**os.environ, "XDG_STATE_HOME": str(state)}
    done = subprocess.run([sys.executable, "-c", TOLD], env=env, capture_output=True, text=True, check=True)
    return bytes.fromhex(done.stdout)


def test_every_process_of_the_user_has_the_same_secret_and_nobody_else_may_read_it(tmp_path: Path) -> None:
    first = told(tmp_path)
    assert told(tmp_path) == first == (tmp_path / "leadline" / "secret").read_bytes()
    assert len(first) == own_state.SECRET_BYTES
    modes = [(tmp_path / "leadline" / name).stat().st_mode & 0o777 for name in ("", "secret")]
    assert modes == [0o700, 0o600]
    assert [path.name for path in (tmp_path / "leadline").iterdir()] == ["secret"]


def test_two_state_folders_have_two_secrets(tmp_path: Path) -> None:
    assert told(tmp_path / "a") != told(tmp_path / "b")


@pytest.mark.parametrize("what", ["link", "readable secret", "readable folder", "cut"])
def test_a_secret_that_another_could_have_put_there_is_not_used(tmp_path: Path, what: str) -> None:
    known = b"k" * own_state.SECRET_BYTES
    folder = tmp_path / "leadline"
    folder.mkdir(mode=0o700)
    place = folder / "secret"
    if what == "link":
        (tmp_path / "elsewhere").write_bytes(known)
        (tmp_path / "elsewhere").chmod(0o600)
        place.symlink_to(tmp_path / "elsewhere")
    else:
        place.write_bytes(known[:-1] if what == "cut" else known)
        place.chmod(0o640 if what == "readable secret" else 0o600)
        folder.chmod(0o750 if what == "readable folder" else 0o700)
    found = told(tmp_path)
    assert found != known and len(found) == own_state.SECRET_BYTES
    assert told(tmp_path) != found, "each process has one of its own, and believes no other's marks"


def test_a_mark_is_of_these_bytes_only() -> None:
    assert own_state.is_marked(b"answer", own_state.mark(b"answer"))
    assert not own_state.is_marked(b"answes", own_state.mark(b"answer"))
    assert not own_state.is_marked(b"answer", b"")


def test_a_process_killed_while_it_makes_the_secret_leaves_nothing_for_long(tmp_path: Path) -> None:
    killed = f"import os, signal; os.rename = lambda *_: os.kill(os.getpid(), signal.SIGKILL); {TOLD}"
    env = {**os.environ, "XDG_STATE_HOME": str(tmp_path)}
    for _ in range(2):
        subprocess.run([sys.executable, "-c", killed], env=env, capture_output=True, check=False)
        assert [path.name for path in (tmp_path / "leadline").iterdir()] == [own_state.NEW]
    assert told(tmp_path) == told(tmp_path)
    assert [path.name for path in (tmp_path / "leadline").iterdir()] == ["secret"]
