"""What a list says of itself as it is kept, rows packed in blocks of whole entries, lines of a bounded length."""

import io
import json

import pytest

from leadline.errors import KindError
from leadline.kinds.codecs import lines, listrows
from leadline.kinds.codecs.entries import DATED, LICENCE, LIST, MAY_MISS, VERSION
from leadline.kinds.codecs.lines import bounded
from leadline.kinds.codecs.listrows import ListRows, terms
from leadline.kinds.codecs.other_tools import may_miss


def test_a_licence_is_one_line_cut_at_its_length() -> None:
    assert terms(" for\tunit\u202e 7,\n only\x00 ") == "for unit 7, only"
    assert terms("x" * 2_000) == "x" * 2_000 and terms("x" * 2_001) == "x" * 2_000


@pytest.mark.parametrize(
    ("days", "kept"),
    [
        (("2017-12-01", "2016-01-01"), "2017-12-01"), (("2016-01-01", "2017-12-01T10:00:00Z"), "2017-12-01"),
        (("2017-02-30", "2016-01-01"), "2016-01-01"), (("2017-12-011",), None), (("1.12.2017", 7, None), None),
    ],
)  # fmt: skip
def test_the_newest_day_that_is_one_is_kept(days: tuple[object, ...], kept: str | None) -> None:
    rows = ListRows()
    for day in days:
        rows.dated(day)
    said = rows.table().schema.metadata or {}
    assert said.get(DATED) == (kept.encode() if kept else None)


def test_what_a_list_states_of_itself_travels_with_its_table() -> None:
    rows = ListRows()
    rows.version(" 2.0\n of  May ")
    rows.version(7)
    rows.licence("unit 7\nonly")
    for word in ("modes", None, "", "palette", "modes"):
        rows.may_miss(word)
    said = rows.table().schema.metadata
    assert (said[VERSION], said[LICENCE], json.loads(said[MAY_MISS])) == (
        b"2.0 of May", b"unit 7 only", {"modes": 2, "palette": 1},
    )  # fmt: skip
    long = ListRows()
    long.version("v" * 101)
    assert long.table().schema.metadata[VERSION] == b"v" * 100
    assert not ListRows().table().schema.metadata and ListRows().table().num_rows == 0


@pytest.mark.parametrize("block", [1, 2, 3, 7, 100])
def test_rows_are_the_same_in_blocks_of_any_size(block: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listrows, "BLOCK", block)
    rows = ListRows()
    kinds = ("sha256", "md5", "pdq-1")
    given = [
        (n // 3, kinds[n % 3], bytes([n]) * 4, 80 if n % 3 == 2 else None, "1", "x", None, None) for n in range(20)
    ]
    for row in given:
        rows.add(*row, t_ms=40 if row[1] == "pdq-1" else None)
    table = rows.table()
    assert table.schema.equals(LIST.schema, check_metadata=False)
    names = [c.name for c in LIST.columns]
    got = {tuple(row[name] for name in names) for row in table.to_pylist()}
    assert got == {(*row, 40 if row[1] == "pdq-1" else None) for row in given} and table.num_rows == 20
    assert table.column("entry").to_pylist() == sorted(row[0] for row in given)


@pytest.mark.parametrize(
    ("text", "first", "expected"),
    [
        ("a\nb", 1, ["a\n", "b"]), ("abc\nabcd\n", 1, 2), ("abcde", 3, 3), ("abc\nabcd", 1, ["abc\n", "abcd"]),
        ("", 1, []),
    ],
)  # fmt: skip
def test_a_line_that_is_too_long_is_named_by_its_number(
    text: str, first: int, expected: list[str] | int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lines, "LONGEST", 5 if expected == ["abc\n", "abcd"] else 4)
    if isinstance(expected, int):
        with pytest.raises(KindError) as refused:
            list(bounded(io.StringIO(text), first))
        assert refused.value.where == f"line:{expected}"
    else:
        assert list(bounded(io.StringIO(text), first)) == expected


@pytest.mark.parametrize(
    ("stated", "word"),
    [
        (("image/gif",), "palette"), ((None, " A.GIF "), "palette"), (("image/vnd.adobe.photoshop",), "modes"),
        (("image/jpeg", "a.png"), "modes"), (("video/x-matroska",), "matroska"), (("a/b.gif/c.jpg",), None),
        (("image/jpeg", 7, None), None), ((), None), (("x-ms-bmp",), "modes"),
    ],
)  # fmt: skip
def test_types_and_names_that_other_tools_may_hash_otherwise(stated: tuple[object, ...], word: str | None) -> None:
    assert may_miss(*stated) == word
