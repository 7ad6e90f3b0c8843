"""Records, lists and tags read in a confined child: how to ask, and what comes back when it ends.

One process is started when something is first read and ends with this one. See server.py for what it does.
"""

import atexit
import contextlib
import io
import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import pyarrow as pa

from leadline import errors
from leadline.confinement import frames
from leadline.confinement.confine import State
from leadline.confinement.silence import Listening, Silent
from leadline.errors import CaseError, LeadlineError, ReaderError
from leadline.model.progress import Progress, silent

T = TypeVar("T")
COMMAND = (sys.executable, "-P", "-m", "leadline.confinement.launch")
SERVER = "leadline.confinement.server"
KEPT = ("PATH", "LANG", "TZ", "HOME", "TMPDIR", "VIRTUAL_ENV", "LEADLINE_FFMPEG")
"""Variables of the environment a confined process gets, beside those whose names begin as in BEGINNINGS."""
BEGINNINGS = ("LC_", "PYTHON", "NUMBA_", "XDG_", "COVERAGE")
ONE_THREAD = {
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "NUMBA_NUM_THREADS": "1",
    "JE_ARROW_MALLOC_CONF": "background_thread:false",
}
"""Files are closed (Landlock) to the one thread that asks for it, so no library may have started another before."""
MEMORY = 8 << 30
"""Bytes a reader may map, beside MEMORY_A_BYTE for every byte of what it reads."""
MEMORY_A_BYTE = 8
CPU_SECONDS, BYTES_A_SECOND = 900, 50_000
"""Processor seconds a reader may take, beside one for so many bytes: the slowest read some millions a second."""
SILENCE = 600.0
"""Seconds a reader may neither say anything nor work: it waits for what will not come."""
MOST = 1 << 40
"""Bytes of tables that are taken back of one request."""


@dataclass(frozen=True, slots=True)
class Request:
    """What is to be read, and with what.

    `what`: ``module:function`` of a handler (server.Handler); `arguments`: what JSON can hold; `read`: files it may
    read; `write`: a folder of its own; `warm`: functions called before, while caches of compiled code may still be
    written; `where`: how an error calls what is read; `demanded`: refuse where anything stays open; `silence`: seconds
    it may neither say anything nor work.
    """

    what: str
    arguments: Mapping[str, Any]
    read: Sequence[Path]
    where: str
    write: Sequence[Path] = ()
    warm: Sequence[str] = ()
    demanded: bool = False
    silence: float = SILENCE


@dataclass(frozen=True, slots=True)
class Answer:
    """What the handler gave, and how its process was confined."""

    value: Any
    tables: Mapping[str, pa.Table]
    state: State


@dataclass(slots=True)
class _Server:
    """The running process, if any; one request at a time."""

    process: subprocess.Popen[bytes] | None = None
    lock: threading.Lock = field(default_factory=threading.Lock)

    def running(self) -> subprocess.Popen[bytes]:
        """The process, started when there is none."""
        if self.process is None:
            self.process = subprocess.Popen(
                [*COMMAND, SERVER],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env=environment(),
                start_new_session=True,
            )
        return self.process

    def end(self) -> int:
        """Ends the process and says how it ended."""
        process, self.process = self.process, None
        if process is None:
            return 0
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()
        try:
            return process.wait(timeout=1.0)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            return 0


_SERVER = _Server()
atexit.register(_SERVER.end)


def environment() -> dict[str, str]:
    """The variables a confined process gets: none that may name a key, and those that keep libraries to one thread."""
    return {k: v for k, v in os.environ.items() if k in KEPT or k.startswith(BEGINNINGS)} | ONE_THREAD


def ask(request: Request, progress: Progress = silent) -> Answer:
    """What the handler gives for the request, from a child that can open nothing but the files of `read`.

    Raises what the handler raised; ReaderError when its process ended, took more than it may or stands still; CaseError
    where confinement is demanded and this machine cannot give it.
    """
    with _SERVER.lock:
        process = _SERVER.running()
        done = False
        try:
            answer = _ask(process, request, progress)
            done = True
            return answer
        except (frames.Broken, BrokenPipeError):
            done = True
            raise _ended(_SERVER.end(), request.where) from None
        except Silent:
            raise _given_up(
                f"its reader has neither worked nor said anything for {request.silence:g} seconds", request.where
            ) from None
        except (LeadlineError, OSError):
            done = True
            raise
        finally:
            if not done:  # interrupted: what it still says belongs to nobody
                process.kill()
                _SERVER.end()


def asked_of_each(paths: Sequence[Path], look: Callable[[Sequence[Path]], list[T]], ended: T) -> list[T]:
    """What `look` gives for the paths, one each, where it asks a child; `ended` for each that ends the child, alone."""
    if not paths:
        return []
    try:
        return look(paths)
    except ReaderError:
        if len(paths) == 1:
            return [ended]
        half = len(paths) // 2
        return [found for some in (paths[:half], paths[half:]) for found in asked_of_each(some, look, ended)]


def _ask(process: subprocess.Popen[bytes], request: Request, progress: Progress) -> Answer:
    assert process.stdin is not None and process.stdout is not None
    token = os.urandom(frames.TOKEN)
    size = sum(path.stat().st_size for path in request.read if path.is_file())
    line = {
        "token": token.hex(),
        "what": request.what,
        "arguments": request.arguments,
        "read": [str(path.absolute()) for path in request.read],
        "write": [str(path.absolute()) for path in request.write],
        "warm": list(request.warm),
        "memory": MEMORY + MEMORY_A_BYTE * size,
        "cpu": CPU_SECONDS + size // BYTES_A_SECOND,
        "demanded": request.demanded,
    }
    process.stdin.write(json.dumps(line).encode() + b"\n")
    process.stdin.flush()
    heard = Listening(process.stdout, process.pid, request.silence)
    pipe = frames.Bounded(io.BufferedReader(heard), MOST)
    kind, said = frames.receive(pipe, token)
    if kind != frames.STATE:
        raise frames.Broken
    heard.child, facts = int(said[0]), said[1]
    state = State(**{str(k): str(v) for k, v in facts.items()})
    if request.demanded and not state.whole:
        raise undemanded(state)
    tables: dict[str, pa.Table] = {}
    while True:
        kind, value = frames.receive(pipe, token)
        match kind:
            case frames.PROGRESS:
                what, now, total = value
                progress(str(what), int(now), int(total))
            case frames.TABLE:
                tables[str(value)] = frames.receive_table(pipe)
            case frames.DONE:
                return Answer(value, tables, state)
            case frames.ERROR:
                name, what, where, remedy = map(str, value)
                raise _error(name)(what, where=where, remedy=remedy)
            case frames.SYSTEM:
                raise OSError(int(value), os.strerror(int(value)))
            case frames.MEMORY:
                raise _ended(-signal.SIGKILL, request.where)
            case frames.UNFORESEEN:
                name, places = map(str, value)
                raise ReaderError(
                    f"an error in Leadline itself ({name}) while this was read",
                    where=f"{request.where} {places}".strip(),
                    remedy="report these three lines",
                )
            case _:
                raise frames.Broken


def undemanded(state: State) -> CaseError:
    """The error where a case demands confinement and some of it stays open."""
    left = ", ".join(name for name, how in state.facts().items() if how != "closed")
    return CaseError(
        f"this case demands that readers are confined, and this machine leaves open: {left}",
        remedy="work on Linux with Landlock and seccomp, or: leadline case set CASE confinement=tried --reason TEXT",
    )


def _error(name: str) -> type[LeadlineError]:
    """The class of Leadline's errors that has this name."""
    found = getattr(errors, name, None)
    return found if isinstance(found, type) and issubclass(found, LeadlineError) else LeadlineError


def _ended(code: int, where: str) -> ReaderError:
    """What to say of a reader that ended with this code."""
    if code == -signal.SIGXCPU:
        what = "reading it takes more processor time than its size allows"
    elif code == -signal.SIGKILL:
        what = "reading it takes more memory than there is for it"
    else:
        what = "its reader ended before it was done"
    return _given_up(what, where)


def _given_up(what: str, where: str) -> ReaderError:
    """What to say of an exhibit that was not read to its end."""
    return ReaderError(
        what, where=where, remedy="leave it out of the case, or look at it in a laboratory; the rest is not touched"
    )
