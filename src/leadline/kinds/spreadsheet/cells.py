"""The rows of a sheet, cell by cell, as the file states them; a cell that cannot be read says why.

Neither the sheet's stated dimension nor openpyxl's reading of it is believed: cells stand where they say they stand.
"""

import datetime
import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from openpyxl.utils.datetime import from_excel

from leadline.kinds.codecs.cells import text as as_text
from leadline.kinds.spreadsheet.package import LONGEST, Format, Package, Sheet, TooLarge, plain
from leadline.kinds.spreadsheet.xml import Attributes, events
from leadline.model.words import BAD_ROW

ROWS, COLUMNS = 1 << 20, 1 << 14
"""The size of a sheet (Excel's specifications and limits)."""
MOST_TEXT = 2 << 30
"""Characters the cells of a sheet may hold together: one shared string can stand in every cell."""
_EXACT = 1 << 53
"""A cell holds a double (ECMA-376, 18.18.11): from here on not every whole number is one."""
_PLACE = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})")
_WHOLE = re.compile(r"[-+]?[0-9]{1,400}")


@dataclass(frozen=True, slots=True)
class Fault:
    """A cell that cannot be read, by a reason of model.evidence.REJECT."""

    reason: str


Cell = str | int | bool | Fault
Row = tuple[int, dict[int, Cell], str]
"""(number from 1, cells that hold anything by their column from 0, why the row cannot be read or nothing)."""


def rows(book: Package, sheet: Sheet) -> Iterator[Row]:
    """The rows of a sheet that hold anything, in order; a row out of order or beyond the sheet is a ``bad_row``."""
    reading = _Reading(book)
    for _ in events(book.chunks(sheet.member), reading.start, reading.end, reading.text):
        if reading.done:
            yield from reading.done
            reading.done.clear()
        if reading.held > MOST_TEXT:
            raise TooLarge


class _Reading:
    """What has been read of a sheet: whole rows in `done`."""

    def __init__(self, book: Package) -> None:
        self._book = book
        self.done: list[Row] = []
        self.held = 0
        self._number = 0
        self._last = 0
        self._row: dict[int, Cell] = {}
        self._fault = ""
        self._column = -1
        self._said: Attributes = {}
        self._value: list[str] = []
        self._length = 0
        self._has_value = self._formula = self._inside = False
        self._guide = 0

    def start(self, name: str, said: Attributes) -> None:
        """An element begins."""
        if name == "c":
            self._said, self._value, self._length = said, [], 0
            self._has_value = self._formula = self._inside = False
            self._place(said.get("r"))
        elif name == "v" or (name == "t" and not self._guide):
            self._has_value = self._inside = True
        elif name == "f":
            self._formula = True
        elif name == "rPh":
            self._guide += 1
        elif name == "row":
            stated = said.get("r", "")
            self._number = int(stated) if stated.isascii() and stated.isdigit() and len(stated) < 8 else self._last + 1
            self._row, self._column = {}, -1
            self._fault = "" if self._last < self._number <= ROWS else BAD_ROW

    def _place(self, stated: str | None) -> None:
        """The column of the cell that begins: where it says, or the next one."""
        column = self._column + 1
        if stated is not None:
            found = _PLACE.fullmatch(stated.upper())
            if found is None or int(found[2]) != self._number:
                self._fault = BAD_ROW
                return
            column = column_of(found[1])
        if not self._column < column < COLUMNS:
            self._fault = BAD_ROW
        self._column = column

    def end(self, name: str) -> None:
        """An element ends."""
        if name == "c":
            value = self._cell()
            if value is not None and not self._fault:
                self._row[self._column] = value
                self.held += len(value) if isinstance(value, str) else 1
        elif name in ("v", "t"):
            self._inside = False
        elif name == "rPh":
            self._guide -= 1
        elif name == "row":
            if self._row or self._fault:
                self.done.append((self._number, self._row, self._fault))
            self._last = max(self._last, min(self._number, ROWS))

    def text(self, data: str) -> None:
        """Characters of a value; no more are kept than a cell may hold."""
        if self._inside:
            self._length += len(data)
            if self._length <= 8 * LONGEST:
                self._value.append(data)

    def _cell(self) -> Cell | None:
        """What the cell that ends holds; None for nothing."""
        kind = self._said.get("t", "n")
        if self._length > 8 * LONGEST:
            return Fault("too_long")
        text = "".join(self._value)
        if kind == "e":
            return Fault("no_value")
        if not self._has_value or (not text and kind not in ("str", "inlineStr")):
            return Fault("no_value") if self._formula else None
        if kind == "s":
            at = int(text) if text.strip().isascii() and text.strip().isdigit() and len(text) < 10 else -1
            strings = self._book.strings
            return _short(strings[at]) if 0 <= at < len(strings) else Fault("bad_cell")
        if kind in ("str", "inlineStr"):
            return _short(plain(text))
        if kind == "b":
            return {"1": True, "0": False, "true": True, "false": False}.get(text.strip().lower(), Fault("bad_cell"))
        if kind == "d":
            return text.strip()
        return self._number_of(text.strip()) if kind == "n" else Fault("bad_cell")

    def _number_of(self, text: str) -> Cell:
        style = self._said.get("s", "0")
        formats = self._book.formats
        at = int(style) if style.isascii() and style.isdigit() and len(style) < 9 else -1
        format_ = formats[at] if 0 <= at < len(formats) else Format()
        return moment(text, format_.kind, self._book.epoch) if format_.kind else number(text)


def _short(text: str) -> str | Fault:
    return text if len(text) <= LONGEST else Fault("too_long")


def column_of(letters: str) -> int:
    """The column that letters name, from 0."""
    at = 0
    for letter in letters:
        at = at * 26 + ord(letter) - 64
    return at - 1


def letters_of(column: int) -> str:
    """The letters that name a column, counted from 0."""
    letters, column = "", column + 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def number(text: str) -> Cell:
    """A number as stated: whole ones as integers, others as the shortest decimal text of their double.

    A whole number from 2^53 on is ``inexact`` where its digits may be those of a double that was rounded to: digits
    of more places than any double is written with, or of none that a double near it is written with, are exact.
    """
    try:
        value = float(text)
    except ValueError:
        return Fault("bad_cell")
    if value != value or abs(value) == float("inf"):
        return Fault("bad_cell")
    if abs(value) < _EXACT:
        return int(value) if value.is_integer() else as_text(value) or ""
    if not _WHOLE.fullmatch(text):
        return Fault("inexact")
    stated = int(text)
    written = {
        int(value),
        *(int(Decimal(f"{value:.{places - 1}e}")) for places in (15, 16, 17)),
        int(Decimal(repr(value))),
    }
    return Fault("inexact") if stated in written else stated


def moment(text: str, kind: str, epoch: datetime.datetime) -> Cell:
    """A number whose format shows a time, as ISO 8601 text; a day alone where only a day is shown and stored."""
    try:
        value = float(text)
        found = from_excel(value, epoch, timedelta=kind == "delta")
    except (ValueError, OverflowError):
        return Fault("bad_time")
    if isinstance(found, datetime.datetime):
        whole = kind == "date" and value.is_integer()
        return found.date().isoformat() if whole else found.isoformat(sep=" ")
    if isinstance(found, datetime.time):
        return found.isoformat()
    return str(found) if found is not None else Fault("bad_time")
