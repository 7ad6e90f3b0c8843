"""SQLite databases, with the logs and journals that stand beside them."""

from leadline.kinds.readers.sqlite.reading import SQLITE

__all__ = ["SQLITE"]
