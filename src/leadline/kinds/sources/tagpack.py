"""Tag and actor packs: which addresses belong to which service, as somebody published it (GraphSense YAML)."""

import re
from pathlib import Path

import pyarrow as pa

from leadline.errors import KindError
from leadline.kinds.codecs import tagpack
from leadline.kinds.codecs.entries import TAG
from leadline.model.tables import from_columns

_SNIFF_BYTES = 65_536
"""Headers end long before this; the list of tags that follows may be of any length."""
LARGEST = 1 << 28
"""Bytes of a pack, which is held in memory: the largest published ones have some tens of millions."""
_KEYS = tuple(re.compile(rb"^%s\s*:" % key, re.M) for key in (b"title", b"creator", b"(?:tags|actors)"))


def sniff(path: Path) -> bool:
    """Whether the file begins like a tag pack: two of its three required top-level keys."""
    with path.open("rb") as file:
        head = file.read(_SNIFF_BYTES)
    return b"\0" not in head and sum(key.search(head) is not None for key in _KEYS) >= 2


def read(path: Path) -> pa.Table:
    """The tags of the pack at `path` as kinds.codecs.entries.TAG; KindError when it is none as a whole."""
    try:
        if path.stat().st_size > LARGEST:
            raise KindError(f"the tag pack has more than {LARGEST:,} bytes", remedy="divide it into several")
        data = path.read_bytes()
    except OSError as error:
        raise KindError("the tag pack cannot be read", where=error.strerror or "") from None
    return from_columns(TAG, tagpack.parse(data).columns)
