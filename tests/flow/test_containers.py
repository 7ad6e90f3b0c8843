"""A folder is a container: what a reader knows in it is an exhibit of its own, whose parent is the folder's record."""

import base64
import os
from importlib import resources
from pathlib import Path

import pytest

from leadline.flow.intake import TakenIn, take_in
from leadline.flow.rebuild import rebuild
from leadline.flow.withdrawal import withdrawal
from leadline.kinds.container import Container
from leadline.kinds.containers import CONTAINERS, container_of
from leadline.model import findings
from leadline.model.progress import silent
from leadline.model.tables import from_rows
from leadline.store.case import Case
from leadline.store.impact import resting
from leadline.store.runs import INTAKE, OCCURRENCES, READING, Run, current, fallen
from leadline.store.settings import change, changed
from leadline.store.verify import verify

LOG = '198.18.4.{n} - - [07/Nov/2016:10:00:01 +0200] "GET /f/3 HTTP/1.1" 200 512 "-" "UA" uid={n}\n'
PIXEL = base64.b64decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNk+A8AAQUBAScY42YAAAAASUVORK5CYII=")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A seized folder: a log two folders deep, a drawn pixel, one that ends as a page, a table without a map."""
    made = tmp_path / "disk"
    (made / "www" / "logs").mkdir(parents=True)
    (made / "www" / "logs" / "access.log").write_text(LOG.format(n=1) + LOG.format(n=2))
    (made / "pixel.png").write_bytes(PIXEL)
    (made / "both.html").write_bytes(PIXEL + b"<!doctype html><html><body>x</body></html>")
    (made / "colours.csv").write_text("colour,size\nred,4\nblue,5\n")
    return made


def taken(case: Case, folder: Path, map_: str = "") -> TakenIn:
    return take_in(case, [folder], map_)


@pytest.mark.parametrize("container", CONTAINERS, ids=lambda c: c.name)
def test_a_container_s_children_are_what_its_record_lists(container: Container, folder: Path) -> None:
    assert container_of(folder) is container and container_of(folder / "pixel.png") is None
    found = list(container.children(container.record(folder, silent), folder))
    assert {c.name for c in found} == {p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()}
    assert all(child.path.read_bytes() for child in found)
    assert len({child.locator for child in found}) == len(found)


def test_what_a_reader_knows_is_an_exhibit_with_its_parent(folder: Path, tmp_path: Path) -> None:
    case = Case.create(tmp_path / "case", "x")
    done = taken(case, folder)
    assert case.current("event").num_rows == 2 and case.current("media").num_rows == 4
    whole, log = done.taken
    (row,) = [r for r in case.current("occurrence").to_pylist() if r["parent"]]
    assert (row["exhibit"].hex(), row["parent"].hex()) == (log.exhibit, whole.exhibit)
    assert (row["name"], row["path"]) == ("access.log", "www/logs/access.log")
    assert [one.new for one in taken(case, folder).taken] == [False, False]
    assert rebuild(case.root, verify(case.root)).ok


def test_no_picture_is_copied_whatever_else_it_looks_like(folder: Path, tmp_path: Path) -> None:
    case = Case.create(tmp_path / "case", "x")
    taken(case, folder)
    assert not [name for name in case.log.files if PIXEL in case.layout.absolute(name).read_bytes()]


def test_a_file_without_a_map_is_named_and_not_copied(folder: Path, tmp_path: Path) -> None:
    case = Case.create(tmp_path / "case", "x")
    (one,) = taken(case, folder).refused
    assert one.unread and one.path == folder / "colours.csv" and one.place.startswith("argument 1, line:")
    assert not [n for n in case.log.files if case.layout.absolute(n).read_bytes() == one.path.read_bytes()]


def test_a_map_given_reads_the_files_of_its_reader(folder: Path, tmp_path: Path) -> None:
    (folder / "customers.csv").write_text(
        "reference,name,date_of_birth,country,email,phone,account_type,opened_utc\n"
        "NG-1,Ana Pop,1980-01-01,RO,a@example.org,+999123,individual,2015-01-01T00:00:00Z\n"
    )
    mine = tmp_path / "mine.toml"
    shipped = resources.files("leadline").joinpath("scenario", "maps", "northgate.toml").read_text()
    mine.write_text(shipped.replace('"northgate"', '"mine"', 1))
    case = Case.create(tmp_path / "case", "x")
    taken(case, folder, str(mine))
    assert case.current("customer").num_rows == 1 and case.current("event").num_rows == 2


def test_a_bad_one_inside_is_named_by_its_line_and_the_rest_goes_in(folder: Path, tmp_path: Path) -> None:
    (folder / "broken.db").write_bytes(b"SQLite format 3\x00" + b"\xff" * 4080)
    case = Case.create(tmp_path / "case", "x")
    done = taken(case, folder)
    (bad,) = [r for r in done.refused if not r.unread]
    assert bad.path.name == "broken.db" and ", line:" in bad.place
    assert case.current("event").num_rows == 2


def test_a_folder_inside_that_may_not_be_read_is_named_and_the_rest_goes_in(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The system refuses one folder; root, who runs these tests, may read everything, so it is refused here."""
    scan = os.scandir

    def refusing(path: object = ".") -> object:
        if str(path).endswith("logs"):
            raise PermissionError(13, "Permission denied", str(path))
        return scan(path)  # type: ignore[call-overload]

    monkeypatch.setattr(os, "scandir", refusing)
    case = Case.create(tmp_path / "case", "x")
    done = taken(case, folder)
    (named,) = [r for r in done.refused if not r.unread]
    assert (named.path, named.place) == (folder / "www" / "logs", "argument 1, line:5 of its record")
    assert case.current("media").num_rows == 3
    rejects = case.current("reject").select(["locator", "reason"]).to_pylist()
    assert rejects == [{"locator": "line:5", "reason": "unread"}]
    monkeypatch.undo()
    taken(case, folder / "www" / "logs")  # as the remedy says
    assert case.current("media").num_rows == 4


def withdraw(case: Case, exhibit: str) -> None:
    case.change(changed(case.settings, change(f"withdraw+=exhibit:{exhibit}")), "a test", {})


def test_what_stood_in_a_folder_falls_with_it_and_impact_says_so(folder: Path, tmp_path: Path) -> None:
    case = Case.create(tmp_path / "case", "x")
    whole, log = taken(case, folder).taken
    claim = ("account:site/1", "received", f"outpoint:{'a' * 64}:0")
    id_ = findings.finding_id(*claim)
    spine = from_rows(findings.FINDING, [(id_, *claim)])
    basis = from_rows(findings.BASIS, [(id_, "exhibit", f"exhibit:{log.exhibit}", "line:1", "for")])
    case.append_run("trace", "hand", 1, {}, {}, {"finding": spine, "basis": basis}, {})
    subject, predicate, object_ = claim
    claimed = {"subject": subject, "predicate": predicate, "object": object_}
    (made,) = case.decide([{**claimed, "verdict": "accepted", "reason": "seen"}])
    rests = resting(case, f"exhibit:{whole.exhibit}")
    assert (rests.findings, rests.decisions) == (((id_, True),), (made.id,))
    assert not resting(case, f"exhibit:{whole.exhibit}#line:2").findings, "a line of the list is not the file"
    withdraw(case, whole.exhibit)
    assert [state for _, state in case.decisions()] == ["stale"]
    assert case.current("event").num_rows == case.current("media").num_rows == case.current("occurrence").num_rows == 0
    change_ = change(f"withdraw-=exhibit:{whole.exhibit}")
    case.change(changed(case.settings, change_), "a test", {})
    assert [state for _, state in case.decisions()] == ["in_force"] and case.current("event").num_rows == 2


def test_what_was_also_taken_in_by_itself_stays(folder: Path, tmp_path: Path) -> None:
    case = Case.create(tmp_path / "case", "x")
    whole, log = taken(case, folder).taken
    alone = withdrawal(case, f"exhibit:{whole.exhibit}")
    assert alone.tables["event"] == (2, 0)
    assert taken(case, folder / "www" / "logs" / "access.log").taken[0].exhibit == log.exhibit
    withdraw(case, whole.exhibit)
    assert case.current("event").num_rows == 2 and case.current("media").num_rows == 0
    (row,) = case.current("occurrence").to_pylist()
    assert row["parent"] is None
    assert rebuild(case.root, verify(case.root)).ok
    withdraw(case, log.exhibit)
    assert case.current("event").num_rows == 0, "what is withdrawn by name falls wherever it stands"


def run(method: str, exhibit: str, parent: str = "", beside: str = "") -> Run:
    """A run as intake appends it, by what it names."""
    inputs = {"exhibit": exhibit, **({"exhibit:beside0": beside} if beside else {})}
    params = {"parent": parent} if parent else {}
    return Run(f"intake-{method}-{exhibit}-{parent}", INTAKE, method, 1, params, inputs, {}, {})


def test_what_lies_deeper_falls_too_unless_another_place_holds_it() -> None:
    outer, middle, inner = run(OCCURRENCES, "a"), run(OCCURRENCES, "b", "a"), run(OCCURRENCES, "c", "b", "d")
    known = [outer, middle, inner, *(run(READING, digest) for digest in "abc")]
    assert fallen(known, {"exhibit:a"}) == {"a", "b", "c", "d"} and current(known, {"exhibit:a"}) == []
    assert fallen(known, {"exhibit:b"}) == {"b", "c", "d"}
    elsewhere = run(OCCURRENCES, "b", "z")
    assert fallen([*known, run(OCCURRENCES, "z"), elsewhere], {"exhibit:a"}) == {"a"}
    assert fallen([*known, run(OCCURRENCES, "z"), elsewhere], {"exhibit:a", "exhibit:z"}) == {"a", "b", "c", "d", "z"}
    assert fallen([*known, elsewhere], {"exhibit:a", f"run:{elsewhere.id}"}) == {"a", "b", "c", "d"}
    assert fallen(known, {"tag:a", "run:a"}) == frozenset()


def test_an_empty_folder_goes_in_as_a_record_of_no_files(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    case = Case.create(tmp_path / "case", "x")
    done = take_in(case, [tmp_path / "empty"])
    assert not done.refused
    assert {name: rows for name, (_, rows) in done.taken[0].run.tables.items() if rows} == {"tally": 1}
