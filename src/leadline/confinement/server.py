"""The confined side of readers.py: ``python -P -m leadline.confinement.launch leadline.confinement.server``.

One process starts and loads what reading needs, once; it touches no evidence. For each request it forks a child, which
gives up everything but the files of that request, reads them, answers and ends. What one exhibit does to its reader is
gone with that child.
"""

import importlib
import json
import os
import signal
import sys
import time
import traceback
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, BinaryIO

import pyarrow as pa

from leadline.confinement import frames
from leadline.confinement.confine import Allowed, confine
from leadline.confinement.limits import allow_cpu, allow_memory, ends_with_parent
from leadline.errors import LeadlineError
from leadline.model.progress import Progress

Handler = Callable[[Mapping[str, Any], Progress], tuple[Any, Mapping[str, pa.Table]]]
PACKAGE = Path(__file__).resolve().parents[1]
EVERY_SECONDS = 0.2
"""How often progress is told."""
DEEPEST = 5
"""Places of the program that are told of an error nobody foresaw."""


def main() -> None:
    """Answers every request on standard input until it ends; ends as a child of its own ended, if that ended ill."""
    ends_with_parent(signal.SIGKILL)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    for line in sys.stdin.buffer:
        request = json.loads(line)
        handler = named(request["what"])
        for warm in request["warm"]:
            named(warm)()
        child = os.fork()
        if not child:
            _answer(request, handler)
        _, status = os.waitpid(child, 0)
        if os.WIFSIGNALED(status):
            signal.signal(os.WTERMSIG(status), signal.SIG_DFL) if os.WTERMSIG(status) != signal.SIGKILL else None
            os.kill(os.getpid(), os.WTERMSIG(status))
        if status:
            sys.exit(1)


def named(name: str) -> Any:
    """The function that stands as ``module:function`` in Leadline."""
    module, _, function = name.partition(":")
    return getattr(importlib.import_module(module), function)


def _answer(request: Mapping[str, Any], handler: Handler) -> None:
    """Confines this process, calls the handler and says what came of it; never returns."""
    code = 1
    try:
        ends_with_parent(signal.SIGKILL)
        out = os.fdopen(os.dup(1), "wb")
        with open(os.devnull, "rb") as nothing:
            os.dup2(nothing.fileno(), 0)
        os.dup2(2, 1)
        _work(request, handler, out)
        code = 0
    finally:
        os._exit(code)


def _work(request: Mapping[str, Any], handler: Handler, out: BinaryIO) -> None:
    token = bytes.fromhex(request["token"])
    allow_memory(request["memory"])
    allow_cpu(request["cpu"])
    state = confine(Allowed(*([Path(p) for p in request[name]] for name in ("read", "write"))))
    frames.send(out, token, frames.STATE, [os.getpid(), state.facts()])
    if request["demanded"] and not state.whole:
        return
    try:
        value, tables = handler(request["arguments"], _Told(out, token))
        for name, table in tables.items():
            frames.send_table(out, token, name, table)
        frames.send(out, token, frames.DONE, value)
    except LeadlineError as error:
        said = [type(error).__name__, error.what, error.where, error.remedy]
        frames.send(out, token, frames.ERROR, said)
    except OSError as error:
        frames.send(out, token, frames.SYSTEM, error.errno or 0)
    except MemoryError:
        frames.send(out, token, frames.MEMORY, None)
    except Exception as error:  # noqa: BLE001 - told by kind and place; its words may quote evidence
        stack = [f for f in traceback.extract_tb(error.__traceback__) if PACKAGE in Path(f.filename).parents]
        places = [f"{Path(f.filename).relative_to(PACKAGE)}:{f.lineno}" for f in reversed(stack[-DEEPEST:])]
        frames.send(out, token, frames.UNFORESEEN, [type(error).__name__, " < ".join(places)])


class _Told:
    """A Progress that tells the other side, not too often."""

    def __init__(self, out: BinaryIO, token: bytes) -> None:
        self._out, self._token, self._last = out, token, 0.0

    def __call__(self, what: str, done: int, total: int) -> None:
        if time.monotonic() - self._last > EVERY_SECONDS:
            self._last = time.monotonic()
            frames.send(self._out, self._token, frames.PROGRESS, [what, done, total])


if __name__ == "__main__":
    main()
