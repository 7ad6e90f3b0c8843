"""The user's cache: what can be made again, each file under a name that says what it was made from."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path


def place(room: str, name: str) -> Path:
    """Where a file of the cache lies (XDG Base Directory Specification), whether or not it is there."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "leadline" / room / name


@contextmanager
def writing(path: Path) -> Iterator[Path]:
    """A path to write to, which becomes `path` whole or not at all; a cache that cannot be written is no error."""
    aside = path.with_suffix(f".{os.getpid()}")
    with suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
    try:
        yield aside
        aside.replace(path)
    except OSError:
        with suppress(OSError):
            aside.unlink()
