"""The slot for an agency's own licensed hash library: a program that is told paths and answers with PhotoDNA values.

Leadline ships no such library. The program that LEADLINE_PHOTODNA names speaks the workers' protocol, one JSON object a
line: it says ``{"ready": true}`` when it has started; for ``{"i": number, "path": text, ...}`` it answers ``{"i",
"status": "decoded" or "undecodable", "reason": null or a word, "frames": [[number, milliseconds or null, end of the
frame's run or null, quality or null, hash in hexadecimal], ...]}``. One that ends or stands still at a file is started
anew, and the file is left out after the second time. It is the agency's own program and is not confined.
"""

import os
import shlex
import shutil
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import pyarrow as pa

from leadline.engines.media import pool
from leadline.engines.media.decoded import SHOWN
from leadline.engines.media.hashing import SIGNATURES
from leadline.engines.media.tasks import Tasks
from leadline.errors import ExtraError, LeadlineError
from leadline.kinds.hashers import photodna
from leadline.model.progress import Progress

SETTING = "LEADLINE_PHOTODNA"
"""Environment variable that holds the command line of the program."""


def command() -> tuple[str, ...]:
    """The program and its arguments; nothing when none is named. ExtraError when it is not there."""
    words = tuple(shlex.split(os.environ.get(SETTING, "")))
    if words and shutil.which(words[0]) is None:
        raise ExtraError(f"{SETTING} names no program", remedy="name your licensed hasher's command line, or unset it")
    return words


def hash_licensed(
    paths: Sequence[Path], words: Sequence[str], progress: Progress, workers: int, table: Path | None
) -> pa.Table:
    """The values the program gives for these files, as rows of SIGNATURES; `table` as in engines.media.hash_files.

    LeadlineError when an answer holds what is no PhotoDNA value.
    """
    rows: list[tuple[object, ...]] = []
    with closing(Tasks(paths, table)) as tasks:
        pool.run(tasks, progress, workers, words)
        for i, (_, seen) in tasks.answers():
            rows += [(i, *_row(frame), "", SHOWN) for frame in seen["frames"]]
    columns = list(zip(*rows, strict=True)) or [() for _ in SIGNATURES]
    arrays = [pa.array(c, f.type) for c, f in zip(columns, SIGNATURES, strict=True)]
    return pa.Table.from_arrays(arrays, schema=SIGNATURES)


def _row(frame: Sequence[Any]) -> tuple[object, ...]:
    """hasher, value, quality, frame, t_ms, until_ms of one frame of an answer."""
    try:
        *numbers, text = frame
        value = bytes.fromhex(text)
    except (TypeError, ValueError):
        numbers, value = [], b""
    whole = len(numbers) == 4 and all(isinstance(x, int) or (x is None and n) for n, x in enumerate(numbers))
    if not whole or len(value) != photodna.SIZE:
        raise LeadlineError(
            "the licensed hasher answered with what is no PhotoDNA value",
            remedy=f"mend the program that {SETTING} names by the protocol in docs/commands.md, or unset it",
        )
    number, t_ms, until_ms, quality = numbers
    return photodna.NAME, value, quality, number, t_ms, until_ms
