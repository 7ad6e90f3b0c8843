"""Exposure asked for by hand, against a plain count over the chain; and the sums an account's rows make."""

from collections import Counter, defaultdict
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from leadline.engines.ledger import Ledger, open_ledger
from leadline.engines.ledger.view import View, as_of
from leadline.errors import EvidenceError, UsageError
from leadline.model.ledger import COINBASE
from leadline.steps.trace import SPEC
from leadline.views.exposure import BACK, CAME, WENT, Asked, of_address

Ask = Callable[..., Asked]


@pytest.fixture
def ask(case: Any, hand_inputs: Any) -> Ask:
    """A function: the exposure of an address of the training chain."""

    def run(text: str, **how: Any) -> Asked:
        inputs = hand_inputs(SPEC, {"address": case.address}, case.pins, {"currency": "USD"})
        return of_address(inputs, text, **{"whole_cluster": False, **how})

    return run


@pytest.fixture(scope="module")
def chain(case: Any) -> tuple[Ledger, View]:
    ledger = open_ledger(case.folder / "ledger")
    return ledger, as_of(ledger, frozenset())


def tagged(case: Any) -> dict[str, str]:
    """{script in hex: category} of the tagged services' own addresses, from the truth of the chain and the pack."""
    from leadline.kinds.bitcoin import address
    from leadline.kinds.codecs import tagpack

    rows = tagpack.parse(case.pins["tag"][0].path.read_bytes()).rows
    return {address.decode(r["address"], "regtest").hex(): r["category"] for r in rows}


def direct_in(ledger: Ledger, view: View, outputs: list[int], names: dict[str, str]) -> Counter[str]:
    """By category, the part of `outputs` that inputs with a tagged script gave, by value; rounded down an output."""
    sums: dict[str, Fraction] = defaultdict(Fraction)
    for o in outputs:
        tx = int(np.searchsorted(view.tx_first_out, o, side="right")) - 1
        spent = [int(p) for p in view.in_prev[view.tx_first_in[tx] : view.tx_first_in[tx + 1]]]
        if COINBASE in spent or view.mixed[tx]:
            continue
        values = {p: Fraction(int(view.out_value[p])) for p in spent}
        for p in spent:
            category = names.get(ledger.script_bytes(int(view.out_script[p])).hex())
            if category:
                sums[category] += Fraction(int(view.out_value[o])) * values[p] / sum(values.values())
    return Counter({k: int(v) for k, v in sums.items()})


def test_parts_add_up_and_direct_ones_are_what_the_inputs_gave(ask: Ask, case: Any, chain: tuple[Ledger, View]) -> None:
    ledger, view = chain
    names = tagged(case)
    checked = 0
    for row in case.truth.accounts.to_pylist()[:25]:
        script = ledger.find_script(row["script"])
        if script < 0:
            continue
        found = ask(row["address"])
        outputs = ledger.outputs_of([script]).tolist()
        value = int(view.out_value[outputs].sum())
        assert (found.received_sat, found.outputs) == (value, len(outputs))
        for way in (CAME, WENT):
            assert sum(p.value_sat for p in found.parts if p.way == way) == value
        got: Counter[str] = Counter()
        for p in found.parts:
            if p.way == CAME and p.direct and p.known:
                got[p.category] += p.value_sat
        for category, least in direct_in(ledger, view, outputs, names).items():
            # never less: a script of the same cluster counts too; the ledger splits in millionths
            assert got[category] >= least - len(outputs) * (value // 1_000_000 + 1)
            checked += bool(least)
    assert checked


def test_what_went_is_found_one_step_away(ask: Ask, case: Any, chain: tuple[Ledger, View]) -> None:
    """Every direct part going out names an output of a transaction that spends the address."""
    ledger, view = chain
    seen = 0
    for row in case.truth.accounts.to_pylist()[:25]:
        script = ledger.find_script(row["script"])
        if script < 0:
            continue
        outputs = ledger.outputs_of([script])
        spending = {ledger.txid_hex(int(t)) for t in view.spending_tx(outputs) if t >= 0}
        own = {ledger.outpoint(o) for o in outputs.tolist()}
        for p in ask(row["address"]).parts:
            if p.way == WENT and p.direct:
                _, txid, vout = p.at.split(":")
                assert txid in spending or f"{txid}:{vout}" in own
                seen += 1
            if p.way == CAME:
                assert p.at.startswith("outpoint:")
    assert seen


def test_a_cluster_holds_its_addresses_and_its_coins_come_back_to_itself(ask: Ask, case: Any) -> None:
    hot = case.truth.owners.to_pylist()
    text = next(r["address"] for r in hot if r["owner"] == "northgate" and r["wallet"] == "hot")
    one, whole = ask(text), ask(text, whole_cluster=True)
    assert one.scripts == 1 < whole.scripts
    assert whole.received_sat > one.received_sat
    assert any(p.category == BACK for p in whole.parts)
    for found in (one, whole):
        assert sum(p.value_sat for p in found.parts if p.way == WENT) == found.received_sat


def test_the_history_pages_without_gap(ask: Ask, case: Any) -> None:
    text = next(
        r["address"] for r in case.truth.owners.to_pylist() if r["owner"] == "northgate" and r["wallet"] == "hot"
    )
    whole = ask(text, whole_cluster=True, parts=False)
    assert whole.parts == () and whole.transactions > len(whole.history)
    rows = list(whole.history)
    while len(rows) < whole.transactions:
        rows += ask(text, whole_cluster=True, parts=False, first=len(rows)).history
    held = 0
    for row in rows:
        held += row.received_sat - row.spent_sat
        assert row.held_sat == held
    assert sum(r.received_sat for r in rows) == whole.received_sat


def test_what_is_no_address_here_is_one_error(ask: Ask) -> None:
    with pytest.raises(EvidenceError, match="checksum"):
        ask("bcrt1qnotanaddress")
    with pytest.raises(EvidenceError, match="another chain"):
        ask("1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa")
    with pytest.raises(UsageError, match="no output"):
        ask("bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080")


def test_an_accounts_rows_are_the_sums_of_its_payments(traced: Any) -> None:
    tables = traced()
    want: Counter[tuple[str, str, bool]] = Counter()
    accounts = defaultdict(set)
    for row in tables["payment"].to_pylist():
        accounts[row["outpoint"]].add(row["account"])
    for row in tables["exposure"].to_pylist():
        for account in accounts[row["payment"]]:
            want[account, row["category"], row["direct"]] += row["value_sat"]
    got = {(r["account"], r["category"], r["direct"]): r["value_sat"] for r in tables["account_exposure"].to_pylist()}
    assert got == dict(want)
    value: Counter[str] = Counter()
    for row in tables["payment"].to_pylist():
        value[row["account"]] += row["value_sat"]
    total: Counter[str] = Counter()
    for (account, *_), sat in got.items():
        total[account] += sat
    assert total == value
