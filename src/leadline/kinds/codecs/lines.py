"""Lines of a list file, none longer than it may be: a file of one endless line takes no memory."""

from collections.abc import Iterator
from typing import TextIO

from leadline.errors import KindError

LONGEST = 1 << 17
"""Characters of a line or a field: no hash, label or note is longer. csv's own limit is one of the whole process."""


def bounded(file: TextIO, first: int = 1) -> Iterator[str]:
    """The lines of `file`, which stands at line `first`; KindError with the line for one longer than LONGEST."""
    number = first
    while line := file.readline(LONGEST):
        if len(line) == LONGEST and not line.endswith(("\n", "\r")):
            raise KindError(f"a line has more than {LONGEST:,} characters", where=f"line:{number}")
        yield line
        number += 1
