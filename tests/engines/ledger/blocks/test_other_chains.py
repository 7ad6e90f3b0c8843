"""Other chains that look like bitcoin's in a file are refused by name; bitcoin's own blocks never are."""

import struct
from pathlib import Path
from types import ModuleType

import pytest

from leadline.engines.ledger import build, open_ledger
from leadline.engines.ledger.blocks import other_chains
from leadline.engines.ledger.blocks.blockfiles import Record
from leadline.engines.ledger.blocks.headers import Chain
from leadline.engines.ledger.blocks.other_chains import OURS, SPLIT_TIME, THEIRS, refuse
from leadline.engines.ledger.blocks.segments import Segment
from leadline.engines.ledger.building.check import check
from leadline.errors import ChainError
from leadline.kinds.bitcoin.networks import MAIN, NETWORKS, TESTNET4, Network
from leadline.kinds.bitcoin.tx import Tx, TxIn, TxOut, compact, serialise, txid
from leadline.model.progress import silent
from leadline.views.ledgers import told

SV_HEADER = bytes.fromhex(
    "000000201ff55a51c860352808114e52a9b09ae65dd9156a24e75e01000000000000000033320991"
    "190dcb5a86159e56b9ba2da6bca4e515d9dcbab6878471f8fcdf4039cd98425d7dee0518c5322529"
)
"""The header of Bitcoin SV's block 593,660 (ElectrumSV, networks.py), with the work it names."""
BITCOIN = ((478_559, 0x18014735), (500_000, 0x180091C1), (600_000, 0x1715A35C), (840_000, 0x17034219))
"""Compact targets of bitcoin's blocks at some heights."""


def head(height: int, bits: int, seconds: int = SPLIT_TIME + 1) -> bytes:
    """Header and beginning of a block that states its height."""
    stated = height.to_bytes(3, "little")
    return struct.pack("<i", 2) + bytes(64) + struct.pack("<III", seconds, bits, 0) + (
        b"\1" + struct.pack("<i", 1) + b"\1" + bytes(32) + b"\xff" * 4 + b"\x04\x03" + stated
    )  # fmt: skip


def run(first: int, bits: list[int], hashes: dict[int, bytes] | None = None) -> tuple[Chain, list[Record]]:
    records = [Record(0, 90 * k, 80, head(first + k, b)) for k, b in enumerate(bits)]
    named = [(hashes or {}).get(first + k, k.to_bytes(32, "big")) for k in range(len(bits))]
    segment = Segment(tuple(range(len(bits))), first, bytes(32), named[0], (SPLIT_TIME, SPLIT_TIME))
    return Chain((segment,), tuple(named), (), 0), records


@pytest.mark.parametrize(("height", "bits"), BITCOIN)
def test_bitcoins_own_difficulties_pass(height: int, bits: int) -> None:
    refuse(*run(height, [bits] * 3), MAIN, ["f"])
    boundary = height // 2016 * 2016 + 2016
    refuse(*run(boundary - 1, [bits, bits + 1]), MAIN, ["f"])
    with pytest.raises(ChainError, match="split from bitcoin"):
        refuse(*run(boundary, [bits, bits + 1]), MAIN, ["f"])
    refuse(*run(boundary, [bits, bits + 1]), NETWORKS["test"], ["f"])


@pytest.mark.parametrize(
    ("height", "bits"), [(478_577, 0x18028CAE), (504_032, 0x18068E59), (556_034, 0x18021FDB), (635_259, 0x1802F6D5)]
)
def test_a_difficulty_that_bitcoin_never_had_there_is_another_chains(height: int, bits: int) -> None:
    with pytest.raises(ChainError, match="split from bitcoin") as told_:
        refuse(*run(height, [bits]), MAIN, ["blk.dat"])
    assert told_.value.where == "blk.dat byte:0-80"


@pytest.mark.parametrize("block", list(THEIRS))
def test_their_blocks_are_told_by_hash(block: bytes) -> None:
    with pytest.raises(ChainError, match=THEIRS[block]):
        refuse(*run(0, [0x1D00FFFF] * 2, {1: block}), MAIN, ["f"])


def test_another_block_where_bitcoins_is_known() -> None:
    height = 295_000
    for ours in (True, False):
        for behind in (99, 101):
            made = run(height - 5, [0x1D00FFFF] * (6 + behind), {height: OURS[height]} if ours else {})
            if ours or behind < other_chains.BURIED:
                refuse(*made, MAIN, ["f"])
            else:
                with pytest.raises(ChainError, match="split"):
                    refuse(*made, MAIN, ["f"])


def test_a_file_of_bitcoin_sv_is_refused_by_build_and_check(tmp_path: Path) -> None:
    body = head(593_660, 0)[80:]
    raw = SV_HEADER + body
    (tmp_path / "blk00000.dat").write_bytes(MAIN.magic + len(raw).to_bytes(4, "little") + raw)
    assert told([tmp_path]) == "main", "the magic and the header's work are bitcoin's"
    for read in (lambda: build(tmp_path / "l", [tmp_path], "main"), lambda: check([tmp_path], "main", silent)):
        with pytest.raises(ChainError, match="Bitcoin SV"):
            read()
    assert not (tmp_path / "l").exists()


def test_a_spend_of_a_later_output_in_one_block_is_no_bitcoin(regtest: ModuleType, tmp_path: Path) -> None:
    coin = regtest.coinbase(1)
    first = regtest.spend([(coin, 0)], [(900, b"\x51")])
    second = regtest.spend([(first, 0)], [(800, b"\x51")])
    for order, good in (([first, second], True), ([second, first], False)):
        blocks = [regtest.GENESIS, *regtest.chain([[], order])]
        file = regtest.write(tmp_path / f"files-{good}", regtest.framed(blocks))
        if good:
            build(tmp_path / "good", [file], "regtest")
        else:
            with pytest.raises(ChainError, match="Bitcoin Cash"):
                build(tmp_path / "bad", [file], "regtest")


@pytest.mark.parametrize(("magic", "name"), list(other_chains.MAGICS.items()))
def test_files_of_other_magics_are_refused_by_name(tmp_path: Path, magic: bytes, name: str) -> None:
    for key in (bytes(8), b"\x01\x02\x03\x04\x05\x06\x07\x08"):
        plain = magic + bytes(4) + head(1, 0x1D00FFFF) + bytes(200)
        data = bytes(b ^ key[i % 8] for i, b in enumerate(plain))
        (tmp_path / "blk00000.dat").write_bytes(data)
        (tmp_path / "xor.dat").write_bytes(key)
        with pytest.raises(ChainError, match=name):
            told([tmp_path])
        with pytest.raises(ChainError, match=f"no block of the network main was found: the file is one of {name}"):
            build(tmp_path / "l", [tmp_path], "main")


def genesis_of_testnet4() -> bytes:
    """Testnet4's first block, from its constants (Bitcoin Core, chainparams.cpp; BIP94)."""
    text = b"03/May/2024 000000000000000000001ebd58c244970b3aa9d783bb001011fbe8ea8e98e00e"
    signature = bytes.fromhex("04ffff001d0104") + b"\x4c" + bytes([len(text)]) + text
    coinbase = Tx(1, (TxIn(bytes(32), 0xFFFFFFFF, signature),), (TxOut(50 * 10**8, b"\x21" + bytes(33) + b"\xac"),))
    head = struct.pack("<i", 1) + bytes(32) + txid(coinbase) + struct.pack("<III", 1714777860, 0x1D00FFFF, 393743547)
    return head + compact(1) + serialise(coinbase)


def genesis_of_signet(regtest: ModuleType) -> bytes:
    """Signet's first block: regtest's transaction under its own header (Bitcoin Core, chainparams.cpp)."""
    header = regtest.GENESIS[:68] + struct.pack("<III", 1598918400, 0x1E0377AE, 52613770)
    return bytes(header + regtest.GENESIS[80:])


@pytest.mark.parametrize("network", [TESTNET4, NETWORKS["signet"]], ids=lambda n: n.name)
def test_testnet4_and_signet_are_read(network: Network, regtest: ModuleType, tmp_path: Path) -> None:
    block = genesis_of_testnet4() if network == TESTNET4 else genesis_of_signet(regtest)
    (tmp_path / "blk00000.dat").write_bytes(network.magic + len(block).to_bytes(4, "little") + block)
    assert told([tmp_path]) == network.name
    assert check([tmp_path], network.name, silent)["ok"] is True
    build(tmp_path / "l", [tmp_path], network.name)
    ledger = open_ledger(tmp_path / "l")
    assert (ledger.network, ledger.height) == (network.name, 0)
    assert ledger.block_hash[0][::-1].tobytes().hex() == network.genesis
