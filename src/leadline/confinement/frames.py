"""What a confined reader and the process that asked it say to each other: frames on a pipe, tables as Arrow streams.

A frame is the token of the request, a letter, the length of what follows (8 bytes, little-endian) and JSON. After a
frame of a table comes the table itself as an Arrow IPC stream, which tells its own end. Nothing that is read here is
believed: lengths are bounded, a wrong token ends it, no object but JSON's and Arrow's is made.
"""

import json
from typing import IO, Any

import pyarrow as pa

TOKEN = 16
"""Bytes of a request's token: whoever read an earlier exhibit cannot know it, and so cannot answer for this one."""
STATE, PROGRESS, TABLE, DONE, ERROR, SYSTEM, MEMORY, UNFORESEEN = b"S", b"P", b"T", b"D", b"E", b"O", b"M", b"U"
LONGEST = 64 << 20
"""Bytes of a frame's JSON."""


class Broken(Exception):
    """The other side has ended, or says what nobody asked."""


class Bounded:
    """A pipe as Arrow reads it, of so many bytes at most; Broken when it ends or there are more."""

    closed = False

    def __init__(self, pipe: IO[bytes], most: int) -> None:
        self._pipe, self._left = pipe, most

    def read(self, count: int) -> bytes:
        """Exactly so many bytes."""
        self._left -= count
        if count < 0 or self._left < 0:
            raise Broken
        found = self._pipe.read(count)
        if len(found) != count:
            raise Broken
        return found


def send(pipe: IO[bytes], token: bytes, kind: bytes, value: object) -> None:
    """Writes a frame."""
    data = json.dumps(value, separators=(",", ":")).encode()
    pipe.write(token + kind + len(data).to_bytes(8, "little") + data)
    pipe.flush()


def send_table(pipe: IO[bytes], token: bytes, name: str, table: pa.Table) -> None:
    """Writes a frame of a table and the table, in the batches it has."""
    send(pipe, token, TABLE, name)
    with pa.ipc.new_stream(pipe, table.schema) as stream:
        stream.write_table(table)
    pipe.flush()


def receive(pipe: Bounded, token: bytes) -> tuple[bytes, Any]:
    """(kind, value) of the next frame; Broken when there is none with this token."""
    head = pipe.read(TOKEN + 9)
    length = int.from_bytes(head[TOKEN + 1 :], "little")
    if head[:TOKEN] != token or length > LONGEST:
        raise Broken
    try:
        return head[TOKEN : TOKEN + 1], json.loads(pipe.read(length))
    except (ValueError, RecursionError) as error:
        raise Broken from error


def receive_table(pipe: Bounded) -> pa.Table:
    """The table after its frame, every offset and text in it checked; Broken when it is none."""
    try:
        table = pa.ipc.open_stream(pipe).read_all()
        table.validate(full=True)
    except (pa.ArrowException, OSError, MemoryError, ValueError) as error:
        raise Broken from error
    return table
