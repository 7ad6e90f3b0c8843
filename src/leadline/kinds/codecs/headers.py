"""Where the header of a table stands when lines come before it, and what its columns are called.

Returns and statements begin with who made them, for whom and when; the header follows. A value never becomes a name:
names stand in errors and tallies, which hold nothing of the evidence.
"""

import re
from collections.abc import Sequence

SAMPLE = 64
"""Rows looked at: the longest preambles seen on statements have some thirty lines."""
LONGEST = 64
"""Characters of a column's name; longer text is a sentence or a value."""

_HEADING = re.compile(r"[^\W\d_][^@\x00-\x1f\ud800-\udfff]*")
_ODD = re.compile(r"[#%№§]?\s*[^@\x00-\x1f\ud800-\udfff]*[^\W\d_][^@\x00-\x1f\ud800-\udfff]*")
"""Words that begin with a digit or a sign, as "24h volume" and "# of txs"."""
_VALUE = re.compile(
    r"[\W\d_]*\d[\W\d_]*|.*@.*|[\d.,'+-]+\s?[A-Z]{3,4}"  # numbers, dates, amounts with a currency, e-mail
    r"|\d{4}-\d\d-\d\d[T ].*|\d{1,4}[-./ ][A-Za-z]{3,9}[-./ ]\d{2,4}.*|[A-Za-z]{3,9}\.? \d{1,2},? \d{4}.*"  # times
    r"|(?=\S*\d)[0-9a-fA-F][0-9a-fA-F:-]{11,}|(?=\S*\d)[A-Za-z0-9+/=_-]{24,}",  # digests, UUIDs, keys, addresses
    re.S,
)


def is_heading(name: str) -> bool:
    """Whether a cell can be a column's name and not a value: it begins with a letter, is short, and holds no @."""
    tight = tidy(name)
    return len(tight) <= LONGEST and _HEADING.fullmatch(tight) is not None and not _is_value(tight)


def is_header(names: Sequence[str]) -> bool:
    """Whether cells can be a table's header: distinct headings. So no value of a table without one becomes a name."""
    tight = [tidy(n) for n in names]
    return bool(tight) and len(set(tight)) == len(tight) and all(is_heading(n) for n in tight)


def tidy(name: str) -> str:
    """A name on one line, its white space collapsed."""
    return " ".join(name.split())


def filled(row: Sequence[str]) -> int:
    """How many cells a row has up to its last one that is not blank: trailing delimiters make no columns."""
    return next((i for i in range(len(row), 0, -1) if row[i - 1].strip()), 0)


def header_at(rows: Sequence[Sequence[str] | None]) -> int | None:
    """The place of the header among the first rows of a table, None for a row that breaks; None when there is none.

    The first filled row is the header if it can be one, unless a row at least half as wide again can, which more than
    half of the rows after it fit: that one comes after a preamble. So does the first row of its width over values,
    where most rows are too wide for the first filled row. Otherwise it is the widest row that can be one and is fitted
    so. Headings that are repeated or begin with a digit need values below.
    """
    widths = [0 if row is None else filled(row) for row in rows]
    first = next((at for at, width in enumerate(widths) if width), None)
    if first is not None and not is_header((rows[first] or [])[: widths[first]]):
        first = None
    outgrown = first is not None and 2 * sum(w > widths[first] for w in widths[first:]) > len(widths) - first
    best: int | None = None
    for at, row in enumerate(rows):
        width = widths[at]
        wide = first is None or at == first or 2 * width >= 3 * widths[first]
        near = outgrown and not wide and width > max(widths[:at])
        if row is None or not width or not (wide or near) or (best is not None and width <= widths[best]):
            continue
        after = [other for other in rows[at + 1 :] if other is None or filled(other)]
        fitting = [other for other in after if other is not None and _fits(other, width)]
        enough = 2 * len(fitting) > len(after) if after else width > max(widths[:at], default=0)
        if enough and _names_columns(row[:width], fitting) and (wide or _over_values(width, fitting)):
            best = at
    return first if best is None else best


def _fits(row: Sequence[str], columns: int) -> bool:
    """Whether a row is as long as the header: its last cells may be blank, but must be there."""
    return filled(row) <= columns <= len(row)


def _names_columns(cells: Sequence[str], below: Sequence[Sequence[str]]) -> bool:
    """Whether these cells are a header over these rows."""
    if is_header(cells):
        return True
    told = [tidy(c) for c in cells if c.strip()]
    headings = sum(map(is_heading, told))
    if len(told) < 2 or 2 * headings < len(told) or not all(map(_is_name, told)):
        return False
    return any(len(c) <= LONGEST and _is_value(tidy(c)) for row in below for c in row)


def _over_values(columns: int, below: Sequence[Sequence[str]]) -> bool:
    """Whether one of these columns holds mostly values."""
    return any(2 * sum(_is_value(tidy(row[c])) for row in below) > len(below) for c in range(columns))


def _is_name(tight: str) -> bool:
    return len(tight) <= LONGEST and not _is_value(tight) and (is_heading(tight) or _ODD.fullmatch(tight) is not None)


def _is_value(tight: str) -> bool:
    return _VALUE.fullmatch(tight) is not None


def column_names(cells: Sequence[str]) -> list[str]:
    """Names of the columns, all different; one that is blank, repeated or no heading is called by its number."""
    told = [tidy(c) for c in cells[: filled(cells)]]
    names: list[str] = []
    for number, name in enumerate(told, 1):
        if not _is_name(name) or name in names:
            name = f"column {number}"
            while name in told or name in names:
                name += " again"
        names.append(name)
    return names
