"""The lines of restitute."""

import pyarrow as pa
import pyarrow.compute as pc

from leadline.model.words import OUTSIDE_LEDGER
from leadline.scenario.plan import TAGGED
from leadline.scenario.score.lines import Row, Tables, pairs, row
from leadline.scenario.score.truth import Truth


def restitute(true: Truth, tables: Tables) -> list[Row]:
    """The market's receipts, what of them reached tagged services, and whether its accounts balance, in satoshi."""
    side = dict(pairs(tables("balance"), "side", "value_sat"))
    named = {o for o, s in pairs(tables("cashout"), "outpoint", "service") if s.removeprefix("service:") in TAGGED}
    reached = sum(
        v for o, s, v in pairs(tables("entry"), "outpoint", "side", "value_sat") if s == "cash_out" and o in named
    )
    receipts = sum(r["value_sat"] for r in true.table("payments").to_pylist())
    cashouts = true.table("cashouts").filter(pc.is_in(true.table("cashouts")["service"], pa.array(TAGGED)))
    cashed = int(pc.sum(cashouts["value_sat"]).as_py() or 0)
    spent = side.get("spent_input", 0)
    came = side.get("receipt", 0) + side.get("change", 0)
    kept = side.get("held", 0) + side.get(OUTSIDE_LEDGER, 0)
    left = sum(side.get(name, 0) for name in ("cash_out", "change", "fee", "other_out"))
    return [
        row("restitute", "receipts, satoshi", side.get("receipt"), receipts, len(true.payments)),
        row("restitute", "cashed out to tagged services, satoshi", reached, cashed, len(cashouts)),
        row("restitute", "received, neither spent nor held, satoshi", came - spent - kept, 0, len(side)),
        row("restitute", "spent and gone nowhere, satoshi", spent - left, 0, len(side)),
    ]
