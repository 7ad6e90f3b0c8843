"""The traps of scripts, addresses, witnesses, time, amounts and counters that have caught other programs.

Others stand beside what they concern: mixes taken for one owner (trap 9) and merges that dust makes (11) in
clustering/test_coinjoins*.py and test_links.py, clusters that collapse (10) in clustering/test_apart.py, deposits
beyond which coins are not the payer's (11) in tests/steps/trace, order and remainders of taint (12) in
tracing/test_taint.py.
"""

from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from leadline.engines.ledger import Ledger, build, open_ledger
from leadline.engines.ledger.attribution.keys import same_key
from leadline.engines.ledger.building import ingest
from leadline.engines.ledger.clustering.links import key_hash
from leadline.engines.ledger.scripts import dictionary
from leadline.errors import ChainError, EvidenceError
from leadline.kinds.bitcoin import script as sc
from leadline.kinds.bitcoin.address import decode, encode
from leadline.kinds.bitcoin.networks import REGTEST
from leadline.kinds.bitcoin.script import p2pkh
from leadline.kinds.bitcoin.tx import (
    Tx,
    TxIn,
    TxOut,
    id_text,
    parse,
    serialise,
    sha256d,
    txid,
)
from leadline.model.ledger import BY_NAME

A, B, C = (p2pkh(bytes([k]) * 20) for k in (1, 2, 3))
WHOLE_KEY = bytes.fromhex(
    "0479be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798483ada7726a3c4655da4fbfc0e1108a8fd17b448a68554199c47"
    "d08ffb10d4b8"
)
"""The point G of secp256k1 (SEC 2), as an uncompressed key."""
SHORT_KEY = b"\2" + WHOLE_KEY[1:33]
INNER = "79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798"


def ledger_of(tmp_path: Path, *files: Path, network: str = "regtest", name: str = "ledger") -> Ledger:
    build(tmp_path / name, files, network)
    return open_ledger(tmp_path / name)


def coins_of(r: ModuleType, *bodies: list[Tx]) -> list[bytes]:
    """Genesis and a block for each body; the coinbases are r.coinbase(1), r.coinbase(2) ..."""
    return [r.GENESIS, *r.chain(list(bodies))]


# Trap 6: identity


def test_pay_to_key_and_pay_to_its_hash_are_two_scripts_of_one_owner(regtest: ModuleType, tmp_path: Path) -> None:
    for key in (WHOLE_KEY, SHORT_KEY):
        direct, hashed = sc.p2pk(key), sc.p2pkh(key_hash(key))
        coin = regtest.coinbase(1, (TxOut(5, direct), TxOut(6, hashed)))
        block = regtest.block(regtest.GENESIS_HASH, [coin], 1_300_000_000)
        data = regtest.framed([regtest.GENESIS, block])
        ledger = ledger_of(tmp_path, regtest.write(tmp_path / str(len(key)), data), name=f"l{len(key)}")
        a, b = (ledger.find_script(s) for s in (direct, hashed))
        assert a != b
        assert same_key(ledger, hashed) == sorted([a, b])
        assert encode(direct, "main") is None


def test_the_two_forms_of_a_key_have_two_addresses() -> None:
    both = {encode(sc.p2pkh(key_hash(k)), "main") for k in (WHOLE_KEY, SHORT_KEY)}
    assert both == {"1EHNa6Q4Jz2uvNExL497mE43ikXhwF6kZm", "1BgGZ9tcN4rm9KBzDn7KprQz87SZ26SAMH"}


def test_nested_segwit_hides_its_key() -> None:
    """A p2sh output is classed as p2sh, whatever it wraps: only a spend shows that."""
    wrapped = sc.p2sh(key_hash(sc.witness(0, key_hash(SHORT_KEY))))
    assert sc.kind(wrapped) == "p2sh"
    assert encode(wrapped, "main") == "3JvL6Ymt8MVWiCNHC7oWU6nLeHNJKLZGLN"


def test_bare_multisig_has_several_owners_and_joins_none_of_their_scripts(regtest: ModuleType, tmp_path: Path) -> None:
    """Keys in a multisig script are no evidence that their own scripts have one owner."""
    keys = (SHORT_KEY, WHOLE_KEY)
    shared, own = sc.multisig(1, keys), [sc.p2pkh(key_hash(k)) for k in keys]
    coin = regtest.coinbase(1, (TxOut(50, shared), TxOut(60, own[0]), TxOut(70, own[1]), TxOut(80, A)))
    together = regtest.spend([(coin, 0), (coin, 3)], [(100, B)])
    blocks, prev = [regtest.GENESIS], regtest.GENESIS_HASH
    for members in ([coin], [regtest.coinbase(2), together]):
        blocks.append(regtest.block(prev, members, 1_300_000_000 + len(blocks)))
        prev = sha256d(blocks[-1][:80])
    ledger = ledger_of(tmp_path, regtest.write(tmp_path, regtest.framed(blocks)))
    labels = [int(ledger.cluster_of[ledger.find_script(s)]) for s in (shared, A, *own)]
    assert labels[0] == labels[1]
    assert len(set(labels[1:])) == 3


def test_a_taproot_output_key_is_tweaked_and_never_taken_for_the_internal_key(
    regtest: ModuleType, tmp_path: Path
) -> None:
    inner = sc.witness(1, bytes.fromhex(INNER))
    coin = regtest.coinbase(1, (TxOut(5, inner), TxOut(6, sc.p2pk(SHORT_KEY))))
    block = regtest.block(regtest.GENESIS_HASH, [coin], 1_300_000_000)
    ledger = ledger_of(tmp_path, regtest.write(tmp_path, regtest.framed([regtest.GENESIS, block])))
    assert sc.kind(inner) == "p2tr"
    assert same_key(ledger, inner) == [ledger.find_script(inner)]


NOBODYS = {
    "p2a": sc.PAY_TO_ANCHOR,
    "op_return": b"\x6a\x04memo",
    "empty": b"",
    "nonstandard": b"\x51",
    "witness_unknown": sc.witness(2, b"\1" * 32),
}


@pytest.mark.parametrize("name", NOBODYS)
def test_what_nobody_owns_joins_nobody(regtest: ModuleType, tmp_path: Path, name: str) -> None:
    """Block 367,891 spends 20,000 outputs with an empty script: whoever swept them is not their payers."""
    loose = NOBODYS[name]
    coins = [regtest.coinbase(h, (TxOut(5, own), TxOut(6, loose))) for h, own in ((1, A), (2, B))]
    sweeps = [regtest.spend([(c, 0), (c, 1)], [(9, C)]) for c in coins]
    blocks, prev = [regtest.GENESIS], regtest.GENESIS_HASH
    for members in ([coins[0]], [coins[1]], [regtest.coinbase(3), *sweeps]):
        blocks.append(regtest.block(prev, members, 1_300_000_000 + len(blocks)))
        prev = sha256d(blocks[-1][:80])
    ledger = ledger_of(tmp_path, regtest.write(tmp_path, regtest.framed(blocks)))
    ids = [ledger.find_script(s) for s in (A, B, loose)]
    assert [int(ledger.cluster_of[s]) for s in ids] == ids
    assert ledger.info()["clusters"] == 0


# Trap 7: address text


def test_upper_case_bech32_is_the_same_script_and_mixed_case_is_none() -> None:
    text = "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4"
    assert decode(text.upper(), "main") == decode(text, "main")
    with pytest.raises(EvidenceError, match="mixed"):
        decode("bc1Q" + text[4:], "main")


def test_bech32_is_for_version_0_and_bech32m_for_all_others() -> None:
    """BIP350: a version 1 program under the old checksum, and a version 0 program under the new one, are refused."""
    for wrong in (
        "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqh2y7hd",
        "bc1q0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vq54well",
    ):
        with pytest.raises(EvidenceError, match="checksum"):
            decode(wrong, "main")


def test_versions_and_prefixes_belong_to_their_network() -> None:
    output = sc.p2pkh(bytes(20))
    texts = {n: encode(output, n) for n in ("main", "test", "signet", "regtest")}
    assert texts["main"] == "1111111111111111111114oLvT2"
    assert texts["test"] == texts["signet"] == texts["regtest"] == "mfWxJ45yp2SFn7UciZyNpvDKrzbhyfKrY8"
    program = sc.witness(0, bytes(20))
    assert [str(encode(program, n))[:5] for n in texts] == ["bc1qq", "tb1qq", "tb1qq", "bcrt1"]
    for network in ("test", "regtest"):
        for text in (texts["main"], str(encode(program, "main"))):
            with pytest.raises(EvidenceError):
                decode(str(text), network)


def test_the_old_forms_of_a_witness_script_are_other_scripts() -> None:
    """1..., 3... and bc1... of one key: three scripts, so that an amount paid to one is never found under another."""
    h = key_hash(SHORT_KEY)
    forms = {sc.p2pkh(h), sc.p2sh(key_hash(sc.witness(0, h))), sc.witness(0, h)}
    assert {str(encode(f, "main"))[0] for f in forms} == {"1", "3", "b"}
    assert {decode(str(encode(f, "main")), "main") for f in forms} == forms


# Trap 8: segwit


def test_an_id_leaves_marker_flag_and_witness_out(regtest: ModuleType, tmp_path: Path) -> None:
    coin = regtest.coinbase(1)
    bare = regtest.spend([(coin, 0)], [(5, A)])
    signed = Tx(2, (TxIn(txid(coin), 0, witness=(b"\1" * 71, b"\2" * 33)),), bare.outputs)
    assert len(serialise(signed)) > len(serialise(bare))
    data = regtest.framed([regtest.GENESIS, *regtest.chain([[], [signed]])])
    ledger = ledger_of(tmp_path, regtest.write(tmp_path, data))
    assert ledger.tx_index(id_text(txid(bare))) == len(ledger.tx_id) - 1
    assert sha256d(serialise(signed)) != txid(signed)


def test_a_transaction_without_inputs_is_not_read_as_a_witness_marker(regtest: ModuleType, tmp_path: Path) -> None:
    """02000000 00 01 ...: no inputs and one output, or marker and flag? Either way it is no transaction of a chain."""
    nothing = Tx(2, (), (TxOut(5, A),))
    for raw in (serialise(nothing), bytes.fromhex("02000000000100" + "01" + "00" * 9 + "00" * 4)):
        with pytest.raises(ChainError, match=r"byte:|spends nothing|end inside"):
            parse(raw)
    coin = regtest.coinbase(1)
    for odd in (nothing, regtest.spend([(coin, 0)], [])):
        block = regtest.block(regtest.GENESIS_HASH, [coin, odd], 1_300_000_000)
        data = regtest.framed([regtest.GENESIS, block]) + b"more"
        with pytest.raises(ChainError, match="cannot be read"):
            build(tmp_path / "l", [regtest.write(tmp_path, data)], "regtest")


# Trap 13: time


def test_block_times_run_backwards_and_order_nothing(data_dir: Path, tmp_path: Path) -> None:
    ledger = ledger_of(tmp_path, data_dir / "chain" / "blocks" / "main_0-4312.blk00000.dat", network="main")
    times = ledger.block_time.astype(np.int64)
    assert int((np.diff(times) < 0).sum()) == 3
    assert ledger.block_height.tolist() == list(range(4313))
    median = ledger.median_time
    assert (np.diff(median) >= 0).all()
    assert (times[1:] > median[:-1]).all(), "the rule every block met when it was accepted"
    expected = [sorted(times[max(0, k - 10) : k + 1].tolist())[min(k + 1, 11) // 2] for k in range(len(times))]
    assert median.tolist() == expected == [ledger.median_time_of(k) for k in range(len(times))]


def test_a_slice_does_not_invent_the_median_of_blocks_it_lacks(regtest: ModuleType, tmp_path: Path) -> None:
    blocks = coins_of(regtest, *[[] for _ in range(30)])
    whole = ledger_of(tmp_path, regtest.write(tmp_path / "a", regtest.framed(blocks)), name="whole")
    part = ledger_of(tmp_path, regtest.write(tmp_path / "b", regtest.framed(blocks[15:])), name="part")
    assert part.median_time[:10].tolist() == [-1] * 10
    assert part.median_time[10:].tolist() == whole.median_time[25:].tolist()
    assert [part.median_time_of(k) for k in range(16)] == part.median_time.tolist()


# Trap 14: amounts


@pytest.mark.parametrize("value", [21 * 10**14 + 1, 2**63 - 1, -1, -(2**63)])
def test_more_than_all_coins_is_refused_before_it_can_wrap(regtest: ModuleType, tmp_path: Path, value: int) -> None:
    """The overflow of block 74,638: two outputs of 92 billion coins whose sum wrapped to less than nothing."""
    coins = [regtest.coinbase(1), regtest.coinbase(2, (TxOut(1, A), TxOut(value, B)))]
    blocks, prev = [regtest.GENESIS], regtest.GENESIS_HASH
    for coin in coins:
        blocks.append(regtest.block(prev, [coin], 1_300_000_000 + len(blocks)))
        prev = sha256d(blocks[-1][:80])
    data = regtest.framed(blocks)
    with pytest.raises(ChainError, match="worth more") as error:
        build(tmp_path / "l", [regtest.write(tmp_path, data)], "regtest")
    start = int(error.value.where.split("byte:")[1].split("-")[0])
    assert data[start : start + 25] == B


def test_all_coins_in_one_output_stay_exact(regtest: ModuleType, tmp_path: Path) -> None:
    coin = regtest.coinbase(1, (TxOut(21 * 10**14, A), TxOut(21 * 10**14 - 1, B)))
    block = regtest.block(regtest.GENESIS_HASH, [coin], 1_300_000_000)
    ledger = ledger_of(tmp_path, regtest.write(tmp_path, regtest.framed([regtest.GENESIS, block])))
    assert ledger.out_value.dtype == np.int64
    assert ledger.out_value[1:].tolist() == [21 * 10**14, 21 * 10**14 - 1]


def test_a_coinbase_may_claim_less_than_allowed_or_nothing(regtest: ModuleType, tmp_path: Path) -> None:
    """Block 501,726 claimed nothing: no coin is invented for it, and the sum of a block's fees is not its coinbase."""
    coins = [regtest.coinbase(1, (TxOut(50 * 10**8, A),)), regtest.coinbase(2, (TxOut(0, b"\x6a"),))]
    paid = regtest.spend([(coins[0], 0)], [(49 * 10**8, B)])
    blocks, prev = [regtest.GENESIS], regtest.GENESIS_HASH
    for members in ([coins[0]], [coins[1], paid]):
        blocks.append(regtest.block(prev, members, 1_300_000_000 + len(blocks)))
        prev = sha256d(blocks[-1][:80])
    ledger = ledger_of(tmp_path, regtest.write(tmp_path, regtest.framed(blocks)))
    tx = ledger.tx_index(id_text(txid(coins[1])))
    assert ledger.out_value[ledger.tx_first_out[tx] : ledger.tx_first_out[tx + 1]].tolist() == [0]
    assert int(ledger.out_value.sum()) == (50 + 50 + 49) * 10**8


# Trap 15: counters


def test_positions_are_wider_than_32_bits() -> None:
    for name in ("tx_first_in", "tx_first_out", "in_prev", "out_spender", "script_out", "merge_tx", "script_at"):
        assert np.dtype(BY_NAME[name].dtype) == np.int64


def test_more_scripts_than_an_id_can_count_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dictionary, "MOST", 3)
    held = dictionary.Scripts()
    b, ends, sizes = np.arange(4, dtype=np.uint8), np.arange(4), np.ones(4, np.int32)
    held.intern(b, ends[:3], sizes[:3])
    with pytest.raises(ChainError, match="32-bit id"):
        held.intern(b, ends[3:], sizes[3:])


def test_more_transactions_than_were_ever_tried_are_refused(
    regtest: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ingest, "MOST_TX", 3)
    file = regtest.write(tmp_path, regtest.framed(coins_of(regtest, [], [], [])))
    with pytest.raises(ChainError, match="was tried with"):
        build(tmp_path / "l", [file], "regtest")


def test_networks_differ_in_magic_and_genesis(regtest: ModuleType, tmp_path: Path) -> None:
    """Blocks of one network named as another's: an error that names the right one."""
    file = regtest.write(tmp_path, regtest.framed(coins_of(regtest, [])))
    with pytest.raises(ChainError) as error:
        build(tmp_path / "l", [file], "main")
    assert f"--network {REGTEST.name}" in error.value.remedy
