"""The lines of rank."""

from collections import defaultdict

from leadline.scenario.score.lines import Row, Tables, pairs, row
from leadline.scenario.score.link import persons
from leadline.scenario.score.truth import Truth


def rank(true: Truth, tables: Tables) -> list[Row]:
    """People whose enquiries say that a child is within reach stand in band A; nobody unknown stands low."""
    people = {p["person"]: p for p in true.table("people").to_pylist()}
    band = dict(pairs(tables("band"), "person", "band"))
    reach: dict[int, set[str]] = defaultdict(set)
    low = total = 0
    for person, held in persons(tables("membership"), "core").items():
        behind = {true.people_of[m] for m in held if m.startswith("customer:") and m in true.people_of}
        for p in behind:
            reach[p].add(band.get(person, ""))
        if person not in band:  # neither paid nor paid for: suggested, and nobody is ranked for that
            continue
        total += 1
        low += band.get(person) in ("C", "D") and not any(people[p]["asked"] for p in behind)
    yes = [p for p in reach if people[p]["reach_yes"]]
    undecided = sum(letter == "U" for letter in band.values())
    return [
        row(
            "rank",
            "people with a child within reach in band A",
            sum("A" in reach[p] for p in yes),
            len(yes),
            len(reach),
        ),
        row("rank", "persons of whom nothing decisive is known", undecided, None, len(band)),
        row("rank", "persons nobody was asked about in a low band", low, 0, total),
    ]
