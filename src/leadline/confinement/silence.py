"""What a process says, listened to: one that neither says a word nor works for too long is given up."""

import contextlib
import ctypes
import io
import os
import select
import time
from pathlib import Path
from typing import IO

from leadline.confinement.limits import libc

LOOKS = 20
"""How often, within the time a process may be silent, one looks whether it works."""
STATE, USER, SYSTEM = 0, 11, 12
"""Where these stand in /proc/PID/stat behind the name of the program (proc_pid_stat(5)); the latter in clock ticks."""
PROC = Path("/proc")
WAITS_FOR_DISK = "D"


class Silent(Exception):
    """The process has neither said anything nor worked for as long as it may."""


class Listening(io.RawIOBase):
    """A pipe from `process`, read as it comes; Silent after `seconds` in which it neither says anything nor works.

    To work is to use processor time or to wait for a disk, itself or in a child of its own: a slow medium ends nobody.
    Time in which this process itself was stopped does not count. `child`, once it is known, is the child that reads.
    """

    child = 0

    def __init__(self, pipe: IO[bytes], process: int, seconds: float) -> None:
        self._handle, self._process, self._seconds = pipe.fileno(), process, seconds
        self._poll = select.poll()
        self._poll.register(self._handle, select.POLLIN)

    def readable(self) -> bool:
        """Yes."""
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        """How many bytes came, at least one unless the pipe has ended."""
        looked = 0
        before: int | None = None
        while not self._poll.poll(1000 * self._seconds / LOOKS):
            now = _worked(self._process, self.child)
            looked = looked + 1 if now is not None and now == before else 0
            before = now
            if looked >= LOOKS:
                raise Silent
        return os.readv(self._handle, [buffer])


def watched() -> bool:
    """Whether this system says what another process uses, so that one that stands still is told from one at work."""
    return _worked(os.getpid(), 0) is not None


def _worked(process: int, child: int) -> int | None:
    """What of the processor a process and its children have used; None where one waits for a disk or nobody can say.

    In clock ticks, of all its children; where /proc is not mounted in nanoseconds, of `child` alone, and nobody says
    who waits for a disk, but every block that comes from one costs some.
    """
    if not (PROC / "self").exists():
        used = [_used(one) for one in (process, child) if one]
        return None if None in used else sum(one or 0 for one in used)
    with contextlib.suppress(OSError):
        children = (PROC / f"{process}/task/{process}/children").read_text().split()
        stats = [(PROC / f"{one}/stat").read_text().rpartition(")")[2].split() for one in (process, *children)]
        if all(stat[STATE] != WAITS_FOR_DISK for stat in stats):
            return sum(int(stat[USER]) + int(stat[SYSTEM]) for stat in stats)
    return None


def _used(process: int) -> int | None:
    """Nanoseconds of processor time a process has used (clock_getcpuclockid(3)); None where the system has no such."""
    clock = ctypes.c_int()
    with contextlib.suppress(AttributeError, OSError):
        if libc().clock_getcpuclockid(process, ctypes.byref(clock)) == 0:
            return time.clock_gettime_ns(clock.value)
    return None
