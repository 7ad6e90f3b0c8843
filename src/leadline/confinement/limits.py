"""Limits a process sets itself: no core file, no more memory or processor time than it may take, first to go."""

import contextlib
import ctypes
import resource
import sys
from pathlib import Path

PR_SET_PDEATHSIG, PR_SET_DUMPABLE, PR_SET_NO_NEW_PRIVS = 1, 4, 38
"""Of prctl(2), linux/prctl.h."""
MAPPED = 4 << 30
"""Bytes taken as mapped where nobody says how many are: more than Python and every library of a reader map."""
LINUX = sys.platform.startswith("linux")


def libc() -> ctypes.CDLL:
    """The C library, with errno kept."""
    return ctypes.CDLL(None, use_errno=True)


def no_dumps() -> None:
    """No core file of this process is ever written, and no other program of its user may look into its memory.

    Its memory holds evidence, and may hold keys. What it starts may be looked into again, but leaves no core file.
    """
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if LINUX:
        libc().prctl(PR_SET_DUMPABLE, 0, 0, 0, 0)


def ends_with_parent(signal: int) -> None:
    """This process gets `signal` when the one that started it is gone."""
    if LINUX:
        libc().prctl(PR_SET_PDEATHSIG, signal, 0, 0, 0)


def allow_cpu(seconds: int) -> None:
    """Let this process use so many more processor seconds, then be ended by SIGXCPU."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    hard = resource.getrlimit(resource.RLIMIT_CPU)[1]
    resource.setrlimit(resource.RLIMIT_CPU, (int(used.ru_utime + used.ru_stime) + seconds + 1, hard))


def allow_memory(more: int) -> None:
    """Let this process map so many bytes beyond what it holds now; where memory is short it is the first to go."""
    if not LINUX:
        return
    with contextlib.suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("1000")
    mapped = MAPPED
    with contextlib.suppress(OSError):  # where /proc is not mounted
        mapped = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (mapped + more, mapped + more))


def no_files() -> None:
    """This process can write no byte to a file."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
