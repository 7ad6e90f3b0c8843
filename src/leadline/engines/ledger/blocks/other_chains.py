"""Chains that are not bitcoin's but look like it in a file: told by their blocks, and refused by name.

Bitcoin Cash and what split from it share bitcoin's genesis block and every block up to height 478,558, and their nodes
write bitcoin's magic into block files; what is built of both would be a history that never happened. They are told by
the hashes of blocks at known heights, by a difficulty that bitcoin never had there, by one that changes where bitcoin's
does not, and (spends.resolve) by spends of a later output of the same block. Sources: chainparams.cpp of Bitcoin Core,
Bitcoin Unlimited and Namecoin; Electrum's checkpoints of every 2,016 blocks.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from leadline.engines.ledger.blocks.blockfiles import NO_KEY, Record, mapped, unmask
from leadline.engines.ledger.blocks.headers import Chain, stated_height, work
from leadline.engines.ledger.blocks.opening import NULL_AT, key_beside
from leadline.errors import ChainError
from leadline.kinds.bitcoin.networks import MAIN, Network
from leadline.kinds.bitcoin.tx import id_bytes

CASH, SV, NAMECOIN = "Bitcoin Cash", "Bitcoin SV", "Namecoin"
SPLIT = "another chain that split from bitcoin, as Bitcoin Cash, Bitcoin SV and eCash did"
MAGICS = {
    bytes.fromhex("f9beb4fe"): NAMECOIN,
    bytes.fromhex("e3e1f3e8"): f"{CASH} or {SV}",
    bytes.fromhex("fbc0b6db"): "Litecoin",
    bytes.fromhex("c0c0c0c0"): "Dogecoin",
    bytes.fromhex("bf0c6bbd"): "Dash",
}
"""What the block files of other chains begin with."""
THEIRS = {
    id_bytes(text): name
    for name, texts in {
        CASH: (
            "000000000000000000651ef99cb9fcbe0dadde1d424bd9f15ff20136191a5eec",  # 478,559
            "0000000000000000011ebf65b60d0a3de80b8175be709d653b4c1a1beeb6ab9c",  # 504,031
            "0000000000000000011ada8bd08f46074f44a8f155396f43e38acf9501c49103",  # 530,359
            "0000000000000000004626ff6e3b936941d341c5932ece4357eeccac44e6d56c",  # 556,767
            "000000000000000001b4b8e36aec7d4f9671a47872cb9a74dc16ca398c7dcc18",  # 582,680
            "000000000000000000b48bb207faac5ac655c313e41ac909322eaa694f5bc5b1",  # 609,136
            "00000000000000000033dfef1fc2d6a5d5520b078c55193a9bf498c5b27530f7",  # 635,259
            "00000000000e38fef93ed9582a7df43815d5c2ba9fd37ef70c9a0ea4a285b8f5",  # testnet 1,155,876
            "0000000000170ed0918077bde7b4d36cc4c91be69fa09211f748240dabe047fb",  # testnet 1,188,697
            "0000000000000253c6201a2076663cfe4722e4c75f537552cc4ce989d15f7cd5",  # testnet 1,233,070
            "00000000000001fae0095cd4bea16f1ce8ab63f3f660a03c6d8171485f484b24",  # testnet 1,267,996
        ),
        SV: ("000000000000000001d956714215d96ffc00e0afda4cd0a96c96f8d802b1662b",),  # 556,767
        NAMECOIN: ("000000000062b72c5e2ceb45fbc8587e807c155b0da735e6483dfba2f0a9c770",),  # 0
    }.items()
    for text in texts
}
"""Blocks that bitcoin does not have, by hash."""
OURS = {
    295_000: id_bytes("00000000000000004d9b4ef50f0f9d686fd69db2e03af35a100370c64632a983"),
    840_000: id_bytes("0000000000000000000320283a032748cef8227873ff4872689bf23f1cda83a5"),
    880_000: id_bytes("000000000000000000010b17283c3c400507969a9c2afd1dcf2082ec5cca2880"),
    910_000: id_bytes("0000000000000000000108970acb9522ffd516eae17acddcb1bd16469194a821"),
}
"""Blocks of bitcoin by height (Bitcoin Core: last checkpoint, assumed-valid snapshots)."""
BURIED = 100
"""Blocks behind one after which it is no stale one: the branch that bitcoin left in March 2013 had 24."""
SPLIT_HEIGHT, SPLIT_TIME = 478_559, 1_501_545_600
"""The first block that Bitcoin Cash does not share, and the beginning of its day, 2017-08-01."""
PERIOD = 2_016
"""Heights at whose multiples, and nowhere else, bitcoin's difficulty changes; Bitcoin Cash's does at every block."""
HASHES = 1 << 32
"""Hashes expected for one unit of difficulty."""
LEAST = ((600_000, 12_000_000), (550_000, 5_000_000), (500_000, 1_500_000), (SPLIT_HEIGHT, 800_000))
"""By height from which on: the difficulty, in millions, below which bitcoin has never been since."""


def refuse(chain: Chain, records: Sequence[Record], network: Network, names: Sequence[str]) -> None:
    """ChainError with its name where `records` hold blocks of another chain; `names` are those of the files."""
    for n, block in enumerate(chain.hashes):
        if block in THEIRS:
            _no(THEIRS[block], records[n], names)
    for segment in chain.segments if network == MAIN else ():
        first, blocks = segment.first_height, segment.records
        for height, block in OURS.items():
            if 0 <= first <= height < first + len(blocks) - BURIED and chain.hashes[blocks[height - first]] != block:
                _no(SPLIT, records[blocks[height - first]], names)
        for k in range(max(SPLIT_HEIGHT - first, 0), len(blocks) if first >= 0 else 0):
            record = records[blocks[k]]
            if int.from_bytes(record.header[68:72], "little") < SPLIT_TIME or stated_height(record.head) != first + k:
                continue
            least = next(millions for height, millions in LEAST if first + k >= height)
            moved = k and (first + k) % PERIOD and record.header[72:76] != records[blocks[k - 1]].header[72:76]
            if moved or work(record.header) < least * 1_000_000 * HASHES:
                _no(SPLIT, record, names)


def told_chain(path: Path) -> str | None:
    """The name of the other chain whose magic begins a file, under its key if it has one; None where none does."""
    raw = mapped(path)[: NULL_AT + len(NO_KEY)]
    keys = (NO_KEY, key_beside(path) or NO_KEY, raw[NULL_AT:].tobytes().ljust(len(NO_KEY), b"\0"))
    return next((name for k in keys if (name := MAGICS.get(unmask(raw[:4], 0, k).tobytes()))), None)


def _no(name: str, record: Record, names: Sequence[str]) -> NoReturn:
    where = f"{names[record.file]} byte:{record.at}-{record.at + record.size}" if record.file >= 0 else ""
    raise ChainError(
        f"the files hold blocks of {name}, not of bitcoin alone",
        where=where,
        remedy="build from the block files of a bitcoin node; Leadline traces no other chain",
    )
