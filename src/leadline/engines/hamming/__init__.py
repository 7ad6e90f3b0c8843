"""Exact search of 256-bit hashes by Hamming distance."""

from leadline.engines.hamming.file import add, merge, open_index, write
from leadline.engines.hamming.layout import cheapest
from leadline.engines.hamming.search import Hashes, Index, Pairs, index, join, join_each, ready, search

__all__ = [
    "Hashes", "Index", "Pairs", "add", "cheapest", "index", "join", "join_each", "merge", "open_index", "ready",
    "search", "write",
]  # fmt: skip
