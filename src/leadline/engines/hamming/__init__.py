"""Exact search of 256-bit hashes by Hamming distance."""

from leadline.engines.hamming.search import Pairs, join

__all__ = ["Pairs", "join"]
