"""Hash lists as CSV with a header: one entry a line, one column a hash kind.

Columns by name, in any order and case: md5, sha1, sha256, pdq, photodna (hash values; also as "SHA-1" or "MD5 hash"),
pdq_quality or quality, category, scheme, note, id, t_ms. A column of digests that has none of these names is read under
its own, as a kind Leadline lacks: it is counted and matches nothing. A file's type or name is read only for which
hashes may meet none of ours (other_tools), other columns not at all. Comma, semicolon or tab. The entry number counts
data lines from 0. Lines that follow one another with the same id are the frames of one video: one entry, numbered by
its first line; t_ms is the time of the line's pdq in milliseconds. Lines ``# version: ...``, ``# dated: 2026-05-03``
and ``# licence: ...`` before the header are what the list says of itself.
"""

import csv
import re
from collections.abc import Iterator
from itertools import chain, islice
from pathlib import Path

import pyarrow as pa

from leadline.errors import KindError
from leadline.kinds.codecs.hashtext import quality_of, value_of
from leadline.kinds.codecs.lines import LONGEST, bounded
from leadline.kinds.codecs.listrows import ListRows
from leadline.kinds.codecs.other_tools import COLUMNS, may_miss

NAME = "csv"
HASHES = ("md5", "sha1", "sha256", "pdq", "photodna")
SCHEME = "unnamed"
"""The scheme of categories in a list that names none."""
_OWN = frozenset({"category", "scheme", "note", "id", "t_ms", "quality", "pdq_quality"})
"""Columns that are read and are none of hashes."""
MOST = 20
"""Lines that may stand before the header."""
_AFFIXES = re.compile(r"[^a-z0-9]|hash(?:es)?|digest|sum|value|checksum|hex(?:adecimal)?|file")
_PLAIN = re.compile(r"[a-z0-9_.()/-]+")
_FURTHER = re.compile(
    r"sha(?:224|384|512|3)|blake|ripemd|whirlpool|tiger|ssdeep|tlsh|sdhash|[adpw]hash|tmk|ed2k|edonkey|xxh"
)
"""Kinds of hash that other programs list and Leadline lacks."""
_HEXADECIMAL = re.compile(r"(?:0x)?(?:[0-9A-Fa-f]{2}){16,72}")
SAMPLE = 64
"""Lines by which a column is known for one of digests."""
LONGEST_TIME = 12
"""Digits of a time that is believed: thirty years in milliseconds."""


def sniff(path: Path) -> bool:
    """Whether the first line names a column of HASHES."""
    with path.open("rb") as file:
        head = file.readline(8192)
        for _ in range(MOST):
            if not head.startswith((b"#", b"\xef\xbb\xbf#")):
                break
            head = file.readline(8192)
    try:
        return any(_kind(name) in HASHES for name in _fields(head.decode("utf-8-sig")))
    except UnicodeDecodeError:
        return False


def read(path: Path) -> pa.Table:
    """The list's hashes, in entries.LIST; KindError (with the line) for a file that is no such CSV."""
    rows = ListRows()
    with path.open(encoding="utf-8-sig", newline="") as file:
        try:
            first = next(bounded(file), "")
            before = 0
            while first.startswith("#") and before < MOST:
                name, _, text = first[1:].partition(":")
                stating = {
                    "version": rows.version,
                    "dated": rows.dated,
                    "licence": rows.licence,
                    "license": rows.licence,
                }
                said = stating.get(name.strip().lower())
                if said:
                    said(text.strip())
                first, before = next(bounded(file, before + 2), ""), before + 1
            names = _fields(first)
            if not any(_kind(name) in HASHES for name in names):
                raise KindError(
                    "the list names no hash column", where=f"line:{before + 1}", remedy="name one: " + ", ".join(HASHES)
                )
            lines = _rows(bounded(file, before + 2), _delimiter(first), before)
            sample = list(islice(lines, SAMPLE))
            hashes = _digest_columns(names, sample)
            entry, last = 0, ""
            for number, row in enumerate(chain(sample, lines)):
                named = dict(zip(names, row, strict=False))
                own = named.get("id", "").strip()
                if not own or own != last:
                    entry, last = number, own
                _add(rows, entry, named, row, hashes)
        except UnicodeDecodeError:
            raise KindError("the list is not UTF-8", remedy="save it as UTF-8 text") from None
    return rows.table()


def _rows(file: Iterator[str], delimiter: str, before: int) -> Iterator[list[str]]:
    reader = csv.reader(file, delimiter=delimiter)
    try:
        for row in reader:
            if max(map(len, row), default=0) > LONGEST:
                raise csv.Error
            yield row
    except csv.Error:
        raise KindError(
            "a line of the list cannot be read", where=f"line:{reader.line_num + before + 1}", remedy="check its quotes"
        ) from None


def _add(rows: ListRows, entry: int, named: dict[str, str], row: list[str], hashes: list[tuple[int, str]]) -> None:
    category = named.get("category", "").strip() or None
    time = named.get("t_ms", "").strip()
    seen: set[tuple[str, bytes]] = set()
    for at, kind in hashes:
        if at >= len(row) or not row[at].strip():
            continue
        value, fault = value_of(row[at])
        if (kind, value) in seen:
            continue
        seen.add((kind, value))
        if kind == "pdq":
            rows.may_miss(may_miss(*(named.get(column) for column in COLUMNS)))
        stated = named.get("pdq_quality") or named.get("quality") or ""
        rows.add(
            entry,
            kind,
            value,
            quality_of(stated) if kind == "pdq" else None,
            category,
            (named.get("scheme", "").strip() or SCHEME) if category else None,
            named.get("note", "").strip() or None,
            fault,
            int(time) if kind == "pdq" and time.isascii() and time.isdigit() and len(time) < LONGEST_TIME else None,
        )


def _kind(name: str) -> str:
    """The kind of hash that a column's name says it holds, or nothing."""
    tight = _AFFIXES.sub("", name) if _PLAIN.fullmatch(name) else ""
    return tight if tight in HASHES else name if _FURTHER.search(name) else ""


def _digest_columns(names: list[str], rows: list[list[str]]) -> list[tuple[int, str]]:
    """(place, kind or own name) of every column of digests: by its name, or by all its values in the first rows."""
    found = []
    for at, name in enumerate(names):
        values = [row[at].strip() for row in rows if at < len(row) and row[at].strip()]
        digests = bool(values) and name not in _OWN and all(map(_HEXADECIMAL.fullmatch, values))
        kind = _kind(name) or (name or f"column {at + 1}" if digests else "")
        if kind:
            found.append((at, kind))
    return found


def _delimiter(line: str) -> str:
    return max(",;\t", key=line.count)


def _fields(line: str) -> list[str]:
    return [name.strip().strip('"').lower().replace(" ", "_") for name in line.strip().split(_delimiter(line))]
