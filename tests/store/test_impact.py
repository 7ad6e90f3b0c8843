"""What rests on a ref is what following every basis row upwards finds, and the packages whose tables name it."""

from pathlib import Path
from types import ModuleType

import pytest

from leadline.errors import UsageError
from leadline.model import findings
from leadline.model.tables import from_rows
from leadline.store.case import Case
from leadline.store.impact import resting
from leadline.store.preview import Preview

Rows = list[tuple[bytes, str, str, str, str]]
EXHIBIT_LINE = "line:1"


def claims(n: int) -> list[tuple[bytes, str, str, str]]:
    """So many findings, each of another payment."""
    made = [("account:site/1", "received", f"outpoint:{'a' * 64}:{i}") for i in range(n)]
    return [(findings.finding_id(*claim), *claim) for claim in made]


def append(case: Case, version: int, spine: list[tuple[bytes, str, str, str]], basis: Rows) -> None:
    exhibit = next(iter(case.runs()[0].exhibits))
    tables = {"finding": from_rows(findings.FINDING, spine), "basis": from_rows(findings.BASIS, basis)}
    case.append_run("trace", "hand", version, {}, {"exhibit": exhibit}, tables, {})


class Tower:
    """Findings 0 to 4: on an exhibit, on the decision about 0, against 1, on a tag alone, for and against 0."""

    def __init__(self, case: Case, hand: ModuleType) -> None:
        self.case, self.tag = case, hand.TAG
        self.exhibit = f"exhibit:{next(iter(case.runs()[0].exhibits))}"
        spine = claims(5)
        self.ids = [row[0] for row in spine]
        append(case, 2, spine, self._basis([]))
        self.first = self._decided(spine[0])
        append(case, 3, spine, self._basis([(self.ids[1], "decision", f"decision:{self.first}", "", "for")]))
        self.third = self._decided(spine[2])
        self.other = self._decided(spine[3])

    def _basis(self, more: Rows) -> Rows:
        a, b, c, d, e = self.ids
        return [
            (a, "exhibit", self.exhibit, EXHIBIT_LINE, "for"),
            (c, "finding", f"finding:{b.hex()}", "", "against"),
            (d, "tag", self.tag, "entry:5", "for"),
            (e, "finding", f"finding:{a.hex()}", "", "for"),
            (e, "exhibit", self.exhibit, "line:2", "against"),
            *more,
        ]

    def _decided(self, row: tuple[bytes, str, str, str]) -> str:
        _, subject, predicate, object_ = row
        claim = {"subject": subject, "predicate": predicate, "object": object_}
        (made,) = self.case.decide([{**claim, "verdict": "accepted", "reason": "seen"}])
        return made.id

    def plain(self, first: set[bytes], gone: set[str]) -> tuple[set[bytes], set[str]]:
        """(findings, decisions) by following single rows until nothing is new."""
        above = {(r["ref"], r["finding"]) for r in self.case.current("basis").to_pylist()}
        about = {(d.finding, d.id) for d in self.case.all_decisions()}
        size = -1
        while size != len(first) + len(gone):
            size = len(first) + len(gone)
            gone = gone | {d for f, d in about if f in first}
            refs = {f"finding:{f.hex()}" for f in first} | {f"decision:{d}" for d in gone}
            first = first | {f for ref, f in above if ref in refs}
        return first, gone


@pytest.fixture
def tower(small: Case, hand: ModuleType) -> Tower:
    return Tower(small, hand)


def test_what_rests_on_a_ref_is_the_closure_over_single_rows(tower: Tower) -> None:
    a, b, c, d, e = tower.ids
    for ref, first, gone in (
        (tower.exhibit, {a, e}, set()),
        (f"{tower.exhibit}#line:1", {a}, set()),
        (f"{tower.exhibit}#line:2", {e}, set()),
        (f"finding:{a.hex()}", {a}, set()),
        (f"decision:{tower.first}", set(), {tower.first}),
        (tower.tag, {d}, set()),
        (f"{tower.tag}#entry:6", set(), set()),
    ):
        found = resting(tower.case, ref)
        assert ({id_ for id_, _ in found.findings}, set(found.decisions)) == tower.plain(first, gone)
        assert list(found.findings) == sorted(found.findings) and list(found.decisions) == sorted(found.decisions)
    whole = dict(resting(tower.case, tower.exhibit).findings)
    assert whole == {a: True, b: True, c: False, e: True}
    assert dict(resting(tower.case, f"{tower.exhibit}#line:2").findings) == {e: False}


@pytest.mark.parametrize(
    ("header", "row", "named"),
    [
        ("finding,note", "{below},x", True),
        ("finding,note", "{beside},x", False),
        ("id,verdict", "{below},accepted", True),
        ("id,verdict", "{decision},accepted", True),
        ("id,verdict", "{unrelated},accepted", False),
        ("finding,ref,locator", "{beside},{exhibit},line:9", True),
        ("finding,ref,locator", "{beside},{tag},entry:5", False),
        ("other,value", "{below},{exhibit}", False),
    ],
)
def test_a_package_rests_on_it_where_a_row_names_it(
    tower: Tower, tmp_path: Path, header: str, row: str, named: bool
) -> None:
    values = {"below": tower.ids[0].hex(), "beside": tower.ids[3].hex(), "decision": tower.third,
              "unrelated": tower.other, "exhibit": tower.exhibit, "tag": tower.tag}  # fmt: skip
    folder = tmp_path / "package" / "data" / "tables"
    folder.mkdir(parents=True)
    (folder / "rows.csv").write_text(f"{header}\n{row.format(**values)}\n")
    tower.case.add_package("us-1", tmp_path / "package", {})
    assert resting(tower.case, tower.exhibit).packages == (("us-1",) if named else ())


def test_a_package_names_one_row_of_a_pin_and_a_rule_of_a_merge(tower: Tower, hand: ModuleType, tmp_path: Path) -> None:
    folder = tmp_path / "package" / "data" / "tables"
    folder.mkdir(parents=True)
    rows = f"x,{hand.TAG},entry:7\ny,{hand.MERGE},{hand.MERGE}>rule:multi_input\n"
    (folder / "basis.csv").write_text(f"finding,ref,locator\n{rows}")
    tower.case.add_package("us-1", tmp_path / "package", {})
    for ref, packages in (
        (f"{hand.TAG}#entry:7", ("us-1",)),
        (f"{hand.TAG}#entry:8", ()),
        ("rule:multi_input", ("us-1",)),
        ("rule:dust", ()),
    ):
        assert resting(tower.case, ref).packages == packages


def test_a_decision_that_is_not_there_is_refused(tower: Tower) -> None:
    with pytest.raises(UsageError, match="no such decision"):
        resting(tower.case, f"decision:{'0' * 64}")


def test_a_preview_lists_its_runs_as_they_were_appended_and_writes_nothing(small: Case, hand: ModuleType) -> None:
    before = sorted(p for p in small.root.rglob("*"))
    held = [run.id for run in small.runs()]
    preview = Preview(small, small.settings)
    for version in (2, 3, 2):
        append(preview, version, claims(version), [])
    assert [run.version for run in preview.runs()[len(held) :]] == [3, 2]
    assert [run.id for run in preview.runs()[: len(held)]] == held
    assert preview.current("finding").num_rows == 2, "the one appended last counts"
    with pytest.raises(UsageError):
        preview.decide([{**hand.CLAIM, "verdict": "accepted", "reason": "seen"}])
    assert sorted(p for p in small.root.rglob("*")) == before and [run.id for run in small.runs()] == held
