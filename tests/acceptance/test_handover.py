"""Files go out as VICS to those who may view them; their categories come back as signed decisions and move people."""

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from leadline.cli import call
from leadline.errors import UsageError
from leadline.flow import pinning
from leadline.flow import run as flow_run
from leadline.kinds import source
from leadline.steps.refer.identifiers import STATUS
from leadline.store.case import Case, open_case
from leadline.store.verify import verify

Run = Callable[..., tuple[int, Any]]


@pytest.fixture
def run(capfd: pytest.CaptureFixture[str]) -> Run:
    """Runs a command line in this process with --json: (exit code, object)."""

    def execute(*arguments: object) -> tuple[int, Any]:
        capfd.readouterr()
        code = call([*map(str, arguments), "--json"])
        return code, json.loads(capfd.readouterr().out)

    return execute


def handed(run: Run, case: Path, out: Path, *more: str) -> tuple[Any, Any]:
    code, said = run("case", "export-vics", case, "--out", out, *more)
    assert code == 0
    return said, json.loads(out.read_text("utf-8"))


def returned(run: Run, folder: Path, file: Path, *more: str) -> Any:
    code, said = run(
        "case",
        "import-categories",
        folder / "case",
        file,
        "--on-behalf-of",
        "examiner",
        "--key",
        folder / "training.key",
        *more,
    )
    assert code == 0, said
    return said


def band_of(case: Case, media: str) -> set[tuple[str, str]]:
    """(person, known) of everyone who uploaded the file."""
    events = case.current("event")
    ups = events.filter(pc.and_(pc.equal(events["kind"], "upload"), pc.equal(events["object"], media)))
    members = {r["member"]: r["person"] for r in case.current("membership").to_pylist()}
    persons = {members[s] for s in ups["subject"].to_pylist() if s in members}
    return {(r["person"], r["known"]) for r in case.current("band").to_pylist() if r["person"] in persons}


def test_files_go_out_and_categories_come_back(copied: Callable[[], Path], tmp_path: Path, run: Run) -> None:
    folder = copied()
    case = open_case(folder / "case")
    out = tmp_path / "files.json"
    said, written = handed(run, folder / "case", out)
    media = written["value"][0]["Media"]
    review = case.current("review")
    assert said["records"]["never_seen"] == review.num_rows
    assert sum(said["records"].values()) == len(media) == pc.count_distinct(case.current("media")["media"]).as_py()
    assert sum(said["records"].values()) + said["absent"] == pc.count_distinct(case.current("seizure")["media"]).as_py()
    places = [int(m["Tags"].partition("queue-")[2]) for m in media if "queue-" in m["Tags"]]
    assert places == list(range(1, review.num_rows + 1))
    assert source.read("list", out).num_rows  # another case can pin it as a list
    for record in media[:20]:
        file = folder / "evidence" / "media" / record["RelativeFilePath"]
        assert file.stat().st_size == record["MediaSize"]

    uploads = set(case.current("event")["object"].to_pylist())
    members = set(case.current("membership")["member"].to_pylist())
    events = [r for r in case.current("event").to_pylist() if r["kind"] == "upload" and r["subject"] in members]
    by_person = [r["object"] for r in events if r["object"] in uploads]
    chosen = next(m for m in media if f"media:{_sha256(m)}" in by_person)
    ref = f"media:{_sha256(chosen)}"
    others = [m for m in media if m is not chosen]
    before = band_of(case, ref)
    assert before

    chosen |= {"Category": 1, "IsPrecategorized": "false"}
    others[0] |= {"Category": 2, "IsPrecategorized": True}
    others[1] |= {"Category": 0}
    stranger = {"MediaID": 9999, "Category": 1, "MD5": "AB" * 16}
    twice = [{**others[2], "Category": 1}, {**others[2], "Category": 2}]
    kept = [m for m in media if m is not others[2]]
    written["value"][0]["Media"] = [*kept, *twice, stranger]
    back = tmp_path / "back.json"
    back.write_text(json.dumps(written), encoding="utf-8")
    brought = returned(run, folder, back)
    counts = brought["records"]
    assert counts["unknown"] == 1 and counts["conflict"] == 2 and counts["decided"] == 3 and brought["reviewed"] == 2
    assert sum(counts.values()) == len(written["value"][0]["Media"])

    flow_run.run(case)
    assert all("categorised_upload" in known for _, known in band_of(case, ref))
    queue = {r["media"]: r for r in case.current("review").to_pylist()}
    for record, reviewed, category in ((others[0], False, "vics-us: 2"), (others[1], True, None)):
        row = queue.get(f"media:{_sha256(record)}")
        if row is not None:
            assert (row["reviewed"], row["category"]) == (reviewed, category)
    if f"media:{_sha256(others[0])}" in queue:
        assert queue[f"media:{_sha256(others[0])}"]["place"] == 1

    assert returned(run, folder, back)["records"]["unchanged"] == 3
    assert verify(folder / "case").ok
    said, again = handed(run, folder / "case", tmp_path / "again.json")
    assert said["categorised"] == 2
    assert {m["Category"] for m in again["value"][0]["Media"] if _sha256(m) == _sha256(chosen)} == {1}


def test_a_changed_category_changes_what_a_band_rests_on(copied: Callable[[], Path], tmp_path: Path, run: Run) -> None:
    folder = copied()
    case = open_case(folder / "case")
    _, written = handed(run, folder / "case", tmp_path / "files.json")
    members = set(case.current("membership")["member"].to_pylist())
    ups = {r["object"] for r in case.current("event").to_pylist() if r["kind"] == "upload" and r["subject"] in members}
    one = next(m for m in written["value"][0]["Media"] if f"media:{_sha256(m)}" in ups)
    ref = f"media:{_sha256(one)}"

    def bring(category: int) -> None:
        one["Category"] = category
        written["value"][0]["Media"] = [one]
        (tmp_path / "back.json").write_text(json.dumps(written), encoding="utf-8")
        returned(run, folder, tmp_path / "back.json")
        flow_run.run(case)

    def rests(case: Case, rows: list[dict[str, object]]) -> set[str]:
        basis, ids = case.current("basis"), pa.array([r["id"] for r in rows], pa.binary(32))
        mine = basis.filter(pc.and_(pc.is_in(basis["finding"], value_set=ids), pc.equal(basis["kind"], "decision")))
        about = {f"decision:{d.id}" for d, _ in case.decisions() if d.subject == ref and d.predicate == "seized_in"}
        return set(mine["ref"].to_pylist()) & about

    bring(1)
    persons = {person for person, _ in band_of(case, ref)}
    rows = [r for r in case.current("finding").to_pylist() if r["predicate"] == "banded" and r["subject"] in persons]
    claims = [
        {k: r[k] for k in ("subject", "predicate", "object")} | {"verdict": "accepted", "reason": "x"} for r in rows
    ]
    assert claims
    with pytest.raises(UsageError, match="changes nothing"):
        case.decide(claims)
    before = rests(case, rows)
    bring(2)
    after = rests(case, rows)
    assert before and after and before.isdisjoint(after), "the newer category's decision is cited"
    bring(0)
    basis = case.current("basis")
    bands = pc.is_in(basis["finding"], case.current("band")["finding"])
    states = [(d, s) for d, s in case.decisions() if d.subject == ref and d.predicate == "seized_in"]
    ids_now = {d.id for d, s in states if s == "in_force"}
    assert len(ids_now) == 1
    assert not {f"decision:{i}" for i in ids_now} & set(basis.filter(bands)["ref"].to_pylist())


def test_a_signature_that_is_not_over_its_decisions_is_refused(
    copied: Callable[[], Path], tmp_path: Path, run: Run
) -> None:
    folder = copied()
    _, written = handed(run, folder / "case", tmp_path / "files.json", "--state", "never_seen")
    written["value"][0]["Media"][0]["Category"] = 1
    (tmp_path / "back.json").write_text(json.dumps(written), encoding="utf-8")
    returned(run, folder, tmp_path / "back.json")
    log = folder / "case" / "log" / "log.jsonl"
    text = log.read_text()
    assert "categories " in text and verify(folder / "case").ok
    at = text.rindex('"signed_as"')
    cut = text[:at] + text[at:].replace("categories ", "kategories ", 1)
    log.write_text(cut)
    report = verify(folder / "case")
    assert not report.ok and any("signature" in p for p in report.problems)


def test_what_is_no_vics_file_or_no_key_is_refused(copied: Callable[[], Path], tmp_path: Path, run: Run) -> None:
    folder = copied()
    bad = tmp_path / "bad.json"
    bad.write_text('{"value": []}')
    code, said = run(
        "case", "import-categories", folder / "case", bad, "--on-behalf-of", "x", "--key", folder / "training.key"
    )
    assert code == 1 and said["error"]["remedy"]
    code, said = run("case", "import-categories", folder / "case", bad, "--on-behalf-of", "x", "--key", bad)
    assert code == 2
    code, said = run("case", "export-vics", folder / "case", "--out", folder / "case" / "files.json")
    assert code == 1 and not (folder / "case" / "files.json").exists()


def _sha256(record: dict[str, Any]) -> str:
    found = next(a["HashValue"] for a in record["AlternativeHashes"] if a["HashName"] == "SHA256")
    return str(found).lower()


def test_what_goes_out_agrees_with_what_packages_say(copied: Callable[[], Path], tmp_path: Path, run: Run) -> None:
    """A file with a known clip in it is known, tagged so, and does not get the clip's category."""
    folder = copied()
    case = open_case(folder / "case")
    film, lines = _listed_clip(case)
    (folder / "clip.csv").write_text("id,t_ms,pdq,quality,category,scheme\n" + "".join(lines), encoding="utf-8")
    pinning.pin(case, "list", folder / "clip.csv", "for this test")
    flow_run.run(case)
    findings = [r for r in case.current("finding").to_pylist() if not r["object"].startswith("media:")]
    named = {p: {r["subject"] for r in findings if r["predicate"] == p} for p, _ in STATUS}
    assert film in named["contains_clip_of"]
    _, written = handed(run, folder / "case", tmp_path / "files.json")
    for record in written["value"][0]["Media"]:
        ref, tags = f"media:{_sha256(record)}", record["Tags"].split(";")
        assert tags[0] == next((word for p, word in STATUS if ref in named[p]), tags[0])
        assert ("contains_clip" in tags) == (ref in named["contains_clip_of"])
        if ref == film:
            assert tags == ["known", "contains_clip"]
            assert not record["IsPrecategorized"] and record.get("Category") in (None, 5)


def _listed_clip(case: Case) -> tuple[str, list[str]]:
    """(a film that no list knows, lines of a list that holds its first frames and many of no film)."""
    unseen = set(case.current("review")["media"].to_pylist())
    frames = {}
    for row in case.current("signature").to_pylist():
        if row["media"] in unseen and row["t_ms"] is not None and row["quality"] >= 50:
            frames.setdefault(row["media"], {})[row["t_ms"]] = row["value"].hex()
    film = max(sorted(frames), key=lambda media: len(frames[media]))
    own = sorted(frames[film].items())
    other = [(1_000_000 + 1000 * n, hashlib.sha256(bytes([n])).hexdigest()) for n in range(4 * len(own))]
    return film, [f"clip,{t},{value},90,1,vics-us\n" for t, value in own + other]


def test_what_a_person_rejected_counts_for_nothing(copied: Callable[[], Path], tmp_path: Path, run: Run) -> None:
    folder = copied()
    case = open_case(folder / "case")
    rows = case.current("finding").to_pylist()
    decoded = {r["media"] for r in case.current("media").to_pylist() if r["status"] == "decoded"}
    known = {r["subject"] for r in rows if r["predicate"] == "known_as"} & decoded
    media = next(m for m in handed(run, folder / "case", tmp_path / "before.json")[1]["value"][0]["Media"]
                 if m["Tags"] == "known" and f"media:{_sha256(m)}" in known)  # fmt: skip
    ref = f"media:{_sha256(media)}"
    reject = ("--verdict", "rejected", "--reason", "the list's entry is another file's")
    for row in rows:
        if row["subject"] == ref and row["object"].startswith("entry:"):
            assert run("case", "decide", folder / "case", row["id"].hex(), *reject)[0] == 0
    assert run("match", folder / "case")[0] == 0
    after = handed(run, folder / "case", tmp_path / "after.json")[1]["value"][0]["Media"]
    now = next(m for m in after if f"media:{_sha256(m)}" == ref)
    assert now["Tags"].startswith("never_seen;queue-") and not now["VictimIdentified"]
    member = next(r["id"].hex() for r in rows if r["predicate"] == "in_series")
    code, said = run("case", "decide", folder / "case", member, *reject)
    assert code == 2 and "leadline explain" in said["error"]["remedy"] and member in said["error"]["where"]


def test_every_path_of_equal_files_goes_out_and_no_other_case_comes_in(
    copied: Callable[[], Path], tmp_path: Path, run: Run
) -> None:
    folder, again = copied(), tmp_path / "again"
    files = sorted(p for p in (folder / "evidence" / "media").rglob("*") if p.is_file() and not p.is_symlink())
    again.mkdir()
    for name in ("a copy.bin", "one more.bin"):
        (again / name).write_bytes(files[0].read_bytes())
    assert run("intake", folder / "case", again)[0] == 0
    assert run("match", folder / "case")[0] == 0
    _, written = handed(run, folder / "case", tmp_path / "files.json")
    records = written["value"][0]["Media"]
    digest = hashlib.sha256(files[0].read_bytes()).hexdigest()
    record = next(m for m in records if _sha256(m) == digest)
    paths = [file["FilePath"] for file in record["MediaFiles"]]
    assert {"a copy.bin", "one more.bin"} <= set(paths) and len(paths) == len(set(paths)) >= 3
    assert record["RelativeFilePath"] == paths[0]

    record["Category"] = 1
    own = written["value"][0].pop("CaseID")
    foreign = "0f8fad5b-d9cb-469f-a165-70867728950e"
    back = tmp_path / "back.json"

    def decided() -> list[Any]:
        decisions = Case.open(folder / "case").decisions()
        return [d for d, state in decisions if d.predicate == "seized_in" and state == "in_force"]

    def bring(stated: list[dict[str, str]], *more: str) -> tuple[int, Any]:
        cases = [{**written["value"][0], **ids} for ids in stated]
        back.write_text(json.dumps({**written, "value": cases}), encoding="utf-8")
        key = ("--on-behalf-of", "examiner", "--key", folder / "training.key")
        return run("case", "import-categories", folder / "case", back, *key, *more)

    for stated in ([{"CaseID": foreign}], [{"CaseID": own}, {"CaseID": foreign}]):
        code, said = bring(stated)
        assert code == 2 and foreign in said["error"]["what"] and "--case-id" in said["error"]["remedy"]
    assert not decided()
    assert bring([{"CaseID": foreign}], "--case-id", foreign)[0] == 0
    (decision,) = decided()
    assert foreign in decision.reason and "said to be this one" in decision.reason
    record["Category"] = 2
    assert bring([{"CaseID": "{" + own.upper() + "}"}])[0] == 0
    (decision,) = decided()
    assert decision.value == "vics-us: 2" and decision.reason.endswith(tuple("0123456789"))
    record["Category"] = 3
    assert bring([{}])[0] == 0
    (decision,) = decided()
    assert decision.reason.endswith("which states no case")
