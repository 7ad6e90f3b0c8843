"""Link: who is suggested, what stands against, and that only a decision makes a payer."""

from datetime import UTC, datetime

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadline.model import findings
from leadline.model.tables import from_rows
from leadline.steps.link import SPEC, rules
from leadline.steps.link.persons import Groups

TX = "ab" * 32
RELEASE = f"outpoint:{'cd' * 32}:1"
PAYMENT = f"outpoint:{TX}:0"
OTHER = f"outpoint:{TX}:3"
T0 = datetime(2016, 1, 1, tzinfo=UTC)


@pytest.fixture
def case(records):
    """One payment released by one exchange to one customer, and a second account with the customer's telephone."""
    return {
        "account": records(
            "account",
            {"account": "account:site/1", "role": "user", "utc_low": T0, "utc_high": T0},
            {"account": "account:site/2", "role": "user"},
        ),
        "customer": records(
            "customer",
            {"customer": "customer:northgate/a", "service": "service:northgate", "name": "x", "born": "1980-01-01",
             "country": "us", "holder": "individual"},
        ),
        "identifier": records(
            "identifier",
            {"subject": "account:site/2", "kind": "phone", "value": "+999 1", "normal": "+9991"},
            {"subject": "customer:northgate/a", "kind": "phone", "value": "+9991", "normal": "+9991"},
        ),
        "event": records(
            "event",
            {"event": "event:northgate/withdrawal/1", "subject": "customer:northgate/a", "kind": "withdrawal",
             "object": "tx:" + "cd" * 32, "address": "addr", "amount_sat": 5},
        ),
        "payment": records(
            "payment",
            {"finding": b"p" * 32, "account": "account:site/1", "outpoint": PAYMENT, "value_sat": 5, "utc_low": T0,
             "utc_high": T0},
        ),
        "release": records(
            "release",
            {"finding": b"r" * 32, "payment": PAYMENT, "service": "service:northgate", "release_outpoint": RELEASE,
             "value_sat": 5, "address": "addr", "hops": 0, "share_ppm": 1_000_000, "grade": "recorded"},
        ),
    }  # fmt: skip


def decide(*rows):
    """A decision table."""
    return from_rows(
        findings.DECISION, [(b"d" * 32, id_, verdict, None, "r", b"b" * 32, "n", T0, False) for id_, verdict in rows]
    )


def claims(out, predicate):
    """(subject, object) of every finding with a predicate."""
    return {(r["subject"], r["object"]) for r in out["finding"].to_pylist() if r["predicate"] == predicate}


def test_a_return_names_a_customer_of_record_and_a_candidate_but_no_person(hand_inputs, case):
    out = SPEC.run(hand_inputs(SPEC, case))
    assert claims(out, "customer_of_record") == {("customer:northgate/a", PAYMENT)}
    assert claims(out, "payer_candidate") == {("account:site/1", "customer:northgate/a")}
    person_of = {r["member"]: r["person"] for r in out["membership"].to_pylist()}
    assert person_of["account:site/1"] != person_of["customer:northgate/a"]
    assert person_of["account:site/2"] == person_of["customer:northgate/a"]


def test_an_accepted_candidate_joins_a_rejected_one_keeps_apart(hand_inputs, case):
    candidate = findings.finding_id("account:site/1", "payer_candidate", "customer:northgate/a")
    out = SPEC.run(hand_inputs(SPEC, case, decided=decide((candidate, "accepted"))))
    rows = {r["member"]: r for r in out["membership"].to_pylist()}
    assert rows["customer:northgate/a"]["person"] == "person:account:site/1"
    assert rows["customer:northgate/a"]["state"] == "decided"
    assert claims(out, "located_in") == {("person:account:site/1", "jurisdiction:us")}
    out = SPEC.run(hand_inputs(SPEC, case, decided=decide((candidate, "rejected"))))
    assert ("person:account:site/1", "jurisdiction:unknown") in claims(out, "located_in")


def test_another_address_in_the_same_batch_is_not_the_release(hand_inputs, case, records):
    case["event"] = records(
        "event",
        {"event": "event:northgate/withdrawal/1", "subject": "customer:northgate/a", "kind": "withdrawal",
         "object": "tx:" + "cd" * 32, "address": "another", "amount_sat": 5},
    )  # fmt: skip
    out = SPEC.run(hand_inputs(SPEC, case))
    assert claims(out, "customer_of_record") == set()


def test_one_batch_that_pays_an_address_twice_is_told_apart_by_amount(hand_inputs, case, records):
    row = case["event"].to_pylist()[0]
    names = ("event", "subject", "kind", "object", "address", "amount_sat")
    other = {"event": "event:northgate/withdrawal/2", "subject": "customer:northgate/b", "amount_sat": 6}
    case["event"] = records("event", {k: row[k] for k in names}, {**{k: row[k] for k in names}, **other})
    out = SPEC.run(hand_inputs(SPEC, case))
    assert claims(out, "customer_of_record") == {("customer:northgate/a", PAYMENT)}
    assert "two_returned" not in out["link"].column("rule").to_pylist()


def test_a_broker_stands_against_his_candidate(hand_inputs, case, records):
    row = {**case["customer"].to_pylist()[0], "holder": "broker"}
    case["customer"] = records("customer", row)
    out = SPEC.run(hand_inputs(SPEC, case))
    spoke = {r["rule"]: r["role"] for r in out["link"].to_pylist()}
    assert spoke["broker"] == "against"
    assert "against" in out["basis"].column("role").to_pylist()


def test_an_identifier_many_share_joins_nobody(hand_inputs, case, records):
    case["identifier"] = records(
        "identifier",
        *(
            {"subject": f"account:site/{n}", "kind": "ip", "value": "198.18.0.1", "normal": "198.18.0.1"}
            for n in range(rules.COMMON + 1)
        ),
    )
    assert claims(SPEC.run(hand_inputs(SPEC, case)), "same_person") == set()


def test_every_rule_has_its_own_name_and_a_sentence():
    assert len({rule.name for rule in rules.ALL}) == len(rules.ALL)
    assert all(rule.says.endswith(".") and rule.weight_ppm for rule in rules.ALL)


@given(
    st.lists(st.tuples(st.integers(0, 12), st.integers(0, 12)), max_size=30),
    st.lists(st.tuples(st.integers(0, 12), st.integers(0, 12)).filter(lambda p: p[0] != p[1]), max_size=6),
)
def test_groups_never_hold_two_kept_apart_and_are_components_otherwise(joins, apart):
    groups = Groups([(str(a), str(b)) for a, b in apart])
    accepted = [(str(a), str(b)) for a, b in joins if groups.join(str(a), str(b))]
    found = {member: n for n, members in enumerate(groups.groups()) for member in members}
    assert all(found.get(str(a), -1) != found.get(str(b), -2) for a, b in apart)
    assert all(found[a] == found[b] for a, b in accepted)
    parent = {m: m for m in found}  # components by plain relabelling
    for a, b in accepted:
        old, new = parent[a], parent[b]
        parent = {m: new if p == old else p for m, p in parent.items()}
    for a in found:
        for b in found:
            assert (found[a] == found[b]) == (parent[a] == parent[b])


def test_tables_are_the_same_whatever_the_order_of_rows(hand_inputs, case):
    once = SPEC.run(hand_inputs(SPEC, case))
    turned = {name: t.take(pa.array(range(t.num_rows - 1, -1, -1))) for name, t in case.items()}
    again = SPEC.run(hand_inputs(SPEC, turned))
    assert all(once[name].equals(again[name]) for name in once)
