"""A list that grows says what became known, and what a withdrawal took away; the tables are those from scratch."""

import hashlib
import json
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from leadline.commands.names import CASE as command
from leadline.flow import pinning
from leadline.flow import run as flow_run
from leadline.flow.intake import intake
from leadline.flow.list_changes import news
from leadline.steps import match
from leadline.steps.match import search
from leadline.store.case import Case
from leadline.store.settings import Change, changed

HASH = np.random.Generator(np.random.PCG64(77)).integers(0, 256, (8, 32), dtype=np.uint8)


def sha(n: int) -> str:
    return hashlib.sha256(bytes([n])).hexdigest()


def a_case(folder: Path, lists: list[str]) -> Case:
    """A case of six files known by their hashes, with these lists of numbers pinned."""
    made = Case.create(folder, "news")
    made_lists(made, folder, lists)
    evidence = folder.parent / "media.csv"
    rows = [f"{sha(n)},9,image/png,{bytes(HASH[n]).hex()},80,0," for n in range(6)]
    evidence.write_text("sha256,size,media_type,pdq_hex,quality,frame,t_ms\n" + "\n".join(rows) + "\n")
    intake(made, [evidence], "media_signatures")
    return made


def made_lists(case: Case, folder: Path, lists: list[str]) -> None:
    for numbers in lists:
        path = folder.parent / f"list{numbers}.csv"
        lines = [f"{sha(int(n))},,80" if n in "01" else f",{bytes(HASH[int(n)]).hex()},80" for n in numbers]
        path.write_text("sha256,pdq,quality\n" + "\n".join(lines) + "\n")
        pinning.pin(case, "list", path, "test")


def test_what_became_known(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr(search, "WORTH_KEEPING", 0)
    case = a_case(tmp_path / "case", ["07"])
    assert flow_run.run_step(case, match.SPEC).says == () and news(case) is None
    made_lists(case, tmp_path / "case", ["123"])
    outcome = flow_run.run_step(case, match.SPEC)
    says = "\n".join(outcome.says)
    assert "1 files never_seen before are now known" in says and "2 files never_seen before are now similar" in says
    assert f"became known: media:{sha(1)} as entry:" in says
    assert flow_run.run_step(case, match.SPEC).says == outcome.says
    shown = CliRunner().invoke(command, ["status", str(case.root), "--json"])
    rows = json.loads(shown.stdout)["became"]
    assert {(r["media"], r["was"], r["now"]) for r in rows} == {
        (f"media:{sha(n)}", "never_seen", "known" if n == 1 else "similar") for n in (1, 2, 3)
    }
    fresh = a_case(tmp_path / "fresh" / "case", ["07", "123"]) if (tmp_path / "fresh").mkdir() is None else case
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "none"))
    assert flow_run.run_step(fresh, match.SPEC).run.tables == outcome.run.tables
    digest = next(p.digest for p in case.settings.pins if p.name == "list123.csv")
    case.change(changed(case.settings, Change("withdraw", "+=", f"list:{digest}#entry:0")), "test", {})
    flow_run.run_step(case, match.SPEC)
    found = news(case)
    assert found is not None and [(r["media"], r["was"], r["now"]) for r in found.rows] == [
        (f"media:{sha(1)}", "known", "never_seen")
    ]


def test_what_a_person_rejected_is_no_news(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    case = a_case(tmp_path / "case", ["07"])
    flow_run.run_step(case, match.SPEC)
    made_lists(case, tmp_path / "case", ["123"])
    flow_run.run_step(case, match.SPEC)

    def decide(n: int) -> None:
        rows = case.current("finding").to_pylist()
        (claim,) = (r for r in rows if r["subject"] == f"media:{sha(n)}" and r["object"].startswith("entry:"))
        case.decide([{**claim, "verdict": "rejected", "reason": "another file"}])

    def became() -> dict[str, str]:
        found = news(case)
        return {str(r["media"]): str(r["now"]) for r in found.rows} if found else {}

    assert became() == {f"media:{sha(n)}": word for n, word in ((1, "known"), (2, "similar"), (3, "similar"))}
    decide(1)
    decide(2)
    assert became() == {f"media:{sha(3)}": "similar"}, "before match has run again"
    flow_run.run_step(case, match.SPEC)
    assert became() == {f"media:{sha(3)}": "similar"}
    waiting = {r["media"] for r in case.current("review").to_pylist()}
    assert {f"media:{sha(1)}", f"media:{sha(2)}"} <= waiting and f"media:{sha(3)}" not in waiting
