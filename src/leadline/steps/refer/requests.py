"""What to ask services: the outputs by which they released coins that reached a payment."""

import pyarrow as pa

from leadline.kinds.codecs.money import btc
from leadline.model.referral import ANNEX, REQUESTS
from leadline.model.tables import from_rows
from leadline.steps.answers import stated, transaction, withdrawals
from leadline.steps.refer.money import rows_where
from leadline.steps.refer.source import Source


def requests(source: Source, payments: pa.Table) -> tuple[pa.Table, pa.Table]:
    """(recorded, annex) outputs to ask services about, for `payments` (columns outpoint, utc_low, utc_high).

    An output is ``answered`` when a return of that service states it as a withdrawal of one of its customers.
    """
    named = ("outpoint", "utc_low", "utc_high")
    times = {o: (low, high) for o, low, high in zip(*(payments.column(c).to_pylist() for c in named), strict=True)}
    rejected = source.ruled("rejected")
    releases = [r for r in rows_where(source.table("release"), "payment", list(times)) if r["finding"] not in rejected]
    told = withdrawals(source.table("event"), sorted({transaction(r) for r in releases}))
    both: dict[str, list[tuple[object, ...]]] = {"recorded": [], "annex": []}
    for r in releases:
        low, high = times[r["payment"]]
        state = "answered" if stated(told, r) else "open"
        both[r["grade"]].append(
            (r["service"], r["release_outpoint"], r["address"] or "unknown", r["value_sat"], btc(r["value_sat"]),
             r["payment"], low, high, r["hops"], r["grade"], state, r["finding"])
        )  # fmt: skip
    return from_rows(REQUESTS, both["recorded"]), from_rows(ANNEX, both["annex"])
