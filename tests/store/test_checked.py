"""Whatever reads a case reads what its log names: each file once a process, and again as soon as it changes."""

from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

from leadline.errors import IntegrityError
from leadline.store import checked, durable, impact
from leadline.store.case import Case
from leadline.views import changed


def _alter(path: Path) -> None:
    """One byte of a file changed, its size and its modification time kept."""
    import os

    before = path.stat()
    path.chmod(0o644)
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(bytes(data))
    path.chmod(0o444)
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


def _file(case: Case, beginning: str, end: str) -> str:
    return next(n for n in case.log.files if n.startswith(beginning) and n.endswith(end))


def _package(case: Case, hand: ModuleType) -> None:
    folder = case.root.parent / "package"
    (folder / "data" / "tables").mkdir(parents=True)
    (folder / "data" / "tables" / "findings.csv").write_text(f"finding\n{hand.FINDING.hex()}\n")
    case.add_package("us-1", folder, {})


READS: dict[str, tuple[str, str, Callable[[Case, ModuleType], object]]] = {
    "a table": ("runs/trace", "finding.parquet", lambda case, _: case.current("finding")),
    "the basis": ("runs/trace", "basis.parquet", lambda case, _: case.basis()),
    "a run": ("runs/trace", "run.json", lambda case, _: case.runs()),
    "an exhibit": ("exhibits/", "", lambda case, _: case.exhibit_path(next(iter(case.runs()[0].exhibits)))),
    "a decision": ("decisions/", "", lambda case, _: case.decisions()),
    "two runs": ("runs/trace", "finding.parquet", lambda case, _: changed.changed(case, "trace")),
    "a package": ("packages/", ".csv", lambda case, hand: impact.resting(case, f"finding:{hand.FINDING.hex()}")),
}


@pytest.mark.parametrize("what", READS)
def test_every_reader_refuses_a_changed_file(small: Case, hand: ModuleType, what: str) -> None:
    small.decide([{**hand.CLAIM, "verdict": "accepted", "reason": "seen"}])
    _package(small, hand)
    hand.append_findings(small, next(iter(small.runs()[0].exhibits)), version=2)
    beginning, end, read = READS[what]
    read(Case.open(small.root), hand)
    for name in [n for n in small.log.files if n.startswith(beginning) and n.endswith(end)]:
        _alter(small.layout.absolute(name))
    with pytest.raises(IntegrityError):
        read(Case.open(small.root), hand)


def test_a_file_is_hashed_once_a_process(small: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    hashed: list[Path] = []
    real = durable.sha256
    monkeypatch.setattr(checked, "_SEEN", {})
    monkeypatch.setattr(durable, "sha256", lambda path, where="": hashed.append(path) or real(path, where))
    for _ in range(3):
        Case.open(small.root).current("finding")
    path = small.layout.absolute(_file(small, "runs/trace", "finding.parquet"))
    assert hashed.count(path) == 1


def test_what_was_just_appended_is_not_hashed_again(small: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checked.durable, "sha256", lambda *_: pytest.fail("hashed again"))
    assert small.current("finding").num_rows == 2
