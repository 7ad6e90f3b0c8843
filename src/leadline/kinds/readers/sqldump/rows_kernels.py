"""The rows of an INSERT statement as numba kernels: their bounds and those of each value."""

from leadline.compiled import njit
from leadline.kinds.readers.sqldump.literals_kernels import after_space, value, word_end

ENDED, CUT, BAD, FULL, TAIL = range(5)
"""How a scan ended: after the last row; inside a row, at the end of the bytes; at a token no row has; before a row for
which there is no room left; after the last row, where something else follows."""
COLUMNS = 4096
"""A table has no more columns (MySQL Reference Manual, 8.4.7), so a row with more values is none."""


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
    while pos < end and (word_end(buf, pos, end) > pos or buf[pos] == 36):
        pos = max(word_end(buf, pos, end), pos + 1)
    return pos if pos > first else -1


@njit(cache=True)
def _after_target(buf, pos, end):  # type: ignore[no-untyped-def]
    """The byte after ``name =`` or ``table.name :=`` and what space follows; -1 where none stands."""
    pos = _after_name(buf, pos, end)
    while pos >= 0:
        pos = after_space(buf, pos, end)
        if pos < end and buf[pos] == 46:
            pos = _after_name(buf, after_space(buf, pos + 1, end), end)
        else:
            if pos + 1 < end and buf[pos] == 58:
                pos += 1
            return after_space(buf, pos + 1, end) if pos < end and buf[pos] == 61 else -1
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
        pos = after_space(buf, pos, end)
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
            pos = after_space(buf, pos + 1, end)
            if assigned:
                pos = _after_target(buf, pos, end)
                if pos < 0:
                    return BAD, rows, first, begin
            if pos >= end:
                return CUT, rows, first, begin
            at, last, kind, after = value(buf, pos, end, ansi, backslash)
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
            pos = after_space(buf, after, end)
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
        pos = after_space(buf, pos, end)
        if pos >= end:
            return ENDED, rows, values, pos
        if buf[pos] != 44 or assigned:
            return TAIL, rows, values, pos
        pos += 1
