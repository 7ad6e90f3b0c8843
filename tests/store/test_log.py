"""The log is an RFC 6962 tree, and nothing in it can be changed, moved or dropped unseen."""

from collections.abc import Callable
from types import ModuleType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadline.errors import IntegrityError
from leadline.store.case import Case
from leadline.store.entry import Entry
from leadline.store.log import EMPTY_ROOT, Log, Tree, leaf_hash, parse, root_of


def _reference(leaves: list[bytes]) -> bytes:
    """RFC 6962 section 2.1, word for word."""
    if not leaves:
        return EMPTY_ROOT
    if len(leaves) == 1:
        return leaf_hash(leaves[0])
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    import hashlib

    return hashlib.sha256(b"\x01" + _reference(leaves[:k]) + _reference(leaves[k:])).digest()


@given(st.lists(st.binary(max_size=8), max_size=70))
def test_root_is_the_rfc_s(leaves: list[bytes]) -> None:
    assert root_of(leaves) == _reference(leaves)


def test_root_is_pymerkle_s(oracle: Callable[[str], ModuleType]) -> None:
    tree = oracle("pymerkle").InmemoryTree(algorithm="sha256")
    ours = Tree()
    for n in range(1, 130):
        leaf = f"entry {n}".encode()
        tree.append_entry(leaf)
        ours.add(leaf_hash(leaf))
        assert ours.root() == tree.get_root()


def test_every_append_is_one_entry_that_names_its_files(small: Case) -> None:
    acts = [(entry.act, len(entry.files)) for entry in small.log.entries]
    assert acts == [("created", 1), ("exhibit", 1), ("run", 2), ("run", 3)]
    assert small.log.root == root_of(small.log.lines)
    assert [entry.root for entry in small.log.entries] == [root_of(small.log.lines[:n]).hex() for n in range(4)]


def test_a_second_reader_sees_what_was_appended(small: Case) -> None:
    other = Log(small.layout.log)
    small.note("viewed", what="x")
    assert len(other.entries) == 4
    other.refresh()
    assert other.root == small.log.root


@pytest.mark.parametrize("change", ["drop", "swap", "edit", "spaces", "garbage"])
def test_a_changed_log_does_not_open(small: Case, change: str) -> None:
    lines = small.layout.log.read_bytes().splitlines(keepends=True)
    if change == "drop":
        del lines[1]
    elif change == "swap":
        lines[1], lines[2] = lines[2], lines[1]
    elif change == "edit":
        lines[1] = lines[1].replace(b'"act":"exhibit"', b'"act":"exhibix"')
    elif change == "spaces":
        lines[1] = lines[1].replace(b'"act":', b'"act": ')
    else:
        lines[1] = b"\xff\n"
    small.layout.log.write_bytes(b"".join(lines))
    with pytest.raises(IntegrityError, match="log line"):
        Log(small.layout.log)


def test_a_torn_line_does_not_count(small: Case) -> None:
    whole = small.layout.log.read_bytes()
    with small.layout.log.open("ab") as file:
        file.write(b'{"act":"ru')
    log = Log(small.layout.log)
    assert (log.torn, log.whole) == (10, len(whole))
    assert log.root == small.log.root


def test_an_entry_reads_back() -> None:
    entry = Entry(0, "2020-01-01T00:00:00.000000Z", "x", "viewed", {}, {"what": "y"}, EMPTY_ROOT.hex())
    assert parse(entry.line(), 0, EMPTY_ROOT) == entry
