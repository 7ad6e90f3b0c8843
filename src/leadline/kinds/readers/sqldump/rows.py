"""The rows of a table's INSERT statements as batches: columns, one locator a row, and what could not be read."""

from array import array
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from leadline.kinds.reader import BATCH_ROWS, ZONE, Batch, Broken
from leadline.kinds.readers.sqldump import literals_kernels as literals
from leadline.kinds.readers.sqldump import rows_kernels as sqlrows
from leadline.kinds.readers.sqldump.names import shape
from leadline.kinds.readers.sqldump.said import Insert
from leadline.kinds.readers.sqldump.session import CODECS, Session
from leadline.kinds.readers.sqldump.statements import Text
from leadline.model.progress import Progress
from leadline.model.words import CUT_LINE

_TAIL = shape(rb"(?:AS~%id%~(?:\([^()]*\))?~)?ON~DUPLICATE~KEY~UPDATE\b")
"""What may follow the rows of an INSERT."""
_INTEGERS = frozenset(
    {"tinyint", "smallint", "mediumint", "int", "integer", "bigint", "year", "bit", "bool", "boolean", "serial"}
)
_WHOLE = r"^\s*(?:\+|(-))?0*([0-9]+)(?:\.0*)?\s*$"
"""A whole number however it is spelled, as MySQL takes it into a column of integers (Reference Manual, 9.1.2)."""
BINARIES = frozenset({"blob", "tinyblob", "mediumblob", "longblob", "binary", "varbinary", "geometry"})
BATCH_BYTES = 128 << 20
"""Bytes of a dump a batch aims at."""
LONGEST_ROW = 256 << 20
"""Bytes of a row that is read; a longer one is a reject. With a batch before it, it stays below 32-bit offsets."""
_VALUES = 2_000_000
"""Values of a batch: rows of ten columns each fill one as far as BATCH_ROWS does."""


@dataclass(frozen=True, slots=True)
class Alike:
    """How INSERT statements are read: the columns they fill with their types, and what their session says.

    `assigned`: they are ``INSERT ... SET`` statements.
    """

    columns: tuple[tuple[str, str], ...]
    backslash: bool
    ansi: bool
    codec: str
    zone: str
    assigned: bool


def alike(session: Session, columns: dict[str, str], *, assigned: bool) -> Alike:
    """How the next INSERT of these columns is read."""
    codec = CODECS.get(session.names, "utf-8")
    return Alike(tuple(columns.items()), session.backslash, session.ansi, codec, session.zone, assigned)


@dataclass(slots=True)
class Run:
    """INSERT statements one after another that are read alike: where each starts, its rows begin and it ends."""

    how: Alike
    starts: "array[int]" = field(default_factory=lambda: array("q"))
    ats: "array[int]" = field(default_factory=lambda: array("q"))
    ends: "array[int]" = field(default_factory=lambda: array("q"))
    cut: bool = False

    def add(self, insert: Insert) -> None:
        """Takes one more statement into the run."""
        self.starts.append(insert.start)
        self.ats.append(insert.at)
        self.ends.append(insert.end)
        self.cut = insert.cut


@dataclass(slots=True)
class _Found:
    """The rows that scans have found, in arrays made once: how many rows and values they hold."""

    rows: int = 0
    values: int = 0
    row_at: np.ndarray = field(default_factory=lambda: np.empty(BATCH_ROWS + 1, np.int64))
    row_end: np.ndarray = field(default_factory=lambda: np.empty(BATCH_ROWS + 1, np.int64))
    row_first: np.ndarray = field(default_factory=lambda: np.empty(BATCH_ROWS + 2, np.int64))
    value_at: np.ndarray = field(default_factory=lambda: np.empty(_VALUES, np.int64))
    value_end: np.ndarray = field(default_factory=lambda: np.empty(_VALUES, np.int64))
    kinds: np.ndarray = field(default_factory=lambda: np.empty(_VALUES, np.uint8))

    def scan(self, text: Text, pos: int, end: int, most: int, how: Alike) -> tuple[int, int]:
        """(status, position) of one scan, which adds its rows."""
        status, self.rows, self.values, pos = sqlrows.scan(
            text, pos, end, most, LONGEST_ROW, how.ansi, how.backslash, how.assigned, self.rows, self.values,
            self.row_at, self.row_end, self.row_first, self.value_at, self.value_end, self.kinds,
        )  # fmt: skip
        return int(status), int(pos)

    def back_to(self, rows: int, values: int) -> None:
        """Forgets all rows after the first so many."""
        self.rows, self.values = rows, values


def batches(text: Text, runs: list[Run], columns: tuple[str, ...], progress: Progress) -> Iterator[Batch]:
    """The rows of a table's runs in order; `columns` are the table's, null where a statement does not fill them."""
    found = _Found()
    for run in runs:
        broken: list[Broken] = []
        first = 0  # of the statements whose rows are in `found`
        last = len(run.ats) - 1
        number, pos, sound = 0, -1, False
        while number <= last:
            start, end = run.starts[number], run.ends[number]
            pos = run.ats[number] if pos < 0 else pos
            mark = (found.rows, found.values)
            most = (run.ats[first] if found.rows else pos) + BATCH_BYTES
            status, stop = found.scan(text, pos, end, most, run.how)
            if status == sqlrows.FULL and mark[0] and pos == run.ats[number]:
                found.back_to(*mark)  # what came before makes a batch; this statement begins the next
            elif status == sqlrows.FULL:
                sound = sound or _is_sound(text, pos, end, run, number)
                pos = stop
                if not sound:
                    found.back_to(0, 0)
                    broken.append(_unread(start, end))
                    number, pos = number + 1, -1
                    continue
            else:
                reject = (
                    None if sound and status != sqlrows.CUT else _reject(text, status, stop, start, end, run, number)
                )
                if reject is not None:
                    broken.append(reject)
                    if reject.reason != CUT_LINE:
                        found.back_to(*mark)
                number, pos, sound = number + 1, -1, False
                if number <= last and found.rows < BATCH_ROWS:
                    continue
            progress("reading a dump", end, text.size)
            yield _batch(text, found, run.how, columns, broken)
            found.back_to(0, 0)
            broken, first = [], number


def _unread(start: int, end: int) -> Broken:
    return Broken(f"byte:{start}-{end}", "bad_statement")


def _reject(text: Text, status: int, stop: int, start: int, end: int, run: Run, number: int) -> Broken | None:
    """What a scan of a whole statement ended in: nothing, its last row cut by the dump's end, or no statement."""
    cut = run.cut and number == len(run.ats) - 1
    if status == sqlrows.ENDED or (status == sqlrows.TAIL and _TAIL.match(text.data, stop, end)):
        return None
    if cut and status in (sqlrows.CUT, sqlrows.TAIL):
        return Broken(f"byte:{stop}-{end}", "cut_line")
    return _unread(start, end)


def _is_sound(text: Text, pos: int, end: int, run: Run, number: int) -> bool:
    """Whether a statement larger than a batch is one to its end, before any of its rows is given."""
    trial = _Found()
    status = sqlrows.FULL
    while status == sqlrows.FULL:
        trial.back_to(0, 0)
        status, pos = trial.scan(text, pos, end, pos + BATCH_BYTES, run.how)
    reject = _reject(text, status, pos, 0, end, run, number)
    return reject is None or reject.reason == CUT_LINE


def _batch(text: Text, found: _Found, how: Alike, columns: tuple[str, ...], broken: list[Broken]) -> Batch:
    row_at, row_end, first = found.row_at[: found.rows], found.row_end[: found.rows], found.row_first[: found.rows + 1]
    good = np.diff(first) == len(how.columns)
    reasons = np.where(row_end - row_at > LONGEST_ROW, "too_long", "bad_row")
    wrong = [Broken(f"byte:{row_at[r]}-{row_end[r]}", str(reasons[r])) for r in np.flatnonzero(~good)]
    at = first[:-1][good]
    arrays = {}
    for j, (name, type_) in enumerate(how.columns):
        bounds = (found.value_at[at + j], found.value_end[at + j], found.kinds[at + j])
        arrays[name] = _array(text, *bounds, type_, how)
    n = int(good.sum())
    fields = []
    for name in columns:
        zone = {ZONE: how.zone} if how.zone and dict(how.columns).get(name) == "timestamp" else None
        fields.append(pa.field(name, arrays.setdefault(name, pa.nulls(n, pa.string())).type, metadata=zone))
    table = pa.table([arrays[name] for name in columns], schema=pa.schema(fields))
    return Batch(table, _locators(row_at[good], row_end[good]), (*broken, *wrong))


def _locators(first: np.ndarray, last: np.ndarray) -> pa.Array:
    return pc.binary_join_element_wise(
        "byte:", pa.array(first).cast(pa.string()), "-", pa.array(last).cast(pa.string()), ""
    )


def values(text: Text, at: np.ndarray, end: np.ndarray, kind: np.ndarray, *, backslash: bool) -> pa.Array:
    """The literals between these bounds as binary values, unescaped."""
    n = at.size
    offsets, valid = np.zeros(n + 1, np.int32), np.zeros(n, np.bool_)
    data = np.empty(int((end - at).sum()) + n + 1, np.uint8)
    size = literals.copy_values(text, at, end, kind, backslash, offsets, data, valid)
    mask = pa.array(valid).buffers()[1]
    return pa.Array.from_buffers(pa.binary(), n, [mask, pa.py_buffer(offsets), pa.py_buffer(data[:size])])


def _array(text: Text, at: np.ndarray, end: np.ndarray, kind: np.ndarray, type_: str, how: Alike) -> pa.Array:
    """One column: int64 where declared so and all fit, binary where declared so or hexadecimal, else text."""
    binary = values(text, at, end, kind, backslash=how.backslash)
    literal = (kind == literals.HEX) | (kind == literals.BITS)
    if type_ == "bit":
        literal |= (kind == literals.QUOTED) | (kind == literals.ESCAPED)
    if type_ in BINARIES or (type_ not in _INTEGERS and bool(literal.any())):
        return binary
    if bool(literal.any()):
        return _numbers(binary, literal)
    try:
        words = binary.cast(pa.string())
    except pa.ArrowInvalid:
        return _decoded(binary, how.codec)
    return _integers(words) if type_ in _INTEGERS else words


def _integers(words: pa.Array) -> pa.Array:
    """Whole numbers as int64; where one word is none that fits, all as text, the others as the server writes them."""
    try:
        return words.cast(pa.int64())
    except pa.ArrowInvalid:
        words = pc.replace_substring_regex(words, _WHOLE, r"\1\2")
    try:
        return words.cast(pa.int64())
    except pa.ArrowInvalid:
        return words


def _numbers(binary: pa.Array, literal: np.ndarray) -> pa.Array:
    """Whole numbers, some of them written as bytes, the highest first; text where one needs more than 64 bits."""
    return _integers(
        pa.array(
            [
                value
                if value is None
                else (str(int.from_bytes(value, "big")) if as_bytes else value.decode("utf-8", "replace"))
                for value, as_bytes in zip(binary.to_pylist(), literal.tolist(), strict=True)
            ],
            pa.string(),
        )
    )


def _decoded(binary: pa.Array, codec: str) -> pa.Array:
    """Values that are no UTF-8 as text of the set that the dump names; binary where one is no text of that set."""
    try:
        return pa.array([v if v is None else v.decode(codec) for v in binary.to_pylist()], pa.string())
    except UnicodeDecodeError:
        return binary
