"""A child process of a worker whose output is read piece by piece, with a deadline, and whose words stay here."""

import contextlib
import fcntl
import os
import select
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from types import TracebackType

HEAD, TAIL = 1 << 16, 1 << 13
"""Bytes of its standard error that are kept: of the beginning, where a file is described, and of the end."""
PIPE = 1 << 20
"""Bytes its output may hold: a frame of most videos, so that neither side waits for each piece of it."""


class Silent(Exception):
    """The child said nothing for longer than it may."""


class Child:
    """A running child; `read` gives its output, `words` what it wrote to standard error, `returncode` how it ended.

    `patience`: seconds without a sign of life after which it is ended and `Silent` is raised. `alive` is called at each
    sign of life. It inherits the limits of this process and the open files of `inherit`, and nothing else.
    """

    def __init__(
        self, command: Sequence[str], inherit: Sequence[int], patience: float, alive: Callable[[], None]
    ) -> None:
        with open(os.devnull, "rb") as nothing:  # subprocess.DEVNULL is open to write, which a worker may not do
            self._process = subprocess.Popen(
                list(command),
                stdin=nothing,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                pass_fds=tuple(inherit),
                env={"PATH": "", "LC_ALL": "C"},
            )
        assert self._process.stdout is not None and self._process.stderr is not None
        self._out, self._error = self._process.stdout.fileno(), self._process.stderr.fileno()
        if sys.platform == "linux":
            with contextlib.suppress(OSError):
                fcntl.fcntl(self._out, fcntl.F_SETPIPE_SZ, PIPE)
        self._poll = select.poll()
        for each in (self._out, self._error):
            os.set_blocking(each, False)
            self._poll.register(each, select.POLLIN)
        self._patience, self._alive = patience, alive
        self._head, self._tail = b"", b""
        self._buffer = memoryview(b"")
        self.returncode: int | None = None

    def read(self, count: int) -> bytes:
        """Exactly so many bytes of its output; EOFError when it ends before, Silent when it stands still."""
        if len(self._buffer) >= count:
            taken, self._buffer = bytes(self._buffer[:count]), self._buffer[count:]
            return taken
        parts = [bytes(self._buffer)] if self._buffer else []
        have = len(self._buffer)
        self._buffer = memoryview(b"")
        while have < count:
            data = self._more()
            if not data:
                raise EOFError
            have += len(data)
            parts.append(data)
        joined = b"".join(parts)
        self._buffer = memoryview(joined)[count:]
        return joined[:count] if have > count else joined

    def some(self) -> bytes:
        """Whatever comes next of its output; EOFError when it has ended, Silent when it stands still."""
        data = self._more()
        if not data:
            raise EOFError
        return data

    def words(self) -> str:
        """What it has written to standard error, without the middle of a long text. It never leaves the worker."""
        return (self._head + b"\n" + self._tail).decode(errors="replace")

    def _more(self) -> bytes:
        """Some of its output; nothing when that has ended."""
        while True:
            until = time.monotonic() + self._patience
            ready = dict(self._poll.poll(self._patience * 1000))
            if not ready and time.monotonic() >= until:
                raise Silent
            self._alive()
            if self._error in ready:
                self._hear(os.read(self._error, 1 << 16))
            if self._out in ready:
                return os.read(self._out, PIPE)

    def _hear(self, data: bytes) -> None:
        if not data:
            self._poll.unregister(self._error)
        room = HEAD - len(self._head)
        self._head += data[:room] if room > 0 else b""
        self._tail = (self._tail + data[max(room, 0) :])[-TAIL:]

    def __enter__(self) -> "Child":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Ends it, at once when something went wrong; its last words are heard before."""
        assert self._process.stdout is not None and self._process.stderr is not None
        if kind is not None and kind is not EOFError:
            self._process.kill()
        self._process.stdout.close()
        os.set_blocking(self._error, True)
        try:
            self._process.wait(timeout=self._patience if kind is None else 1.0)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        with contextlib.suppress(OSError):
            os.set_blocking(self._error, False)
            while data := os.read(self._error, 1 << 16):
                self._hear(data)
        self._process.stderr.close()
        self.returncode = self._process.returncode
