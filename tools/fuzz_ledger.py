"""Coverage-guided fuzzing of the readers of blocks, undo records and headers, compiled and plain side by side.

    python tools/fuzz_ledger.py --corpus DIR [--seconds N]      guided by atheris (requirements/fuzz.in)
    python tools/fuzz_ledger.py --corpus DIR --replay           every input found so far once more, and its figures

Compiled kernels are invisible to a fuzzer. So the readers are imported twice: once as they run, once with the compiler
turned off and with what a kernel takes from the processor written in Python. The plain ones guide; on every input both
must say the same, be it rows or an error with file and offset.
"""

import argparse
import hashlib
import importlib
import os
import resource
import struct
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np

from leadline import compiled as deferred
from leadline.errors import ChainError
from leadline.kinds.bitcoin.networks import REGTEST

ROOM = "leadline.engines.ledger"
READERS = (
    "blockfiles",
    "opening",
    "chunks",
    "copies",
    "headers",
    "parse_kernels",
    "scan_kernels",
    "sha256",
    "tails",
    "undo",
    "undo_kernels",
    "undo_records",
)
KEY = bytes.fromhex("8a1f00c3d97e2255")
MOST = 1 << 12
"""Longest input: a few small blocks."""


def compiled() -> SimpleNamespace:
    """The readers as they run."""
    found = {name: importlib.import_module(f"{ROOM}.blocks.{name}") for name in READERS}
    fast = found["sha256"].libcrypto()
    found["sha256"].libcrypto = lambda: fast
    return SimpleNamespace(**found, fast=fast)


def plain(watched: AbstractContextManager[Any] | None = None) -> SimpleNamespace:
    """The readers imported again as plain Python, under `watched` (atheris's instrumentation)."""
    own = {name: sys.modules.pop(name) for name in list(sys.modules) if name.startswith(ROOM)}
    compiler, deferred.njit = deferred.njit, _as_it_stands
    try:
        with watched or nullcontext():
            found = {name: importlib.import_module(f"{ROOM}.blocks.{name}") for name in READERS}
        for module in [m for name, m in sys.modules.items() if name.startswith(ROOM)]:
            for function in (load32, load64, store64):
                if hasattr(module, function.__name__):
                    setattr(module, function.__name__, function)
        found["sha256"].libcrypto = lambda: False
    finally:
        deferred.njit = compiler
        for name in [name for name in sys.modules if name.startswith(ROOM)]:
            del sys.modules[name]
        sys.modules.update(own)
        parent, _, name = ROOM.rpartition(".")
        setattr(importlib.import_module(parent), name, importlib.import_module(ROOM))
    return SimpleNamespace(**found, fast=False)


def _as_it_stands(function: Any = None, **_options: Any) -> Any:
    """leadline.compiled.njit that compiles nothing."""
    return function if callable(function) else _as_it_stands


def load32(array: Any, offset: int) -> Any:
    """As memory_kernels.load32, and IndexError where that would read over the end."""
    return np.int64(struct.unpack_from("<I", array.reshape(-1).view(np.uint8), _inside(array, offset, 4))[0])


def load64(array: Any, offset: int) -> Any:
    """As memory_kernels.load64, and IndexError where that would read over the end."""
    return np.uint64(struct.unpack_from("<Q", array.reshape(-1).view(np.uint8), _inside(array, offset, 8))[0])


def store64(array: Any, offset: int, word: Any) -> None:
    """As memory_kernels.store64, and IndexError where that would write over the end."""
    struct.pack_into("<Q", array.reshape(-1).view(np.uint8), _inside(array, offset, 8), int(word) & 0xFFFFFFFFFFFFFFFF)


def _inside(array: Any, offset: int, size: int) -> int:
    if not 0 <= offset <= array.nbytes - size:
        raise IndexError(f"{size} bytes at {offset} of {array.nbytes}")
    return int(offset)


def said(read: Callable[[], Any]) -> Any:
    """What reading gives: its rows, or the error's text with file and offset."""
    try:
        return read()
    except ChainError as error:
        assert error.where, "an error without a place"
        return str(error), error.where, error.remedy


def blocks(r: SimpleNamespace, raw: bytes, folder: Path) -> Any:
    """Everything read from `raw` as a block file: key, records, cuts, chain, rows and errors."""
    path = folder / "blk00000.dat"
    path.write_bytes(raw)
    (file, mapped), *_ = r.opening.open_files([path], REGTEST)
    records, cuts = r.tails.scan(0, file, mapped, REGTEST)
    out: list[Any] = [file.key, file.key_from, [(x.at, x.size, x.head) for x in records]]
    out.append([(c.at, c.missing) for c in cuts])
    if not records:
        return out
    found = r.copies.scanned([(file, mapped)], REGTEST, lambda *_: None)
    out += [[(x.at, x.size) for x in part] for part in (found.records, found.damaged)]
    chain = r.headers.active(records, REGTEST)
    out.append((chain.segments and [s.records for s in chain.segments], chain.stale))
    files = r.chunks.Files([(file, mapped)], {}, fast=r.fast)
    for record, hash_ in zip(records, chain.hashes, strict=True):
        data = r.blockfiles.unmask(mapped[record.at : record.at + record.size], record.at, file.key)
        room = r.chunks.Room(record.size)
        roots = np.frombuffer(record.header[36:68], np.uint8).reshape(1, 32)
        edges = np.array([0, record.size])
        parsed, bad, at = r.chunks.parse(np.ascontiguousarray(data), edges, roots, room, fast=r.fast)
        held = [a.tobytes() for a in parsed.rows] + [parsed.ids.tobytes()] if bad < 0 or not at else []
        out.append((bad, at, held))
        block = r.chunks.Block(record, hash_, -1)
        out.append(said(lambda block=block, room=room: len(r.chunks.read([block], files, room).parsed.ids)))
    return out


def undos(r: SimpleNamespace, raw: bytes, _folder: Path) -> Any:
    """Everything read from `raw` as the inputs a block has, one byte a transaction up to a zero, and an undo file."""
    inputs, _, rest = raw.partition(b"\0")
    key = KEY if len(inputs) & 1 else r.blockfiles.NO_KEY
    held = np.frombuffer(rest or b"\0", np.uint8)
    file = r.undo_records.UndoFile(Path("rev00000.dat"), r.blockfiles.unmask(held, 0, key), key)
    first_in = np.cumsum([0, 1, *inputs[:40]]).astype(np.int64)
    found = r.undo_records.records(file, REGTEST)
    out: list[Any] = [(u.at, u.size) for u in found]
    for undo in (*found, r.undo_records.Undo(file, 0, len(held))):
        out.append(said(lambda undo=undo: [a.tobytes() for a in _spent(r.undo.spent(undo, first_in))]))
    return out


def _spent(found: Any) -> tuple[Any, ...]:
    return found.value, found.at, found.size, found.blob


def header(r: SimpleNamespace, raw: bytes, _folder: Path) -> Any:
    """Everything read from `raw` as the first bytes of a block."""
    head = raw[: r.blockfiles.HEAD]
    valid = r.blockfiles.is_header(head[:80], REGTEST)
    bits = int.from_bytes(head[72:76], "little")
    return valid, r.blockfiles.target(bits), r.headers.stated_height(head) if len(head) > 80 else None


TARGETS = (blocks, undos, header)


def check(one: SimpleNamespace, other: SimpleNamespace, data: bytes, folder: Path) -> str:
    """The digest of what both readers say of an input, whose first byte chooses what it is; AssertionError if they
    differ."""
    if not data:
        return ""
    target, raw = TARGETS[data[0] % len(TARGETS)], data[1:]
    with np.errstate(over="ignore"):
        found = target(one, raw, folder)
    expected = target(other, raw, folder)
    assert repr(found) == repr(expected), f"plain and compiled differ\n{found!r}\n{expected!r}"
    return hashlib.sha256(repr(found).encode()).hexdigest()


def seeds() -> Iterator[bytes]:
    """Inputs to begin with: blocks with a witness, under a key, cut; undo records of every kind; headers."""
    chains = _chains()
    coin = chains.coinbase(1)
    kinds = [b"\x76\xa9\x14" + bytes(20) + b"\x88\xac", b"\x51", b"", b"\x6a", b"\x00\x14" + bytes(20)]
    t0 = chains.spend([(coin, 0)], [(1000 + n, s) for n, s in enumerate(kinds)])
    tx = sys.modules["leadline.kinds.bitcoin.tx"]
    signed = tx.Tx(2, (tx.TxIn(tx.txid(t0), 1, witness=(b"\1" * 9, b"")),), (tx.TxOut(2000, kinds[4]),))
    held = [chains.GENESIS, *chains.chain([[], [t0], [signed]])]
    framed = chains.framed(held)
    yield b"\0" + framed
    yield b"\0" + chains.framed(held[::-1]) + b"junk" + bytes(300)
    yield b"\0" + framed[:-30] + bytes(100)
    yield b"\0" + chains.xored(framed, KEY)
    yield b"\0" + held[2]
    yield b"\0" + held[1][:80]
    yield b"\0" + framed + chains.framed(held[1:2])[:-1] + b"\1" + chains.framed(held[2:3])
    coins = [
        b"\2\0\x09\0" + bytes(20),
        b"\0\x80\x20\1" + bytes(20),
        b"\2\0\x09\2" + b"\7" * 32,
        b"\2\0\x09\x08\x51\x52",
    ]
    g = bytes.fromhex("79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798")
    coins += [b"\2\0\x09\4" + g, b"\2\0\x09\5" + g]
    for n in (1, 3, len(coins)):
        record = b"\2" + bytes([n]) + b"".join(coins[:n]) + b"\1" + coins[0]
        yield b"\1" + bytes([n, 1]) + b"\0" + record
        rev = REGTEST.magic + struct.pack("<I", len(record)) + record + bytes(32)
        yield b"\1" + bytes([n, 1]) + b"\0" + rev
        yield b"\1" + bytes([n, 1, 1]) + b"\0" + chains.xored(rev, KEY)
    for block in held:
        yield b"\2" + block[:160]


def _chains() -> ModuleType:
    """The tests' maker of small chains."""
    path = Path(__file__).resolve().parents[1] / "tests" / "engines" / "ledger" / "chains.py"
    spec = importlib.util.spec_from_file_location("fuzz_chains", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@contextmanager
def place() -> Iterator[Path]:
    """A folder in memory where there is one, for the file each input is written to."""
    with tempfile.TemporaryDirectory(dir="/dev/shm" if os.access("/dev/shm", os.W_OK) else None) as folder:
        yield Path(folder)


def replay(corpus: Path) -> int:
    """How many inputs of a corpus both readers say the same of."""
    one, other = plain(), compiled()
    inputs = sorted(p for p in corpus.iterdir() if p.is_file())
    with place() as folder:
        told = [check(one, other, path.read_bytes(), folder) for path in inputs]
    digest = hashlib.sha256("".join(told).encode()).hexdigest()
    size = sum(p.stat().st_size for p in inputs)
    print(f"{len(inputs):,} inputs of {size:,} bytes, {len(set(told)):,} different answers, digest {digest[:16]}")
    return len(inputs)


def fuzz(corpus: Path, seconds: int) -> None:
    """Never returns: atheris ends the process after `seconds` or at the first input on which something is wrong."""
    atheris = importlib.import_module("atheris")
    other = compiled()
    one = plain(atheris.instrument_imports(include=[f"{ROOM}.blocks.{name}" for name in READERS]))
    corpus.mkdir(parents=True, exist_ok=True)
    for n, seed in enumerate(seeds()):
        (corpus / f"seed{n:02}").write_bytes(seed)
    began, done = time.process_time(), 0
    with place() as folder:

        def one_input(data: bytes) -> None:
            nonlocal done
            check(one, other, data, folder)
            done += 1
            if done % 20_000 == 0:
                peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10
                print(f"{done:,} inputs, {time.process_time() - began:.0f} CPU s, {peak:,} MB", flush=True)

        options = [f"-max_total_time={seconds}", f"-max_len={MOST}", "-timeout=20", "-rss_limit_mb=2048"]
        options += ["-use_value_profile=1", "-print_final_stats=1", f"-artifact_prefix={corpus}-"]
        atheris.Setup([sys.argv[0], *options, str(corpus)], one_input)
        atheris.Fuzz()


def main() -> None:
    """See the module's first lines."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--corpus", type=Path, required=True)
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--replay", action="store_true")
    asked = parser.parse_args()
    if asked.replay:
        replay(asked.corpus)
    else:
        fuzz(asked.corpus, asked.seconds)


if __name__ == "__main__":
    main()
