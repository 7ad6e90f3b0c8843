"""Mutated inputs end in rows or in an error of Leadline's own, at every reader and source (tools/fuzz_readers.py)."""

import importlib.util
import random
import sys
from pathlib import Path
from types import ModuleType

import pytest

TOOL = Path(__file__).resolve().parents[2] / "tools" / "fuzz_readers.py"


@pytest.fixture(scope="module")
def tool() -> ModuleType:
    spec = importlib.util.spec_from_file_location("fuzz_readers", TOOL)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def test_mutated_inputs_are_rows_or_named_errors(tool: ModuleType, capsys: pytest.CaptureFixture[str]) -> None:
    assert tool.fuzz(2_000, 7, []) == {}
    assert capsys.readouterr().out.startswith("2,000 inputs")


def test_the_tool_finds_what_is_planted(tool: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    def planted(data: bytes) -> None:
        if b"\0" in data:
            raise ZeroDivisionError

    monkeypatch.setattr(tool, "codecs", planted)
    (found,) = tool.fuzz(200, 1, ["codecs"])
    assert found.startswith("codecs: ZeroDivisionError")


def test_seeds_are_read_as_they_are_and_one_seed_gives_one_input(tool: ModuleType, tmp_path: Path) -> None:
    made = tool.seeds(tmp_path)
    for name in ("sqlite", "sqldump", "weblog", "table"):
        path = tmp_path / name
        path.write_bytes(made[name])
        (reader,) = [r for r in tool.READERS if r.name == name]
        assert tool.rows(reader, path) >= 1, name
    pool = list(made.values())
    assert tool.mutated(random.Random(3), pool, pool[1]) == tool.mutated(random.Random(3), pool, pool[1])
