"""Rows of a hash list as they are read, packed into Arrow arrays in blocks, so that long lists stay small in memory.

Entries come in rising order, so the table is in key order when every block is and no entry is divided between two.
"""

import json
import re
from collections import Counter
from datetime import date

import pyarrow as pa

from leadline.kinds.codecs.entries import DATED, LICENCE, LIST, MAY_MISS, VERSION
from leadline.model.tables import in_key_order

BLOCK = 1 << 16
"""Rows held as Python objects before they are packed, but for the rest of an entry: some tens of megabytes."""
LONGEST = 100
"""Characters of a version that are kept."""
LONGEST_LICENCE = 2_000
"""Characters of a licence that are kept."""
_DAY = re.compile(r"(\d{4})-(\d\d)-(\d\d)(?![0-9])")


def terms(text: str) -> str:
    """A licence as it is kept: one line, cut at LONGEST_LICENCE characters."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())[:LONGEST_LICENCE]


class ListRows:
    """Collects the rows of one list, entries rising; `table` gives entries.LIST in key order, in whole entries."""

    def __init__(self) -> None:
        self._version = ""
        self._dated = ""
        self._licence = ""
        self._may_miss: Counter[str] = Counter()
        self._rows: list[tuple[object, ...]] = []
        self._blocks: list[pa.Table] = []

    def add(
        self,
        entry: int,
        hasher: str,
        value: bytes,
        quality: int | None,
        category: str | None,
        scheme: str | None,
        note: str | None,
        fault: str | None,
        t_ms: int | None = None,
    ) -> None:
        """One hash of one entry, in the columns of entries.LIST."""
        if len(self._rows) >= BLOCK and self._rows[-1][0] != entry:
            self._pack()
        self._rows.append((entry, hasher, value, quality, category, scheme, note, fault, t_ms))

    def version(self, text: object) -> None:
        """The list states this version of itself."""
        if isinstance(text, str):
            self._version = " ".join(text.split())[:LONGEST]

    def may_miss(self, word: str | None) -> None:
        """A perceptual hash may meet none of ours, for this reason of other_tools.MAY_MISS; None for no reason."""
        if word:
            self._may_miss[word] += 1

    def licence(self, text: object) -> None:
        """The list states these terms of its use."""
        if isinstance(text, str):
            self._licence = terms(text)

    def dated(self, text: object) -> None:
        """The list states this day of itself or of an entry, as ISO 8601 begins; the newest is kept."""
        found = _DAY.match(text) if isinstance(text, str) else None
        if found is not None and found[0] > self._dated:
            try:
                date(*map(int, found.groups()))
            except ValueError:
                return
            self._dated = found[0]

    def table(self) -> pa.Table:
        """Every row added; what the list says of itself as metadata."""
        self._pack()
        missed = json.dumps(dict(sorted(self._may_miss.items()))) if self._may_miss else ""
        stated = ((VERSION, self._version), (DATED, self._dated), (LICENCE, self._licence), (MAY_MISS, missed))
        said = {name: text.encode() for name, text in stated if text}
        made = pa.concat_tables([LIST.schema.empty_table(), *self._blocks])
        return made.replace_schema_metadata(said)

    def _pack(self) -> None:
        if self._rows:
            columns = zip(*self._rows, strict=True)
            arrays = [pa.array(c, f.type) for c, f in zip(columns, LIST.schema, strict=True)]
            self._blocks.append(in_key_order(LIST, pa.Table.from_arrays(arrays, schema=LIST.schema)))
            self._rows = []
