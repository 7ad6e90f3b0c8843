"""What differs between two states of a case, on small tables; the trial itself is tried on the training case."""

from datetime import UTC, datetime
from typing import Any

import pyarrow as pa

from leadline.flow import withdrawal
from leadline.model import findings
from leadline.model.tables import from_columns

A, B, C, D = (bytes([n]) * 32 for n in (1, 2, 3, 4))
AT = datetime(2016, 1, 1, tzinfo=UTC)


def ids(*rows: bytes) -> pa.ChunkedArray:
    return pa.chunked_array([pa.array(rows, pa.binary(32))])


def releases(*rows: tuple[bytes, str]) -> pa.Table:
    filled: dict[str, Any] = {
        "payment": "outpoint:" + "00" * 32 + ":0", "service": "service:x", "value_sat": 5, "address": None, "hops": 0,
        "share_ppm": 1, "tagged_ppm": 0, "height": 1, "utc_low": AT, "utc_high": AT,
    }  # fmt: skip
    columns = {name: [value] * len(rows) for name, value in filled.items()}
    columns |= {
        "release_outpoint": [f"outpoint:{'00' * 32}:{n}" for n in range(len(rows))],
        "finding": [id_ for id_, _ in rows], "grade": [grade for _, grade in rows],
    }  # fmt: skip
    return from_columns(findings.RELEASE, {c.name: columns[c.name] for c in findings.RELEASE.columns})


def test_ids_that_are_missing_on_the_other_side_come_sorted() -> None:
    assert withdrawal._missing(ids(C, A, B), ids(B, D)) == (A, C)
    assert withdrawal._missing(ids(A), ids(A)) == ()


def test_the_grades_of_a_finding_are_those_of_all_its_releases_and_of_nobody_elses() -> None:
    table = releases((A, "recorded"), (A, "inferred"), (A, "recorded"), (B, "recorded"), (C, "inferred"))
    assert withdrawal._grades(table, [A, B, D]) == {A: "inferred,recorded", B: "recorded"}


def test_a_change_is_of_a_finding_that_stands_before_and_after() -> None:
    """A stands on both sides with another value, B only before, C only after; a table not keyed by findings is none."""

    def side(*rows: tuple[bytes, int]) -> pa.Table:
        return pa.table({"finding": pa.array([r[0] for r in rows], pa.binary(32)), "value_sat": [r[1] for r in rows]})

    differences = {
        "release": (side((D, 9), (A, 1), (B, 2)), side((A, 3), (C, 4))),
        "balance": (pa.table({"side": ["fee"], "value_sat": [1]}), pa.table({"side": ["fee"], "value_sat": [2]})),
    }
    assert list(withdrawal._changes(ids(A, B, D), ids(A, C, D), differences)) == [
        withdrawal.Change(A, "release", ({"value_sat": 1},), ({"value_sat": 3},)),
        withdrawal.Change(D, "release", ({"value_sat": 9},), ()),
    ]


def test_what_can_be_tried_is_what_can_be_taken_away() -> None:
    whole = "0a" * 32
    for ref in (
        f"exhibit:{whole}",
        f"tag:{whole}",
        f"tag:{whole}#entry:3",
        f"list:{whole}#entry:3",
        f"price:{whole}#line:2",
    ):
        assert withdrawal.can_be_tried(ref), ref
    for ref in (f"exhibit:{whole}#line:1", f"finding:{whole}", "ledger:regtest", f"decision:{whole}#x", "account:a/1"):
        assert not withdrawal.can_be_tried(ref), ref
