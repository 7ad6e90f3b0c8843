"""Where working copies of evidence lie: in a folder that only this process uses, gone at its end or at the next start.

Nothing in scratch is believed: what a killed process left is removed by the next that opens the case, and a link where
a folder should be is refused. A folder in use is held by flock, which the system lets go of when its process dies.
"""

import atexit
import fcntl
import os
import shutil
import tempfile
from pathlib import Path

from leadline.errors import CaseError
from leadline.store import durable
from leadline.store.layout import Layout

PREFIX = "work-"
OWN = frozenset({"lock", "intent.json", "stage", "aside", "media"})
"""What of scratch the writer keeps itself (store.layout); all else is working folders."""
_HELD: dict[str, tuple[Path, int]] = {}
"""Folder of a case -> (this process's working folder, the handle that holds it)."""


def writable(layout: Layout) -> bool:
    """Whether this process may write to the case; one on a read-only medium can still be looked at."""
    return all(os.access(path, os.W_OK) for path in (layout.root, layout.log, layout.log.parent))


def must_write(layout: Layout) -> None:
    """CaseError unless this process may write to the case: asked before long work, not after it."""
    if not writable(layout):
        raise CaseError(
            "the case cannot be written: a read-only medium, or somebody else's folder",
            where=layout.root.name,
            remedy="work on a copy on a disk of your own; case find, explain, show and verify read it where it lies",
        )


def whole(layout: Layout) -> None:
    """CaseError unless scratch is a folder, or is not there."""
    for path in (layout.scratch, layout.lock, layout.stage, layout.aside, layout.intent, layout.scratch / "media"):
        if path.is_symlink():
            raise CaseError(
                "a link lies where the case writes",
                where=layout.name(path),
                remedy="remove it and look who put it there",
            )


def work(layout: Layout) -> Path:
    """This process's working folder for a case: in its scratch, or in the system's where the case cannot be written."""
    held = _HELD.get(str(layout.root))
    if held is None or not held[0].is_dir():
        base = _base(layout)
        with durable.reported(layout.root.name):
            clear(base)
            held = _made(base)
        _HELD[str(layout.root)] = held
        atexit.register(_remove, held[0], os.getpid())
    return held[0]


def is_work(path: Path) -> bool:
    """Whether `path` lies in a working folder of this process."""
    return any(path.is_relative_to(folder) for folder, _ in _HELD.values())


def clear(base: Path) -> None:
    """Removes from a folder of working folders every one that no living process holds."""
    if not base.is_dir():
        return
    for path in base.iterdir():
        if path.name in OWN:
            continue
        if path.is_symlink() or not path.is_dir():
            path.unlink(missing_ok=True)
        elif (handle := _taken(path)) is not None:
            shutil.rmtree(path, ignore_errors=True)
            os.close(handle)


def _base(layout: Layout) -> Path:
    """Where working folders of a case lie; CaseError when somebody else's folder has that name."""
    if writable(layout):
        whole(layout)
        layout.scratch.mkdir(exist_ok=True)
        return layout.scratch
    base = Path(tempfile.gettempdir()) / f"leadline-{os.getuid()}"
    with durable.reported(str(base)):
        base.mkdir(mode=0o700, exist_ok=True)
        found = base.lstat()
    if base.is_symlink() or found.st_uid != os.getuid() or found.st_mode & 0o077:
        raise CaseError(
            "a folder of this name is somebody else's", where=str(base), remedy="set TMPDIR to one of yours"
        )
    return base


def _made(base: Path) -> tuple[Path, int]:
    """A new working folder and the handle that holds it."""
    while True:
        folder = Path(tempfile.mkdtemp(prefix=PREFIX, dir=base))
        handle = _taken(folder)
        if handle is not None and folder.is_dir():
            return folder, handle


def _taken(folder: Path) -> int | None:
    """A handle that holds a folder, or None where another process does or it is gone."""
    try:
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    except OSError:
        return None
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(handle)
        return None
    return handle


def _remove(folder: Path, owner: int) -> None:
    """Removes a working folder at its process's end; a child that was forked from that process leaves it alone."""
    if os.getpid() == owner:
        shutil.rmtree(folder, ignore_errors=True)
