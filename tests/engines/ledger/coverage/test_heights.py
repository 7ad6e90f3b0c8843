"""Which heights a case lacks: enough for its days, in whole steps, and made of the days alone."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from types import ModuleType

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leadline.engines.ledger import build, open_ledger
from leadline.engines.ledger.coverage import heights
from leadline.engines.ledger.coverage.heights import FASTEST, SLOWEST, STEP, Heights, Run, wanted, without
from leadline.engines.ledger.coverage.order import Days
from leadline.errors import ChainError

GENESIS = 1_231_006_505
REAL = (
    "bitcoinj_block227835.dat",
    "bitcoinj_block227836.dat",
    "bcoin_300025.raw",
    "bitcoinj_block363703.dat",
    "floresta_367891.raw.zst",
    "core_block413567.raw",
    "bitcoinj_block481815.dat",
    "bcoin_482683.raw",
)
"""Real blocks whose coinbases state their heights, 2013 to 2017."""


def unpacked(raw: bytes) -> bytes:
    with pa.input_stream(pa.py_buffer(raw), compression="zstd") as stream:
        return bytes(stream.read())


def numbers(ranges: list[Heights]) -> set[int]:
    return {n for r in ranges for n in range(r.first, r.last + 1)}


@pytest.fixture(scope="module")
def chain() -> np.ndarray:
    """Times of 60,000 blocks whose rate wanders between the slowest and the fastest allowed, two hours out of order."""
    rng = np.random.default_rng(4)
    rate = np.repeat(rng.uniform(SLOWEST, FASTEST, 60), 1000)
    return GENESIS + np.cumsum(86_400 / rate).astype(np.int64) + rng.integers(-7200, 7201, 60_000)


@settings(deadline=None)
@given(
    spans=st.lists(st.tuples(st.integers(0, 59_000), st.integers(1, 3000)), min_size=1, max_size=4),
    at=st.integers(0, 59_999),
    more=st.integers(0, 40),
)
def test_every_block_of_the_days_is_asked_for(
    chain: np.ndarray, spans: list[tuple[int, int]], at: int, more: int
) -> None:
    """Whatever parts of a chain are there, however far away."""
    runs, end = [], -1
    for first, size in sorted(spans):
        if first > end:
            end = min(first + size, len(chain)) - 1
            runs.append(Run(first, chain[first : end + 1]))
    day = datetime.fromtimestamp(int(chain[at]), UTC).date()
    days = Days(day, day + timedelta(more))
    found = wanted([days], runs)
    low, high = (datetime(d.year, d.month, d.day, tzinfo=UTC).timestamp() for d in (day, days.last + timedelta(1)))
    members = set(np.flatnonzero((chain >= low) & (chain < high)).tolist())
    assert members <= numbers(found)
    held = {n for run in runs for n in range(run.first, run.last + 1)}
    left = without(found, runs)
    assert members - held <= numbers(left) <= numbers(found)
    for r in (*found, *left):
        assert r.first % STEP == 0
        assert (r.last + 1) % STEP == 0
    assert all(a.last + 1 < b.first for a, b in pairwise(left))
    assert not any(set(range(n, n + STEP)) <= held for r in left for n in range(r.first, r.last, STEP))


def test_where_the_ledger_has_the_days_its_own_heights_are_asked_for(chain: np.ndarray) -> None:
    """No more than a step on either side: nothing is guessed where the blocks are there."""
    run = Run(0, chain)
    for at in range(2_000, 58_000, 7_000):
        day = datetime.fromtimestamp(int(chain[at]), UTC).date()
        (found,) = wanted([Days(day, day)], [run])
        near = np.flatnonzero(np.abs(chain - chain[at]) < 2 * 86_400)
        assert near[0] - 2 * STEP <= found.first <= at <= found.last <= near[-1] + 2 * STEP
        assert without([found], [run]) == []


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(0, 400), st.integers(0, 9)), min_size=1, max_size=5))
def test_equal_days_give_equal_heights(chain: np.ndarray, spans: list[tuple[int, int]]) -> None:
    """Nothing but whole days goes in: days named apart or as one run, in any order, ask for the same."""
    run = Run(5_000, chain[5_000:40_000])
    first = date(2009, 3, 1)
    named = [Days(first + timedelta(a), first + timedelta(a + n)) for a, n in spans]
    days = [d.first + timedelta(k) for d in named for k in range((d.last - d.first).days + 1)]
    single = [Days(day, day) for day in days]
    assert numbers(wanted(single[::-1], [run])) == numbers(wanted(named, [run]))


def test_real_blocks_lie_in_the_heights_told_for_their_day(data_dir: Path, tmp_path: Path) -> None:
    """Each of eight real blocks from the others alone, years away; the chain's first weeks from its first block."""
    for name in REAL:
        raw = (data_dir / "chain" / "blocks" / name).read_bytes()
        if name.endswith(".zst"):
            raw = unpacked(raw)
        (tmp_path / f"{name}.dat").write_bytes(raw)
    files = sorted(tmp_path.glob("*.dat"))
    build(tmp_path / "all", files, "main")
    ledger = open_ledger(tmp_path / "all")
    runs = heights.known(ledger)
    assert sum(len(r.times) for r in runs) == len(REAL)
    for run in runs:
        others = [r for r in runs if r is not run]
        day = datetime.fromtimestamp(int(run.times[0]), UTC).date()
        (found,) = wanted([Days(day, day)], others)
        assert found.first <= run.first <= found.last
    build(tmp_path / "first", [data_dir / "chain" / "blocks" / "main_0-4312.blk00000.dat"], "main")
    (whole,) = heights.known(open_ledger(tmp_path / "first"))
    for run in runs:
        day = datetime.fromtimestamp(int(run.times[0]), UTC).date()
        (found,) = wanted([Days(day, day)], [whole])
        assert found.first <= run.first <= found.last


def test_without_a_height_it_says_so(regtest: ModuleType, tmp_path: Path) -> None:
    far = regtest.block(b"\x55" * 32, [regtest.coinbase(1)], 1_400_000_000, version=1)
    build(tmp_path / "l", [regtest.write(tmp_path, regtest.framed([far]))], "regtest")
    runs = heights.known(open_ledger(tmp_path / "l"))
    assert runs == []
    with pytest.raises(ChainError, match="no pinned ledger tells a height"):
        wanted([Days(date(2014, 5, 1), date(2014, 5, 2))], runs)
