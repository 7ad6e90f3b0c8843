"""The contract of a writer: a pure function from a dossier to the files it puts into a package's payload.

`leadline.kinds.writers` lists them. A writer reads no clock, no network and no case: equal dossiers give equal bytes.
No writer may be given image data; a dossier holds digests and counts of media only.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from leadline.model.referral import Dossier


@dataclass(frozen=True, slots=True)
class Writer:
    """One output format: its name, one sentence on what it is for, and its function to {payload path: bytes}."""

    name: str
    says: str
    write: Callable[[Dossier], Mapping[str, bytes]]
