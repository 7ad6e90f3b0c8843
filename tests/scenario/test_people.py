"""The people of the training case: shares, independence, reserved ranges, sizes."""

import ipaddress

import pyarrow.compute as pc
import pytest

from leadline.scenario.names import COUNTRIES, NETWORK
from leadline.scenario.people import QUESTIONS, People, draw_plan
from leadline.scenario.plan import CUSTOMER, END, PURCHASE, ROUTES, SIZES, START, Options, Plan, Shares


def test_the_same_seed_draws_the_same_and_another_seed_another(drawn: tuple[Plan, People]) -> None:
    plan, people = draw_plan(Options(SIZES["tiny"], 7))
    assert plan.purchases.equals(drawn[0].purchases) and people.persons.equals(drawn[1].persons)
    assert people.records.equals(drawn[1].records) and (people.created == drawn[1].created).all()
    assert not draw_plan(Options(SIZES["tiny"], 8))[0].purchases.equals(plan.purchases)


@pytest.mark.parametrize("size", ["tiny", "small"])
def test_counts_are_those_of_the_size(size: str) -> None:
    chosen = SIZES[size]
    plan, people = draw_plan(Options(chosen, 3))
    assert plan.purchases.schema == PURCHASE and plan.customers.schema == CUSTOMER
    assert len(plan.purchases) == chosen.payments
    assert plan.purchases["purchase"].to_pylist() == list(range(chosen.payments))
    assert pc.count_distinct(plan.purchases["person"]).as_py() == chosen.people
    assert len(people.created) == chosen.accounts + 1
    payers = people.persons.filter(pc.equal(people.persons["role"], "payer"))
    assert set(payers["country"].to_pylist()) == {c for c, _ in COUNTRIES[: chosen.countries]}
    assert pc.count_distinct(people.records["customer"]).as_py() == len(people.records)


def test_purchases_fit_accounts_times_and_routes(drawn: tuple[Plan, People]) -> None:
    plan, people = drawn
    owner = dict(zip(people.accounts["account"].to_pylist(), people.accounts["user"].to_pylist(), strict=True))
    kinds = dict(zip(plan.customers["customer"].to_pylist(), plan.customers["kind"].to_pylist(), strict=True))
    last = 0
    for row in plan.purchases.to_pylist():
        assert owner[row["account"]] == row["person"]
        assert max(START, people.created[row["account"]], last) <= row["when"] < END
        assert row["route"] in ROUTES and (1 <= row["hops"] <= 4) == (row["route"] == "hops")
        if row["route"] == "peer_to_peer":
            assert kinds[row["customer"]] == "seller"
        elif row["route"] == "broker":
            assert kinds[row["customer"]] == "broker" and row["service"] == "northgate"
        else:
            assert (row["customer"] == "") == (row["service"] in ("kestrel", "lantern"))
        last = row["when"]
    assert set(plan.purchases["route"].to_pylist()) == set(ROUTES)


def test_a_share_of_zero_draws_none_of_it() -> None:
    shares = Shares(bought=0, borrowed=0, household=0, peer_to_peer=0, broker=0, coinjoin=0, mixer=0)
    plan, people = draw_plan(Options(SIZES["tiny"], 7, shares))
    assert set(plan.purchases["route"].to_pylist()) == {"direct", "hops"}
    assert set(people.records["kind"].to_pylist()) == {"own", "seller", "broker", "bystander"}
    assert people.accounts["user"].equals(people.accounts["creator"])


def test_access_is_drawn_independently_of_payments(drawn: tuple[Plan, People]) -> None:
    plan, people = draw_plan(Options(SIZES["tiny"], 7, Shares(broker=0, mixer=300_000)))
    assert not plan.purchases.equals(drawn[0].purchases)
    columns = ["person", *QUESTIONS]
    n = SIZES["tiny"].people
    assert people.persons.select(columns).slice(0, n).equals(drawn[1].persons.select(columns).slice(0, n))


def test_addresses_and_mail_are_reserved_ones(drawn: tuple[Plan, People]) -> None:
    for row in drawn[1].records.to_pylist():
        assert ipaddress.ip_address(row["ip"]) in NETWORK
        assert row["email"].split("@")[1] in ("example.org", "example.net", "example.com")
        assert row["phone"].startswith("+999")
