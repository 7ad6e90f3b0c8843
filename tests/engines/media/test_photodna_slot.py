"""An agency's own hasher in its slot: told paths, it answers with values, and its faults stay its own."""

import shlex
import sys
from pathlib import Path

import pytest
from PIL import Image

from leadline.engines.media import hash_licensed, licensed_hasher
from leadline.engines.media.photodna_slot import SETTING
from leadline.errors import ExtraError, LeadlineError
from leadline.flow.intake import intake
from leadline.kinds.hashers import photodna
from leadline.model.progress import silent
from leadline.store.case import Case

PROGRAM = """
import hashlib, json, os, sys
print(json.dumps({"ready": True}), flush=True)
for line in sys.stdin:
    task = json.loads(line)
    data = open(task["path"], "rb").read()
    if "crash" in task["path"]:
        os.abort()
    value = (hashlib.sha512(data).digest() * 3)[:144].hex()
    frames = [] if data.startswith(b"none") else [[0, None, None, None, "00" if b"wrong" in data else value]]
    print(json.dumps({"i": task["i"], "status": "decoded", "reason": None, "frames": frames}), flush=True)
"""


def test_values_come_back_under_their_name(tmp_path: Path) -> None:
    for name, data in {"a": b"one", "b": b"two", "c-crash": b"three", "d": b"none", "e": b"one"}.items():
        (tmp_path / name).write_bytes(data)
    rows = hash_licensed(sorted(tmp_path.iterdir()), [sys.executable, "-c", PROGRAM], silent, 2, None).to_pylist()
    assert [(r["index"], r["hasher"], len(r["value"])) for r in rows] == [(i, photodna.NAME, 144) for i in (0, 1, 4)]
    assert rows[0]["value"] == rows[2]["value"] != rows[1]["value"]


def test_nonsense_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a").write_bytes(b"wrong")
    with pytest.raises(LeadlineError, match="no PhotoDNA value"):
        hash_licensed([tmp_path / "a"], [sys.executable, "-c", PROGRAM], silent, 1, None)
    monkeypatch.setenv(SETTING, "no-such-program --fast")
    with pytest.raises(ExtraError, match="names no program"):
        licensed_hasher()


def test_intake_stores_what_it_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "media"
    folder.mkdir()
    Image.effect_noise((90, 60), 80).save(folder / "a.png")
    (folder / "b.txt").write_text("no picture")
    case = Case.create(tmp_path / "case", "licensed")
    plain = intake(case, [folder])[0].run
    monkeypatch.setenv(SETTING, shlex.join([sys.executable, "-c", PROGRAM]))
    with_it = intake(case, [folder])[0].run
    assert plain.id != with_it.id
    rows = [r for r in case.current("signature").to_pylist() if r["hasher"] == photodna.NAME]
    assert [(r["locator"], r["frame"], len(r["value"])) for r in rows] == [("line:2", 0, 144)]
    assert case.current("media").num_rows == 2 and not list((case.root / "scratch" / "media").iterdir())
