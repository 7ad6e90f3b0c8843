"""Restitute: the market's accounts as outputs, balanced to the satoshi without a balancing entry.

The market's wallet is the closed set of engines.ledger.tracing.wallet: what its addresses received, and of every
transaction that spends only outputs of the set, the outputs that stay in it. Outputs that trace saw reach a service end
there. So

    of every transaction:  spent_input = change + cash_out + other_out + fee
    of the whole:          receipt = held + outside_ledger + cash_out + other_out + fee

hold by construction, each figure a sum over outputs that anyone can look up. A receipt is an output to an address of
the records that the market did not fund itself; `held` is what nothing had spent at the pin and is known to be the
operator's; `outside_ledger` is what was the operator's and has no spender on a ledger that lacks blocks after it, so
that nobody can say whether it is still there; `other_out` is what went on to hands unknown, or was spent together with
foreign coins.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from leadline.engines.ledger import Ledger
from leadline.engines.ledger.attribution.merges import Joins, joins
from leadline.engines.ledger.tracing import wallet
from leadline.engines.ledger.tracing.wallet import CASH, CHANGE, LEFT, MINGLED, OWN, PASSED, Wallet
from leadline.engines.ledger.view import Ints, View
from leadline.errors import ChainError
from leadline.kinds.codecs import fiat
from leadline.kinds.codecs.fiat import Series
from leadline.model import findings
from leadline.model.predicates import ACCOUNTED
from leadline.model.tables import from_columns
from leadline.model.words import CASH_OUT, OTHER_OUT, OUTSIDE_LEDGER, RECEIPT, SPENT_INPUT
from leadline.steps import open_pins
from leadline.steps.step import Claims, Inputs

SIDES = (RECEIPT, SPENT_INPUT, CASH_OUT, "change", "fee", OTHER_OUT, "held", OUTSIDE_LEDGER)


@dataclass(slots=True)
class _Entries:
    """Entries as they are made: the output they are about, side, transaction, satoshi."""

    output: list[int] = field(default_factory=list)
    side: list[str] = field(default_factory=list)
    tx: list[int] = field(default_factory=list)
    sat: list[int] = field(default_factory=list)

    def add(self, side: str, outputs: Ints, txs: Ints, sat: Ints) -> None:
        self.output += outputs.tolist()
        self.side += [side] * len(outputs)
        self.tx += txs.tolist()
        self.sat += sat.tolist()

    def total(self, side: str) -> int:
        """Satoshi on one side."""
        return sum(sat for sat, s in zip(self.sat, self.side, strict=True) if s == side)


def run(inputs: Inputs) -> Mapping[str, pa.Table]:
    """The tables of restitute; ChainError when the accounts do not balance, which no pinned ledger can cause."""
    claims = Claims("restitute")
    inputs.progress("ledger", 0, 3)
    view = open_pins.chain(inputs)
    ledger = view.ledger
    received = _outputs(inputs.table("payment"), ledger)
    cashed = _outputs(inputs.table("cashout"), ledger)
    receipts = np.array(sorted(received), np.int64)
    own = inputs.table("derivation")
    derived = _outputs(own.filter(own.column("own")), ledger)
    stated = np.unique(view.out_script[np.array([*received, *derived], np.int64)])
    inputs.progress("the market's wallet", 1, 3)

    def goes(output: int, own: bool) -> int | None:
        del own
        return -1 if output in cashed else None

    held = wallet.follow(view, receipts, stated, goes, open_pins.hop_limit(inputs), inputs.progress)
    entries = _entries(held, view)
    _check(entries)
    inputs.progress("accounts", 2, 3)
    joined = joins(view, stated)
    table = _claimed(entries, claims, (received, cashed), (held, joined), view)
    balance = _balance(
        entries, view, open_pins.prices(inputs, open_pins.currency(inputs)), open_pins.valuation_date(inputs)
    )
    inputs.progress("accounts", 3, 3)
    return {**claims.tables(), "entry": table, "balance": balance}


def _outputs(table: pa.Table, ledger: Ledger) -> dict[int, list[bytes]]:
    """The findings about each output named in `table`; ChainError when the ledger does not have it."""
    found: dict[int, list[bytes]] = {}
    for text, finding in zip(table.column("outpoint").to_pylist(), table.column("finding").to_pylist(), strict=True):
        _, txid, vout = text.split(":")
        output = ledger.out_index(txid, int(vout))
        if output < 0:
            raise ChainError(
                "the pinned ledger has not the output a finding names",
                where=f"out:{txid}:{vout}",
                remedy="run trace again",
            )
        found.setdefault(output, []).append(finding)
    return found


def _entries(held: Wallet, view: View) -> _Entries:
    """Every entry of the accounts, side by side."""
    entries = _Entries()
    entries.add("receipt", held.receipts, view.out_tx(held.receipts), view.out_value[held.receipts])
    spent = view.out_spender[held.output] >= 0
    sides = {
        "change": (held.rule <= CHANGE) | ((held.rule == PASSED) & spent),
        "cash_out": held.rule == CASH,
        "other_out": (held.rule == LEFT) | (held.rule == MINGLED) | ((held.rule == PASSED) & ~spent),
    }
    for side, rows in sides.items():
        outputs = held.output[rows]
        entries.add(side, outputs, view.out_tx(outputs), view.out_value[outputs])
    mingled = np.intersect1d(held.receipts, held.mingled)
    entries.add("other_out", mingled, view.spending_tx(mingled), view.out_value[mingled])
    row, inputs = view.inputs_of(held.txs)
    before = view.in_prev[inputs]
    entries.add("spent_input", before, held.txs[row], view.out_value[before])
    fee = np.zeros(len(held.txs), np.int64)
    np.add.at(fee, row, view.out_value[before])
    out_row, created = view.outputs_of(held.txs)
    np.subtract.at(fee, out_row, view.out_value[created])
    paid = fee > 0
    first = view.in_prev[view.tx_first_in[held.txs]]
    entries.add("fee", first[paid], held.txs[paid], fee[paid])
    for side, rest in (("held", held.held(view)), (OUTSIDE_LEDGER, held.lost(view))):
        entries.add(side, rest, view.out_tx(rest), view.out_value[rest])
    return entries


def _check(entries: _Entries) -> None:
    totals = {side: entries.total(side) for side in SIDES}
    gone = totals["cash_out"] + totals["other_out"] + totals["fee"]
    if totals["receipt"] != totals["held"] + totals[OUTSIDE_LEDGER] + gone:
        raise ChainError(
            "the market's accounts do not balance", remedy="build the ledger again from its block files and run trace"
        )


def _claimed(
    entries: _Entries,
    claims: Claims,
    known: tuple[dict[int, list[bytes]], dict[int, list[bytes]]],
    why: tuple[Wallet, Joins],
    view: View,
) -> pa.Table:
    """The entry table, an `accounted` finding a row: on the chain, on what trace found, and on merges where own."""
    received, cashed = known
    held, joined = why
    owned = set(held.output[held.rule == OWN].tolist())
    rows: dict[str, list[object]] = {c.name: [] for c in findings.ENTRY.columns}
    ledger_ref = f"ledger:{view.ledger.network}"
    for output, side, tx, sat in zip(entries.output, entries.side, entries.tx, entries.sat, strict=True):
        outpoint, txid = view.ledger.outpoint(output), view.ledger.txid_hex(tx)
        id_ = claims.add(f"outpoint:{outpoint}", ACCOUNTED, f"side:{side}")
        claims.rest(id_, "ledger", ledger_ref, f"out:{outpoint}")
        claims.rest(id_, "ledger", ledger_ref, f"tx:{txid}")
        for below in received.get(output, []) + (cashed.get(output, []) if side == CASH_OUT else []):
            claims.rest(id_, "finding", f"finding:{below.hex()}")
        if output in owned:
            for merge, by in joined.path(int(view.out_script[output]))[0]:
                merged = view.ledger.txid_hex(merge)
                claims.rest(id_, "merge", f"tx:{merged}", f"tx:{merged}>rule:{by}")
        for name, value in zip(rows, (id_, f"outpoint:{outpoint}", side, f"tx:{txid}", sat), strict=True):
            rows[name].append(value)
    return from_columns(findings.ENTRY, rows)


def _balance(entries: _Entries, view: View, series: Series | None, on: date | None) -> pa.Table:
    """One row a side, with the sums of its outputs' values; an output without a price is counted, never taken as zero.

    `at_payment` values an entry on the UTC day of its transaction, `at_valuation` on the case's valuation date.
    """
    rows: dict[str, list[object]] = {c.name: [] for c in findings.BALANCE.columns}
    table = pa.table(
        [entries.side, pa.array(entries.tx, pa.int64()), pa.array(entries.sat, pa.int64())], ["side", "tx", "sat"]
    )
    late = series.days.get(on) if series is not None and on is not None else None
    for side in SIDES:
        mine = table.filter(pc.equal(table.column("side"), side))
        sats = mine.column("sat").to_pylist()
        days = [datetime.fromtimestamp(t, UTC).date() for t in view.tx_time[mine.column("tx").to_numpy()].tolist()]
        priced = [(s, series.days[d][0]) for s, d in zip(sats, days, strict=True) if series and d in series.days]
        at_payment = sum(fiat.worth(s, cents) for s, cents in priced)
        values = (
            side,
            len(sats),
            sum(sats),
            fiat.decimal(at_payment) if series and (priced or not sats) else None,
            fiat.decimal(sum(fiat.worth(s, late[0]) for s in sats)) if late else None,
            len(sats) - len(priced),
            series.currency if series else "",
        )
        for name, value in zip(rows, values, strict=True):
            rows[name].append(value)
    return from_columns(findings.BALANCE, rows)
