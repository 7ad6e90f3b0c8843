"""BSON: documents written by hand from the specification, what each type becomes, and files that are cut or damaged."""

import struct
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import bson
import pytest
from bson.binary import Binary
from bson.decimal128 import Decimal128
from hypothesis import given
from hypothesis import strategies as st

from leadline.errors import EvidenceError
from leadline.kinds.reader import Source
from leadline.kinds.readers.bson import BSON, ENTRIES
from leadline.model import locators
from leadline.model.progress import silent


def element(kind: int, name: str, value: bytes) -> bytes:
    return bytes([kind]) + name.encode() + b"\x00" + value


def document(*elements: bytes) -> bytes:
    """A document by the grammar of BSON 1.1: int32 length, elements, a zero."""
    body = b"".join(elements)
    return struct.pack("<i", len(body) + 5) + body + b"\x00"


def string(text: str) -> bytes:
    return struct.pack("<i", len(text.encode()) + 1) + text.encode() + b"\x00"


def read(path: Path) -> tuple[list[dict[str, object]], list[str], list[tuple[str, str]]]:
    (part,) = BSON.parts(Source(bytes(32), path), None, silent)
    rows, places, broken = [], [], []
    for batch in part.batches:
        rows += batch.rows.to_pylist()
        places += batch.locators.to_pylist()
        broken += [(b.locator, b.reason) for b in batch.broken]
    return rows, places, broken


HAND = document(
    element(0x07, "_id", bytes(range(12))),
    element(0x02, "username", string("Zoë")),
    element(0x09, "createdAt", struct.pack("<q", 1_500_000_000_123)),
    element(0x10, "level", struct.pack("<i", -3)),
    element(0x12, "coins", struct.pack("<q", 2**53 + 1)),
    element(0x01, "share", struct.pack("<d", 0.5)),
    element(0x08, "active", b"\x01"),
    element(0x0A, "gone", b""),
    element(0x05, "key", struct.pack("<i", 3) + b"\x00" + b"\x01\x02\x03"),
    element(0x05, "uuid", struct.pack("<i", 16) + b"\x04" + bytes(range(16))),
    element(0x04, "emails", document(element(0x03, "0", document(element(0x02, "address", string("z@example.org")))))),
    element(0x03, "profile", document(element(0x02, "note", string("x")))),
)


def test_each_type_as_the_specification_writes_it(tmp_path: Path) -> None:
    path = tmp_path / "users.bson"
    path.write_bytes(HAND * 2)
    assert BSON.sniff(HAND[:4096], path)
    rows, places, broken = read(path)
    assert rows == [
        {
            "_id": "000102030405060708090a0b",
            "username": "Zoë",
            "createdAt": "2017-07-14T02:40:00.123Z",
            "level": -3,
            "coins": 2**53 + 1,
            "share": 0.5,
            "active": "true",
            "gone": None,
            "key": b"\x01\x02\x03",
            "uuid": str(UUID(bytes=bytes(range(16)))),
            "emails.0.address": "z@example.org",
            "profile.note": "x",
        }
    ] * 2  # fmt: skip
    assert places == [f"byte:0-{len(HAND)}", f"byte:{len(HAND)}-{2 * len(HAND)}"]
    assert broken == []
    shown = dict(BSON.resolve(Source(bytes(32), path), locators.parse(places[1])))
    assert (shown["username"], shown["coins"]) == ("Zoë", 2**53 + 1)


def test_columns_are_all_that_any_document_has_and_what_one_lacks_is_nothing(tmp_path: Path) -> None:
    path = tmp_path / "x.bson"
    path.write_bytes(bson.encode({"a": 1}) + bson.encode({"b": "x"}) + bson.encode({"a": "y"}))
    assert read(path)[0] == [{"a": "1", "b": None}, {"a": None, "b": "x"}, {"a": "y", "b": None}]


def test_a_long_list_is_one_text_and_odd_values_are_text(tmp_path: Path) -> None:
    path = tmp_path / "x.bson"
    long = list(range(ENTRIES + 1))
    path.write_bytes(bson.encode({"l": long, "d": Decimal128("1.50"), "e": {}, "far": bson.DatetimeMS(10**17)}))
    assert read(path)[0] == [{"l": str(long), "d": "1.50", "e": None, "far": str(10**17)}]


def test_a_cut_file_gives_every_whole_document_and_one_reject(tmp_path: Path) -> None:
    path = tmp_path / "x.bson"
    path.write_bytes(HAND * 3 + HAND[:-7])
    rows, _, broken = read(path)
    assert len(rows) == 3
    assert broken == [(f"byte:{3 * len(HAND)}-{4 * len(HAND) - 7}", "cut_line")]


def test_a_damaged_document_is_one_reject_and_the_next_is_read(tmp_path: Path) -> None:
    path = tmp_path / "x.bson"
    bad = document(element(0x02, "a", struct.pack("<i", 1 << 20) + b"x\x00"))
    path.write_bytes(HAND + bad + HAND)
    rows, _, broken = read(path)
    assert len(rows) == 2
    assert broken == [(f"byte:{len(HAND)}-{len(HAND) + len(bad)}", "bad_row")]


def test_nothing_that_can_be_read_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "x.bson"
    path.write_bytes(document(element(0x02, "a", struct.pack("<i", 1 << 20) + b"x\x00")))
    with pytest.raises(EvidenceError):
        read(path)


@pytest.mark.parametrize("data", [b"", b"\x05\x00\x00\x00\x00", b"a,b\n1,2\n", b"\x16\x00\x00\x00\x02a\x00", HAND[:50]])
def test_what_is_no_document_is_not_taken_for_one(data: bytes, tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_bytes(data)
    assert not BSON.sniff(data[:4096], path)


scalars = st.one_of(
    st.none(), st.text(max_size=8), st.integers(-(2**63), 2**63 - 1), st.booleans(), st.binary(min_size=1, max_size=8),
    st.floats(allow_nan=False, allow_infinity=False),
    st.integers(-(2**31), 2**32).map(lambda second: datetime.fromtimestamp(second, UTC)),
)  # fmt: skip
names = st.text("abcdefgh", min_size=1, max_size=3)


@given(st.lists(st.dictionaries(names, scalars, min_size=1, max_size=5), min_size=1, max_size=6))
def test_what_pymongo_writes_comes_back(
    tmp_path_factory: pytest.TempPathFactory, rows: list[dict[str, object]]
) -> None:
    path = tmp_path_factory.mktemp("bson") / "x.bson"
    path.write_bytes(b"".join(bson.encode(row) for row in rows))
    (part,) = BSON.parts(Source(bytes(32), path), None, silent)
    (batch,) = part.batches
    for name in part.columns:
        wanted = [row.get(name) for row in rows]
        kinds = {type(value) for value in wanted} - {type(None)}
        got = batch.rows[name].to_pylist()
        if len(kinds) == 1 and kinds <= {int, str, float, bytes}:
            assert got == wanted
        else:
            assert [value is None for value in got] == [value is None for value in wanted]


def test_a_subtype_other_than_uuid_is_bytes(tmp_path: Path) -> None:
    path = tmp_path / "x.bson"
    path.write_bytes(bson.encode({"a": Binary(b"\x01\x02", 128)}))
    assert read(path)[0] == [{"a": b"\x01\x02"}]
