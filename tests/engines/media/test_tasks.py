"""The table of what is to do: leases, retries, poison; a kill at any moment loses nothing and does nothing twice."""

import json
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
import zlib
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from leadline.engines.media import hash_files, pool
from leadline.engines.media import tasks as module
from leadline.engines.media.child_process import Child, Silent
from leadline.engines.media.tasks import Tasks, remove
from leadline.errors import LeadlineError
from leadline.model.progress import silent

SEEN = {"status": "decoded", "reason": None, "frames": []}
HASHING = """
import sys
from pathlib import Path
from leadline.engines.media import hash_files
hash_files(sorted(Path(sys.argv[1]).iterdir()), lambda *_: None, 2, "dense", Path(sys.argv[2]))
"""


def pictures(folder: Path, count: int) -> list[Path]:
    folder.mkdir(exist_ok=True)
    for n in range(count):
        rng = np.random.Generator(np.random.PCG64(n))
        Image.fromarray(rng.integers(0, 256, (300, 400, 3), dtype=np.uint8)).save(folder / f"{n:03}.jpg")
    return sorted(folder.iterdir())


def answered(table: Path) -> dict[bytes, bytes]:
    """The answers a table holds, read as someone else would; none of a file in which nothing was made yet."""
    with closing(sqlite3.connect(f"file:{table}?mode=ro", uri=True)) as base:
        if not base.execute("SELECT name FROM sqlite_master WHERE name = 'task'").fetchone():
            return {}
        return dict(base.execute("SELECT path, answer FROM task WHERE answer IS NOT NULL"))


def test_killed_at_twenty_moments_it_carries_on(tmp_path: Path) -> None:
    paths = pictures(tmp_path / "media", 120)
    table = tmp_path / "table.sqlite"
    whole = hash_files(paths, silent)
    draw = random.Random(11)
    before: dict[bytes, bytes] = {}
    kills = 0
    while kills < 20:
        run = subprocess.Popen([sys.executable, "-c", HASHING, str(tmp_path / "media"), str(table)])
        start = len(before)
        until = time.monotonic() + 60
        while table.exists() and len(answered(table)) == start and time.monotonic() < until and run.poll() is None:
            time.sleep(0.02)
        time.sleep(draw.random() * 0.1 if kills % 2 else draw.random() * 2)
        run.kill()
        assert run.wait() in (-signal.SIGKILL, 0)
        after = answered(table) if table.exists() else {}
        assert before.items() <= after.items(), "an answer was lost or given anew"
        before = after
        kills += 1
        if len(after) == len(paths):
            remove(table)
            before = {}
    claimed: list[int] = []
    real = Tasks.claim

    def claim(self: Tasks, most: int) -> list[int]:
        taken = real(self, most)
        claimed.extend(taken)
        return taken

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Tasks, "claim", claim)
        hashed = hash_files(paths, silent, 2, "dense", table)
    assert {os.fsencode(paths[n]) for n in claimed}.isdisjoint(before) and len(claimed) == len(paths) - len(before)
    assert hashed.files.equals(whole.files) and hashed.signatures.equals(whole.signatures)


def test_two_processes_share_a_table(tmp_path: Path) -> None:
    paths = pictures(tmp_path / "media", 40)
    table = tmp_path / "table.sqlite"
    command = [sys.executable, "-c", HASHING, str(tmp_path / "media"), str(table)]
    both = [subprocess.Popen(command) for _ in range(2)]
    assert [one.wait() for one in both] == [0, 0]
    assert len(answered(table)) == 40
    assert hash_files(paths, silent, 1, "dense", table).signatures.equals(hash_files(paths, silent, 1).signatures)


def test_a_lease_ends_with_its_process_or_its_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    paths = pictures(tmp_path / "media", 4)
    table = tmp_path / "table.sqlite"
    with closing(Tasks(paths, table)) as one, closing(sqlite3.connect(table, isolation_level=None)) as other:
        assert one.claim(3) == [0, 1, 2] and one.claim(3) == [3] and one.claim(3) == []
        other.execute("UPDATE task SET owner = 'elsewhere:1', until = ? WHERE id <= 2", (time.time() + 99,))
        assert one.claim(3) == []
        other.execute("UPDATE task SET until = 1 WHERE owner = 'elsewhere:1'")
        assert one.claim(3) == [0, 1]
        monkeypatch.setattr(module, "_runs", lambda pid: False)
        with closing(Tasks(paths, table)) as two:
            assert two.claim(9) == [0, 1, 2, 3]


def test_a_file_that_ends_its_worker_twice_is_poison(tmp_path: Path) -> None:
    paths = pictures(tmp_path / "media", 3)
    with closing(Tasks(paths)) as tasks:
        tasks.claim(3)
        tasks.release([0, 2])
        assert not tasks.ended_worker(1)
        assert tasks.claim(3) == [1] and tasks.claim(3) == [0, 2]
        assert tasks.ended_worker(1)


def test_a_changed_file_waits_anew(tmp_path: Path) -> None:
    paths = pictures(tmp_path / "media", 3)
    table = tmp_path / "table.sqlite"
    first = hash_files(paths, silent, 1, "dense", table).files
    paths[1].write_bytes(b"other")
    again = hash_files(paths, silent, 1, "dense", table).files
    assert again["sha256"][0] == first["sha256"][0] and again["sha256"][1] != first["sha256"][1]


@settings(max_examples=30, deadline=None)
@given(st.lists(st.sampled_from(["claim", "done", "end", "release"]), max_size=40), st.integers(1, 6))
def test_every_file_is_done_once(steps: list[str], count: int) -> None:
    """Whatever order workers answer and die in: a file is with one of them, waits, or is done, and all are done."""
    paths = [Path(f"/absent/{n}") for n in range(count)]
    held: list[int] = []
    finished: set[int] = set()
    with closing(Tasks(paths)) as tasks:
        for step in [*steps, *["claim", "done"] * (4 * count)]:
            if step == "claim":
                taken = tasks.claim(2)
                assert not set(taken) & (set(held) | finished)
                held += taken
            elif held and step == "release":
                tasks.release([held.pop(0)])
            elif held and (step == "done" or tasks.ended_worker(held[0])):
                tasks.done(held[0], (None, {**SEEN, "i": held[0]}))
                finished.add(held.pop(0))
            elif held:
                held.pop(0)
        assert tasks.left() == count - len(finished) == 0
        assert [number for number, _ in tasks.answers()] == list(range(count))


def test_a_file_named_twice_is_hashed_once(tmp_path: Path) -> None:
    (path,) = pictures(tmp_path / "media", 1)
    files = hash_files([path, path], silent, 1).files.to_pylist()
    assert [f["index"] for f in files] == [0, 1] and files[0]["sha256"] == files[1]["sha256"]


def test_a_file_is_itself_by_whatever_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (path,) = pictures(tmp_path / "media", 1)
    monkeypatch.chdir(tmp_path)
    with closing(Tasks([Path("media") / path.name], tmp_path / "table.sqlite")) as tasks:
        assert tasks.claim(1) == [0]
        tasks.done(0, (None, {**SEEN, "i": 0}))
    with closing(Tasks([path], tmp_path / "table.sqlite")) as tasks:
        assert tasks.left() == 0


def test_a_broken_table_is_one_clear_error(tmp_path: Path) -> None:
    (tmp_path / "table.sqlite").write_bytes(zlib.compress(b"no table") * 500)
    with pytest.raises(LeadlineError, match="table of media"):
        hash_files(pictures(tmp_path / "media", 1), silent, 1, "dense", tmp_path / "table.sqlite")


def test_a_child_that_stands_still_is_ended() -> None:
    command = [sys.executable, "-c", "import sys, time; sys.stdout.write('abc'); sys.stdout.flush(); time.sleep(60)"]
    child = Child(command, (), 1.0, lambda: None)
    with pytest.raises(Silent), child:
        assert child.read(2) == b"ab"
        child.read(2)
    assert child.returncode == -signal.SIGKILL


def test_a_child_that_talks_much_blocks_nothing() -> None:
    code = "import sys; sys.stderr.write('x' * 3_000_000 + 'end'); sys.stdout.write('y' * 100_000)"
    with (child := Child([sys.executable, "-c", code], (), 30.0, lambda: None)):
        assert child.read(100_000) == b"y" * 100_000
    assert child.returncode == 0 and child.words().endswith("end") and len(child.words()) < 100_000


def test_no_worker_is_started_for_nothing() -> None:
    with closing(Tasks([])) as tasks:
        pool.run(tasks, silent, 1, ("no-such-program",))


def test_an_answer_that_somebody_planted_is_not_believed(tmp_path: Path) -> None:
    paths = pictures(tmp_path / "media", 4)
    table = tmp_path / "table.sqlite"
    whole = hash_files(paths, silent, 2, "dense", table)
    lie = zlib.compress(json.dumps([{"sha256": "0" * 64, "size": 1}, {"status": "undecodable"}]).encode())
    with closing(sqlite3.connect(table)) as base:
        held = dict(base.execute("SELECT path, answer FROM task"))
        one, two, three, _ = (os.fsencode(path) for path in paths)
        base.execute("UPDATE task SET answer = ? WHERE path = ?", (lie, one))
        base.execute("UPDATE task SET answer = ? WHERE path = ?", (held[one], two))
        base.execute("UPDATE task SET answer = ? WHERE path = ?", (b"\0" * 32 + lie, three))
        base.commit()
    again = hash_files(paths, silent, 2, "dense", table)
    assert again.files.equals(whole.files)
    assert again.signatures.equals(whole.signatures)


def test_an_answer_made_for_another_table_is_not_believed(tmp_path: Path) -> None:
    paths = pictures(tmp_path / "media", 2)
    whole = hash_files(paths, silent, 2, "dense", tmp_path / "one.sqlite")
    shutil.copyfile(tmp_path / "one.sqlite", tmp_path / "two.sqlite")
    with closing(Tasks(paths, tmp_path / "one.sqlite")) as one, closing(Tasks(paths, tmp_path / "two.sqlite")) as two:
        assert (one.left(), two.left()) == (0, len(whole.files))
