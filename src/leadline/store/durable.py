"""Every write a case makes: written, fsynced, renamed, its folder fsynced, and one log line; nothing else writes.

A test replaces `point` to stop the process at the k-th of these moments.
"""

import fcntl
import hashlib
import os
import shutil
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from queue import Queue
from threading import Thread
from typing import Any, BinaryIO, TextIO

from leadline.errors import CaseError, EvidenceError, SpaceError, from_os

CHUNK = 1 << 20
"""Bytes read at a time: large enough that hashing, not system calls, is the cost."""
AHEAD = 8
"""Blocks read ahead of the slower of two threads that hash them."""
READ_ONLY = 0o444
LOCK_SECONDS = 60.0
"""How long an append waits for another process: longer than any append but the copy of a very large exhibit."""
RESERVE = 16 << 20
"""Bytes kept free beyond what is written, for the log and the folders' own blocks."""


def point(what: str) -> None:
    """Called before every change on disk with its kind; does nothing outside tests."""


@contextmanager
def reported(where: str) -> Iterator[None]:
    """Turns an OSError into SpaceError or CaseError that names `where` and the remedy."""
    try:
        yield
    except OSError as error:
        raise from_os(error, where) from error


def need(folder: Path, size: int) -> None:
    """Raises SpaceError unless `size` bytes and a reserve are free where `folder` lies or will be made."""
    free = shutil.disk_usage(next(f for f in (folder, *folder.parents) if f.exists())).free
    if free < size + RESERVE:
        raise SpaceError(
            f"needs {size + RESERVE:,} free bytes, {free:,} are free",
            where=str(folder),
            remedy="free some space and run the same command again",
        )


@contextmanager
def locked(path: Path, seconds: float = LOCK_SECONDS) -> Iterator[None]:
    """Holds the case's writer lock; CaseError when another process keeps it for `seconds`."""
    with reported(path.parent.parent.name):
        path.parent.mkdir(exist_ok=True)
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
    try:
        deadline = time.monotonic() + seconds
        while True:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() > deadline:
                    raise CaseError(
                        "another Leadline process is writing to this case",
                        where=path.parent.parent.name,
                        remedy="wait until it has finished and run the command again",
                    ) from None
                time.sleep(0.02)
        yield
    finally:
        os.close(handle)


def _sync(handle: int) -> None:
    point("fsync")
    os.fsync(handle)


def sync_folder(path: Path) -> None:
    """Makes the names in a folder durable."""
    handle = os.open(path, os.O_RDONLY)
    try:
        _sync(handle)
    finally:
        os.close(handle)


def make_folder(path: Path) -> None:
    """Makes a folder and what lies above it, each name durable."""
    missing = []
    while not path.is_dir():
        missing.append(path)
        path = path.parent
    for folder in reversed(missing):
        point("mkdir")
        folder.mkdir()
        sync_folder(folder.parent)


@contextmanager
def created(path: Path) -> Iterator[BinaryIO]:
    """A new file open for writing; fsynced and made read-only when the block ends well."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with reported(path.name), path.open("xb") as file:
        point("write")
        yield file
        file.flush()
        os.fchmod(file.fileno(), READ_ONLY)
        _sync(file.fileno())


def write(path: Path, data: bytes) -> None:
    """Writes a new, fsynced, read-only file."""
    with created(path) as file:
        file.write(data)


def copy(source: Path, target: Path, where: str) -> tuple[str, int]:
    """(SHA-256 in hex, size) of `source`, copied to a new fsynced read-only file; EvidenceError when unreadable."""
    outer, size = hashlib.sha256(), 0
    with created(target) as out:
        for block in blocks(source, where):
            outer.update(block)
            size += len(block)
            out.write(block)
    return outer.hexdigest(), size


def blocks(source: Path, where: str) -> Iterator[bytes]:
    """The bytes of a file in blocks; EvidenceError naming `where` when it cannot be read."""
    try:
        with source.open("rb") as file:
            while block := file.read(CHUNK):
                yield block
    except OSError as error:
        raise unreadable(error, where) from error


def unreadable(error: OSError, where: str) -> EvidenceError:
    """The EvidenceError for a source that cannot be read."""
    what = os.strerror(error.errno) if error.errno else "input failed"
    return EvidenceError(
        f"cannot be read: {what.lower()}", where=where, remedy="check that it exists and who may read it"
    )


def sha256(path: Path, where: str = "") -> str:
    """SHA-256 of a file in hex; EvidenceError when it cannot be read."""
    outer = hashlib.sha256()
    for block in blocks(path, where or path.name):
        outer.update(block)
    return outer.hexdigest()


def digests(path: Path, where: str = "") -> tuple[str, str, str]:
    """(MD5, SHA-1, SHA-256) of a file in hex, read once; EvidenceError when it cannot be read.

    MD5, the slowest, has a thread of its own and the two others share one: hashlib works outside the interpreter's
    lock, so two cores take little more than the slowest alone.
    """
    md5 = hashlib.md5(usedforsecurity=False)
    sha1, outer = hashlib.sha1(usedforsecurity=False), hashlib.sha256()
    threads, queues = [], []
    for hashes in ((md5,), (sha1, outer)):
        queue: Queue[bytes] = Queue(AHEAD)
        threads.append(Thread(target=_updated, args=(hashes, queue), daemon=True))
        queues.append(queue)
        threads[-1].start()
    try:
        for block in blocks(path, where or path.name):
            for queue in queues:
                queue.put(block)
    finally:
        for queue, thread in zip(queues, threads, strict=True):
            queue.put(b"")
            thread.join()
    return md5.hexdigest(), sha1.hexdigest(), outer.hexdigest()


def _updated(hashes: Iterable[Any], queue: "Queue[bytes]") -> None:
    """Puts every block of a queue into hashes, until an empty one."""
    while block := queue.get():
        for made in hashes:
            made.update(block)


def rename(source: Path, target: Path) -> None:
    """Moves a file or folder into place within one file system."""
    point("rename")
    os.rename(source, target)


def remove(path: Path) -> None:
    """Removes a file or a folder of scratch, if it is there."""
    point("remove")
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def append_line(path: Path, line: bytes) -> None:
    """Appends one line and fsyncs; on failure the file is as long as before, and the error is raised."""
    handle = os.open(path, os.O_WRONLY | os.O_APPEND)
    try:
        before = os.fstat(handle).st_size
        try:
            point("append")
            data = memoryview(line)
            while data:
                data = data[os.write(handle, data) :]
            _sync(handle)
        except OSError:
            os.ftruncate(handle, before)
            raise
    finally:
        os.close(handle)


def cut(path: Path, size: int) -> None:
    """Cuts a file to `size` bytes, durably."""
    handle = os.open(path, os.O_WRONLY)
    try:
        point("truncate")
        os.ftruncate(handle, size)
        _sync(handle)
    finally:
        os.close(handle)


def settle(path: Path) -> None:
    """Makes a file (read-only from now on) or a folder that something else wrote durable."""
    if path.is_dir():
        sync_folder(path)
        return
    path.chmod(READ_ONLY)
    handle = os.open(path, os.O_RDONLY)
    try:
        _sync(handle)
    finally:
        os.close(handle)


def _new(path: str, flags: int) -> int:
    """A new file that its user alone may read and write."""
    return os.open(path, flags, 0o600)


@contextmanager
def replacing(path: Path, *, private: bool = False) -> Iterator[TextIO]:
    """A text file (UTF-8) outside a case, written aside and moved into place when whole; nothing is left otherwise.

    `private`: one that its user alone may read, from the first byte on.
    """
    new = path.with_name(f".{path.name}.new")
    with reported(str(path)):
        path.parent.mkdir(parents=True, exist_ok=True)
        new.unlink(missing_ok=True)
        try:
            with open(new, "x", encoding="utf-8", newline="\n", opener=_new if private else None) as file:
                yield file
                file.flush()
                os.fsync(file.fileno())
            os.replace(new, path)
        finally:
            new.unlink(missing_ok=True)
        sync_folder(path.absolute().parent)


def replace(path: Path, data: bytes, *, private: bool = False) -> None:
    """Writes or replaces a file outside a case: a reader sees the old bytes or the new ones."""
    with replacing(path, private=private) as file:
        file.buffer.write(data)
