"""Which files a process may still open, by Landlock (Linux 5.13; docs.kernel.org/userspace-api/landlock.html)."""

import ctypes
import os
from collections.abc import Iterable
from pathlib import Path

from leadline.confinement.limits import LINUX, libc

CREATE, ADD, RESTRICT = 444, 445, 446
"""Numbers of its three calls, the same on every architecture since they came."""
ASK_VERSION = 1
EXECUTE, WRITE_FILE, READ_FILE, READ_DIR = 1 << 0, 1 << 1, 1 << 2, 1 << 3
REMOVE_DIR, REMOVE_FILE, MAKE_DIR, MAKE_REG = 1 << 4, 1 << 5, 1 << 7, 1 << 8
TRUNCATE, IOCTL_DEV = 1 << 14, 1 << 15
FILE = EXECUTE | WRITE_FILE | READ_FILE | TRUNCATE | IOCTL_DEV
"""Rights that a file has; the others are of folders."""
READ = READ_FILE | READ_DIR
WRITE = READ | WRITE_FILE | REMOVE_DIR | REMOVE_FILE | MAKE_DIR | MAKE_REG | TRUNCATE
ALL = {1: (1 << 13) - 1, 2: (1 << 14) - 1, 3: (1 << 15) - 1, 4: (1 << 15) - 1, 5: (1 << 16) - 1}
"""Rights over files that each version knows; later ones know those of the fifth."""
TCP, SCOPES = 3, 3
"""Rights of the network since the fourth version, and since the sixth signals and sockets of other domains."""


class _Ruleset(ctypes.Structure):
    _fields_ = (("files", ctypes.c_uint64), ("network", ctypes.c_uint64), ("scoped", ctypes.c_uint64))


class _Beneath(ctypes.Structure):
    _pack_ = 1
    _fields_ = (("allowed", ctypes.c_uint64), ("parent", ctypes.c_int32))


def version() -> int:
    """The version the kernel has; 0 where it has none."""
    return max(0, int(libc().syscall(CREATE, None, 0, ASK_VERSION))) if LINUX else 0


def restrict(allowed: Iterable[tuple[Path, int]]) -> bool:
    """Leaves this thread, and what it starts, the given rights at and below each path; whether the kernel did so.

    A path that is not there is left out.
    """
    known = version()
    if not known:
        return False
    call = libc().syscall
    every = ALL[min(known, 5)]
    wanted = _Ruleset(every, TCP if known >= 4 else 0, SCOPES if known >= 6 else 0)
    size = 24 if known >= 6 else 16 if known >= 4 else 8
    ruleset = call(CREATE, ctypes.byref(wanted), ctypes.c_size_t(size), 0)
    if ruleset < 0:
        return False
    try:
        for path, rights in allowed:
            _add(ruleset, path, rights & every)
        return bool(call(RESTRICT, ruleset, 0) == 0)
    finally:
        os.close(ruleset)


def _add(ruleset: int, path: Path, rights: int) -> None:
    try:
        parent = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return
    try:
        rule = _Beneath(rights if path.is_dir() else rights & FILE, parent)
        libc().syscall(ADD, ruleset, 1, ctypes.byref(rule), 0)
    finally:
        os.close(parent)
