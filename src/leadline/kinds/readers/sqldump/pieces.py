"""The statements of SQL text as MySQL's own client splits them: a numba kernel, and the plain reference it is held to.

Quotes, comments and ``DELIMITER`` are those of the mysql client (MySQL Reference Manual, 6.5.1 and 11.7).
"""

import re

import numpy as np
import numpy.typing as npt

from leadline.compiled import njit

STATEMENT, CUT, REMARK, DELIMITER = 0, 1, 2, 3
"""What a piece is: a whole statement, one that the end of the text cuts, a ``-- D`` or ``-- M`` line between
statements (as ``-- Dump completed`` is), the client's command of that name."""

_PLAIN = np.ones(256, np.bool_)
_PLAIN[np.frombuffer(b"'\"`#-/", np.uint8)] = False
"""Bytes that neither open a quote nor a comment."""


@njit(cache=True)
def _after_quote(buf, pos, end, backslash):  # type: ignore[no-untyped-def]
    """The byte after the quoted text that opens at `pos`; `end` + 1 where it is not closed before `end`.

    A doubled quote ends one text and begins the next, which is the same to whoever looks for its end only when the
    next call begins there; here it is passed over. A backslash escapes in ' and " alone.
    """
    quote = buf[pos]
    escapes = backslash and quote != 96
    pos += 1
    while pos < end:
        c = buf[pos]
        if c == quote:
            if pos + 1 < end and buf[pos + 1] == quote:
                pos += 2
            else:
                return pos + 1
        elif c == 92 and escapes:
            pos += 2
        else:
            pos += 1
    return end + 1


@njit(cache=True)
def _after_line(buf, pos):  # type: ignore[no-untyped-def]
    n = buf.size
    while pos < n and buf[pos] != 10:
        pos += 1
    return pos


@njit(cache=True)
def _begins(buf, pos, word):  # type: ignore[no-untyped-def]
    """Whether the small letters of `word` stand at `pos`, whatever their case."""
    if pos + word.size > buf.size:
        return False
    for i in range(word.size):
        c = buf[pos + i]
        if 65 <= c <= 90:
            c += 32
        if c != word[i]:
            return False
    return True


_NINES = np.frombuffer(b"99999", np.uint8)


@njit(cache=True)
def _after_comment(buf, pos):  # type: ignore[no-untyped-def]
    """The byte after a comment that begins at `pos`; `pos` where none does.

    What servers of some version execute is no comment; no server has a version of five nines or more, with which
    mariadb-dump asks the client for its sandbox mode.
    """
    n = buf.size
    c = buf[pos]
    if c == 35 or (c == 45 and pos + 1 < n and buf[pos + 1] == 45 and (pos + 2 >= n or buf[pos + 2] <= 32)):
        return _after_line(buf, pos)
    if c == 47 and pos + 1 < n and buf[pos + 1] == 42:
        at = pos + 2
        if at + 1 < n and buf[at] == 77 and buf[at + 1] == 33:
            at += 1
        if at < n and buf[at] == 33 and not _begins(buf, at + 1, _NINES):
            return pos
        pos += 2
        while pos < n and not (buf[pos] == 42 and pos + 1 < n and buf[pos + 1] == 47):
            pos += 1
        return min(pos + 2, n)
    return pos


_WORD_DELIMITER = np.frombuffer(b"delimiter", np.uint8)
_WORD_SET = np.frombuffer(b"set", np.uint8)


@njit(cache=True)
def _sets(buf, pos):  # type: ignore[no-untyped-def]
    """Whether the statement at `pos` is a SET, which may change how the next one is read."""
    n = buf.size
    if pos + 2 < n and buf[pos] == 47 and buf[pos + 1] == 42:
        pos += 2
        while pos < n and (buf[pos] == 77 or buf[pos] == 33 or buf[pos] <= 32 or 48 <= buf[pos] <= 57):
            pos += 1
    return _begins(buf, pos, _WORD_SET)


@njit(cache=True)
def split(buf, pos, delimiter, backslash, starts, ends, kinds):  # type: ignore[no-untyped-def]
    """(pieces, position): pieces from `pos` on, until the arrays are full, a SET or DELIMITER is read, or text ends.

    `ends` are the bytes before the delimiter. No further piece stands after `position` when it is the text's size.
    """
    n = buf.size
    found = 0
    while True:
        while pos < n:
            if found == starts.size:
                return found, pos
            c = buf[pos]
            if c <= 32:
                pos += 1
            elif _begins(buf, pos, delimiter):
                pos += delimiter.size
            else:
                after = _after_comment(buf, pos)
                if after == pos:
                    break
                if c == 45 and pos + 3 < n and (buf[pos + 3] == 77 or buf[pos + 3] == 68):
                    starts[found], ends[found], kinds[found] = pos, after, REMARK
                    found += 1
                pos = after
        if pos >= n or found == starts.size:
            return found, pos
        starts[found] = pos
        if _begins(buf, pos, _WORD_DELIMITER) and pos + 9 < n and (buf[pos + 9] == 32 or buf[pos + 9] == 9):
            pos = _after_line(buf, pos)
            ends[found], kinds[found] = pos, DELIMITER
            return found + 1, pos
        sets = _sets(buf, pos)
        kinds[found] = CUT
        ends[found] = n
        while pos < n:
            c = buf[pos]
            if (c == delimiter[0] or c + 32 == delimiter[0]) and _begins(buf, pos, delimiter):
                ends[found] = pos
                kinds[found] = STATEMENT
                pos += delimiter.size
                break
            if _PLAIN[c]:
                pos += 1
            elif c == 39 or c == 34 or c == 96:
                pos = _after_quote(buf, pos, n, backslash)
            else:
                after = _after_comment(buf, pos)
                pos = after if after > pos else pos + 1
        pos = min(pos, n)
        found += 1
        if sets:
            return found, pos


_REFERENCE = re.compile(
    rb"(?P<quote>'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"|`[^`]*`)|(?P<gap>#[^\n]*|--(?=[\x00-\x20]|\Z)[^\n]*"
    rb"|/\*(?!M?!(?!99999)).*?(?:\*/|\Z))|(?P<end>;)|(?P<open>['\"`].*)|(?P<other>.)",
    re.DOTALL,
)


def split_reference(text: bytes) -> list[tuple[int, int, int]]:
    """(start, end, kind) of each statement of text without remarks or DELIMITER: the reference for the kernel."""
    pieces = []
    start = -1
    for found in _REFERENCE.finditer(text):
        if found["end"] is not None:
            if start >= 0:
                pieces.append((start, found.start(), STATEMENT))
            start = -1
        elif start < 0 and found["gap"] is None and found[0] > b" ":
            start = found.start()
    return pieces if start < 0 else [*pieces, (start, len(text), CUT)]


Bytes = npt.NDArray[np.uint8]
"""The text as the kernels get it."""
