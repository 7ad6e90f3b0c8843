"""Killed at any change of the disk, in its first build or a later one, a ledger is as before and is carried on."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

from leadline.engines.ledger import build, open_ledger
from leadline.engines.ledger.building.proof import prove
from leadline.engines.ledger.storage.meta import META, read
from leadline.errors import ChainError, LeadlineError, UsageError

CHANGES = {"os.mkdir", "os.rename", "os.remove", "os.rmdir", "os.link", "os.truncate", "mmap.__new__"}
"""Audit events of Python that change a disk; `open` is one too where it is to write."""
MOMENTS = 6
"""At how many of these moments each build is killed, evenly spread, the first and the last ones among them."""


def main(out: Path, file: Path) -> None:
    """Builds in child processes: one that counts the moments, then one killed at each; prints what is found."""
    grown = file.with_name("grown.dat")
    whole = out / "whole"
    fresh = [in_child(lambda: build(whole, [file], "regtest")), contents(whole)][1]
    later = [in_child(lambda: build(whole, [grown], "regtest")), contents(whole)][1]
    for name, files, wanted in (("first", file, fresh), ("later", grown, later)):
        moments = killed(out / f"count {name}", files, file if name == "later" else None, -1)
        for k in sorted({0, 1, *range(2, moments, max(1, moments // MOMENTS)), moments - 2, moments - 1}):
            ledger = out / f"{name} {k}"
            assert killed(ledger, files, file if name == "later" else None, k) == -signal.SIGKILL, (name, k)
            before = open_ledger(ledger).height if (ledger / META).exists() else None
            assert before in ((None, 3) if name == "first" else (3, 4)), (name, k, before)
            code = in_child(lambda ledger=ledger, files=files: build(ledger, [files], "regtest"))
            assert code == 0, (name, k, code)
            assert contents(ledger) == wanted, (name, k)
            assert prove(ledger)["ok"], (name, k)
            assert len(list(ledger.iterdir())) == 2, (name, k, list(ledger.iterdir()))
        sys.stdout.write(f"{name} {moments}\n")


def killed(ledger: Path, files: Path, first: Path | None, k: int) -> int:
    """How a build ends that is killed at its k-th change of the disk; for k = -1, how many there are."""
    if first:
        in_child(lambda: build(ledger, [first], "regtest"))
    seen = [0]
    counts = ledger.with_suffix(".count")

    def watch(event: str, arguments: tuple[object, ...]) -> None:
        writes = event == "open" and isinstance(arguments[2], int) and arguments[2] & (os.O_WRONLY | os.O_RDWR)
        if event in CHANGES or writes:
            if seen[0] == k:
                os.kill(os.getpid(), signal.SIGKILL)
            seen[0] += 1

    def run() -> None:
        sys.addaudithook(watch)
        build(ledger, [files], "regtest")
        if k < 0:
            counts.write_text(str(seen[0]))

    code = in_child(run)
    return int(counts.read_text()) if k < 0 else code


def in_child(run: Callable[[], object]) -> int:
    """The exit code of a child process that runs it, minus its signal where one ended it."""
    sys.stdout.flush()
    child = os.fork()
    if child == 0:
        try:
            run()
        except LeadlineError as error:
            sys.stderr.write(f"{error}\n")
            sys.stderr.flush()
            os._exit(1)
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def contents(ledger: Path) -> dict[str, object]:
    """Every column's bytes, and what ledger.json says but for the number of the columns' folder."""
    meta = read(ledger)
    return {
        **{p.name: p.read_bytes().hex() for p in sorted((ledger / meta["columns"]).iterdir())},
        META: {key: value for key, value in meta.items() if key != "columns"},
    }


def test_killed_at_any_change_of_the_disk_it_is_carried_on(regtest: ModuleType, tmp_path: Path) -> None:
    coin = regtest.coinbase(1)
    paid = [regtest.spend([(coin, 0)], [(n, bytes([0x51]) * n) for n in range(1, 9)])]
    blocks = [regtest.GENESIS, *regtest.chain([[], paid, [], [regtest.spend([(paid[0], 3)], [(4, b"\x51")])]])]
    file = regtest.write(tmp_path / "files", regtest.framed(blocks[:4]), "first.dat")
    regtest.write(tmp_path / "files", regtest.framed(blocks), "grown.dat")
    done = subprocess.run(
        [sys.executable, __file__, str(tmp_path), str(file)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]
    counted = dict(line.split() for line in done.stdout.splitlines())
    assert set(counted) == {"first", "later"}
    assert min(map(int, counted.values())) > 50


def test_two_builds_at_once_do_not_disturb_each_other(regtest: ModuleType, tmp_path: Path) -> None:
    """The one that comes second is told so, and what the first has written by then stays."""
    file = regtest.write(tmp_path / "files", regtest.framed([regtest.GENESIS, *regtest.chain([[]])]))
    out = tmp_path / "l"

    def second(what: str, done: int, total: int) -> None:
        if what != "finding blocks":
            with pytest.raises(UsageError, match="another build is writing") as error:
                build(out, [file], "regtest")
            said.append((error.value.where, bool(error.value.remedy)))

    said: list[tuple[str, bool]] = []
    build(out, [file], "regtest", second)
    assert set(said) == {("l", True)}
    assert open_ledger(out).height == 1
    build(out, [file], "regtest")


def test_a_build_that_fails_leaves_no_folder_behind(regtest: ModuleType, tmp_path: Path) -> None:
    bad = bytearray(regtest.framed([regtest.GENESIS]))
    bad[120] ^= 1
    with pytest.raises(ChainError, match="damaged"):
        build(tmp_path / "l", [regtest.write(tmp_path / "files", bytes(bad))], "regtest")
    assert not (tmp_path / "l").exists()


@pytest.mark.parametrize("beside", ["notes.txt", "columns-1.txt", "columns-x", ".hidden"])
def test_a_folder_with_anything_of_another_s_is_never_taken(regtest: ModuleType, tmp_path: Path, beside: str) -> None:
    file = regtest.write(tmp_path / "files", regtest.framed([regtest.GENESIS]))
    (tmp_path / "l" / "columns-1.partial").mkdir(parents=True)
    (tmp_path / "l" / beside).write_text("mine")
    with pytest.raises(UsageError, match="is no ledger"):
        build(tmp_path / "l", [file], "regtest")
    assert (tmp_path / "l" / beside).read_text() == "mine"
    (tmp_path / "l" / beside).unlink()
    build(tmp_path / "l", [file], "regtest")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
