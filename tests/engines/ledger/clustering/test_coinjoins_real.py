"""CoinJoin shapes on real mainnet mixes: agreement with the detectors that found them, not truth."""

from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from leadline.engines.ledger import build, open_ledger
from leadline.engines.ledger.clustering import reference
from leadline.kinds.bitcoin import tx as txs
from leadline.model.ledger import JOIN_NONE, JOIN_UNKNOWN, MIXES, TX0

BENCHMARKS = Path(__file__).resolve().parents[4] / "benchmarks"


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
    assert kinds == {"whirlpool": 151, "tx0": 749}


def test_false_alarms_after_a_mix(rows: dict[str, Any]) -> None:
    """None is left once spends that are mixes by signs our rules do not use are set apart; BlockSci's rule has 244."""
    after = rows["Whirlpool post-mix spends"]
    assert after["kinds"]["whirlpool"] == 251
    assert after["ours"]["part"] == 252
    rest = after["mixes left out"]
    assert (rest["ours"]["part"], rest["BlockSci's rule"]["part"], rest["ours"]["n"]) == (0, 244, 2384)
    wasabi = rows["Wasabi 1 post-mix spends"]
    assert set(wasabi["kinds"]) == {"none", "joinmarket"}
    rest = wasabi["mixes left out"]
    assert (rest["ours"]["part"], rest["BlockSci's rule"]["part"], rest["ours"]["n"]) == (0, 0, 342)


def test_what_is_named_joinmarket_has_accounts_that_close(rows: dict[str, Any]) -> None:
    for name in ("Wasabi 1 mixes", "Wasabi 1 post-mix spends", "Whirlpool post-mix spends"):
        told = rows[name]["accounts"]
        assert told["n"] == rows[name]["kinds"]["joinmarket"]
        assert told["accounts that close"] > 0.7 * told["changes"]
        assert told["by chance"] < 0.1 * told["changes"] or told["n"] == 1
    page = (BENCHMARKS.parent / "docs" / "coinjoins.md").read_text("utf-8")
    for name in ("Wasabi 1 mixes", "Wasabi 1 post-mix spends"):
        told = rows[name]["accounts"]
        assert f"{told['accounts that close']} of their {told['changes']} changes close, {told['by chance']} " in page
    for name in ("Whirlpool post-mix spends", "Wasabi 1 post-mix spends"):
        for row in (rows[name], rows[name]["mixes left out"]):
            shown = [f"{row[who]['part']} of {row[who]['n']:,}" for who in ("ours", "BlockSci's rule")]
            assert f"| {' | '.join(shown)} |" in page


def test_the_signs_of_a_mix_find_all_listed_ones_and_nothing_else(coinjoins: ModuleType, data_dir: Path) -> None:
    from tracing import real_mixes

    def listed(name: str) -> list[Any]:
        return coinjoins.lines(data_dir / "chain" / "coinjoin" / coinjoins.LISTS[name][0], coinjoins.LISTS[name][1])

    mixes = listed("Whirlpool mixes")
    assert all(real_mixes.of_its_maker(i, o) and real_mixes.in_order(i, o) for _, i, o in mixes)
    spends = listed("Whirlpool post-mix spends")
    own = [(i, o) for _, i, o in spends if real_mixes.of_its_maker(i, o)]
    assert len(own) == 251
    assert all(real_mixes.in_order(i, o) for i, o in own), "the coordinator's order, of which no rule knows"
    assert all(len({prev for prev, *_ in i}) == len(i) for i, _ in own)
    others = [(i, o) for _, i, o in spends if not real_mixes.of_its_maker(i, o) and len(i) >= 5]
    assert sum(real_mixes.in_order(i, o) for i, o in others) < len(others) / 2


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


def with_prevouts(blocks: Path, name: str) -> tuple[list[txs.Tx], list[list[tuple[int, bytes]]]]:
    """The transactions of a real block but its coinbase, and what each input spent, from the file beside it."""
    raw, spent = (blocks / f"{name}.raw").read_bytes(), (blocks / f"{name}-undo.raw").read_bytes()
    at, members = 80 + {0xFD: 3, 0xFE: 5}.get(raw[80], 1), []
    while at < len(raw):
        member, at = txs.parse(raw, at)
        members.append(member)
    at, coins = 0, []
    for member in members[1:]:
        own = []
        for _ in member.inputs:
            size, begin = spent[at + 8], at + 9
            if size == 0xFD:
                size, begin = int.from_bytes(spent[at + 9 : at + 11], "little"), at + 11
            own.append((int.from_bytes(spent[at : at + 8], "little"), spent[begin : begin + size]))
            at = begin + size
        coins.append(own)
    assert at == len(spent), "every input has its coin, and none is left"
    return members[1:], coins


@pytest.mark.parametrize(
    ("name", "network", "named", "unknown"), [("bcoin_300025", "main", 4, 4), ("bcoin_928816", "test", 0, 780)]
)
def test_no_name_is_made_up_where_values_of_inputs_are_not_there(
    data_dir: Path, tmp_path: Path, name: str, network: str, named: int, unknown: int
) -> None:
    """Real blocks with and without what their inputs spent: what is named with it is unknown without, never named."""
    blocks = data_dir / "chain" / "blocks"
    members, coins = with_prevouts(blocks, name)
    outputs = [[(o.value, o.script) for o in m.outputs] for m in members]
    shapes = [reference.join_kind(spent, paid) for spent, paid in zip(coins, outputs, strict=True)]
    assert sum(code in MIXES for code in shapes) == named
    info = build(tmp_path / "l", [blocks / f"{name}.raw"], network)
    ledger = open_ledger(tmp_path / "l")
    assert (info["coinjoins"], info["unknown_shapes"]) == ({}, unknown)
    kept = {txs.txid(m) for m, code in zip(members, shapes, strict=True) if code not in (JOIN_NONE, TX0)}
    assert kept <= {ledger.tx_id[t].tobytes() for t in np.flatnonzero(ledger.tx_join == JOIN_UNKNOWN)}
