"""Killed before any change on disk, a writer is carried on by the next one, with the same tables."""

import json
import subprocess
import sys
from pathlib import Path

SCRIPT = Path(__file__).with_name("killed.py")


def test_killed_at_every_moment(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, str(SCRIPT), str(tmp_path), "1", "1"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]
    whole, *others = [json.loads(line) for line in done.stdout.splitlines()]
    assert whole["verdict"] == "self_consistent_only"
    assert len(others) == whole["moments"] > 60
    for other in others:
        for key in ("verdict", "problems", "tables", "decisions", "currency"):
            assert other[key] == whole[key], (other["kill"], key)
    assert any(other["recovered"] for other in others)
