"""Exact search of 256-bit hashes by Hamming distance."""

from leadline.engines.hamming.file import add, merge, open_index, write
from leadline.engines.hamming.search import Hashes, Index, Pairs, index, join, ready, search

__all__ = ["Hashes", "Index", "Pairs", "add", "index", "join", "merge", "open_index", "ready", "search", "write"]
