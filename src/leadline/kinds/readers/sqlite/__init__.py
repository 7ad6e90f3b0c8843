"""SQLite databases, with the logs and journals that stand beside them."""

from leadline.kinds.reader import Reader
from leadline.kinds.readers.sqlite.companions import altered
from leadline.kinds.readers.sqlite.reading import parts, resolve, sniff
from leadline.kinds.readers.sqlite.sampling import sample

SQLITE = Reader(
    "sqlite",
    "SQLite database, with what stands only in its write-ahead log, and rolled back by its journal",
    "application/vnd.sqlite3",
    sniff,
    parts,
    resolve,
    sample=sample,
    altered=altered,
)
"""A database is read as SQLite would read it, its log or journal applied."""

__all__ = ["SQLITE"]
