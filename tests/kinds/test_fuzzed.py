"""Mutated inputs end in rows or in an error of Leadline's own, at every reader and source (tools/fuzz_readers.py)."""

import importlib
import random
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

TOOLS = Path(__file__).resolve().parents[2] / "tools"


@pytest.fixture(scope="module")
def tool() -> Iterator[ModuleType]:
    sys.path.insert(0, str(TOOLS))
    yield importlib.import_module("fuzz_readers")
    sys.path.remove(str(TOOLS))


def test_mutated_inputs_are_rows_or_named_errors(tool: ModuleType, capsys: pytest.CaptureFixture[str]) -> None:
    assert tool.fuzz(2_000, 7, []) == {}
    assert capsys.readouterr().out.startswith("2,000 inputs")


def test_the_tool_finds_what_is_planted(tool: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    def planted(data: bytes) -> None:
        if b"\0" in data:
            raise ZeroDivisionError

    monkeypatch.setattr(tool.fuzz_grammars, "codecs", planted)
    (found,) = tool.fuzz(200, 1, ["codecs"])
    assert found.startswith("codecs: ZeroDivisionError")


def test_every_target_has_seeds_that_it_reads_as_they_are(tool: ModuleType, tmp_path: Path) -> None:
    made = tool.fuzz_seeds.seeds()
    names = {seed for _, seed, _ in tool.everything()}
    assert names - made.keys() == {"", "codecs"}
    assert made.keys() <= names | {"members"}
    path = tmp_path / "input"
    for _name, seed, read in tool.everything():
        for data in made.get(seed, ()):
            path.write_bytes(data)
            read(path)
    for reader in tool.READERS:
        read_rows = 0
        for data in made[reader.name]:
            path.write_bytes(data)
            read_rows += tool.rows(reader, path)
        assert read_rows >= 1, reader.name


def test_one_seed_gives_one_input(tool: ModuleType) -> None:
    pool = [data for several in tool.fuzz_seeds.seeds().values() for data in several]
    assert tool.mutated(random.Random(3), pool, pool[1]) == tool.mutated(random.Random(3), pool, pool[1])
