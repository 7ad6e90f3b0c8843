"""The small case of the store's tests and the training chain of trace's, for the views over them."""

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

TESTS = Path(__file__).resolve().parents[1]


def _of(folder: str) -> ModuleType:
    """The fixtures of another folder of tests."""
    name = f"fixtures_of_{folder.replace('/', '_')}"
    spec = importlib.util.spec_from_file_location(name, TESTS / folder / "conftest.py")
    assert spec and spec.loader
    module = sys.modules[name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


_store, _steps, _trace = _of("store"), _of("steps"), _of("steps/trace")
small, hand = _store.small, _store.hand
hand_inputs = _steps.hand_inputs
case, traced, view_of = _trace.case, _trace.traced, _trace.view_of
