"""CHANGELOG.md: every change once, under its kind and its room."""

import re
from pathlib import Path

TEXT = (Path(__file__).resolve().parents[2] / "CHANGELOG.md").read_text("utf-8")
KINDS = ["Added", "Changed", "Fixed", "Security"]


def test_every_change_stands_once_under_a_kind_and_a_room() -> None:
    changes = re.findall(r"^- .*(?:\n  .*)*", TEXT, re.M)
    assert len(changes) > 100
    assert sorted({change for change in changes if changes.count(change) > 1}) == []
    for release in re.split(r"^## ", TEXT, flags=re.M)[1:]:
        kinds = re.findall(r"^### (.*)$", release, re.M)
        assert kinds == [kind for kind in KINDS if kind in kinds]
        for kind in re.split(r"^### .*$", release, flags=re.M)[1:]:
            assert re.match(r"\s*\*\*[^*]+\*\*\n", kind), "a change stands outside every room"
