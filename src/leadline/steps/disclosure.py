"""What the other side is told of one claim: what it rests on, what that presupposes, what stays open, what refutes it.

Written for a reader who has neither the case nor this program: exhibits, tags and merges are spelled out, what is
inferred is told apart from what is recorded, and what a claim leaves open stands before what would refute it. It names
nobody but services and the references of accounts, customers and outputs.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from leadline.kinds.bitcoin.amount import btc
from leadline.model.ledger import MULTI_INPUT
from leadline.model.ledger import RULES as MERGE_RULES
from leadline.model.predicates import PAYER_CANDIDATE, PREDICATES, RELEASED, USER_CANDIDATE
from leadline.model.referral import ONLY_PAID
from leadline.model.words import AGAINST, IN_FORCE, STALE, SUPERSEDED
from leadline.steps import validation
from leadline.steps.disclosure_sentences import BETWEEN, OPEN, PRESUPPOSES, REFUTES, RULES

Tables = Mapping[str, pa.Table]
"""Tables by name."""
READS = (
    "finding", "basis", "hop", "release", "stop", "payment", "event", "coverage", "decision", "attribution",
    "tag_conflict", "link",
)  # fmt: skip
"""The tables a claim is described from."""


def page(
    finding: bytes,
    tables: Tables,
    about: Sequence[str],
    limits: Sequence[str] = (),
    path: Sequence[str] = (),
) -> str:
    """The page for one finding, from READS; empty where it is not there.

    `about` are lines on the case's pins, the run and the program, `limits` the fixed thresholds of its step, `path` its
    path as text.
    """
    described = claim(finding, tables, others(finding, tables))
    if not described:
        return ""
    hops = rows_of(tables, "hop", finding)
    lines = ["For the other side", "", *described, *section("Where it was computed", about)]
    lines += section("Rules used, and what each presupposes", presupposed({hop["rule"] for hop in hops}))
    lines += section("Fixed limits", limits)
    own = supported(finding, tables)
    figures = [*validation.path_figure(tables, finding)] if rows_of(tables, "release", finding) else []
    figures += validation.lines(validation.unpooled(validation.brief(validation.figures(tables, own))))
    lines += section(
        "Figures of this case: how often such paths were right where a service has answered",
        [*figures, "by length of path and month by month: leadline case validation CASE", *COUNTED],
    )
    lines += section("The path", path)
    lines += [
        "How to check it",
        "  Without this program: look up every transaction named here in any copy of the chain.",
        "  With the case: leadline verify CASE --rebuild computes every table anew and compares.",
        f"  Without a part of it: leadline impact CASE REF says whether finding:{finding.hex()} falls; leadline "
        'case set CASE withdraw+=REF --reason "..." on a copy, then leadline run CASE, shows what is found instead.',
    ]
    return "\n".join(lines) + "\n"


COUNTED = (validation.CONFIRMS, "A payment that this is about is not counted in them, and rules are not added up.")
"""Said below the figures of a page."""


HOLDS = {
    IN_FORCE: "",
    STALE: "; stale: what it rested on has changed since, and it is not applied",
    SUPERSEDED: "; superseded by a newer decision",
}
"""Said behind a decision that may not hold."""


def section(title: str, lines: Sequence[str]) -> list[str]:
    """A title, its lines indented, and an empty line; nothing where there are no lines."""
    return [title, *(f"  {line}" for line in lines), ""] if lines else []


def presupposed(rules: Iterable[str]) -> list[str]:
    """What each of these rules of a path says and presupposes."""
    return [
        line for rule in sorted(rules) for line in (f"{rule}: {RULES[rule]}", f"  presupposes: {PRESUPPOSES[rule]}")
    ]


def claim(finding: bytes, tables: Tables, beside: Sequence[str]) -> list[str]:
    """Lines on one finding of READS: claim, grade, decisions, basis, reasons, what is beside, open, and refutes it.

    `beside` are lines on the claims that stand beside it. No line where the finding is not there.
    """
    found = rows_of(tables, "finding", finding, "id")
    if not found:
        return []
    row = found[0]
    said = PREDICATES[row["predicate"]]
    hops = rows_of(tables, "hop", finding)
    signs = [s["signs"] for s in rows_of(tables, "stop", finding) if s["signs"]]
    refutes = [REFUTES[rule] for rule in sorted({hop["rule"] for hop in hops})]
    refutes += [REFUTES["signs"]] if signs else []
    refutes += [REFUTES["always"]] if row["predicate"] == RELEASED else []
    refutes += [REFUTES[row["predicate"]]] if row["predicate"] in REFUTES else []
    reasons = sorted(rows_of(tables, "link", finding), key=lambda r: (r["role"] != AGAINST, r["rule"]))
    return [
        f"{row['subject']} {row['predicate']} {row['object']}",
        f"finding:{finding.hex()}",
        f"It says: {said.says}",
        f"It does not say: {said.not_said}",
        *(f"Grade: {line}" for line in _grades(tables, finding)),
        *_decided(tables, finding),
        *_only_paid(tables, row),
        "",
        *section("What it rests on", _basis(tables, finding)),
        *section("Outputs to look up", _outputs(tables, finding)),
        *section("Signs", signs),
        *section("What speaks for and against it", [f"{r['role']}: {r['says']} ({r['rule']})" for r in reasons]),
        *section("What stands beside it", beside),
        *section("What it leaves open", _open(row["predicate"], hops)),
        *section("What would refute it", [*refutes, REFUTES["records"]]),
    ]


def others(finding: bytes, tables: Tables) -> list[str]:
    """Claims of the same kind about the same subject or object, each with its verdict."""
    found = rows_of(tables, "finding", finding, "id")
    if not found:
        return []
    mine = found[0]
    table = tables["finding"]
    same = pc.or_(pc.equal(table.column("subject"), mine["subject"]), pc.equal(table.column("object"), mine["object"]))
    rows = table.filter(pc.and_(same, pc.equal(table.column("predicate"), mine["predicate"]))).to_pylist()
    verdicts = {r["finding"]: r["verdict"] for r in (tables["decision"].to_pylist() if "decision" in tables else [])}
    return [
        beside(r["subject"], r["predicate"], r["object"], verdicts.get(r["id"], "undecided"))
        for r in rows
        if r["id"] != finding
    ]


def beside(subject: str, predicate: str, object_: str, verdict: str) -> str:
    """One line on a claim beside another."""
    return f"{verdict}: {subject} {predicate} {object_}"


def supported(finding: bytes, tables: Tables) -> set[str]:
    """The payments that a finding is about or rests on, at any depth: those no figure beside it may count."""
    waiting, seen, paid = [finding], {finding}, set()
    while waiting:
        id_ = waiting.pop()
        for row in rows_of(tables, "finding", id_, "id"):
            paid |= {ref for ref in (row["subject"], row["object"]) if ref.startswith("outpoint:")}
        for row in rows_of(tables, "basis", id_):
            if row["kind"] == "finding":
                below = bytes.fromhex(row["ref"].removeprefix("finding:"))
                waiting += [below] if below not in seen else []
                seen.add(below)
    return paid


class Grouped(Tables):
    """Small tables that are asked about many findings, of which each is read once: `rows_of` looks them up in it."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables
        self._rows: dict[str, list[dict[str, Any]]] = {}
        self._about: dict[tuple[str, str], dict[bytes, list[dict[str, Any]]]] = {}

    def __getitem__(self, name: str) -> pa.Table:
        return self._tables[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._tables)

    def __len__(self) -> int:
        return len(self._tables)

    def rows(self, name: str) -> list[dict[str, Any]]:
        """Every row of a table."""
        if name not in self._rows:
            self._rows[name] = self._tables[name].to_pylist()
        return self._rows[name]

    def about(self, name: str, id_: bytes, column: str) -> list[dict[str, Any]]:
        """The rows of a table whose `column` is `id_`."""
        if (name, column) not in self._about:
            by: dict[bytes, list[dict[str, Any]]] = defaultdict(list)
            for row in self.rows(name):
                by[row[column]].append(row)
            self._about[name, column] = by
        return self._about[name, column].get(id_, [])


def rows_of(tables: Tables, name: str, id_: bytes, column: str = "finding") -> list[dict[str, Any]]:
    """The rows of a table about one finding, none where the table is not given."""
    if name not in tables:
        return []
    if isinstance(tables, Grouped):
        return tables.about(name, id_, column)
    table = tables[name]
    rows: list[dict[str, Any]] = table.filter(pc.equal(table.column(column), id_)).to_pylist()
    return rows


def _outputs(tables: Tables, finding: bytes) -> list[str]:
    """The outputs by which a service let coins go, each with amount, address and how far from the payment."""
    return [
        f"{r['release_outpoint']}: {btc(r['value_sat'])} BTC to {r['address'] or 'a script without an address'}, "
        f"{r['hops']} private transactions before {r['payment']}"
        for r in rows_of(tables, "release", finding)
    ]


def _grades(tables: Tables, finding: bytes) -> list[str]:
    """What of a release is recorded and what is inferred, in a sentence a grade."""
    words = {
        "recorded": "recorded - the spends are on the chain, and a tag names an address that was spent; the name rests "
        "on that tag",
        "inferred": "inferred - the spends are on the chain, but no tag names the address spent: the service's name is "
        "an inference from other addresses; a lead, not proof",
    }
    return [words[g] for g in sorted({r["grade"] for r in rows_of(tables, "release", finding)})]


def _decided(tables: Tables, finding: bytes) -> list[str]:
    rows = sorted(rows_of(tables, "decision", finding), key=lambda r: r.get("number", 0))
    by = [
        (
            f"Decided: {r['verdict']} by a script of the training case; no person looked"
            if r["scripted"]
            else f"Decided: {r['verdict']} by a person on {r['decided_at']:%Y-%m-%d}"
        )
        + HOLDS[r.get("standing", IN_FORCE)]
        for r in rows
    ]
    return by or ["Decided: by nobody, or the decision no longer holds"]


def _only_paid(tables: Tables, row: Mapping[str, Any]) -> list[str]:
    """What is said of a user whose finding cites nothing but his being a payer."""
    if row["predicate"] != USER_CANDIDATE:
        return []
    cited = [b for b in rows_of(tables, "basis", row["id"]) if b["role"] == "for"]
    below = [bytes.fromhex(b["ref"].removeprefix("finding:")) for b in cited if b["kind"] == "finding"]
    named = {c["predicate"] for id_ in below for c in rows_of(tables, "finding", id_, "id")}
    return [ONLY_PAID] if len(below) == len(cited) and named == {PAYER_CANDIDATE} else []


def _basis(tables: Tables, finding: bytes) -> list[str]:
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
            rule = b["locator"].rpartition("rule:")[2] or MERGE_RULES[MULTI_INPUT]
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
    told = "is 1 such transaction" if longest == 1 else f"are {longest} such transactions"
    return [line.format(hops=told) for line in OPEN.get(predicate, ()) if longest or line != BETWEEN]


def _rows(tables: Tables, name: str) -> list[dict[str, Any]]:
    if name not in tables:
        return []
    if isinstance(tables, Grouped):
        return tables.rows(name)
    rows: list[dict[str, Any]] = tables[name].to_pylist()
    return rows
