"""The scripted reviewer: valid refs and verdicts, no payer out of a seller, a broker or a lent account."""

import json
from pathlib import Path

from leadline.model.findings import VERDICTS
from leadline.model.predicates import PREDICATES
from leadline.model.refs import parse
from leadline.model.spans import read
from leadline.scenario import reviewer
from leadline.scenario.people import People
from leadline.scenario.plan import ChainTruth, Plan
from leadline.steps.link.rules import ALL
from leadline.store.decisions import decidable


def test_decisions_name_things_the_model_knows(
    drawn: tuple[Plan, People], fake_truth: ChainTruth, tmp_path: Path
) -> None:
    plan, people = drawn
    rows = [
        *reviewer.on_payments(plan, fake_truth), *reviewer.on_users(plan, people), *reviewer.on_persons(people),
    ]  # fmt: skip
    assert reviewer.write_decisions(tmp_path / "d.jsonl", rows) == len(rows)
    read = [json.loads(line) for line in (tmp_path / "d.jsonl").read_text(encoding="utf-8").splitlines()]
    assert read == rows
    claims = [(row["subject"], row["predicate"], row["object"]) for row in rows]
    assert len(set(claims)) == len(claims)
    for row in rows:
        known = PREDICATES[row["predicate"]]
        assert parse(row["subject"])[0] in known.subject and parse(row["object"])[0] in known.object
        assert row["verdict"] in VERDICTS and row["reason"] and not known.instead
        decidable(row, b"", current=True)


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
    people = drawn[1]
    sold = {reviewer.account_ref(r["account"]) for r in people.accounts.to_pylist() if r["user"] != r["creator"]}
    said = [r for r in reviewer.on_persons(people) if r["predicate"] == "same_person"]
    rejected = [r for r in said if r["verdict"] == "rejected"]
    assert sold and all({r["subject"], r["object"]} & sold for r in rejected)


def test_a_sold_account_is_its_buyers_from_the_sale_on(drawn: tuple[Plan, People]) -> None:
    plan, people = drawn
    sold = {reviewer.account_ref(r["account"]): r["sold"] for r in people.accounts.to_pylist() if r["sold"]}
    users = [r for r in reviewer.on_users(plan, people) if r["verdict"] == "accepted"]
    for row in users:
        since = read(row["value"]).start
        assert (since and int(since.timestamp())) == sold.get(row["subject"]) and read(row["value"]).end is None
    assert sold and len(users) > len(sold)


def test_a_reason_names_what_stands_against_and_never_denies_it() -> None:
    against = [("private_hops", "The coins passed through outputs between.")]
    said = reviewer.reason("accepted", "They agree.", against, 1)
    assert said.startswith("They agree. Against it stands: The coins passed") and "Accepted all the same" in said
    assert reviewer.reason("accepted", "They agree.", (), 2).startswith("They agree. Against it stands: 2 rows")
    assert reviewer.reason("accepted", "They agree.", (), 0) == "They agree. Nothing is listed against it."
    assert "Accepted" not in reviewer.reason("rejected", "They differ.", against, 1)
    assert set(reviewer.DESPITE) == {r.name for r in ALL if r.weight_ppm < 0}
