"""Writes docs/VALIDATION.md from the figures in docs and from the tests: python tools/validation.py

It says who examined what, on what, with how many cases. A test fails when the file and the figures differ.
"""

import json
import re
from collections.abc import Iterator, Mapping
from importlib import metadata
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
OUT = ROOT / "docs" / "VALIDATION.md"
STEPS = ("intake", "trace", "match", "link", "rank", "refer", "restitute")
OUTSIDE = ("trace",)
"""Steps of which docs/accuracy.json holds figures on real data with outside truth."""
ORACLES = {
    "bagit": "the Library of Congress's validator of BagIt",
    "case_utils": "case_validate, the validator of CASE/UCO",
    "gs_clustering": "GraphSense's clustering",
    "pbk": "Bitcoin Core's own validation code (libbitcoinkernel)",
    "pdqhash": "the published implementation of PDQ",
    "pymerkle": "Merkle trees of RFC 6962",
    "pypdf": "a reader of PDF",
    "rdflib": "a reader of RDF",
}
"""What each program is, by its module; a test fails for one that is not listed."""


def shares(value: Any) -> Iterator[Mapping[str, Any]]:
    """Every figure (part of n) below `value`."""
    if isinstance(value, Mapping):
        if {"part", "n", "share"} <= value.keys():
            yield value
        for inner in value.values():
            yield from shares(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from shares(inner)


def said(row: Mapping[str, Any]) -> str:
    """A share with its numbers and interval, or that nothing was measured."""
    if not row["n"]:
        return "not measured"
    low, high = row["interval"]
    return f"{100 * row['share']:.2f} % ({row['part']} of {row['n']}; {100 * low:.2f} to {100 * high:.2f})"


def oracles(tests: Path) -> set[str]:
    """The programs that tests hold Leadline to, as the tests ask for them."""
    found: set[str] = set()
    for path in sorted(tests.rglob("test_*.py")):
        found.update(re.findall(r"""oracle\("(\w+)[.\w]*"\)""", path.read_text("utf-8")))
    return found


def text() -> str:
    """The whole document."""
    accuracy = json.loads((ROOT / "docs" / "accuracy.json").read_text("utf-8"))
    matching = json.loads((ROOT / "docs" / "matching.json").read_text("utf-8"))
    outside = accuracy["outside truth"]
    generated = [row for row in shares(accuracy["self-consistency"]) if row["n"]]
    measured = [row for row in outside if row["n"]]
    without = [step for step in STEPS if step not in OUTSIDE]
    others = oracles(ROOT / "tests")
    lines = [
        "# Validation record",
        "",
        f"Of leadline {metadata.version('leadline')}. Written from the figures by `python tools/validation.py`;",
        "no figure is typed by hand.",
        "",
        "**No independent laboratory has tested this program yet.** Everything below was done by its makers, or by",
        "programs of others that its tests hold it to. Whoever relies on it in court says so and may repeat it.",
        "",
        "| who | examined what | on what | how much |",
        "|---|---|---|---|",
        "| an independent laboratory | nothing yet | | 0 |",
        "| its makers | trace: clusters, mixes, change | public sets with outside truth | "
        f"{len(measured)} figures below; {len(outside) - len(measured)} more found no case and are not measured |",
        "| its makers | trace, by its own rules | cases they generated (self-consistency) | "
        f"{len(generated):,} figures, [accuracy.md](accuracy.md) |",
        "| its makers | match: pictures and films changed on purpose | drawn and public pictures | "
        f"{len(matching)} figures, [matching.md](matching.md) |",
        "| its makers, against programs of others | single formats and methods | their tests | "
        f"{len(others)} programs below |",
        "| whoever works a case | releases that returns confirm or deny | that case | "
        "`leadline case validation CASE`; in every package |",
        "",
        "## What was not validated",
        "",
        f"No figure on real data with outside truth exists for {', '.join(without[:-1])} and {without[-1]}.",
        "Self-consistency shows that the program does what it says, never how it fares on real records.",
        "",
        "## On public sets, with how their truth arose",
        "",
        "| what | how its truth arose, what it presupposes | figure |",
        "|---|---|---|",
    ]
    for row in outside:
        how = row["how its truth arose"] + (f"; presupposes {row['presupposes']}" if "presupposes" in row else "")
        lines.append(f"| {row['what']} | {how} | {said(row)} |")
    lines += [
        "",
        "## Pictures and films changed on purpose",
        "",
        "The share that is found again, by change and limit; the whole table stands in [matching.md](matching.md).",
        "",
        "| what | n | found | 95 % interval |",
        "|---|---|---|---|",
    ]
    for row in sorted(matching, key=lambda r: r["value_ppm"])[:10]:
        low, high = row["low_ppm"] / 10_000, row["high_ppm"] / 10_000
        lines.append(f"| {row['what']} | {row['n']} | {row['value_ppm'] / 10_000:.2f} % | {low:.2f} to {high:.2f} |")
    lines += [
        "",
        f"These are the {min(10, len(matching))} worst of {len(matching)}.",
        "",
        "## Programs of others that the tests hold this one to",
        "",
        "| program | what it is |",
        "|---|---|",
        *(f"| {name} | {ORACLES.get(name, 'not described')} |" for name in sorted(others)),
        "",
        "## How to repeat it",
        "",
        "    make test                                  every test, the programs of others among them",
        "    python benchmarks/trace.py accuracy        self-consistency, and the public sets where they are at hand",
        "    leadline verify CASE --rebuild             that a case's tables follow from its exhibits",
        "    leadline case validation CASE              what the returns of a case confirm and deny",
    ]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    OUT.write_text(text(), "utf-8")
