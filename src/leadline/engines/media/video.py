"""A video to timed PDQ frames, inside a worker: ffmpeg decodes, frames come through a pipe and live here only."""

import contextlib
import os
import re
import signal
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image

from leadline.engines.media import boxes, facts, ffmpeg, letterbox, matroska
from leadline.engines.media.child_process import Child, Silent
from leadline.engines.media.decoded import CROPPED, LAST_MS, SHOWN, STORED, Decoded, Runs
from leadline.engines.media.ffmpeg import Source
from leadline.errors import ExtraError
from leadline.kinds.hashers import pdq
from leadline.model.meanings import (
    CRASHED,
    DAMAGED,
    KEYFRAMES,
    NO_DECODER,
    NO_VIDEO,
    OTHER_STREAMS,
    PARTIAL,
    TOO_MANY_PIXELS,
    TRUNCATED,
)
from leadline.model.words import TIMEOUT, UNDECODABLE

Pixels = npt.NDArray[np.uint8]
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
WHOLE: dict[str, letterbox.Cut] = {"whole": (0, 0)}
"""The cut that cuts nothing."""
ENOUGH = 8
"""Keyframes from which on they show where bars are; a video with fewer is decoded in full for that."""

_DURATION = re.compile(r"^  Duration: (\d+):(\d\d):(\d\d)\.(\d\d)", re.M)
_VIDEO = re.compile(r"^  Stream #0:\d+.*: Video: (?!.*\((?:attached pic|timed thumbnails|still image)\))", re.M)
_COVER = re.compile(r"^  Stream #0:\d+.*: Video: .*\((?:attached pic|timed thumbnails|still image)\)", re.M)
_CROPPING = re.compile(r"^      Frame [Cc]ropping: (\d+)/(\d+)/(\d+)/(\d+)$", re.M)
"""Lines ffmpeg writes itself: what a file says of itself stands further in, or has its colon elsewhere."""
_WORDS = (
    ("matches no streams", NO_VIDEO),
    ("moov atom not found", TRUNCATED),
    ("Cannot allocate memory", "memory"),
    ("Picture size", TOO_MANY_PIXELS),
    ("Decoder not found", NO_DECODER),
    ("no decoder found", NO_DECODER),
    ("Could not find codec parameters", NO_DECODER),
)
"""What ffmpeg writes when it gives up, and the reason that is."""
_DAMAGE = ("rror while decoding", "rror submitting packet", "corrupt decoded frame", "concealing")


def decode_video(
    path: Path, *, keyframes: bool, alive: Callable[[], None], span: tuple[int, int] | None = None
) -> Decoded:
    """The frames of the first video stream: DENSE a second, or keyframes only; covers are no video.

    First what the container shows, whole; then, only where it says that it shows less, what it stores though its edit
    list leaves it out, and what its clean aperture leaves. `span`: where in the file the film lies. What was decoded
    before a failure is kept. `alive` is called again and again while it works. OSError when the file cannot be opened.
    """
    with _opened(path, span) as source:
        if not _is_there():
            return Decoded("undecodable", "no_decoder")
        says = facts.of_film(_metadata(source, alive))
        seen, words = _hashed(source, alive, WHOLE, keyframes=keyframes)
        with open(source.file, "rb", closefd=False) as file:
            hidden = boxes.hidden(file, *(span or (0, os.fstat(source.file).st_size)))
        described = words.partition("\nStream mapping:")[0]
        cropping, covers = _CROPPING.search(described), len(_COVER.findall(described))
        if covers:
            says.append(("pictures", f"{covers} beside the film, 0 hashed"))
        if hidden:
            says.append(("hidden_frames", "{} of {}".format(*hidden)))
            seen = seen.joined(_hashed(source, alive, WHOLE, keyframes=keyframes, view=STORED)[0], STORED)
        if cropping:
            says.append(("clean_aperture", " ".join(cropping.groups())))
            seen = seen.joined(_hashed(source, alive, WHOLE, keyframes=keyframes, view=CROPPED)[0], CROPPED)
        return replace(seen, facts=tuple(says))


def decode_without_bars(path: Path, *, keyframes: bool, alive: Callable[[], None]) -> Decoded:
    """As `decode_video`, within the bars, each way a crop; one frame, named `whole`, of a video without bars.

    Where its bars are is seen from its keyframes, or from all frames when these are few. OSError as there.
    """
    with _opened(path) as source:
        if not _is_there():
            return Decoded("undecodable", "no_decoder")
        film = letterbox.Film()
        first: list[Pixels] = []

        def see(_: int, grey: Pixels) -> None:
            if not first:
                first.append(grey)
            film.add(grey)

        for few in (True, False):
            if film.count < ENOUGH:
                film = letterbox.Film()
                words, returncode, broke = _decoded(source, alive, see, keyframes=few)
        if not first:
            return _judged(words, returncode, broke, Runs(), keyframes=False)
        cuts = film.found
        if not cuts:
            runs = Runs()
            _Frames((0, 0), runs)(0, first[0])
            return Decoded("decoded", None, runs.ended())
        return _hashed(source, alive, cuts, keyframes=keyframes)[0]


def first_frame(path: Path, alive: Callable[[], None]) -> tuple[Decoded, Pixels | None]:
    """What decoding a picture with ffmpeg gave, without frames, and its grey levels; OSError as for `decode_video`."""
    with _opened(path) as source:
        if not _is_there():
            return Decoded("undecodable", "no_decoder"), None
        runs = Runs()
        first: list[Pixels] = []

        def see(t_ms: int, grey: Pixels) -> None:
            if not first:
                first.append(grey)
                runs.add(t_ms, bytes(pdq.SIZE), 0)

        words, returncode, broke = _decoded(source, alive, see, keyframes=False)
        return replace(_judged(words, returncode, broke, runs, keyframes=False), frames=()), first[0] if first else None


@contextlib.contextmanager
def _opened(path: Path, span: tuple[int, int] | None = None) -> Iterator[Source]:
    file = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        yield Source(file, span)
    finally:
        os.close(file)


def _is_there() -> bool:
    """Whether there is an ffmpeg to run."""
    with contextlib.suppress(ExtraError):
        return bool(ffmpeg.program())
    return False


def _hashed(
    source: Source, alive: Callable[[], None], cuts: dict[str, letterbox.Cut], *, keyframes: bool, view: str = SHOWN
) -> tuple[Decoded, str]:
    """The hashed frames of a view of a film, in each cut by name, one after the other; and what ffmpeg said."""
    runs = {name: Runs() for name in cuts}
    each = [_Frames(cut, runs[name]) for name, cut in cuts.items()]

    def take(t_ms: int, grey: Pixels) -> None:
        for frames in each:
            frames(t_ms, grey)

    words, returncode, broke = _decoded(source, alive, take, keyframes=keyframes, view=view)
    seen = [_judged(words, returncode, broke, runs[name], keyframes=keyframes) for name in cuts]
    frames = tuple(replace(frame, crop=name) for name, one in zip(cuts, seen, strict=True) for frame in one.frames)
    return replace(seen[0], frames=frames), words


def _decoded(
    source: Source,
    alive: Callable[[], None],
    take: Callable[[int, Pixels], None],
    *,
    keyframes: bool,
    view: str = SHOWN,
) -> tuple[str, int, str | None]:
    """Gives `take` each frame (milliseconds, grey levels); what ffmpeg said, how it ended, and why it broke off."""
    os.lseek(source.file, 0, os.SEEK_SET)
    seconds = min(CPU_MOST, CPU_SECONDS + CPU_SECONDS_A_MB * (os.fstat(source.file).st_size >> 20))
    asked = ffmpeg.command(source, keyframes=keyframes, seconds=seconds, view=view)
    child = Child(asked, (source.file,), PATIENCE, alive)
    broke = None
    try:
        with child:
            for t_ms, grey in matroska.frames(child.read, matroska.Film()):
                take(t_ms, grey)
    except Silent:
        broke = TIMEOUT
    except (EOFError, matroska.NotMatroska):
        broke = PARTIAL
    return child.words(), child.returncode or 0, broke


def _metadata(source: Source, alive: Callable[[], None]) -> str:
    """What the container says of itself, as ffmpeg writes it; the beginning only when that is long."""
    text = b""
    os.lseek(source.file, 0, os.SEEK_SET)
    child = Child(ffmpeg.metadata_command(source), (source.file,), PATIENCE, alive)
    with contextlib.suppress(EOFError, Silent), child:
        while len(text) < METADATA:
            text += child.some()
    return text.decode(errors="replace")


class _Frames:
    """Adds the hash of every frame it is given to `runs`, without `cut` (rows, columns) at each end."""

    def __init__(self, cut: tuple[int, int], runs: Runs) -> None:
        self._cut, self._runs = cut, runs
        self._hasher: pdq.GreyFrames | None = None
        self._factor = 1

    def __call__(self, t_ms: int, grey: Pixels) -> None:
        rows, columns = self._cut
        if rows or columns:
            grey = np.ascontiguousarray(grey[rows : grey.shape[0] - rows, columns : grey.shape[1] - columns])
        if self._hasher is None:
            self._factor = -(-max(grey.shape) // pdq.LONGEST)
        if self._factor > 1:
            height, width = grey.shape
            grey = np.asarray(Image.fromarray(grey).reduce((min(self._factor, width), min(self._factor, height))))
        self._hasher = self._hasher or pdq.GreyFrames(grey.shape[0], grey.shape[1])
        self._runs.add(t_ms, *self._hasher.hash(grey))


def _judged(words: str, returncode: int, broke: str | None, runs: Runs, *, keyframes: bool) -> Decoded:
    """Status, reason and coverage from how ffmpeg ended and what it said."""
    found = _DURATION.search(words)
    stated = None
    if found:
        hours, minutes, seconds, hundredths = map(int, found.groups())
        stated = ((hours * 60 + minutes) * 60 + seconds) * 1000 + hundredths * 10
    frames = runs.ended(stated, KEYFRAME_MS if keyframes else LAST_MS)
    if returncode in (-signal.SIGXCPU, -signal.SIGKILL):
        broke = TIMEOUT
    elif returncode < 0:
        broke = CRASHED
    if not frames:
        said = next((reason for text, reason in _WORDS if text in words), None)
        reason = broke if broke in (TIMEOUT, CRASHED) else said or "broken"
        return Decoded(TIMEOUT if reason == TIMEOUT else UNDECODABLE, reason, (), 0, stated)
    decoded = frames[-1].until_ms or 0
    missing = 0 if stated is None else stated - decoded
    if broke is None and (returncode != 0 or missing > max(SHORT_MS, (stated or 0) * SHORT_PPM // 1_000_000)):
        broke = PARTIAL
    if broke is None and any(text in words for text in _DAMAGE):
        broke = DAMAGED
    if broke is None and keyframes:
        broke = KEYFRAMES
    if broke is None and len(_VIDEO.findall(words.partition("\nStream mapping:")[0])) > 1:
        broke = OTHER_STREAMS
    return Decoded("decoded", broke, frames, decoded, stated)
