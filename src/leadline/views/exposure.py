"""How much of an account's, address's or cluster's coins came from and went to each category, and by which outputs."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from leadline.engines.ledger.tracing import expand, taint
from leadline.engines.ledger.tracing.exposure import ENDS, exposure
from leadline.engines.ledger.tracing.walks import SERVICE
from leadline.engines.ledger.view import Ints, View
from leadline.errors import CaseError, EvidenceError, IntegrityError, UsageError
from leadline.flow.inputs import FlowInputs
from leadline.kinds.bitcoin import address
from leadline.model.progress import Progress
from leadline.model.words import OUTSIDE_LEDGER, UNSPENT, UNTAGGED_SERVICE
from leadline.steps import open_pins, trace
from leadline.steps.step import Inputs
from leadline.steps.trace.exposed import CONFLICTING, categories
from leadline.steps.trace.services import services
from leadline.steps.trace.tags import gather
from leadline.store.case import Case
from leadline.views import reading, tagged
from leadline.views.transaction import Facts

CAME, WENT = "came from", "went to"
FEE, BACK = "fee", "back to itself"
UNKNOWN = frozenset(ENDS.values()) | {CONFLICTING, UNSPENT, OUTSIDE_LEDGER, FEE, BACK}
"""Words of an exposure that are no category: they say why none is known, and stand apart."""


@dataclass(frozen=True, slots=True)
class Part:
    """Satoshi that came from or went to a category, directly or not, and the output behind the number.

    `at` is an outpoint: coming, of the transaction by which they arrived at the last step; going, the output paid. It
    is empty for a fee and for what a CoinJoin took in, which have no single output. `tags` say which service, and who
    says so: of the scripts that paid (coming) or were paid (going) there, those of this category.
    """

    way: str
    category: str
    direct: bool
    at: str
    value_sat: int
    tags: tuple[Facts, ...] = ()

    @property
    def known(self) -> bool:
        """Whether it is a category, not a reason why none is known."""
        return self.category not in UNKNOWN


@dataclass(frozen=True, slots=True)
class Row:
    """One transaction of the history: its id, time (UTC seconds), satoshi in and out, and what is held after it.

    `outside_sat` of what is held have no spender on a ledger that lacks blocks after them: they may be gone.
    """

    tx: str
    time: int
    received_sat: int
    spent_sat: int
    held_sat: int
    outside_sat: int


@dataclass(frozen=True, slots=True)
class Asked:
    """The scripts asked about, what they received in how many outputs, the parts, and one page of their history.

    Parts that came add up to what was received, and so do those that went. `tags` stand on the scripts themselves.
    `tags_unknown` says why nobody could look whom tags name: a pinned file that is not at hand.
    """

    scripts: int
    outputs: int
    received_sat: int
    parts: tuple[Part, ...]
    history: tuple[Row, ...]
    transactions: int
    tags: tuple[Facts, ...] = ()
    tags_unknown: str = ""


def exposure_of(
    path: Path, subject: str, progress: Progress, *, cluster: bool = False, history: bool = False, first: int = 0
) -> Asked:
    """The exposure of ``account:...`` as the last trace found it, or of any address of the pinned ledger.

    Raises:
        UsageError: no payment to the account is known, or it is asked for a cluster or a history.
    """
    case = reading.opened(path, reading.QUERIED, "exposure", subject_sha256=reading.hidden(subject))
    inputs = FlowInputs(case, trace.SPEC, progress)
    if not subject.startswith("account:"):
        return of_address(inputs, subject, whole_cluster=cluster, first=first, parts=not history)
    if cluster or history:
        raise UsageError("an account has no cluster and no history", remedy="name one of its addresses")
    found = of_account(case, subject)
    try:
        ledger = open_pins.chain(inputs).ledger
        said = tagged.tagged(ledger, gather(inputs.pins("tag"), inputs.withdrawn, ledger), inputs.pins("tag"))
    except (CaseError, IntegrityError) as error:  # the rows are the last trace's, whatever is at hand now
        return replace(found, tags_unknown=error.what)
    return replace(found, parts=tuple(_named(part, said) for part in found.parts))


def of_address(inputs: Inputs, text: str, *, whole_cluster: bool, first: int = 0, parts: bool = True) -> Asked:
    """The exposure of an address, or of the whole cluster it stands in, and its history from transaction `first` on.

    Back as the exposure of a payment, at most the case's hop limit of transactions; forward by haircut, without a
    limit, to the first script that has a category or behaves like a service; the subject's own are never one. Without
    `parts` only the history. EvidenceError for what is no address of the pinned network, UsageError for one never paid.
    """
    inputs.progress("ledger", 0, 3)
    view = open_pins.chain(inputs)
    ledger = view.ledger
    scripts = scripts_of(view, text, whole_cluster=whole_cluster)
    outputs = ledger.outputs_of(scripts)
    shown = expand.page(view, scripts, first)
    history = tuple(
        Row(ledger.txid_hex(tx), int(view.tx_time[tx]), got, gave, held, lost)
        for tx, got, gave, held, lost in zip(
            *(c.tolist() for c in (shown.tx, shown.received, shown.spent, shown.after, shown.lost)), strict=True
        )
    )
    found: list[Part] = []
    if parts:
        inputs.progress("tags", 1, 3)
        tags = gather(inputs.pins("tag"), inputs.withdrawn, ledger)
        named = services(tags, view)
        inputs.progress("exposure", 2, 3)
        words, names = categories(tags, named, view)
        for column, nothing in ((names.direct, -1), (names.service, -1), (names.busy, False)):
            column[scripts] = nothing
        hops = open_pins.hop_limit(inputs)
        came = exposure(view, outputs, names, hops, scripts)
        sums: dict[tuple[str, bool, int], int] = defaultdict(int)
        for number, kind, far, at, sat in zip(
            *(c.tolist() for c in (came.category, came.kind, came.hops, came.at, came.sat)), strict=True
        ):
            sums[words[number] if kind == SERVICE else ENDS[kind], far == 0, at] += sat
        found = [Part(CAME, word, near, f"outpoint:{ledger.outpoint(o)}", s) for (word, near, o), s in sums.items()]
        found += _went(view, outputs, scripts, words, names.service, names.busy)
    inputs.progress("exposure", 3, 3)
    ordered = sorted(found, key=lambda p: (p.way, not p.known, p.category, not p.direct, -p.value_sat, p.at))
    received = int(view.out_value[outputs].sum())
    own: tuple[Facts, ...] = ()
    if parts:
        said = tagged.tagged(ledger, tags, inputs.pins("tag"))
        ordered = [_named(part, said) for part in ordered]
        own = tuple(tag for script in scripts.tolist() for tag in said.on_script(script) if tag["by"] == tagged.OWN)
    return Asked(len(scripts), len(outputs), received, tuple(ordered), history, shown.total, own)


def _named(part: Part, said: tagged.Tagged) -> Part:
    """The part with the tags of its category at its output."""
    if not (part.known and part.at):
        return part
    ledger = said.ledger
    txid, _, number = part.at.removeprefix("outpoint:").partition(":")
    output = ledger.out_index(txid, int(number))
    if part.way == WENT:
        scripts = [int(ledger.out_script[output])]
    else:
        tx = int(ledger.out_tx([output])[0])
        spent = np.arange(int(ledger.tx_first_in[tx]), int(ledger.tx_first_in[tx + 1]))
        paid = ledger.out_script[np.maximum(ledger.in_prev[spent], 0)]
        held = np.where(ledger.in_prev[spent] >= 0, paid, ledger.in_script[spent])
        scripts = sorted({int(s) for s in held if s >= 0})
    tags = {tag["tag"]: tag for s in scripts for tag in said.on_script(s) if tag["category"] == part.category}
    return replace(part, tags=tuple(tags.values()))


def scripts_of(view: View, text: str, *, whole_cluster: bool) -> Ints:
    """The script ids an address stands for: its own, or all of its cluster.

    EvidenceError when it is no address of the network, UsageError when nothing pays it.
    """
    try:
        script = view.ledger.find_script(address.decode(text, view.ledger.network))
    except EvidenceError:
        raise EvidenceError(
            f"no address of network {view.ledger.network}: another chain's, or its checksum is wrong",
            where=text,
            remedy=f"an account is named account:{text}" if "/" in text else "copy the address from where it stands",
        ) from None
    if script < 0:
        raise UsageError("no output of the pinned ledger pays this address", where=text, remedy="check the address")
    if not whole_cluster:
        return np.array([script], np.int64)
    return np.flatnonzero(view.cluster == view.cluster[script]).astype(np.int64)


def _went(
    view: View, outputs: Ints, own: Ints, words: list[str], service: Ints, busy: npt.NDArray[np.bool_]
) -> list[Part]:
    """Where the satoshi of `outputs` went, by haircut: exact, the parts add up to them."""
    mine = np.zeros(len(view.cluster), np.bool_)
    mine[own] = True
    closed = ((service >= 0) | busy) & ~mine
    ends = closed[view.out_script]
    beyond = np.zeros(len(ends), np.bool_)
    beyond[view.hidden()] = True
    found = taint.taint(view, "haircut", outputs, ends | beyond)
    spending = view.spending_tx(outputs)
    near = np.isin(view.out_tx(found.output), spending[spending >= 0])
    parts = []
    for output, sat, direct in zip(found.output.tolist(), found.sat.tolist(), near.tolist(), strict=True):
        script = int(view.out_script[output])
        number = int(service[script])
        if closed[script]:
            word = words[number] if number >= 0 else UNTAGGED_SERVICE
        else:
            word = OUTSIDE_LEDGER if beyond[output] or output < view.tip_first_out else UNSPENT
        parts.append(Part(WENT, word, direct or bool(mine[script]), f"outpoint:{view.ledger.outpoint(output)}", sat))
    for word, sat in ((FEE, found.fee), ("coinjoin", found.stopped), (BACK, found.again)):
        if sat:
            parts.append(Part(WENT, word, False, "", sat))
    return parts


def of_account(case: Case, account: str) -> Asked:
    """The exposure of an account's payments, from the tables of the last trace; UsageError when it has none."""
    paid = case.current("payment")
    outpoints = paid.filter(pc.equal(paid.column("account"), account)).column("outpoint").unique()
    if not len(outpoints):
        raise _unpaid(case, account)
    rows = case.current("exposure")
    mine = rows.filter(pc.is_in(rows.column("payment"), value_set=outpoints))
    grouped: dict[tuple[str, bool, str], int] = defaultdict(int)
    for row in mine.to_pylist():
        grouped[row["category"], row["direct"], row["at"]] += row["value_sat"]
    parts = [Part(CAME, word, direct, at, sat) for (word, direct, at), sat in grouped.items()]
    ordered = sorted(parts, key=lambda p: (not p.known, p.category, not p.direct, -p.value_sat, p.at))
    return Asked(0, len(outpoints), _sum(mine), tuple(ordered), (), 0)


def _unpaid(case: Case, account: str) -> UsageError:
    """Why no payment to an account is known: trace has not run, there is no such account, or nothing paid it."""
    if not case.current_runs((trace.SPEC.name,)):
        return UsageError("trace has not run, so no payment is known", where=account, remedy="leadline trace CASE")
    known = case.current("account").column("account")
    if not pc.any(pc.equal(known, account)).as_py():
        return UsageError(
            "the records name no such account", where=account, remedy="leadline case export CASE account --out FILE"
        )
    return UsageError(
        "trace knows no payment to this account", where=account, remedy="leadline case find CASE --ref " + account
    )


def _sum(rows: pa.Table) -> int:
    return int(pc.sum(rows.column("value_sat")).as_py() or 0)


def sums(parts: Iterable[Part]) -> list[dict[str, Any]]:
    """One row a way and category: satoshi direct and indirect, the outputs behind, and whether it is a category."""
    rows: dict[tuple[str, str], dict[str, Any]] = {}
    for p in parts:
        first = {
            "way": p.way,
            "category": p.category,
            "known": p.known,
            "direct_sat": 0,
            "indirect_sat": 0,
            "outputs": 0,
        }
        row = rows.setdefault((p.way, p.category), first)
        row["direct_sat" if p.direct else "indirect_sat"] += p.value_sat
        row["outputs"] += bool(p.at)
    return list(rows.values())
