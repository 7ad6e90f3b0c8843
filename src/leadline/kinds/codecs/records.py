"""Rows of delimited text with the line each begins on: RFC 4180, kept from running on where a quote is never closed.

A record may span lines inside quotes. Where that breaks the rules, or gives a row that does not fit, only its first
line is at fault: it is told, and reading goes on with the next line. What is read twice so is bounded.
"""

import csv
import io
import re
from collections import deque
from collections.abc import Iterator
from typing import TextIO

LONGEST = 1 << 26
"""Characters of a line or a record: more than a whole file as base64 in one cell takes; a longer one is a reject."""
AGAIN = 1 << 26
"""Characters that may be read a second time, besides twice the file: a few quotes that are never closed. After that
no record spans lines, so that the cost stays linear."""

_GONE = "\0\n"
"""Stands for a line too long to be held, told from all others by being this very text."""
Record = tuple[int, list[str] | None, str]
"""(line the record begins on, its cells or None, why it cannot be read or nothing)."""


def next_line(file: TextIO) -> tuple[str, bool]:
    """The next line of `file`, at most LONGEST characters of it, and whether that is all of it; empty at the end."""
    line = file.readline(LONGEST)
    if len(line) < LONGEST or line.endswith(("\n", "\r")):
        return line, True
    while (rest := file.readline(LONGEST)) and not rest.endswith(("\n", "\r")):
        pass
    return line, False


class _Lines:
    """The lines of a file one by one, able to be given back."""

    def __init__(self, file: TextIO) -> None:
        self._file = file
        self._back: deque[str] = deque()
        self.taken: list[str] = []
        self.length = 0
        self.read = self.again = 0

    def begin(self) -> None:
        """Starts a record."""
        self.taken, self.length = [], 0

    def __iter__(self) -> "_Lines":
        return self

    def __next__(self) -> str:
        if self.taken and (self.length > LONGEST or self.again > AGAIN + 2 * self.read):
            raise StopIteration
        line = self._back.popleft() if self._back else self._fresh()
        if not line:
            raise StopIteration
        if line is _GONE and self.taken:
            self._back.appendleft(line)
            raise StopIteration
        self.taken.append(line)
        self.length += len(line)
        return line

    def _fresh(self) -> str:
        line, whole = next_line(self._file)
        self.read += len(line)
        return line if whole else _GONE

    def give_back(self) -> None:
        """Gives back every line of this record but its first."""
        rest = self.taken[1:]
        self._back.extendleft(reversed(rest))
        self.again += self.length
        self.taken = self.taken[:1]


def records(file: TextIO, delimiter: str, width: int | None = None, first: int = 1) -> Iterator[Record]:
    """Every record of `file`, which stands at the beginning of line `first`; blank lines are none.

    `width` is the number of columns: a row of as many, or with blank cells beyond, has them; any other is
    ``bad_row``, one longer than LONGEST is ``too_long``. A quote escaped by a backslash is read as one where the row
    fits only so; one that blanks part from the delimiter before it, as in ``a, "b, c"``, where the row fits so.
    """
    csv.field_size_limit(LONGEST)
    lines = _Lines(file)
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    line = first
    while True:
        lines.begin()
        try:
            row: list[str] | None = next(reader)
        except StopIteration:
            return
        except csv.Error:
            row = None
        if lines.taken[0] is _GONE:
            yield line, None, "too_long"
        elif row is not None and (width is None or _trimmed(row, width)):
            if row:
                yield line, _blanks_before(lines.taken, delimiter, width) or row, ""
        elif row != []:
            if len(lines.taken) > 1:
                lines.give_back()
                row = None
            again = _unescaped(lines.taken[0], delimiter, width) or _blanks_before(lines.taken, delimiter, width)
            if again is not None:
                yield line, again, ""
            else:
                yield line, row, "bad_row"
        line += len(lines.taken)


def _trimmed(row: list[str], width: int) -> bool:
    """Whether the row has so many cells, blank ones beyond them taken off."""
    while len(row) > width and not row[-1].strip():
        row.pop()
    return len(row) == width


def _unescaped(line: str, delimiter: str, width: int | None) -> list[str] | None:
    r"""The line as a record whose quotes are escaped as ``\"``, where that gives a row that fits."""
    if '\\"' not in line:
        return None
    try:
        row = next(csv.reader(io.StringIO(line.replace('\\"', '""'), newline=""), delimiter=delimiter, strict=True))
    except (csv.Error, StopIteration):
        return None
    return row if width is None or _trimmed(row, width) else None


def _blanks_before(lines: list[str], delimiter: str, width: int | None) -> list[str] | None:
    """One line as a record with blanks between a delimiter and a quote, where that gives a row that fits."""
    if len(lines) > 1 or ' "' not in lines[0] or not re.search(rf'[{delimiter}] +"', lines[0]):
        return None
    try:
        row = next(
            csv.reader(io.StringIO(lines[0], newline=""), delimiter=delimiter, strict=True, skipinitialspace=True)
        )
    except (csv.Error, StopIteration):
        return None
    return row if width is None or _trimmed(row, width) else None
