"""Columns of an exhibit as a proposal sees them: a sample of their cells, never all of them."""

from collections.abc import Sequence
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from leadline.kinds.codecs.cells import text as cell_text
from leadline.kinds.mapping.nothing import stored

MOST = 2_000
"""Distinct cells of a column that are looked at."""
LONGEST = 4_000
"""Characters of a cell that are looked at."""


@dataclass(frozen=True, slots=True)
class Column:
    """A sampled column: its distinct filled cells as text, the first MOST of them, and how many were seen and filled.

    `values` are all distinct ones. `whole`: every filled cell is a whole number as the source stores it, not text that
    looks like one. `unique`: no filled cell of the sample stands twice.
    """

    name: str
    texts: pa.Array
    values: pa.Array
    seen: int
    filled: int
    whole: bool
    unique: bool

    @property
    def numbers(self) -> pa.Array:
        """Its cells as whole numbers of 64 bits; null where one is none."""
        return numbers(self.texts)

    @property
    def distinct(self) -> int:
        """Different cells of the sample."""
        return len(self.values)


@dataclass(frozen=True, slots=True)
class Sample:
    """A part as far as it was sampled: rows seen, whether these are all it has, and its columns."""

    part: str
    rows: int
    whole: bool
    columns: tuple[Column, ...]

    def column(self, name: str) -> Column:
        """The column of this name; KeyError where there is none."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(name)


def sampled(part: str, batches: Sequence[pa.Table], *, whole: bool) -> Sample:
    """The sample that these rows of a part are."""
    names = dict.fromkeys(name for rows in batches for name in rows.column_names)
    columns = [[rows[name] for rows in batches if name in rows.column_names] for name in names]
    seen = sum(rows.num_rows for rows in batches)
    return Sample(part, seen, whole, tuple(_column(n, c, seen) for n, c in zip(names, columns, strict=True)))


def _column(name: str, cells: Sequence[pa.ChunkedArray], seen: int) -> Column:
    chunks = [chunk for column in cells for chunk in column.chunks]
    texts = pa.chunked_array([_texts(chunk) for chunk in chunks], pa.string()).combine_chunks().drop_null()
    distinct = pc.unique(texts)
    whole = len(texts) > 0 and all(pa.types.is_integer(chunk.type) for chunk in chunks)
    return Column(name, distinct.slice(0, MOST), distinct, seen, len(texts), whole, len(distinct) == len(texts) > 0)


def _texts(cells: pa.Array) -> pa.Array:
    """Cells as trimmed text; null where there is nothing."""
    if pa.types.is_string(cells.type):
        texts = cells
    elif pa.types.is_integer(cells.type):
        texts = cells.cast(pa.string())
    elif pa.types.is_binary(cells.type):
        texts = pa.array([_readable(value) for value in cells.to_pylist()], pa.string())
    else:
        texts = pa.array([cell_text(value) for value in cells.to_pylist()], pa.string())
    return stored(pc.utf8_slice_codeunits(pc.utf8_trim_whitespace(texts), 0, LONGEST))


def numbers(texts: pa.Array) -> pa.Array:
    """Texts as whole numbers of 64 bits; null where one is none."""
    return pc.if_else(pc.match_substring_regex(texts, r"^-?[0-9]{1,18}$"), texts, None).cast(pa.int64())


def _readable(value: bytes | None) -> str | None:
    """A blob as text where it is one, and otherwise as nothing that could be looked at."""
    try:
        return None if value is None else value[:LONGEST].decode()
    except UnicodeDecodeError:
        return None


def masked(text: str) -> str:
    """A cell's form without what it says: letters as x, digits as 9, cut short."""
    shown = "".join("x" if c.isalpha() else "9" if c.isdigit() else c if c.isprintable() else "?" for c in text[:40])
    return shown + ("..." if len(text) > 40 else "")
