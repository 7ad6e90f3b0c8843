"""Real mainnet blocks and the training chain, read by the ledger and by Bitcoin Core's own kernel, field by field."""

from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from leadline.engines.ledger import Ledger, build, open_ledger
from leadline.kinds.bitcoin.address import decode
from leadline.kinds.bitcoin.script import p2pk
from leadline.scenario.chain import build_chain
from leadline.scenario.people import draw_plan
from leadline.scenario.plan import NETWORK, SIZES, Options

SATOSHI_TO_FINNEY = "f4184fc596403b9d638783cf57adfe4c75c605f6356fbc91338530e9831e9e16"


@pytest.fixture(scope="module")
def real(data_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Ledger:
    out = tmp_path_factory.mktemp("real") / "ledger"
    build(out, [data_dir / "chain" / "blocks" / "main_0-4312.blk00000.dat"], "main")
    return open_ledger(out)


def test_published_counts(real: Ledger) -> None:
    info = real.info()
    assert (info["blocks"], info["height"], info["transactions"]) == (4313, 4312, 4371)
    assert (info["spends_resolved"], info["unresolved"]) == (247, 0)
    assert info["value_spent_sat"] == 1_244_956_000_000
    assert info["merkle_roots_ok"] == 4313


def test_the_first_payment(real: Ledger) -> None:
    tx = real.tx_index(SATOSHI_TO_FINNEY)
    assert real.tx_height[tx] == 170
    outs = range(real.tx_first_out[tx], real.tx_first_out[tx + 1])
    assert [int(real.out_value[o]) for o in outs] == [10 * 10**8, 40 * 10**8]
    assert real.tx_height[real.out_tx([real.in_prev[real.tx_first_in[tx]]])[0]] == 9
    assert real.outpoint(outs[1]) == f"{SATOSHI_TO_FINNEY}:1"


def test_an_address_is_not_the_key_it_hashes(real: Ledger) -> None:
    key = bytes.fromhex(
        "04678afdb0fe5548271967f1a67130b7105cd6a828e03909a67962e0ea1f61deb649f6bc3f4cef38c4f35504e51ec112de5c384df7ba0b8d578a4c"
        "702b6bf11d5f"
    )
    assert list(real.outputs_of([real.find_script(p2pk(key))])) == [0]
    assert real.find_script(decode("1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa", "main")) == -1


def equal_to_core(ours: Ledger, core: Any) -> None:
    """Every field of every transaction of the ledger is what Core's kernel reads from its own files."""
    tx = position_in = position_out = 0
    entries = list(core.get_active_chain().block_tree_entries)
    assert len(entries) == len(ours.block_hash)
    for height, entry in enumerate(entries):
        block = core.blocks[entry]
        assert str(entry.block_hash) == ours.block_hash[height][::-1].tobytes().hex()
        assert entry.height == ours.block_height[height]
        spent = core.block_spent_outputs[entry].transactions if height else []
        for k, theirs in enumerate(block.transactions):
            assert ours.txid_hex(tx) == str(theirs.txid)
            assert ours.tx_height[tx] == height
            assert ours.tx_version[tx] == int.from_bytes(bytes(theirs)[:4], "little", signed=True)
            assert ours.tx_locktime[tx] == theirs.locktime
            for n, source in enumerate(theirs.inputs):
                prev = int(ours.in_prev[position_in])
                assert ours.in_sequence[position_in] == source.sequence
                if k:
                    assert ours.outpoint(prev) == f"{source.out_point.txid}:{source.out_point.index}"
                    coin = spent[k - 1].coins[n].output
                    assert ours.out_value[prev] == coin.amount
                    assert ours.script_bytes(int(ours.out_script[prev])) == bytes(coin.script_pubkey)
                    assert ours.out_spender[prev] == position_in
                else:
                    assert prev == -1
                position_in += 1
            for output in theirs.outputs:
                assert ours.out_value[position_out] == output.amount
                assert ours.script_bytes(int(ours.out_script[position_out])) == bytes(output.script_pubkey)
                position_out += 1
            tx += 1
            assert ours.tx_first_in[tx] == position_in
            assert ours.tx_first_out[tx] == position_out
    assert (tx, position_in, position_out) == (len(ours.tx_id), len(ours.in_prev), len(ours.out_value))
    assert (ours.out_spender >= 0).sum() == (ours.in_prev >= 0).sum()


def read_from_cores_files(pin: dict[str, Any], blocks: Path, out: Path, network: str) -> None:
    """The block files Core wrote itself (xor'd, with a raw zero tail) give the same chain, with and without the key."""
    assert any((blocks / "xor.dat").read_bytes())
    build(out, [blocks], network)
    assert open_ledger(out).pin() == pin
    assert open_ledger(out).sources()["sources"][0]["xor"] == "xor.dat"
    copied = out.with_name("copied")
    copied.mkdir()
    for file in blocks.glob("blk*.dat"):
        (copied / file.name).write_bytes(file.read_bytes())
    build(out, [copied], network)
    assert open_ledger(out).pin() == pin
    assert open_ledger(out).sources()["sources"][0]["xor"] == "recovered"


def test_equal_to_what_cores_kernel_reads(
    real: Ledger, data_dir: Path, tmp_path: Path, oracle: Callable[[str], ModuleType]
) -> None:
    pbk = oracle("pbk")
    core = pbk.load_chainman(str(tmp_path / "core"), pbk.ChainType.MAINNET)
    core.import_blocks([data_dir / "chain" / "blocks" / "main_0-4312.blk00000.dat"])
    equal_to_core(real, core)
    read_from_cores_files(real.pin(), tmp_path / "core" / "blocks", tmp_path / "again", "main")


def test_the_training_chain_is_what_cores_kernel_reads(tmp_path: Path, oracle: Callable[[str], ModuleType]) -> None:
    pbk = oracle("pbk")
    plan, _ = draw_plan(Options(SIZES["tiny"], 11))
    truth = build_chain(tmp_path / "chain", plan)
    build(tmp_path / "ledger", [tmp_path / "chain"], NETWORK)
    ours = open_ledger(tmp_path / "ledger")
    core = pbk.load_chainman(str(tmp_path / "core"), pbk.ChainType.REGTEST)
    core.import_blocks(sorted((tmp_path / "chain").glob("blk*.dat")))
    equal_to_core(ours, core)
    read_from_cores_files(ours.pin(), tmp_path / "core" / "blocks", tmp_path / "again", NETWORK)
    mixes = truth.mixes.to_pydict()
    seen = {t for t, k in zip(mixes["txid"], mixes["kind"], strict=True) if ours.is_coinjoin[ours.tx_index(t)]}
    assert seen == {t for t, k in zip(mixes["txid"], mixes["kind"], strict=True) if k != "payjoin"}


def test_two_blocks_that_follow_each_other_are_one_segment(data_dir: Path, tmp_path: Path) -> None:
    blocks = data_dir / "chain" / "blocks"
    names = ("bitcoinj_block227836.dat", "bitcoinj_block481815.dat", "bitcoinj_block227835.dat")
    info = build(tmp_path / "slice", [blocks / n for n in names], "main")
    assert [(s["first_height"], s["last_height"]) for s in info["segments"]] == [(227835, 227836), (481815, 481815)]
    assert info["merkle_roots_ok"] == 3
