"""The lines of refer."""

import csv
from pathlib import Path

from leadline.scenario.plan import RETURNING
from leadline.scenario.score.lines import Row, pairs, row
from leadline.scenario.score.truth import Truth, tagged_service


def refer(true: Truth, folder: Path) -> list[Row]:
    """People in the packages beside those whose own exchange record released coins that paid; nobody else may be there.

    A person may also be referred over a `same_person` decision alone, so more people than those due is no fault.
    """
    country = dict(pairs(true.table("people"), "person", "country"))
    kind = {c: (k, p) for c, k, p in pairs(true.table("customers"), "customer", "kind", "person")}
    named = [kind[p["customer"]] for p in true.payments if p["customer"] and tagged_service(p) in RETURNING]
    due = {person for kind_, person in named if kind_ == "own"}
    packages = sorted(p for p in (folder / "case" / "packages").glob("*") if p.is_dir())
    referred: set[int] = set()
    strangers = 0
    for file in (f for package in packages for f in sorted(package.rglob("tables/persons.csv"))):
        with file.open(encoding="utf-8", newline="") as lines:
            for line in csv.DictReader(lines):
                person = true.people_of.get(line["person"].removeprefix("person:"))
                strangers += person is None
                referred |= set() if person is None else {person}
    payers = set(true.table("purchases")["person"].to_pylist())
    return [
        row("refer", "packages", len(packages), len({country[p] for p in referred}), len(packages)),
        row("refer", "people whose own record paid, referred", len(referred & due), len(due), len(referred)),
        row("refer", "people referred who bought nothing", len(referred - payers) + strangers, 0, len(referred)),
    ]
