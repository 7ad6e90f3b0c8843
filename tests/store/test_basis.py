"""The basis as an index: rows of one finding, without what was withdrawn, and the digest of all below it."""

import pytest

from leadline.model.findings import BASIS, basis_digest
from leadline.model.tables import empty, from_rows
from leadline.store.basis import Basis, Row, withdrawn_row

A, B, C, D = (bytes([n]) * 32 for n in (1, 2, 3, 4))
EXHIBIT, TAG, TX = "exhibit:" + "0a" * 32, "tag:" + "0b" * 32, "tx:" + "0c" * 32


def above(id_: bytes) -> Row:
    return ("finding", f"finding:{id_.hex()}", "", "for")


PLACE: Row = ("exhibit", EXHIBIT, "line:1", "for")
ENTRY: Row = ("tag", TAG, "entry:5", "against")
MERGE: Row = ("merge", TX, f"{TX}>rule:multi_input", "for")


@pytest.mark.parametrize(
    ("row", "withdrawn", "gone"),
    [
        (PLACE, {EXHIBIT}, True), (PLACE, {f"{EXHIBIT}#line:1"}, True), (PLACE, {f"{EXHIBIT}#line:2"}, False),
        (ENTRY, {TAG}, True), (ENTRY, {f"{TAG}#entry:5"}, True), (ENTRY, {f"{TAG}#entry:50"}, False),
        (MERGE, {TX}, True), (MERGE, {"rule:multi_input"}, True), (MERGE, {"rule:same_key"}, False),
        (("exhibit", EXHIBIT, f"{TX}>rule:multi_input", "for"), {"rule:multi_input"}, False),
        (PLACE, set(), False),
    ],
)  # fmt: skip
def test_a_row_goes_with_what_it_names_whole_or_by_its_place(row: Row, withdrawn: set[str], gone: bool) -> None:
    assert withdrawn_row(row, withdrawn) is gone


def basis(*rows: tuple[bytes, Row], without: tuple[str, ...] = ()) -> Basis:
    return Basis(from_rows(BASIS, [(id_, *row) for id_, row in rows]), without)


def test_the_rows_of_a_finding_are_its_own() -> None:
    found = basis((A, PLACE), (B, ENTRY), (B, MERGE), (D, PLACE))
    assert found.rows(A) == [PLACE] and set(found.rows(B)) == {ENTRY, MERGE} and found.rows(D) == [PLACE]
    assert found.rows(C) == found.rows(bytes(32)) == found.rows(b"\xff" * 32) == []
    assert basis((B, ENTRY), (B, MERGE), without=(TAG,)).rows(B) == [MERGE]
    assert Basis(empty(BASIS)).rows(A) == []


def test_the_digest_is_that_of_the_rows_with_those_of_the_findings_below() -> None:
    found = basis((A, PLACE), (B, above(A)), (B, ENTRY), (C, above(B)), (C, above(A)))
    one = basis_digest([PLACE], {})
    two = basis_digest([above(A), ENTRY], {above(A)[1]: one})
    three = basis_digest([above(B), above(A)], {above(A)[1]: one, above(B)[1]: two})
    assert (found.digest(C), found.digest(B), found.digest(A)) == (three, two, one)
    changed = basis((A, MERGE), (B, above(A)), (B, ENTRY), (C, above(B)), (C, above(A)))
    assert all(changed.digest(id_) != found.digest(id_) for id_ in (A, B, C))
    assert basis((A, PLACE), (B, above(A)), (B, ENTRY), without=(TAG,)).digest(B) != two


def test_findings_that_rest_on_each_other_have_digests_all_the_same() -> None:
    found = basis((A, above(B)), (B, above(A)), (B, PLACE))
    assert len(found.digest(A)) == 32
    assert found.digest(A) != basis((A, above(B)), (B, above(A)), (B, ENTRY)).digest(A)


def test_a_long_chain_of_findings_has_a_digest() -> None:
    ids = [n.to_bytes(32, "big") for n in range(3000)]
    rows = [(ids[0], PLACE), *((ids[n], above(ids[n - 1])) for n in range(1, len(ids)))]
    expected = basis_digest([PLACE], {})
    for n in range(1, len(ids)):
        expected = basis_digest([above(ids[n - 1])], {above(ids[n - 1])[1]: expected})
    assert basis(*rows).digest(ids[-1]) == expected
