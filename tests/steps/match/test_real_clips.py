"""Real clips: a trimmed copy is found where it was cut from, and unrelated ones are not found at all."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pytest
from tests.steps.match.conftest import crop, entry, found, frame, ref

from leadline.engines.media import ffmpeg, frames
from leadline.kinds.hashers import pdq

Seizure = Callable[..., dict[str, pa.Table]]
ORIGINAL = "chair-orig-22-sd-bar"
TRIMMED = "chair-19-sd-bar"
EDITED = "chair-22-with-small-logo-bar"
UNRELATED = ("doorknob-hd-no-bar", "pattern-sd-grey-bar")


@pytest.fixture(scope="module")
def clips(data_dir: Path) -> dict[str, tuple[frames.Frame, ...]]:
    """The timed frames of each clip, ten a second, runs of like frames as one."""
    folder = data_dir / "media" / "te_videos"
    names = (ORIGINAL, TRIMMED, EDITED, *UNRELATED)
    return {n: frames.decode(folder / f"{n}.mp4", "video/mp4", "dense", lambda: None).frames for n in names}


@pytest.mark.parametrize("pad", ["iw:ih*1.3:0:(oh-ih)/2", "iw*1.3:ih:(ow-iw)/2:0", "iw*1.2:ih*1.3:(ow-iw)/2:(oh-ih)/2"])
def test_a_clip_with_bars_is_found_by_what_is_within_them(
    seizure: Seizure, clips: dict[str, tuple[frames.Frame, ...]], data_dir: Path, tmp_path: Path, pad: str
) -> None:
    source, barred = data_dir / "media" / "te_videos" / f"{TRIMMED}.mp4", tmp_path / "barred.mp4"
    coded = ("-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-an")
    command = [ffmpeg.program(), "-v", "error", "-i", str(source), "-vf", f"pad={pad}", *coded, str(barred)]
    subprocess.run(command, check=True)
    plain, anew = (
        way(barred, "video/mp4", "dense", lambda: None).frames for way in (frames.decode, frames.decode_crops)
    )
    rows = [{**frame("a", f.value, f.number, f.t_ms, f.until_ms), "quality": f.quality} for f in plain]
    framed = tuple(
        {**crop("a", f.crop, f.value), "frame": f.number, "t_ms": f.t_ms, "until_ms": f.until_ms,
         "quality": f.quality} for f in anew
    )  # fmt: skip
    lines = a_frame_a_second(clips[ORIGINAL])
    assert not found(seizure(["a"], rows, lines), "same_video_as")
    tables = seizure(["a"], rows, lines, framed)
    assert found(tables, "same_video_as") == {(ref("a"), entry(0))}
    (row,) = tables["match"].to_pylist()
    assert row["crop"].startswith("bars-off-") and round(row["covered_ppm"] / 10_000) >= 80
    cut = max(f.until_ms or 0 for f in clips[ORIGINAL]) - max(f.until_ms or 0 for f in clips[TRIMMED])
    assert abs(row["offset_ms"] + cut) <= 500
    unrelated = a_frame_a_second(clips[UNRELATED[1]])
    assert not found(seizure(["a"], rows, unrelated, framed), "similar_to")


def a_frame_a_second(seen: tuple[frames.Frame, ...]) -> list[str]:
    """Lines of a list that took one frame a second: of a run, the frame that stood there."""
    last = max(f.t_ms or 0 for f in seen)
    lines = []
    for t in range(0, last + 1, 1000):
        stands = [f for f in seen if f.t_ms is not None and f.t_ms <= t and f.quality >= pdq.QUALITY]
        if stands:
            lines.append(f"v,{t},{stands[-1].value.hex()}")
    return lines


def test_a_trimmed_clip_and_unrelated_ones(seizure: Seizure, clips: dict[str, tuple[frames.Frame, ...]]) -> None:
    rows = [
        {**frame(name, f.value, f.number, f.t_ms, f.until_ms), "quality": f.quality}
        for name, seen in clips.items()
        if name != ORIGINAL
        for f in seen
    ]
    tables = seizure([n for n in clips if n != ORIGINAL], rows, a_frame_a_second(clips[ORIGINAL]))
    matched = {r["media"]: r for r in tables["match"].to_pylist() if r["other"] == entry(0)}
    assert set(matched) == {ref(TRIMMED), ref(EDITED)}
    trimmed = matched[ref(TRIMMED)]
    cut = max(f.until_ms or 0 for f in clips[ORIGINAL]) - max(f.until_ms or 0 for f in clips[TRIMMED])
    assert trimmed["rule"] == "video" and round(trimmed["covered_ppm"] / 10_000) >= 83
    assert abs(trimmed["offset_ms"] + cut) <= 500
    assert matched[ref(EDITED)]["rule"] == "video" and abs(matched[ref(EDITED)]["offset_ms"]) <= 500
    assert {s for s, _ in found(tables, "never_seen")} == {ref(n) for n in UNRELATED}
    series = {s for s, _ in found(tables, "in_series")}
    assert series == {ref(TRIMMED), ref(EDITED)}
