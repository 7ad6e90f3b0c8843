"""The rows of an INSERT statement: numba kernels, and the plain reference they are held to.

Literals are those of the MySQL Reference Manual, 9.1; any other token ends the scan as BAD, so that no text of a cell
can be taken for a row.
"""

import re

import numpy as np

from leadline.compiled import njit

NULL, BARE, QUOTED, ESCAPED, HEX, BITS, TRUE, FALSE = range(8)
"""Kinds of a value: NULL, a number, a string, a string with escapes, hexadecimal bytes, bits, and the two words."""
ENDED, CUT, BAD, FULL, TAIL = range(5)
"""How a scan ended: after the last row; inside a row, at the end of the bytes; at a token no row has; before a row for
which there is no room left; after the last row, where something else follows."""
COLUMNS = 4096
"""A table has no more columns (MySQL Reference Manual, 8.4.7), so a row with more values is none."""

_NULL, _TRUE, _FALSE = (np.frombuffer(w, np.uint8) for w in (b"null", b"true", b"false"))
_CONVERT, _USING, _UTF8 = (np.frombuffer(w, np.uint8) for w in (b"convert(", b"using", b"utf8"))
_BINARY, _ASCII = (np.frombuffer(w, np.uint8) for w in (b"binary", b"ascii"))


@njit(cache=True)
def _word_end(buf, pos, end):  # type: ignore[no-untyped-def]
    """The byte after the letters, digits and underscores at `pos`."""
    while pos < end and (
        48 <= buf[pos] <= 57 or 65 <= buf[pos] <= 90 or 97 <= buf[pos] <= 122 or buf[pos] == 95 or buf[pos] >= 128
    ):
        pos += 1
    return pos


@njit(cache=True)
def _is(buf, pos, end, word):  # type: ignore[no-untyped-def]
    """Whether the bytes from `pos` to `end` are the small letters of `word`, whatever their case."""
    if end - pos != word.size:
        return False
    for i in range(word.size):  # noqa: SIM110 - kernels have no generators
        if buf[pos + i] | 32 != word[i] | 32:
            return False
    return True


@njit(cache=True)
def _after_space(buf, pos, end):  # type: ignore[no-untyped-def]
    """The byte after white space and comments at `pos`; `end` where a comment is not closed before it.

    What servers of some version execute is no comment (MySQL Reference Manual, 11.7).
    """
    while pos < end:
        c = buf[pos]
        if c == 32 or 9 <= c <= 13:
            pos += 1
        elif c == 35 or (c == 45 and pos + 1 < end and buf[pos + 1] == 45 and (pos + 2 >= end or buf[pos + 2] <= 32)):
            while pos < end and buf[pos] != 10:
                pos += 1
        elif c == 47 and pos + 1 < end and buf[pos + 1] == 42:
            if pos + 2 < end and (buf[pos + 2] == 33 or (buf[pos + 2] == 77 and pos + 3 < end and buf[pos + 3] == 33)):
                return pos
            pos += 2
            while pos < end and not (buf[pos] == 42 and pos + 1 < end and buf[pos + 1] == 47):
                pos += 1
            pos = min(pos + 2, end)
        else:
            return pos
    return end


@njit(cache=True)
def _after_digits(buf, pos, end):  # type: ignore[no-untyped-def]
    while pos < end and 48 <= buf[pos] <= 57:
        pos += 1
    return pos


@njit(cache=True)
def _after_number(buf, pos, end):  # type: ignore[no-untyped-def]
    """The byte after the decimal number at `pos`; -1 where none stands."""
    if pos < end and (buf[pos] == 43 or buf[pos] == 45):
        pos += 1
    first = pos
    pos = _after_digits(buf, pos, end)
    digits = pos - first
    if pos < end and buf[pos] == 46:
        pos = _after_digits(buf, pos + 1, end)
        digits = pos - first - 1
    if not digits:
        return -1
    if pos < end and buf[pos] | 32 == 101:
        pos += 1
        if pos < end and (buf[pos] == 43 or buf[pos] == 45):
            pos += 1
        after = _after_digits(buf, pos, end)
        if after == pos:
            return -1
        pos = after
    return pos


@njit(cache=True)
def _digit(c):  # type: ignore[no-untyped-def]
    """The value of a hexadecimal digit, or -1."""
    if 48 <= c <= 57:
        return c - 48
    if 97 <= c <= 102:
        return c - 87
    if 65 <= c <= 70:
        return c - 55
    return -1


@njit(cache=True)
def _all_digits(buf, pos, end, base):  # type: ignore[no-untyped-def]
    for p in range(pos, end):  # noqa: SIM110 - kernels have no generators
        if not 0 <= _digit(buf[p]) < base:
            return False
    return True


@njit(cache=True)
def _one_string(buf, pos, end, ansi, backslash):  # type: ignore[no-untyped-def]
    """(first byte, byte after the last, kind, position) of the string at `pos`; position -1: none, `end` + 1: cut."""
    if pos >= end or not (buf[pos] == 39 or (buf[pos] == 34 and not ansi)):
        return pos, pos, QUOTED, -1
    quote = buf[pos]
    pos += 1
    first, kind = pos, QUOTED
    while pos < end:
        c = buf[pos]
        if c == quote:
            if pos + 1 >= end or buf[pos + 1] != quote:
                return first, pos, kind, pos + 1
            kind = ESCAPED
            pos += 2
        elif c == 92 and backslash:
            kind = ESCAPED
            pos += 2
        else:
            pos += 1
    return first, end, kind, end + 1


@njit(cache=True)
def _strings(buf, pos, end, ansi, backslash):  # type: ignore[no-untyped-def]
    """As `_one_string`, of the strings at `pos` that are one value: those with nothing but space between them."""
    first, last, kind, position = _one_string(buf, pos, end, ansi, backslash)
    while 0 <= position < end:
        at = _after_space(buf, position, end)
        _, further, _, after = _one_string(buf, at, end, ansi, backslash)
        if after < 0:
            break
        last, kind, position = further, ESCAPED, after
    return first, last, kind, position


@njit(cache=True)
def _value(buf, pos, end, ansi, backslash):  # type: ignore[no-untyped-def]
    """(first byte, byte after the last, kind, position) of the literal at `pos`, as `_string` gives them."""
    c = buf[pos]
    if c == 39 or c == 34:
        return _strings(buf, pos, end, ansi, backslash)
    if 48 <= c <= 57 or c == 45 or c == 43 or c == 46:
        after = _word_end(buf, pos, end)
        if c == 48 and after - pos > 2 and (buf[pos + 1] == 120 or buf[pos + 1] == 98):
            kind, base = (HEX, 16) if buf[pos + 1] == 120 else (BITS, 2)
            return pos + 2, after, kind, after if _all_digits(buf, pos + 2, after, base) else -1
        after = _after_number(buf, pos, end)
        return pos, after, BARE, after
    if c == 92:
        return pos, pos, NULL, pos + 2 if pos + 1 < end and buf[pos + 1] == 78 else -1
    after = _word_end(buf, pos, end)
    if _is(buf, pos, after, _NULL):
        return pos, pos, NULL, after
    if _is(buf, pos, after, _TRUE):
        return pos, pos, TRUE, after
    if _is(buf, pos, after, _FALSE):
        return pos, pos, FALSE, after
    if after - pos == 1 and after < end and buf[after] == 39 and (c | 32 == 120 or c | 32 == 98):
        first, last, kind, position = _one_string(buf, after, end, ansi, backslash)
        if position > end:
            return first, last, kind, position
        kind, base = (HEX, 16) if c | 32 == 120 else (BITS, 2)
        sound = _all_digits(buf, first, last, base) and (base == 2 or (last - first) % 2 == 0)
        return first, last, kind, position if sound else -1
    if after - pos == 1 and c | 32 == 110:
        return _strings(buf, after, end, ansi, backslash)
    if c == 95 and (
        _is(buf, pos + 1, after, _BINARY)
        or _is(buf, pos + 1, after, _ASCII)
        or _is(buf, pos + 1, min(after, pos + 5), _UTF8)
    ):
        at = _after_space(buf, after, end)
        if at >= end:
            return pos, pos, QUOTED, end + 1
        if buf[at] != 95:
            first, last, kind, position = _strings(buf, at, end, ansi, backslash)
            if position >= 0:
                return first, last, kind, position
            if buf[at] | 32 == 120 or buf[at] == 48 or buf[at] | 32 == 98:
                after = _word_end(buf, at, end)
                if after - at > 2 and buf[at] == 48 and buf[at + 1] == 120 and _all_digits(buf, at + 2, after, 16):
                    return at + 2, after, HEX, after
                if after - at == 1 and buf[at] | 32 == 120:
                    first, last, kind, position = _one_string(buf, after, end, ansi, backslash)
                    sound = position <= end and (last - first) % 2 == 0 and _all_digits(buf, first, last, 16)
                    return first, last, HEX, position if sound or position > end else -1
        return pos, pos, QUOTED, -1
    if _is(buf, pos, min(pos + 8, end), _CONVERT):
        first, last, kind, position = _strings(buf, _after_space(buf, pos + 8, end), end, ansi, backslash)
        if position < 0 or position > end:
            return first, last, kind, position
        at = _after_space(buf, position, end)
        after = _word_end(buf, at, end)
        named = _after_space(buf, after, end)
        closing = _after_space(buf, _word_end(buf, named, end), end)
        if closing >= end:
            return pos, pos, QUOTED, end + 1
        sound = _is(buf, at, after, _USING) and _is(buf, named, min(named + 4, end), _UTF8) and buf[closing] == 41
        return first, last, kind, closing + 1 if sound else -1
    return pos, pos, QUOTED, -1


@njit(cache=True)
def _after_name(buf, pos, end):  # type: ignore[no-untyped-def]
    """The byte after the identifier at `pos`, quoted or bare; -1 where none stands or it is not closed."""
    if pos < end and (buf[pos] == 96 or buf[pos] == 34):
        quote = buf[pos]
        pos += 1
        first = pos
        while pos < end:
            if buf[pos] != quote:
                pos += 1
            elif pos + 1 < end and buf[pos + 1] == quote:
                pos += 2
            else:
                return pos + 1 if pos > first else -1
        return -1
    first = pos
    while pos < end and (_word_end(buf, pos, end) > pos or buf[pos] == 36):
        pos = max(_word_end(buf, pos, end), pos + 1)
    return pos if pos > first else -1


@njit(cache=True)
def _after_target(buf, pos, end):  # type: ignore[no-untyped-def]
    """The byte after ``name =`` or ``table.name :=`` and what space follows; -1 where none stands."""
    pos = _after_name(buf, pos, end)
    while pos >= 0:
        pos = _after_space(buf, pos, end)
        if pos < end and buf[pos] == 46:
            pos = _after_name(buf, _after_space(buf, pos + 1, end), end)
        else:
            if pos + 1 < end and buf[pos] == 58:
                pos += 1
            return _after_space(buf, pos + 1, end) if pos < end and buf[pos] == 61 else -1
    return -1


@njit(cache=True)
def scan(  # type: ignore[no-untyped-def]
    buf,
    pos,
    end,
    most,
    longest,
    ansi,
    backslash,
    assigned,
    rows,
    values,
    row_at,
    row_end,
    row_first,
    value_at,
    value_end,
    kinds,
):
    """(status, rows, values, position): the rows from `pos` on, their bytes and those of each value.

    `rows` and `values` are how many the arrays hold already. `row_first[r]` is the first value of row r, and
    `row_first[rows]` the end. Value bounds exclude quotes, and the 0x of hexadecimal. A row of more than `longest`
    bytes keeps none of its values; past byte `most` no row is begun (FULL). On CUT and BAD the position is where the
    unfinished row begins. `assigned`: the one row is ``a = 1, b = 2``, up to what cannot go on with it.
    """
    while True:
        pos = _after_space(buf, pos, end)
        begin = pos
        row_first[rows] = values
        if pos >= end:
            return CUT, rows, values, begin
        if buf[pos] != 40 and not assigned:
            return BAD, rows, values, begin
        if rows + 1 >= row_at.size or values + COLUMNS > value_at.size or pos >= most:
            return FULL, rows, values, begin
        first = values
        if assigned:
            pos -= 1
        closed = False
        while not closed:
            pos = _after_space(buf, pos + 1, end)
            if assigned:
                pos = _after_target(buf, pos, end)
                if pos < 0:
                    return BAD, rows, first, begin
            if pos >= end:
                return CUT, rows, first, begin
            at, last, kind, after = _value(buf, pos, end, ansi, backslash)
            if after > end:
                return CUT, rows, first, begin
            if after < 0:
                # a token that the end cuts could still have become one of the grammar's
                while pos < end and not (buf[pos] == 32 or buf[pos] == 41 or buf[pos] == 44 or 9 <= buf[pos] <= 13):
                    pos += 1
                return (CUT if pos >= end else BAD), rows, first, begin
            if values - first == COLUMNS:
                return BAD, rows, first, begin
            value_at[values], value_end[values], kinds[values] = at, last, kind
            values += 1
            pos = _after_space(buf, after, end)
            if assigned and (pos >= end or buf[pos] != 44):
                pos, closed = after - 1, True
            elif pos >= end:
                return CUT, rows, first, begin
            elif buf[pos] == 41 and not assigned:
                closed = True
            elif buf[pos] != 44:
                return BAD, rows, first, begin
        pos += 1
        if pos - begin > longest:
            values = first
        row_at[rows], row_end[rows] = begin, pos
        rows += 1
        row_first[rows] = values
        pos = _after_space(buf, pos, end)
        if pos >= end:
            return ENDED, rows, values, pos
        if buf[pos] != 44 or assigned:
            return TAIL, rows, values, pos
        pos += 1


_UNESCAPED = np.arange(256, dtype=np.uint8)
for _letter, _meant in zip(b"0nrtbZ", b"\0\n\r\t\b\x1a", strict=True):
    _UNESCAPED[_letter] = _meant


@njit(cache=True)
def copy_values(buf, at, end, kind, backslash, offsets, data, valid):  # type: ignore[no-untyped-def]
    r"""The bytes written: the values unescaped into `data` one after another, bounds in `offsets`, NULLs in `valid`.

    ``\%`` and ``\_`` keep their backslash (MySQL Reference Manual, 9.1.1).
    """
    out = 0
    offsets[0] = 0
    for i in range(at.size):
        k = kind[i]
        valid[i] = k != NULL
        if BARE <= k <= QUOTED:
            for p in range(at[i], end[i]):
                data[out] = buf[p]
                out += 1
        elif HEX <= k <= BITS:
            width, each = (4, 2) if k == HEX else (1, 8)
            left = (end[i] - at[i]) % each
            byte = 0
            for p in range(at[i], end[i]):
                byte = (byte << width) | _digit(buf[p])
                left -= 1
                if left == 0 or left == -each:
                    data[out] = byte
                    out += 1
                    byte, left = 0, 0
        elif k == ESCAPED:
            quote = buf[at[i] - 1]
            p = at[i]
            while p < end[i]:
                c = buf[p]
                if backslash and c == 92 and p + 1 < end[i]:
                    p += 1
                    c = buf[p]
                    if c == 37 or c == 95:
                        data[out] = 92
                        out += 1
                    c = _UNESCAPED[c]
                elif c == quote:
                    p += 1
                    if buf[p] != quote:  # the next of several strings
                        p = _after_space(buf, p, end[i])
                        quote = buf[p]
                        p += 1
                        continue
                data[out] = c
                out += 1
                p += 1
        elif TRUE <= k <= FALSE:
            data[out] = 49 if k == TRUE else 48
            out += 1
        offsets[i + 1] = out
    return out


_GAP = rb"(?>(?:\s|/\*(?!M?!)(?s:.*?)(?:\*/|\Z)|(?:\#|--(?=[\x00-\x20]|\Z))[^\n]*)*)"
_ONE = rb"(?>'(?:[^'\\]|\\.|'')*'|\"(?:[^\"\\]|\\.|\"\")*\")"
_VALUE = re.compile(
    rb"~(?:(?:_(?:binary|ascii|utf8\w*)~|[nN](?='))?(?P<text>%text%(?:~%text%)*)"
    rb"|(?:_(?:binary|utf8\w*)~)?(?:0x(?P<hex>[0-9A-Fa-f]+)|[xX]'(?P<pairs>(?:[0-9A-Fa-f]{2})*)')"
    rb"|0b(?P<bits>[01]+)|[bB]'(?P<quoted_bits>[01]*)'"
    rb"|(?P<word>(?i:null|true|false)|\\N)|(?P<number>[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?))"
    rb"~(?P<end>[,)]|\Z)".replace(b"~", _GAP).replace(b"%text%", _ONE),
    re.DOTALL,
)
_STRING = re.compile(_GAP + b"(" + _ONE + b")", re.DOTALL)
_OPENING, _BETWEEN = re.compile(_GAP + rb"\("), re.compile(_GAP + rb"(,|\Z)")
_NAME = rb"(?:`(?:[^`]|``)+`|\"(?:[^\"]|\"\")+\"|[\w$\x80-\xff]+)"
_TARGET = re.compile(rb"~%name%(?:~\.~%name%)*~:?=".replace(b"~", _GAP).replace(b"%name%", _NAME))
_ESCAPES = {b"0": b"\0", b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"Z": b"\x1a", b"%": b"\\%", b"_": b"\\_"}
_WORDS = {b"true": b"1", b"false": b"0"}


def rows_reference(text: bytes) -> list[list[bytes | None]] | None:
    """The rows of ``(1,'a',NULL),(2,...)`` by regular expression; None for other text: the reference for the kernels.

    Backslashes escape, and double quotes hold strings.
    """
    rows: list[list[bytes | None]] = []
    pos = 0
    while True:
        opening = _OPENING.match(text, pos)
        if opening is None:
            return None
        pos = opening.end()
        row: list[bytes | None] = []
        ended = b","
        while ended == b",":
            found = _VALUE.match(text, pos)
            if found is None or not found["end"]:
                return None
            row.append(_meaning(found))
            pos, ended = found.end(), found["end"]
        rows.append(row)
        between = _BETWEEN.match(text, pos)
        if between is None:
            return None
        if not between[1]:
            return rows
        pos = between.end()


def assigned_reference(text: bytes) -> list[bytes | None] | None:
    """The values of ``a = 1, b = 'x'``, read as `rows_reference` reads rows; None for other text."""
    row: list[bytes | None] = []
    pos, ended = 0, b","
    while ended == b",":
        target = _TARGET.match(text, pos)
        found = target and _VALUE.match(text, target.end())
        if found is None or found["end"] == b")":
            return None
        row.append(_meaning(found))
        pos, ended = found.end(), found["end"]
    return row


def _meaning(found: re.Match[bytes]) -> bytes | None:
    for group, base in (("hex", 16), ("pairs", 16), ("bits", 2), ("quoted_bits", 2)):
        if found[group] is not None:
            each = 2 if base == 16 else 8
            return int(found[group] or b"0", base).to_bytes(-(-len(found[group]) // each), "big")
    if found["text"] is not None:
        return b"".join(_unescaped(one[1]) for one in _STRING.finditer(found["text"]))
    return found["number"] or _WORDS.get(found["word"].lower())


def _unescaped(quoted: bytes) -> bytes:
    quote = quoted[:1]
    return re.sub(
        rb"\\(.)|" + quote * 2,
        lambda m: quote if m[1] is None else _ESCAPES.get(m[1], m[1]),
        quoted[1:-1],
        flags=re.DOTALL,
    )
