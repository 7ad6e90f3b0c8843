"""The work of trace: payments, walks back and forward, values, and what tags say."""

from collections.abc import Mapping

import pyarrow as pa

from leadline.steps import open_pins
from leadline.steps.step import Claims, Inputs
from leadline.steps.trace.attributed import attributed
from leadline.steps.trace.cashouts import cashouts
from leadline.steps.trace.coverage import coverage
from leadline.steps.trace.exposed import by_account, exposed
from leadline.steps.trace.gaps import gaps, unknown_ends
from leadline.steps.trace.mixes import tied
from leadline.steps.trace.paths import Paths
from leadline.steps.trace.patterns import patterns
from leadline.steps.trace.payments import payments
from leadline.steps.trace.peeled import peeled
from leadline.steps.trace.priced import priced
from leadline.steps.trace.released import released
from leadline.steps.trace.seeds import seeds
from leadline.steps.trace.services import services
from leadline.steps.trace.tags import gather
from leadline.steps.trace.tainted import tainted
from leadline.steps.trace.values import valued


def run(inputs: Inputs) -> Mapping[str, pa.Table]:
    """The tables of trace; CaseError when no ledger, or more than one, is pinned."""
    claims = Claims("trace")
    hops, on = open_pins.hop_limit(inputs), open_pins.valuation_date(inputs)
    inputs.progress("ledger", 0, 7)
    ledger, view = open_pins.chain(inputs)
    paths = Paths(ledger, claims)
    inputs.progress("payments", 1, 7)
    known = seeds(inputs, claims, ledger, view, open_pins.gap_limit(inputs))
    paid = payments(inputs, claims, ledger, view, known)
    inputs.progress("tags", 2, 7)
    tags = gather(inputs.pins("tag"), inputs.withdrawn, ledger)
    named = services(tags, view)
    inputs.progress("back to the services", 3, 7)
    back, walked = released(paid, named, view, ledger, claims, paths, hops)
    inputs.progress("forward from the market", 4, 7)
    cashed, reached, handed, lost = cashouts(paid, named, view, ledger, claims, paths, hops, inputs.progress)
    chains = peeled(back["release"], handed, paid, named, view, ledger, claims, paths)
    mixed = tied(back["stop"], paid, view, ledger, claims)
    shown = patterns(paid, walked, services=named, view=view, ledger=ledger, claims=claims)
    listed, unlisted = priced(inputs, paid, view, ledger, claims)
    inputs.progress("taint", 5, 7)
    where = tainted(paid, reached, named, view, open_pins.taint_rule(inputs))
    exposure = exposed(paid, named, tags, view, paths, hops)
    inputs.progress("values", 6, 7)
    outputs = sorted({*paid.output.tolist(), *reached})
    series = open_pins.fiat_series(inputs)
    worth = valued(outputs, series, on, view, ledger, claims, paths)
    inputs.progress("values", 7, 7)
    return {
        **claims.tables(),
        **known.tables,
        "payment": paid.table,
        **back,
        **attributed(tags, named, view, ledger),
        "hop": paths.table(),
        "cashout": cashed,
        "gap": gaps(inputs, outputs, series, on, view, ledger, [*unlisted, *unknown_ends(lost, view, ledger)]),
        "peel": chains,
        "mixlink": mixed,
        "pattern": shown,
        "priced": listed,
        "taint": where,
        "exposure": exposure,
        "account_exposure": by_account(paid.table, exposure),
        "coverage": coverage(inputs, paid, named, view, ledger),
        "valuation": worth,
    }
