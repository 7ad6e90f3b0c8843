"""The blocks of a training chain, for ledgers that grow."""

import pytest

from leadline.scenario.chain import build_chain
from leadline.scenario.people import draw_plan
from leadline.scenario.plan import SIZES, Options


@pytest.fixture(scope="session")
def blocks(tmp_path_factory: pytest.TempPathFactory) -> list[bytes]:
    """Every block in order, without the frame it has in a file."""
    folder = tmp_path_factory.mktemp("training")
    plan, _ = draw_plan(Options(SIZES["tiny"], 5))
    build_chain(folder, plan)
    raw = b"".join(p.read_bytes() for p in sorted(folder.glob("blk*.dat")))
    found, at = [], 0
    while raw[at : at + 4] == bytes.fromhex("fabfb5da"):
        size = int.from_bytes(raw[at + 4 : at + 8], "little")
        found.append(raw[at + 8 : at + 8 + size])
        at += 8 + size
    return found
