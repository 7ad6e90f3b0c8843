"""Calibration: edits in memory, distances and counts out; nothing of a picture or its name leaves."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from PIL import Image

from leadline.cli import call
from leadline.engines.media.edit_distances import (
    EDITS,
    LONGEST,
    distances,
    trial,
)
from leadline.errors import UsageError
from leadline.flow.calibrate import RADII, STEP, calibrate


def test_a_trial_agrees_with_pdqhash(data_dir: Path, oracle: Callable[[str], ModuleType]) -> None:
    pdqhash = oracle("pdqhash")
    with Image.open(data_dir / "media/te_images/labelme-subset/q2821.jpg") as image:
        found = trial(image)
        base = image.convert("RGB")
    base.thumbnail((LONGEST, LONGEST), Image.Resampling.LANCZOS)
    own = pdqhash.compute(np.asarray(base))[0]
    for n, edit in enumerate(EDITS.values()):
        other = pdqhash.compute(np.asarray(edit(base)))[0]
        assert found.plain[n] == int((own != other).sum())
        assert found.best[n] <= found.plain[n]
    at = list(EDITS).index("mirrored")
    assert found.best[at] <= 31 < found.plain[at]


def test_distances_of_no_hashes_are_the_farthest() -> None:
    assert distances(np.empty((0, 32), np.uint8), np.zeros(32, np.uint8)).tolist() == [256]


def test_every_file_is_accounted_for_and_nothing_but_counts_comes_out(
    data_dir: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "secret-name"
    folder.mkdir()
    images = data_dir / "media" / "te_images"
    for name in ("q2821", "q0746"):
        shutil.copy(images / "labelme-subset" / f"{name}.jpg", folder / f"{name}-secret.jpg")
    with Image.open(images / "labelme-subset/q2821.jpg") as image:
        image.convert("RGB").save(folder / "copy.png")
    Image.new("RGB", (80, 80)).save(folder / "flat.png")
    (folder / "notes.txt").write_text("secret")
    assert call(["calibrate", str(folder), "--out", str(tmp_path / "figures.json"), "--json"]) == 0
    out, err = capfd.readouterr()
    said = json.loads(out)
    assert said["files"] == {"tried": 2, "copy": 1, "low_quality": 1, "no_picture": 1}
    assert len(said["recall"]) == len(EDITS) * len(RADII) and {r["n"] for r in said["recall"]} == {2}
    assert sum(bar["pairs"] for bar in said["unrelated"]) == 2
    assert said["nearest_unrelated"] // STEP * STEP == said["unrelated"][0]["from"]
    assert "secret" not in out + err + (tmp_path / "figures.json").read_text()
    assert max(len(word) for word in out.replace('"', " ").split()) < 64  # no hash


def test_no_picture_is_refused() -> None:
    with pytest.raises(UsageError):
        calibrate([])
