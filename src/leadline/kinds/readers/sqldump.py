"""mysqldump text of MySQL and MariaDB, one-line and many-line INSERTs; row locators ``byte:a-b``.

Column names come from CREATE TABLE, or from the INSERT where it lists them. A dump cut inside a row gives a reject for
that row; one without its closing comment, where it has an opening one, gives a reject at its end.
"""

import mmap
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from leadline.errors import EvidenceError
from leadline.kinds.codecs import sqlrows
from leadline.kinds.reader import (
    BATCH_ROWS,
    Batch,
    Broken,
    Field,
    Part,
    Reader,
    Source,
    byte_slice,
    empty,
    unreadable,
    wrong_locator,
)
from leadline.model import locators
from leadline.model.progress import Progress

_SNIFF = re.compile(
    rb"-- (?:MySQL|MariaDB) dump |/\*M?!\d+\\?-? enable the sandbox|^CREATE TABLE `|^INSERT INTO `", re.M
)
_OPENING = re.compile(rb"-- (?:MySQL|MariaDB) dump ")
_CLOSING = re.compile(rb"-- Dump completed")
_STATEMENT = re.compile(rb"^(?:CREATE TABLE|(?:INSERT|REPLACE)(?: IGNORE)? INTO)[^`\n]*`((?:[^`]|``)+)`", re.M)
_VALUES = re.compile(rb"\s*(?:\(([^)]*)\)\s*)?VALUES\s*", re.I)
_COLUMN = re.compile(rb"^\s+`((?:[^`]|``)+)`\s+([A-Za-z]+)", re.M)
_NAME = re.compile(rb"`((?:[^`]|``)+)`")
_INTEGERS = frozenset({"tinyint", "smallint", "mediumint", "int", "integer", "bigint", "year"})
_BINARIES = frozenset({"blob", "tinyblob", "mediumblob", "longblob", "binary", "varbinary", "bit", "geometry"})


@dataclass(frozen=True, slots=True)
class _Statement:
    """One CREATE TABLE or INSERT: the table, where it starts and what follows its name."""

    table: str
    create: bool
    start: int
    after: int


def sniff(head: bytes, _path: Path) -> bool:
    """Whether the file starts as mysqldump writes."""
    return b"\x00" not in head[:64] and _SNIFF.search(head) is not None


@contextmanager
def _mapped(source: Source) -> Iterator[mmap.mmap]:
    """The dump, memory-mapped for reading."""
    try:
        if not source.path.stat().st_size:
            raise empty(source)
        with source.path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
            yield data
    except OSError as error:
        raise unreadable(source, error) from error


def _name(raw: bytes) -> str:
    return raw.replace(b"``", b"`").decode(errors="replace")


def _statement_end(data: mmap.mmap, pos: int) -> int:
    """The byte after the next line that ends in a semicolon."""
    end = data.find(b";\n", pos)
    windows = data.find(b";\r\n", pos, len(data) if end < 0 else end)
    end = windows if windows >= 0 else end
    return len(data) if end < 0 else end + 1


def _statements(data: mmap.mmap) -> Iterator[_Statement]:
    pos = 0
    while (found := _STATEMENT.search(data, pos)) is not None:
        create = found.group().startswith(b"CREATE")
        yield _Statement(_name(found.group(1)), create, found.start(), found.end())
        pos = _statement_end(data, found.end())


def _columns_of(data: mmap.mmap, statement: _Statement) -> dict[str, str]:
    """Column names and types of a CREATE TABLE, in order."""
    text = data[statement.after : _statement_end(data, statement.after)]
    return {_name(m[1]): m[2].decode().lower() for m in _COLUMN.finditer(text)}


def _array(buf: np.ndarray, at: np.ndarray, end: np.ndarray, kind: np.ndarray, type_: str) -> pa.Array:
    """One column: int64 where declared so and all fit, binary where declared so or hexadecimal, else text."""
    n = at.size
    offsets, valid = np.zeros(n + 1, np.int32), np.zeros(n, np.bool_)
    data = np.empty(int((end - at).sum()) + 1, np.uint8)
    size = sqlrows.copy_values(buf, at, end, kind, offsets, data, valid)
    mask = pa.array(valid).buffers()[1]
    binary = pa.Array.from_buffers(pa.binary(), n, [mask, pa.py_buffer(offsets), pa.py_buffer(data[:size].tobytes())])
    if type_ in _BINARIES or bool((kind == sqlrows.HEX).any()):
        return binary
    try:
        text = binary.cast(pa.string())
    except pa.ArrowInvalid:
        return binary
    if type_ in _INTEGERS:
        try:
            return text.cast(pa.int64())
        except pa.ArrowInvalid:
            return text
    return text


def _byte_locators(first: np.ndarray, last: np.ndarray) -> pa.Array:
    return pc.binary_join_element_wise(
        "byte:", pa.array(first).cast(pa.string()), "-", pa.array(last).cast(pa.string()), ""
    )


def _read_insert(data: mmap.mmap, start: int, types: dict[str, str]) -> Batch:
    """The rows of one INSERT from its first parenthesis on."""
    bound = _statement_end(data, start)
    while True:
        buf = np.frombuffer(data, np.uint8, bound - start, start)
        status, pos, row_at, row_end, row_first, values = sqlrows.tokenize(buf, 0)
        if status != sqlrows.CUT or bound == len(data):
            break
        bound = _statement_end(data, bound)
    broken = []
    if status == sqlrows.BAD or (status == sqlrows.CUT and pos < buf.size):
        reason = "bad_row" if status == sqlrows.BAD else "cut_line"
        broken.append(Broken(f"byte:{start + pos}-{bound}", reason))
    widths = np.diff(row_first)
    good = widths == len(types)
    for r in np.flatnonzero(~good):
        broken.append(Broken(f"byte:{start + int(row_at[r])}-{start + int(row_end[r])}", "bad_row"))
    first = row_first[:-1][good]
    arrays = [
        _array(buf, values[0][first + j], values[1][first + j], values[2][first + j], type_)
        for j, type_ in enumerate(types.values())
    ]
    del buf
    place = _byte_locators(row_at[good] + start, row_end[good] + start)
    return Batch(pa.table(arrays, names=list(types)), place, tuple(broken))


def _joined(batches: list[Batch]) -> Batch:
    """Several batches as one; a column read as two types becomes text, or binary where one of them is."""
    tables = [b.rows for b in batches]
    if any(t.schema != tables[0].schema for t in tables):
        fields = []
        for name in tables[0].column_names:
            found = {t.schema.field(name).type for t in tables}
            wide = found.pop() if len(found) == 1 else (pa.binary() if pa.binary() in found else pa.string())
            fields.append(pa.field(name, wide))
        wanted = pa.schema(fields)
        tables = [pa.table([_widened(t.column(f.name), f.type) for f in wanted], schema=wanted) for t in tables]
    return Batch(
        pa.concat_tables(tables).combine_chunks(),
        pa.concat_arrays([b.locators for b in batches]),
        tuple(r for b in batches for r in b.broken),
    )


def _widened(array: pa.ChunkedArray, type_: pa.DataType) -> pa.ChunkedArray:
    if array.type == type_:
        return array
    text = array if pa.types.is_string(array.type) else array.cast(pa.string())
    return text.cast(type_)


def _batches(
    data: mmap.mmap, inserts: list[_Statement], created: dict[str, str], progress: Progress
) -> Iterator[Batch]:
    waiting: list[Batch] = []
    for insert in inserts:
        head = _VALUES.match(data, insert.after)
        if head is None:
            yield Batch(
                pa.table({c: pa.array([], pa.string()) for c in created}),
                pa.array([], pa.string()),
                (Broken(f"byte:{insert.start}-{_statement_end(data, insert.after)}", "bad_row"),),
            )
            continue
        named = [_name(n) for n in _NAME.findall(head[1] or b"")]
        types = {n: created.get(n, "text") for n in named} if named else created
        waiting.append(_read_insert(data, head.end(), types))
        progress("reading a dump", head.end(), len(data))
        if sum(b.rows.num_rows for b in waiting) >= BATCH_ROWS or waiting[0].rows.column_names != list(types):
            yield _joined(waiting)
            waiting = []
    if waiting:
        yield _joined(waiting)


def _end(data: mmap.mmap) -> Part | None:
    """A part of one broken row when the dump has mysqldump's opening comment but not its closing one."""
    tail = data[max(0, len(data) - 200) :]
    if _OPENING.search(data[:400]) is None or _CLOSING.search(tail) is not None:
        return None
    nothing = Batch(pa.table({}), pa.array([], pa.string()), (Broken(f"byte:{len(data)}-{len(data)}", "cut_line"),))
    return Part("end_of_dump", (), iter([nothing]))


def parts(source: Source, only: frozenset[str] | None, progress: Progress) -> Iterator[Part]:
    """One part a table that is created or filled, in order of first mention."""
    with _mapped(source) as data:
        created: dict[str, dict[str, str]] = {}
        inserts: dict[str, list[_Statement]] = {}
        for statement in _statements(data):
            if statement.create:
                created[statement.table] = _columns_of(data, statement)
            else:
                inserts.setdefault(statement.table, []).append(statement)
        if not created and not inserts:
            raise EvidenceError(
                "no table stands in this dump",
                where=source.where(f"byte:0-{len(data)}"),
                remedy="check that it is mysqldump's text and complete",
            )
        for table in [*created, *(t for t in inserts if t not in created)]:
            if only is None or table in only:
                columns = created.get(table, {})
                if not columns and table in inserts:
                    columns = _unnamed(data, inserts[table][0])
                batches = _batches(data, inserts.get(table, []), columns, progress)
                yield Part(table, tuple(columns), batches)
        end = _end(data) if only is None else None
        if end is not None:
            yield end


def _unnamed(data: mmap.mmap, insert: _Statement) -> dict[str, str]:
    """Columns of a table that is never created: those its INSERT lists, or 1, 2, 3 ... by place."""
    head = _VALUES.match(data, insert.after)
    if head is None:
        return {}
    named = _NAME.findall(head[1] or b"")
    if named:
        return {_name(n): "text" for n in named}
    buf = np.frombuffer(data, np.uint8, _statement_end(data, head.end()) - head.end(), head.end())
    first = sqlrows.tokenize(buf, 0)[4]
    return {str(j + 1): "text" for j in range(int(first[1]) if first.size > 1 else 0)}


def _names(source: Source, first: int) -> list[str]:
    """The column names of the INSERT in which byte `first` stands; none where they are not stated."""
    created: dict[str, list[str]] = {}
    inside: _Statement | None = None
    with _mapped(source) as data:
        for statement in _statements(data):
            if statement.start > first:
                break
            if statement.create:
                created[statement.table] = list(_columns_of(data, statement))
            else:
                inside = statement
        head = None if inside is None else _VALUES.match(data, inside.after)
        if inside is None or head is None:
            return []
        return [_name(n) for n in _NAME.findall(head[1] or b"")] or created.get(inside.table, [])


def resolve(source: Source, place: tuple[locators.Part, ...]) -> tuple[Field, ...]:
    """The columns of the row tuple a ``byte:a-b`` names; other slices as they stand."""
    text = ">".join(map(str, place))
    if len(place) != 1 or place[0].kind != "byte":
        raise wrong_locator(source, text, "byte:A-B")
    data = byte_slice(source, place[0].argument)
    if data[:1] == b"(" and data[-1:] == b")":
        row = (sqlrows.rows_reference(data) or [[]])[0]
        names = _names(source, int(place[0].argument.partition("-")[0]))
        names += [str(j + 1) for j in range(len(names), len(row))]
        return tuple(zip(names, row, strict=False))
    return (("bytes", data),)


SQLDUMP = Reader("sqldump", "mysqldump text of MySQL or MariaDB", "application/sql", sniff, parts, resolve)
