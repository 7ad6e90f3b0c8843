"""Exact search of 256-bit hashes by Hamming distance."""

from leadline.engines.hamming.search import Hashes, Pairs, join, ready

__all__ = ["Hashes", "Pairs", "join", "ready"]
