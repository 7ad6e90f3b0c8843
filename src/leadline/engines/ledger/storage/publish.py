"""How a ledger comes to lie in its folder: beside the last good state, then in its place in one rename.

LEDGER/
  ledger.json        what it covers and which columns folder holds (replaced last, in one rename)
  columns-<n>/       one file a column
  columns-<n>.partial  a build under way or broken off; cleared by the next one
"""

import errno
import fcntl
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from leadline.engines.ledger.storage.meta import META, text
from leadline.errors import LeadlineError, SpaceError, UsageError

ROOM = 1.9
"""Bytes of disk a build needs at most for each byte of blocks: columns somewhat larger, and 36 bytes an input."""

LEFT = re.compile(r"columns-\d+(\.partial)?|ledger\.json\.partial")
"""Names that a build under way gives; a folder of these alone is what a kill left of a first build."""


def is_free(out: Path) -> bool:
    """Whether a ledger may be built at `out`: nothing is there, no file, a ledger, or what a kill left of one."""
    if not out.exists() or (out / META).is_file():
        return True
    return out.is_dir() and all(LEFT.fullmatch(p.name) for p in out.iterdir())


def check_space(out: Path, size: int) -> None:
    """SpaceError when the disk of `out` has no room for the ledger of `size` bytes of blocks."""
    beside = next(p for p in (out, *out.absolute().parents) if p.exists())
    free = shutil.disk_usage(beside).free
    needed = int(size * ROOM) + (1 << 20)
    if free < needed:
        raise SpaceError(
            f"building this ledger needs {needed:,} bytes of disk, {free:,} are free",
            where=out.name,
            remedy="put the ledger on a larger disk, or build a slice: fewer blk*.dat files",
        )


@contextmanager
def alone(out: Path) -> Iterator[None]:
    """Nobody else builds at `out` meanwhile; UsageError where somebody does, or where it cannot be written.

    The lock is the folder's own, so that it ends with the process however that ends. A folder made for a build that
    fails is removed again.
    """
    made = not out.exists()
    try:
        out.mkdir(parents=True, exist_ok=True)
        handle = os.open(out, os.O_RDONLY)
    except OSError as error:
        raise _unwritable(out, error) from error
    try:
        _lock(handle, out)
        yield
    except BaseException:
        if made:
            with suppress(OSError):
                out.rmdir()
        raise
    finally:
        os.close(handle)


def _lock(handle: int, out: Path) -> None:
    """The folder locked, where its file system has locks."""
    with suppress(OSError):
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise UsageError(
                "another build is writing this ledger",
                where=out.name,
                remedy="wait until it has ended, then run the same command again",
            ) from error


@contextmanager
def staged(out: Path) -> Iterator[Path]:
    """A new empty columns folder, removed when anything goes wrong.

    A full disk becomes SpaceError, a folder that cannot be written UsageError.
    """
    folder = out
    try:
        out.mkdir(parents=True, exist_ok=True)
        for left in out.glob("columns-*.partial"):
            shutil.rmtree(left)
        folder = out / f"columns-{1 + _last(out)}.partial"
        folder.mkdir()
        yield folder
    except OSError as error:
        _clear(folder, out)
        raise _unwritable(out, error) from error
    except BaseException:
        _clear(folder, out)
        raise


def _unwritable(out: Path, error: OSError) -> LeadlineError:
    """The error for a folder that could not be written to, or only until the disk was full."""
    if error.errno in (errno.ENOSPC, errno.EFBIG, errno.EDQUOT):
        return SpaceError(
            "the disk became full while the ledger was built",
            where=out.name,
            remedy="free some space and build again; the last good state is unchanged",
        )
    why = (os.strerror(error.errno) if error.errno else "writing failed").lower()
    return UsageError(
        f"the ledger's folder cannot be written: {why}",
        where=out.name,
        remedy="name a folder of your own, or ask for its permissions; what stood there is unchanged",
    )


def _clear(folder: Path, out: Path) -> None:
    """Removes what a broken-off build left, never the ledger itself."""
    if folder != out:
        shutil.rmtree(folder, ignore_errors=True)


def _last(out: Path) -> int:
    """The highest number of a columns folder in `out`."""
    numbers = [p.name.removeprefix("columns-") for p in out.glob("columns-*")]
    return max((int(n) for n in numbers if n.isdecimal()), default=0)


def publish(out: Path, folder: Path, meta: dict[str, Any]) -> None:
    """`folder` under its final name and ledger.json pointing to it; then older columns go."""
    for path in (*sorted(folder.iterdir()), folder):
        _sync(path)  # what was written through a map is not on the disk yet
    final = folder.with_suffix("")
    folder.rename(final)
    new = out / f"{META}.partial"
    with new.open("w", encoding="utf-8") as file:
        file.write(text(meta | {"columns": final.name}))
        file.flush()
        os.fsync(file.fileno())
    _sync(out)
    new.replace(out / META)
    _sync(out)
    for old in sorted(out.glob("columns-*")):
        if old != final:
            shutil.rmtree(old, ignore_errors=True)


def _sync(path: Path) -> None:
    """A file's bytes, or a folder's entries, on the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
