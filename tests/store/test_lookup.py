"""What a beginning of an id names: one thing, none, or several, at the very edges of the range."""

import dataclasses
from hashlib import sha256
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from leadline.errors import UsageError
from leadline.model.findings import FINDING, LINK, PAYMENT
from leadline.model.tables import empty, from_rows
from leadline.store.case import Case
from leadline.store.findings import Findings
from leadline.store.lookup import find_claim, find_exhibit, find_id, whole_ref
from leadline.store.settings import Pinned

IDS = [bytes.fromhex(t) for t in ("abcdef" + "00" * 29, "abcdef" + "ff" * 29, "abcdf0" + "00" * 29, "12" * 32)]


@pytest.fixture
def case(small: Case) -> Case:
    """The small case with four findings more, three of which begin nearly alike."""
    rows = [(id_, f"account:site/{n}", "received", f"outpoint:{n:064x}:0") for n, id_ in enumerate(IDS)]
    small.append_run("link", "hand", 1, {}, {}, {"finding": from_rows(FINDING, rows)}, {})
    return small


@pytest.mark.parametrize(
    ("text", "at"),
    [("abcdef0", 0), ("abcdeff", 1), ("abcdf0", 2), ("finding:ABCDF0", 2), ("121212", 3), ("12" * 32, 3)],
)
def test_a_beginning_names_the_one_finding_that_has_it(case: Case, text: str, at: int) -> None:
    assert find_id(case, text) == IDS[at]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("abcdef", "2 findings begin so"), ("abcde0", "no current finding has this id"),
        ("abcdf1", "no current finding has this id"), ("abcde", "not a finding's id"),
        ("abcdeg0", "not a finding's id"),
    ],
)  # fmt: skip
def test_what_names_none_or_several_is_refused(case: Case, text: str, says: str) -> None:
    with pytest.raises(UsageError) as refused:
        find_id(case, text)
    assert refused.value.what == says and refused.value.remedy


def test_an_exhibit_is_named_likewise(small: Case) -> None:
    (whole,) = small.runs()[0].exhibits
    for text in (whole, whole[:6], f"exhibit:{whole[:7].upper()}"):
        assert find_exhibit(small, text) == whole
    wrong = ("0" if whole[5] != "0" else "1").join((whole[:5], ""))
    for text, says in ((whole[:5], "not an exhibit's digest"), (wrong, "the case holds no such exhibit")):
        with pytest.raises(UsageError) as refused:
            find_exhibit(small, text)
        assert refused.value.what == says


def test_two_exhibits_that_begin_alike_are_told_apart_by_more(small: Case, tmp_path: Path) -> None:
    """Found by trying texts until two digests share their first digits."""
    seen: dict[str, int] = {}
    for n in range(1 << 16):
        start = sha256(str(n).encode()).hexdigest()[:6]
        if start in seen:
            break
        seen[start] = n
    digests = []
    for number in (seen[start], n):
        (tmp_path / "same").write_text(str(number))
        digests.append(small.add_exhibit(tmp_path / "same"))
    assert digests[0][:6] == digests[1][:6]
    with pytest.raises(UsageError, match="2 exhibits begin so"):
        find_exhibit(small, start)
    assert [find_exhibit(small, digest[:20]) for digest in digests] == digests


def test_a_claim_is_said_of_a_current_finding_alone(case: Case) -> None:
    assert find_claim(case, IDS[2]) == ("account:site/2", "received", f"outpoint:{2:064x}:0")
    with pytest.raises(UsageError):
        find_claim(case, bytes(32))


def test_findings_of_a_predicate_come_with_the_rows_about_them(case: Case) -> None:
    rules = [(id_, "rule", "for", 5, "says") for id_ in (IDS[0], bytes(32))]
    tables: dict[str, pa.Table] = {"link": from_rows(LINK, rules)}

    def current(name: str) -> Any:
        return tables[name] if name in tables else case.current(name)

    found = Findings.of("received", current)
    assert len(found) == 5 and set(IDS) < set(found.arrow()["id"].to_pylist())
    assert found.family("link")["finding"].to_pylist() == [IDS[0]]
    assert found.family("payment").equals(empty(PAYMENT))
    for name in ("event", "no_such"):
        with pytest.raises(UsageError):
            found.family(name)
    with pytest.raises(UsageError, match="no_such"):
        Findings.of("no_such", current)


def test_a_pin_or_an_exhibit_is_named_whole_by_a_beginning(small: Case) -> None:
    (exhibit,) = small.runs()[0].exhibits
    digests = ["ab" * 32, "ab" * 3 + "cd" * 29]
    pins = tuple(Pinned("tag", f"{n}.yaml", "x", digest) for n, digest in enumerate(digests))
    case = replace_settings(small, pins)
    assert whole_ref(case, f"exhibit:{exhibit[:8]}") == f"exhibit:{exhibit}"
    assert whole_ref(case, "tag:abababcd#entry:5") == f"tag:{digests[1]}#entry:5"
    assert whole_ref(case, f"tag:{digests[0]}") == f"tag:{digests[0]}"
    for same in ("tag:abab", "list:abababcd", "rule:dust", "tx:" + "ab" * 32, "nothing"):
        assert whole_ref(case, same) == same
    with pytest.raises(UsageError, match="2 of the pinned begin so"):
        whole_ref(case, "tag:ababab")


def replace_settings(case: Case, pins: tuple[Pinned, ...]) -> Case:
    case.change(dataclasses.replace(case.settings, pins=pins), "test", {})
    return case
