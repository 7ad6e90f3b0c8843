"""The parts of a workbook's archive that its sheets rest on: relationships, shared strings, number formats.

Source: ECMA-376 (ISO/IEC 29500), parts 1 and 2. Parts are found by their relationships, never by their names; every
byte that is unpacked counts against one bound.
"""

import posixpath
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass

from openpyxl.styles.numbers import BUILTIN_FORMATS, is_datetime, is_timedelta_format
from openpyxl.utils.datetime import CALENDAR_MAC_1904, CALENDAR_WINDOWS_1900

from leadline.kinds.spreadsheet.xml import Attributes, attribute, events

LARGEST = 2 << 30
"""Bytes to which the parts of a workbook may unpack: a full sheet of a million rows takes a quarter of it, a file made
to fill the memory takes more."""
LARGEST_STRINGS = 1 << 29
"""Characters of the shared strings, which are held in memory."""
LONGEST = 32_767
"""Characters a cell may hold: Excel's own limit (its specifications and limits)."""
_CHUNK = 1 << 16
_MOST_SMALL = 1 << 24
"""Bytes of a part of relationships, sheet names or formats."""
_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")
_LOCALE_DATES = frozenset((*range(27, 37), *range(50, 59)))
"""Number formats that stand for dates in the Chinese, Japanese and Korean editions (ECMA-376, 18.8.30)."""


class TooLarge(ValueError):
    """The parts unpack to more than may be read."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet of cells: its name and the archive's member it stands in."""

    name: str
    member: str


@dataclass(frozen=True, slots=True)
class Format:
    """What a number format makes of a number: `kind` is date, time, datetime, delta or nothing."""

    kind: str = ""


class Package:
    """The archive of a workbook; raises zipfile's errors, NotXml, TooLarge and ValueError for one that breaks."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        self._members = {_key(m.filename): m for m in archive.infolist()}
        self._room = LARGEST
        self._opened: set[str] = set()
        self.book = self._related("", "/officeDocument")
        self.epoch = CALENDAR_WINDOWS_1900
        self.sheets = self._sheets()
        self.strings = self._strings()
        self.formats = self._formats()

    def chunks(self, member: str, most: int = LARGEST) -> Iterator[bytes]:
        """The bytes of a member as they unpack; ValueError when there is none, TooLarge beyond the bounds."""
        info = self._members.get(_key(member))
        if info is None:
            raise ValueError("a part of the workbook is missing")
        if info.filename not in self._opened:
            self._opened.add(info.filename)
            self._room -= info.file_size
        if info.file_size > most or self._room < 0:
            raise TooLarge
        with self._archive.open(info) as data:
            while chunk := data.read(_CHUNK):
                yield chunk

    def _elements(self, member: str, most: int = _MOST_SMALL) -> list[tuple[str, Attributes]]:
        """The elements of a small part, in order."""
        found: list[tuple[str, Attributes]] = []
        for _ in events(self.chunks(member, most), lambda n, a: found.append((n, a)), _ignore, _ignore):
            pass
        return found

    def _relations(self, part: str) -> dict[str, tuple[str, str]]:
        """(type, member) of the relationships of a part, by id; of the archive itself for no part."""
        folder, name = posixpath.split(part)
        place = posixpath.join(folder, "_rels", f"{name}.rels")
        if _key(place) not in self._members:
            return {}
        return {
            said.get("Id", ""): (said.get("Type", ""), posixpath.normpath(posixpath.join("/", folder, said["Target"])))
            for element, said in self._elements(place)
            if element == "Relationship" and said.get("Target") and said.get("TargetMode") != "External"
        }

    def _related(self, part: str, type_: str) -> str:
        """The member that a part is related to by this type; empty when there is none."""
        return next((target for kind, target in self._relations(part).values() if kind.endswith(type_)), "")

    def _sheets(self) -> tuple[Sheet, ...]:
        """The sheets of cells, in the workbook's order; sheets of charts, dialogs and macros have none."""
        relations = self._relations(self.book)
        found = []
        for element, said in self._elements(self.book):
            if element == "workbookPr" and said.get("date1904", "").lower() in ("1", "true", "on"):
                self.epoch = CALENDAR_MAC_1904
            if element == "sheet":
                kind, member = relations.get(attribute(said, "id"), ("", ""))
                if kind.endswith("/worksheet"):
                    found.append(Sheet(said.get("name", ""), member))
        if len({sheet.name for sheet in found}) < len(found):
            raise ValueError("two sheets have one name")
        return tuple(found)

    def _strings(self) -> list[str]:
        """The shared strings; phonetic guides are no text of theirs."""
        member = self._related(self.book, "/sharedStrings")
        if not member:
            return []
        found: list[str] = []
        pieces: list[str] = []
        guide = held = 0
        inside = False

        def start(name: str, _said: Attributes) -> None:
            nonlocal guide, inside
            guide += name == "rPh"
            inside = name == "t" and not guide

        def end(name: str) -> None:
            nonlocal guide, inside, held
            inside = False
            if name == "rPh":
                guide -= 1
            elif name == "si":
                found.append(plain("".join(pieces)))
                held += len(found[-1]) + 1
                pieces.clear()

        def text(data: str) -> None:
            nonlocal held
            if inside:
                pieces.append(data)

        for _ in events(self.chunks(member), start, end, text):
            if held > LARGEST_STRINGS:
                raise TooLarge
        return found

    def _formats(self) -> list[Format]:
        """The format of each style a cell can name."""
        member = self._related(self.book, "/styles")
        codes = dict(BUILTIN_FORMATS)
        found: list[Format] = []
        inside = False
        for element, said in self._elements(member) if member else []:
            if element == "numFmt":
                codes[int(said.get("numFmtId", "-1"))] = said.get("formatCode", "")
            elif element in ("cellXfs", "cellStyleXfs", "cellStyles", "dxfs"):
                inside = element == "cellXfs"
            elif element == "xf" and inside:
                found.append(_format(int(said.get("numFmtId", "0")), codes))
        return found


def _format(number: int, codes: dict[int, str]) -> Format:
    code = codes.get(number)
    if code is None:
        return Format("datetime" if number in _LOCALE_DATES else "")
    if is_timedelta_format(code):
        return Format("delta")
    return Format(is_datetime(code) or "")


def plain(text: str) -> str:
    """Text with its ``_xHHHH_`` as the characters they stand for (ECMA-376, 22.9.2.19); halves of pairs are joined."""
    if "_x" not in text:
        return text
    meant = _ESCAPE.sub(lambda m: chr(int(m[1], 16)), text)
    return meant.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _key(name: str) -> str:
    """A member's name as it is compared: part names are equal whatever their case (ECMA-376, part 2, 6.2.2.3)."""
    return name.replace("\\", "/").lstrip("/").lower()


def _ignore(*_said: object) -> None:
    """Takes no notice."""
