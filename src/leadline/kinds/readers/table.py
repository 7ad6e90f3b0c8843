"""Tables in text: CSV and its relatives, one header; locators ``line:n`` of the line a row begins on.

Lines before the header are counted apart. The text is UTF-8, UTF-16 or UTF-32, or in the encoding its map states; a row
that is not is a reject, and a name of a column that is not is its number.
"""

import codecs
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import pyarrow as pa

from leadline.errors import EvidenceError
from leadline.kinds.codecs.encodings import encoding_of
from leadline.kinds.codecs.headers import SAMPLE, column_names, filled, header_at
from leadline.kinds.codecs.records import Record, next_line, records
from leadline.kinds.reader import (
    BATCH_ROWS,
    HEAD_BYTES,
    Batch,
    Broken,
    Field,
    Part,
    Reader,
    Source,
    empty,
    no_such_place,
    unreadable,
    wrong_locator,
)
from leadline.model import locators
from leadline.model.progress import Progress
from leadline.model.words import UNDECODABLE

_SQL = re.compile(
    r"^(?:CREATE\s+(?:TEMP\w*\s+)?TABLE\s.*\(|INSERT\s+(?:INTO\s+)?[\w.\"`\[\]]+.*\b(?:VALUES|SELECT)\b"
    r"|COPY\s.+\sFROM\s+stdin;|SET\s+\w+\s*(?:=|TO)\s.*;\s*$)",
    re.I | re.M,
)
"""A line of SQL: a dump that no reader knows is not a table for its commas."""
_DELIMITERS = ",;\t|"
_BATCH_TEXT = 1 << 28
"""Characters a batch may hold, so that its columns stay below Arrow's 2 GB."""
_BAD = "\udcff"
"""Stands in a cell for bytes that are none of the text's encoding; no text holds it."""
_HEAD_CHARACTERS = 1 << 20
"""Characters among which the header is looked for."""

codecs.register_error("leadline-undecodable", lambda e: (_BAD, getattr(e, "end", 0)))


@dataclass(frozen=True, slots=True)
class _Layout:
    """How a table is written: its delimiter, its columns, the line its rows begin on, filled rows before its header."""

    delimiter: str
    names: tuple[str, ...]
    first: int
    header: int
    before: int


def _layout(sample: str) -> _Layout | None:
    """The layout of the widest table that the first lines can be read as; None when there is no header."""
    stated = sample[4:5] if sample[:4].lower() == "sep=" and sample[4:5] in _DELIMITERS else ""
    best: _Layout | None = None
    for delimiter in stated or _DELIMITERS:
        rows = list(islice(records(io.StringIO(sample, newline=""), delimiter), SAMPLE))
        at = header_at([None if row is None else [c.replace(_BAD, "x") for c in row] for _, row, _ in rows])
        if at is None:
            continue
        line, cells, _ = rows[at]
        names = column_names(cells or [])
        if len(names) > (len(best.names) if best else 1):
            lines = sum(cell.count("\n") or cell.count("\r") for cell in cells or []) + 1
            before = sum(row is None or filled(row) > 0 for _, row, _ in rows[:at])
            best = _Layout(delimiter, tuple(names), line + lines, line, before)
    return best


def sniff(head: bytes, _path: Path) -> bool:
    """Whether a header of two or more short names stands among the first lines, and none of them is SQL."""
    text = head.decode(encoding_of(head), errors="leadline-undecodable")
    if len(head) == HEAD_BYTES:
        text = text[: max(text.rfind("\n"), text.rfind("\r")) + 1] or text
    return "\x00" not in text and _SQL.search(text) is None and _layout(text) is not None


def _opened(source: Source) -> io.TextIOWrapper:
    try:
        file = source.path.open("rb")
    except OSError as error:
        raise unreadable(source, error) from error
    head = file.read(HEAD_BYTES)
    file.seek(0)
    if not head:
        file.close()
        raise empty(source)
    encoding = source.encoding or encoding_of(head)
    return io.TextIOWrapper(file, encoding=encoding, errors="leadline-undecodable", newline="")


def _header(source: Source, text: io.TextIOWrapper) -> _Layout:
    """The layout; the text then stands at its first row. EvidenceError for no header, or one that is too long."""
    sample = "".join(islice(iter(lambda: text.readline(_HEAD_CHARACTERS), ""), SAMPLE))[:_HEAD_CHARACTERS]
    found = _layout(sample)
    if found is None:
        raise EvidenceError(
            "the table does not begin with a header of column names",
            where=source.where("line:1"),
            remedy="give the table a header line in a working copy and add that as an exhibit",
        )
    text.seek(0)
    if sum(len(next_line(text)[0]) for _ in range(found.first - 1)) > _HEAD_CHARACTERS:
        raise EvidenceError(
            f"the header of the table does not end within {_HEAD_CHARACTERS:,} characters",
            where=source.where(f"line:{found.header}"),
            remedy="give the table a header line in a working copy and add that as an exhibit",
        )
    return found


def _rows(text: io.TextIOWrapper, layout: _Layout) -> Iterator[Record]:
    """Every row, with its fault where one of its cells cannot be decoded."""
    for line, row, fault in records(text, layout.delimiter, len(layout.names), layout.first):
        if row is not None and not fault and any(not c.isascii() and _BAD in c for c in row):
            fault = UNDECODABLE
        yield line, row, fault


def _chunks(rows: Iterator[Record]) -> Iterator[list[Record]]:
    chunk: list[Record] = []
    size = 0
    for record in rows:
        chunk.append(record)
        size += sum(map(len, record[1])) if record[1] else 0
        if len(chunk) >= BATCH_ROWS or size >= _BATCH_TEXT:
            yield chunk
            chunk, size = [], 0
    if chunk:
        yield chunk


def _batches(source: Source, progress: Progress) -> Iterator[Batch]:
    with _opened(source) as text:
        layout = _header(source, text)
        for chunk in _chunks(_rows(text, layout)):
            good = [row for _, row, fault in chunk if row is not None and not fault]
            lines = [f"line:{line}" for line, row, fault in chunk if row is not None and not fault]
            broken = tuple(Broken(f"line:{line}", fault) for line, _, fault in chunk if fault)
            columns = list(zip(*good, strict=True)) if good else [()] * len(layout.names)
            progress("reading table rows", chunk[-1][0], 0)
            table = pa.table([pa.array(c, pa.string()) for c in columns], names=list(layout.names))
            yield Batch(table, pa.array(lines, pa.string()), broken)


def parts(source: Source, _only: frozenset[str] | None, progress: Progress) -> Iterator[Part]:
    """One part, `table`."""
    with _opened(source) as text:
        layout = _header(source, text)
    yield Part("table", layout.names, _batches(source, progress), before=layout.before)


def resolve(source: Source, place: tuple[locators.Part, ...]) -> tuple[Field, ...]:
    """The cells of the row that begins on line n; of the header its names; of a line before it, its text.

    EvidenceError where nothing stands there, UsageError for another kind of place.
    """
    where = ">".join(map(str, place))
    if len(place) != 1 or place[0].kind != "line":
        raise wrong_locator(source, where, "line:N")
    wanted = int(place[0].argument)
    with _opened(source) as text:
        layout = _header(source, text)
        if wanted == layout.header:
            return tuple((str(i + 1), name) for i, name in enumerate(layout.names))
        if wanted >= layout.first:
            for line, row, _ in _rows(text, layout):
                if line == wanted and row is not None:
                    over = range(len(layout.names), len(row))
                    return tuple(zip([*layout.names, *map(str, over)], map(_shown, row), strict=False))
        text.seek(0)
        for _ in range(wanted - 1):
            next_line(text)
        line_text = next_line(text)[0].rstrip("\r\n")
    if not line_text:
        raise no_such_place(source, where)
    return (("line", _shown(line_text)),)


def _shown(cell: str) -> str:
    """A cell with a replacement character for what cannot be decoded."""
    return cell.replace(_BAD, "\ufffd")


TABLE = Reader("table", "table in text with a header line (CSV, TSV)", "text/csv", sniff, parts, resolve)
