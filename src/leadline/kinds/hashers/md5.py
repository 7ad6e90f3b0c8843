"""MD5 (RFC 1321) of a file's bytes: the digest most lists carry; never alone a proof, since collisions can be made."""

import hashlib

NAME = "md5"
SIZE = 16
"""Bytes of the digest."""


def new() -> "hashlib._Hash":
    """A running digest."""
    return hashlib.md5(usedforsecurity=False)
