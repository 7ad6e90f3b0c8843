"""A process confined: its limits set, its files and calls closed, and what is closed then found by trying."""

import ctypes
import os
import site
import sys
import sysconfig
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path

from leadline.confinement import landlock, seccomp
from leadline.confinement.limits import LINUX, PR_SET_NO_NEW_PRIVS, libc, no_dumps

CLOSED, OPEN = "closed", "open"
CLONE_THREAD = 0x10000
"""Flag of unshare(2), linux/sched.h."""
AF_UNIX, AF_INET, SOCK_STREAM = 1, 2, 1
LIBRARIES = ("/lib", "/lib64", "/usr/lib", "/usr/lib64")
"""Where the libraries of the system lie."""
LOADER = "ld-*so*"
"""The program there that loads them into another."""


@dataclass(frozen=True, slots=True)
class Allowed:
    """What a confined process may still do, beside loading its own code.

    `read`: files and folders it may read (None: any); `write`: folders of its own to write in; `programs`: what it may
    start.
    """

    read: Sequence[Path] | None = None
    write: Sequence[Path] = ()
    programs: Sequence[Path] = ()


@dataclass(frozen=True, slots=True)
class State:
    """What is closed to a process and what is open, each found by trying: ``closed`` or ``open``.

    `network`: any socket; `reading`: files it has not been given; `writing`: files outside its own folder; `programs`:
    programs it has not been given.
    """

    network: str
    reading: str
    writing: str
    programs: str

    @property
    def whole(self) -> bool:
        """Whether all of it is closed."""
        return set(self.facts().values()) == {CLOSED}

    def facts(self) -> dict[str, str]:
        """The state as run.json holds it."""
        return asdict(self)


def worst(states: Iterable[Mapping[str, str]]) -> dict[str, str]:
    """Of several processes' states what was closed to all of them; what a state does not say counts as open."""
    found = list(states)
    names = [f.name for f in fields(State)]
    return {name: CLOSED if all(s.get(name) == CLOSED for s in found) else OPEN for name in names} if found else {}


def confine(allowed: Allowed) -> State:
    """Gives up everything that is not allowed, as far as this system can, and says how far it could.

    To be called by a process of one thread (Landlock holds for the thread that asks for it and for what that starts),
    before anything of evidence is opened.
    """
    no_dumps()
    if LINUX:
        libc().prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
        closed = landlock.restrict(_rights(allowed)) and _alone()
        seccomp.refuse(writes=bool(allowed.write), programs=bool(allowed.programs))
        return _tried(allowed, closed=closed)
    return State(OPEN, OPEN, OPEN, OPEN)


def _alone() -> bool:
    """Whether this process has one thread: only such a one may unshare threads, which then changes nothing."""
    try:
        return len(os.listdir("/proc/self/task")) == 1
    except OSError:  # /proc is not mounted
        return int(libc().unshare(CLONE_THREAD)) == 0


def _rights(allowed: Allowed) -> list[tuple[Path, int]]:
    rights = [(path, landlock.READ) for path in _own_code()]
    rights += [(Path(p), landlock.READ) for p in ("/dev/null", "/dev/urandom", "/proc/self", "/sys/devices/system/cpu")]
    rights += [(Path(p), landlock.READ) for p in ("/etc/localtime", "/etc/ld.so.cache", "/usr/share/zoneinfo")]
    rights += [(path, landlock.READ) for path in ((Path("/"),) if allowed.read is None else allowed.read)]
    rights += [(path, landlock.WRITE) for path in allowed.write]
    rights += [(path, landlock.READ | landlock.EXECUTE) for path in allowed.programs]
    if allowed.programs:
        loaders = (path for folder in LIBRARIES for end in ("", "*/") for path in Path(folder).glob(end + LOADER))
        rights += [(path, landlock.READ | landlock.EXECUTE) for path in loaders]
    return rights


def _own_code() -> list[Path]:
    """Where Python, its packages and the libraries of the system lie."""
    found = [*sys.path, sys.prefix, sysconfig.get_path("stdlib"), sysconfig.get_path("platstdlib"), *LIBRARIES]
    found += [*site.getsitepackages(), str(Path(__file__).resolve().parents[1])]
    return [Path(path) for path in dict.fromkeys(found) if path]


def _tried(allowed: Allowed, *, closed: bool) -> State:
    """What is closed: each kind of thing tried once, with nothing that could do harm."""
    sockets = [libc().socket(kind, SOCK_STREAM, 0) for kind in (AF_UNIX, AF_INET)]
    for handle in sockets:
        if handle >= 0:
            os.close(handle)
    return State(
        CLOSED if max(sockets) < 0 else OPEN,
        CLOSED if closed and _refused("/", os.O_RDONLY | os.O_DIRECTORY) else OPEN,
        CLOSED if _refused("/dev/zero", os.O_WRONLY) and (closed or not allowed.write) else OPEN,
        CLOSED if _no_program() else OPEN,
    )


def _refused(path: str, flags: int) -> bool:
    try:
        os.close(os.open(path, flags))
    except OSError:
        return True
    return False


def _no_program() -> bool:
    """Whether Python itself cannot be started."""
    ctypes.set_errno(0)
    try:
        child = os.posix_spawn(sys.executable, [sys.executable, "-S", "-c", ""], {})
    except OSError:
        return True
    os.waitpid(child, 0)
    return False
