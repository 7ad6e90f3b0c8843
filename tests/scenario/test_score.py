"""The scorecard: a case that found everything scores everything; one that found nothing says so without failing."""

from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from leadline.model.catalog import TABLES
from leadline.model.findings import finding_id
from leadline.model.tables import empty
from leadline.scenario.people import People
from leadline.scenario.plan import RETURNING, Plan
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


@pytest.mark.parametrize(("apart", "measure"), [(True, "nobody decided"), (False, "decided so")])
def test_an_account_with_somebody_else_s_record_is_counted(
    apart: bool, measure: str, scored: Path, drawn: tuple[Plan, People]
) -> None:
    true = Truth(scored / "truth")
    seller = next(r for r in drawn[0].customers.to_pylist() if r["kind"] == "seller")
    buyer = next(p for p in true.payments if p["customer"] == seller["customer"])
    members = [account_ref(buyer["account"]), customer_ref(seller["customer"])]
    cores = members if apart else [members[0]] * 2
    table = pa.table(
        {"person": [f"person:{members[0]}"] * 2, "member": members, "core": [f"person:{core}" for core in cores]}
    )
    rows = {r["measure"]: r for r in link(true, lambda name: table if name == "membership" else nothing(name))}
    both = {m: rows[f"persons with another's record, {m}"]["value"] for m in ("nobody decided", "decided so")}
    assert both == {m: int(m == measure) for m in both}


def test_payers_are_counted_right_wrong_and_missed(scored: Path) -> None:
    true = Truth(scored / "truth")
    own = set(true.table("customers").filter(pc.equal(true.table("customers")["kind"], "own"))["customer"].to_pylist())
    paid = [p for p in true.payments if p["customer"] in own and p["service"] in RETURNING and p["stop"] is None]
    real = sorted({(account_ref(p["account"]), "payer_candidate", customer_ref(p["customer"])) for p in paid})
    wrong = (real[0][0], "payer_candidate", customer_ref("northgate/nobody"))
    decided = pa.table({"finding": [finding_id(*c) for c in (*real[1:], wrong)], "verdict": ["accepted"] * len(real)})
    tables = found([*real, wrong])
    rows = {r["measure"]: r for r in link(true, lambda name: decided if name == "decision" else tables(name))}
    part = round((len(real) - 1) / len(real), 6)
    assert rows["payers accepted: precision"]["value"] == rows["payers accepted: recall"]["value"] == part
