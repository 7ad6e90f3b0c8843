"""Back from every payment: the service that released the coins, or why the path ended and what the law can do next."""

from dataclasses import dataclass
from typing import Any, TypeAlias

import pyarrow as pa

from leadline.engines.ledger.tracing import walks
from leadline.engines.ledger.tracing.walks import Ends, Steps
from leadline.engines.ledger.view import Ints, View
from leadline.kinds.bitcoin import address
from leadline.model import findings, words
from leadline.model.predicates import RELEASED, STOPPED
from leadline.model.refs import ref
from leadline.model.tables import from_columns
from leadline.model.words import INFERRED, RECORDED
from leadline.steps.trace import unresolved_walks
from leadline.steps.trace.context import Context
from leadline.steps.trace.paths import Hop, Paths
from leadline.steps.trace.unresolved_walks import IN_ORDER, End

REASONS = {
    walks.COINJOIN: words.COINJOIN,
    walks.BUSY: words.UNTAGGED_SERVICE,
    walks.NEWLY_MINED: words.COINBASE,
    walks.LIMIT: words.AT_HOP_LIMIT,
    walks.EDGE: words.LEDGER_EDGE,
    walks.CROWD: words.MERGED_HISTORY,
    walks.MARKET: words.MARKET,
    unresolved_walks.UNNAMED_SERVICE: words.UNTAGGED_SERVICE,
    unresolved_walks.MIXES: words.MIXER,
}
"""The stop reason of each kind of end that is no service; a service that mixes ends a path as `mixer`."""

NEXT_STEPS = {
    words.COINJOIN: "Coins of several owners were mixed here. Look for the payer in the records themselves; ask the "
    "mix's coordinator for its records where one is known and can be reached by law.",
    words.MIXER: "Coins came out of a mixing service, by its tag or by the signs named. Establish which it is; ask "
    "for its records where it was seized or can be reached by law.",
    words.COINBASE: "The coins were newly mined here. Find the mining pool that the block names and ask whom it paid.",
    words.UNTAGGED_SERVICE: "Hands without a name that behave like a service, by the signs named. Establish which "
    "service it is before anyone is asked; it is no addressee of a request.",
    words.AT_HOP_LIMIT: "The walk ended at the case's limit of private transactions. Raise hop_limit if the case "
    "allows it.",
    words.MARKET: "The coins came out of addresses of the market itself, where others' payments lay. Look at those; "
    "nobody is asked about this path.",
    words.LEDGER_EDGE: "The coins come from outside the pinned ledger. Pin a ledger that covers the earlier blocks.",
    words.MERGED_HISTORY: "The coins come together from many hands. Follow the branches with the largest shares by "
    "hand.",
}
"""The next legal step by reason: fixed sentences, the same in every report."""


Walked: TypeAlias = dict[int, dict[int, int]]
"""By payment all of whose value was released by named services, the coins that were spent on the way to it, each with
its distance: 1 what the payment spent. Where a path ends otherwise, nobody knows whether the hands were private."""


@dataclass(slots=True)
class _Sum:
    """One release or stop: shares added over its paths, the fewest hops, whether any input spent is itself tagged."""

    share: int = 0
    hops: int = 1 << 30
    recorded: bool = False

    def add(self, share: int, hops: int, *, recorded: bool) -> None:
        self.share += share
        self.hops = min(self.hops, hops)
        self.recorded = self.recorded or recorded


def released(context: Context) -> tuple[dict[str, pa.Table], Walked]:
    """Tables release and stop, and the private coins walked over; findings `released` and `stopped` with their paths.

    The release outpoint is the output of the service's own transaction: the payment itself, or the output by which the
    coins left the service. It is *recorded* when that transaction spends a tagged address and only recorded spends lie
    between; it is *inferred* when the service is known by its cluster.
    """
    view, claims, paths = context.view, context.claims, context.paths
    paid, services = context.paid, context.services
    steps, ends = walks.back(view, paid.output, services.names, context.hop_limit, paid.stated)
    releases: dict[tuple[bytes, int], _Sum] = {}
    stops: dict[tuple[bytes, int], _Sum] = {}
    about: dict[bytes, tuple[int, str]] = {}
    signs: dict[tuple[bytes, int], str] = {}
    walked: Walked = {}
    unknown: set[int] = set()
    for end, sign in unresolved_walks.judged(_ends(steps, ends), view, services.counted, paid.stated):
        payment, service, at = int(paid.output[end.seed]), end.service, end.at
        mixes = service >= 0 and services.mixes[service]
        near = walked.setdefault(payment, {})
        for depth, coin in enumerate(end.chain[1:], 1):
            near[coin] = min(depth, near.get(coin, depth))
        if service < 0 or mixes:
            unknown.add(payment)
        if service >= 0 and not mixes:
            what = services.refs[service]
            id_ = claims.add(what, RELEASED, paths.outpoint(payment))
            rule = "tag" if end.direct else "cluster"
        else:
            what = "mixer" if mixes else REASONS[end.kind]
            id_ = claims.add(paths.outpoint(payment), STOPPED, ref("stop", what))
            rule = ("tag" if end.direct else "cluster") if mixes else "spend"
        about[id_] = (payment, what)
        sums = stops if service < 0 or mixes else releases
        if end.kind == walks.BUSY:
            sign = services.disputed(view, int(view.out_script[end.spent])) or sign
        if sign is not None:
            signs[id_, at] = sign
        sums.setdefault((id_, at), _Sum()).add(end.share, len(end.chain) - 1, recorded=end.direct)
        _draw(context, id_, end, rule)
        for received in paid.findings[payment]:
            claims.rest(id_, "finding", f"finding:{received.hex()}")
        claims.rest(id_, "ledger", f"ledger:{view.ledger.network}", f"out:{view.ledger.outpoint(payment)}")
        if service >= 0:
            services.rest(claims, id_, int(view.out_script[end.spent]), view.ledger)
    return {
        "release": _releases(context, releases, about),
        "stop": _stops(stops, about, signs, paths),
    }, {payment: coins for payment, coins in walked.items() if payment not in unknown}


def _ends(steps: Steps, ends: Ends) -> list[End]:
    """Every end, in order."""
    parent, output, seed = steps.parent.tolist(), steps.output.tolist(), steps.seed.tolist()
    rows = []
    columns = (ends.kind, ends.step, ends.at, ends.share, ends.service, ends.spent, ends.direct)
    for kind, step, at, share, service, spent, direct in zip(*(c.tolist() for c in columns), strict=True):
        chain, here = [], step
        while here >= 0:
            chain.append(output[here])
            here = parent[here]
        rows.append(End(seed[step], chain[::-1], kind, at, share, service, spent, direct))
    return sorted(rows, key=IN_ORDER)


def _draw(context: Context, finding: bytes, end: End, rule: str) -> None:
    """The path as hops: each output of the chain was created by a transaction that spent the next one."""
    paths, chain = context.paths, end.chain
    last = end.spent if end.at == chain[-1] else end.at
    script = int(context.view.out_script[end.spent])
    score = context.services.level_ppm(script) if rule != "spend" else None
    hops = []
    for k, output in enumerate(chain):
        tx = int(paths.ledger.out_tx([output])[0])
        if k + 1 < len(chain):
            hops.append(Hop(tx, chain[k + 1], output))
        elif score is None:
            hops.append(Hop(tx, last, output))
        else:
            hops.append(Hop(tx, last, output, rule, score))
    paths.add(finding, hops)


def _releases(context: Context, sums: dict[tuple[bytes, int], _Sum], about: dict[bytes, tuple[int, str]]) -> pa.Table:
    view, paths, services = context.view, context.paths, context.services
    rows: dict[str, list[Any]] = {c.name: [] for c in findings.RELEASE.columns}
    index = {name: number for number, name in enumerate(services.refs)}
    for (id_, at), sum_ in sums.items():
        payment, service = about[id_]
        script = view.ledger.script_bytes(int(view.out_script[at]))
        tx = int(view.ledger.out_tx([at])[0])
        height, low, high = paths.block_of(tx)
        values = (
            id_, paths.outpoint(payment), service, paths.outpoint(at), int(view.out_value[at]),
            address.encode(script, view.ledger.network), sum_.hops, sum_.share,
            tagged_ppm(view, services.names.direct, tx, index[service]), height, low, high,
            RECORDED if sum_.recorded else INFERRED,
        )  # fmt: skip
        for name, value in zip(rows, values, strict=True):
            rows[name].append(value)
    return from_columns(findings.RELEASE, rows)


def tagged_ppm(view: View, direct: Ints, tx: int, service: int) -> int | None:
    """Of the value `tx` spends, what stands on scripts that a tag of their own gives to `service`, in millionths.

    None where the script or value of an input is unknown. `direct` is the service by script, -1 where none is tagged.
    """
    inputs = slice(int(view.tx_first_in[tx]), int(view.tx_first_in[tx + 1]))
    scripts, values = view.in_script[inputs], view.in_value[inputs]
    if (scripts < 0).any() or (values < 0).any() or not values.sum():
        return None
    return int(values[direct[scripts] == service].sum()) * 1_000_000 // int(values.sum())


def _stops(
    sums: dict[tuple[bytes, int], _Sum],
    about: dict[bytes, tuple[int, str]],
    signs: dict[tuple[bytes, int], str],
    paths: Paths,
) -> pa.Table:
    rows: dict[str, list[Any]] = {c.name: [] for c in findings.STOP.columns}
    for (id_, at), sum_ in sums.items():
        payment, reason = about[id_]
        values = (
            id_, paths.outpoint(payment), paths.outpoint(at), reason, sum_.hops, sum_.share, NEXT_STEPS[reason],
            signs.get((id_, at)),
        )  # fmt: skip
        for name, value in zip(rows, values, strict=True):
            rows[name].append(value)
    return from_columns(findings.STOP, rows)
