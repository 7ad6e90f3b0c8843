"""What became of a release, over every way in which a return may name its output, or not."""

from itertools import product

import pyarrow as pa
import pytest

from leadline.steps.service_answers import STATES, answer, named, stated, withdrawals

TX, OTHER_TX = "ab" * 32, "cd" * 32
RELEASE = {
    "finding": b"r" * 32,
    "service": "service:harbour",
    "release_outpoint": f"outpoint:{TX}:3",
    "address": "addr-1",
    "value_sat": 5_000,
}


def events(*rows: tuple[str, str, str | None, str | None, int | None]) -> pa.Table:
    """Events written as (subject, kind, object, address, satoshi)."""
    names = ("subject", "kind", "object", "address", "amount_sat")
    types = (pa.string(), pa.string(), pa.string(), pa.string(), pa.int64())
    columns = [pa.array([row[i] for row in rows], type_) for i, type_ in enumerate(types)]
    places = [pa.array([b"e" * 32] * len(rows), pa.binary(32)), pa.array([f"line:{n}" for n in range(len(rows))])]
    return pa.table([*columns, *places], names=[*names, "exhibit", "locator"])


@pytest.mark.parametrize(
    ("service", "tx", "address", "amount"),
    list(product(("harbour", "other"), (TX, OTHER_TX, None), ("addr-1", "addr-2", None), (5_000, 4_999, None))),
)
def test_only_what_names_the_output_confirms_it(
    service: str, tx: str | None, address: str | None, amount: int | None
) -> None:
    told = withdrawals(events((f"customer:{service}/C-1", "withdrawal", f"tx:{tx}" if tx else None, address, amount)))
    same = service == "harbour" and tx == TX
    confirmed = same and (address == "addr-1" if address is not None else amount == 5_000)
    asked = frozenset({f"service:{service}"})
    expected = "confirmed" if confirmed else "unanswered" if service == "harbour" else "not_asked"
    assert answer(told, asked, frozenset(), RELEASE) == expected
    assert len(stated(told, RELEASE)) == confirmed
    assert answer(told, asked, frozenset({RELEASE["finding"]}), RELEASE) == "denied"
    assert expected in STATES


def test_neither_a_login_nor_a_market_account_is_a_withdrawal_that_a_return_states() -> None:
    rows = [
        ("customer:harbour/C-1", "login", f"tx:{TX}", "addr-1", 5_000),
        ("account:site/1", "withdrawal", f"tx:{TX}", "addr-1", 5_000),
    ]
    assert not withdrawals(events(*rows))


def test_of_several_rows_for_one_address_that_with_the_amount_is_meant() -> None:
    rows = [(f"customer:harbour/C-{n}", "withdrawal", f"tx:{TX}", "addr-1", sat) for n, sat in ((1, 4_000), (2, 5_000))]
    told = withdrawals(events(*rows))
    assert [row["subject"] for row in named(told, RELEASE)] == ["customer:harbour/C-2"]
    assert len(stated(told, RELEASE)) == 2
    both = withdrawals(events(*((*row[:4], 1) for row in rows)))
    assert len(named(both, RELEASE)) == 2, "none agrees in both: all stay, and contradict each other"


def test_only_the_transactions_asked_for_are_looked_at() -> None:
    rows = [("customer:harbour/C-1", "withdrawal", f"tx:{tx}", "addr-1", 1) for tx in (TX, OTHER_TX)]
    assert set(withdrawals(events(*rows), [f"tx:{TX}"])) == {("service:harbour", f"tx:{TX}")}
    assert set(withdrawals(events(*rows))) == {("service:harbour", f"tx:{tx}") for tx in (TX, OTHER_TX)}
