"""Which runs count: the last of each place, without what was withdrawn and what stood in that alone."""

import hashlib
import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from leadline.errors import IntegrityError, UsageError
from leadline.model import findings
from leadline.model.tables import empty, from_rows
from leadline.store import runs
from leadline.store.runs import Run

A, B, C, BOX, OUTER = (f"{n:02x}" * 32 for n in range(10, 15))


def run(step: str, method: str, params: dict[str, Any], **inputs: str) -> Run:
    named = {key.replace("_", ":"): value for key, value in inputs.items()}
    return Run(runs.run_id(step, method, 1, params, named), step, method, 1, params, named, {}, {})


def reading(exhibit: str, map_: str = "m") -> Run:
    return run("intake", "intake", {"map": map_}, exhibit=exhibit)


def place(exhibit: str, parent: str | None = None) -> Run:
    return run("intake", "occurrence", {"parent": parent, "of": exhibit}, exhibit=exhibit)


def names(found: list[Run]) -> set[str]:
    return {one.id for one in found}


def test_the_id_is_the_digest_of_what_was_read_as_canonical_json() -> None:
    text = json.dumps(["trace", "walk", 3, {"hops": 4}, {"ledger": "ab"}], sort_keys=True, separators=(",", ":"))
    expected = f"trace-{hashlib.sha256(text.encode()).hexdigest()[:16]}"
    assert runs.run_id("trace", "walk", 3, {"hops": 4}, {"ledger": "ab"}) == expected
    assert runs.run_id("trace", "walk", 4, {"hops": 4}, {"ledger": "ab"}) != expected


def test_the_last_run_of_a_step_and_the_last_reading_of_each_exhibit_are_current() -> None:
    old, new = run("trace", "walk", {"n": 1}), run("trace", "other", {"n": 2})
    first, again, other = reading(A), reading(A, "better"), reading(B)
    where, there = place(A), place(A, BOX)
    known = [old, first, where, other, new, again, there]
    found = runs.current(known)
    assert names(found) == names([new, again, other, where, there])
    assert [one.id for one in found] == sorted(one.id for one in found)
    assert names(runs.current([*known, old])) == names([old, again, other, where, there]), "the last to become current"


def test_a_reading_that_was_withdrawn_gives_way_to_the_one_before_it() -> None:
    first, again = reading(A), reading(A, "wrong")
    assert runs.current([first, again], {f"run:{again.id}"}) == [first]
    assert runs.current([first, again], {f"run:{first.id}"}) == [again]
    assert runs.current([first], {f"run:{first.id}", f"exhibit:{B}"}) == []


def test_what_stood_in_a_withdrawn_container_alone_falls_with_it_however_deep() -> None:
    """A in BOX in OUTER; B in BOX and by itself; C has no place."""
    everything = [
        *(reading(digest) for digest in (A, B, C)), place(OUTER), place(BOX, OUTER), place(A, BOX), place(B, BOX),
        place(B),
    ]  # fmt: skip
    gone = {f"exhibit:{OUTER}"}
    assert runs.fallen(everything, gone) == {OUTER, BOX, A}
    assert names(runs.current(everything, gone)) == names([reading(B), reading(C), place(B)])
    assert runs.fallen(everything, {f"exhibit:{BOX}"}) == {BOX, A}
    assert runs.fallen(everything, {f"exhibit:{C}", "tag:x"}) == {C}
    assert runs.fallen(everything, {"tag:x"}) == runs.fallen(everything, ()) == frozenset()
    own = place(B)
    assert runs.fallen(everything, {*gone, f"run:{own.id}"}) == {OUTER, BOX, A, B}, "its other place is gone too"


def test_a_run_reads_the_exhibits_that_its_inputs_name() -> None:
    assert run("intake", "intake", {}, exhibit=A, exhibit_1=B, map=C).exhibits == {A, B}
    assert run("trace", "walk", {}, ledger=A).exhibits == frozenset()


def test_a_run_is_written_and_read_back_and_one_that_was_changed_is_refused(tmp_path: Path) -> None:
    made = Run(
        runs.run_id("rank", "r", 2, {"a": "é"}, {"x": "y"}), "rank", "r", 2, {"a": "é"}, {"x": "y"},
        {"band": ("00" * 32, 7)}, {"python": "3"},
    )  # fmt: skip
    data = runs.to_json(made)
    assert data.isascii() and data.endswith(b"}\n")
    assert runs.from_json(data, "here") == made
    assert json.loads(data)["tables"] == {"band": {"digest": "00" * 32, "rows": 7}}
    for changed in (data.replace(b'"version": 2', b'"version": 3'), b"{}", b"[]", b"\xff", data[:-9]):
        with pytest.raises(IntegrityError) as refused:
            runs.from_json(changed, "here")
        assert refused.value.where == "here" and refused.value.remedy


def test_the_digest_of_a_table_over_runs_is_that_of_the_parts_that_hold_rows() -> None:
    def of(**tables: tuple[str, int]) -> Run:
        return Run("x", "x", "x", 1, {}, {}, tables, {})

    one, two = of(event=("bb", 3), gap=("cc", 1)), of(event=("aa", 2))
    assert runs.inputs_digest([one], "event") == "bb"
    assert runs.inputs_digest([one, of(event=("dd", 0))], "event") == "bb"
    assert runs.inputs_digest([of(event=("dd", 0))], "event") == runs.inputs_digest([one], "nothing") == "empty"
    assert runs.inputs_digest([one, two], "event") == hashlib.sha256(b"aa\nbb").hexdigest()


def test_a_table_is_kept_in_key_order_and_only_one_that_a_case_holds() -> None:
    rows = [(bytes([n]) * 32, "rule", "for", 5, "says") for n in (2, 1)]
    table = from_rows(findings.LINK, rows)
    shuffled = table.take(pa.array([1, 0]))
    ordered, (digest, count) = runs.digested("link", shuffled)
    assert ordered.equals(table) and count == 2 and len(digest) == 64
    assert runs.digested("link", table)[1] == (digest, 2)
    with pytest.raises(UsageError, match="no_such"):
        runs.digested("no_such", empty(findings.LINK))
