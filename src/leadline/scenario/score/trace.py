"""The lines of trace."""

from collections import defaultdict

import pyarrow.compute as pc

from leadline.model.predicates import CASHED_OUT, PRICED_AS, RECEIVED, RELEASED
from leadline.scenario.chain.operator import MAIN, OPERATOR
from leadline.scenario.plan import TAGGED
from leadline.scenario.score.lines import Row, Tables, findings, pairs, row, share
from leadline.scenario.score.truth import Truth, tagged_service


def trace(true: Truth, tables: Tables) -> list[Row]:
    """Payments found, the releasing service by route and by hops beside an oracle, stop reasons, the cash-out."""
    received = {o for _, _, o in findings(tables, RECEIVED)}
    expected = {p["outpoint"] for p in true.payments}
    payment = tables("payment")
    paid = dict(pairs(payment, "outpoint", "value_sat"))
    rows = [
        row("trace", "payments found", len(received & expected), len(expected), len(received)),
        row(
            "trace", "satoshi received", sum(v for o, v in paid.items() if o in expected),
            sum(p["value_sat"] for p in true.payments), len(paid),
        ),
    ]  # fmt: skip
    released: dict[str, set[str]] = defaultdict(set)
    for _, service, outpoint in findings(tables, RELEASED):
        released[outpoint].add(service.removeprefix("service:"))
    claimed: dict[tuple[str, str], int] = {}
    for outpoint, service, hops in pairs(tables("release"), "payment", "service", "hops"):
        key = (outpoint, service.removeprefix("service:"))
        claimed[key] = min(hops, claimed.get(key, hops))
    for hops in range(5):
        claims = [key for key, n in claimed.items() if n == hops]
        rows += _released("direct" if hops == 0 else f"{hops} hops", claims, true.payments, hops, released)
    over = [p for p in true.payments if p["hops"] > 0]
    known = sum(tagged_service(p) is not None for p in over)
    found = sum(bool(released.get(p["outpoint"])) for p in over)
    rows.append(row("trace", "1-4 hops: payments named, beside an oracle of all owners", found, known, len(over)))
    stop = tables("stop")
    counted: dict[str, set[str]] = defaultdict(set)
    for payment_ref, reason in pairs(stop, "payment", "reason"):
        if payment_ref in expected and payment_ref not in released:
            counted[reason].add(payment_ref)
    real: dict[str, set[str]] = defaultdict(set)
    for p in true.payments:
        if p["stop"] is not None:
            real[p["stop"]].add(p["outpoint"])
    for reason in sorted({*counted, *real}):
        agreed = counted[reason] & real[reason]
        rows.append(row("trace", f"stopped: {reason}", len(agreed), len(real[reason]), len(counted[reason])))
    return [*rows, *_derived(true, tables), *_priced(true, tables), *_cashouts(true, tables)]


def _released(
    what: str, claims: list[tuple[str, str]], payments: list[Row], hops: int, released: dict[str, set[str]]
) -> list[Row]:
    """Precision over what trace claims at this many hops, whatever the truth; recall over what truly has so many."""
    real = {p["outpoint"]: tagged_service(p) for p in payments}
    right = sum(real.get(outpoint) == service for outpoint, service in claims)
    known = [p for p in payments if p["hops"] == hops and tagged_service(p) is not None]
    found = sum(tagged_service(p) in released[p["outpoint"]] for p in known)
    return [
        row("trace", f"{what}: precision of the releasing service", share(right, len(claims)), 1.0, len(claims)),
        row("trace", f"{what}: recall of the releasing service", share(found, len(known)), 1.0, len(known)),
    ]


def _priced(true: Truth, tables: Tables) -> list[Row]:
    """Payments of exactly a price the market lists; those of another amount that come as near to one are false."""
    of = dict(pairs(true.table("purchases"), "purchase", "tariff"))
    real = {p["outpoint"] for p in true.payments if of[p["purchase"]] is not None}
    found = {o for _, _, o in findings(tables, PRICED_AS)}
    return [
        row("trace", "payments of a listed price found", len(found & real), len(real), len(found)),
        row("trace", "payments of no listed price, said to be of one", len(found - real), 0, len(found)),
    ]


def _derived(true: Truth, tables: Tables) -> list[Row]:
    """Addresses of the operator's own wallet that follow from the key in the market's settings."""
    owners = true.table("owners")
    mine = owners.filter(pc.and_(pc.equal(owners["owner"], OPERATOR), pc.equal(owners["wallet"], MAIN)))
    real = set(mine["address"].to_pylist())
    found = set(tables("derivation")["address"].to_pylist())
    return [row("trace", "addresses derived from keys in the records", len(found & real), len(real), len(found))]


def _cashouts(true: Truth, tables: Tables) -> list[Row]:
    """Cash-outs to tagged services found at the very deposit, and those that are none.

    A service that sweeps one deposit alone looks like a private hop: its sweep is then named in place of the deposit,
    which stands on the path. The coins did reach that service, so that is a cash-out missed, not one that is none.
    """
    table = true.table("cashouts")
    real = {f"outpoint:{t}:{v}": (s, n) for t, v, s, n in pairs(table, "txid", "vout", "service", "value_sat")}
    found = {o: s.removeprefix("service:") for _, s, o in findings(tables, CASHED_OUT)}
    tagged = {o for o, (s, _) in real.items() if s in TAGGED}
    right = sum(found.get(o) == real[o][0] for o in tagged)
    on_path: dict[bytes, set[str]] = defaultdict(set)
    for id_, spent, created in pairs(tables("hop"), "finding", "outpoint_in", "outpoint_out"):
        on_path[id_] |= {spent, created}
    none = 0
    for id_, service, outpoint in findings(tables, CASHED_OUT):
        name = service.removeprefix("service:")
        none += outpoint not in real and not any(real.get(o, ("", 0))[0] == name for o in on_path[id_])
    return [
        row("trace", "cash-outs to tagged services found", right, len(tagged), len(found)),
        row("trace", "cash-outs found that are none", none, 0, len(found)),
    ]
