"""BSON as mongodump writes it: documents one after the other; locators ``byte:a-b`` of each document.

Fields of documents in documents are columns of their own, `services.email.address`; of lists the first few entries,
`emails.0.address`, a longer list is text. Times are UTC by definition (BSON 1.1, type 9), to the millisecond.
"""

import json
import mmap
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
from bson import Binary, DatetimeMS, Int64, ObjectId, Timestamp, decode
from bson.codec_options import CodecOptions, DatetimeConversion
from bson.decimal128 import Decimal128
from bson.errors import BSONError

from leadline.errors import EvidenceError
from leadline.kinds.codecs.cells import column, text
from leadline.kinds.reader import (
    Batch,
    Broken,
    Field,
    Part,
    Reader,
    Source,
    byte_slice,
    empty,
    no_such_place,
    unreadable,
    wrong_locator,
)
from leadline.model import locators
from leadline.model.progress import Progress
from leadline.model.words import BAD_ROW, CUT_LINE

NAME = "documents"
"""The one part: mongodump names the collection in the file's name alone, which a case does not keep."""
LARGEST = 16 << 20
"""Bytes of a document (MongoDB's limit, which mongodump's output keeps to)."""
ENTRIES = 8
"""Entries of a list that become columns; a longer list is one text."""
DEEPEST = 16
"""Documents in documents that are opened."""
MOST = 4_000
"""Columns at the most; fields beyond them are read and left out, and the tally says so."""
ROWS = 20_000
_TYPES = frozenset([*range(1, 20), 0x7F, 0xFF])
"""Types of elements (BSON 1.1)."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_OPTIONS: CodecOptions[dict[str, Any]] = CodecOptions(datetime_conversion=DatetimeConversion.DATETIME_MS)


def sniff(head: bytes, path: Path) -> bool:
    """Whether the file begins with a document: its length, a known type, a printable name, and a zero at its end."""
    size = int.from_bytes(head[:4], "little")
    if len(head) < 8 or not 8 <= size <= LARGEST or head[4] not in _TYPES:
        return False
    name, zero, _ = head[5:256].partition(b"\x00")
    if not zero or not name.decode("utf-8", "replace").isprintable():
        return False
    try:
        if size > path.stat().st_size:
            return False
        with path.open("rb") as file:
            file.seek(size - 1)
            return file.read(1) == b"\x00"
    except OSError:
        return False


def _documents(source: Source) -> Iterator[tuple[int, int, bytes]]:
    """(begin, end, bytes) of every document; the last has too few bytes where the file is cut."""
    try:
        if not source.path.stat().st_size:
            raise empty(source)
        with source.path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
            at = 0
            while at < len(data):
                size = int.from_bytes(data[at : at + 4], "little")
                end = min(at + size, len(data)) if 5 <= size <= LARGEST else len(data)
                yield at, end, data[at:end]
                at = end
    except OSError as error:
        raise unreadable(source, error) from error


def _row(data: bytes) -> dict[str, object] | str:
    """A document's fields by their paths; why not, as a word, where it cannot be read."""
    if len(data) < 5 or int.from_bytes(data[:4], "little") != len(data):
        return CUT_LINE if len(data) < LARGEST else BAD_ROW
    try:
        return dict(_flat("", decode(data, _OPTIONS), 0))
    except (BSONError, ValueError, RecursionError, OverflowError):
        return BAD_ROW


def _flat(path: str, value: object, depth: int) -> Iterator[tuple[str, object]]:
    """(path, cell) of everything below a value."""
    if isinstance(value, dict) and value and depth < DEEPEST:
        for key, held in value.items():
            yield from _flat(f"{path}.{key}" if path else str(key), held, depth + 1)
    elif isinstance(value, list) and 0 < len(value) <= ENTRIES and depth < DEEPEST:
        for n, held in enumerate(value):
            yield from _flat(f"{path}.{n}", held, depth + 1)
    elif path:
        yield path, _cell(value)


def _cell(value: object) -> object:
    """A value as a cell: numbers, text and bytes as they are, times in ISO 8601, everything else as text."""
    match value:
        case None | str() | float():
            return value
        case bool():
            return "true" if value else "false"
        case Int64() | int():
            return int(value)
        case DatetimeMS():
            return _moment(int(value))
        case Timestamp():
            return _moment(value.time * 1_000)
        case ObjectId() | Decimal128():
            return str(value)
        case Binary(subtype=3 | 4):
            return str(value.as_uuid(value.subtype))
        case bytes():
            return bytes(value)
        case dict() | list():
            return json.dumps(value, default=lambda held: str(_cell(held)), ensure_ascii=False) if value else None
        case _:
            return str(value)


def _moment(milliseconds: int) -> str:
    """A time in ISO 8601; outside the years 1 to 9999 the number of milliseconds itself."""
    try:
        return (_EPOCH + timedelta(milliseconds=milliseconds)).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    except OverflowError:
        return str(milliseconds)


def parts(source: Source, only: frozenset[str] | None, progress: Progress) -> Iterator[Part]:
    """One part, `documents`, with a column for every path that any document has, in order of first appearance.

    EvidenceError where no document of it can be read.
    """
    if only is not None and NAME not in only:
        return
    names: dict[str, None] = {}
    for _, _, data in _documents(source):
        row = _row(data)
        if isinstance(row, dict):
            names.update(dict.fromkeys(row))
    if not names:
        raise EvidenceError("no document can be read", where=source.where("byte:0-4"), remedy="acquire it again")
    shown = tuple(names)[:MOST]
    yield Part(NAME, shown, _batches(source, shown, progress))


def _batches(source: Source, names: tuple[str, ...], progress: Progress) -> Iterator[Batch]:
    size = source.path.stat().st_size
    rows: list[dict[str, object]] = []
    places: list[str] = []
    broken: list[Broken] = []
    for first, last, data in _documents(source):
        row, place = _row(data), f"byte:{first}-{last}"
        if isinstance(row, str):
            broken.append(Broken(place, row))
        else:
            rows.append(row)
            places.append(place)
        if len(rows) + len(broken) >= ROWS:
            yield _batch(names, rows, places, broken)
            rows, places, broken = [], [], []
        progress("reading documents", last, size)
    if rows or broken:
        yield _batch(names, rows, places, broken)


def _batch(names: tuple[str, ...], rows: list[dict[str, object]], places: list[str], broken: list[Broken]) -> Batch:
    arrays = [column([row.get(name) for row in rows]) for name in names]
    return Batch(pa.table(arrays, names=list(names)), pa.array(places, pa.string()), tuple(broken))


def resolve(source: Source, place: tuple[locators.Part, ...]) -> tuple[Field, ...]:
    """The fields of the document at ``byte:a-b``; EvidenceError where none stands, UsageError for another place."""
    where = ">".join(map(str, place))
    if [p.kind for p in place] != ["byte"]:
        raise wrong_locator(source, where, "byte:A-B")
    row = _row(byte_slice(source, place[0].argument))
    if isinstance(row, str):
        raise no_such_place(source, where)
    return tuple((name, held if isinstance(held, bytes | int | float) else text(held)) for name, held in row.items())


BSON = Reader("bson", "documents of MongoDB, as mongodump writes them", "application/bson", sniff, parts, resolve)
