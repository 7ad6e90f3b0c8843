"""What the analyst writes is read within bounds: neither its length nor its depth ends the process."""

from pathlib import Path

import pytest

from leadline.errors import EvidenceError, MappingError
from leadline.kinds.mapping import grammar
from leadline.steps.intake import load_map, plan

DEEP = "a = " + "[" * 100_000


def test_a_map_is_bounded(tmp_path: Path) -> None:
    path = tmp_path / "map.toml"
    path.write_text(DEEP)
    with pytest.raises(MappingError, match="nested too deep"):
        load_map(str(path))
    path.write_text("#" * (grammar.LONGEST + 1))
    with pytest.raises(MappingError, match="more than 1,048,576 characters"):
        load_map(str(path))


def test_a_listing_is_bounded(tmp_path: Path) -> None:
    path = tmp_path / plan.__globals__["LISTING"]
    path.write_text(DEEP)
    with pytest.raises(EvidenceError, match="nested too deep"):
        plan([tmp_path])
    path.write_text("#" * (plan.__globals__["LONGEST"] + 1))
    with pytest.raises(EvidenceError, match="more than 16,777,216 characters"):
        plan([tmp_path])
