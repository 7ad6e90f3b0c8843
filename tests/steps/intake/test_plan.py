"""What a call of intake takes in."""

import hashlib
import os
from importlib import resources
from pathlib import Path

import pytest

from leadline.errors import EvidenceError, UsageError
from leadline.kinds.containers.folder import FOLDER
from leadline.steps.intake import NAMED, load_map, plan
from leadline.steps.intake.catalog import SHIPPED
from leadline.steps.intake.media import beside
from leadline.steps.intake.plan import within


def test_a_listing_is_what_it_lists(evidence: Path) -> None:
    (evidence / "evidence.toml").write_text(
        '[[exhibit]]\npath = "market.db"\nmap = "market_live"\nauthority = "warrant"\nacquired_at = "2018-01-01"\n'
        'restrictions = ["mlat_use", "grand_jury"]\n[[exhibit]]\npath = "access.log"\n'
    )
    site, log = plan([evidence])
    assert (site.map, site.authority, site.restrictions) == ("market_live", "warrant", ("grand_jury", "mlat_use"))
    assert [p.name for p in site.beside] == ["market.db-wal"]
    assert (log.name, log.container, log.beside) == ("access.log", None, ())


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("2018-03-05T11:30:00Z", "2018-03-05T11:30:00Z"),
        ("2018-03-05", "2018-03-05"),
        ('"2018-03-05T11:30:00Z"', "2018-03-05T11:30:00Z"),
        ('""', ""),
    ],
)
def test_a_time_of_toml_is_the_same_as_its_text(written: str, kept: str, evidence: Path) -> None:
    (evidence / "evidence.toml").write_text(f'[[exhibit]]\npath = "access.log"\nacquired_at = {written}\n')
    assert plan([evidence])[0].acquired_at == kept


def test_a_pipe_is_refused_and_never_waited_for(evidence: Path) -> None:
    os.mkfifo(evidence / "pipe")
    with pytest.raises(EvidenceError, match="neither a file nor a folder"):
        plan([evidence / "pipe"])
    with pytest.raises(EvidenceError, match="neither a file nor a folder"):
        plan([Path(os.devnull)])
    (evidence / "evidence.toml").write_text('[[exhibit]]\npath = "pipe"\n')
    with pytest.raises(EvidenceError) as raised:
        plan([evidence])
    assert raised.value.where == "evidence.toml, exhibit 1"


def test_a_log_beside_its_database_is_no_exhibit_of_its_own(evidence: Path) -> None:
    (evidence / "market.db-shm").touch()
    items = plan(sorted(evidence.glob("market.db*")))
    assert [i.name for i in items] == ["market.db"]


def test_any_other_folder_is_one_media_folder(tmp_path: Path) -> None:
    (item,) = plan([tmp_path], "folder")
    assert item.container is FOLDER and item.map == "folder"


@pytest.mark.parametrize(
    "text",
    [
        "exhibit = 3",
        "",
        "x =",
        '[[exhibit]]\nmap = "x"',
        '[[exhibit]]\npath = "nothing"',
        '[[exhibit]]\npath = "access.log"\ncolour = 1',
        '[[exhibit]]\npath = "access.log"\nrestrictions = ["unheard_of"]',
        '[[exhibit]]\npath = "access.log"\nrestrictions = 5',
        '[[exhibit]]\npath = "access.log"\nrestrictions = "mlat_use"',
        '[[exhibit]]\npath = "access.log"\nacquired_at = "last spring"',
        '[[exhibit]]\npath = "access.log"\nacquired_at = "2018-02-30"',
        '[[exhibit]]\npath = "access.log"\nacquired_at = 5',
        '[[exhibit]]\npath = "access.log"\nauthority = "warrant \\u202e1"',
        '[[exhibit]]\npath = "access.log"\nacquired_by = "\\u001b[31m"',
        '[[exhibit]]\npath = "access.log"\nauthority = ["warrant"]',
        "exhibit = [1, 2]",
    ],
)
def test_a_wrong_listing_is_refused(text: str, evidence: Path) -> None:
    (evidence / "evidence.toml").write_text(text)
    with pytest.raises(EvidenceError) as raised:
        plan([evidence])
    assert raised.value.where.startswith("evidence.toml")


def test_what_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError):
        plan([tmp_path / "nothing"])


def test_an_item_number_is_read_and_is_one_line(evidence: Path) -> None:
    (evidence / "evidence.toml").write_text('[[exhibit]]\npath = "access.log"\nitem = "JD/4"\nacquired_by = "J Doe"\n')
    assert [(i.item, i.acquired_by) for i in plan([evidence])] == [("JD/4", "J Doe")]
    (evidence / "evidence.toml").write_text('[[exhibit]]\npath = "access.log"\nitem = 4\n')
    with pytest.raises(EvidenceError):
        plan([evidence])


def test_an_item_that_is_no_container_holds_no_files(evidence: Path) -> None:
    (item,) = plan([evidence / "market.db"])
    assert item.container is None and within(item, "0" * 64, b"") == []


@pytest.mark.parametrize("name", NAMED)
def test_a_shipped_map_written_to_a_file_is_that_map(name: str, tmp_path: Path) -> None:
    folder = resources.files("leadline") / ("maps" if name in SHIPPED else "scenario/maps")
    path = tmp_path / "copy.toml"
    path.write_bytes((folder / f"{name}.toml").read_bytes())
    made = load_map(str(path))
    assert made is not None and made == load_map(name)
    assert made.digest == hashlib.sha256(path.read_bytes()).hexdigest()
    assert load_map("") is None


def test_each_hasher_s_table_has_a_name_of_its_own(tmp_path: Path) -> None:
    assert beside(None) is None
    assert beside(tmp_path / "done.sqlite") == tmp_path / "licensed-done.sqlite"


def test_a_map_named_for_a_folder_reads_the_files_of_its_reader_alone(tmp_path: Path) -> None:
    seized, maps = tmp_path / "seized", tmp_path / "maps"
    seized.mkdir()
    maps.mkdir()
    (seized / "a.log").write_text('198.18.0.9 - - [29/Oct/2017:00:00:00 +0200] "GET / HTTP/1.1" 200 1 "-" "b"\n')
    (seized / "b.csv").write_text("id,when\n1,2018-03-05\n")
    (maps / "weblog.toml").write_text(resources.files("leadline").joinpath("maps", "weblog.toml").read_text("utf-8"))
    (item,) = plan([seized], "weblog")
    record = FOLDER.record(seized, lambda *_: None)
    parent = hashlib.sha256(record).hexdigest()
    assert {i.name: i.map for i in within(item, parent, record)} == {"a.log": "weblog", "b.csv": ""}
    (other,) = plan([seized], str(maps))
    assert {i.map for i in within(other, parent, record)} == {str(maps)}
