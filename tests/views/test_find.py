"""What stands at a place is shown as it was read: in the encoding that its map, its mark or its dump states."""

import base64
import hashlib
from pathlib import Path

import pytest

from leadline.flow.intake import intake
from leadline.store.case import Case
from leadline.views import find

MAP = """
name = "desk"
says = "customers of a desk"
reader = "table"
encoding = "{}"

[[part]]
match = "table"

[[part.record]]
table = "identifier"
subject = "account:desk/{{id}}"
kind = "name"
value = {{ column = "name" }}
"""
PICTURE = base64.b64encode(b"\x89PNG\r\n\x1a\n" + bytes(range(60))).decode()


def shown(folder: Path, data: bytes, encoding: str, locator: str) -> tuple[str, set[str]]:
    """What `show` prints of a table, and the names that intake read."""
    record, map_ = folder / "customers.csv", folder / "desk.toml"
    record.write_bytes(data)
    map_.write_text(MAP.format(encoding))
    case = Case.create(folder / "case", "x")
    [taken] = intake(case, [record], str(map_))
    names = set(case.current("identifier").column("value").to_pylist())
    return find.show(case.root, taken.exhibit, locator)["shown"], names


@pytest.mark.parametrize(
    ("name", "encoding", "stated"),
    [
        ("Renée Müller €", "cp1252", "cp1252"),
        ("김민준", "cp949", "cp949"),
        ("Šárka", "iso8859-2", "iso8859-2"),
        ("田中", "shift_jis", "shift_jis"),
        ("Ольга", "utf-16", ""),
        ("Ольга", "utf-16-be", ""),
        ("Zoë", "utf-8-sig", ""),
        ("Zoë 😀", "utf-32", ""),
    ],
)
def test_a_row_is_shown_in_the_encoding_it_was_read_in(name: str, encoding: str, stated: str, tmp_path: Path) -> None:
    mark = "\ufeff" if encoding == "utf-16-be" else ""
    data = (mark + f"id,name\n1,Ann Other\n2,{name}\n").encode(encoding)
    printed, read = shown(tmp_path, data, stated, "line:3")
    assert printed == f"id: 2\nname: {name}"
    assert read == {"Ann Other", name}


def test_a_row_of_a_dump_is_shown_in_the_set_the_dump_names(tmp_path: Path) -> None:
    record, map_ = tmp_path / "d.sql", tmp_path / "desk.toml"
    record.write_bytes(
        b"-- MySQL dump 10.13\n/*!40101 SET NAMES latin1 */;\nCREATE TABLE `t` (`id` int, `name` text, `b` blob);\n"
        + "INSERT INTO `t` VALUES (1,'Renée €','é');\n-- Dump completed\n".encode("cp1252")
    )
    map_.write_text(
        MAP.format("").replace('"table"\nencoding = ""', '"sqldump"').replace('match = "table"', 'match = "t"')
    )
    case = Case.create(tmp_path / "case", "x")
    [taken] = intake(case, [record], str(map_))
    [row] = case.current("identifier").to_pylist()
    assert row["value"] == "Renée €"
    assert (
        find.show(case.root, taken.exhibit, row["locator"])["shown"]
        == f"id: 1\nname: Renée €\nb: 1 bytes, sha256 {hashlib.sha256(bytes([0xE9])).hexdigest()}"
    )


def test_a_slice_of_a_page_in_utf16_is_shown_as_text_and_its_image_as_a_digest(tmp_path: Path) -> None:
    """Shown byte by byte, the image would go to the screen in base64."""
    text = f"<html><body><p>Привет</p><img src='data:image/png;base64,{PICTURE}'></body></html>"
    for n, codec in enumerate(("utf-16", "utf-16-le")):
        (tmp_path / str(n)).mkdir()
        page = tmp_path / str(n) / "page.html"
        page.write_bytes(text.encode(codec))
        case = Case.create(tmp_path / str(n) / "case", "x")
        [taken] = intake(case, [page])
        printed = find.show(case.root, taken.exhibit, f"byte:24-{page.stat().st_size}")["shown"]
        assert "Привет" in printed and PICTURE[:5] not in printed and "\0" not in printed
