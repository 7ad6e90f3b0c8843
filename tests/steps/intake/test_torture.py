"""A folder of 200 hostile files: each ends hashed, partial or failed, the counts add up, and no image is written."""

import importlib.util
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path
from types import ModuleType

import pytest

from leadline.kinds.codecs.manifest import path_of
from leadline.kinds.codecs.sniff import HEAD, is_visual, sniff
from leadline.kinds.hashers import pdq
from leadline.model.meanings import MEDIA_REASONS
from leadline.store.case import Case

HERE = Path(__file__).resolve().parents[2] / "engines" / "media"
INTAKE = "import sys; from leadline.cli import main; sys.argv = ['leadline', 'intake', *sys.argv[1:]]; main()"


def module(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, HERE / f"{name}.py")
    assert spec is not None and spec.loader is not None
    made = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(made)
    return made


def test_every_file_is_accounted_for_and_no_image_is_written(tmp_path: Path) -> None:
    if not sys.platform.startswith("linux"):
        pytest.skip("inotify is Linux's; runs there")
    torture, watching = module("torture"), module("watching")
    folder, temporary = tmp_path / "media", tmp_path / "tmp"
    for each in (folder, temporary):
        each.mkdir()
    words = torture.make(folder)
    special = torture.refused(folder)
    assert len(words) >= 200
    case = Case.create(tmp_path / "case", "torture")
    env = {**os.environ, "TMPDIR": str(temporary), "HOME": str(temporary)}
    places = [case.root, folder, temporary, *(p for p in (Path("/var/tmp"),) if p.is_dir())]
    with watching.Watch(places) as seen:
        command = [sys.executable, "-c", INTAKE, str(case.root), str(folder)]
        done = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
        (temporary / "control.png").write_bytes(torture.encoded(torture.pattern(1), "PNG"))
    assert done.returncode == 0, done.stderr[-2000:]
    written = {p for p in seen.paths if any(is_visual(sniff(head[:HEAD])) for head in seen.heads.get(p, ()))}
    assert written == {temporary / "control.png"}
    outside = {p for p in seen.paths if not p.is_relative_to(case.root)} - written
    assert not {p for p in outside if "numba" not in str(p) and "__pycache__" not in str(p)}

    case = Case.open(case.root)
    run = next(r for r in case.current_runs(("intake",)) if r.params.get("map") == "folder")
    manifest = case.exhibit_path(next(iter(run.exhibits))).read_bytes().split(b"\n")
    folder_s = bytes.fromhex(str(run.inputs["exhibit"]))
    (tally,) = [row for row in case.current("tally").to_pylist() if row["exhibit"] == folder_s]
    assert tally["rows_in"] == tally["mapped"] + tally["rejected"] == len(words) + special
    assert tally["mapped"] == len(words)
    assert Counter(case.current("reject")["reason"].to_pylist()) == {"not_a_file": special}
    framed = Counter(r["media"] for r in case.current("signature").to_pylist() if r["hasher"] == pdq.NAME)
    ends = Counter()
    for row in case.current("media").to_pylist():
        name = path_of(manifest[int(row["locator"].removeprefix("line:")) - 1].split(b" ", 2)[2])
        state = row["status"], row["reason"]
        assert state in torture.ALLOWED[words[name]], (name, state)
        assert row["reason"] is None or row["reason"] in MEDIA_REASONS
        cut_short = row["reason"] == "partial" and row["stated_rows"] is not None
        assert (row["status"] == "decoded" and not cut_short) == bool(framed[row["media"]]), (name, state)
        if cut_short:
            assert row["decoded_rows"] is None or 0 <= row["decoded_rows"] <= row["stated_rows"], name
        if row["reason"] == "partial" and row["media_type"].startswith("video/"):
            assert row["stated_ms"] is None or 0 < row["decoded_ms"] < row["stated_ms"], name
        ends[row["status"]] += 1
    assert sum(ends.values()) == len(words) and ends["decoded"] >= 100
    assert not list((case.root / "scratch" / "media").iterdir())
