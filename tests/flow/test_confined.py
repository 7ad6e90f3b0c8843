"""Evidence is read in a confined child: the run says so, a case may demand it, what ends the child is one exhibit."""

import json
import sys
from pathlib import Path

import pytest

from leadline.confinement import landlock, readers
from leadline.errors import CaseError, EvidenceError, ReaderError
from leadline.flow.intake import intake, source_of, take_in
from leadline.kinds.reader import Source
from leadline.model.progress import silent
from leadline.steps.intake import Apart, catalog, choose_reader, read, resolve
from leadline.store.case import Case
from leadline.store.settings import change, changed


@pytest.fixture
def log(tmp_path: Path) -> Path:
    path = tmp_path / "access.log"
    line = '198.51.100.{n} - - [05/Mar/2018:11:30:{n:02}  +0000] "GET /a{n} HTTP/1.1" 200 12 "-" "x"\n'
    path.write_text("".join(line.format(n=n).replace("  ", " ") for n in range(1, 50)))
    return path


def test_the_child_gives_the_same_tables_values_and_errors(log: Path, tmp_path: Path) -> None:
    source = Source(bytes(32), log, scratch=tmp_path)
    here = read.read_exhibit(source, None, silent)
    apart = Apart(source)
    assert apart.recognised() is choose_reader(source)
    assert apart.chosen() == read.chosen(source, None)
    there = apart.tables("weblog", silent).tables
    assert list(there) == list(here)
    for name, table in here.items():
        assert there[name].equals(table, check_metadata=True), name
        if table.num_rows:  # the stored file depends on its batches; an empty table has none
            assert [c.num_chunks for c in there[name].columns] == [c.num_chunks for c in table.columns], name
    assert apart.resolved("line:3") == resolve(source, "line:3")
    with pytest.raises(EvidenceError) as raised:
        apart.resolved("line:999")
    with pytest.raises(EvidenceError) as expected:
        resolve(source, "line:999")
    assert (type(raised.value), str(raised.value)) == (type(expected.value), str(expected.value))
    assert [p.name for p in tmp_path.iterdir()] == ["access.log"]


def test_a_run_says_how_its_reader_was_confined(log: Path, tmp_path: Path) -> None:
    case = Case.create(tmp_path / "case", "t")
    (taken,) = intake(case, [log])
    said = json.loads((case.root / "runs" / taken.run.id / "run.json").read_text())["environment"]["confined"]
    assert list(said) == ["network", "programs", "reading", "writing"]
    if landlock.version():
        assert set(said.values()) == {"closed"}


def test_what_ends_its_reader_is_one_exhibit_and_the_rest_goes_in(
    log: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    readers._SERVER.end()
    monkeypatch.setattr(readers, "COMMAND", (sys.executable, "-c", ENDS))
    other = tmp_path / "other.log"
    other.write_text(log.read_text().replace("/a7 ", "/poison "))
    case = Case.create(tmp_path / "case", "t")
    done = take_in(case, [other, log])
    (refused,) = done.refused
    assert (refused.path, type(refused.error)) == (other, ReaderError)
    assert refused.error.where.startswith("exhibit:")
    assert len(done.taken) == 1
    assert len([run for run in case.runs() if run.method == "intake"]) == 1
    assert source_of(case, next(iter(case.current_runs(("intake",))[0].exhibits))).path.read_bytes() == log.read_bytes()
    readers._SERVER.end()


ENDS = (
    "import os\n"
    "from leadline.confinement import server\n"
    "from leadline.steps.intake import read\n"
    "real = read.read_exhibit\n"
    "def ends(source, *rest):\n"
    "    if b'poison' in source.path.read_bytes():\n"
    "        os.abort()\n"
    "    return real(source, *rest)\n"
    "read.read_exhibit = ends\n"
    "server.main()\n"
)


def test_a_case_may_demand_it(log: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    readers._SERVER.end()
    monkeypatch.setattr(readers, "COMMAND", (sys.executable, "-c", UNABLE))
    case = Case.create(tmp_path / "case", "t")
    case.change(changed(case.settings, change("confinement=demanded")), "r", {})
    with pytest.raises(CaseError, match="leaves open: network, reading, writing, programs"):
        intake(case, [log])
    assert not case.runs()
    readers._SERVER.end()


UNABLE = (
    "from leadline.confinement import landlock, seccomp, server\n"
    "landlock.restrict = lambda allowed: False\n"
    "seccomp.refuse = lambda **how: False\n"
    "server.main()\n"
)


def test_every_reader_that_is_warmed_is_one() -> None:
    from leadline.steps.intake.apart import WARM, warm_addresses, warm_dumps

    assert all(catalog.reader_named(name) for name in WARM)
    warm_dumps()
    warm_addresses()
