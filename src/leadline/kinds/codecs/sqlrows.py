"""The rows of a mysqldump INSERT statement: a numba tokenizer, and the plain reference it is held to."""

import re

import numpy as np

from leadline.compiled import njit

NULL, BARE, QUOTED, ESCAPED, HEX = 0, 1, 2, 3, 4
"""Kinds of a value: NULL, a bare word or number, a string, a string with escapes, hexadecimal bytes."""
ENDED, CUT, BAD = 0, 1, 2
"""How a scan ended: at the semicolon, at the end of the bytes inside a row, at a byte no INSERT has there."""


@njit(cache=True)
def scan(buf, start, row_at, row_end, row_first, value_at, value_end, value_kind):  # type: ignore[no-untyped-def]
    """(status, rows, values, position): the rows from `start` on, their bytes and those of each value.

    `row_first[r]` is the first value of row r, `row_first[rows]` the end. Value bounds exclude quotes and the 0x of
    hexadecimal. On CUT and BAD the position is where the unfinished row begins, or where the bad byte stands.
    """
    n = buf.size
    pos = start
    rows = 0
    values = 0
    while True:
        while pos < n and (buf[pos] == 32 or buf[pos] == 10 or buf[pos] == 13 or buf[pos] == 9 or buf[pos] == 44):
            pos += 1
        if pos >= n:
            row_first[rows] = values
            return CUT, rows, values, pos
        if buf[pos] == 59:
            row_first[rows] = values
            return ENDED, rows, values, pos + 1
        if buf[pos] != 40:
            row_first[rows] = values
            return BAD, rows, values, pos
        begin = pos
        first = values
        pos += 1
        closed = False
        while pos < n and not closed:
            while pos < n and (buf[pos] == 32 or buf[pos] == 10 or buf[pos] == 13 or buf[pos] == 9):
                pos += 1
            if pos < n and buf[pos] == 95:
                while pos < n and buf[pos] != 39 and buf[pos] != 44 and buf[pos] != 41:
                    pos += 1
            if pos >= n:
                break
            c = buf[pos]
            if c == 39 or ((c == 120 or c == 88) and pos + 1 < n and buf[pos + 1] == 39):
                kind = QUOTED
                if c != 39:
                    kind = HEX
                    pos += 1
                pos += 1
                at = pos
                ended = False
                while pos < n:
                    if buf[pos] == 92:
                        kind = ESCAPED
                        pos += 2
                    elif buf[pos] == 39:
                        if pos + 1 < n and buf[pos + 1] == 39:
                            kind = ESCAPED
                            pos += 2
                        else:
                            ended = True
                            break
                    else:
                        pos += 1
                if not ended:
                    pos = n
                    break
                value_at[values], value_end[values], value_kind[values] = at, pos, kind
                pos += 1
            else:
                at = pos
                while pos < n and buf[pos] != 44 and buf[pos] != 41:
                    pos += 1
                end = pos
                while end > at and (buf[end - 1] == 32 or buf[end - 1] == 10 or buf[end - 1] == 13):
                    end -= 1
                kind = BARE
                if end - at > 2 and buf[at] == 48 and buf[at + 1] == 120:
                    kind = HEX
                    at += 2
                elif end - at == 4 and buf[at] == 78 and buf[at + 1] == 85 and buf[at + 2] == 76 and buf[at + 3] == 76:
                    kind = NULL
                value_at[values], value_end[values], value_kind[values] = at, end, kind
            while pos < n and (buf[pos] == 32 or buf[pos] == 10 or buf[pos] == 13 or buf[pos] == 9):
                pos += 1
            if pos >= n:
                break
            if buf[pos] == 44:
                values += 1
                pos += 1
            elif buf[pos] == 41:
                values += 1
                pos += 1
                closed = True
            else:
                row_first[rows] = first
                return BAD, rows, first, begin
        if not closed:
            row_first[rows] = first
            return CUT, rows, first, begin
        row_at[rows], row_end[rows], row_first[rows] = begin, pos, first
        rows += 1


@njit(cache=True)
def _hex(c):  # type: ignore[no-untyped-def]
    if 48 <= c <= 57:
        return c - 48
    if 97 <= c <= 102:
        return c - 87
    if 65 <= c <= 70:
        return c - 55
    return 0


@njit(cache=True)
def copy_values(buf, at, end, kind, offsets, data, valid):  # type: ignore[no-untyped-def]
    """The bytes written: the values unescaped into `data` one after another, bounds in `offsets`, NULLs in `valid`."""
    out = 0
    offsets[0] = 0
    for i in range(at.size):
        k = kind[i]
        valid[i] = k != NULL
        if k == BARE or k == QUOTED:  # noqa: SIM109 - a tuple test is slower in a kernel
            for p in range(at[i], end[i]):
                data[out] = buf[p]
                out += 1
        elif k == HEX:
            p = at[i]
            if (end[i] - p) % 2 == 1:
                data[out] = _hex(buf[p])
                out += 1
                p += 1
            while p < end[i]:
                data[out] = _hex(buf[p]) * 16 + _hex(buf[p + 1])
                out += 1
                p += 2
        elif k == ESCAPED:
            p = at[i]
            while p < end[i]:
                c = buf[p]
                if c == 92 and p + 1 < end[i]:
                    p += 1
                    c = buf[p]
                    if c == 48:
                        c = 0
                    elif c == 110:
                        c = 10
                    elif c == 114:
                        c = 13
                    elif c == 116:
                        c = 9
                    elif c == 98:
                        c = 8
                    elif c == 90:
                        c = 26
                elif c == 39 and p + 1 < end[i]:
                    p += 1
                data[out] = c
                out += 1
                p += 1
        offsets[i + 1] = out
    return out


def tokenize(
    buf: np.ndarray, start: int
) -> tuple[int, int, np.ndarray, np.ndarray, np.ndarray, tuple[np.ndarray, ...]]:
    """(status, position, row_at, row_end, row_first, (value_at, value_end, value_kind)) of one INSERT's rows."""
    part = buf[start:]
    rows = int(np.count_nonzero(part == 40)) + 1
    values = int(np.count_nonzero(part == 44)) + rows + 1
    row_at, row_end, row_first = (np.zeros(rows + 1, np.int64) for _ in range(3))
    value_at, value_end = np.zeros(values, np.int64), np.zeros(values, np.int64)
    value_kind = np.zeros(values, np.uint8)
    status, rows, values, pos = scan(buf, start, row_at, row_end, row_first, value_at, value_end, value_kind)
    return (
        int(status),
        int(pos),
        row_at[:rows],
        row_end[:rows],
        row_first[: rows + 1],
        (value_at[:values], value_end[:values], value_kind[:values]),
    )


_VALUE = re.compile(
    rb"\s*(?:_\w+\s*)?(?:(?P<hex>0x[0-9A-Fa-f]+|[xX]'[0-9A-Fa-f]*')|'(?P<text>(?:[^'\\]|\\.|'')*)'"
    rb"|(?P<bare>[^',()\s;][^,)]*?))\s*(?P<end>[,)])",
    re.DOTALL,
)
_ESCAPES = {b"0": b"\0", b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"Z": b"\x1a"}


def rows_reference(text: bytes) -> list[list[bytes | None]]:
    """The rows of ``(1,'a',NULL),(2,...);`` by regular expression: the reference for the kernels."""
    rows: list[list[bytes | None]] = []
    pos = text.find(b"(")
    while 0 <= pos < len(text) and text[pos : pos + 1] == b"(":
        row: list[bytes | None] = []
        pos += 1
        while (found := _VALUE.match(text, pos)) is not None:
            pos = found.end()
            row.append(_value(found))
            if found["end"] == b")":
                break
        rows.append(row)
        while text[pos : pos + 1].strip(b",\n\r\t ") == b"" and pos < len(text):
            pos += 1
    return rows


def _value(found: re.Match[bytes]) -> bytes | None:
    if found["hex"] is not None:
        digits = found["hex"][2:].rstrip(b"'").decode()
        return bytes.fromhex("0" * (len(digits) % 2) + digits)
    if found["text"] is not None:
        return re.sub(
            rb"\\(.)|''",
            lambda m: b"'" if m[1] is None else _ESCAPES.get(m[1], m[1]),
            found["text"],
            flags=re.DOTALL,
        )
    bare = found["bare"].rstrip()
    return None if bare == b"NULL" else bare
