"""Hash lists as the ICSE database exports them: CSV with semicolons, one entry a line.

Columns by name: MD5, SHA1, PhotoDNA (hexadecimal), Is distributed, Victim identified, Offender identified (Y or N),
Agency, Baseline (Yes or No). Other columns, and fields beyond the header, are not read: series and investigation names
stay in the list. The category is `baseline` for material whose illegality every member country agrees on, `other` for
the rest. The entry number counts data lines from 0.
"""

import csv
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa

from leadline.errors import KindError
from leadline.kinds.codecs.hashtext import value_of
from leadline.kinds.codecs.lines import bounded
from leadline.kinds.codecs.listrows import ListRows

NAME = "icse"
SCHEME = "icse"
HASHES = ("md5", "sha1", "photodna")
MARKS = frozenset(("md5", "image id", "victim identified", "baseline"))
"""Columns that together no other list has."""
VICTIM = "victim identified"
FLAGS = ((VICTIM, VICTIM), ("offender identified", "offender identified"), ("is distributed", "distributed"))
"""Flags that travel with a match, and the words they travel as."""
YES = frozenset(("y", "yes", "true", "1"))


def sniff(path: Path) -> bool:
    """Whether the first line names the columns of MARKS."""
    with path.open("rb") as file:
        head = file.readline(8192)
    return set(_names(head.decode("utf-8-sig", "replace"))) >= MARKS


def read(path: Path) -> pa.Table:
    """The list's hashes, in entries.LIST; KindError (with the line) for a file that breaks.

    A line whose hash has an odd length or is no hexadecimal is kept with its fault, as the list has such lines.
    """
    rows = ListRows()
    with path.open(encoding="utf-8-sig", newline="") as file:
        try:
            names = _names(next(bounded(file), ""))
            for entry, fields in enumerate(_lines(bounded(file, 2))):
                _add(rows, entry, {n: f.strip() for n, f in zip(names, fields, strict=False)})
        except UnicodeDecodeError:
            raise KindError("the list is not UTF-8", remedy="save it as UTF-8 text") from None
    return rows.table()


def _lines(file: Iterator[str]) -> Iterator[list[str]]:
    reader = csv.reader(file, delimiter=";")
    try:
        yield from reader
    except csv.Error:
        raise KindError(
            "a line of the list cannot be read", where=f"line:{reader.line_num + 1}", remedy="check its quotes"
        ) from None


def _add(rows: ListRows, entry: int, named: dict[str, str]) -> None:
    notes = [words for name, words in FLAGS if _yes(named.get(name))]
    if notes[:1] == [VICTIM]:
        notes[0] += f": contact {named.get('agency') or 'the issuer'}"
    note = "; ".join(notes) or None
    category = "baseline" if _yes(named.get("baseline")) else "other"
    for kind in HASHES:
        if text := named.get(kind):
            value, fault = value_of(text)
            rows.add(entry, kind, value, None, category, SCHEME, note, fault)


def _yes(text: str | None) -> bool:
    return (text or "").lower() in YES


def _names(line: str) -> list[str]:
    return [name.strip().strip('"').lower() for name in line.strip().split(";")]
