"""Files to digests and frame hashes through worker processes; a file that ends its worker stands alone in the end."""

import contextlib
import json
import os
import selectors
import signal
import subprocess
import sys
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from leadline.engines.media.worker import digests
from leadline.errors import LeadlineError

Progress = Callable[[str, int, int], None]

WALL_SECONDS = 90.0
"""Wall-clock seconds one file may take: half again the processor limit, for a busy or slow medium."""
START_SECONDS = 180.0
"""Seconds a worker may take to start; the first one on a machine compiles the kernels."""
COMMAND = (sys.executable, "-m", "leadline.engines.media.worker")
ONE_THREAD = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "NUMBA_NUM_THREADS": "1"}
"""A worker has one thread: the kernel takes the network only from such a process, and files run side by side anyway."""
BATCH = 8
"""Files handed to a worker at once: few enough that a pipe holds their paths, so that neither side ever blocks."""
WORKERS = 2
"""Workers when the caller does not say; hashing is bound by the processor, and the training machine has two cores."""


@dataclass(slots=True)
class Answers:
    """What workers said, by file number: digest lines, frame lines."""

    digests: dict[int, dict[str, Any]] = field(default_factory=dict)
    frames: dict[int, dict[str, Any]] = field(default_factory=dict)


class Worker:
    """One running worker process and the files it has been given."""

    def __init__(self, command: Sequence[str], asked: Mapping[str, Any]) -> None:
        self.asked = asked
        self.process = subprocess.Popen(
            list(command),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**os.environ, **ONE_THREAD},
        )
        self.pending: deque[int] = deque()
        self.buffer = b""
        self.more: list[list[Any]] = []
        self.ready = False
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
        if not self.pending:
            self.since = time.monotonic()
        self.pending.extend(batch)
        with contextlib.suppress(BrokenPipeError):
            self.process.stdin.write(lines)
            self.process.stdin.flush()

    def hear(self, answers: Answers) -> bool:
        """Read what it has said into `answers`; False when it has ended."""
        assert self.process.stdout is not None
        data = os.read(self.process.stdout.fileno(), 1 << 16)
        if not data:
            return False
        *lines, self.buffer = (self.buffer + data).split(b"\n")
        for line in lines:
            answer = json.loads(line)
            self.since = time.monotonic()
            if "ready" in answer:
                self.ready = True
            elif "alive" in answer:
                continue
            elif "more" in answer:
                self.more += answer["more"]
            elif "frames" in answer:
                answers.frames[answer["i"]] = {**answer, "frames": self.more + answer["frames"]}
                self.more = []
                self.pending.popleft()
            else:
                answers.digests[answer["i"]] = answer
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


def run(
    paths: Sequence[Path],
    progress: Progress,
    workers: int = WORKERS,
    command: Sequence[str] = COMMAND,
    *,
    video: str = "dense",
    framed: bool = False,
) -> Answers:
    """Digests and frames of every file, of videos as `video` says; when `framed`, its first frame in every framing.

    A worker that ends or hangs leaves a batch partly answered; the unanswered first file is tried once more alone, the
    rest goes back to the queue. A file that ends its worker alone is undecodable (crashed) or timed out; its digests
    were said before decoding began. LeadlineError when no worker can be started.
    """
    answers = Answers()
    queue: deque[tuple[int, ...]] = deque(_batches(len(paths), workers))
    alone: set[int] = set()
    running: list[Worker] = []
    with selectors.DefaultSelector() as selector:
        try:
            while queue or running:
                while queue and len(running) < workers:
                    worker = Worker(command, {"video": video, **({"framed": True} if framed else {})})
                    running.append(worker)
                    assert worker.process.stdout is not None
                    selector.register(worker.process.stdout, selectors.EVENT_READ, worker)
                    worker.give(queue.popleft(), paths)
                heard = selector.select(timeout=1.0)
                for worker in [key.data for key, _ in heard]:
                    if worker.hear(answers):
                        if worker.ready and not worker.pending and queue:
                            worker.give(queue.popleft(), paths)
                    else:
                        _mourn(worker, "crashed", answers, queue, alone)
                for worker in running:
                    if worker.late:
                        _mourn(worker, "timeout", answers, queue, alone)
                for worker in [w for w in running if not w.pending]:
                    assert worker.process.stdout is not None
                    selector.unregister(worker.process.stdout)
                    worker.end()
                    running.remove(worker)
                progress("media", len(answers.frames), len(paths))
        finally:
            for worker in running:
                worker.end()
    for i in sorted(answers.frames):
        if i not in answers.digests and answers.frames[i]["reason"] in ("crashed", "timeout"):
            answers.digests[i] = {"i": i, **digests(paths[i])}
    return answers


def _batches(count: int, workers: int) -> list[tuple[int, ...]]:
    """File numbers in batches, small enough that every worker has some."""
    size = max(1, min(BATCH, -(-count // max(1, workers))))
    return [tuple(range(a, min(a + size, count))) for a in range(0, count, size)]


def _mourn(worker: Worker, why: str, answers: Answers, queue: deque[tuple[int, ...]], alone: set[int]) -> None:
    """Put the files a dead or hanging worker left back into the queue, its first one alone, or give that one up."""
    if not worker.ready:
        raise LeadlineError(
            "a media worker did not start", remedy="run the tests of leadline.engines.media to see what is missing"
        )
    left = tuple(worker.pending)
    worker.pending.clear()
    if not left:
        return
    worker.end()
    if worker.process.returncode == -signal.SIGXCPU:
        why = "timeout"
    first, rest = left[0], left[1:]
    if first in alone:
        status = "timeout" if why == "timeout" else "undecodable"
        answers.frames[first] = {"i": first, "status": status, "reason": why, "frames": []}
    else:
        alone.add(first)
        queue.appendleft((first,))
    if rest:
        queue.appendleft(rest)
