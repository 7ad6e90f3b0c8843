"""Where a table's header stands, and that no value becomes a column's name."""

import pytest

from leadline.kinds.codecs.headers import column_names, header_at, is_header


def test_values_are_no_headings() -> None:
    assert is_header(["Client ID", "When (CET)", "То", "Сумма 1"])
    for value in (
        "a@example.org",
        "17",
        "0,5 BTC",
        "2017-11-01T12:00:00Z",
        "1 Nov 2017",
        "Nov 1, 2017",
        "d41d8cd98f00b204e9800998ecf8427e",
        "fe80:1234:5678:9abc::1",
        "mzBc4XEFSdzCDcTxAgf6EZXgsZWpztRhef",
        "x" * 65,
    ):
        assert not is_header(["NG", value]), value
    assert not is_header(["a", "a"])
    assert not is_header([])


@pytest.mark.parametrize(
    ("rows", "at"),
    [
        ([["a", "b"], ["1", "2"]], 0),
        ([["handle", "role"], ["anna"], ["bob", "user"], ["cyd", "user"]], 0),
        ([["handle", "role"], ["anna", "user"], ["bob", "user", "x"], ["cyd", "user"]], 0),
        ([["Customer", "Jane"], ["Period", "2017"], ["Kind", "Single"], ["a", "b", "c"], ["1", "2", "3"]], 3),
        ([["Statement", "", ""], ["a", "b", "c"], ["1", "2", ""]], 1),
        ([["Statement of account"], ["a", "b"]], 1),
        ([["a", "a", "24h volume"], ["1", "2", "3"]], 0),
        ([["a", "a", "24h volume"], ["x", "y", "z"]], None),
        ([["Ines", "ines@example.org"], ["Ned", "ned@example.org"]], None),
        ([["12 High Street", "Bucharest"], ["14 High Street", "Cluj"]], None),
        ([["", "a", "b"], ["0", "1", "x"]], 0),
        ([None, ["a", "b"], ["1", "2"], None], 1),
        ([], None),
        # a preamble nearly as wide as the table
        ([["Report", "Desk", "London"], ["a", "b", "c", "d"], *[["x", "y", "z", "1"]] * 3], 1),
        (
            [["Name", "Ann", "Berg", ""], ["Of", "May", "June", ""], ["a", "b", "c", "d"], *[["x", "y", "z", "1"]] * 4],
            2,
        ),
        # rows too wide for their header, which hold no values or of which one came before
        ([["a", "b", "c"], *[["x", "y", "z", "w"]] * 4], 0),
        ([["a", "b", "c"], ["x", "1", "z", "w"], *[["x", "y", "z", "w"], ["x", "2", "z", "w"]] * 3], 0),
    ],
)
def test_the_header_is_the_widest_row_of_headings_that_the_rest_fits(
    rows: list[list[str] | None], at: int | None
) -> None:
    assert header_at(rows) == at


def test_every_column_has_a_name_of_its_own() -> None:
    assert column_names(["Date\n(UTC)", "Amount", "", "Amount", "column 3", "a@b", ""]) == [
        "Date (UTC)",
        "Amount",
        "column 3 again",
        "column 4",
        "column 3",
        "column 6",
    ]
