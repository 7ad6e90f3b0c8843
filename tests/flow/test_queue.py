"""The review queue in figures, of a case of six files: one known, two alike, three like nothing."""

import hashlib
from pathlib import Path

import numpy as np
import pytest

from leadline.flow import pinning
from leadline.flow.intake import intake
from leadline.flow.queue import Queue, Searched, queue
from leadline.flow.stepped import stepped
from leadline.store.case import Case

HASH = np.random.Generator(np.random.PCG64(7)).integers(0, 256, (6, 32), dtype=np.uint8)
HASH[5] = HASH[4]
HASH[5, 0] ^= 3


def sha(n: int) -> str:
    return hashlib.sha256(bytes([n])).hexdigest()


@pytest.fixture
def case(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Case:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    made = Case.create(tmp_path / "case", "queue")
    (tmp_path / "agency.csv").write_text(f"sha256,pdq,quality\n{sha(0)},,80\n")
    pinning.pin(made, "list", tmp_path / "agency.csv", "test", licence="Agreement 12")
    lines = [f"{sha(n)},9,image/png,{bytes(HASH[n]).hex()},80,0," for n in range(6)]
    (tmp_path / "media.csv").write_text("sha256,size,media_type,pdq_hex,quality,frame,t_ms\n" + "\n".join(lines) + "\n")
    intake(made, [tmp_path / "media.csv"], "media_signatures")
    return made


def test_before_match_has_run_nothing_is_in_the_queue(case: Case) -> None:
    found = queue(case)
    assert (found.files, found.reviewed, found.lists, found.says) == (0, 0, (), ())
    assert found.groups == {by: {"groups": 0, "files": 0} for by in ("series", "device", "day")}


def test_after_match_its_step_ends_with_the_queue_and_the_list_it_was_searched_in(case: Case) -> None:
    done = stepped(case, "match")
    found = queue(case)
    digest = case.settings.pinned("list")[0].digest
    day = next(e.at[:10] for e in case.log.entries if e.note.get("pin") == "list")
    assert (found.files, found.reviewed) == (5, 0)
    assert found.groups == {
        "series": {"groups": 1, "files": 2, "none": 3},
        "device": {"groups": 0, "files": 0, "none": 5},
        "day": {"groups": 0, "files": 0, "unknown": 5},
    }
    assert found.lists == (Searched(digest, "agency.csv", None, None, "Agreement 12", day),)
    assert found.says == (
        "never seen: 5 files, 0 of them reviewed",
        "  by series: 1 series with 2 files; 3 none",
        "  by device: 0 devices with 0 files; 5 none",
        "  by day: 0 days of first upload with 0 files; 5 unknown",
        f"  searched agency.csv ({digest[:16]}): version unknown, dated unknown, pinned {day}",
        "    licence: Agreement 12",
    )
    assert done.last == found.says and done.first == ()
    assert done.facts == {"review": found.facts}
    assert found.facts == {
        "files": 5, "reviewed": 0, "by": found.groups,
        "lists": [{"list": digest, "name": "agency.csv", "version": None, "dated": None, "licence": "Agreement 12",
                   "pinned": day}],
    }  # fmt: skip


def test_what_a_list_says_of_itself_is_in_its_line() -> None:
    one = Searched("1a" * 32, "a.json", "7", "2017-12-01", None, None)
    groups = {"series": {"groups": 1200, "files": 3400}, "device": {"groups": 1, "files": 2, "conflict": 7}}
    assert Queue(4000, 1000, groups, (one,)).says == (
        "never seen: 4,000 files, 1,000 of them reviewed",
        "  by series: 1,200 series with 3,400 files",
        "  by device: 1 devices with 2 files; 7 conflict",
        "  searched a.json (1a1a1a1a1a1a1a1a): version 7, dated 2017-12-01",
        "    licence: unknown",
    )


def test_of_another_step_there_are_only_its_own_lines(case: Case) -> None:
    done = stepped(case, "link")
    assert (done.facts, done.first, done.last) == ({}, (), ())
