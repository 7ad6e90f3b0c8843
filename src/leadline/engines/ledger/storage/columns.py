"""Columns on disk: one raw little-endian file each, written in order, read as read-only memory maps."""

import os
from collections.abc import Iterable, Mapping
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np
import numpy.typing as npt

from leadline.errors import IntegrityError
from leadline.model.ledger import BY_NAME, LedgerColumn

Array = npt.NDArray[Any]


ZEROS = 1 << 20
"""Rows of zeros written at once where the system cannot set room on the disk aside."""


def file_of(folder: Path, name: str) -> Path:
    """The file of column `name`."""
    return folder / f"{name}.bin"


class Writer:
    """Appends arrays to the files of the columns `names`; rows written are in `rows` by column.

    With `had` rows by table the files are there and go on behind these rows: what stands there is cut off first.
    """

    def __init__(self, folder: Path, names: Iterable[str], had: Mapping[str, int] | None = None) -> None:
        self._columns: dict[str, LedgerColumn] = {n: BY_NAME[n] for n in names}
        self._open = ExitStack()
        mode = "wb" if had is None else "r+b"
        self._files = {n: self._open.enter_context(file_of(folder, n).open(mode)) for n in self._columns}
        if had is not None:
            for name, column in self._columns.items():
                self._files[name].truncate(_size(column, had[column.of] + column.more))
                self._files[name].seek(0, os.SEEK_END)
        self.rows = dict.fromkeys(self._columns, 0)

    def append(self, name: str, values: Array) -> None:
        """`values` added at the end of column `name`, converted to its type."""
        column = self._columns[name]
        data = np.ascontiguousarray(values, dtype=column.dtype)
        self._files[name].write(data.data.cast("B") if data.size else b"")
        self.rows[name] += data.size // column.width

    def __enter__(self) -> "Writer":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Everything on the disk, or (after an error) only closed."""
        with self._open:
            if error is None:
                for file in self._files.values():
                    file.flush()
                    os.fsync(file.fileno())


def write(folder: Path, **columns: Array) -> dict[str, int]:
    """Rows by column of whole columns written at once."""
    with Writer(folder, columns) as writer:
        for name, values in columns.items():
            writer.append(name, values)
        return dict(writer.rows)


def _size(column: LedgerColumn, rows: int) -> int:
    """Bytes of a column of `rows`."""
    return rows * column.width * np.dtype(column.dtype).itemsize


def size_of(name: str, rows: Mapping[str, int]) -> int:
    """Bytes of column `name` of a ledger with these rows by table."""
    column = BY_NAME[name]
    return _size(column, rows[column.of] + column.more)


def create(folder: Path, name: str, rows: int, had: int = 0) -> Array:
    """A new column of zeros, or a column whose first `had` rows stay, as a writable map to be filled in any order.

    Its room on the disk is taken at once: a disk that fills up under a map kills the process, here it is an OSError.
    """
    column = BY_NAME[name]
    dtype = np.dtype(column.dtype)
    if not rows:
        write(folder, **{name: np.empty(0, dtype)})
        return np.empty(0, dtype)
    path = file_of(folder, name)
    with path.open("r+b" if had else "wb") as file:
        file.truncate(had * dtype.itemsize)
        file.seek(0, os.SEEK_END)
        if hasattr(os, "posix_fallocate"):
            os.posix_fallocate(file.fileno(), 0, rows * dtype.itemsize)
        else:
            for start in range(had, rows, ZEROS):
                file.write(bytes(min(ZEROS, rows - start) * dtype.itemsize))
    return np.memmap(path, dtype, "r+", shape=(rows,)).view(np.ndarray)


def write_into(folder: Path, name: str, rows: int) -> Array:
    """A column already written, as a writable memory map."""
    dtype = np.dtype(BY_NAME[name].dtype)
    if not rows:
        return np.empty(0, dtype)
    return np.memmap(file_of(folder, name), dtype, "r+", shape=(rows,)).view(np.ndarray)


def bytes_of(path: Path) -> Array:
    """A file's bytes as a read-only memory map."""
    if not path.stat().st_size:
        return np.empty(0, np.uint8)
    return np.memmap(path, np.uint8, "r").view(np.ndarray)


def read(folder: Path, name: str, rows: int) -> Array:
    """Column `name` as a read-only memory map; IntegrityError when its file is shorter than that.

    What stands behind these rows is of a ledger that has grown on from this one, or was about to.
    """
    column = BY_NAME[name]
    path = file_of(folder, name)
    dtype = np.dtype(column.dtype)
    shape = (rows, column.width) if column.width > 1 else (rows,)
    try:
        size = path.stat().st_size if path.is_file() else -1
    except OSError as error:
        raise unreadable(path, error) from error
    if size < _size(column, rows):
        raise IntegrityError(
            "a column of the ledger is missing or has another size",
            where=f"{path.parent.name}/{path.name}",
            remedy="build the ledger again from its block files",
        )
    if size == 0:
        none = np.empty(shape, dtype)
        none.flags.writeable = False
        return none
    try:
        return np.memmap(path, dtype, "r", shape=shape).view(np.ndarray)
    except OSError as error:
        raise unreadable(path, error) from error


def unreadable(path: Path, error: OSError) -> IntegrityError:
    """The error for a file of a ledger that is there and cannot be read."""
    why = (os.strerror(error.errno) if error.errno else "reading failed").lower()
    return IntegrityError(
        f"a file of the ledger cannot be read: {why}",
        where=f"{path.parent.name}/{path.name}",
        remedy="check its owner and permissions, or build the ledger again from its block files",
    )
