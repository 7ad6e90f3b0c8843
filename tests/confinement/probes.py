"""Handlers that try, in a confined child, what a reader in somebody else's hands would try; harmless each.

Run as a program, ``probes.py KIND PATHS`` asks one of the three kinds of child and prints what was not refused; under
leadline.confinement.launch it is a media worker that tries.
"""

import ctypes
import json
import os
import platform
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa

from leadline.confinement.readers import COMMAND, Request, ask, environment
from leadline.confinement.seccomp import OTHERS
from leadline.engines.media import worker
from leadline.errors import EvidenceError
from leadline.model.progress import Progress, silent

VM_READ = OTHERS["process_vm_readv"][platform.machine() == "aarch64"]
libc = ctypes.CDLL(None, use_errno=True)
Said = tuple[Any, Mapping[str, pa.Table]]


def tries(arguments: Mapping[str, Any], _progress: Progress) -> Said:
    """Which of many things are refused, by name."""
    given, other, folder = (Path(arguments[name]) for name in ("given", "other", "folder"))
    stranger = int(arguments["stranger"])
    found = {
        "read what is given": lambda: given.read_bytes(),
        "read another file": lambda: other.read_bytes(),
        "list a folder": lambda: os.listdir("/"),
        "write what is given": lambda: given.open("ab").write(b""),
        "overwrite another file": lambda: other.open("r+b").write(b""),
        "make a file": lambda: (other.parent / "made").write_bytes(b""),
        "make a file of its own": lambda: (folder / "made").write_bytes(b"x"),
        "rename": lambda: other.rename(other.with_name("renamed")),
        "remove": lambda: other.unlink(),
        "change rights": lambda: given.chmod(0o600),
        "change times": lambda: os.utime(given, (0, 0)),
        "cut": lambda: os.truncate(given, 0),
        "link": lambda: os.link(given, folder / "link"),
        "symlink": lambda: os.symlink("/", folder / "symlink"),
        "put another in its place": lambda: (folder / "made").replace(other),
        "empty another file": lambda: os.close(os.open(other, os.O_WRONLY | os.O_TRUNC)),
        "pipe with a name": lambda: os.mkfifo(folder / "pipe"),
        "socket": lambda: _called(libc.socket(2, 1, 0)),
        "socket of a path": lambda: _called(libc.socket(1, 1, 0)),
        "pair of sockets": lambda: _called(libc.socketpair(1, 1, 0, (ctypes.c_int * 2)())),
        "connect to a socket by its path": lambda: socket.socket(socket.AF_UNIX).connect(arguments["socket"]),
        "connect to a port": lambda: socket.socket().connect(("127.0.0.1", int(arguments["port"]))),
        "start a program": lambda: subprocess.run(["/bin/true"], check=True),
        "become a program": lambda: os.execv("/nowhere", ["nowhere"]),
        "fork": _fork,
        "signal its parent": lambda: os.kill(os.getppid(), 0),
        "look into its parent": lambda: Path(f"/proc/{os.getppid()}/environ").read_bytes(),
        "trace": lambda: _called(libc.ptrace(16, os.getppid(), 0, 0)),
        "signal a stranger": lambda: os.kill(stranger, 0),
        "look into a stranger": lambda: Path(f"/proc/{stranger}/environ").read_bytes(),
        "trace a stranger": lambda: _called(libc.ptrace(16, stranger, 0, 0)),
        "read a stranger's memory": lambda: _called(libc.syscall(VM_READ, stranger, 0, 0, 0, 0, 0)),
        "mount": lambda: _called(libc.mount(b"none", b"/proc", b"tmpfs", 0, None)),
        "another namespace": lambda: _called(libc.unshare(0x10000000)),
        "a file of memory": lambda: os.memfd_create("x"),
        "a thread": _thread,
        "a core file": lambda: _called(-1 if _core() == (0, 0) else 0),
    }
    return {name: _refused(attempt) for name, attempt in found.items()}, {}


def _called(result: int) -> None:
    if result < 0:
        raise OSError(ctypes.get_errno(), "refused")


def _fork() -> None:
    child = os.fork()
    if not child:
        os._exit(0)
    os.waitpid(child, 0)


def _thread() -> None:
    thread = threading.Thread(target=lambda: None)
    thread.start()
    thread.join()


def _core() -> tuple[int, int]:
    import resource

    return resource.getrlimit(resource.RLIMIT_CORE)


def _refused(attempt: Callable[[], object]) -> bool:
    try:
        attempt()
    except FileNotFoundError:
        return False
    except (OSError, RuntimeError):
        return True
    return False


def rows(arguments: Mapping[str, Any], progress: Progress) -> Said:
    """A table and the variables of its environment."""
    progress("rows", 1, 2)
    table = pa.table({"n": pa.array(range(arguments["rows"]), pa.int64())}, metadata={"a": "b"})
    return sorted(os.environ), {"rows": table, "none": table.schema.empty_table()}


def waits(arguments: Mapping[str, Any], progress: Progress) -> Said:
    """Says nothing for some seconds: asleep, at work, or asleep with a word in between; its process's number then."""
    ends_at = time.monotonic() + arguments["seconds"]
    Path(arguments["folder"], "process").write_text(str(os.getpid()))
    while time.monotonic() < ends_at:
        match arguments["how"]:
            case "asleep":
                time.sleep(arguments["seconds"])
            case "speaking":
                time.sleep(0.3)
                progress("rows", 1, 2)
            case "working":
                sum(range(100_000))
    return os.getpid(), {}


def ends(arguments: Mapping[str, Any], _progress: Progress) -> Said:
    """Ends in the way that is asked for."""
    match arguments["how"]:
        case "abort":
            signal.raise_signal(signal.SIGSEGV)
        case "exit":
            os._exit(3)
        case "time":
            signal.raise_signal(signal.SIGXCPU)
        case "memory":
            bytearray(1 << 44)
        case "error":
            raise EvidenceError("no such thing", where="exhibit:00 line:1", remedy="none")
        case "unforeseen":
            raise ZeroDivisionError("the words of evidence")
        case "system":
            Path("/nowhere/at/all").read_bytes()
        case "lies":
            os.write(3, b"x" * 4096)
    return None, {}


def asks(kind: str, paths: Mapping[str, Any]) -> tuple[list[str], bool]:
    """What is not refused to a child of a kind, and whether it was wholly confined."""
    if kind == "worker":
        done = subprocess.run(
            [*COMMAND, "probes", json.dumps(paths), os.path.dirname(paths["given"])],
            env=environment(),
            check=True,
            capture_output=True,
            text=True,
        )
        left, whole = json.loads(done.stdout)
        return left, whole
    write = (Path(paths["folder"]),) if kind == "reader" else ()
    found = ask(Request("probes:tries", paths, (Path(paths["given"]),), "", write))
    return sorted(name for name, refused in found.value.items() if not refused), found.state.whole


def main() -> None:
    """See above."""
    what, *rest = sys.argv[1:]
    if what in ("reader", "source", "worker"):
        sys.stdout.write(json.dumps(asks(what, json.loads(rest[0]))))
        return
    state = worker.confine(rest)
    found, _ = tries(json.loads(what), silent)
    sys.stdout.write(json.dumps([sorted(name for name, refused in found.items() if not refused), state.whole]))


if __name__ == "__main__":
    main()
