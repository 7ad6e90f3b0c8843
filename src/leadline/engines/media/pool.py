"""Files to digests and frame hashes through worker processes; a file that ends its worker stands alone in the end."""

import contextlib
import json
import os
import selectors
import signal
import subprocess
import time
from collections import deque
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from leadline.confinement.confine import State
from leadline.confinement.readers import COMMAND, undemanded
from leadline.confinement.readers import environment as confined_environment
from leadline.engines.media.tasks import Tasks
from leadline.engines.media.worker import digests
from leadline.errors import LeadlineError
from leadline.model.progress import Progress
from leadline.model.words import TIMEOUT, UNDECODABLE

WALL_SECONDS = 90.0
"""Wall-clock seconds one file may take: half again the processor limit, for a busy or slow medium."""
START_SECONDS = 180.0
"""Seconds a worker may take to start; the first one on a machine compiles the kernels."""
WORKER = "leadline.engines.media.worker"
FOLDERS = 256
"""Folders a worker is named at most; where files lie in more, it may read below the one that holds them all."""
BATCH = 8
"""Files handed to a worker at once: few enough that a pipe holds their paths, so that neither side ever blocks."""
WORKERS = 2
"""Workers when the caller does not say; hashing is bound by the processor, and the training machine has two cores."""


class Worker:
    """One running worker process and the files it has been given."""

    def __init__(self, command: Sequence[str], environment: Mapping[str, str], asked: Mapping[str, Any]) -> None:
        self.asked = asked
        self.process = subprocess.Popen(
            list(command),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=environment,
        )
        self.pending: deque[int] = deque()
        self.buffer = b""
        self.digests: dict[str, Any] | None = None
        self.more: list[list[Any]] = []
        self.ready = False
        self.confined: dict[str, str] = {}
        self.since = time.monotonic()

    @property
    def late(self) -> bool:
        """Whether it has been silent for longer than one file (or its start) may take."""
        limit = WALL_SECONDS if self.ready else START_SECONDS
        return bool(self.pending) and time.monotonic() - self.since > limit

    def give(self, batch: Sequence[int], paths: Sequence[Path]) -> None:
        """Send these files; a worker that has died meanwhile is found by its closed output."""
        assert self.process.stdin is not None
        lines = b"".join(_line(i, paths[i], self.asked) for i in batch)
        if not batch:
            return
        self.since = time.monotonic()
        self.pending.extend(batch)
        with contextlib.suppress(BrokenPipeError):
            self.process.stdin.write(lines)
            self.process.stdin.flush()

    def hear(self, tasks: Tasks) -> bool:
        """Write what it has said into `tasks`; False when it has ended.

        CaseError when it is not wholly confined and that was demanded.
        """
        assert self.process.stdout is not None
        data = os.read(self.process.stdout.fileno(), 1 << 16)
        if not data:
            return False
        *lines, self.buffer = (self.buffer + data).split(b"\n")
        for line in lines:
            answer = json.loads(line)
            self.since = time.monotonic()
            if "ready" in answer:
                self.ready, self.confined = True, answer.get("confined", {})
                if self.asked.get("demanded") and not (state := State(**self.confined)).whole:
                    raise undemanded(state)
            elif "alive" in answer:
                continue
            elif "more" in answer:
                self.more += answer["more"]
            elif "frames" in answer:
                seen = {**answer, "frames": self.more + answer["frames"], "confined": self.confined}
                tasks.done(self.pending.popleft(), (self.digests, seen))
                self.digests, self.more = None, []
            else:
                self.digests = answer
        return True

    def end(self) -> None:
        """End the process and close its pipes."""
        self.process.kill()
        self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe is not None:
                with contextlib.suppress(BrokenPipeError):
                    pipe.close()


def _line(i: int, path: Path, asked: Mapping[str, Any]) -> bytes:
    return json.dumps({"i": i, "path": str(path), **asked}).encode() + b"\n"


def confined(module: str, paths: Sequence[Path]) -> tuple[str, ...]:
    """The command of a worker that may read no file but those below the folders of `paths`."""
    folders = sorted({os.path.realpath(folder) for folder in {os.path.dirname(os.path.abspath(p)) for p in paths}})
    kept: list[str] = []
    for folder in folders:
        if not kept or os.path.commonpath([kept[-1], folder]) != kept[-1]:
            kept.append(folder)
    return (*COMMAND, module, *(kept if len(kept) <= FOLDERS else [os.path.commonpath(kept)]))


def run(
    tasks: Tasks,
    progress: Progress,
    workers: int = WORKERS,
    command: Sequence[str] = (),
    *,
    module: str = WORKER,
    video: str = "dense",
    framed: bool = False,
    demanded: bool = False,
) -> None:
    """Has every file of `tasks` answered: digests and frames, of videos as `video` says; when `framed`, crops.

    `demanded`: CaseError, and no file is read, where a worker cannot be wholly confined.

    Workers run `module`, confined, or else the program `command`. Each answer says how its worker was confined.
    A worker that ends or hangs leaves a batch partly answered; the unanswered first file is tried once more alone, the
    rest waits again. A file that ends its worker alone is undecodable (crashed) or timed out. Where other processes
    work on the same table, their files are waited for. LeadlineError when no worker can be started.
    """
    total = len(tasks.paths)
    batch = max(1, min(BATCH, -(-total // max(1, workers))))
    asked = {"video": video, **({"framed": True} if framed else {}), **({"demanded": True} if demanded else {})}
    environment = {**os.environ} if command else confined_environment()
    command = command or confined(module, tasks.paths)
    running: list[Worker] = []
    with selectors.DefaultSelector() as selector:
        try:
            while running or tasks.left():
                while len(running) < workers and (numbers := tasks.claim(batch)):
                    worker = Worker(command, environment, asked)
                    running.append(worker)
                    assert worker.process.stdout is not None
                    selector.register(worker.process.stdout, selectors.EVENT_READ, worker)
                    worker.give(numbers, tasks.paths)
                for key, _ in selector.select(timeout=1.0):
                    worker = key.data
                    if not worker.hear(tasks):
                        _mourn(worker, "crashed", tasks)
                    elif worker.ready and not worker.pending:
                        worker.give(tasks.claim(batch), tasks.paths)
                for worker in running:
                    if worker.late:
                        _mourn(worker, "timeout", tasks)
                for worker in [w for w in running if not w.pending]:
                    assert worker.process.stdout is not None
                    selector.unregister(worker.process.stdout)
                    worker.end()
                    running.remove(worker)
                tasks.renew()
                progress("media", total - tasks.left(), total)
        finally:
            for worker in running:
                worker.end()


def _mourn(worker: Worker, why: str, tasks: Tasks) -> None:
    """Let the files a dead or hanging worker left wait again, its first one alone, or give that one up."""
    if not worker.ready:
        raise LeadlineError(
            "a media worker did not start", remedy="run the tests of leadline.engines.media to see what is missing"
        )
    left = list(worker.pending)
    worker.pending.clear()
    if not left:
        return
    worker.end()
    if worker.process.returncode == -signal.SIGXCPU:
        why = TIMEOUT
    first = left[0]
    tasks.release(left[1:])
    if tasks.ended_worker(first):
        status = TIMEOUT if why == TIMEOUT else UNDECODABLE
        known = worker.digests or {"i": first, **digests(tasks.paths[first])}
        tasks.done(
            first, (known, {"i": first, "status": status, "reason": why, "frames": [], "confined": worker.confined})
        )
