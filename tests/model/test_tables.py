"""Tables: key order, refusals, and a digest that depends on rows alone."""

import hashlib
import json
import struct

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadline.errors import UsageError
from leadline.model.tables import DIGEST, SAT, TEXT, Column, TableSpec, digest, empty, from_columns, from_rows

SPEC = TableSpec(
    "t",
    "A table for these tests.",
    ("k",),
    (
        Column("k", TEXT, "key"),
        Column("n", SAT, "number", nullable=True),
        Column("b", pa.bool_(), "flag", nullable=True),
        Column("d", DIGEST, "digest"),
        Column("v", pa.binary(), "bytes", nullable=True),
    ),
)
ROWS = st.lists(
    st.tuples(
        st.text(max_size=5),
        st.none() | st.integers(-(2**63), 2**63 - 1),
        st.none() | st.booleans(),
        st.binary(min_size=32, max_size=32),
        st.none() | st.binary(max_size=4),
    ),
    max_size=8,
)


def plain_digest(rows):
    """The digest's definition in plain Python: schema text, then for each column validity (if any null) and values."""
    rows = list(dict.fromkeys(rows))
    low = (0, b"")

    def order(row):
        k, n, b, d, v = row
        return (
            k.encode(),
            (1, 0) if n is None else (0, n),
            (1, 0) if b is None else (0, b),
            d,
            (1, low) if v is None else (0, v),
        )

    rows.sort(key=order)
    outer = hashlib.sha256(json.dumps([SPEC.name, len(rows), [[c.name, str(c.type)] for c in SPEC.columns]]).encode())
    for i, name in enumerate("knbdv"):
        values = [row[i] for row in rows]
        inner = hashlib.sha256()
        if None in values:
            inner.update(bytes(value is not None for value in values))
        values = [value for value in values if value is not None]
        if name in "kv":
            data = [value.encode() if isinstance(value, str) else value for value in values]
            inner.update(b"".join(struct.pack("<q", len(value)) for value in data) + b"".join(data))
        elif name == "n":
            inner.update(b"".join(struct.pack("<q", value) for value in values))
        else:
            inner.update(b"".join(bytes([value]) if name == "b" else value for value in values))
        outer.update(inner.digest())
    return outer.digest()


@given(ROWS, st.randoms())
def test_digest_is_the_plain_definition_whatever_the_order_and_chunks(rows, random):
    table = from_rows(SPEC, rows)
    assert digest(SPEC, table) == plain_digest(rows)
    shuffled = rows * 2
    random.shuffle(shuffled)
    cut = random.randint(0, len(shuffled))
    again = pa.concat_tables([from_rows(SPEC, shuffled[:cut]), from_rows(SPEC, shuffled[cut:])])
    assert digest(SPEC, again) == digest(SPEC, table)


def test_refusals_name_the_column():
    with pytest.raises(UsageError, match="'x'"):
        from_columns(SPEC, {"x": []})
    with pytest.raises(UsageError, match="'d'"):
        from_columns(SPEC, {"k": ["a"]})
    with pytest.raises(UsageError, match="'k'"):
        from_columns(SPEC, {"k": [None], "d": [b"0" * 32]})
    assert empty(SPEC).num_rows == 0


WORDED = TableSpec(
    "w",
    "A table of words and refs for these tests.",
    ("who",),
    (
        Column("who", TEXT, "", refs=("account", "customer")),
        Column("word", TEXT, "a word", nullable=True, words=("yes", "no")),
    ),
)


@given(st.lists(st.tuples(st.sampled_from(["account:a", "customer:b/1"]), st.sampled_from(["yes", "no", None]))))
def test_words_and_refs_of_a_column_are_taken(rows):
    assert from_rows(WORDED, rows).num_rows == len(set(rows))


@pytest.mark.parametrize(
    ("who", "word", "named"),
    [
        ("account:a", "YES", "word"), ("account:a", "maybe", "word"), ("account:a", "", "word"),
        ("tx:a", "yes", "who"), ("account", "yes", "who"), ("", "yes", "who"), ("accounts:a", "yes", "who"),
    ],
)  # fmt: skip
def test_a_table_with_another_word_or_ref_is_not_made(who, word, named):
    good = [("account:a", "yes")] * 3
    with pytest.raises(UsageError, match=f"column '{named}' of table w") as raised:
        from_rows(WORDED, [*good, (who, word)])
    assert word == "yes" or word == "" or word not in str(raised.value)
