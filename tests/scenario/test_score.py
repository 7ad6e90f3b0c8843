"""The scorecard: a case that found everything scores everything; one that found nothing says so without failing."""

from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pytest

from leadline.model.catalog import TABLES
from leadline.model.findings import finding_id
from leadline.model.tables import empty
from leadline.scenario.people import People
from leadline.scenario.plan import ChainTruth, Plan
from leadline.scenario.reviewer import account_ref, customer_ref
from leadline.scenario.score import scorecard
from leadline.scenario.score.link import link
from leadline.scenario.score.trace import trace
from leadline.scenario.score.truth import Truth, tagged_service

Tables = Callable[[str], pa.Table]


def nothing(name: str) -> pa.Table:
    """Every table empty."""
    return empty(TABLES[name])


def found(claims: list[tuple[str, str, str]]) -> Tables:
    """A case that makes these claims, releases without a hop, and has no other table."""
    ids = [finding_id(*claim) for claim in claims]
    columns = [list(c) for c in zip(*claims, strict=True)]
    spine = pa.table(
        {"id": pa.array(ids, pa.binary(32)), "subject": columns[0], "predicate": columns[1], "object": columns[2]}
    )
    free = [(subject, object_) for subject, predicate, object_ in claims if predicate == "released"]
    release = pa.table({"payment": [o for _, o in free], "service": [s for s, _ in free], "hops": [0] * len(free)})
    return lambda name: {"finding": spine, "release": release}.get(name, nothing(name))


def test_a_case_that_found_nothing_says_so(scored: Path) -> None:
    rows = scorecard(scored, nothing)
    assert {r["step"] for r in rows} == {"intake", "trace", "match", "link", "rank", "refer", "restitute"}
    assert all(set(r) == {"step", "measure", "value", "truth", "n", "seconds", "peak_mb"} for r in rows)
    values = {r["measure"]: r for r in rows}
    assert values["payments found"]["value"] == 0 and values["payments found"]["truth"] == 48
    assert values["direct: precision of the releasing service"]["value"] is None
    assert values["direct: recall of the releasing service"]["value"] == 0.0


def test_right_and_wrong_claims_are_told_apart(scored: Path) -> None:
    true = Truth(scored / "truth")
    direct = [p for p in true.payments if p["route"] == "direct" and tagged_service(p)]
    claims = [(f"service:{p['service']}", "released", p["outpoint"]) for p in direct]
    claims += [(account_ref(p["account"]), "received", p["outpoint"]) for p in true.payments]
    rows = {r["measure"]: r for r in trace(true, found(claims))}
    assert rows["payments found"]["value"] == len(true.payments)
    assert rows["direct: precision of the releasing service"]["value"] == 1.0
    wrong = [*claims, ("service:millrace", "released", direct[0]["outpoint"])]
    rows = {r["measure"]: r for r in trace(true, found(wrong))}
    assert rows["direct: precision of the releasing service"]["value"] < 1.0
    named = [(customer_ref(p["customer"]), "customer_of_record", p["outpoint"]) for p in direct if p["customer"]]
    rows = {r["measure"]: r for r in link(true, found(named))}
    assert rows["customer of record: precision"]["value"] == 1.0
    assert 0 < rows["customer of record: recall"]["value"] < 1.0


@pytest.mark.parametrize(("state", "measure"), [("suggested", "nobody decided"), ("decided", "decided so")])
def test_an_account_with_somebody_else_s_record_is_counted(
    state: str, measure: str, scored: Path, drawn: tuple[Plan, People], fake_truth: ChainTruth
) -> None:
    true = Truth(scored / "truth")
    seller = next(r for r in drawn[0].customers.to_pylist() if r["kind"] == "seller")
    buyer = next(p for p in true.payments if p["customer"] == seller["customer"])
    members = [(account_ref(buyer["account"]), "key"), (customer_ref(seller["customer"]), state)]
    table = pa.table(
        {
            "person": [f"person:{members[0][0]}"] * 2,
            "member": [m for m, _ in members],
            "finding": pa.nulls(2, pa.binary(32)),
            "state": [s for _, s in members],
        }
    )
    rows = {r["measure"]: r for r in link(true, lambda name: table if name == "membership" else nothing(name))}
    assert rows[f"persons with another's record, {measure}"]["value"] == 1
