"""A page for the other side: what a path rests on, its rules and limits, figures of the case, and what refutes it.

Written for a reader who has neither the case nor this program: exhibits, tags and merges are spelled out, what is
inferred is told apart from what is recorded, and what the path leaves open stands before what would refute it.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa

from leadline.engines.ledger.attribution import behaviour, service_signs
from leadline.engines.ledger.tracing import walks
from leadline.model.predicates import PREDICATES
from leadline.steps import validation
from leadline.steps.trace.explain import lines as drawn
from leadline.steps.trace.picture import RULES, picture, rows_of
from leadline.steps.trace.tags import CLUSTER_LEVEL, LEAST_LEVEL
from leadline.steps.trace.unresolved_walks import SLIVER_PPM

READS = (
    "finding", "basis", "hop", "release", "stop", "cashout", "payment", "taint", "event", "coverage", "decision",
    "attribution", "tag_conflict",
)  # fmt: skip
"""The tables the page is written from."""
PRESUPPOSES = {
    "spend": "Nothing: any copy of the chain shows it.",
    "change": "That the signs of change counted are right for this transaction; each fails at times.",
    "peel": "That the output which most signs name is the payer's own change; each sign fails at times, and the chain "
    "is no better than its weakest step.",
    "cluster": "That whoever signs for several inputs of one transaction controls them all (Nakamoto 2008, section 10; "
    "Meiklejohn et al. 2013), and that one key has one owner. It fails for a CoinJoin or PayJoin not known by its "
    "shape, for a service that keeps keys for others, for keys that were shared, sold or seized.",
    "tag": "That whoever published the tag was right about this address at the time of the transaction. "
    "The date a tag states is that of its last change, not since when the address was the service's.",
}
"""What each rule of a hop presupposes, and where it is known to fail."""
REFUTES = {
    "spend": "A copy of the chain in which a named transaction does not spend the named output, or is not there.",
    "change": "A record of the other output's owner that shows it to be his own.",
    "peel": "A record that shows the output which went on to be somebody else's at any one step.",
    "cluster": "Proof that one transaction named as a merge was signed by several owners, such as a PayJoin, a "
    "mix not known by its shape, or a service that keeps keys for others; withdraw it and see what falls.",
    "tag": "The service's own statement that the named address is not or was not its own at that time.",
    "signs": "The name of who held these coins, with records; a private person whose wallet shows the same counts.",
    "always": "The service's return for the release output: no such withdrawal, or one to another address.",
    "records": "The exhibit itself, where the cited place does not state this address for this account, or states it "
    "for another time.",
}
"""What would show a path to be wrong, by the rule it uses."""
OPEN = {
    "released": (
        "Who asked the service to release the coins. Its customer of record may be a seller, a broker, a lender, or "
        "have lost control of the account.",
        "Who held the coins at each private transaction between. Each may be a sale, a gift, a loan or a change of "
        "wallets; {hops} such transactions lie on the longest path drawn.",
        "Which satoshi went where. Shares split every transaction's inputs by value; where a transaction has several, "
        "another rule could give any share from none to all of it to one of them. Other inputs and outputs of the "
        "transactions are not drawn.",
    ),
    "stopped": (
        "What lies before. A stop says why this program went no further, and of nobody that he is the source.",
        "Who held the coins at each transaction drawn.",
    ),
    "peeled": (
        "Whether one owner made every step: the chain is as sure as its weakest step, and may end at any of them.",
        "Who that owner is.",
    ),
    "cashed_out": (
        "Who controls the account at the service, and whether the service knew the source of the coins.",
        "Which satoshi went where, when the market's coins met others; table taint gives each rule's sums.",
    ),
}
"""What a path leaves open, by predicate."""
LIMITS = (
    f"Transactions with inputs from {walks.FUNDERS} or more unnamed senders end a walk; of the branches of one payment "
    f"and hop the {walks.BRANCHES} largest are followed.",
    f"Tags of level below {LEAST_LEVEL} of 100 name nobody; one of level {CLUSTER_LEVEL} or more may speak for a "
    "cluster, when no other tag speaks against it; equally sure tags that differ name nobody.",
    f"A cluster without a name behaves like a service from {behaviour.SCRIPTS} scripts, {behaviour.PAYEES} payees and "
    f"{behaviour.PAYERS} payers on; along scored change, from {service_signs.PAYEES} payees and a collection from "
    f"{service_signs.SENDERS} senders on.",
    f"A service that let go of less than {SLIVER_PPM} millionths of a payment is not named for it.",
    "Shares are split at every transaction among its inputs by value, in millionths that add up exactly; a satoshi or "
    "millionth left over goes to the largest remainder, the earlier input first.",
    "These numbers are choices of the makers of the program, the same in every case; no case may change them but the "
    "limit of hops.",
)
"""The fixed thresholds of trace."""


def page(finding: bytes, tables: Mapping[str, pa.Table], about: Sequence[str], hop_limit: int, taint: str) -> str:
    """The page for one finding of trace, from READS; empty for a finding that trace did not make.

    `about` are lines on the case's pins, the run and the program. It names nobody but the service, the account paid and
    the outputs.
    """
    found = rows_of(tables, "finding", finding, "id")
    if not found or PREDICATES[found[0]["predicate"]].step != "trace":
        return ""
    row = found[0]
    claim = PREDICATES[row["predicate"]]
    hops = rows_of(tables, "hop", finding)
    rules = sorted({hop["rule"] for hop in hops})
    signs = [s["signs"] for s in rows_of(tables, "stop", finding) if s["signs"]]
    case_figures = [
        *validation.path_figure(tables, finding),
        *validation.lines(validation.brief(validation.figures(tables))),
    ]
    shown = picture(finding, tables)
    lines = [
        "For the other side", "",
        f"{row['subject']} {row['predicate']} {row['object']}",
        f"It says: {claim.says}", f"It does not say: {claim.not_said}",
        *(f"Grade: {line}" for line in _grades(tables, finding)), *_decided(tables, finding), "",
        "What it rests on", *(f"  {line}" for line in _basis(tables, finding)), "",
        "Where it was computed", *(f"  {line}" for line in about), "",
        "Rules used, and what each presupposes",
        *(line for rule in rules for line in (f"  {rule}: {RULES[rule]}", f"    presupposes: {PRESUPPOSES[rule]}")),
        *(f"  signs: {s}" for s in signs), "",
        "Fixed limits", f"  hop_limit {hop_limit}, taint {taint} (set in the case, with the reason in its log)",
        *(f"  {limit}" for limit in LIMITS), "",
        "Figures of this case: how often such paths were right where a service has answered",
        *(f"  {line}" for line in case_figures),
        "  by length of path and month by month: leadline case validation CASE",
        "  A confirmed release confirms that the service paid this output, not who asked for it.", "",
        "What it leaves open", *(f"  {line}" for line in _open(row["predicate"], hops)), "",
        "What would refute it", *(f"  {REFUTES[rule]}" for rule in rules),
    ]  # fmt: skip
    if signs:
        lines.append(f"  {REFUTES['signs']}")
    if row["predicate"] == "released":
        lines.append(f"  {REFUTES['always']}")
    lines += [f"  {REFUTES['records']}", ""]
    lines += ["The path", *(drawn(shown) if shown is not None else ["  none is drawn for this finding"]), ""]
    lines += [
        "How to check it",
        "  Without this program: look up every transaction named here in any copy of the chain.",
        "  With the case: leadline verify CASE --rebuild computes every table anew and compares.",
        f"  Without a part of it: leadline impact CASE REF says whether finding:{finding.hex()} falls; leadline "
        'case set CASE withdraw+=REF --reason "..." on a copy, then leadline trace CASE, shows what is found instead.',
    ]
    return "\n".join(lines) + "\n"


def _grades(tables: Mapping[str, pa.Table], finding: bytes) -> list[str]:
    """What of a release is recorded and what is inferred, in a sentence a grade."""
    words = {
        "recorded": "recorded - the spends are on the chain, and a tag names an address that was spent; the name rests "
        "on that tag",
        "annex": "annex - the spends are on the chain, but no tag names the address spent: the service's name is an "
        "inference from other addresses; a lead, not proof",
    }
    return [words[g] for g in sorted({r["grade"] for r in rows_of(tables, "release", finding)})]


def _decided(tables: Mapping[str, pa.Table], finding: bytes) -> list[str]:
    rows = rows_of(tables, "decision", finding)
    by = [
        f"Decided: {r['verdict']} by a script of the training case; no person looked"
        if r["scripted"]
        else f"Decided: {r['verdict']} by a person on {r['decided_at']:%Y-%m-%d}"
        for r in rows
    ]
    return by or ["Decided: by nobody, or the decision no longer holds"]


def _basis(tables: Mapping[str, pa.Table], finding: bytes) -> list[str]:
    """The basis spelled out: tags with source and date, merges in words, and of findings below what they cite."""
    said = {(r["tag"], f"entry:{r['entry']}"): r for r in _rows(tables, "attribution")}
    lines, places = [], set()
    for b in rows_of(tables, "basis", finding):
        where = f"{b['ref']} {b['locator']}".rstrip()
        lines.append(f"{b['role']}: {where}")
        tag = said.get((b["ref"], b["locator"]))
        if tag is not None:
            places.add(tag["place"])
            facts = ("label", "category", "confidence", "source", "lastmod", "licence", "creator")
            stated = ", ".join(f"{name} {tag[name] or 'not stated'}" for name in facts)
            lines.append(f"  the tag says of {tag['place']}: {stated}")
        elif b["kind"] == "merge":
            rule = b["locator"].rpartition("rule:")[2] or "multi_input"
            lines.append(f"  taken to show one owner, by rule {rule.replace('_', ' ')}: an inference")
        elif b["kind"] == "finding":
            below = bytes.fromhex(b["ref"].removeprefix("finding:"))
            claims = rows_of(tables, "finding", below, "id")
            lines += [f"  {c['subject']} {c['predicate']} {c['object']}" for c in claims]
            lines += [f"  {c['role']}: {c['ref']} {c['locator']}".rstrip() for c in rows_of(tables, "basis", below)]
    conflicts = [r for r in _rows(tables, "tag_conflict") if r["place"] in places]
    for r in conflicts:
        word = "taken" if r["holds"] else "not taken"
        source = r["source"] or "a source not stated"
        said_of = f"{r['service']}, {r['category']}, {r['confidence']}, {source}"
        lines.append(f"tags differ on {r['scope']} {r['place']}: {said_of}: {word}")
    return lines


def _open(predicate: str, hops: Sequence[Mapping[str, Any]]) -> list[str]:
    longest = max((hop["seq"] for hop in hops), default=0)
    return [line.format(hops=longest) for line in OPEN.get(predicate, ())]


def _rows(tables: Mapping[str, pa.Table], name: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = tables[name].to_pylist() if name in tables else []
    return rows
