"""Ways to a payment and ends of walks, as the report prints them: nothing said that the rows do not say."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest

from leadline.kinds.writers.report.payments import answers, measured, payment
from leadline.model.words import INFERRED, NONE, STOPPED, UNDECIDED

WHEN = datetime(2017, 5, 1, 12, tzinfo=UTC)
PAID = "outpoint:" + "a" * 64 + ":1"
OTHER = "outpoint:" + "b" * 64 + ":0"


def row(**over: Any) -> dict[str, Any]:
    """A row of PAYMENTS of which nothing but the chain is known."""
    dated = dict.fromkeys(("payment_day", "payment_rate", "payment_amount"))
    later = dict.fromkeys(("valuation_day", "valuation_rate", "valuation_amount"))
    base = {
        "account": "account:market/1", "outpoint": PAID, "utc_low": WHEN, "utc_high": WHEN, "btc": "0.10000000",
        "currency": NONE, "series": NONE, "tie": "account", "customers": NONE, "share_ppm": 0, "height": None,
        "stated_for_others": 0, "finding": bytes(32), "value_sat": 10_000_000,
    }  # fmt: skip
    return {**base, **dated, **later, **over}


def release(**over: Any) -> dict[str, Any]:
    base = {
        "payment": PAID, "service": "service:northgate", "release_outpoint": "outpoint:" + "c" * 64 + ":2", "hops": 1,
        "rule": "tag", "tagged_ppm": None, "value_sat": 10_000_000,
        "answer": "confirmed", "customers": NONE, "returned": NONE, "withheld": 0,
        "finding": bytes(32),
    }  # fmt: skip
    return base | over


def end(**over: Any) -> dict[str, Any]:
    base = {
        "payment": PAID, "grade": STOPPED, "what": "stop:hop_limit", "rule": NONE, "verdict": UNDECIDED, "hops": 3,
        "share_ppm": 100_000, "finding": bytes(32),
    }  # fmt: skip
    return base | over


def printed(
    releases: list[dict[str, Any]], ends: list[dict[str, Any]], verdicts: Mapping[Any, Any] | None = None, **over: Any
) -> dict[str, Any]:
    return payment(row(**over), {"releases": releases, "ends": ends, "payers": []}, verdicts or {})


def test_what_is_not_known_is_called_unknown_and_never_nought() -> None:
    found = printed([release()], [])
    assert (found["height"], found["day"], found["rate"], found["amount"]) == ("unknown",) * 4
    assert found["ways"][0]["tagged"] == "unknown"
    assert (printed([], [], height=0)["height"], found["customers"]) == ("0", [])


def test_only_ways_and_ends_of_this_payment_are_printed() -> None:
    found = printed([release(), release(payment=OTHER)], [end(), end(payment=OTHER)])
    assert (len(found["ways"]), len(found["ends"])) == (1, 1)


def test_a_customer_whom_a_return_names_beside_the_payer_stands_with_what_was_decided_of_him() -> None:
    named = {"customers": "customer:n/1", "returned": "customer:n/1 customer:n/2 customer:n/3"}
    rejected = {("account:market/1", "customer:n/2"): {"verdict": "rejected", "standing": "stale"}}
    (way,) = printed([release(**named)], [], rejected)["ways"]
    assert way["payers"] == ["customer:n/1"]
    assert way["others"] == [
        {"customer": "customer:n/2", "verdict": "rejected, stale: the basis has changed since"},
        {"customer": "customer:n/3", "verdict": "not decided"},
    ]


def test_ends_of_one_kind_are_added_up_and_the_largest_share_stands_first() -> None:
    ends = [
        end(hops=4), end(hops=2, share_ppm=250_000),
        end(what="stop:coinjoin", share_ppm=300_000),
        end(grade=INFERRED, what="service:harbour", rule="cluster", share_ppm=300_000),
    ]  # fmt: skip
    found = printed([], ends)["ends"]
    assert [(e["what"], e["ppm"], e["hops"]) for e in found] == [
        ("hop limit", 350_000, 2),
        ("coinjoin", 300_000, 3),
        ("service:harbour", 300_000, 3),
    ]
    assert [(e["inferred"], e["verdict"]) for e in found] == [(False, ""), (False, ""), (True, "not decided")]


def test_ends_that_people_decided_otherwise_are_kept_apart() -> None:
    inferred = {"grade": INFERRED, "what": "service:harbour", "rule": "cluster"}
    found = printed([], [end(**inferred), end(**inferred, verdict="rejected")])["ends"]
    assert sorted(e["verdict"] for e in found) == ["not decided", "rejected"]


@pytest.mark.parametrize(
    ("rows", "text"),
    [
        ([], ""),
        ([release(), release()], "1 confirmed"),
        ([release(), release(release_outpoint=OTHER), release(answer="not_asked", finding=b"\1" * 32)],
         "2 confirmed, 1 not asked"),
    ],
)  # fmt: skip
def test_releases_are_counted_once_each(rows: list[dict[str, Any]], text: str) -> None:
    assert answers(rows) == text


def test_a_path_of_a_kind_that_was_never_answered_is_not_measured() -> None:
    figures = {("confirmed", "tag", "1 hops"): "9 of 10", ("confirmed", "tag", "2 hops"): "1 of 2"}
    found = measured([release(), release(), release(hops=3)], figures)
    assert found == [
        {"rule": "tag", "hops": 1, "confirmed": "9 of 10", "at_least": "not measured"},
        {"rule": "tag", "hops": 3, "confirmed": "not measured", "at_least": "not measured"},
    ]


@pytest.mark.parametrize(("sat", "told"), [(20_000_000, ""), (20_000_001, "0.20000001"), (9_000_000, "")])
def test_what_was_released_is_printed_where_it_is_more_than_twice_the_payment(sat: int, told: str) -> None:
    assert printed([release(value_sat=sat)], [])["ways"][0]["released"] == told
