"""Seeded streams of chance: one independent generator a purpose, so that drawing more of one thing changes no other."""

import hashlib

import numpy as np

Ints = np.ndarray[tuple[int], np.dtype[np.int64]]
"""One-dimensional int64 array."""


def stream(seed: int, name: str) -> np.random.Generator:
    """The generator for one purpose of one seed: PCG64 over SHA-256 of both."""
    digest = hashlib.sha256(f"{seed}\x1f{name}".encode()).digest()
    return np.random.Generator(np.random.PCG64(int.from_bytes(digest[:16], "big")))


def tokens(rng: np.random.Generator, n: int, width: int = 16) -> list[str]:
    """`n` opaque lower-case hex tokens of `width` characters (even)."""
    text = rng.bytes(n * width // 2).hex()
    return [text[i : i + width] for i in range(0, n * width, width)]


def at_least_one(n: int, share_ppm: int) -> int:
    """`share_ppm` millionths of `n`, rounded, but one where the share is not zero and `n` is not."""
    if not share_ppm or not n:
        return 0
    return min(n, max(1, (n * share_ppm + 500_000) // 1_000_000))
