"""Tables in text: CSV and its relatives, one header line; locators ``line:n`` of the line a row begins on."""

import codecs
import csv
import io
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import pyarrow as pa

from leadline.errors import EvidenceError
from leadline.kinds.codecs.cells import is_header
from leadline.kinds.reader import (
    BATCH_ROWS,
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

_DELIMITERS = ",;\t|"
_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))


def _encoding(head: bytes) -> str:
    """By byte order mark, else UTF-8: another encoding is never guessed."""
    return next((name for bom, name in _BOMS if head.startswith(bom)), "utf-8")


def _delimiter(header: str) -> str:
    """The delimiter that stands most often in the header line outside quotes; nothing when none does."""
    counts = {d: len(next(csv.reader([header], delimiter=d), [])) for d in _DELIMITERS}
    best = max(counts, key=lambda d: counts[d])
    return best if counts[best] > 1 else ""


def sniff(head: bytes, _path: Path) -> bool:
    """Whether the first line is a header of two or more distinct, short names."""
    text = head.decode(_encoding(head), errors="ignore")
    header = text.splitlines()[0] if text.strip() else ""
    if not header or "\x00" in text or not _delimiter(header):
        return False
    return is_header(next(csv.reader([header], delimiter=_delimiter(header))))


def _opened(source: Source) -> io.TextIOWrapper:
    try:
        file = source.path.open("rb")
    except OSError as error:
        raise unreadable(source, error) from error
    head = file.read(4)
    file.seek(0)
    if not head:
        file.close()
        raise empty(source)
    return io.TextIOWrapper(file, encoding=_encoding(head), errors="surrogateescape", newline="")


def _header(source: Source, text: io.TextIOWrapper) -> tuple[list[str], str]:
    line = text.readline()
    delimiter = _delimiter(line) or ","
    names = [n.strip() for n in next(csv.reader([line], delimiter=delimiter), [])]
    if not is_header(names):
        raise EvidenceError(
            "the first line is not a header of distinct column names",
            where=source.where("line:1"),
            remedy="give the table a header line in a working copy and add that as an exhibit",
        )
    return names, delimiter


_ROW_BYTES = 1 << 30
"""Longest cell: csv's own limit of 131,072 would refuse rows in which a whole file stands as base64."""

Rows = Iterator[tuple[int, list[str] | None]]


def _rows(text: io.TextIOWrapper, delimiter: str) -> Rows:
    """(line the row begins on, its cells; None where it breaks CSV's rules); the header line is behind."""
    csv.field_size_limit(_ROW_BYTES)
    reader = csv.reader(text, delimiter=delimiter, strict=True)
    while True:
        begins = reader.line_num + 2
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error:
            yield begins, None
            continue
        if row:
            yield begins, row


def _fits(row: list[str] | None, width: int) -> str:
    """Why a row cannot be read, or nothing."""
    if row is None or len(row) != width:
        return "bad_row"
    if any(not cell.isascii() and any("\udc80" <= c <= "\udcff" for c in cell) for cell in row):
        return "undecodable"
    return ""


def _batches(source: Source, progress: Progress) -> Iterator[Batch]:
    with _opened(source) as text:
        names, delimiter = _header(source, text)
        rows = _rows(text, delimiter)
        while chunk := list(islice(rows, BATCH_ROWS)):
            good, lines, broken = [], [], []
            for line, row in chunk:
                reason = _fits(row, len(names))
                if reason or row is None:
                    broken.append(Broken(f"line:{line}", reason))
                else:
                    good.append(row)
                    lines.append(f"line:{line}")
            columns = list(zip(*good, strict=True)) if good else [()] * len(names)
            progress("reading table rows", chunk[-1][0], 0)
            table = pa.table([pa.array(c, pa.string()) for c in columns], names=names)
            yield Batch(table, pa.array(lines, pa.string()), tuple(broken))


def parts(source: Source, _only: frozenset[str] | None, progress: Progress) -> Iterator[Part]:
    """One part, `table`."""
    with _opened(source) as text:
        names, _ = _header(source, text)
    yield Part("table", tuple(names), _batches(source, progress))


def resolve(source: Source, place: tuple[locators.Part, ...]) -> tuple[Field, ...]:
    """The cells of the row that begins on line n."""
    where = ">".join(map(str, place))
    if len(place) != 1 or place[0].kind != "line":
        raise wrong_locator(source, where, "line:N")
    wanted = int(place[0].argument)
    with _opened(source) as text:
        names, delimiter = _header(source, text)
        if wanted == 1:
            return tuple((str(i + 1), name) for i, name in enumerate(names))
        for line, row in _rows(text, delimiter):
            if line == wanted and row is not None:
                return tuple(zip([*names, *(str(i) for i in range(len(names), len(row)))], row, strict=False))
    raise no_such_place(source, where)


TABLE = Reader("table", "table in text with a header line (CSV, TSV)", "text/csv", sniff, parts, resolve)
