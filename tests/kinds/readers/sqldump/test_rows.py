"""The tokenizer of INSERTs against its reference and against values written by an independent escape."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leadline.kinds.readers.sqldump import literals_kernels as literals
from leadline.kinds.readers.sqldump import rows_kernels as kernels
from leadline.kinds.readers.sqldump import rows_reference as reference

VALUE = st.one_of(st.none(), st.integers(-(10**12), 10**12), st.text(max_size=12), st.binary(min_size=1, max_size=8))
ROW = st.lists(VALUE, min_size=1, max_size=5)
_ESCAPE = {"\\": "\\\\", "'": "\\'", "\n": "\\n", "\r": "\\r", "\x00": "\\0", "\x1a": "\\Z", '"': '\\"'}


def literal(value: object, style: int) -> bytes:
    if value is None:
        return b"NULL"
    if isinstance(value, bytes):
        return b"0x" + value.hex().upper().encode() if style else b"x'" + value.hex().encode() + b"'"
    if isinstance(value, str):
        if style == 2:
            return b'"' + "".join(_ESCAPE.get(c, c) for c in value).encode("utf-8", "surrogatepass") + b'"'
        if style:
            return b"'" + "".join(_ESCAPE.get(c, c) for c in value).encode("utf-8", "surrogatepass") + b"'"
        return b"_binary '" + value.replace("\\", "\\\\").replace("'", "''").encode("utf-8", "surrogatepass") + b"'"
    return str(value).encode()


def meant(value: object) -> bytes | None:
    if value is None or isinstance(value, bytes):
        return value
    return value.encode("utf-8", "surrogatepass") if isinstance(value, str) else str(value).encode()


def by_kernel(
    text: bytes, *, ansi: bool = False, backslash: bool = True, assigned: bool = False
) -> tuple[int, list[list[bytes | None]]]:
    """(status, whole rows) of ``(1,'a'),(2,'b')``."""
    buf = np.frombuffer(text, np.uint8)
    rows, values = text.count(b"(") + 2, text.count(b",") + text.count(b"(") + 2 + kernels.COLUMNS
    row_at, row_end, row_first = (np.zeros(rows + 1, np.int64) for _ in range(3))
    at, end, kind = np.zeros(values, np.int64), np.zeros(values, np.int64), np.zeros(values, np.uint8)
    status, rows, values, _ = kernels.scan(
        buf,
        0,
        buf.size,
        buf.size + 1,
        1 << 20,
        ansi,
        backslash,
        assigned,
        0,
        0,
        row_at,
        row_end,
        row_first,
        at,
        end,
        kind,
    )
    at, end, kind = at[:values], end[:values], kind[:values]
    offsets, valid = np.zeros(values + 1, np.int32), np.zeros(values, np.bool_)
    data = np.zeros(int((end - at).sum()) + values + 1, np.uint8)
    literals.copy_values(buf, at, end, kind, backslash, offsets, data, valid)
    cells = [data[offsets[i] : offsets[i + 1]].tobytes() if valid[i] else None for i in range(values)]
    return status, [cells[row_first[r] : row_first[r + 1]] for r in range(rows)]


@settings(deadline=None)
@given(st.lists(ROW, min_size=1, max_size=5), st.integers(0, 2), st.sampled_from([b",", b",\n", b" , "]))
def test_values_come_back(rows: list[list[object]], style: int, between: bytes) -> None:
    text = between.join(b"(" + b",".join(literal(v, style) for v in row) + b")" for row in rows)
    status, got = by_kernel(text)
    assert status == kernels.ENDED
    assert got == [[meant(v) for v in row] for row in rows]
    assert got == reference.rows_reference(text)


@settings(deadline=None)
@given(st.lists(ROW, min_size=1, max_size=4), st.integers(0, 2), st.data())
def test_a_cut_gives_whole_rows_only(rows: list[list[object]], style: int, data: st.DataObject) -> None:
    texts = [b"(" + b",".join(literal(v, style) for v in row) + b")" for row in rows]
    text = b",".join(texts)
    cut = data.draw(st.integers(0, len(text) - 1))
    status, got = by_kernel(text[:cut])
    whole = cut in {len(b",".join(texts[:n])) for n in range(1, len(texts))}
    assert status in ((kernels.ENDED,) if whole else (kernels.CUT, kernels.BAD)), "a token cut in two may be none"
    assert got == [[meant(v) for v in row] for row in rows][: len(got)]


GAPS = [b"", b" ", b"\n", b"/* it's (1,'x'), */", b"-- it's (1\n", b"#),(\n", b"/**/", b" /*M*/\t--\n"]
GAP = st.lists(st.sampled_from(GAPS), max_size=2).map(b"".join)


def spread(value: object, data: st.DataObject) -> bytes:
    """A text as several strings with space or comments between them; any other value as its literal."""
    if not isinstance(value, str) or len(value) < 2:
        return data.draw(GAP) + literal(value, 1) + data.draw(GAP)
    at = data.draw(st.integers(0, len(value)))
    quoted = [literal(part, data.draw(st.integers(1, 2))) for part in (value[:at], value[at:])]
    between = data.draw(GAP) or (b" " if quoted[0][:1] == quoted[1][:1] else b"")
    return data.draw(GAP) + between.join(quoted) + data.draw(GAP)


@settings(deadline=None)
@given(st.lists(ROW, min_size=1, max_size=4), st.data())
def test_comments_and_strings_side_by_side_change_no_value(rows: list[list[object]], data: st.DataObject) -> None:
    text = b",".join(
        data.draw(GAP) + b"(" + b",".join(spread(v, data) for v in row) + b")" + data.draw(GAP) for row in rows
    )
    assert by_kernel(text) == (kernels.ENDED, [[meant(v) for v in row] for row in rows])
    assert reference.rows_reference(text) == [[meant(v) for v in row] for row in rows]


@settings(deadline=None)
@given(ROW, st.lists(st.sampled_from([b"a", b"`b``, = 1`", b"t.c", b"`t` . $d1", "ö".encode()]), min_size=5), st.data())
def test_values_that_are_assigned_come_back(row: list[object], names: list[bytes], data: st.DataObject) -> None:
    text = b",".join(
        data.draw(GAP) + name + data.draw(GAP) + data.draw(st.sampled_from([b"=", b":="])) + spread(v, data)
        for name, v in zip(names, row, strict=False)
    )
    status, got = by_kernel(text, assigned=True)
    assert (status, got) == (kernels.ENDED, [[meant(v) for v in row]])
    assert reference.assigned_reference(text) == got[0]


ASSIGNED = [b"a", b"`b`", b'"c"', b"`", b"=", b":=", b".", b",", b" ", b"/* */", b"1", b"'x'", b"now()", b"NULL", b")"]


@settings(deadline=None, max_examples=400)
@given(st.lists(st.sampled_from(ASSIGNED), max_size=12).map(b"".join))
def test_any_text_is_assigned_to_both_or_to_neither(text: bytes) -> None:
    status, got = by_kernel(text, assigned=True)
    assert (got[0] if status == kernels.ENDED else None) == reference.assigned_reference(text)


PIECES = [
    b"(", b")", b",", b" ", b"1", b"-1.5e3", b"NULL", b"null", b"true", b"'a'", b'"b"',
    b"'", b'"', b"\\", b"x'41'", b"0x4", b"b'1'", b"0b10", b"_binary ", b"N", b"NEW.id", b"now()",
    "é".encode(), b"'a''b'", b"1a", b"\\N", b"/*", b"*/", b"/*!", b"--", b"-- ", b"#", b"\n", b"'a' 'b'", b"*", b"M!",
]  # fmt: skip


@settings(deadline=None, max_examples=400)
@given(st.lists(st.sampled_from(PIECES), max_size=14).map(b"".join))
def test_any_text_is_rows_to_both_or_to_neither(text: bytes) -> None:
    """The kernel takes for rows exactly what the reference does."""
    status, got = by_kernel(text)
    assert (got if status == kernels.ENDED else None) == reference.rows_reference(text)


@settings(deadline=None)
@given(st.binary(max_size=60))
def test_any_bytes_end(text: bytes) -> None:
    status, _ = by_kernel(text)
    assert status in (kernels.ENDED, kernels.CUT, kernels.BAD, kernels.TAIL)


@pytest.mark.parametrize(
    ("literal_", "value"),
    [
        (b"b'101'", b"\x05"),
        (b"B'100000001'", b"\x01\x01"),
        (b"0b11", b"\x03"),
        (b"b''", b""),
        (b"0xA", b"\x0a"),
        (b"X'0aFF'", b"\x0a\xff"),
        (b"N'x'", b"x"),
        (b"_utf8mb4'x'", b"x"),
        (b"_binary 0x00", b"\x00"),
        (b"TRUE", b"1"),
        (b"false", b"0"),
        (b"\\N", None),
        (rb"'\%\_\\%'", rb"\%\_\%"),
        (b"CONVERT('{\"a\": 1}' USING UTF8MB4)", b'{"a": 1}'),
        (b'"it\'s "" \\" \'\'"', b"it's \" \" ''"),
        (b"'a' 'b'", b"ab"),
        (b"'a' -- '\n\"b\"/**/'c'", b"abc"),
        (b"_utf8mb4'a' 'b''c' ''", b"ab'c"),
        (b"N'a'\n'\\'b'", b"a'b"),
    ],
)
def test_literals_mean_what_the_server_stores(literal_: bytes, value: bytes | None) -> None:
    """The values MariaDB 10.11 gave back for these literals."""
    assert by_kernel(b"(" + literal_ + b",1)") == (kernels.ENDED, [[value, b"1"]])


@pytest.mark.parametrize(
    "token",
    [b"NEW.id", b"now()", b"@x", b"`a`", b"a", b"1 2", b"_sjis'x'", b"x'4'", b"0xZ", b"b'2'", b"", b"--1",
     b"1-1", b"CONVERT('x' USING sjis)", b"DEFAULT", b"(1)", b"0X41", b"/*! 1 */", b"x'41' 'b'", b"/*M!1 */1",
     b"1e", b"nul"],
)  # fmt: skip
def test_a_token_the_grammar_does_not_know_is_bad(token: bytes) -> None:
    assert by_kernel(b"(1,'a'),(" + token + b",1),(2,'b')")[0] == kernels.BAD


def test_modes_change_what_quotes_and_backslashes_are() -> None:
    assert by_kernel(b"('a\\',1)", backslash=False) == (kernels.ENDED, [[b"a\\", b"1"]])
    assert by_kernel(b"('a''b\\n',1)", backslash=False) == (kernels.ENDED, [[b"a'b\\n", b"1"]])
    assert by_kernel(b'("a",1)', ansi=True)[0] == kernels.BAD


def test_a_row_too_long_or_too_wide_is_none() -> None:
    assert by_kernel(b"('" + b"a" * (1 << 20) + b"'),(1)") == (kernels.ENDED, [[], [b"1"]])
    assert by_kernel(b"(" + b"1," * kernels.COLUMNS + b"1)")[0] == kernels.BAD
