"""What authorities answered when asked who a person can reach: mostly unknown, and some people nobody asked about."""

import csv
from pathlib import Path

import pyarrow as pa

from leadline.scenario.clocks import utc
from leadline.scenario.people import DAY, QUESTIONS, People
from leadline.scenario.plan import END, Plan
from leadline.scenario.random_streams import stream

ASKED_PPM = 850_000
"""People about whom anybody asked."""
AFTER_RETURNS = 32 * DAY
"""From when on anybody asks: the returns, which name the customers, came in four weeks after the end."""
KNOWN_PPM = 450_000
"""Questions that got a yes or no."""

ENQUIRY = pa.schema(
    [
        ("service", pa.string()),
        ("reference", pa.string()),
        ("person", pa.int32()),
        ("question", pa.string()),
        ("answer", pa.string()),
        ("asked", pa.int64()),
    ]
)
"""One row a question asked about an exchange customer; `person` stands in the truth only."""


def draw_enquiries(plan: Plan, people: People) -> pa.Table:
    """The ENQUIRY rows: every returned customer of a known person, but for those nobody asked about."""
    rng = stream(plan.options.seed, "enquiries")
    facts = {row["person"]: row for row in people.persons.to_pylist()}
    rows = []
    for record in people.records.to_pylist():
        if record["kind"] == "bystander" or rng.integers(0, 1_000_000) >= ASKED_PPM:
            continue
        for question in QUESTIONS:
            known = rng.integers(0, 1_000_000) < KNOWN_PPM
            truth = facts[record["person"]][question]
            asked = END + int(rng.integers(AFTER_RETURNS, 60 * DAY))
            answer = ("yes" if truth else "no") if known else "unknown"
            rows.append({**record, "question": question, "answer": answer, "asked": asked})
    return pa.Table.from_pylist([{k: row[k] for k in ENQUIRY.names} for row in rows], schema=ENQUIRY)


def write_enquiries(path: Path, enquiries: pa.Table) -> None:
    """Writes enquiries.csv."""
    asked = utc(enquiries["asked"].to_numpy())
    with path.open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file, lineterminator="\r\n")
        out.writerow(["service", "reference", "question", "answer", "asked_utc"])
        for row, moment in zip(enquiries.to_pylist(), asked, strict=True):
            out.writerow([row["service"], row["reference"], row["question"], row["answer"], moment])
