"""Files handed over as VICS and an examiner's categories brought back, of eight files known by their hashes alone."""

import hashlib
import io
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from leadline.errors import UsageError
from leadline.flow import pinning
from leadline.flow.categories import bring_in
from leadline.flow.intake import intake
from leadline.flow.run import run_step
from leadline.flow.vics_export import STATES, case_id, write
from leadline.steps import match
from leadline.store import keys
from leadline.store.case import Case

HASH = np.random.Generator(np.random.PCG64(9)).integers(0, 256, (8, 32), dtype=np.uint8)
HASH[5] = HASH[4]
HASH[5, 0] ^= 3
NEAR = HASH[2].copy()
NEAR[3] ^= 15


def sha(n: int) -> str:
    return hashlib.sha256(bytes([n])).hexdigest()


@pytest.fixture
def case(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Case:
    """Listed: 0 with a victim, 1 without a category, 2 by a near picture, 3 as software. 4 and 5 are alike."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    made = Case.create(tmp_path / "case", "Lantern", authority="Agency", scope="")
    (tmp_path / "list.csv").write_text(
        "sha256,pdq,quality,category,scheme,note\n"
        f"{sha(0)},,80,1,vics-us,victim identified\n{sha(1)},,80,,,\n"
        f",{NEAR.tobytes().hex()},80,2,vics-us,offender identified\n{sha(3)},,80,x,nsrl,\n"
    )
    pinning.pin(made, "list", tmp_path / "list.csv", "test")
    lines = [f"{sha(n)},{100 + n},image/png,{bytes(HASH[n]).hex()},80,0," for n in range(8)]
    (tmp_path / "media.csv").write_text("sha256,size,media_type,pdq_hex,quality,frame,t_ms\n" + "\n".join(lines) + "\n")
    intake(made, [tmp_path / "media.csv"], "media_signatures")
    run_step(made, match.SPEC)
    return made


def handed(case: Case, *states: str) -> tuple[Any, dict[str, Any]]:
    sink = io.StringIO()
    made = write(case, sink, "US", states or STATES)
    (whole,) = json.loads(sink.getvalue())["value"]
    return made, whole


def digests(record: dict[str, Any]) -> set[str]:
    return {row["HashValue"].lower() for row in record.get("AlternativeHashes", ())} | {
        str(value).lower() for name, value in record.items() if name.upper() in ("MD5", "SHA1", "SHA256")
    }


def test_the_records_come_in_the_order_of_the_queue_with_what_match_says(case: Case) -> None:
    made, whole = handed(case)
    assert dict(made.states) == {"never_seen": 4, "similar": 1, "known": 2, "ignored": 1, "other": 0}
    assert (made.categorised, made.absent, made.restrictions) == (1, 0, ())
    assert [(row["name"], row["version"]) for row in made.lists] == [("list.csv", None)]
    facts = {k: v for k, v in whole.items() if k not in ("Media", "@leadline.lists", "SourceApplicationVersion")}
    assert facts == {
        "CaseID": case_id(case), "CaseNumber": "Lantern", "ContactOrganization": "Agency",
        "SourceApplicationName": "Leadline", "TotalMediaFiles": 8,
    }  # fmt: skip
    records = whole["Media"]
    assert [r["MediaID"] for r in records] == list(range(8))
    by = {next(n for n in range(8) if sha(n) in digests(r)): r for r in records}
    assert [next(n for n in range(8) if sha(n) in digests(r)) for r in records][4:] == [2, 0, 1, 3]
    assert {n: r["MediaSize"] for n, r in by.items()} == {n: 100 + n for n in range(8)}
    assert {n: r["Category"] for n, r in by.items()} == {n: 1 if n == 0 else 5 for n in range(8)}
    assert [n for n, r in by.items() if r["IsPrecategorized"]] == [0]
    assert [n for n, r in by.items() if r["VictimIdentified"]] == [0]
    assert [n for n, r in by.items() if r["OffenderIdentified"]] == [2]
    assert (by[4]["Series"] == by[5]["Series"] and [n for n, r in by.items() if "Series" in r] == [4, 5]) or by
    tags = {n: r["Tags"].split(";") for n, r in by.items()}
    assert {n: t[0] for n, t in tags.items()} == {
        0: "known", 1: "known", 2: "similar", 3: "ignored", **dict.fromkeys(range(4, 8), "never_seen"),
    }  # fmt: skip
    assert sorted(t[-1] for n, t in tags.items() if n >= 4) == [f"queue-{n}" for n in range(1, 5)]
    assert all(r["MimeType"] == "image/png" and "RelativeFilePath" not in r for r in records)


def test_some_states_alone_are_handed_over(case: Case) -> None:
    made, whole = handed(case, "known", "similar")
    assert dict(made.states) == {"known": 2, "similar": 1}
    assert [r["Tags"].split(";")[0] for r in whole["Media"]] == ["similar", "known", "known"]
    assert whole["TotalMediaFiles"] == 3


def returned(folder: Path, *records: dict[str, Any], **facts: Any) -> Path:
    path = folder / "back.json"
    context = "http://x/ProjectVic/DataModels/2.0.xml/US/$metadata#Cases"
    path.write_text(json.dumps({"@odata.context": context, "value": [{**facts, "Media": list(records)}]}))
    return path


def record(n: int, category: object, **more: Any) -> dict[str, Any]:
    hashes = [{"HashName": "SHA256", "HashValue": sha(n)}]
    return {"MediaID": n, "Category": category, "AlternativeHashes": hashes, **more}


def test_categories_become_decisions_and_every_record_is_accounted_for(case: Case, tmp_path: Path) -> None:
    key = keys.new(tmp_path / "key", "agency.example/examiner")
    path = returned(
        tmp_path,
        record(4, 1), record(5, 2, IsPrecategorized=True), record(6, 5), record(7, 9), record(0, 3), record(0, 3),
        record(1, 1), record(1, 2), record(1, 1), record(99, 1),
        CaseID=case_id(case),
    )  # fmt: skip
    brought = bring_in(case, path, key, "Examiner 7")
    assert dict(brought.counts) == {
        "decided": 3, "unchanged": 0, "uncategorized": 1, "outside": 1, "conflict": 3, "repeated": 1, "unknown": 1,
    }  # fmt: skip
    assert sum(brought.counts.values()) == 10
    decided = {d.subject: (d.verdict, d.value, d.on_behalf_of) for d in brought.made}
    assert decided == {
        f"media:{sha(4)}": ("accepted", "vics-us: 1", "Examiner 7"),
        f"media:{sha(5)}": ("unsure", "vics-us: 2", "Examiner 7"),
        f"media:{sha(0)}": ("accepted", "vics-us: 3", "Examiner 7"),
    }
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    reasons = {d.subject: d.reason for d in brought.made}
    assert reasons[f"media:{sha(4)}"] == f"category vics-us: 1 in the VICS file {digest}, record 0"
    again = bring_in(case, path, key, "Examiner 7")
    assert again.counts["unchanged"] == 3 and again.counts["decided"] == 0 and not again.made
    looked = bring_in(case, path, key, "Examiner 7", precategorized=True)
    assert [(d.subject, d.verdict) for d in looked.made] == [(f"media:{sha(5)}", "accepted")]
    made, whole = handed(case)
    got = {next(n for n in range(8) if sha(n) in digests(r)): r for r in whole["Media"]}
    assert (got[4]["Category"], got[4]["IsPrecategorized"]) == (1, False)
    assert (got[0]["Category"], got[0]["IsPrecategorized"]) == (3, False), "an examiner's before a list's"
    assert made.categorised == 3


def test_a_file_of_another_case_is_refused_unless_it_is_said_to_be_this_one(case: Case, tmp_path: Path) -> None:
    key = keys.new(tmp_path / "key", "agency.example/examiner")
    other = "0f8fad5b-d9cb-469f-a165-70867728950e"
    path = returned(tmp_path, record(4, 1), CaseID=other)
    for foreign in ("", case_id(case)):
        with pytest.raises(UsageError, match="another case"):
            bring_in(case, path, key, "e", foreign=foreign)
    (made,) = bring_in(case, path, key, "e", foreign=other).made
    assert made.reason.endswith(f", whose case {other} was said to be this one")
    (made,) = bring_in(case, returned(tmp_path, record(5, 1)), key, "e").made
    assert made.reason.endswith("record 0, which states no case")
    with pytest.raises(UsageError, match="no seized file"):
        bring_in(Case.create(tmp_path / "empty", "x"), path, key, "e")
