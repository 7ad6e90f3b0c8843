"""The work of trace: payments, walks back and forward, values, and what tags say."""

from collections.abc import Mapping

import pyarrow as pa

from leadline.steps import open_pins
from leadline.steps.step import Claims, Inputs
from leadline.steps.trace.attributed import attributed
from leadline.steps.trace.cashouts import cashouts
from leadline.steps.trace.context import Context
from leadline.steps.trace.coverage import coverage
from leadline.steps.trace.exposed import by_account, exposed
from leadline.steps.trace.gaps import gaps, unknown_ends
from leadline.steps.trace.mixes import mix_links
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
    view = open_pins.chain(inputs)
    inputs.progress("payments", 1, 7)
    known = seeds(inputs, claims, view, open_pins.gap_limit(inputs))
    paid = payments(inputs, claims, view, known)
    inputs.progress("tags", 2, 7)
    tags = gather(inputs.pins("tag"), inputs.withdrawn, view.ledger)
    paths, series = Paths(view.ledger, claims), open_pins.fiat_series(inputs)
    context = Context(inputs, view, claims, paths, paid, tags, services(tags, view), hops, series, on)
    inputs.progress("back to the services", 3, 7)
    back, walked = released(context)
    inputs.progress("forward from the market", 4, 7)
    cashed = cashouts(context)
    chains = peeled(context, back["release"], cashed.handed)
    mixed = mix_links(context, back["stop"])
    shown = patterns(context, walked)
    listed, unlisted = priced(context)
    inputs.progress("taint", 5, 7)
    where = tainted(context, cashed.reached, open_pins.taint_rule(inputs))
    exposure = exposed(context)
    inputs.progress("values", 6, 7)
    outputs = sorted({*paid.output.tolist(), *cashed.reached})
    worth = valued(context, outputs)
    inputs.progress("values", 7, 7)
    return {
        **claims.tables(),
        **known.tables,
        "payment": paid.table,
        **back,
        **attributed(context),
        "hop": paths.table(),
        "cashout": cashed.table,
        "gap": gaps(context, outputs, [*unlisted, *unknown_ends(cashed.lost, view)]),
        "peel": chains,
        "mixlink": mixed,
        "pattern": shown,
        "priced": listed,
        "taint": where,
        "exposure": exposure,
        "account_exposure": by_account(paid.table, exposure),
        "coverage": coverage(context),
        "valuation": worth,
    }
