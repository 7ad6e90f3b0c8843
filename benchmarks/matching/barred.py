"""What is found of videos to which bars were added: listed frames found as the video comes and without its bars."""

import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from leadline.engines.media import ffmpeg
from leadline.engines.media.edit_distances import distances
from leadline.engines.media.frames import Frame, decode, decode_crops
from leadline.kinds.hashers import pdq

EDITS = {
    "black bars above and below": "pad=iw:trunc(ih*0.65)*2:0:(oh-ih)/2",
    "black bars left and right": "pad=trunc(iw*0.65)*2:ih:(ow-iw)/2:0",
    "black bars on all sides": "pad=trunc(iw*0.6)*2:trunc(ih*0.65)*2:(ow-iw)/2:(oh-ih)/2",
}
"""Filters of ffmpeg: bars of 12 % of the new height, 12 % of the width, or 8 and 12 % at each end."""
ENCODED = ("-c:v", "libx264", "-preset", "veryfast", "-crf", "28", "-pix_fmt", "yuv420p", "-an", "-bitexact")


@dataclass(frozen=True, slots=True)
class Trial:
    """One video with bars: listed frames of its original, those found as it comes and without bars, and the most of any
    video of another family's list that is found, as it comes or without bars."""

    edit: str
    listed: int
    plain: int
    framed: int
    unrelated: int


def trials(clips: Path, scratch: Path) -> Iterator[Trial]:
    """Every edit of every clip below `clips`, against a list that holds one frame a second of each original."""
    lists = {path: _listed(decode(path, "video/mp4", "dense", _nothing).frames) for path in sorted(clips.glob("*.mp4"))}
    for edit, pad in EDITS.items():
        for path, listed in lists.items():
            made = scratch / "barred.mp4"
            command = [ffmpeg.program(), "-v", "error", "-y", "-i", str(path), "-vf", pad, *ENCODED, str(made)]
            subprocess.run(command, check=True)
            plain = _good(decode(made, "video/mp4", "dense", _nothing).frames)
            framed = _good(decode_crops(made, "video/mp4", "dense", _nothing).frames)
            others = [theirs for other, theirs in lists.items() if _family(other) != _family(path)]
            unrelated = max(_found(theirs, np.concatenate([plain, framed])) for theirs in others)
            yield Trial(edit, len(listed), _found(listed, plain), _found(listed, framed), unrelated)


def _family(path: Path) -> str:
    return path.name.partition("-")[0]


def _listed(frames: tuple[Frame, ...]) -> npt.NDArray[np.uint8]:
    """One frame a second: of a run, the frame that stands there."""
    kept = []
    for t in range(0, max((f.t_ms or 0 for f in frames), default=0) + 1, 1000):
        stands = [f for f in frames if (f.t_ms or 0) <= t]
        kept += stands[-1:]
    return _good(tuple(kept))


def _good(frames: tuple[Frame, ...]) -> npt.NDArray[np.uint8]:
    values = b"".join(f.value for f in frames if f.quality >= pdq.QUALITY)
    return np.frombuffer(values, np.uint8).reshape(-1, pdq.SIZE)


def _found(listed: npt.NDArray[np.uint8], frames: npt.NDArray[np.uint8]) -> int:
    """Listed frames within pdq.RADIUS of any of `frames`."""
    return sum(int(distances(frames, one).min()) <= pdq.RADIUS for one in listed)


def _nothing() -> None:
    pass
