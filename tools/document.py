"""Writes docs/model.md from the model itself: python tools/document.py

A test fails when the file and the model differ, so that nothing stays undocumented.
"""

from pathlib import Path

from leadline.model import evidence, findings, locators, refs, times
from leadline.model.predicates import PREDICATES
from leadline.model.tables import TableSpec
from leadline.steps.link.rules import ALL as LINK_RULES
from leadline.steps.rank import __doc__ as rank_says

OUT = Path(__file__).resolve().parents[1] / "docs" / "model.md"


def table(spec: TableSpec) -> list[str]:
    """The lines of one table: its sentence, key and columns; restricted columns are marked."""
    lines = [
        f"### {spec.name}",
        "",
        spec.says,
        f"Key: {', '.join(spec.key)}.",
        "",
        "| column | type | says |",
        "|---|---|---|",
    ]
    for c in spec.columns:
        marks = (" *(may be unknown)*" if c.nullable else "") + (" **restricted**" if c.restricted else "")
        lines.append(f"| {c.name} | {c.type} | {c.says}{marks} |".replace("||", "\\|\\|"))
    return [*lines, ""]


def text() -> str:
    """The whole document."""
    lines = [
        "# The data model",
        "",
        "Written from the code by `python tools/document.py`. *Restricted* columns hold names or free text from",
        "evidence; they reach no log and no error. Ids and digests are 32 bytes, money is satoshi or decimal,",
        "times are UTC.",
        "",
        "## Records: what intake reads",
        "",
    ]
    for spec in evidence.INTAKE_TABLES:
        lines += table(spec)
    lines += ["## Findings, basis, decisions", ""]
    for spec in (findings.FINDING, findings.BASIS, findings.DECISION):
        lines += table(spec)
    lines += ["## Families: the typed values of findings", ""]
    for spec in findings.FAMILIES:
        lines += table(spec)
    lines += [
        "## Predicates",
        "",
        "| predicate | from | to | written by | says | does not say |",
        "|---|---|---|---|---|---|",
    ]
    for p in PREDICATES.values():
        lines.append(
            f"| {p.name} | {', '.join(p.subject)} | {', '.join(p.object)} | {p.step} | {p.says} | {p.not_said} |"
        )
    lines += [
        "",
        "## Refs",
        "",
        "`kind:key`. The kinds and the grammar of their keys:",
        "",
        "| kind | key |",
        "|---|---|",
    ]
    lines += [f"| {kind} | `{pattern.pattern.replace('|', chr(92) + '|')}` |" for kind, pattern in refs.KINDS.items()]
    lines += [
        "",
        "## Locators",
        "",
        (locators.__doc__ or "").strip(),
        "",
        "## Times",
        "",
        "| doubt | means |",
        "|---|---|",
    ]
    lines += [f"| {doubt} | {says} |" for doubt, says in times.DOUBTS.items()]
    lines += ["", "## The rules of link", "", "| rule | weight (ppm) | says |", "|---|---|---|"]
    lines += [f"| {rule.name} | {rule.weight_ppm} | {rule.says} |" for rule in LINK_RULES]
    lines += ["", "## The bands of rank", "", (rank_says or "").strip(), ""]
    return "\n".join(lines)


if __name__ == "__main__":
    OUT.write_text(text())
