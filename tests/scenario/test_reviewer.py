"""The scripted reviewer: valid refs and verdicts, no payer out of a seller, a broker or a lent account."""

import json
from pathlib import Path

from leadline.model.predicates import PREDICATES
from leadline.model.refs import parse
from leadline.model.spans import read
from leadline.model.words import VERDICTS
from leadline.scenario import reviewer
from leadline.scenario.mistakes import draw
from leadline.scenario.people import People
from leadline.scenario.plan import ChainTruth, Plan
from leadline.steps.link.rules import ALL
from leadline.store.decisions import decidable


def test_decisions_name_things_the_model_knows(
    drawn: tuple[Plan, People], fake_truth: ChainTruth, tmp_path: Path
) -> None:
    plan, people = drawn
    rows = [
        *reviewer.on_payments(plan, fake_truth),
        *reviewer.on_users(plan, people, fake_truth),
        *reviewer.on_persons(people),
    ]
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


def test_payers_are_accepted_only_on_their_own_records_but_for_slips_and_false_answers(
    drawn: tuple[Plan, People], fake_truth: ChainTruth
) -> None:
    plan = drawn[0]
    kinds = dict(zip(plan.customers["customer"].to_pylist(), plan.customers["kind"].to_pylist(), strict=True))
    slips = {(reviewer.account_ref(a), reviewer.customer_ref(c)) for a, c in reviewer.slipped(plan, fake_truth)}
    named = {reviewer.customer_ref(m.instead) for m in draw(7, fake_truth.payments, fake_truth.withdrawals).values()
             if m.instead}  # fmt: skip
    verdicts: dict[str, set[str]] = {}
    slipped = set()
    for row in reviewer.on_payments(plan, fake_truth):
        if row["predicate"] != "payer_candidate":
            continue
        if (row["subject"], row["object"]) in slips:
            slipped.add(row["verdict"])
        elif row["object"] not in named:
            verdicts.setdefault(kinds[row["object"].removeprefix("customer:")], set()).add(row["verdict"])
    assert slipped == {"accepted", "rejected"}  # each verdict was given where the other was right
    assert verdicts["own"] == {"accepted"}
    assert verdicts["seller"] == verdicts["broker"] == {"rejected"}
    assert verdicts.get("borrowed", {"rejected"}) == {"rejected"}
    assert verdicts.get("household", {"unsure"}) == {"unsure"}


def test_a_denial_is_entered_as_a_rejected_release(drawn: tuple[Plan, People], fake_truth: ChainTruth) -> None:
    wrong = draw(7, fake_truth.payments, fake_truth.withdrawals)
    denied = {
        f"outpoint:{r['txid']}:{r['vout']}" for r in fake_truth.payments.to_pylist()
        if (m := wrong.get((r["release_txid"], r["release_vout"]))) and m.kind == "denied"
    }  # fmt: skip
    rows = [r for r in reviewer.on_payments(drawn[0], fake_truth) if r["predicate"] == "released"]
    assert {r["object"] for r in rows if r["verdict"] == "rejected"} == denied and denied


def test_sold_accounts_are_not_their_sellers(drawn: tuple[Plan, People]) -> None:
    people = drawn[1]
    sold = {reviewer.account_ref(r["account"]) for r in people.accounts.to_pylist() if r["user"] != r["creator"]}
    said = [r for r in reviewer.on_persons(people) if r["predicate"] == "same_person"]
    rejected = [r for r in said if r["verdict"] == "rejected"]
    assert sold and all({r["subject"], r["object"]} & sold for r in rejected)


def test_a_sold_account_is_its_buyers_from_the_sale_on(drawn: tuple[Plan, People], fake_truth: ChainTruth) -> None:
    plan, people = drawn
    sold = {reviewer.account_ref(r["account"]): r["sold"] for r in people.accounts.to_pylist() if r["sold"]}
    users = [r for r in reviewer.on_users(plan, people, fake_truth) if r["verdict"] == "accepted"]
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
