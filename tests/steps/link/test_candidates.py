"""What speaks against a payer or for a user: sellers, hops between, amounts alone, accounts that changed hands."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from leadline.model.findings import finding_id
from leadline.steps.link import SPEC

T0 = datetime(2016, 1, 1, tzinfo=UTC)
A = "customer:northgate/a"


class Linked:
    """What link made: the rules that spoke of a finding, and what it rests on, by role."""

    def __init__(self, out: dict[str, Any]) -> None:
        self.out = out

    def rules(self, subject: str, predicate: str, object_: str) -> dict[str, int]:
        id_ = finding_id(subject, predicate, object_)
        return {r["rule"]: r["weight_ppm"] for r in self.out["link"].to_pylist() if r["finding"] == id_}

    def rests(self, subject: str, predicate: str, object_: str, role: str) -> set[str]:
        id_ = finding_id(subject, predicate, object_)
        rows = [r for r in self.out["basis"].to_pylist() if r["finding"] == id_ and r["role"] == role]
        return {r["locator"] or r["ref"] for r in rows}


@pytest.fixture
def linked(hand_inputs: Any, records: Any) -> Callable[..., Linked]:
    """A function: link over withdrawals (account number, customer, hops, returned by address), and identifiers."""

    def run(*paid: tuple[int, str, int, bool], stated: tuple[tuple[str, str, str], ...] = ()) -> Linked:
        customers = sorted({customer for _, customer, _, _ in paid})
        tables = {
            "account": records("account", *({"account": f"account:site/{n}", "role": "user"} for n in range(1, 6))),
            "customer": records(
                "customer",
                *({"customer": c, "service": "service:northgate", "holder": "individual"} for c in customers),
            ),
            "identifier": records(
                "identifier",
                *(
                    {"subject": s, "kind": kind, "value": v, "normal": v, "locator": f"line:{n}"}
                    for n, (s, kind, v) in enumerate(stated, 51)
                ),
            ),
        }
        events, payments, releases = [], [], []
        for n, (account, customer, hops, by_address) in enumerate(paid):
            outpoint = f"outpoint:{n:064x}:0"
            payments.append(
                {"finding": bytes([n]) * 32, "account": f"account:site/{account}", "outpoint": outpoint, "value_sat": 5,
                 "utc_low": T0, "utc_high": T0}
            )  # fmt: skip
            releases.append(
                {"finding": bytes([100 + n]) * 32, "payment": outpoint, "service": "service:northgate",
                 "release_outpoint": f"outpoint:{1000 + n:064x}:1", "value_sat": 7, "address": f"addr{n}", "hops": hops,
                 "share_ppm": 1_000_000, "grade": "recorded", "utc_low": T0, "utc_high": T0}
            )  # fmt: skip
            events.append(
                {"event": f"event:northgate/withdrawal/{n}", "subject": customer, "kind": "withdrawal",
                 "object": f"tx:{1000 + n:064x}", "address": f"addr{n}" if by_address else None, "amount_sat": 7}
            )  # fmt: skip
        tables |= {
            "event": records("event", *events), "payment": records("payment", *payments),
            "release": records("release", *releases),
        }  # fmt: skip
        return Linked(dict(SPEC.run(hand_inputs(SPEC, tables))))

    return run


def of(predicate: str, account: int = 1, customer: str = A) -> tuple[str, str, str]:
    return f"account:site/{account}", predicate, customer


@pytest.mark.parametrize("accounts", [1, 3, 4, 5])
def test_whose_withdrawals_reach_four_accounts_looks_like_a_seller(linked: Any, accounts: int) -> None:
    found = linked(*((n, A, 0, True) for n in range(1, accounts + 1)))
    for predicate in ("payer_candidate", "user_candidate"):
        assert found.rules(*of(predicate)).get("seller_pattern") == (-400_000 if accounts >= 4 else None)
        against = found.rests(*of(predicate), "against")
        others = {finding_id(A, "customer_of_record", f"outpoint:{n:064x}:0").hex() for n in range(1, accounts)}
        assert against == ({f"finding:{id_}" for id_ in others} if accounts >= 4 else set())


@pytest.mark.parametrize(
    ("hops", "says"), [((0,), ""), ((1,), "the one release"), ((2, 0), "1 of 2 releases"), ((2, 1), "2 of 2 releases")]
)
def test_coins_that_passed_between_speak_against_the_payer_wherever_one_did(
    linked: Any, hops: tuple[int, ...], says: str
) -> None:
    found = linked(*((1, A, n, True) for n in hops))
    rules = found.rules(*of("payer_candidate"))
    assert rules.get("private_hops") == (-150_000 if says else None)
    told = [r["says"] for r in found.out["link"].to_pylist() if r["rule"] == "private_hops"]
    assert told == ([f"By {says} coins passed outputs between, which someone else may have held."] if says else [])
    assert rules["withdrew_to_account"] == 500_000
    assert rules.get("more_than_once") == (200_000 if len(hops) > 1 else None)
    assert found.rules(*of("user_candidate")) == {"paid_for_account": 300_000}


def test_a_withdrawal_says_whether_it_was_known_by_its_address_or_by_its_amount(linked: Any) -> None:
    found = linked((1, A, 0, True), (2, A, 0, False))
    record = [found.rules(A, "customer_of_record", f"outpoint:{n:064x}:0") for n in range(2)]
    assert record == [{"returned_by_address": 1_000_000}, {"returned_by_amount": 900_000}]
    assert found.rests(A, "customer_of_record", f"outpoint:{0:064x}:0", "for") == {
        "line:1", "finding:" + (bytes([100]) * 32).hex(),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("stated", "changed"),
    [
        ((("email", "a@x"), ("email", "b@x")), True), ((("pgp", "k1"), ("pgp", "k2")), True),
        ((("email", "a@x"), ("email", "a@x")), False), ((("email", "a@x"), ("pgp", "k")), False),
        ((("phone", "+1"), ("phone", "+2")), False),
    ],
)  # fmt: skip
def test_an_account_whose_mail_or_key_changed_may_have_been_sold(
    linked: Any, stated: tuple[tuple[str, str], ...], changed: bool
) -> None:
    found = linked((1, A, 0, True), (2, A, 0, True), stated=tuple(("account:site/1", *row) for row in stated))
    assert found.rules(*of("user_candidate")).get("account_changed") == (-200_000 if changed else None)
    against = found.rests(*of("user_candidate"), "against")
    assert against == ({"line:51", "line:52"} if changed else set())
    assert "account_changed" not in found.rules(*of("payer_candidate"))
    assert "account_changed" not in found.rules(*of("user_candidate", account=2))


def test_the_payer_rests_on_payments_and_records_and_the_user_on_the_payer(linked: Any) -> None:
    found = linked((1, A, 0, True))
    record = finding_id(A, "customer_of_record", f"outpoint:{0:064x}:0").hex()
    assert found.rests(*of("payer_candidate"), "for") == {"finding:" + "00" * 32, f"finding:{record}"}
    payer = finding_id(*of("payer_candidate")).hex()
    assert found.rests(*of("user_candidate"), "for") == {f"finding:{payer}"}


def test_others_who_paid_the_account_stand_against_both(linked: Any) -> None:
    other = "customer:northgate/b"
    found = linked((1, A, 0, True), (1, other, 0, True))
    theirs = finding_id(other, "customer_of_record", f"outpoint:{1:064x}:0").hex()
    for predicate in ("payer_candidate", "user_candidate"):
        assert found.rules(*of(predicate))["paid_by_others"] == -200_000
        assert found.rests(*of(predicate), "against") == {f"finding:{theirs}"}
    pair = found.rules(A, "same_person", other)
    assert pair == {"paid_same_account": 100_000}
    assert found.rests(A, "same_person", other, "for") == {
        f"finding:{theirs}", f"finding:{finding_id(A, 'customer_of_record', f'outpoint:{0:064x}:0').hex()}",
    }  # fmt: skip
