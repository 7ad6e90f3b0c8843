"""CoinJoin shapes: rounds drawn from the protocols' documents, accounts that cannot be, Tx0s with one premix."""

import importlib.util
from itertools import product
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leadline.engines.ledger.clustering import coinjoin_kernels, coinjoins, reference
from leadline.engines.ledger.clustering.funding_kernels import funded
from leadline.model.ledger import EQUAL_OUTPUTS, JOIN_NONE, JOIN_UNKNOWN, JOINMARKET, SMALL_EQUAL, TX0, WASABI2

settings.register_profile("joins", deadline=None)
settings.load_profile("joins")
ROUNDS = Path(__file__).resolve().parents[4] / "benchmarks" / "tracing" / "rounds.py"


@pytest.fixture(scope="module")
def rounds() -> ModuleType:
    """The generator of mixes that the figures are measured on."""
    spec = importlib.util.spec_from_file_location("rounds", ROUNDS)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def shape(inputs: list[int], outputs: list[int], returns: int = 0, keyhashes: int | None = None) -> int:
    ins, outs = np.array(inputs, np.int64), np.array(outputs, np.int64)
    paid = len(outs) - returns if keyhashes is None else keyhashes
    return int(coinjoin_kernels.kind(ins, len(ins), np.arange(len(ins)), outs, len(outs), returns, paid))


@pytest.mark.parametrize(("owners", "least"), [(20, 0.95), (40, 1.0), (120, 1.0)])
def test_drawn_wasabi_2_rounds(rounds: ModuleType, owners: int, least: float) -> None:
    rng = np.random.Generator(np.random.PCG64(owners))
    drawn = [rounds.wasabi2(rng, owners) for _ in range(60)]
    found = [shape([v for v, _ in r.inputs], [v for v, _ in r.outputs]) for r in drawn]
    assert found.count(WASABI2) >= least * len(drawn)


@pytest.mark.parametrize("makers", [2, 4, 9, 14])
def test_drawn_joinmarket_mixes(rounds: ModuleType, makers: int) -> None:
    rng = np.random.Generator(np.random.PCG64(makers))
    drawn = [rounds.joinmarket(rng, makers) for _ in range(300)]
    found = [shape([v for v, _ in r.inputs], [v for v, _ in r.outputs]) for r in drawn]
    assert found == [JOINMARKET] * len(drawn)


def test_equal_payments_out_of_one_purse_are_no_mix() -> None:
    equal = [100_000_000] * 3
    assert shape([900_000_000, 5_000, 6_000, 7_000, 8_000], [*equal, 40_000_000, 559_000_000]) == JOIN_NONE
    assert shape([310_000_000, 200_000_000, 150_000_000, 10_000], [*equal, 40_000_000, 209_000_000]) == JOINMARKET
    five = [50_000_000] * 5
    assert shape([900_000_000, *[5_000] * 6], [*five, 1, 2, 3, 4, 5, 6, 649_000_000]) == JOIN_NONE
    assert shape([90_000_000] * 7, [*five, 1, 2, 3, 4, 5, 6, 379_000_000]) == EQUAL_OUTPUTS


@given(st.lists(st.integers(1, 40), min_size=1, max_size=6), st.lists(st.integers(1, 40), min_size=1, max_size=3))
def test_of_few_inputs_accounts_are_refused_just_where_no_sharing_out_exists(
    inputs: list[int], needs: list[int]
) -> None:
    found = funded(np.sort(np.array(inputs)), len(inputs), np.sort(np.array(needs)), len(needs))
    assert found == reference.funded(inputs, needs)
    ways = (
        [sum(v for v, k in zip(inputs, owner, strict=True) if k == n) for n in range(len(needs))]
        for owner in product(range(len(needs)), repeat=len(inputs))
    )
    assert found == any(all(h >= x for h, x in zip(held, needs, strict=True)) for held in ways)


def test_a_purse_that_cannot_be_shared_out_is_none_of_several() -> None:
    """Real: six coins of 0.001, three of 0.01 and one of 0.05 bitcoin pay 0.01 three times, 0.025 and 0.03."""
    inputs = [97_086, *[100_000] * 6, *[1_000_000] * 3, 5_000_000]
    outputs = [1_000_000, 2_500_000, 186_701, 1_000_000, 1_000_000, 3_000_000]
    assert shape(inputs, outputs) == JOIN_NONE
    shares = np.sort(np.array([1_086_701, 3_400_000, 3_900_000]))
    assert not funded(np.sort(np.array(inputs)), len(inputs), shares, 3)


def test_coins_moved_one_by_one_are_no_mix() -> None:
    """Real: six coins of 0.01 bitcoin become five and the rest of the sixth, which alone paid."""
    six = [1_000_000] * 6
    assert shape(six, [*six[:5], 993_367]) == JOIN_NONE
    assert shape([*six, 100_000], [*six, 82_152]) == JOIN_NONE
    assert shape([*six[:5], 1_000_100], [*six[:5], 993_367]) == EQUAL_OUTPUTS, "one brought more than he took"


@pytest.mark.parametrize("pool", coinjoins.POOLS)
@pytest.mark.parametrize("part", [100, 57, 29, 20])
def test_a_tx0_has_data_a_charge_and_premixes_and_pays_key_hashes_only(pool: int, part: int) -> None:
    premix, charge = pool + 4_730, -(-pool // part)
    for outputs in (
        [0, charge, premix, pool // 3],
        [0, charge, premix],
        [0, charge, premix, premix + 900],
        [0, charge, *[premix] * 9, pool // 3],
        [0, charge, *[premix] * 2],
    ):
        assert shape([2 * pool], outputs, 1) == TX0
        assert shape([2 * pool], outputs, 1, keyhashes=len(outputs) - 2) == JOIN_NONE
        assert shape([2 * pool], outputs, 0) == JOIN_NONE
    for wrong in (pool // 20 + 1, pool // 100 - 1, pool // 3):
        assert shape([2 * pool], [0, wrong, premix, pool // 3], 1) == JOIN_NONE
        assert shape([2 * pool], [0, wrong, *[premix] * 9, pool // 3], 1) == JOIN_NONE
    assert shape([2 * pool], [0, charge, pool, pool // 3], 1) == JOIN_NONE
    assert shape([2 * pool], [1, charge, premix, pool // 3], 1) == JOIN_NONE
    assert shape([2 * pool], [0, charge, *[premix] * 9, pool // 3, 700, 800], 1) == JOIN_NONE


@pytest.mark.parametrize("paid", [120_000, 150_000, 250_000, 1_100_000])
def test_commits_of_another_protocol_are_no_tx0(paid: int) -> None:
    """Data, two equal payouts to whoever is to be paid, and change: as miners of another chain commit to its blocks."""
    for change in (900, 8_000, 700_000, 90_000_000):
        assert shape([2 * paid + change + 3_000], [0, paid, paid, change], 1) == JOIN_NONE
        assert shape([2 * paid + change + 3_000], [0, paid, paid, change], 1, keyhashes=1) == JOIN_NONE


@pytest.mark.parametrize("amount", [330, 600, 1_000, 10_000, 27_299])
def test_trades_of_assets_are_no_mix_and_keep_their_owners_apart(amount: int) -> None:
    """Coins of one small amount change hands, each beside another of its owner: of several owners, but no mix."""
    for owners in (3, 5):
        inputs = [*[amount] * owners, *(400_000 + 7 * k for k in range(owners))]
        outputs = [*[amount] * owners, *(399_900 + 7 * k for k in range(owners))]
        assert shape(inputs, outputs) == SMALL_EQUAL
    bought = [*[50_000] * 3, 60_000, 70_000, 75_000]
    assert shape([*[40_000] * 3, 300_000], bought) == JOIN_NONE, "no income is larger than half of what is mixed"
    assert shape([30_000_000] * 3, [27_300] * 3 + [29_000_000, 29_000_001, 29_000_002]) == JOINMARKET
    many = [amount] * 60
    assert shape([amount] * 59 + [9_000_000], [*many, 8_000_000]) in (WASABI2, SMALL_EQUAL, JOIN_NONE)
    assert (shape([amount] * 59 + [9_000_000], [*many, 8_000_000]) == WASABI2) == (amount >= 5_000)


def test_where_a_value_is_unknown_so_is_the_shape(rounds: ModuleType) -> None:
    """Of drawn mixes none is named once one input is unknown; a Tx0 is what its outputs say."""
    rng = np.random.Generator(np.random.PCG64(2))
    drawn = [rounds.joinmarket(rng, 5) for _ in range(50)] + [rounds.wasabi2(rng, 60) for _ in range(10)]
    for made in drawn:
        ins, outs = [v for v, _ in made.inputs], [v for v, _ in made.outputs]
        assert shape(ins, outs) not in (JOIN_NONE, JOIN_UNKNOWN)
        assert shape([*ins[1:], -1], outs) == JOIN_UNKNOWN
        assert shape([-1] * len(ins), outs) == JOIN_UNKNOWN
    assert shape([-1] * 5, [1_000_000] * 5) == JOIN_UNKNOWN
    assert shape([-1, -1], [3, 4, 5, 6]) == JOIN_NONE, "no values of inputs make a mix of it"
    assert shape([-1], [0, 5_000, 104_730, 33_000], 1) == TX0


def test_denominations_are_those_the_rounds_are_drawn_from(rounds: ModuleType) -> None:
    known = {*coinjoins.TYPED.tolist(), *coinjoins.UNTYPED.tolist()}
    assert {d for d in rounds.DENOMINATIONS if d <= 2**38} <= known
    assert not set(coinjoins.TYPED.tolist()) & set(coinjoins.UNTYPED.tolist())
