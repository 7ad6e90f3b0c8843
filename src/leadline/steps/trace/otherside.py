"""A page for the other side: what a path rests on, its rules and limits, figures of the case, and what refutes it."""

from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from leadline.engines.ledger import behaviour, hands, walks
from leadline.model.predicates import PREDICATES
from leadline.steps import figures
from leadline.steps.trace.explain import RULES, draw
from leadline.steps.trace.judged import SLIVER_PPM
from leadline.steps.trace.tags import CLUSTER_LEVEL, LEAST_LEVEL

READS = ("finding", "basis", "hop", "release", "stop", "cashout", "payment", "taint", "event", "coverage", "decision")
"""The tables the page is written from."""
REFUTES = {
    "spend": "A copy of the chain in which a named transaction does not spend the named output, or is not there.",
    "change": "A record of the other output's owner that shows it to be his own.",
    "peel": "A record that shows the output which went on to be somebody else's at any one step.",
    "cluster": "Proof that one transaction named as a merge was signed by several owners, such as a PayJoin, a "
    "mix not known by its shape, or a service that keeps keys for others; withdraw it and see what falls.",
    "tag": "The service's own statement that the named address is not or was not its own at that time.",
    "signs": "The name of who held these coins, with records; a private person whose wallet shows the same counts.",
    "always": "The service's return for the release output: no such withdrawal, or one to another address.",
}
"""What would show a path to be wrong, by the rule it uses."""
LIMITS = (
    f"Transactions with inputs from {walks.FUNDERS} or more unnamed senders end a walk; of the branches of one payment "
    f"and hop the {walks.BRANCHES} largest are followed.",
    f"Tags of level below {LEAST_LEVEL} name nobody; one of level {CLUSTER_LEVEL} or more may speak for a cluster, "
    "when no other tag speaks against it.",
    f"A cluster without a name behaves like a service from {behaviour.SCRIPTS} scripts, {behaviour.PAYEES} payees and "
    f"{behaviour.PAYERS} payers on; along scored change, from {hands.PAYEES} payees and a collection from "
    f"{hands.SENDERS} senders on.",
    f"A service that let go of less than {SLIVER_PPM} millionths of a payment is not named for it.",
    "Shares are split at every transaction among its inputs by value, in millionths that add up exactly.",
)
"""The fixed thresholds of trace."""


def page(finding: bytes, tables: Mapping[str, pa.Table], pins: Sequence[str], hop_limit: int, taint: str) -> str:
    """The page for one finding of trace, from READS; empty for a finding that trace did not make.

    `pins` are the case's pins as one line each. It says nothing of anybody but the service and the outputs named.
    """
    found = _of(tables, "finding", "id", finding)
    if not found or PREDICATES[found[0]["predicate"]].step != "trace":
        return ""
    row = found[0]
    claim = PREDICATES[row["predicate"]]
    hops = _of(tables, "hop", "finding", finding)
    rules = sorted({hop["rule"] for hop in hops})
    case_figures = [*figures.path_figure(tables, finding), *figures.lines(figures.brief(figures.figures(tables)))]
    lines = [
        "For the other side", "",
        f"{row['subject']} {row['predicate']} {row['object']}",
        f"It says: {claim.says}", f"It does not say: {claim.not_said}", "",
        "Data", *(f"  pinned: {pin}" for pin in pins),
        *(f"  {b['role']}: {b['ref']} {b['locator']}".rstrip() for b in _of(tables, "basis", "finding", finding)), "",
        "Rules", *(f"  {rule}: {RULES[rule]}" for rule in rules),
        *(f"  signs: {s['signs']}" for s in _of(tables, "stop", "finding", finding) if s["signs"]), "",
        "Parameters", f"  hop_limit {hop_limit}, taint {taint}", *(f"  {limit}" for limit in LIMITS), "",
        "Figures of this case", *(f"  {line}" for line in case_figures),
        "  by length of path and month by month: leadline case figures CASE", "",
        "What would refute it", *(f"  {REFUTES[rule]}" for rule in rules),
    ]  # fmt: skip
    if any(s["signs"] for s in _of(tables, "stop", "finding", finding)):
        lines.append(f"  {REFUTES['signs']}")
    if row["predicate"] == "released":
        lines.append(f"  {REFUTES['always']}")
    lines += ["", "The path", *draw(finding, tables).splitlines(), ""]
    lines += ["Again: leadline verify CASE --rebuild"]
    lines += [f"Without a part of it: leadline case without CASE REF, to see whether finding:{finding.hex()} falls"]
    return "\n".join(lines) + "\n"


def _of(tables: Mapping[str, pa.Table], name: str, column: str, id_: bytes) -> list[dict[str, Any]]:
    table = tables[name]
    rows: list[dict[str, Any]] = table.filter(pc.equal(table.column(column), id_)).to_pylist()
    return rows
