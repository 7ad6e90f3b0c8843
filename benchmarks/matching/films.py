"""The rows of video: hashing beside decoding alone, and keyframes beside all frames, on a clip of a few minutes."""

import os
import resource
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

from leadline.engines.media import ffmpeg, hash_files

CLIP = "chair-orig-22-sd-bar.mp4"
"""480 x 720 pixels, H.264, 30 frames a second, 22 seconds: a real one, so that its detail is a camera's."""
TURNS = 8
"""How often it is shown: three minutes."""
SECONDS = 22.46 * TURNS
COPIES = 4
"""Files of the keyframe pass, which is over quickly; one file named four times would be hashed once."""


def rows(scratch: Path, clips: Path, row: Callable[..., dict[str, Any]]) -> list[dict[str, Any]]:
    """The rows `video` and `keyframes`; without a ratio when the clip is not there."""
    units = "frames hashed a processor second", "media seconds a processor second"
    if not (clips / CLIP).is_file():
        missing = f"{CLIP} is not there"
        return [row("video", None, units[0], missing, None, 0.7), row("keyframes", None, units[1], missing, None, 8)]
    film = scratch / "film.mp4"
    looped = ["-stream_loop", str(TURNS - 1), "-i", str(clips / CLIP), "-c", "copy", "-an", str(film)]
    subprocess.run([ffmpeg.program(), "-v", "error", "-y", *looped], check=True)
    copies = [scratch / f"film-{n}.mp4" for n in range(COPIES)]
    for copy in copies:
        copy.hardlink_to(film)
    hash_files([film], lambda *_: None, workers=1)
    start = _spent(lambda: _hashed([clips / CLIP], "off"))
    best: dict[str, float] = {}
    for _ in range(3):
        for name, work in (
            ("dense", lambda: _hashed([film], "dense")),
            ("alone", lambda: _decoded(film)),
            ("keyframes", lambda: _hashed(copies, "keyframes")),
        ):
            best[name] = min(best.get(name, 1e9), _spent(work))
    dense, key = best["dense"] - start, (best["keyframes"] - start) / COPIES
    hashed = SECONDS * ffmpeg.DENSE
    against = f"{ffmpeg.version()} decoding and turning grey alone, {SECONDS * 30 / best['alone']:.0f} frames a second"
    return [
        row("video", hashed / dense, units[0], against, best["alone"] / dense, 0.7),
        row("keyframes", SECONDS / key, units[1], f"{SECONDS / dense:.0f} of the dense pass", dense / key, 8),
    ]


def _hashed(paths: list[Path], video: str) -> None:
    files = hash_files(paths, lambda *_: None, workers=1, video=video).files
    assert video == "off" or set(files["status"].to_pylist()) == {"decoded"}


def _decoded(film: Path) -> None:
    """The same decoder and the same choice of frames, turned grey and thrown away."""
    source = os.open(film, os.O_RDONLY)
    command = ffmpeg.command(source, keyframes=False, seconds=600)
    ours, end = command.index("-c:v"), ["-f", "null", "-"]
    subprocess.run([*command[:ours], *end], check=True, pass_fds=(source,), stderr=subprocess.DEVNULL)
    os.close(source)


def _spent(work: Callable[[], Any]) -> float:
    """Processor seconds of the child processes."""
    before = _children()
    work()
    return _children() - before


def _children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
