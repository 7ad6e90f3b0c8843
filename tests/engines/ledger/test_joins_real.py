"""CoinJoin shapes on real mainnet mixes: agreement with the detectors that found them, not truth."""

from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

BENCHMARKS = Path(__file__).resolve().parents[3] / "benchmarks"


@pytest.fixture(scope="module")
def coinjoins() -> Iterator[ModuleType]:
    """The module that measures the published figures."""
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(BENCHMARKS)
        from tracing import coinjoins

        yield coinjoins


@pytest.fixture(scope="module")
def rows(coinjoins: ModuleType, data_dir: Path) -> dict[str, Any]:
    """Figures by list."""
    return {row["list"]: row for row in coinjoins.table(data_dir / "chain")}


def test_mixes_are_kept_out_and_named(rows: dict[str, Any]) -> None:
    assert rows["Whirlpool mixes"]["ours"]["n"] == 1403
    assert rows["Whirlpool mixes"]["named as listed"]["share"] >= 0.99
    assert rows["Wasabi 1 mixes"]["ours"]["n"] == 196
    assert rows["Wasabi 1 mixes"]["ours"]["share"] >= 0.99
    kinds = rows["Wasabi 1 mixes"]["kinds"]
    assert kinds == {"wasabi1": 186, "joinmarket": 10}, "ten have a dozen equal outputs at most, with a change each"


def test_a_tx0_is_known_or_is_a_whole_mix(rows: dict[str, Any]) -> None:
    kinds = rows["Whirlpool Tx0"]["kinds"]
    assert kinds["whirlpool"] == 151, "mixes of before the month that feed mixes of the month"
    assert kinds["tx0"] >= 0.99 * (900 - 151)
    assert set(kinds) == {"tx0", "whirlpool", "none"}


def test_false_alarms_after_a_mix(rows: dict[str, Any]) -> None:
    after = rows["Whirlpool post-mix spends"]
    assert after["kinds"]["whirlpool"] == 251, "re-mixes of after the five days that the list of mixes covers"
    rest = after["without whole Whirlpool mixes"]
    assert rest["ours"]["part"] < 10 < rest["BlockSci's rule"]["part"]
    wasabi = rows["Wasabi 1 post-mix spends"]
    assert set(wasabi["kinds"]) == {"none", "joinmarket"}
    assert wasabi["ours"]["part"] <= wasabi["BlockSci's rule"]["part"]


def test_blockscis_rule_gives_the_figures_published_of_it(rows: dict[str, Any]) -> None:
    shares = {name: round(100 * row["BlockSci's rule"]["share"], 1) for name, row in rows.items()}
    assert shares == {
        "Whirlpool mixes": 0.0,
        "Whirlpool Tx0": 1.9,
        "Whirlpool post-mix spends": 9.3,
        "Wasabi 1 mixes": 13.8,
        "Wasabi 1 post-mix spends": 3.4,
    }


def test_what_a_published_list_calls_no_wasabi_1_is_not_named_so(coinjoins: ModuleType, data_dir: Path) -> None:
    listed = coinjoins.wrongly_listed(data_dir / "chain")
    assert listed["at hand"] == 4
    assert listed["named Wasabi 1"]["part"] == 0
