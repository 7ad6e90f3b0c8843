"""What a call of intake takes in."""

import os
from pathlib import Path

import pytest

from leadline.errors import EvidenceError, UsageError
from leadline.kinds.containers.folder import FOLDER
from leadline.steps.intake import plan


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
