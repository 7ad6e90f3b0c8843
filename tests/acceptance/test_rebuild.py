"""The same case elsewhere, and every step again from the exhibits, without the truth: the same tables."""

import json
from collections.abc import Callable
from pathlib import Path

import leadline
from leadline.flow.rebuild import rebuild
from leadline.scenario.plan import SIZES, Options
from leadline.scenario.rehearse import rehearse
from leadline.store.verify import verify


def digests(case: Path) -> dict[str, list[str]]:
    """Digests of every current table, by step."""
    found: dict[str, list[str]] = {}
    for run in leadline.open(case).current_runs():
        found.setdefault(run.step, []).extend(f"{name} {digest}" for name, (digest, _) in run.tables.items())
    return {step: sorted(rows) for step, rows in found.items()}


def test_rebuilt_on_another_path_without_the_truth(copied: Callable[[], Path]) -> None:
    folder = copied()
    (folder / "truth").rename(folder.with_name("truth apart"))
    report = rebuild(folder / "case", verify(folder / "case"))
    assert report.ok, report.problems


def test_played_again_elsewhere(played: Path, tmp_path: Path) -> None:
    folder = tmp_path / "again"
    seed = json.loads((played / "scenario.json").read_text())["seed"]
    rehearse(folder, Options(SIZES["tiny"], seed))
    assert digests(folder / "case") == digests(played / "case")
