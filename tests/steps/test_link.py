"""Link: who is suggested, what stands against, and that only a decision makes a payer."""

from datetime import UTC, datetime

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadline.model import findings
from leadline.model.spans import WHOLE, Span
from leadline.model.tables import from_rows
from leadline.steps.link import SPEC, rules
from leadline.steps.link.groups import Edge
from leadline.steps.link.resolve import resolve

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
             "value_sat": 5, "address": "addr", "hops": 0, "share_ppm": 1_000_000, "grade": "recorded",
             "utc_low": T0, "utc_high": T0},
        ),
    }  # fmt: skip


def decide(*rows):
    """A decision table of (finding, verdict) or (finding, verdict, value)."""
    return from_rows(
        findings.DECISION,
        [(b"d" * 32, id_, verdict, value[0] if value else None, "r", b"b" * 32, "n", None, T0, False)
         for id_, verdict, *value in rows],
    )  # fmt: skip


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


def test_a_payer_is_nobodys_user_and_a_user_joins(hand_inputs, case):
    payer = findings.finding_id("account:site/1", "payer_candidate", "customer:northgate/a")
    user = findings.finding_id("account:site/1", "user_candidate", "customer:northgate/a")
    out = SPEC.run(hand_inputs(SPEC, case, decided=decide((payer, "accepted"))))
    core = {r["member"]: r["core"] for r in out["membership"].to_pylist()}
    assert core["customer:northgate/a"] != core["account:site/1"]
    out = SPEC.run(hand_inputs(SPEC, case, decided=decide((user, "accepted", "../.."))))
    rows = {r["member"]: r for r in out["membership"].to_pylist()}
    assert rows["customer:northgate/a"]["core"] == rows["account:site/1"]["core"] == "person:account:site/1"
    assert rows["customer:northgate/a"]["state"] == "decided"
    assert claims(out, "located_in") == {("person:account:site/1", "jurisdiction:us")}
    out = SPEC.run(hand_inputs(SPEC, case, decided=decide((user, "rejected"))))
    assert ("person:account:site/1", "jurisdiction:unknown") in claims(out, "located_in")


def test_a_suggested_member_places_nobody(hand_inputs, case):
    out = SPEC.run(hand_inputs(SPEC, case))
    rows = {r["member"]: r for r in out["membership"].to_pylist()}
    suggested = rows["account:site/2"]
    assert suggested["person"] == rows["customer:northgate/a"]["person"]
    assert suggested["core"] != rows["customer:northgate/a"]["core"]
    assert claims(out, "located_in") == {
        ("person:account:site/1", "jurisdiction:unknown"), ("person:customer:northgate/a", "jurisdiction:us"),
    }  # fmt: skip
    same = findings.finding_id("account:site/2", "same_person", "customer:northgate/a")
    for row in out["basis"].to_pylist():
        located = {r["id"] for r in out["finding"].to_pylist() if r["predicate"] == "located_in"}
        assert not (row["finding"] in located and row["ref"] == f"finding:{same.hex()}")


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


@pytest.mark.parametrize("kind", ["phone", "email", "pgp", "device"])
def test_what_its_kind_refused_joins_nobody(hand_inputs, case, records, kind):
    """Two accounts with one value and no normal form, as intake keeps what is no value of its kind."""
    case["identifier"] = records(
        "identifier",
        *({"subject": f"account:site/{n}", "kind": kind, "value": "see below", "normal": None} for n in (1, 2)),
    )
    assert claims(SPEC.run(hand_inputs(SPEC, case)), "same_person") == set()


def rules_of(out, predicate):
    """{rule: its row} of the one finding of a predicate."""
    (id_,) = [r["id"] for r in out["finding"].to_pylist() if r["predicate"] == predicate]
    return {r["rule"]: r for r in out["link"].to_pylist() if r["finding"] == id_}


def rests(out, predicate, role):
    """(exhibit's locator or ref) of what the one finding of a predicate rests on in a role."""
    (id_,) = [r["id"] for r in out["finding"].to_pylist() if r["predicate"] == predicate]
    return {r["locator"] or r["ref"] for r in out["basis"].to_pylist() if r["finding"] == id_ and r["role"] == role}


def test_a_shared_identifier_is_named_with_both_rows_and_weighed_once(hand_inputs, case, records):
    case["identifier"] = records(
        "identifier",
        {"subject": "account:site/1", "kind": "ip", "value": "198.18.0.1", "normal": "198.18.0.1"},
        {"subject": "account:site/1", "kind": "ip", "value": "198.18.0.1", "normal": "198.18.0.1"},
        {"subject": "customer:northgate/a", "kind": "ip", "value": "198.18.0.1", "normal": "198.18.0.1"},
    )
    out = SPEC.run(hand_inputs(SPEC, case))
    spoke = rules_of(out, "user_candidate")["shares_identifier"]
    assert ": ip." in spoke["says"] and spoke["weight_ppm"] == 0
    ids = {r["predicate"]: r["id"].hex() for r in out["finding"].to_pylist()}
    assert rests(out, "user_candidate", "for") == {
        "line:1", "line:2", "line:3", f"finding:{ids['payer_candidate']}", f"finding:{ids['same_person']}",
    }  # fmt: skip
    assert rules_of(out, "same_person")["same_ip"]["weight_ppm"] == 300_000
    assert "shares_identifier" not in rules_of(out, "payer_candidate")
    rows = out["link"].to_pylist()
    assert sum(r["weight_ppm"] for r in rows if r["rule"] in ("same_ip", "shares_identifier")) == 300_000


@pytest.mark.parametrize("others", [1, 3, rules.COMMON + 3])
def test_a_household_speaks_more_the_more_share(hand_inputs, case, records, others):
    one = case["customer"].to_pylist()[0]
    every = [one | {"customer": f"customer:northgate/{n}", "name": f"y{n}", "exhibit": None} for n in range(others)]
    every = [{k: v for k, v in row.items() if k != "exhibit"} for row in every]
    case["customer"] = records("customer", one, *every)
    case["identifier"] = records(
        "identifier",
        *({"subject": row["customer"], "kind": "phone", "value": "+1", "normal": "+1"} for row in (one, *every)),
    )
    spoke = rules_of(SPEC.run(hand_inputs(SPEC, case)), "payer_candidate")["household"]
    assert spoke["weight_ppm"] == -200_000 * min(others, rules.MOST_HOUSEHOLD)
    assert spoke["says"].startswith(f"{others} other" if others > 1 else "Another customer shares")


@pytest.mark.parametrize("payers", [1, 2])
def test_an_account_of_one_payer_is_not_paid_by_others(hand_inputs, case, records, payers):
    more = [
        {"event": f"event:northgate/withdrawal/{n}", "subject": f"customer:northgate/{'ab'[n]}", "kind": "withdrawal",
         "object": f"tx:{'cd' * 31}{n:02d}", "address": f"addr{n}", "amount_sat": 5}
        for n in range(payers)
    ]  # fmt: skip
    paid = case["payment"].to_pylist()[0]
    released = case["release"].to_pylist()[0]
    case["event"] = records("event", *more)
    case["payment"] = records(
        "payment", *(paid | {"finding": bytes([n]) * 32, "outpoint": f"outpoint:{TX}:{n}"} for n in range(payers))
    )
    case["release"] = records(
        "release",
        *(
            released
            | {"finding": bytes([9 + n]) * 32, "payment": f"outpoint:{TX}:{n}", "address": f"addr{n}",
               "release_outpoint": f"outpoint:{'cd' * 31}{n:02d}:1"}
            for n in range(payers)
        ),
    )  # fmt: skip
    spoke = {r["rule"] for r in SPEC.run(hand_inputs(SPEC, case))["link"].to_pylist()}
    assert ("paid_by_others" in spoke) == (payers > 1)
    assert ("paid_same_account" in spoke) == (payers > 1)


@pytest.mark.parametrize("grades", [("recorded", "recorded"), ("recorded", "inferred"), ("inferred", "inferred")])
def test_releases_found_along_a_cluster_count_less_and_say_so(hand_inputs, case, records, grades):
    event = {"event": "event:northgate/withdrawal/0", "subject": "customer:northgate/a", "kind": "withdrawal",
             "address": "addr0", "amount_sat": 5}  # fmt: skip
    places = range(len(grades))
    case["event"] = records(
        "event",
        *(event | {"event": f"event:northgate/withdrawal/{n}", "object": f"tx:{'cd' * 31}{n:02d}"} for n in places),
    )
    paid, released = case["payment"].to_pylist()[0], case["release"].to_pylist()[0]
    case["payment"] = records(
        "payment", *(paid | {"finding": bytes([n]) * 32, "outpoint": f"outpoint:{TX}:{n}"} for n in places)
    )
    case["release"] = records(
        "release",
        *(
            released
            | {"finding": bytes([9 + n]) * 32, "payment": f"outpoint:{TX}:{n}", "address": "addr0", "grade": grades[n],
               "release_outpoint": f"outpoint:{'cd' * 31}{n:02d}:1"}
            for n in places
        ),
    )  # fmt: skip
    spoke = rules_of(SPEC.run(hand_inputs(SPEC, case)), "payer_candidate")
    recorded = grades.count("recorded")
    assert ("more_than_once" in spoke) == (recorded == 2)
    assert ("inferred_release" in spoke) == (recorded == 0)


def two_payers(case, records, born=("1951-01-01", "1991-01-01")):
    """The case with a second customer whose withdrawal paid the same account."""
    customer = case["customer"].to_pylist()[0]
    names = ("customer", "service", "name", "born", "country", "holder")
    both = [{k: customer[k] for k in names} | {"customer": f"customer:northgate/{c}", "born": b, "name": c}
            for c, b in zip("ab", born, strict=True)]  # fmt: skip
    case["customer"] = records("customer", *both)
    event, paid, released = (case[name].to_pylist()[0] for name in ("event", "payment", "release"))
    second = {"event": "event:northgate/withdrawal/2", "subject": "customer:northgate/b", "address": "other"}
    kept = ("event", "subject", "kind", "object", "address", "amount_sat")
    first = {k: event[k] for k in kept}
    case["event"] = records("event", first, first | second)
    case["payment"] = records("payment", paid, paid | {"finding": b"q" * 32, "outpoint": OTHER})
    other = {"finding": b"s" * 32, "payment": OTHER, "address": "other", "release_outpoint": f"outpoint:{'cd' * 32}:2"}
    case["release"] = records("release", released, released | other)
    return case


def of(predicate, customer):
    """The id of a finding between account 1 and a customer of the return."""
    return findings.finding_id("account:site/1", predicate, f"customer:northgate/{customer}")


def test_two_accepted_payers_of_one_account_stay_two_people(hand_inputs, case, records):
    both = decide(*((of("payer_candidate", c), "accepted") for c in "ab"))
    out = SPEC.run(hand_inputs(SPEC, two_payers(case, records), decided=both))
    core = {r["member"]: r["core"] for r in out["membership"].to_pylist()}
    assert len({core[f"customer:northgate/{c}"] for c in "ab"} | {core["account:site/1"]}) == 3


def test_two_users_at_one_time_are_a_conflict_and_neither_is_joined(hand_inputs, case, records):
    both = decide(*((of("user_candidate", c), "accepted", "2016-01-01/..") for c in "ab"))
    out = SPEC.run(hand_inputs(SPEC, two_payers(case, records), decided=both))
    core = {r["member"]: r["core"] for r in out["membership"].to_pylist()}
    assert len(set(core.values())) == len(core) == 4  # and account 2, which shares nothing decided
    shown = {(r["finding"], r["fact"], r["a"], r["b"], r["effect"]) for r in out["conflict"].to_pylist()}
    pair = ("customer:northgate/a", "customer:northgate/b")
    assert {(of("user_candidate", c), "two_users", *pair, "blocked") for c in "ab"} <= shown


def test_a_sold_account_is_each_users_for_his_span(hand_inputs, case, records):
    decided = decide(
        (of("user_candidate", "a"), "accepted", "../2016-06-01"),
        (of("user_candidate", "b"), "accepted", "2016-06-01/.."),
    )
    out = SPEC.run(hand_inputs(SPEC, two_payers(case, records), decided=decided))
    rows = [r for r in out["membership"].to_pylist() if r["member"] == "account:site/1"]
    change = datetime(2016, 6, 1, tzinfo=UTC)
    assert {(r["core"], r["utc_from"], r["utc_until"]) for r in rows} == {
        ("person:customer:northgate/a", None, change), ("person:customer:northgate/b", change, None),
    }  # fmt: skip
    assert out["conflict"].num_rows == 0


@pytest.mark.parametrize("born", [("1951-01-01", "1991-01-01"), ("1951-01-01", "1951-01-01")])
def test_customers_are_one_only_by_a_decision_about_the_two(hand_inputs, case, records, born):
    tables = two_payers(case, records, born)
    pair = findings.finding_id("customer:northgate/a", "same_person", "customer:northgate/b")
    out = SPEC.run(hand_inputs(SPEC, tables, decided=decide((pair, "accepted"))))
    core = {r["member"]: r["core"] for r in out["membership"].to_pylist()}
    assert core["customer:northgate/a"] == core["customer:northgate/b"]
    overruled = {(r["fact"], r["effect"]) for r in out["conflict"].to_pylist()}
    assert overruled == ({("born", "overruled")} if born[0] != born[1] else set())


def test_a_document_keeps_two_apart_that_share_a_telephone(hand_inputs, case, records):
    rows = case["identifier"].to_pylist()
    shared = [{k: row[k] for k in ("subject", "kind", "value", "normal")} for row in rows]
    papers = [
        {"subject": s, "kind": "document", "value": v, "normal": v}
        for s, v in (("account:site/2", "A1"), ("customer:northgate/a", "B2"))
    ]
    case["identifier"] = records("identifier", *shared, *papers)
    out = SPEC.run(hand_inputs(SPEC, case))
    assert rules_of(out, "same_person")["document_differs"]["role"] == "against"
    same = findings.finding_id("account:site/2", "same_person", "customer:northgate/a")
    out = SPEC.run(hand_inputs(SPEC, case, decided=decide((same, "unsure"))))
    assert out["conflict"].num_rows == 0


def test_two_customers_returned_for_one_output_each_have_the_others_row_against_them(hand_inputs, case, records):
    row = case["event"].to_pylist()[0]
    names = ("event", "subject", "kind", "object", "address", "amount_sat")
    other = {"event": "event:northgate/withdrawal/2", "subject": "customer:northgate/b"}
    case["event"] = records("event", {k: row[k] for k in names}, {**{k: row[k] for k in names}, **other})
    out = SPEC.run(hand_inputs(SPEC, case))
    named = {r["id"]: r["subject"][-1] for r in out["finding"].to_pylist() if r["predicate"] == "customer_of_record"}
    against = {(named[r["finding"]], r["locator"]) for r in out["basis"].to_pylist()
               if r["finding"] in named and r["role"] == "against"}  # fmt: skip
    assert against == {("a", "line:2"), ("b", "line:1")}
    assert out["link"].column("rule").to_pylist().count("two_returned") == 2


def test_every_rule_has_its_own_name_and_a_sentence():
    assert len({rule.name for rule in rules.ALL}) == len(rules.ALL)
    weightless = {rules.ACCOUNT_SHARES}  # what it weighs stands in the same_person it cites
    assert all(rule.says.endswith(".") and (rule.weight_ppm or rule in weightless) for rule in rules.ALL)


MEMBERS = [f"account:site/{n}" for n in range(5)] + [f"customer:northgate/{c}" for c in "abcd"]
ENDS = st.tuples(st.sampled_from(MEMBERS), st.sampled_from(MEMBERS)).filter(lambda p: p[0] != p[1])
DAYS = st.tuples(st.integers(1, 6), st.integers(1, 6)).filter(lambda d: d[0] < d[1])


def span(days):
    """A span of some January days, or all of time."""
    return Span(*(datetime(2016, 1, d, tzinfo=UTC) for d in days)) if days else WHOLE


EDGES = st.lists(st.tuples(ENDS, st.booleans(), st.none() | DAYS, st.integers(0, 3)), max_size=14)


@given(EDGES, st.lists(ENDS, max_size=3), st.lists(st.sampled_from(["1951", "1991", None]), min_size=4, max_size=4))
def test_no_group_holds_a_contradiction_and_none_depends_on_the_order(drawn, apart, born):
    edges = [
        Edge(bytes([n]) * 32, a, b, decided, score, span(days))
        for n, ((a, b), decided, days, score) in enumerate(drawn)
    ]
    stated = {f"customer:northgate/{c}": {"born": frozenset({b})} for c, b in zip("abcd", born, strict=True) if b}
    found = resolve(edges, MEMBERS, apart, stated)
    assert resolve(edges[::-1], MEMBERS[::-1], apart[::-1], stated) == found
    about = {frozenset((e.a, e.b)) for e in edges if e.decided}
    linked = {frozenset((e.a, e.b)) for e in edges if not e.a.startswith("account") and not e.b.startswith("account")}
    for groups in (found.cores, found.persons):
        for nodes in groups:
            inside = {m for m, _ in nodes}
            assert not any(a in inside and b in inside for a, b in apart)
            customers = sorted(m for m in inside if m.startswith("customer:"))
            reached = set(customers[:1])  # customers hang together by what is said of the two alone
            for _ in customers:
                reached |= {m for m in customers if any(frozenset((m, r)) in linked for r in reached)}
            assert reached == set(customers)
            years = {next(iter(stated[m]["born"])) for m in customers if m in stated}
            if len(years) > 1:  # overruled by a decision about two who contradict each other themselves
                assert any(
                    stated[a]["born"] != stated[b]["born"] for a, b in map(sorted, about) if a in stated and b in stated
                )
    nodes = [n for group in found.persons for n in group]
    assert len(nodes) == len(set(nodes))
    for account in (m for m in MEMBERS if m.startswith("account:")):
        parts = [n for n in nodes if n[0] == account]
        mine = [found.spans.get(n, WHOLE) for n in parts]
        assert not any(x.meets(y) for i, x in enumerate(mine) for y in mine[:i])


def test_tables_are_the_same_whatever_the_order_of_rows(hand_inputs, case):
    once = SPEC.run(hand_inputs(SPEC, case))
    turned = {name: t.take(pa.array(range(t.num_rows - 1, -1, -1))) for name, t in case.items()}
    again = SPEC.run(hand_inputs(SPEC, turned))
    assert all(once[name].equals(again[name]) for name in once)
