"""Workbooks that other programs write: what openpyxl reads is read alike, and what it gets wrong is read or named."""

import datetime
import re
import zipfile
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from leadline.errors import EvidenceError
from leadline.kinds.mapping.grammar import parse
from leadline.kinds.reader import Source
from leadline.kinds.readers.workbook import WORKBOOK
from leadline.model import locators
from leadline.steps.intake import read_exhibit

Rows = list[tuple[str, dict[str, object]]]
SHEET = "xl/worksheets/sheet1.xml"
ROWS = [["customer", "txid", "amount"], [11, "aa", 0.5], [12, "bb", 1e-8], [13, "cc", None]]
MAP = parse(
    'name="m"\nsays="m"\nreader="workbook"\n[[part]]\n[[part.record]]\ntable="account"\n'
    'account="account:ex/{customer}"\nrole="user"\n'
)


def made(path: Path, rows: list[list[object]], change: Callable[[str], str] = str, part: str = SHEET) -> Source:
    """A workbook that openpyxl wrote, one of its parts changed."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "Return"
    for row in rows:
        sheet.append(row)
    book.save(path)
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    members[part] = change(members[part].decode()).encode()
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return Source(bytes(32), path)


def read(source: Source) -> Rows:
    """(locator, row) of every row, then (locator, reason) of what broke."""
    found: Rows = []
    for part in WORKBOOK.parts(source, None, lambda *_: None):
        for batch in part.batches:
            found += zip(batch.locators.to_pylist(), batch.rows.to_pylist(), strict=True)
            found += [(b.locator, {"reject": b.reason}) for b in (*batch.broken, *(c for _, c in batch.cells))]
    return found


EPOCH = datetime.datetime.fromtimestamp(0, datetime.UTC).replace(tzinfo=None)
CELL = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**53) + 1, 2**53 - 1),
    st.floats(-1e15, 1e15).filter(lambda f: f == 0 or abs(f) > 1e-9),
    st.text(
        st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"], exclude_characters="\ufffe\uffff_="), max_size=9
    ),
    st.integers(-600_000_000, 2_200_000_000).map(lambda s: EPOCH + datetime.timedelta(seconds=s)),
)


@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(CELL, CELL), min_size=1, max_size=5))
def test_cells_are_what_openpyxl_reads(tmp_path: Path, rows: list[tuple[object, object]]) -> None:
    source = made(tmp_path / "a.xlsx", [["one", "two"], *map(list, rows)])
    sheet = openpyxl.load_workbook(source.path, data_only=True)["Return"]
    wanted = [list(row) for row in sheet.iter_rows(min_row=2, max_col=2, values_only=True)]
    got = [list(row.values()) for _, row in read(source)]
    wanted = [row for row in wanted if any(c is not None for c in row)]
    assert [[same(c) for c in row] for row in got] == [[same(c) for c in row] for row in wanted]


def same(value: object) -> object:
    """A value as columns of mixed kinds hold it."""
    if isinstance(value, datetime.datetime):
        return value.isoformat(sep=" ")
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return float(value)
    try:
        return float(str(value)) if value is not None and re.fullmatch(r"-?[0-9.]+", str(value)) else value
    except ValueError:
        return value


@pytest.mark.parametrize("stated", ["A1", "A1:B3", "A1:XFD1048576", "nonsense"])
def test_a_wrong_dimension_cuts_nothing(tmp_path: Path, stated: str) -> None:
    source = made(
        tmp_path / "a.xlsx", ROWS, lambda s: re.sub(r'<dimension ref="[^"]*"', f'<dimension ref="{stated}"', s)
    )
    assert [row for _, row in read(source)] == [
        {"customer": 11, "txid": "aa", "amount": "0.5"},
        {"customer": 12, "txid": "bb", "amount": "0.00000001"},
        {"customer": 13, "txid": "cc", "amount": None},
    ]


def test_places_may_go_unstated(tmp_path: Path) -> None:
    source = made(tmp_path / "a.xlsx", ROWS, lambda s: re.sub(r' r="[A-Z]*[0-9]+"', "", s))
    assert [place for place, _ in read(source)] == [f"cell:Return!{n}" for n in (2, 3, 4)]


def test_strict_open_xml_is_read(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    made(path, ROWS)
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name).decode() for name in archive.namelist()}
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in members.items():
            text = text.replace(
                "http://schemas.openxmlformats.org/spreadsheetml/2006/main",
                "http://purl.oclc.org/ooxml/spreadsheetml/main",
            )
            archive.writestr(
                name,
                text.replace(
                    "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
                    "http://purl.oclc.org/ooxml/officeDocument/relationships",
                ),
            )
    assert WORKBOOK.sniff(path.read_bytes()[:4096], path)
    assert [row["customer"] for _, row in read(Source(bytes(32), path))] == [11, 12, 13]


def test_prefixed_elements_are_read(tmp_path: Path) -> None:
    def prefixed(text: str) -> str:
        text = re.sub(r"<(/?)([a-zA-Z])", r"<\1x:\2", text)
        return text.replace(" xmlns=", " xmlns:x=")

    source = made(tmp_path / "a.xlsx", ROWS, prefixed)
    assert [row["customer"] for _, row in read(source)] == [11, 12, 13]


def test_a_formula_without_its_value_and_an_error_are_rejects_of_their_cells(tmp_path: Path) -> None:
    rows = [["customer", "txid", "amount"], [11, "=A1", "=1/0"], [12, "#N/A", 3]]
    source = made(tmp_path / "a.xlsx", rows)
    assert read(source) == [
        ("cell:Return!2", {"customer": 11, "txid": None, "amount": None}),
        ("cell:Return!3", {"customer": 12, "txid": None, "amount": 3}),
        ("cell:Return!B2", {"reject": "no_value"}),
        ("cell:Return!C2", {"reject": "no_value"}),
        ("cell:Return!B3", {"reject": "no_value"}),
    ]
    got = read_exhibit(source, MAP, lambda *_: None)
    assert got["account"]["account"].to_pylist() == ["account:ex/11", "account:ex/12"]
    assert [(r["locator"], r["reason"]) for r in got["reject"].to_pylist()] == [
        ("cell:Return!B2", "no_value"),
        ("cell:Return!B3", "no_value"),
        ("cell:Return!C2", "no_value"),
    ]
    (tally,) = got["tally"].to_pylist()
    assert (tally["rows_in"], tally["mapped"], tally["rejected"], tally["left_out"]) == (2, 0, 2, 0)
    (shown,) = WORKBOOK.resolve(source, locators.parse("cell:Return!B2"))
    assert shown == ("txid", "cannot be read: no_value")


def test_numbers_that_have_lost_digits_are_rejects_of_their_cells(tmp_path: Path) -> None:
    source = made(tmp_path / "a.xlsx", ROWS, lambda s: s.replace("<v>12</v>", "<v>9.00719925474100E+15</v>"))
    got = read_exhibit(source, MAP, lambda *_: None)
    assert got["account"]["account"].to_pylist() == ["account:ex/11", "account:ex/13"]
    assert ("cell:Return!A3", "inexact") in [(r["locator"], r["reason"]) for r in got["reject"].to_pylist()]


def test_a_sheet_of_a_chart_is_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    book = openpyxl.Workbook()
    chart = book.create_chartsheet("Chart", 0)
    sheet = book["Sheet"]
    for row in ROWS:
        sheet.append(row)
    pie = openpyxl.chart.PieChart()
    pie.add_data(openpyxl.chart.Reference(sheet, min_col=3, min_row=2, max_row=3))
    chart.add_chart(pie)
    book.save(path)
    assert [place for place, _ in read(Source(bytes(32), path))] == [f"cell:Sheet!{n}" for n in (2, 3, 4)]


def test_rows_before_the_header_are_counted_apart(tmp_path: Path) -> None:
    rows: list[list[object]] = [["Example Exchange"], ["User", "ann", 17], [], *ROWS]
    got = read_exhibit(made(tmp_path / "a.xlsx", rows), MAP, lambda *_: None)
    assert got["account"]["account"].to_pylist() == [f"account:ex/{n}" for n in (11, 12, 13)]
    assert [(t["part"], t["rows_in"], t["left_out"]) for t in got["tally"].to_pylist()] == [
        ("Return", 3, 0),
        ("Return, before the header", 2, 2),
    ]


def test_a_sheet_without_a_header_loses_no_row(tmp_path: Path) -> None:
    assert read(made(tmp_path / "a.xlsx", [[1, "a@example.org"], [2, "b@example.org"]])) == [
        ("cell:Return!1", {"column 1": 1, "column 2": "a@example.org"}),
        ("cell:Return!2", {"column 1": 2, "column 2": "b@example.org"}),
    ]


@pytest.mark.parametrize(
    "change",
    [
        lambda s: s.replace('<row r="3"', '<row r="2"'),
        lambda s: s.replace('r="B3"', 'r="A3"'),
        lambda s: s.replace('r="B3"', 'r="B7"'),
        lambda s: s.replace('r="B3"', 'r="XFE3"'),
    ],
)
def test_rows_and_cells_out_of_place_are_rejects(tmp_path: Path, change: Callable[[str], str]) -> None:
    found = read(made(tmp_path / "a.xlsx", ROWS, change))
    assert [row.get("reject") for _, row in found] == [None, None, "bad_row"]


def test_a_document_type_is_refused(tmp_path: Path) -> None:
    source = made(
        tmp_path / "a.xlsx", ROWS, lambda s: s.replace("<worksheet", '<!DOCTYPE x [<!ENTITY a "b">]><worksheet', 1)
    )
    with pytest.raises(EvidenceError, match="damaged workbook"):
        read(source)


def test_text_is_what_was_typed(tmp_path: Path) -> None:
    """Shared strings as Excel writes them: in runs, with a phonetic guide, line ends escaped."""
    path = tmp_path / "a.xlsx"
    made(path, ROWS, lambda s: re.sub(r't="inlineStr"><is><t>aa</t></is>', 't="s"><v>1</v>', s))
    namespace = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    guide = '<rPh sb="0" eb="1"><t>guide</t></rPh>'
    runs = f"<r><t>a@exam</t></r><r><t>ple.org_x000D_</t></r>{guide}"
    relations = "xl/_rels/workbook.xml.rels"
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name).decode() for name in archive.namelist()}
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/sharedStrings"
    more = f'<Relationship Id="own" Type="{kind}" Target="/XL/Strings.xml"/></Relationships>'
    members[relations] = members[relations].replace("</Relationships>", more)
    members["xl/strings.xml"] = f'<sst xmlns="{namespace}"><si><t>one</t></si><si>{runs}</si></sst>'
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in members.items():
            archive.writestr(name, text)
    assert read(Source(bytes(32), path))[0][1]["txid"] == "a@example.org\r"
