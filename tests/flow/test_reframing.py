"""Files that nothing matches are framed anew while their medium is at hand, once, and repeatably."""

import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from leadline.engines.media import ffmpeg
from leadline.flow import pinning, reframing
from leadline.flow import run as flow_run
from leadline.flow.intake import intake
from leadline.flow.rebuild import rebuild
from leadline.flow.run import settle
from leadline.kinds.hashers import pdq
from leadline.model.progress import silent
from leadline.steps import match
from leadline.steps.intake.reframed import lines_of, spans
from leadline.store.case import Case
from leadline.store.settings import Change, changed
from leadline.store.verify import Report


def picture(seed: int) -> Image.Image:
    """A drawn pattern with detail at many scales."""
    rng = np.random.Generator(np.random.PCG64(seed))
    total = np.zeros((240, 320, 3))
    for size in (3, 6, 12, 24):
        small = Image.fromarray(rng.integers(0, 256, (size, size, 3), dtype=np.uint8))
        total += np.asarray(small.resize((320, 240), Image.Resampling.BICUBIC), float) / size
    return Image.fromarray(np.clip(total / total.max() * 255, 0, 255).astype(np.uint8))


@pytest.fixture
def case(tmp_path: Path) -> Case:
    """A case with a folder of pictures: one listed, three of which a list has the whole, and one that is in none."""
    folder = tmp_path / "medium"
    folder.mkdir()
    lines = []
    for n in (0, 1, 2, 5):
        whole = picture(n)
        value, quality = pdq.hash_rgb(np.asarray(whole))
        lines.append(f"{value.hex()},{quality}")
        cut = whole if n == 0 else whole.crop((8, 6, 312, 234))
        cut.save(folder / f"{n}.png")
        assert (
            n == 0
            or (int.from_bytes(pdq.hash_rgb(np.asarray(cut))[0]) ^ int.from_bytes(value)).bit_count() > pdq.RADIUS
        )
    picture(99).save(folder / "new.png")
    path = tmp_path / "list.csv"
    path.write_text("pdq,quality\n" + "\n".join(lines) + "\n")
    made = Case.create(tmp_path / "case", "crop")
    intake(made, [folder])
    pinning.pin(made, "list", path, "test")
    return made


def similar(case: Case) -> int:
    rows = case.current("match", ("match",)).to_pylist()
    return sum(r["rule"] == "crop" for r in rows)


def test_cuts_are_found_and_nothing_is_framed_twice(case: Case) -> None:
    outcome = flow_run.run_step(case, match.SPEC)
    assert similar(case) == 3
    assert outcome.says == ("unmatched pictures searched in every crop and rotation, videos without bars: 4",)
    runs = [run.id for run in case.runs()]
    again = flow_run.run_step(case, match.SPEC)
    assert (again.state, [run.id for run in case.runs()]) == ("fresh", runs)
    assert again.says == ("unmatched pictures searched in every crop and rotation, videos without bars: 1",)
    report = rebuild(case.root, Report("self_consistent", (), ()))
    assert report.problems == () and report.verdict == "self_consistent", report


def test_a_medium_that_is_away_is_counted_and_carried_on_with(case: Case, tmp_path: Path) -> None:
    (tmp_path / "medium").rename(tmp_path / "away")
    outcome = flow_run.run_step(case, match.SPEC)
    assert outcome.says == (
        "unmatched pictures searched in every crop and rotation, videos without bars: 0; "
        "not framed, because their medium is not connected: 4",
    )
    (tmp_path / "away").rename(tmp_path / "medium")
    (tmp_path / "medium" / "1.png").write_bytes((tmp_path / "medium" / "2.png").read_bytes())
    outcome = flow_run.run_step(case, match.SPEC)
    assert similar(case) == 2 and outcome.says[0].endswith("not connected: 1")


def test_a_film_is_found_without_its_bars(case: Case, tmp_path: Path) -> None:
    scenes = [np.asarray(picture(n)) for n in range(20, 24)]
    raw = b"".join(scene.tobytes() * 10 for scene in scenes)
    source = ("-f", "rawvideo", "-pix_fmt", "rgb24", "-s", "320x240", "-r", "10", "-i", "pipe:0")
    shown = ("-vf", "pad=400:360:40:60", "-c:v", "libx264", "-crf", "18", "-g", "10", "-pix_fmt", "yuv420p")
    folder = tmp_path / "films"
    folder.mkdir()
    command = [ffmpeg.program(), "-v", "error", "-y", *source, *shown, str(folder / "barred.mp4")]
    subprocess.run(command, input=raw, check=True)
    hashes = [pdq.hash_rgb(scene)[0].hex() for scene in scenes]
    path = tmp_path / "films.csv"
    path.write_text("id,t_ms,pdq,quality\n" + "".join(f"v,{n}000,{one},90\n" for n, one in enumerate(hashes)))
    intake(case, [folder])
    pinning.pin(case, "list", path, "test")
    flow_run.run_step(case, match.SPEC)
    (row,) = [r for r in case.current("match", ("match",)).to_pylist() if r["rule"] == "video"]
    assert row["crop"].startswith("bars-off-") and (row["frames"], row["covered_ppm"]) == (4, 1_000_000)
    assert 0 <= row["offset_ms"] <= 1000
    report = rebuild(case.root, Report("self_consistent", (), ()))
    assert report.problems == () and report.verdict == "self_consistent", report


def test_it_can_be_switched_off(case: Case) -> None:
    case.change(changed(case.settings, Change("crops", "=", "off")), "test", {})
    assert flow_run.run_step(case, match.SPEC).says == () and not similar(case)


def test_killed_between_two_blocks_it_carries_on(case: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(case.root, tmp_path / "other")
    monkeypatch.setattr(reframing, "BLOCK", 2)
    calls = []
    real = reframing.step.read

    def broken(*args: object, **how: object) -> object:
        calls.append(1)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return real(*args, **how)  # type: ignore[arg-type]

    monkeypatch.setattr(reframing.step, "read", broken)
    with pytest.raises(KeyboardInterrupt):
        flow_run.run_step(case, match.SPEC)
    assert not similar(case) and case.current("crop").num_rows
    flow_run.run_step(case, match.SPEC)
    assert len(calls) == 3
    other = Case.open(tmp_path / "other")
    flow_run.run_step(other, match.SPEC, silent)
    assert {r.id: dict(r.tables) for r in other.current_runs()} == {r.id: dict(r.tables) for r in case.current_runs()}
    assert settle(case, match.SPEC).state == "fresh"


def test_spans_of_lines() -> None:
    assert spans([5, 2, 3, 4, 9]) == "2-5,9" and lines_of("2-5,9") == [2, 3, 4, 5, 9] and lines_of("") == []
