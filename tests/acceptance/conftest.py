"""One tiny training case, played to the end once a test run, whatever the number of workers."""

import fcntl
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from leadline.scenario.plan import SIZES, Options
from leadline.scenario.rehearse import rehearse

SEED = 7


@pytest.fixture(scope="session")
def played(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a tiny case played to the end; tests only read it."""
    base = tmp_path_factory.getbasetemp()
    shared = (base.parent if base.name.startswith("popen-") else base) / "played"
    with (shared.with_name("played.lock")).open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (shared / "scorecard.json").exists():
            rehearse(shared, Options(SIZES["tiny"], SEED))
    return shared


@pytest.fixture
def copied(played: Path, tmp_path: Path) -> Callable[[], Path]:
    """A function: a fresh copy of `played` that a test may change."""

    def make() -> Path:
        target = tmp_path / "copy"
        shutil.copytree(played, target)
        return target

    return make
