"""Literals of SQL as numba kernels: where one stands, what kind it is, and the bytes it means.

They are those of the MySQL Reference Manual, 9.1; any other token is none, so that no text of a cell can be
taken for a row.
"""

import numpy as np

from leadline.compiled import njit

NULL, BARE, QUOTED, ESCAPED, HEX, BITS, TRUE, FALSE = range(8)
"""Kinds of a value: NULL, a number, a string, a string with escapes, hexadecimal bytes, bits, and the two words."""
_NULL, _TRUE, _FALSE = (np.frombuffer(w, np.uint8) for w in (b"null", b"true", b"false"))


_CONVERT, _USING, _UTF8 = (np.frombuffer(w, np.uint8) for w in (b"convert(", b"using", b"utf8"))
_BINARY, _ASCII = (np.frombuffer(w, np.uint8) for w in (b"binary", b"ascii"))


@njit(cache=True)
def word_end(buf, pos, end):  # type: ignore[no-untyped-def]
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
def after_space(buf, pos, end):  # type: ignore[no-untyped-def]
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
        at = after_space(buf, position, end)
        _, further, _, after = _one_string(buf, at, end, ansi, backslash)
        if after < 0:
            break
        last, kind, position = further, ESCAPED, after
    return first, last, kind, position


@njit(cache=True)
def value(buf, pos, end, ansi, backslash):  # type: ignore[no-untyped-def]
    """(first byte, byte after the last, kind, position) of the literal at `pos`, as `_string` gives them."""
    c = buf[pos]
    if c == 39 or c == 34:
        return _strings(buf, pos, end, ansi, backslash)
    if 48 <= c <= 57 or c == 45 or c == 43 or c == 46:
        after = word_end(buf, pos, end)
        if c == 48 and after - pos > 2 and (buf[pos + 1] == 120 or buf[pos + 1] == 98):
            kind, base = (HEX, 16) if buf[pos + 1] == 120 else (BITS, 2)
            return pos + 2, after, kind, after if _all_digits(buf, pos + 2, after, base) else -1
        after = _after_number(buf, pos, end)
        return pos, after, BARE, after
    if c == 92:
        return pos, pos, NULL, pos + 2 if pos + 1 < end and buf[pos + 1] == 78 else -1
    after = word_end(buf, pos, end)
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
        at = after_space(buf, after, end)
        if at >= end:
            return pos, pos, QUOTED, end + 1
        if buf[at] != 95:
            first, last, kind, position = _strings(buf, at, end, ansi, backslash)
            if position >= 0:
                return first, last, kind, position
            if buf[at] | 32 == 120 or buf[at] == 48 or buf[at] | 32 == 98:
                after = word_end(buf, at, end)
                if after - at > 2 and buf[at] == 48 and buf[at + 1] == 120 and _all_digits(buf, at + 2, after, 16):
                    return at + 2, after, HEX, after
                if after - at == 1 and buf[at] | 32 == 120:
                    first, last, kind, position = _one_string(buf, after, end, ansi, backslash)
                    sound = position <= end and (last - first) % 2 == 0 and _all_digits(buf, first, last, 16)
                    return first, last, HEX, position if sound or position > end else -1
        return pos, pos, QUOTED, -1
    if _is(buf, pos, min(pos + 8, end), _CONVERT):
        first, last, kind, position = _strings(buf, after_space(buf, pos + 8, end), end, ansi, backslash)
        if position < 0 or position > end:
            return first, last, kind, position
        at = after_space(buf, position, end)
        after = word_end(buf, at, end)
        named = after_space(buf, after, end)
        closing = after_space(buf, word_end(buf, named, end), end)
        if closing >= end:
            return pos, pos, QUOTED, end + 1
        sound = _is(buf, at, after, _USING) and _is(buf, named, min(named + 4, end), _UTF8) and buf[closing] == 41
        return first, last, kind, closing + 1 if sound else -1
    return pos, pos, QUOTED, -1


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
                        p = after_space(buf, p, end[i])
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
