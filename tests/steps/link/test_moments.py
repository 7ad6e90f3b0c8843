"""When two used the address they share: said on both sides, and against one person where it was days apart."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from leadline.model.findings import finding_id
from leadline.steps.link import SPEC
from leadline.steps.link.rules import FRESH_DAYS

ACCOUNT, CUSTOMER = "account:site/1", "customer:northgate/a"
IP = "198.18.0.9"
START = datetime(2016, 1, 1, 12, tzinfo=UTC)
Row = dict[str, Any]


def day(n: float) -> datetime:
    return START + timedelta(days=n)


def use(subject: str, at: datetime | None, line: int, kind: str = "ip", doubt: timedelta = timedelta(0)) -> Row:
    return {
        "subject": subject, "kind": kind, "value": IP, "normal": IP, "locator": f"line:{line}",
        "utc_low": at, "utc_high": None if at is None else at + doubt,
    }  # fmt: skip


@pytest.fixture
def linked(hand_inputs: Any, records: Any) -> Any:
    """A function: identifiers and the account's first moment to {rule: (role, sentence)} and basis by role."""

    def run(uses: list[Row], created: datetime | None = None) -> tuple[dict[str, tuple[str, str]], dict[str, set[str]]]:
        tables = {
            "identifier": records("identifier", *uses),
            "account": records(
                "account", {"account": ACCOUNT, "role": "user", "utc_low": created, "utc_high": created}
            ),
            "customer": records(
                "customer",
                {
                    "customer": CUSTOMER, "service": "service:northgate", "name": "x", "holder": "individual",
                    "locator": "line:99",
                },
            ),
        }  # fmt: skip
        out = SPEC.run(hand_inputs(SPEC, tables))
        ids = {finding_id(ACCOUNT, "same_person", CUSTOMER), finding_id(CUSTOMER, "same_person", ACCOUNT)}
        rules = {r["rule"]: (r["role"], r["says"]) for r in out["link"].to_pylist() if r["finding"] in ids}
        rests: dict[str, set[str]] = {"for": set(), "against": set()}
        for row in out["basis"].to_pylist():
            if row["finding"] in ids:
                rests[row["role"]].add(row["locator"])
        return rules, rests

    return run


def test_both_sides_are_said_with_first_and_last_day_and_the_nearest_gap(linked: Any) -> None:
    rules, rests = linked(
        [use(CUSTOMER, day(0), 1), use(CUSTOMER, day(3), 2), use(ACCOUNT, day(40), 3), use(ACCOUNT, day(90), 4)],
        day(-9),
    )
    assert rules["same_ip"] == (
        "for",
        "Both were used from the same client address: nearest 37 days apart "
        "(the first 2016-02-10 to 2016-03-31; the second 2016-01-01 to 2016-01-04).",
    )
    assert rules["days_apart"] == (
        "against", "The address they share was used by both 37 days apart at the nearest; it changes hands."
    )  # fmt: skip
    assert rests["against"] == {"line:2", "line:3"}
    assert "before_account" not in rules


@pytest.mark.parametrize(("gap", "speaks"), [(0, False), (FRESH_DAYS, False), (FRESH_DAYS + 1, True)])
def test_from_more_than_the_fresh_days_on_it_speaks_against(linked: Any, gap: int, speaks: bool) -> None:
    rules, _ = linked([use(CUSTOMER, day(0), 1), use(ACCOUNT, day(gap), 2)], day(-9))
    assert ("days_apart" in rules) == speaks
    assert ("on the same day" in rules["same_ip"][1]) == (gap == 0)


def test_the_doubt_of_both_times_counts_for_one_person(linked: Any) -> None:
    rules, _ = linked([use(CUSTOMER, day(0), 1, doubt=timedelta(days=2)), use(ACCOUNT, day(9), 2)], day(-9))
    assert "days_apart" not in rules
    assert "nearest 7 days apart" in rules["same_ip"][1]


def test_a_use_that_ended_before_the_account_existed_speaks_against(linked: Any) -> None:
    uses = [use(CUSTOMER, day(0), 1), use(CUSTOMER, day(2), 2), use(ACCOUNT, day(6), 3)]
    rules, rests = linked(uses, day(4))
    assert rules["before_account"] == (
        "against", "The other used what they share only before this account is stated to exist."
    )  # fmt: skip
    assert rests["against"] == {"line:2", "line:3"}
    assert "before_account" not in linked([*uses, use(CUSTOMER, day(5), 4)], day(4))[0]
    assert "before_account" not in linked(uses, None)[0]


def test_a_side_that_does_not_say_when_is_said_and_speaks_neither_way(linked: Any) -> None:
    rules, rests = linked([use(CUSTOMER, None, 1), use(ACCOUNT, day(90), 2)], day(4))
    assert (
        rules["same_ip"][1] == "Both were used from the same client address: when, at least one of them does not say."
    )
    assert set(rules) == {"same_ip"} and rests["against"] == set()


def test_what_is_stated_once_has_no_moment(linked: Any) -> None:
    rules, _ = linked([use(CUSTOMER, day(0), 1, "email"), use(ACCOUNT, day(90), 2, "email")], day(4))
    assert {name: says for name, (_, says) in rules.items()} == {"same_email": "Both state the same e-mail address."}


def test_a_device_is_named_as_one(linked: Any) -> None:
    rules, _ = linked([use(CUSTOMER, day(0), 1, "device"), use(ACCOUNT, day(20), 2, "device")], day(-9))
    assert rules["days_apart"][1].startswith("The device they share was used by both 20 days apart")
