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
from leadline.model.ledger import EQUAL_OUTPUTS, JOIN_NONE, JOINMARKET, TX0, WASABI2

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


def shape(inputs: list[int], outputs: list[int], returns: int = 0) -> int:
    ins, outs = np.array(inputs, np.int64), np.array(outputs, np.int64)
    return int(coinjoin_kernels.kind(ins, len(ins), np.arange(len(ins)), outs, len(outs), returns))


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


@pytest.mark.parametrize(("pool", "charge"), [*zip(coinjoins.POOLS, coinjoins.POOL_CHARGES, strict=True)])
def test_a_tx0_with_one_premix(pool: int, charge: int) -> None:
    premix = pool + 4_730
    assert shape([2 * pool], [0, charge, premix, pool // 3], 1) == TX0
    assert shape([2 * pool], [0, charge, premix], 1) == TX0
    assert shape([2 * pool], [0, charge + 1, premix, pool // 3], 1) == JOIN_NONE
    assert shape([2 * pool], [0, charge, pool, pool // 3], 1) == JOIN_NONE
    assert shape([2 * pool], [1, charge, premix, pool // 3], 1) == JOIN_NONE


def test_denominations_are_those_the_rounds_are_drawn_from(rounds: ModuleType) -> None:
    known = {*coinjoins.TYPED.tolist(), *coinjoins.UNTYPED.tolist()}
    assert {d for d in rounds.DENOMINATIONS if d <= 2**38} <= known
    assert not set(coinjoins.TYPED.tolist()) & set(coinjoins.UNTYPED.tolist())
