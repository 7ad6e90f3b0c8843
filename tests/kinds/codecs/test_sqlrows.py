"""The tokenizer of INSERTs against its reference and against values written by an independent escape."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from leadline.kinds.codecs import sqlrows

VALUE = st.one_of(st.none(), st.integers(-(10**12), 10**12), st.text(max_size=12), st.binary(min_size=1, max_size=8))
ROW = st.lists(VALUE, min_size=1, max_size=5)
_ESCAPE = {"\\": "\\\\", "'": "\\'", "\n": "\\n", "\r": "\\r", "\x00": "\\0", "\x1a": "\\Z", '"': '\\"'}


def literal(value: object, style: int) -> bytes:
    if value is None:
        return b"NULL"
    if isinstance(value, bytes):
        return b"0x" + value.hex().upper().encode() if style else b"x'" + value.hex().encode() + b"'"
    if isinstance(value, str):
        if style:
            return b"'" + "".join(_ESCAPE.get(c, c) for c in value).encode("utf-8", "surrogatepass") + b"'"
        return b"_binary '" + value.replace("\\", "\\\\").replace("'", "''").encode("utf-8", "surrogatepass") + b"'"
    return str(value).encode()


def meant(value: object) -> bytes | None:
    if value is None or isinstance(value, bytes):
        return value
    return value.encode("utf-8", "surrogatepass") if isinstance(value, str) else str(value).encode()


def by_kernel(text: bytes) -> tuple[int, list[list[bytes | None]]]:
    buf = np.frombuffer(text, np.uint8)
    status, _, row_at, _, first, (at, end, kind) = sqlrows.tokenize(buf, 0)
    offsets, valid = np.zeros(at.size + 1, np.int32), np.zeros(at.size, np.bool_)
    data = np.zeros(int((end - at).sum()) + 1, np.uint8)
    sqlrows.copy_values(buf, at, end, kind, offsets, data, valid)
    cells = [data[offsets[i] : offsets[i + 1]].tobytes() if valid[i] else None for i in range(at.size)]
    return status, [cells[first[r] : first[r + 1]] for r in range(row_at.size)]


@settings(deadline=None)
@given(st.lists(ROW, max_size=5), st.integers(0, 1), st.sampled_from([b",", b",\n", b" , "]))
def test_values_come_back(rows: list[list[object]], style: int, between: bytes) -> None:
    text = between.join(b"(" + b",".join(literal(v, style) for v in row) + b")" for row in rows) + b";"
    status, got = by_kernel(text)
    assert status == sqlrows.ENDED
    assert got == [[meant(v) for v in row] for row in rows]
    assert got == sqlrows.rows_reference(text)


@settings(deadline=None)
@given(st.lists(ROW, min_size=1, max_size=4), st.data())
def test_a_cut_gives_whole_rows_only(rows: list[list[object]], data: st.DataObject) -> None:
    text = b",".join(b"(" + b",".join(literal(v, 1) for v in row) + b")" for row in rows) + b";"
    cut = data.draw(st.integers(0, len(text) - 1))
    status, got = by_kernel(text[:cut])
    assert status == sqlrows.CUT
    assert got == [[meant(v) for v in row] for row in rows][: len(got)]


@settings(deadline=None)
@given(st.binary(max_size=60))
def test_any_bytes_end(text: bytes) -> None:
    status, _ = by_kernel(text)
    assert status in (sqlrows.ENDED, sqlrows.CUT, sqlrows.BAD)
