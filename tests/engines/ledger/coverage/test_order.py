"""Which days a case lacks, and the scripts of one key."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from types import ModuleType

from hypothesis import given
from hypothesis import strategies as st

from leadline.engines.ledger import build, open_ledger
from leadline.engines.ledger.attribution.keys import same_key
from leadline.engines.ledger.clustering.links import key_hash
from leadline.engines.ledger.coverage.order import FIRST, Days, covers, wanted, without
from leadline.kinds.bitcoin import script as sc
from leadline.kinds.bitcoin.tx import TxOut

DAY = date(2016, 3, 1)
DAY_TIME = datetime(2016, 3, 1, 5, tzinfo=UTC)
NUMBERS = st.integers(0, 60)
SPANS = st.lists(st.tuples(NUMBERS, st.integers(0, 5)), max_size=8)


def days(spans: list[Days]) -> set[date]:
    return {s.first + timedelta(n) for s in spans for n in range((s.last - s.first).days + 1)}


def runs(spans: list[tuple[int, int]]) -> list[Days]:
    return [Days(DAY + timedelta(a), DAY + timedelta(a + n)) for a, n in spans]


@given(SPANS, SPANS, st.integers(0, 3), st.integers(0, 3))
def test_days_wanted_and_not_covered(spans: list[tuple[int, int]], have: list[tuple[int, int]], a: int, b: int) -> None:
    noon = datetime(2016, 3, 1, 12, tzinfo=UTC)
    found = wanted([(noon + timedelta(x), noon + timedelta(x + n)) for x, n in spans], a, b)
    expected = {DAY + timedelta(d) for x, n in spans for d in range(x - a, x + n + b + 1)}
    assert days(found) == expected
    assert all(x.last + timedelta(1) < y.first for x, y in pairwise(found))
    assert days(without(found, runs(have))) == expected - days(runs(have))


def test_days_outside_the_calendar_or_before_the_chain_are_not_asked_for() -> None:
    ends = [datetime(1, 1, 1, tzinfo=UTC), datetime(2008, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, tzinfo=UTC)]
    for before, after in ((30, 30), (10**9, 0), (0, 10**9)):
        for low in ends:
            for run in wanted([(low, max(low, ends[1]))], before, after):
                assert FIRST <= run.first <= run.last
    assert wanted([(ends[0], ends[1])], 30, 30) == []
    assert len(wanted([(DAY_TIME, DAY_TIME), (ends[2], ends[2]), (ends[0], DAY_TIME)], 10**9, 10**9)) == 1
    assert wanted([(ends[0], DAY_TIME)], 30, 30) == [Days(FIRST, DAY + timedelta(30))]


def test_a_ledger_covers_the_days_inside_it(regtest: ModuleType, tmp_path: Path) -> None:
    blocks = [regtest.GENESIS, *regtest.chain([[]] * 6, step=86_400)]
    build(tmp_path / "l", [regtest.write(tmp_path / "f", regtest.framed(blocks))], "regtest")
    (have,) = covers(open_ledger(tmp_path / "l"))
    first = datetime.fromtimestamp(1_296_688_602, UTC).date()
    assert have.first in (first, first + timedelta(1))
    assert have.last <= first + timedelta(6)
    assert have.last >= first + timedelta(4)


def test_scripts_of_one_key(regtest: ModuleType, tmp_path: Path) -> None:
    key, other = b"\2" + b"\7" * 32, b"\3" + b"\7" * 32
    h = key_hash(key)
    forms = [sc.p2pk(key), sc.p2pkh(h), sc.witness(0, h), sc.p2sh(key_hash(sc.witness(0, h)))]
    scripts = [*forms, sc.p2pk(other), sc.p2pkh(key_hash(other)), sc.p2sh(h)]
    coin = regtest.coinbase(1, tuple(TxOut(5, s) for s in scripts))
    block = regtest.block(regtest.GENESIS_HASH, [coin], 1_300_000_000)
    build(tmp_path / "l", [regtest.write(tmp_path / "f", regtest.framed([regtest.GENESIS, block]))], "regtest")
    ledger = open_ledger(tmp_path / "l")
    own = sorted(ledger.find_scripts(forms).tolist())
    for form in forms[:3]:
        assert same_key(ledger, form) == own
    assert same_key(ledger, forms[3]) == own, "the ledger shows what is inside"
    assert same_key(ledger, sc.p2sh(b"nowhere at all here!")) == []
