"""What inputs of a real block reveal of the scripts they spend is what the block's undo data records."""

import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest


@pytest.fixture(scope="module")
def real_blocks() -> Iterator[ModuleType]:
    """The module of the benchmark that reads single blocks."""
    folder = str(Path(__file__).resolve().parents[2] / "benchmarks")
    sys.path.insert(0, folder)
    try:
        from tracing import real_blocks

        yield real_blocks
    finally:
        sys.path.remove(folder)


def test_revealed_scripts_are_those_spent(real_blocks: ModuleType, data_dir: Path) -> None:
    folder = data_dir / "chain" / "blocks"
    undo, at = (folder / "bcoin_300025-undo.raw").read_bytes(), 0
    told = right = 0
    for tx in real_blocks.transactions(folder / "bcoin_300025.raw"):
        for source in tx.inputs:
            size, at = real_blocks._compact(undo, at + 8)
            script, at = undo[at : at + size], at + size
            shown = real_blocks.spent_script(source)
            told += shown is not None
            right += shown == script
    assert at == len(undo)
    assert told == right > 500
