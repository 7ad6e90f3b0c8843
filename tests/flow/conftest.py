"""Two trivial kinds of evidence, written by hand: a web log and a service's customers."""

from pathlib import Path

import pytest

LOG = "".join(
    f'198.18.4.{n} - - [07/Nov/2016:10:00:{n:02d} +0200] "GET /f/{n} HTTP/1.1" 200 512 "-" "UA" uid={n}\n'
    for n in range(1, 40)
)
CUSTOMERS = (
    "reference,name,date_of_birth,country,email,phone,account_type,opened_utc\n"
    "NG-1,Ana Pop,1980-01-01,RO,a@example.org,+999123,individual,2015-01-01T00:00:00Z\n"
    "NG-2,Bo Lind,1981-01-01,SE,b@example.org,+999124,individual,2015-01-02T00:00:00Z\n"
)


def write(folder: Path) -> None:
    """Both kinds of evidence and the list of them, into a folder."""
    (folder / "access.log").write_text(LOG)
    (folder / "customers.csv").write_text(CUSTOMERS)
    (folder / "evidence.toml").write_text(
        '[[exhibit]]\npath = "access.log"\nmap = "weblog"\nauthority = "warrant 1"\n'
        '[[exhibit]]\npath = "customers.csv"\nmap = "northgate"\nrestrictions = ["mlat_use"]\n'
    )


@pytest.fixture
def evidence(tmp_path: Path) -> Path:
    """A folder with both, and the list of them."""
    folder = tmp_path / "evidence"
    folder.mkdir()
    write(folder)
    return folder
