"""The worker process: one JSON line in a file, two lines out (digests, then frames); it can neither write nor connect.

Started as ``python -m leadline.engines.media.worker``. In: ``{"i": number, "path": text, "video": dense, keyframes or
off}``, ``"framed": true`` for the crops of a picture or film, and ``"demanded": true``, on which a worker that is not
wholly confined ends without reading. Out: ``{"i", "size", "sha256", "sha1", "md5",
"media_type"}``, then ``{"i", "more": frames}`` while there are many, then ``{"i", "status", "reason", "decoded_ms",
"stated_ms", "decoded_rows", "stated_rows", "facts", "inside", "frames"}``; a frame is number, milliseconds, those at
which its run ends, quality, hash, and its crop where framed, else its view where it is not the first. ``inside``
has for each film or picture within the file ``place``, and all of the above. ``{"i", "alive"}`` comes in between while
a file takes long.
After start-up and before the first file the process gives up everything but reading below the folders named on its
command line, starting ffmpeg, and so much memory (leadline.confinement); ``{"ready": true, "confined": state}`` says
how far it could. Its standard error goes nowhere, so that no decoder text and no pixel can leave it except as a hash.
"""

import contextlib
import json
import os
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from leadline.confinement.confine import Allowed, State
from leadline.confinement.confine import confine as give_up
from leadline.confinement.limits import allow_cpu, allow_memory, no_files
from leadline.engines.media import ffmpeg
from leadline.engines.media.decoded import Decoded
from leadline.engines.media.frames import decode, decode_crops, decode_inside, open_decoders
from leadline.errors import ExtraError
from leadline.kinds.codecs.sniff import HEAD, sniff
from leadline.kinds.hashers import md5, pdq, sha1, sha256

MEMORY = 2 << 30
"""Bytes a worker may map beyond what it holds when ready: decoder, one picture of MAX_PIXELS and its float planes."""
CPU_SECONDS = 60
"""Processor seconds a still, or a part of a longer file, may take; a 12-megapixel picture takes a third of one."""
ALIVE_SECONDS = 5.0
"""How often a worker that is busy with one file says so."""
MORE = 1000
"""Frames in one line of an answer."""
BLOCK = 1 << 20


def main() -> None:
    """Answer every line of standard input until it ends."""
    source = sys.stdin.buffer
    sink = os.fdopen(os.dup(1), "wb")
    warm()
    state = confine(sys.argv[1:])
    say(sink, {"ready": True, "confined": state.facts()})
    for line in source:
        task = json.loads(line)
        if task.get("demanded") and not state.whole:
            return
        path = Path(task["path"])
        alive = _Alive(sink, task["i"])
        try:
            answer = digests(path, alive)
        except OSError:
            say(sink, {"i": task["i"], "status": "undecodable", "reason": "unreadable", "frames": []})
            continue
        say(sink, {"i": task["i"], **answer})
        seen = _seen(decode_crops if task.get("framed") else decode, path, answer["media_type"], task["video"], alive)
        told = _told(seen, framed=bool(task.get("framed")))
        rows = told.pop("frames")
        while len(rows) > MORE:
            say(sink, {"i": task["i"], "more": rows[:MORE]})
            rows = rows[MORE:]
        inside = [_inside(path, span, task["video"], alive) for span in seen.inside]
        say(sink, {"i": task["i"], **told, "inside": inside, "frames": rows})


def _inside(path: Path, span: tuple[int, int], video: str, alive: "_Alive") -> dict[str, Any]:
    """The digests and frames of a film or picture within a file."""
    known = digests(path, alive, span)
    seen = _seen(decode_inside, path, span, known["media_type"], video, alive)
    return {"place": "byte:{}-{}".format(*span), **known, **_told(seen, framed=False)}


def _told(seen: Decoded, *, framed: bool) -> dict[str, Any]:
    """What decoding gave, as it is said."""
    named = ("status", "reason", "decoded_ms", "stated_ms", "decoded_rows", "stated_rows", "facts")
    rows = []
    for f in seen.frames:
        kind = f.crop if framed else f.view
        rows.append([f.number, f.t_ms, f.until_ms, f.quality, f.value.hex(), *([kind] if kind else [])])
    return {**{name: getattr(seen, name) for name in named}, "frames": rows}


def _seen(how: Callable[..., Decoded], *what: Any) -> Decoded:
    """What decoding gives; never raises for what a file holds."""
    try:
        return how(*what)
    except MemoryError:
        return Decoded("undecodable", "memory")
    except OSError:
        return Decoded("undecodable", "unreadable")


class _Alive:
    """Called again and again while a file is worked on: gives it more processor time and says so now and then."""

    def __init__(self, sink: BinaryIO, number: int) -> None:
        self._sink, self._number = sink, number
        self._said = time.monotonic()
        allow_cpu(CPU_SECONDS)

    def __call__(self) -> None:
        if time.monotonic() - self._said > ALIVE_SECONDS:
            self._said = time.monotonic()
            allow_cpu(CPU_SECONDS)
            say(self._sink, {"i": self._number, "alive": True})


def digests(
    path: Path, alive: Callable[[], None] = lambda: None, span: tuple[int, int | None] = (0, None)
) -> dict[str, Any]:
    """Size, SHA-256, SHA-1, MD5 (hex) and type by content of a file, or of a span of its bytes, in one pass."""
    start, end = span
    running = {h.NAME: h.new() for h in (sha256, sha1, md5)}
    size = 0
    head = b""
    with path.open("rb") as file:
        file.seek(start)
        while block := file.read(BLOCK if end is None else min(BLOCK, end - start - size)):
            head = head or block[:HEAD]
            size += len(block)
            for digest in running.values():
                digest.update(block)
            alive()
    return {"size": size, "media_type": sniff(head), **{name: d.hexdigest() for name, d in running.items()}}


def warm() -> None:
    """Compile or load the kernels and the decoders while files may still be written."""
    open_decoders()
    with contextlib.suppress(ExtraError):
        ffmpeg.program()
        ffmpeg.crops()
    for writable in (True, False):  # to the compiler these are two kinds of array, and decoders give both
        picture = np.zeros((96, 160, 3), np.uint8)
        picture.flags.writeable = writable
        pdq.hash_rgb(picture)
        grey = np.zeros((96, 160), np.uint8)
        grey.flags.writeable = writable
        pdq.GreyFrames(96, 160).hash(grey)


def confine(folders: Sequence[str] = ()) -> State:
    """Gives up what hashing does not need; what lies in `folders` may be read, with none named everything."""
    programs = []
    with contextlib.suppress(ExtraError):
        programs.append(Path(ffmpeg.program()))
    allow_memory(MEMORY)
    no_files()
    return give_up(Allowed([Path(folder) for folder in folders] or None, programs=programs))


def say(sink: BinaryIO, answer: dict[str, Any]) -> None:
    sink.write(json.dumps(answer, separators=(",", ":")).encode() + b"\n")
    sink.flush()


if __name__ == "__main__":
    main()
