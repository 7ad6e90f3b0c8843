"""SHA-256 (FIPS 180-4) of a file's bytes: names every exhibit and media file."""

import hashlib

NAME = "sha256"
SIZE = 32
"""Bytes of the digest."""


def new() -> "hashlib._Hash":
    """A running digest."""
    return hashlib.sha256(usedforsecurity=False)
