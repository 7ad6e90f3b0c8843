"""Trace: from the addresses in the records to the services that released the coins, and to those that took them.

Nothing is traced past a service: after a deposit the coins are no longer the payer's. What was `released` says nothing
about who asked for it.
"""

from collections.abc import Mapping
from datetime import date

import pyarrow as pa

from leadline.engines.ledger import open_ledger
from leadline.engines.ledger.view import as_of
from leadline.errors import CaseError, KindError
from leadline.model import findings
from leadline.steps.step import Claims, Inputs, StepSpec
from leadline.steps.trace.cashouts import cashouts
from leadline.steps.trace.explain import draw
from leadline.steps.trace.paths import Paths
from leadline.steps.trace.payments import payments
from leadline.steps.trace.released import released
from leadline.steps.trace.services import services
from leadline.steps.trace.values import pinned_series, valued

__all__ = ["SPEC", "draw"]

HOP_LIMIT = 4
"""Private transactions walked back when the case sets no limit: each further one multiplies what may lie between."""


def run(inputs: Inputs) -> Mapping[str, pa.Table]:
    """The tables of trace; CaseError when no ledger, or more than one, is pinned."""
    pins = inputs.pins("ledger")
    if len(pins) != 1:
        raise CaseError(
            f"trace needs exactly one pinned ledger, the case has {len(pins)}",
            remedy="leadline case set CASE pin.ledger=PATH --reason TEXT",
        )
    claims = Claims("trace")
    inputs.progress("ledger", 0, 6)
    ledger = open_ledger(pins[0].path)
    if "height" in pins[0].params:
        ledger = ledger.at_pin(int(pins[0].params["height"]), pins[0].digest)
    merges = frozenset(w.removeprefix("tx:") for w in inputs.withdrawn if w.startswith("tx:"))
    view = as_of(ledger, merges)
    paths = Paths(ledger, claims)
    inputs.progress("payments", 1, 6)
    paid = payments(inputs, claims, ledger, view)
    inputs.progress("tags", 2, 6)
    named = services(inputs.pins("tag"), inputs.withdrawn, ledger, view)
    inputs.progress("back to the services", 3, 6)
    hops = _hop_limit(inputs)
    back = released(paid, named, view, ledger, claims, paths, hops)
    inputs.progress("forward from the market", 4, 6)
    cashed = cashouts(paid, named, view, ledger, claims, paths, hops, inputs.progress)
    inputs.progress("values", 5, 6)
    currency = str(inputs.settings.get("currency") or "USD")
    series = pinned_series(inputs.pins("price"), currency, inputs.withdrawn)
    ends = {ledger.out_index(*_outpoint(r)) for r in cashed.column("outpoint").to_pylist()}
    worth = valued(sorted({*paid.output.tolist(), *ends}), series, _valuation_date(inputs), view, ledger, claims, paths)
    inputs.progress("values", 6, 6)
    return {
        **claims.tables(),
        "payment": paid.table,
        **back,
        "hop": paths.table(),
        "cashout": cashed,
        "valuation": worth,
    }


def _hop_limit(inputs: Inputs) -> int:
    limit = inputs.settings.get("hop_limit")
    if limit is None:
        return HOP_LIMIT
    if not isinstance(limit, int) or not 0 <= limit <= 64:
        raise CaseError("hop_limit is no number from 0 to 64", remedy="leadline case set CASE hop_limit=4")
    return limit


def _valuation_date(inputs: Inputs) -> date | None:
    text = inputs.settings.get("valuation_date")
    if not text:
        return None
    try:
        return text if isinstance(text, date) else date.fromisoformat(str(text))
    except ValueError:
        raise KindError(
            "the case's valuation date is no ISO date", remedy="leadline case set CASE valuation_date=2018-03-01"
        ) from None


def _outpoint(text: str) -> tuple[str, int]:
    _, txid, vout = text.split(":")
    return txid, int(vout)


SPEC = StepSpec(
    name="trace",
    method="walks",
    version=1,
    says="Follows every payment back to the service that released the coins, and the market's coins forward.",
    reads=("address",),
    pins=("ledger", "tag", "price"),
    decides_on=(),
    settings=("hop_limit", "valuation_date", "currency"),
    writes=(
        findings.FINDING,
        findings.BASIS,
        findings.PAYMENT,
        findings.RELEASE,
        findings.HOP,
        findings.STOP,
        findings.CASHOUT,
        findings.VALUATION,
    ),
    run=run,
)
