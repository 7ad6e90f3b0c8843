"""One transaction: its bytes parsed and written, witness included, with txid and wtxid (BIP141, BIP144).

For single transactions and tests; whole block files go through the ledger engine's kernels.
"""

import hashlib
from dataclasses import dataclass

from leadline.errors import ChainError


@dataclass(frozen=True, slots=True)
class TxIn:
    """An input: the output it spends (`prev_txid` in internal byte order), its script, sequence and witness stack."""

    prev_txid: bytes
    prev_index: int
    script: bytes = b""
    sequence: int = 0xFFFFFFFF
    witness: tuple[bytes, ...] = ()


@dataclass(frozen=True, slots=True)
class TxOut:
    """An output: satoshi and script."""

    value: int
    script: bytes


@dataclass(frozen=True, slots=True)
class Tx:
    """A transaction."""

    version: int
    inputs: tuple[TxIn, ...]
    outputs: tuple[TxOut, ...]
    locktime: int = 0

    @property
    def has_witness(self) -> bool:
        """Whether any input carries a witness."""
        return any(i.witness for i in self.inputs)


NULL_TXID = bytes(32)
"""What a coinbase names as the transaction it spends."""


def sha256d(data: bytes) -> bytes:
    """SHA-256 applied twice."""
    return hashlib.sha256(hashlib.sha256(data).digest()).digest()


def txid(tx: Tx) -> bytes:
    """The transaction's id, witness left out, in internal byte order."""
    return sha256d(serialise(tx, witness=False))


def wtxid(tx: Tx) -> bytes:
    """The id over the witness too, in internal byte order."""
    return sha256d(serialise(tx))


def id_text(internal: bytes) -> str:
    """An id in internal byte order as the text everybody prints: reversed, hex."""
    return internal[::-1].hex()


def id_bytes(text: str) -> bytes:
    """A printed id in internal byte order; ChainError when it is not 64 hex digits."""
    try:
        raw = bytes.fromhex(text) if len(text) == 64 else b""
    except ValueError:
        raw = b""
    if len(raw) != 32:
        raise ChainError("not a transaction id: 64 hex digits are needed", remedy="name the whole id as it is printed")
    return raw[::-1]


def serialise(tx: Tx, *, witness: bool = True) -> bytes:
    """The transaction's bytes; with `witness` the marker, flag and stacks where any input has one."""
    with_witness = witness and tx.has_witness
    out = [tx.version.to_bytes(4, "little", signed=True), b"\x00\x01" if with_witness else b"", compact(len(tx.inputs))]
    for i in tx.inputs:
        out += [i.prev_txid, i.prev_index.to_bytes(4, "little"), compact(len(i.script)), i.script]
        out.append(i.sequence.to_bytes(4, "little"))
    out.append(compact(len(tx.outputs)))
    for o in tx.outputs:
        out += [o.value.to_bytes(8, "little", signed=True), compact(len(o.script)), o.script]
    if with_witness:
        for i in tx.inputs:
            out.append(compact(len(i.witness)))
            out += [compact(len(item)) + item for item in i.witness]
    out.append(tx.locktime.to_bytes(4, "little"))
    return b"".join(out)


def compact(n: int) -> bytes:
    """`n` as a CompactSize integer."""
    if n < 0xFD:
        return bytes([n])
    if n <= 0xFFFF:
        return b"\xfd" + n.to_bytes(2, "little")
    if n <= 0xFFFFFFFF:
        return b"\xfe" + n.to_bytes(4, "little")
    return b"\xff" + n.to_bytes(8, "little")


def parse(data: bytes, at: int = 0) -> tuple[Tx, int]:
    """The transaction that begins at `at` and where it ends; ChainError with the offset when the bytes are none.

    Bytes 0 and 1 behind the version are the marker and flag of a witness: a transaction without inputs, which no chain
    holds, would look the same.
    """
    reader = _Reader(data, at)
    version = reader.integer(4, signed=True)
    segwit = data[reader.at : reader.at + 2] == b"\x00\x01"
    if segwit:
        reader.take(2)
    bare = [
        (reader.take(32), reader.integer(4), reader.take(reader.compact()), reader.integer(4))
        for _ in range(reader.count(41))
    ]
    outputs = tuple(
        TxOut(reader.integer(8, signed=True), reader.take(reader.compact())) for _ in range(reader.count(9))
    )
    if not bare:
        raise ChainError("a transaction spends nothing, or is a marker without witness", where=f"byte:{at}")
    stacks: list[tuple[bytes, ...]] = [()] * len(bare)
    if segwit:
        stacks = [tuple(reader.take(reader.compact()) for _ in range(reader.count(1))) for _ in bare]
    inputs = tuple(TxIn(*i, witness) for i, witness in zip(bare, stacks, strict=True))
    return Tx(version, inputs, outputs, reader.integer(4)), reader.at


class _Reader:
    """A cursor over bytes that refuses to run over their end."""

    def __init__(self, data: bytes, at: int) -> None:
        self._data = data
        self.at = at

    def take(self, n: int) -> bytes:
        end = self.at + n
        if end > len(self._data):
            raise ChainError("the bytes end inside a transaction", where=f"byte:{self.at}-{len(self._data)}")
        self.at, start = end, self.at
        return bytes(self._data[start:end])

    def integer(self, n: int, *, signed: bool = False) -> int:
        return int.from_bytes(self.take(n), "little", signed=signed)

    def compact(self) -> int:
        first = self.integer(1)
        return first if first < 0xFD else self.integer({0xFD: 2, 0xFE: 4, 0xFF: 8}[first])

    def count(self, least: int) -> int:
        """A count of items of at least `least` bytes each, refused when that many cannot follow."""
        n = self.compact()
        if n * least > len(self._data) - self.at:
            raise ChainError("a count is larger than the bytes that follow", where=f"byte:{self.at}-{self.at}")
        return n
