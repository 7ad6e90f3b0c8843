"""XLSX workbooks: each sheet a part whose first filled row is its header; locators ``cell:Sheet!7``.

Images that stand in the archive beside the sheets are a part of their own, as digests; locators ``part:n``, the n-th
member in the order of the archive's directory, counted from 0.
"""

import datetime
import hashlib
import warnings
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path

import pyarrow as pa
from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.workbook.workbook import Workbook

from leadline.errors import EvidenceError
from leadline.kinds.codecs.cells import column, escaped, is_heading, unescaped
from leadline.kinds.codecs.sniff import HEAD, is_visual
from leadline.kinds.codecs.sniff import sniff as media_type_of
from leadline.kinds.reader import (
    BATCH_ROWS,
    Batch,
    Broken,
    Field,
    Image,
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

_DAMAGED = (zipfile.BadZipFile, zlib.error, InvalidFileException)
PICTURES = "pictures"
"""The name of the part that holds the images beside the sheets; yielded only where there are any."""
LARGEST = 2 << 30
"""Bytes to which the XML of a workbook may unpack: a full sheet of a million rows takes a quarter of it, a file made to
fill the memory takes more."""


def sniff(head: bytes, path: Path) -> bool:
    """Whether the file is a zip archive that holds a workbook."""
    if not head.startswith(b"PK\x03\x04"):
        return False
    try:
        with zipfile.ZipFile(path) as archive:
            return "xl/workbook.xml" in archive.namelist()
    except (zipfile.BadZipFile, OSError):
        return b"xl/" in head


@contextmanager
def _told(source: Source) -> Iterator[None]:
    """What goes wrong in this block, as EvidenceErrors that name the exhibit."""
    try:
        yield
    except OSError as error:
        raise unreadable(source, error) from error
    except (*_DAMAGED, KeyError, ValueError, EOFError, SyntaxError, RuntimeError) as error:
        raise EvidenceError(
            "damaged workbook", where=source.where(), remedy="acquire it again, or ask the service for it again"
        ) from error


@contextmanager
def _opened(source: Source) -> Iterator[Workbook]:
    with _told(source):
        if not source.path.stat().st_size:
            raise empty(source)
        with zipfile.ZipFile(source.path) as archive:
            unpacked = sum(m.file_size for m in archive.infolist() if m.filename.endswith((".xml", ".rels")))
        if unpacked > LARGEST:
            raise EvidenceError(
                f"the workbook unpacks to {unpacked:,} bytes", where=source.where(), remedy="ask for it as CSV"
            )
        with source.path.open("rb") as file:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                book = load_workbook(file, read_only=True, data_only=True)
            try:
                yield book
            finally:
                book.close()


def _plain(value: object) -> object:
    """Dates and times as ISO text; everything else as it is."""
    if isinstance(value, datetime.datetime):
        return value.isoformat(sep=" ")
    if isinstance(value, datetime.date | datetime.time):
        return value.isoformat()
    return value


def _rows(book: Workbook, sheet: str) -> Iterator[tuple[int, list[object]]]:
    """(row number, cells) of the rows that hold anything."""
    for number, cells in enumerate(book[sheet].iter_rows(values_only=True), 1):
        if any(c is not None for c in cells):
            yield number, [_plain(c) for c in cells]


def _header(cells: list[object]) -> list[str]:
    """Column names; one that is blank, repeated or no heading is named by its column number."""
    names: list[str] = []
    for i, cell in enumerate(cells):
        name = str(cell).strip() if cell is not None else ""
        names.append(name if is_heading(name) and name not in names else f"column {i + 1}")
    while names and names[-1] == f"column {len(names)}" and cells[len(names) - 1] is None:
        names.pop()
    return names


def _batches(source: Source, book: Workbook, sheet: str, names: list[str], progress: Progress) -> Iterator[Batch]:
    with _told(source):
        yield from _read(book, sheet, names, progress)


def _read(book: Workbook, sheet: str, names: list[str], progress: Progress) -> Iterator[Batch]:
    rows = _rows(book, sheet)
    next(rows, None)
    while chunk := list(islice(rows, BATCH_ROWS)):
        fitting, broken = [], []
        for number, cells in chunk:
            if any(c is not None for c in cells[len(names) :]):
                broken.append(Broken(f"cell:{escaped(sheet)}!{number}", "bad_row"))
            else:
                fitting.append((number, cells[: len(names)] + [None] * (len(names) - len(cells))))
        arrays = [column([cells[j] for _, cells in fitting]) for j in range(len(names))]
        place = pa.array([f"cell:{escaped(sheet)}!{number}" for number, _ in fitting], pa.string())
        progress(f"reading sheet {book.sheetnames.index(sheet) + 1}", chunk[-1][0], 0)
        yield Batch(pa.table(arrays, names=names), place, tuple(broken))


def _pictures(source: Source) -> list[Image]:
    """The images and videos among the archive's members, hashed as they are unpacked, never held whole."""
    found = []
    with _told(source), zipfile.ZipFile(source.path) as archive:
        for number, member in enumerate(archive.infolist()):
            with archive.open(member) as data:
                head = data.read(HEAD)
                media_type = media_type_of(head)
                if is_visual(media_type):
                    digest = hashlib.sha256(head)
                    while block := data.read(1 << 20):
                        digest.update(block)
                    found.append(Image(digest.hexdigest(), member.file_size, media_type, f"part:{number}"))
    return found


def _member(source: Source, number: int, text: str) -> tuple[Field, ...]:
    """The bytes of one member of the archive; EvidenceError when there is none or it is no image."""
    if not any(image.locator == text for image in _pictures(source)):
        raise no_such_place(source, text)
    with _told(source), zipfile.ZipFile(source.path) as archive:
        return (("bytes", archive.read(archive.infolist()[number])),)


def parts(source: Source, only: frozenset[str] | None, progress: Progress) -> Iterator[Part]:
    """One part a sheet, in the workbook's order, and one of the images beside them."""
    if only is None and (images := _pictures(source)):
        yield Part(PICTURES, (), iter(()), images)
    with _opened(source) as book:
        for sheet in book.sheetnames:
            if only is None or sheet in only:
                first = next(_rows(book, sheet), None)
                names = _header(first[1]) if first else []
                yield Part(sheet, tuple(names), _batches(source, book, sheet, names, progress) if names else iter(()))


def resolve(source: Source, place: tuple[locators.Part, ...]) -> tuple[Field, ...]:
    """The cells of the row, or the one cell, that ``cell:Sheet!7`` or ``cell:Sheet!B7`` names."""
    text = ">".join(map(str, place))
    if len(place) == 1 and place[0].kind == "part":
        return _member(source, int(place[0].argument), text)
    if len(place) != 1 or place[0].kind != "cell":
        raise wrong_locator(source, text, "cell:SHEET!7, cell:SHEET!B7 or part:N")
    sheet, _, where = place[0].argument.rpartition("!")
    letters = where.rstrip("0123456789")
    number = int(where[len(letters) :])
    with _opened(source) as book:
        if unescaped(sheet) not in book.sheetnames:
            raise no_such_place(source, text)
        rows = dict(_rows(book, unescaped(sheet)))
    if number not in rows:
        raise no_such_place(source, text)
    names = _header(next(iter(rows.values())))
    fields = tuple(zip(names, rows[number], strict=False))
    if not letters:
        return fields
    at = 0
    for letter in letters:
        at = at * 26 + ord(letter) - 64
    if at > len(fields):
        raise no_such_place(source, text)
    return (fields[at - 1],)


WORKBOOK = Reader(
    "workbook",
    "XLSX workbook, every sheet with a header row",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    sniff,
    parts,
    resolve,
)
