"""What to ask services: the outputs by which they released coins that reached a payment.

An output is asked about only when it pays an address found in an exhibit, or a chain of recorded spends leads from it
to one, and a transaction that spends an address tagged as the service's own made it. What rests on a cluster instead
of that tag, or on behaviour, stands among the inferred, and there only once a person has accepted the release.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from leadline.kinds.bitcoin.amount import btc
from leadline.model.referral import INFERRED_REQUESTS, REQUESTS
from leadline.model.tables import from_rows
from leadline.model.words import ACCEPTED, ANSWERED, INFERRED, NONE, OPEN, RECORDED, REJECTED
from leadline.steps.refer.money import rows_where
from leadline.steps.refer.refer_io import Source
from leadline.steps.service_answers import stated, transaction, withdrawals


@dataclass(frozen=True, slots=True)
class Requests:
    """Outputs to ask about: over recorded spends (REQUESTS), inferred as decided (INFERRED_REQUESTS), and the inferred
    that wait for a decision, which nobody is asked about."""

    recorded: pa.Table
    inferred: pa.Table
    waiting: pa.Table


def requests(source: Source, payments: pa.Table) -> Requests:
    """The outputs to ask services about, for `payments` (columns finding, outpoint, utc_low, utc_high).

    A payment or release that a person rejected is left out. An output is ``answered`` when a return of that service
    states it as a withdrawal of one of its customers.
    """
    named = ("finding", "outpoint", "utc_low", "utc_high")
    rejected, accepted = source.ruled(REJECTED), source.ruled(ACCEPTED)
    rows = zip(*(payments.column(c).to_pylist() for c in named), strict=True)
    times = {outpoint: (low, high) for finding, outpoint, low, high in rows if finding not in rejected}
    releases = [r for r in rows_where(source.table("release"), "payment", list(times)) if r["finding"] not in rejected]
    labels = tag_labels(source, [r["finding"] for r in releases])
    asset = f"BTC on {source.case.network or 'an unknown chain'}"
    told = withdrawals(source.table("event"), sorted({transaction(r) for r in releases}))
    parts: dict[str, list[tuple[object, ...]]] = {RECORDED: [], INFERRED: [], "waiting": []}
    for r in releases:
        low, high = times[r["payment"]]
        state = ANSWERED if stated(told, r) else OPEN
        part = "waiting" if r["grade"] != RECORDED and r["finding"] not in accepted else r["grade"]
        parts[part].append(
            (r["service"], r["release_outpoint"], asset, r["address"] or "unknown", r["value_sat"], btc(r["value_sat"]),
             r["height"], r["utc_low"], r["utc_high"], labels.get(r["finding"], NONE), r["payment"], low, high,
             r["hops"], r["grade"], state, r["finding"])
        )  # fmt: skip
    specs = REQUESTS, INFERRED_REQUESTS, INFERRED_REQUESTS
    return Requests(*(from_rows(spec, parts[name]) for name, spec in zip(parts, specs, strict=True)))


def tag_labels(source: Source, findings: Sequence[bytes]) -> dict[bytes, str]:
    """By finding, the labels of the tags it rests on, each once, in order; the service where a tag has none."""
    basis, table = source.table("basis"), source.table("attribution")
    mine = basis.filter(pc.and_(pc.equal(basis.column("kind"), "tag"), pc.equal(basis.column("role"), "for")))
    columns = (table.column(c).to_pylist() for c in ("tag", "entry", "label", "service"))
    said = {(tag, f"entry:{entry}"): label or service for tag, entry, label, service in zip(*columns, strict=True)}
    found: dict[bytes, set[str]] = defaultdict(set)
    for row in rows_where(mine, "finding", findings):
        if (row["ref"], row["locator"]) in said:
            found[row["finding"]].add(said[row["ref"], row["locator"]])
    return {id_: "; ".join(sorted(labels)) for id_, labels in found.items()}
