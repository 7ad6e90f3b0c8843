"""What a slice of a chain can say and what it must not: unknown is not zero, outside is not unspent."""

import struct
from pathlib import Path
from types import ModuleType

import pytest

from leadline.commands.ledger import _unknown
from leadline.commands.picture import lines as picture_lines
from leadline.engines.ledger import Ledger, build, open_ledger
from leadline.errors import UsageError
from leadline.kinds.bitcoin.script import p2pkh
from leadline.kinds.bitcoin.tx import (
    Tx,
    compact,
    id_text,
    sha256d,
    txid,
)
from leadline.views import transaction as lookups
from leadline.views.named import tx_of

A, B, C, D = (p2pkh(bytes([k]) * 20) for k in range(1, 5))


@pytest.fixture
def chain(regtest: ModuleType) -> tuple[list[bytes], list[Tx]]:
    """Genesis and six blocks; t0 in block 2 pays A and B, t1 in block 4 spends A's to C, t2 in block 6 C's and B's."""
    coin = regtest.coinbase(1)
    t0 = regtest.spend([(coin, 0)], [(1000, A), (2000, B)])
    t1 = regtest.spend([(t0, 0)], [(900, C)])
    t2 = regtest.spend([(t1, 0), (t0, 1)], [(2800, D)])
    return [regtest.GENESIS, *regtest.chain([[], [t0], [], [t1], [], [t2]])], [t0, t1, t2]


def ledger_of(tmp_path: Path, regtest: ModuleType, *blocks: bytes) -> Ledger:
    build(tmp_path / "ledger", [regtest.write(tmp_path, regtest.framed(list(blocks)))], "regtest")
    return open_ledger(tmp_path / "ledger")


def facts(ledger: Ledger, tx: Tx) -> lookups.Facts:
    return lookups.transaction(ledger, tx_of(ledger, id_text(txid(tx))))


def test_a_fee_over_an_unknown_input_is_null_and_never_zero(
    chain: tuple[list[bytes], list[Tx]], regtest: ModuleType, tmp_path: Path
) -> None:
    blocks, (t0, t1, t2) = chain
    ledger = ledger_of(tmp_path, regtest, *blocks[3:])
    info = ledger.info()
    assert (info["spends_resolved"], info["unresolved"], info["unknown_inputs"]) == (1, 2, 2)
    assert facts(ledger, t1)["fee_sat"] is None
    mixed = facts(ledger, t2)
    assert [i["value_sat"] for i in mixed["inputs"]] == [900, None]
    assert [i["kind"] for i in mixed["inputs"]] == ["p2pkh", "outside"]
    assert mixed["fee_sat"] is None
    with pytest.raises(UsageError, match="not in the ledger"):
        facts(ledger, t0)


def test_outside_the_ledger_is_not_unspent(
    chain: tuple[list[bytes], list[Tx]], regtest: ModuleType, tmp_path: Path
) -> None:
    """With block 4 missing, A's coins have no spender in the ledger and are nevertheless spent."""
    blocks, (t0, _, t2) = chain
    ledger = ledger_of(tmp_path, regtest, *blocks[:4], *blocks[5:])
    assert [(s["first_height"], s["blocks"]) for s in ledger.info()["segments"]] == [(0, 4), (5, 2)]
    assert [o["state"] for o in facts(ledger, t0)["outputs"]] == [lookups.OUTSIDE_STATE, lookups.SPENT]
    assert [o["state"] for o in facts(ledger, t2)["outputs"]] == [lookups.UNSPENT]
    whole = tmp_path / "whole"
    build(whole, [regtest.write(tmp_path / "all", regtest.framed(blocks))], "regtest")
    paid = lookups.address(ledger, A)
    assert (paid["received_sat"], paid["spent_sat"], paid["outside_sat"]) == (1000, 0, 1000)
    assert [o["state"] for o in facts(open_ledger(whole), t0)["outputs"]] == [lookups.SPENT] * 2


def test_the_genesis_coin_and_a_replaced_one_can_never_be_spent(regtest: ModuleType, tmp_path: Path) -> None:
    twice = regtest.coinbase(7)
    blocks = [regtest.GENESIS]
    for n in range(2):
        blocks.append(regtest.block(sha256d(blocks[-1][:80]), [twice], 1_300_000_000 + n))
    ledger = ledger_of(tmp_path, regtest, *blocks)
    states = [lookups.output(ledger, o)["state"] for o in range(3)]
    assert states == [lookups.UNSPENDABLE, lookups.UNSPENDABLE, lookups.UNSPENT]


def test_what_an_undo_record_tells_of_outside_coins_is_found_by_their_script(
    chain: tuple[list[bytes], list[Tx]], regtest: ModuleType, tmp_path: Path
) -> None:
    """Block 4 alone, with its undo record: A's 1000 satoshi were spent there, though no output to A is in the slice."""
    blocks, (_, t1, _) = chain
    coin = b"\x02\x00" + b"\x09" + b"\x00" + A[3:23]
    body = compact(1) + compact(1) + coin
    magic = bytes.fromhex("fabfb5da")
    regtest.write(tmp_path / "node", regtest.framed(blocks[4:5]))
    rev = magic + struct.pack("<I", len(body)) + body + sha256d(blocks[4][4:36] + body)
    regtest.write(tmp_path / "node", rev, "rev00000.dat")
    build(tmp_path / "ledger", [tmp_path / "node"], "regtest")
    ledger = open_ledger(tmp_path / "ledger")
    (spent,) = facts(ledger, t1)["inputs"]
    value = spent["value_sat"]
    assert spent["script"] == A.hex()
    assert spent["outpoint"] is None
    assert ledger.info()["unresolved"] == 1
    assert ledger.info()["unknown_inputs"] == 0
    found = lookups.address(ledger, A)
    assert found["found"] is True
    assert found["outputs"] == []
    assert found["spent_from_outside"] == [{"txid": id_text(txid(t1)), "value_sat": value}]


def test_heights_are_told_where_a_coinbase_states_them_and_null_where_not(regtest: ModuleType, tmp_path: Path) -> None:
    far = [regtest.block(b"\x55" * 32, [regtest.coinbase(k)], 1_400_000_000 + k, version=1) for k in (1,)]
    told = regtest.chain([[], []], prev=b"\x44" * 32, first=500)
    ledger = ledger_of(tmp_path, regtest, *told, *far)
    heights = [(s["first_height"], s["last_height"]) for s in ledger.info()["segments"]]
    assert sorted(heights, key=str) == [(500, 501), (None, None)]
    tx = lookups.transaction(ledger, int(ledger.block_first_tx[2]))
    assert tx["height"] is None
    assert tx["median_time"] is None
    assert tx["coinbase"] is True
    assert tx["fee_sat"] is None
    assert tx["subsidy_sat"] is None
    for height in (-1, 500, 502):
        with pytest.raises(UsageError, match="no height"):
            ledger.at(height)


def test_a_slice_pins_what_it_covers(chain: tuple[list[bytes], list[Tx]], regtest: ModuleType, tmp_path: Path) -> None:
    blocks, _ = chain
    ledger = ledger_of(tmp_path, regtest, *blocks[:3], *blocks[4:])
    pin = ledger.pin()
    assert ledger.at_pin(int(pin["height"]), str(pin["digest"])).pin() == pin


@pytest.mark.parametrize("whole", [True, False])
def test_without_values_of_its_inputs_a_mix_is_of_unknown_shape_and_counted(
    regtest: ModuleType, tmp_path: Path, whole: bool
) -> None:
    """Five owners take out 0.01 bitcoin each: seen where the ledger has their coins, else unknown, joined by none."""
    owners = [p2pkh(bytes([k]) * 20) for k in range(20, 25)]
    coin = regtest.coinbase(1)
    fund = regtest.spend([(coin, 0)], [(1_000_000 + 30_000 * k, s) for k, s in enumerate(owners)])
    mix = regtest.spend([(fund, k) for k in range(5)], [(1_000_000, p2pkh(bytes([k]) * 20)) for k in range(30, 35)])
    blocks = [regtest.GENESIS, *regtest.chain([[], [fund], [mix]])]
    ledger = ledger_of(tmp_path, regtest, *(blocks if whole else blocks[3:]))
    info = ledger.info()
    assert (info["unknown_shapes"], info["coinjoins"]) == ((0, {"whirlpool": 1}) if whole else (1, {}))
    said = facts(ledger, mix)
    assert said["shape"] == ("whirlpool" if whole else "unknown")
    assert ledger.is_coinjoin.sum() == whole
    assert info["clustered_scripts"] == 0
    assert bool(_unknown(info["unknown_shapes"])) != whole
    assert ("shape unknown" in " ".join(picture_lines(said, 120, ascii_only=True))) != whole
