"""Pinned hash lists as tables; a long one is kept parsed in the user's cache, under the digest of its file."""

import hashlib
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from leadline.kinds import source
from leadline.kinds.codecs.entries import LIST
from leadline.steps import cache
from leadline.steps.step import Pin

CACHED = 3
"""Raised when the reading of any list changes, so that what an older version kept is not used."""
WORTH_KEEPING = 10_000
"""Entries from which on parsing takes longer than reading what was kept."""


def entries(pin: Pin) -> pa.Table:
    """The checked rows of a pinned list, in entries.LIST; a kept one is used only when its pages are whole."""
    form = hashlib.sha256(f"{CACHED} {LIST.schema}".encode()).hexdigest()[:16]
    kept = cache.place("lists", f"{pin.read_as}-{form}.parquet")
    try:
        table = pq.read_table(kept, page_checksum_verification=True)
        if table.schema.equals(LIST.schema):
            return table
    except (OSError, pa.ArrowException):
        pass
    table = source.read("list", pin.path, demanded=pin.demanded)
    if table.num_rows >= WORTH_KEEPING:
        keep(kept, table)
    return table


def keep(path: Path, table: pa.Table) -> None:
    """Writes `table` at `path` with a checksum a page."""
    with cache.writing(path) as aside:
        pq.write_table(table, aside, write_page_checksum=True)
