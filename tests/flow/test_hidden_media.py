"""What a container hides is in the case: found, joined, told, handed over, and rebuilt."""

import hashlib
import io
import json
import subprocess
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from leadline.engines.media import ffmpeg
from leadline.flow import run as flow_run
from leadline.flow.intake import intake
from leadline.flow.rebuild import rebuild
from leadline.flow.vics_export import write
from leadline.kinds.hashers import pdq
from leadline.kinds.reader import Source
from leadline.steps import match
from leadline.steps.intake import resolve
from leadline.store.case import Case
from leadline.store.scratch import work
from leadline.store.verify import Report

SCENES = 6


def scene(seed: int) -> Image.Image:
    """A drawn picture of blocks."""
    rng = np.random.Generator(np.random.PCG64(seed))
    small = Image.fromarray(rng.integers(0, 256, (12, 15, 3), dtype=np.uint8))
    return small.resize((320, 240), Image.Resampling.NEAREST)


def made(*arguments: str, data: bytes = b"") -> None:
    subprocess.run([ffmpeg.program(), "-v", "error", "-y", *arguments], input=data, check=True)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """whole.mp4; cut.mp4, which stores all of it and shows half a second; moving.jpg with another film behind it."""
    path = tmp_path / "medium"
    path.mkdir()
    h264 = ("-c:v", "libx264", "-preset", "ultrafast", "-g", "1000", "-sc_threshold", "0", "-pix_fmt", "yuv420p")
    shape = ("-f", "rawvideo", "-pix_fmt", "rgb24", "-s", "320x240", "-r", "10", "-i", "pipe:0")
    for name, seeds in (("whole.mp4", range(SCENES)), ("other.mp4", range(50, 50 + SCENES))):
        raw = b"".join(np.asarray(scene(s)).tobytes() * 10 for s in seeds)
        made(*shape, *h264, "-bitexact", str(path / name), data=raw)
    made("-ss", "5.5", "-i", str(path / "whole.mp4"), "-c", "copy", str(path / "cut.mp4"))
    other = path / "other.mp4"
    scene(90).save(path / "moving.jpg")
    with (path / "moving.jpg").open("ab") as file:
        file.write(other.read_bytes())
    made("-i", str(other), "-c", "copy", str(path / "copy.mkv"))
    other.unlink()
    return path


def test_the_hidden_is_joined_told_and_handed_over(folder: Path, tmp_path: Path) -> None:
    case = Case.create(tmp_path / "case", "hidden")
    intake(case, [folder])
    flow_run.run_step(case, match.SPEC)
    ref = {path.name: f"media:{hashlib.sha256(path.read_bytes()).hexdigest()}" for path in folder.iterdir()}
    media = {r["locator"]: r for r in case.current("media").to_pylist()}
    (inside,) = [r for r in media.values() if ">" in r["locator"]]
    photo, _, place = inside["locator"].partition(">")
    assert media[photo]["media"] == ref["moving.jpg"] and place.startswith("byte:")
    assert len(media) == 5 and [r["reason"] for r in media.values()].count("hidden") == 1
    facts = {(r["media"], r["kind"]): r["value"] for r in case.current("media_fact").to_pylist()}
    assert facts[ref["cut.mp4"], "hidden_frames"] == "55 of 60"
    (tally,) = case.current("tally").to_pylist()
    assert (tally["rows_in"], tally["mapped"], tally["rejected"], tally["left_out"]) == (4, 4, 0, 0)

    series = {}
    for row in case.current("finding", ("match",)).to_pylist():
        if row["predicate"] == "in_series":
            series[row["subject"]] = row["object"]
    assert series[ref["cut.mp4"]] == series[ref["whole.mp4"]]
    assert series[inside["media"]] == series[ref["copy.mkv"]] != series[ref["cut.mp4"]]
    assert ref["moving.jpg"] not in series
    rests = {r["locator"] for r in case.current("basis", ("match",)).to_pylist()}
    assert any(str(locator).endswith(">@stored") for locator in rests)

    signed = case.current("signature").to_pylist()
    (stored,) = {r["locator"] for r in signed if r["locator"].endswith("@stored")}
    exhibit = inside["exhibit"]
    source = Source(exhibit, case.exhibit_path(exhibit.hex()), (), folder, work(case.layout))
    assert "path: cut.mp4\nwithin the file: @stored" in resolve(source, stored)
    assert "path: moving.jpg" in resolve(source, inside["locator"])
    perceptual = [r for r in signed if r["hasher"] == pdq.NAME and r["media"] == ref["moving.jpg"]]
    assert [r["t_ms"] for r in perceptual] == [None]

    sink = io.StringIO()
    write(case, sink, "US")
    records = {r["MD5"]: r for r in json.loads(sink.getvalue().removeprefix("\ufeff"))["value"][0]["Media"]}
    data = (folder / "moving.jpg").read_bytes()[int(place[5:].split("-")[0]) :]
    record = records[hashlib.md5(data, usedforsecurity=False).hexdigest().upper()]
    assert (record["RelativeFilePath"], record["Comments"]) == ("moving.jpg", f"{place} of the file at this path")

    report = rebuild(case.root, Report("self_consistent", (), ()))
    assert report.problems == () and report.verdict == "self_consistent", report
