"""The basis that the report prints: everything below, each once, and what speaks against named as that."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from leadline.kinds.writers.report.sources import closure, sources


def id_(n: int) -> bytes:
    return bytes([n]) * 32


def rests(ref: str, kind: str = "exhibit", role: str = "for", locator: str = "") -> dict[str, Any]:
    return {"kind": kind, "ref": ref, "locator": locator, "role": role}


def below(n: int, role: str = "for") -> dict[str, Any]:
    return rests(f"finding:{id_(n).hex()}", "finding", role)


@given(st.dictionaries(st.integers(0, 9), st.sets(st.integers(0, 9)), max_size=10), st.sets(st.integers(0, 9)))
def test_closure_is_all_that_can_be_reached_each_once(edges: dict[int, set[int]], first: set[int]) -> None:
    """Against the plain fixed point; loops end too."""
    reached = set(first)
    while more := {b for a in reached for b in edges.get(a, ())} - reached:
        reached |= more
    basis = {id_(a): [below(b) for b in sorted(bs)] for a, bs in edges.items()}
    found = closure([id_(n) for n in sorted(first)], basis)
    assert len(found) == len(set(found)) and set(found) == {id_(n) for n in reached}
    assert found[: len(first)] == [id_(n) for n in sorted(first)]


def test_what_speaks_against_is_printed_last_and_as_against() -> None:
    basis = {id_(1): [rests("exhibit:b", role="against", locator="line:2"), rests("exhibit:a", locator="line:1")]}
    (found,) = sources([id_(1)], {id_(1): {"predicate": "located_in"}}, basis)
    assert [(r["role"], r["ref"], r["places"]) for r in found["rows"]] == [
        ("for", "exhibit:a", "line:1"),
        ("against", "exhibit:b", "line:2"),
    ]


def test_findings_about_coins_are_one_entry_and_leave_places_on_the_chain_to_the_tables() -> None:
    findings = {id_(n): {"predicate": "received" if n < 3 else "located_in"} for n in (1, 2, 3)}
    basis = {
        id_(n): [rests("exhibit:a", locator=f"line:{n}"), rests("ledger:regtest", "ledger", locator=f"out:{n}")]
        for n in (1, 2, 3)
    }
    coins, place = sources([id_(1), id_(2), id_(3)], findings, basis)
    assert (coins["finding"], place["finding"]) == ("2 findings", id_(3).hex()[:12])
    assert [(r["ref"], r["places"]) for r in coins["rows"]] == [("exhibit:a", "line:1  line:2"), ("ledger:regtest", "")]
    assert [(r["ref"], r["places"]) for r in place["rows"]] == [
        ("exhibit:a", "line:3"),
        ("ledger:regtest", "out:3"),
    ]


def test_every_finding_below_is_named_of_one_finding() -> None:
    findings = {id_(1): {"predicate": "payer_candidate"}}
    (found,) = sources([id_(1)], findings, {id_(1): [below(7), rests("exhibit:a"), below(8)]})
    assert [(r["ref"], r["places"]) for r in found["rows"]] == [
        ("exhibit:a", ""),
        ("findings", f"{id_(7).hex()[:12]}  {id_(8).hex()[:12]}"),
    ]
