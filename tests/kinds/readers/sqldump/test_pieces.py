"""The splitter of SQL text against its reference, and what the mysql client does."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leadline.kinds.readers.sqldump import pieces as sqlsplit

PIECES = [
    b"a", b" ", b"\n", b";", b"'", b'"', b"`", b"\\", b"''", b"-- ", b"--x", b"#", b"/*", b"*/", b"/*!4 ", b"/*M!",
          b"/*!999999", b"INSERT", b"-", b"/", b"'a;b'", b'"c;"', b"`d;`"]  # fmt: skip


def split(text: bytes, delimiter: bytes = b";", *, backslash: bool = True) -> list[tuple[int, int, int]]:
    """(start, end, kind) of every piece, by calls that each have room for three."""
    starts, ends, kinds = np.zeros(3, np.int64), np.zeros(3, np.int64), np.zeros(3, np.uint8)
    pieces: list[tuple[int, int, int]] = []
    buf = np.frombuffer(text, np.uint8)
    found, pos = -1, 0
    while found:
        found, pos = sqlsplit.split(buf, pos, np.frombuffer(delimiter, np.uint8), backslash, starts, ends, kinds)
        pieces += zip(starts[:found].tolist(), ends[:found].tolist(), kinds[:found].tolist(), strict=True)
    return pieces


@settings(deadline=None, max_examples=400)
@given(st.lists(st.sampled_from(PIECES), max_size=20).map(b"".join))
def test_statements_are_the_references(text: bytes) -> None:
    assert split(text) == sqlsplit.split_reference(text)


@settings(deadline=None)
@given(st.binary(max_size=60))
def test_any_bytes_end_and_pieces_are_in_order(text: bytes) -> None:
    bounds = [b for start, end, _ in split(text) for b in (start, end)]
    assert bounds == sorted(bounds)
    assert all(0 <= b <= len(text) for b in bounds)


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        (b"a;b", [b"a", b"b"]),
        (b"a 'x;y' b; c", [b"a 'x;y' b", b"c"]),
        (b"a '\\';' b; c", [b"a '\\';' b", b"c"]),
        (b"a `\\`; c", [b"a `\\`", b"c"]),
        (b"a -- ; no\n b; c", [b"a -- ; no\n b", b"c"]),
        (b"a --; c", [b"a --", b"c"]),
        (b"a # ; no\n b; c", [b"a # ; no\n b", b"c"]),
        (b"/* ; */ a /* ; */; c", [b"a /* ; */", b"c"]),
        (b"/*!40101 a */; c", [b"/*!40101 a */", b"c"]),
        (b"/*M!999999\\- enable the sandbox mode */ \na; c", [b"a", b"c"]),
        (b";;a;;", [b"a"]),
    ],
)
def test_quotes_and_comments_hide_delimiters(text: bytes, pieces: list[bytes]) -> None:
    assert [text[a:b] for a, b, _ in split(text)] == pieces


def test_a_backslash_is_a_letter_where_the_mode_says_so() -> None:
    text = b"a 'x\\'; b 'y\\';"
    assert [text[a:b] for a, b, _ in split(text, backslash=False)] == [b"a 'x\\'", b"b 'y\\'"]


def test_remarks_delimiters_and_cuts_are_told_apart() -> None:
    text = b"-- MySQL dump\n-- other\n-- Dump completed\ndelimiter ;;\nx; y;;\na 'cut"
    assert [(text[a:b], kind) for a, b, kind in split(text)] == [
        (b"-- MySQL dump", sqlsplit.REMARK),
        (b"-- Dump completed", sqlsplit.REMARK),
        (b"delimiter ;;", sqlsplit.DELIMITER),
        (b"x", sqlsplit.STATEMENT),
        (b"y", sqlsplit.STATEMENT),
        (b"a 'cut", sqlsplit.CUT),
    ]
    assert [text[a:b] for a, b, _ in split(b"x; y ;; z;;", b";;")] != []
    assert len(split(b"x; y ;; z;;", b";;")) == 2
