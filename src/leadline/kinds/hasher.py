"""Hashers: the hash kinds Leadline computes, stores and matches; the contract and the list."""

from dataclasses import dataclass

from leadline.errors import KindError
from leadline.kinds.hashers import md5, pdq, photodna, sha1, sha256


@dataclass(frozen=True, slots=True)
class Hasher:
    """One hash kind: its name with pipeline version, size in bytes, name in lists, and what agreement of values means.

    `radius` None: a digest, equal values are equal bytes. `radius` 0: a perceptual hash compared for equality only.
    `radius` n: a perceptual hash of one frame, near when at most n bits differ and both qualities are `quality` or
    more. `empty` is the value of a file without bytes: no list may match it.
    """

    name: str
    size: int
    listed: str
    says: str
    radius: int | None = None
    quality: int | None = None
    empty: bytes | None = None


HASHERS: tuple[Hasher, ...] = (
    Hasher(sha256.NAME, sha256.SIZE, "sha256", "the same bytes", empty=sha256.new().digest()),
    Hasher(sha1.NAME, sha1.SIZE, "sha1", "the same bytes, unless someone made a collision", empty=sha1.new().digest()),
    Hasher(md5.NAME, md5.SIZE, "md5", "the same bytes, unless someone made a collision", empty=md5.new().digest()),
    Hasher(pdq.NAME, pdq.SIZE, "pdq", "a near copy of one frame", radius=pdq.RADIUS, quality=pdq.QUALITY),
    Hasher(photodna.NAME, photodna.SIZE, "photodna", "the same picture to a licensed method", radius=0),
)
"""Every hash kind, strongest first."""


def hasher(name: str) -> Hasher:
    """The hasher of this name; KindError when there is none."""
    for one in HASHERS:
        if one.name == name:
            return one
    raise KindError("unknown hash kind", remedy="one of: " + ", ".join(h.name for h in HASHERS))
