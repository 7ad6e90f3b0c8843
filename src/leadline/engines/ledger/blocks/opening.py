"""Block files as they are opened: the key of each, from xor.dat or from the file itself.

A program built on Bitcoin Core's library that opens a copied folder without its xor.dat writes one of zeros, and the
genesis block over what began the first file: such a file has no key at its beginning and its old one behind.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from leadline.engines.ledger.blocks.blockfiles import (
    HEADER,
    KEY_FILE,
    MAX_BLOCK,
    NO_KEY,
    NONE,
    RECOVERED,
    BlockFile,
    Bytes,
    is_header,
    mapped,
    unmask,
)
from leadline.engines.ledger.blocks.scan_kernels import data_end, next_magic, unframed
from leadline.errors import ChainError
from leadline.kinds.bitcoin.networks import Network

NULL_AT = 104
"""A multiple of eight inside the 32 zeros that the first block's coinbase names as what it spends, whether its count of
transactions has one byte or three and whether a segwit marker stands before: under a key, the key stands there."""
SEARCHED = 1 << 25
"""Bytes of a file that are searched for its key: a key that a file has shows in its first blocks."""
CANDIDATES = 8
"""Words tried as a key, the most frequent first."""


def open_files(paths: Sequence[Path], network: Network) -> list[tuple[BlockFile, Bytes]]:
    """Every file with its bytes as a read-only map; one that has two keys as two files, its beginning and what follows.

    A file that begins with a block as it stands has no key. Of xor.dat's key and the one the file itself gives away,
    that is taken under which a block begins it; where neither does, the one that files beside it give away, or the one
    under which blocks are found further on; else xor.dat's. ChainError when a file cannot be read.
    """
    opened = [
        (replace(file, name=name), raw)
        for (file, raw), name in zip((_opened(path, network) for path in paths), told_apart(paths), strict=True)
    ]
    keys = {file.path.parent: file.key for file, _ in opened if file.key_from == RECOVERED}
    return [part for file, raw in opened for part in _parts(file, raw, network, keys.get(file.path.parent))]


def told_apart(paths: Sequence[Path]) -> list[str]:
    """For each path its name, with as many of the folders it lies in as tell it from the others."""
    parts = [path.absolute().parts for path in paths]
    names: dict[int, str] = {}
    for depth in range(1, max(map(len, parts), default=0) + 1):
        times = Counter(p[-depth:] for p in parts)
        for n, p in enumerate(parts):
            if n not in names and (times[p[-depth:]] == 1 or depth >= len(p)):
                names[n] = "/".join(p[-depth:])
    return [names[n] for n in range(len(paths))]


def told_network(path: Path, networks: Iterable[Network]) -> str | None:
    """The name of the network whose magic and block begin a file, under its key if it has one; None for bare blocks."""
    raw = mapped(path)[: NULL_AT + 8]
    if raw.size < NULL_AT + 8:
        return None
    for network in networks:
        for key in (NO_KEY, raw[NULL_AT:].tobytes()):
            if unmask(raw[:4], 0, key).tobytes() == network.magic and _begins(raw, key, network):
                return network.name
    return None


def key_beside(path: Path) -> bytes:
    """The key that lies beside a file in xor.dat, empty when there is none; ChainError when it is none."""
    beside = path.parent / KEY_FILE
    key = mapped(beside).tobytes() if beside.is_file() else b""
    if key and len(key) != len(NO_KEY):
        raise ChainError("xor.dat does not hold an eight-byte key", where=KEY_FILE, remedy="copy xor.dat again")
    return key


def _opened(path: Path, network: Network) -> tuple[BlockFile, Bytes]:
    """A file with the key under which a block begins it; with xor.dat's, or none, when there is no such key."""
    raw = mapped(path)
    size = len(raw)
    if _begins(raw, NO_KEY, network):
        return BlockFile(path, size, NO_KEY, NONE, path.name), raw
    key = key_beside(path)
    told = raw[NULL_AT : NULL_AT + 8].tobytes()
    if len(told) == 8 and not (key and _begins(raw, key, network)) and _begins(raw, told, network):
        return BlockFile(path, size, told, RECOVERED, path.name), raw
    return BlockFile(path, size, key or NO_KEY, KEY_FILE if key else NONE, path.name), raw


def _parts(file: BlockFile, raw: Bytes, network: Network, beside: bytes | None) -> list[tuple[BlockFile, Bytes]]:
    """The file, or its beginning and the rest where that has another key; `beside` is a key of files beside it."""
    magic = np.frombuffer(network.magic, np.uint8)
    end = int(unframed(raw, np.frombuffer(file.key, np.uint8), magic, MAX_BLOCK))
    bare = file.size <= MAX_BLOCK and is_header(unmask(raw[:HEADER], 0, file.key).tobytes(), network)
    if end >= int(data_end(raw)) or bare or _holds(raw, end, file.key, network):
        return [(file, raw)]
    likely = (beside, key_beside(file.path), *_words(raw, end))
    key = next((k for k in likely if k and k != file.key and _holds(raw, end, k, network)), None)
    if key is None:
        return [(file, raw)]
    rest = replace(file, key=key, key_from=RECOVERED, skip=end)
    return [(replace(file, size=end), raw[:end]), (rest, raw)] if end else [(rest, raw)]


def _begins(raw: Bytes, key: bytes, network: Network) -> bool:
    """Whether a file's bytes begin, under `key`, with a framed block of the network, or (no key) with a bare one."""
    head = unmask(raw[: 8 + HEADER], 0, key).tobytes()
    framed = head[:4] == network.magic and is_header(head[8:], network)
    return framed or (key == NO_KEY and is_header(head[:HEADER], network))


def _holds(raw: Bytes, at: int, key: bytes, network: Network) -> bool:
    """Whether a framed block of the network stands under `key` in the first SEARCHED bytes from `at` on."""
    word, magic = np.frombuffer(key, np.uint8), np.frombuffer(network.magic, np.uint8)
    until = min(len(raw), at + SEARCHED)
    while (at := int(next_magic(raw, word, magic, at, until))) >= 0:
        if is_header(unmask(raw[at + 8 : at + 8 + HEADER], at + 8, key).tobytes(), network):
            return True
        at += 1
    return False


def _words(raw: Bytes, at: int) -> list[bytes]:
    """The words of eight bytes that most often stand twice in a row from `at` on: under a key, zeros are the key.

    Each coinbase names 32 zeros as what it spends, and blocks hold many more; room set aside stays zero under a key.
    """
    begin = -(-at // 8) * 8
    words = raw[begin : begin + min(SEARCHED, len(raw) - begin) // 8 * 8].view(np.uint64)
    twice = words[1:][words[1:] == words[:-1]]
    found = Counter(twice[twice != 0].tolist()).most_common(CANDIDATES)
    return [int(word).to_bytes(8, "little") for word, _ in found]
