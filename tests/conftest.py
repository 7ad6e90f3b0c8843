"""Fixtures every test may use: the real data set, the oracles, the tiny training case."""

import importlib
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import settings

from leadline.model.session import KEY_FILE

settings.register_profile("no clock", deadline=None)
settings.load_profile("no clock")
"""No property fails for the time it took: a test asserts no time, and a busy machine is slow."""

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session", autouse=True)
def own_state(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """No test writes to the state folder of the user who runs it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_STATE_HOME", str(tmp_path_factory.mktemp("state")))
        yield


def _absent(reason: str) -> None:
    """Skip with `reason`; with CI=true an absent oracle or data set is a failure."""
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture(scope="session")
def data_dir() -> Path:
    """The folder of real public data: LEADLINE_DATA, or ``shared/data`` beside the checkout."""
    path = Path(os.environ.get("LEADLINE_DATA", ROOT.parent / "shared" / "data"))
    if not path.is_dir():
        _absent(f"no real data set beside the checkout ({path.name}); set LEADLINE_DATA to its folder")
    return path


@pytest.fixture(scope="session")
def oracle() -> Callable[[str], ModuleType]:
    """A function that imports a test-only oracle by module name."""

    def load(name: str) -> ModuleType:
        try:
            return importlib.import_module(name)
        except ImportError:
            _absent(f"oracle {name} is not installed; run the tests with the development lock")
            raise

    return load


@pytest.fixture(autouse=True)
def nobody_signed_in() -> None:
    """Each test begins with nobody signed in: a command line that was only parsed names its operator's key too."""
    KEY_FILE.set(None)
