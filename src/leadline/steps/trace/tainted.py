"""Where the market's receipts are, by every rule of taint: the case's own and, beside it, the others."""

from collections import Counter
from typing import Any

import numpy as np
import pyarrow as pa

from leadline.engines.ledger.tracing.taint import taint
from leadline.model import findings
from leadline.model.findings import TAINT_RULES
from leadline.model.tables import from_columns
from leadline.model.words import OUTSIDE_LEDGER, UNSPENT
from leadline.steps.trace.cashouts import UNKNOWN
from leadline.steps.trace.context import Context


def tainted(context: Context, reached: list[int], named: str) -> pa.Table:
    """The taint table: the receipts followed by each rule to services, CoinJoins, fees, what is unspent, and what has
    no spender on a ledger that lacks blocks after it; so has all of an account that owns any such output. What a
    transaction spends whose shape is unknown, for lack of its inputs' values, is as little known.

    Taint ends at a script of a named service, of a cluster that behaves like one (never the market's own), and at the
    outputs `reached` that trace found to be cash-outs. `named` is the case's own rule.
    """
    view, paid, services = context.view, context.paid, context.services
    names = services.names
    own = np.zeros(len(view.cluster), np.bool_)
    own[view.cluster[paid.stated]] = True
    closed = (names.service >= 0) | (names.busy & ~own[view.cluster])
    closed[paid.stated] = False
    ends = closed[view.out_script]
    ends[reached] = True
    beyond = np.zeros(len(ends), np.bool_)
    beyond[view.hidden()] = True
    beyond &= ~ends
    loose = np.arange(view.tip_first_out)
    open_ended = np.zeros(len(view.cluster), np.bool_)
    open_ended[view.cluster[view.out_script[loose[view.lost(loose)]]]] = True
    rows: dict[str, list[Any]] = {c.name: [] for c in findings.TAINT.columns}
    for rule in TAINT_RULES:
        found = taint(view, rule, paid.output, ends | beyond)
        counts: Counter[str] = Counter()
        sums: Counter[str] = Counter()
        service = names.service[view.out_script[found.output]]
        for output, sat, which in zip(found.output.tolist(), found.sat.tolist(), service.tolist(), strict=True):
            if ends[output]:
                place = services.refs[which] if which >= 0 else UNKNOWN
            else:
                place = OUTSIDE_LEDGER if beyond[output] or output < view.tip_first_out else UNSPENT
            counts[place] += 1
            sums[place] += sat
        for place, mine in ((OUTSIDE_LEDGER, open_ended[found.account]), (UNSPENT, ~open_ended[found.account])):
            counts[place] += int(mine.sum())
            sums[place] += int(found.held[mine].sum())
        sums += Counter({"fee": found.fee, "coinjoin": found.stopped, "again": found.again})
        for place in sorted(place for place in sums if sums[place]):
            values = (rule, rule == named, place, counts[place], sums[place])
            for name, value in zip(rows, values, strict=True):
                rows[name].append(value)
    return from_columns(findings.TAINT, rows)
