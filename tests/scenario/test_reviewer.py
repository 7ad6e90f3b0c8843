"""The scripted reviewer: valid refs and verdicts, no payer out of a seller, a broker or a lent account."""

import json
from pathlib import Path

from leadline.model.findings import VERDICTS
from leadline.model.predicates import PREDICATES
from leadline.model.refs import parse
from leadline.scenario import reviewer
from leadline.scenario.enquiries import draw_enquiries
from leadline.scenario.people import People
from leadline.scenario.plan import ChainTruth, Plan


def test_decisions_name_things_the_model_knows(
    drawn: tuple[Plan, People], fake_truth: ChainTruth, tmp_path: Path
) -> None:
    plan, people = drawn
    rows = [*reviewer.on_payments(plan, fake_truth), *reviewer.on_persons(people, draw_enquiries(plan, people))]
    assert reviewer.write_decisions(tmp_path / "d.jsonl", rows) == len(rows)
    read = [json.loads(line) for line in (tmp_path / "d.jsonl").read_text(encoding="utf-8").splitlines()]
    assert read == rows
    claims = [(row["subject"], row["predicate"], row["object"]) for row in rows]
    assert len(set(claims)) == len(claims)
    for row in rows:
        known = PREDICATES[row["predicate"]]
        assert parse(row["subject"])[0] in known.subject and parse(row["object"])[0] in known.object
        assert row["verdict"] in VERDICTS and row["reason"]


def test_payers_are_accepted_only_on_their_own_records(drawn: tuple[Plan, People], fake_truth: ChainTruth) -> None:
    kinds = dict(zip(drawn[0].customers["customer"].to_pylist(), drawn[0].customers["kind"].to_pylist(), strict=True))
    verdicts: dict[str, set[str]] = {}
    for row in reviewer.on_payments(drawn[0], fake_truth):
        if row["predicate"] == "payer_candidate":
            verdicts.setdefault(kinds[row["object"].removeprefix("customer:")], set()).add(row["verdict"])
    assert verdicts["own"] == {"accepted"}
    assert verdicts["seller"] == verdicts["broker"] == {"rejected"}
    assert verdicts.get("borrowed", {"rejected"}) == {"rejected"} and verdicts.get("household", {"unsure"}) == {
        "unsure"
    }


def test_sold_accounts_are_not_their_sellers(drawn: tuple[Plan, People]) -> None:
    plan, people = drawn
    sold = {reviewer.account_ref(r["account"]) for r in people.accounts.to_pylist() if r["user"] != r["creator"]}
    said = [r for r in reviewer.on_persons(people, draw_enquiries(plan, people)) if r["predicate"] == "same_person"]
    rejected = [r for r in said if r["verdict"] == "rejected"]
    assert sold and all({r["subject"], r["object"]} & sold for r in rejected)
