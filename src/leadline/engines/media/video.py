"""A video to timed PDQ frames, inside a worker: ffmpeg decodes, frames come through a pipe and live here only."""

import contextlib
import os
import re
import signal
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
from PIL import Image

from leadline.engines.media import facts, ffmpeg, matroska
from leadline.engines.media.child import Child, Silent
from leadline.engines.media.decoded import LAST_MS, Decoded, Runs
from leadline.errors import ExtraError
from leadline.kinds.hashers import pdq

METADATA = 1 << 16
"""Bytes of a container's metadata that are read."""
PATIENCE = 60.0
"""Seconds in which ffmpeg must give a frame or a word."""
CPU_SECONDS, CPU_SECONDS_A_MB, CPU_MOST = 60, 30, 6 * 3600
"""Processor seconds ffmpeg may take: a fixed part and one by size. A megabyte is 8 seconds of a usual video, decoded in
a quarter of a second, or 80 seconds of a filmed screen in high definition, decoded in 12."""
SHORT_PPM = 20_000
"""A video of which less than this share of its stated length (or SHORT_MS) is missing is whole: a last frame's length
and the sound's end are counted in what is stated."""
SHORT_MS = 1500
KEYFRAME_MS = 30_000
"""A last keyframe is taken to stay no longer than this: encoders set one at least every 10 seconds, most cameras."""

_DURATION = re.compile(r"^  Duration: (\d+):(\d\d):(\d\d)\.(\d\d)", re.M)
_VIDEO = re.compile(r"^  Stream #0:\d+.*: Video: (?!.*\((?:attached pic|timed thumbnails|still image)\))", re.M)
"""Lines ffmpeg writes itself: what a file says of itself stands further in."""
_WORDS = (
    ("matches no streams", "no_video"),
    ("moov atom not found", "truncated"),
    ("Cannot allocate memory", "memory"),
    ("Picture size", "too_many_pixels"),
    ("Decoder not found", "no_decoder"),
    ("no decoder found", "no_decoder"),
    ("Could not find codec parameters", "no_decoder"),
)
"""What ffmpeg writes when it gives up, and the reason that is."""
_DAMAGE = ("rror while decoding", "rror submitting packet", "corrupt decoded frame", "concealing")


def decode_video(path: Path, *, keyframes: bool, alive: Callable[[], None]) -> Decoded:
    """The frames of the first video stream: DENSE a second, or keyframes only; covers are no video.

    What was decoded before a failure is kept. `alive` is called again and again while it works. OSError when the file
    cannot be opened.
    """
    source = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        size = os.fstat(source).st_size
        seconds = min(CPU_MOST, CPU_SECONDS + CPU_SECONDS_A_MB * (size >> 20))
        try:
            command = ffmpeg.command(source, keyframes=keyframes, seconds=seconds)
        except ExtraError:
            return Decoded("undecodable", "no_decoder")
        says = facts.of_film(_metadata(source, alive))
        os.lseek(source, 0, os.SEEK_SET)
        child = Child(command, (source,), PATIENCE, alive)
        runs, film = Runs(), matroska.Film()
        broke = None
        try:
            with child:
                _hash(child, film, runs)
        except Silent:
            broke = "timeout"
        except (EOFError, matroska.NotMatroska):
            broke = "partial"
    finally:
        os.close(source)
    seen = _judged(child.words(), child.returncode or 0, broke, runs, keyframes=keyframes)
    return replace(seen, facts=tuple(says))


def _metadata(source: int, alive: Callable[[], None]) -> str:
    """What the container says of itself, as ffmpeg writes it; the beginning only when that is long."""
    text = b""
    child = Child(ffmpeg.metadata_command(source), (source,), PATIENCE, alive)
    with contextlib.suppress(EOFError, Silent), child:
        while len(text) < METADATA:
            text += child.some()
    return text.decode(errors="replace")


def _hash(child: Child, film: matroska.Film, runs: Runs) -> None:
    """Add every frame the child gives to `runs`."""
    hasher: pdq.GreyFrames | None = None
    factor = 1
    for t_ms, grey in matroska.frames(child.read, film):
        if hasher is None:
            factor = -(-max(grey.shape) // pdq.LONGEST)
        if factor > 1:
            height, width = grey.shape
            grey = np.asarray(Image.fromarray(grey).reduce((min(factor, width), min(factor, height))))
        hasher = hasher or pdq.GreyFrames(grey.shape[0], grey.shape[1])
        runs.add(t_ms, *hasher.hash(grey))


def _judged(words: str, returncode: int, broke: str | None, runs: Runs, *, keyframes: bool) -> Decoded:
    """Status, reason and coverage from how ffmpeg ended and what it said."""
    found = _DURATION.search(words)
    stated = None
    if found:
        hours, minutes, seconds, hundredths = map(int, found.groups())
        stated = ((hours * 60 + minutes) * 60 + seconds) * 1000 + hundredths * 10
    frames = runs.ended(stated, KEYFRAME_MS if keyframes else LAST_MS)
    if returncode in (-signal.SIGXCPU, -signal.SIGKILL):
        broke = "timeout"
    elif returncode < 0:
        broke = "crashed"
    if not frames:
        said = next((reason for text, reason in _WORDS if text in words), None)
        reason = broke if broke in ("timeout", "crashed") else said or "broken"
        return Decoded("timeout" if reason == "timeout" else "undecodable", reason, (), 0, stated)
    decoded = frames[-1].until_ms or 0
    missing = 0 if stated is None else stated - decoded
    if broke is None and (returncode != 0 or missing > max(SHORT_MS, (stated or 0) * SHORT_PPM // 1_000_000)):
        broke = "partial"
    if broke is None and any(text in words for text in _DAMAGE):
        broke = "damaged"
    if broke is None and keyframes:
        broke = "keyframes"
    if broke is None and len(_VIDEO.findall(words.partition("\nStream mapping:")[0])) > 1:
        broke = "other_streams"
    return Decoded("decoded", broke, frames, decoded, stated)
