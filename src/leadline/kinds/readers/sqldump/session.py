"""What a dump says about how it is to be read: the database in use, quoting, character set and time zone."""

import re
from dataclasses import dataclass, field, replace

_ASSIGNMENT = re.compile(
    rb"(?P<name>(?:@@?|(?:SESSION|LOCAL)\s+)?[\w.$]+)\s*:?=\s*"
    rb"(?P<value>'(?P<single>(?:[^'\\]|\\.|'')*)'|\"(?P<double>(?:[^\"\\]|\\.|\"\")*)\"|@@?[\w.$]+|[\w:+-]+)",
    re.I | re.S,
)
_NAMES = re.compile(rb"\bSET\s+(?:NAMES|CHARACTER\s+SET|CHARSET)\s+['\"]?(\w+)", re.I)
_OF_ALL = re.compile(rb"\bGLOBAL\b|\bPERSIST\b", re.I)
_MODE, _ZONE = "sql_mode", "time_zone"
_SYSTEM = "SYSTEM"
"""MySQL's word for the zone of the server's machine, which a dump does not tell."""
LONGEST_SET = 4096
"""Bytes of a SET statement that are read; the longest of a real dump has 300."""
MOST_SAVED = 64
"""User variables that are kept; mysqldump uses ten."""

CODECS = {
    "latin1": "cp1252",
    "latin2": "iso8859-2",
    "latin5": "iso8859-9",
    "latin7": "iso8859-13",
    "cp1250": "cp1250",
    "cp1251": "cp1251",
    "cp1256": "cp1256",
    "cp1257": "cp1257",
    "cp850": "cp850",
    "cp852": "cp852",
    "cp866": "cp866",
    "koi8r": "koi8-r",
    "koi8u": "koi8-u",
    "greek": "iso8859-7",
    "hebrew": "iso8859-8",
    "tis620": "tis-620",
    "euckr": "euc-kr",
    "ujis": "euc-jp",
    "eucjpms": "euc-jp",
    "gb2312": "gb2312",
}
"""Python's names of MySQL's character sets in which a dump may be written and every ASCII byte is that letter; latin1
is Windows' (MySQL Reference Manual, 12.10.2). Text that is UTF-8 is read so whatever is named; bytes of no set that is
known stay bytes."""
UNSAFE = frozenset({"big5", "cp932", "gb18030", "gbk", "sjis", "ucs2", "utf16", "utf16le", "utf32", "swe7"})
"""Character sets in which a letter may hold the byte of a backslash or a quote, so that rows cannot be told apart."""


@dataclass(frozen=True, slots=True)
class Session:
    """What holds for the next statement; `saved` are the user variables that keep an earlier mode or zone."""

    database: str = ""
    backslash: bool = True
    ansi: bool = False
    names: str = ""
    zone: str = ""
    saved: dict[str, str] = field(default_factory=dict)

    def after_set(self, text: bytes) -> "Session":
        """The session after a SET statement."""
        text = text[:LONGEST_SET]
        if _OF_ALL.search(text):
            return self
        result = self
        if named := _NAMES.search(text):
            result = replace(result, names=named[1].decode().lower())
        for found in _ASSIGNMENT.finditer(text):
            result = result._assigned(found)
        return result

    def _assigned(self, found: re.Match[bytes]) -> "Session":
        name = re.sub(
            r"^(?:session|local)\s+|^@@(?:session\.|local\.)?", "", found["name"].decode(errors="replace").lower()
        )
        quoted = found["single"] if found["single"] is not None else found["double"]
        value = self._value((found["value"] if quoted is None else quoted).decode(errors="replace"), quoted is not None)
        if value is None:
            return self
        if name.startswith("@"):
            known = name in self.saved or len(self.saved) < MOST_SAVED
            return replace(self, saved={**self.saved, name: value}) if known else self
        if name == _MODE:
            modes = value.upper().split(",")
            return replace(
                self, backslash="NO_BACKSLASH_ESCAPES" not in modes, ansi=bool({"ANSI", "ANSI_QUOTES"} & {*modes})
            )
        if name == _ZONE:
            return replace(self, zone="" if value.upper() in (_SYSTEM, "DEFAULT") else value)
        return self

    def _value(self, text: str, quoted: bool) -> str | None:
        """What is assigned; None where this reader does not know it."""
        if quoted or not text.startswith("@"):
            return text
        name = re.sub(r"^@@(?:session\.|local\.|global\.)?", "", text.lower())
        if name == _MODE:
            return ",".join([*["NO_BACKSLASH_ESCAPES"] * (not self.backslash), *["ANSI"] * self.ansi])
        return self.zone or _SYSTEM if name == _ZONE else self.saved.get(name)
