"""Each worked guide in docs/guides is run command by command, on the training case and the files the guide shows."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

GUIDES = sorted((Path(__file__).resolve().parents[2] / "docs" / "guides").glob("*.md"))
BLOCK = re.compile(r"^```(\w+)(?: (\S+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)
BUILD = "leadline scenario build training --size tiny --seed 7"
"""The first command of guides on the training case; the played case is of the same size and seed: the same bytes."""
SAID = {
    "case-officer": (
        "the map has 2 errors",
        "refused",
        "club_theme: none of its 2 rows read",
        "columns that the map does not name: theme",
        "rejected, bad_time: 1",
        "identifiers, email: 1 not in the form of the kind",
        "trace: skipped",
        "same_person account:club/1",
    ),
    "financial-investigator": ("of the value paid", "came from", "not measured", "found again|1 input", "released"),
    "referral": ("customer_of_record", "private_hops", "located_in jurisdiction:de", r"package de-\w+: 1 person"),
    "media-examiner": ("known: ", "similar: ", "never seen: ", "files decoded: ", "md5", "trace: skipped"),
}
"""What each guide says that a reader will see."""


@pytest.mark.parametrize("guide", GUIDES, ids=lambda path: path.stem)
def test_every_command_of_the_guide_runs(guide: Path, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    path = os.pathsep.join((str(Path(sys.executable).parent), os.environ.get("PATH", "")))
    said = ""
    for language, name, text in BLOCK.findall(guide.read_text("utf-8")):
        if language != "sh":
            (tmp_path / name).write_text(text)
            continue
        for line in text.splitlines():
            if line == BUILD:
                played: Path = request.getfixturevalue("played")
                for folder in ("chain", "evidence", "lists", "tags", "prices"):
                    shutil.copytree(played / folder, tmp_path / "training" / folder)
                continue
            command = line
            for word in re.findall(r"\b(?:ADDRESS|TXID|FINDING)\b", line):
                command = command.replace(word, _meant(word, said, tmp_path))
            done = subprocess.run(
                ["bash", "-c", command], cwd=tmp_path, env={**os.environ, "PATH": path}, capture_output=True, text=True
            )
            assert done.returncode == 0, (line, done.stderr[-2000:])
            assert "Traceback" not in done.stderr
            said += done.stdout + done.stderr
    for words in SAID[guide.stem]:
        assert re.search(words, said), words


def _meant(word: str, said: str, folder: Path) -> str:
    """What a reader would put in a placeholder's place, out of what stands on the screen or in the file written."""
    if word == "FINDING":
        found: list[str] = re.findall(r"^([0-9a-f]{16}) \S+ \w+ \S+$", said, re.MULTILINE)
        return found[-1]
    if word == "TXID":
        found = re.findall(r"outpoint:([0-9a-f]{64}):", (folder / "payments.csv").read_text())
        return found[0]
    found = re.findall(r"address: (\S+)", (folder / "training" / "tags" / "tags.yaml").read_text())
    return found[0]


def test_there_is_a_guide_for_each_role() -> None:
    assert {path.stem for path in GUIDES} == set(SAID)
