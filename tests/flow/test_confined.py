"""Evidence is read in a confined child: the run says so, a case may demand it, what ends the child is one exhibit."""

import json
import sys
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

from leadline.confinement import landlock, readers
from leadline.engines.media import hash_files, pool
from leadline.errors import CaseError, EvidenceError, ReaderError, UsageError
from leadline.flow.casework import assign
from leadline.flow.exhibits import source_of
from leadline.flow.intake import intake, take_in
from leadline.flow.pinning import FOLDERS, files_of, pin
from leadline.flow.pins import pinned
from leadline.kinds import source
from leadline.kinds.reader import Source
from leadline.model.progress import silent
from leadline.steps import open_pins
from leadline.steps.intake import ConfinedReader, catalog, choose_reader, read, resolve
from leadline.steps.intake.confined import readers_of
from leadline.steps.match import parsed
from leadline.steps.step import Pin
from leadline.store.case import Case
from leadline.store.settings import change, changed

LIST = f"sha256\n{'1f' * 32}\n"
PACK = "title: t\ncreator: c\ntags:\n- {label: a, address: 1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa, currency: BTC}\n"
PRICES = "date,close_usd\n2018-03-05,11000.00\n"


@pytest.fixture
def log(tmp_path: Path) -> Path:
    path = tmp_path / "access.log"
    line = '198.51.100.{n} - - [05/Mar/2018:11:30:{n:02}  +0000] "GET /a{n} HTTP/1.1" 200 12 "-" "x"\n'
    path.write_text("".join(line.format(n=n).replace("  ", " ") for n in range(1, 50)))
    return path


def test_the_child_gives_the_same_tables_values_and_errors(log: Path, tmp_path: Path) -> None:
    source = Source(bytes(32), log, scratch=tmp_path)
    here = read.read_exhibit(source, None, silent)
    apart = ConfinedReader(source)
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
    from leadline.steps.intake.confined import WARM, warm_addresses, warm_dumps

    assert all(catalog.reader_named(name) for name in WARM)
    warm_dumps()
    warm_addresses()


def test_a_case_that_demands_it_has_no_film_or_picture_read_by_a_worker_that_is_not_confined(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "media"
    folder.mkdir()
    Image.new("RGB", (96, 64), (9, 99, 199)).save(folder / "a.png")
    case = Case.create(tmp_path / "case", "t")
    monkeypatch.setattr(pool, "COMMAND", (sys.executable, "-c", OPEN_WORKER))
    (taken,) = intake(case, [folder])
    said = json.loads((case.root / "runs" / taken.run.id / "run.json").read_text())["environment"]["confined"]
    assert set(said.values()) == {"open"}
    demanding = Case.create(tmp_path / "demanding", "t")
    demanding.change(changed(demanding.settings, change("confinement=demanded")), "r", {})
    with pytest.raises(CaseError, match="leaves open: network, reading, writing, programs"):
        intake(demanding, [folder])
    assert not demanding.runs()
    monkeypatch.setenv("LEADLINE_PHOTODNA", sys.executable)
    with pytest.raises(CaseError, match="a licensed hasher is not"):
        intake(demanding, [folder])


@pytest.mark.skipif(not landlock.version(), reason="Landlock is of Linux; CI's Linux runs this")
def test_a_case_that_demands_it_takes_in_a_folder_where_the_machine_can(log: Path, tmp_path: Path) -> None:
    folder = tmp_path / "media"
    folder.mkdir()
    Image.new("RGB", (96, 64), (9, 99, 199)).save(folder / "a.png")
    log.rename(folder / "access.log")
    case = Case.create(tmp_path / "case", "t")
    case.change(changed(case.settings, change("confinement=demanded")), "r", {})
    assert len(intake(case, [folder])) == 2
    for run in case.runs():
        if run.method == "intake":
            confined = json.loads((case.root / "runs" / run.id / "run.json").read_text())["environment"]["confined"]
            assert set(confined.values()) == {"closed"}


@pytest.mark.skipif(not landlock.version(), reason="Landlock is of Linux; CI's Linux runs this")
def test_what_a_worker_gave_before_it_was_demanded_is_not_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "media"
    folder.mkdir()
    Image.new("RGB", (96, 64), (9, 99, 199)).save(folder / "a.png")
    table = tmp_path / "table.sqlite"
    with monkeypatch.context() as open_workers:
        open_workers.setattr(pool, "COMMAND", (sys.executable, "-c", OPEN_WORKER))
        for demanded in (False, True):
            with nullcontext() if not demanded else pytest.raises(CaseError, match="leaves open"):
                hash_files([folder / "a.png"], silent, table=table, demanded=demanded)
    again = hash_files([folder / "a.png"], silent, table=table, demanded=True)
    assert set(again.confined.values()) == {"closed"}
    monkeypatch.setattr(pool, "COMMAND", ("/nowhere",))  # what a confined worker gave is used
    kept = hash_files([folder / "a.png"], silent, table=table, demanded=True)
    assert (kept.files, kept.signatures) == (again.files, again.signatures)


@pytest.mark.parametrize(("kind", "text"), [("list", LIST), ("tag", PACK), ("price", PRICES)])
def test_a_case_that_demands_it_pins_and_reads_nothing_in_a_child_that_is_not_confined(
    kind: str, text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "pins").mkdir()
    path = tmp_path / "pins" / f"pinned.{'yaml' if kind == 'tag' else 'csv'}"
    path.write_text(text)
    case = Case.create(tmp_path / "case", "t")
    pin(case, kind, path, "r")
    case.change(changed(case.settings, change("confinement=demanded")), "r", {})
    (kept,) = pinned(case, kind)
    read = {"list": parsed.entries, "tag": open_pins.tags, "price": _prices}[kind]
    readers._SERVER.end()
    with monkeypatch.context() as unable:
        unable.setattr(readers, "COMMAND", (sys.executable, "-c", UNABLE))
        for refused in (lambda: pin(case, kind, path, "r"), lambda: read(kept)):
            with pytest.raises(CaseError, match="leaves open: network"):
                refused()
        if kind in FOLDERS:
            with pytest.raises(CaseError, match="leaves open: network"):
                assign(case.root, [f"pin.{kind}+={path.parent}"], "r")
        read(replace(kept, demanded=False))
        readers._SERVER.end()
    if landlock.version():
        read(kept)


def _prices(kept: Pin) -> object:
    class Given:
        withdrawn: frozenset[str] = frozenset()

        def pins(self, _: str) -> list[Pin]:
            return [kept]

    return open_pins.prices(Given(), "USD")  # type: ignore[arg-type]


def test_a_cache_made_by_readers_that_were_not_confined_is_not_used_where_it_is_demanded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr(parsed, "WORTH_KEEPING", 1)
    path = tmp_path / "list.csv"
    path.write_text(LIST)
    kept = Pin("list", "list.csv", path, "ab" * 32)
    read: list[bool] = []
    real = source.read

    def counted(kind: str, path: Path, *, demanded: bool = False) -> object:
        read.append(demanded)
        return real(kind, path)

    monkeypatch.setattr(source, "read", counted)
    for demanded in (False, False, True, True):
        assert parsed.entries(replace(kept, demanded=demanded)).num_rows == 1
    assert read == [False, True]


@pytest.mark.parametrize(("kind", "text", "name"), [("list", LIST, "a.csv"), ("tag", PACK, "a.yaml")])
def test_of_a_folder_of_pins_what_ends_its_reader_is_named_and_the_rest_goes_in(
    kind: str, text: str, name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "packs"
    folder.mkdir()
    (folder / name).write_text(text)
    (folder / f"b{name}").write_text("poison")
    (folder / "c.txt").write_text("nothing")
    (folder / f"z{name}").write_text(text + "\n")
    readers._SERVER.end()
    monkeypatch.setattr(readers, "COMMAND", (sys.executable, "-c", ENDS_AT_POISON))
    case = Case.create(tmp_path / "case", "t")
    passed_over = assign(case.root, [f"pin.{kind}+={folder}"], "r")
    assert passed_over == [
        (folder / f"b{name}", "it ends the reader that looks at it"),
        (folder / "c.txt", f"no {kind} format reads it"),
    ]
    assert [row.name for row in Case.open(case.root).settings.pinned(kind)] == [name, f"z{name}"]
    readers._SERVER.end()


ENDS_AT_POISON = (
    "import os, dataclasses\n"
    "from leadline.confinement import server\n"
    "from leadline.kinds import source\n"
    "def ends(real):\n"
    "    return lambda path: os.abort() if path.read_bytes() == b'poison' else real(path)\n"
    "source.SOURCES = tuple(dataclasses.replace(s, sniff=ends(s.sniff)) for s in source.SOURCES)\n"
    "server.main()\n"
)


OPEN_WORKER = (
    "import sys\n"
    "from leadline.confinement import confine\n"
    "confine.landlock.restrict = lambda allowed: False\n"
    "confine.seccomp.refuse = lambda **how: False\n"
    "confine._tried = lambda allowed, *, closed: confine.State(*[confine.OPEN] * 4)\n"
    "sys.argv = sys.argv[1:]\n"
    "from leadline.engines.media import worker\n"
    "worker.main()\n"
)


def test_the_heads_of_a_folders_files_are_read_in_a_child_and_one_that_ends_it_is_named(
    log: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    readers._SERVER.end()
    folder = tmp_path / "seized"
    folder.mkdir()
    log.rename(folder / "access.log")
    (folder / "b.bin").write_bytes(b"poison")
    (folder / "c.bin").write_bytes(bytes(9))
    monkeypatch.setattr(readers, "COMMAND", (sys.executable, "-c", ENDS_AT_HEADS))
    paths = [folder / name for name in ("access.log", "b.bin", "c.bin")]
    assert readers_of(folder, paths, demanded=False) == ["weblog", "", None]
    case = Case.create(tmp_path / "case", "t")
    done = take_in(case, [folder])
    assert [refused.path.name for refused in done.refused] == ["b.bin"]
    assert isinstance(done.refused[0].error, ReaderError)
    assert len(done.taken) == 2
    readers._SERVER.end()


ENDS_AT_HEADS = (
    "import os\n"
    "from leadline.confinement import server\n"
    "from leadline.steps.intake import catalog\n"
    "def ends(real):\n"
    "    def looked(what):\n"
    "        if getattr(what, 'path', what).read_bytes() == b'poison':\n"
    "            os.abort()\n"
    "        return real(what)\n"
    "    return looked\n"
    "catalog.reader_of, catalog.choose_reader = ends(catalog.reader_of), ends(catalog.choose_reader)\n"
    "server.main()\n"
)


@pytest.mark.parametrize("kind", ["list", "tag", "price"])
def test_what_is_pinned_is_recognised_in_a_child(kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "poison.csv"
    path.write_text("sha256,date,close_usd,address,label\n")
    readers._SERVER.end()
    monkeypatch.setattr(readers, "COMMAND", (sys.executable, "-c", ENDS_AT_SNIFF))
    case = Case.create(tmp_path / "case", "t")
    with pytest.raises(ReaderError, match="ended before it was done"):
        pin(case, kind, path, "r")
    if kind in FOLDERS:
        with pytest.raises(UsageError, match="; 4 of its files end the reader that looks at them"):
            files_of(kind, tmp_path)
    readers._SERVER.end()


ENDS_AT_SNIFF = (
    "import os, dataclasses\n"
    "from leadline.confinement import server\n"
    "from leadline.kinds import source\n"
    "source.SOURCES = tuple(dataclasses.replace(s, sniff=lambda path: os.abort()) for s in source.SOURCES)\n"
    "server.main()\n"
)
