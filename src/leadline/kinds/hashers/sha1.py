"""SHA-1 (RFC 3174) of a file's bytes: carried by most lists beside MD5; collisions can be made."""

import hashlib

NAME = "sha1"
SIZE = 20
"""Bytes of the digest."""


def new() -> "hashlib._Hash":
    """A running digest."""
    return hashlib.sha1(usedforsecurity=False)
