"""What the report prints of a payment: its value, the ways to it, and how often such ways were right in this case."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from leadline.kinds.bitcoin.amount import btc
from leadline.kinds.writers.report.claims import verdict
from leadline.kinds.writers.report.payers import payers_of
from leadline.kinds.writers.report.written import SHORT, block_time, fiat, percent, shown
from leadline.model.meanings import AT_LEAST
from leadline.model.words import CONFIRMED, INFERRED, NONE, RELEASE_ANSWERS, UNDECIDED

ANSWERS = {
    "confirmed": "the service's return names",
    "denied": "denied: a person rejected this release, which is how a service's *no such withdrawal* is entered",
    "unanswered": "the service made a return that does not state this output",
    "not_asked": "no return of this service is in the case",
}
"""What a return says of a release, before the customers it names."""

TWICE = 2
"""A release of more than so many times the payment is printed with its amount: most of it went elsewhere."""


def payment(
    row: Mapping[str, Any],
    mine: Mapping[str, list[Mapping[str, Any]]],
    verdicts: Mapping[tuple[str, str], Mapping[str, Any]],
) -> dict[str, Any]:
    """One payment with the ways to it, and the ends of other walks back from it.

    `mine` are the person's rows by table, `verdicts` the alternatives about who paid, by account and customer.
    """
    ways = [r for r in mine["releases"] if r["payment"] == row["outpoint"]]
    return {
        "when": block_time(row["utc_low"], row["utc_high"]),
        "account": row["account"],
        "outpoint": row["outpoint"].removeprefix("outpoint:"),
        "btc": row["btc"],
        "day": str(row["payment_day"] or "unknown"),
        "rate": fiat(row["payment_rate"]),
        "amount": fiat(row["payment_amount"]),
        "later_day": str(row["valuation_day"] or "unknown"),
        "later_rate": fiat(row["valuation_rate"]),
        "later_amount": fiat(row["valuation_amount"]),
        "currency": row["currency"],
        "series": shown(row["series"]),
        "tie": row["tie"],
        "customers": [] if row["customers"] == NONE else row["customers"].split(" "),
        "share": percent(row["share_ppm"]),
        "payers": payers_of(row, mine["payers"]),
        "others": row["stated_for_others"],
        "finding": row["finding"].hex()[:SHORT],
        "height": "unknown" if row["height"] is None else str(row["height"]),
        "ways": [
            {
                "service": r["service"],
                "outpoint": r["release_outpoint"].removeprefix("outpoint:"),
                "hops": r["hops"],
                "released": btc(r["value_sat"]) if r["value_sat"] > TWICE * row["value_sat"] else "",
                "tagged": "unknown" if r["tagged_ppm"] is None else percent(r["tagged_ppm"]),
                "rule": r["rule"],
                "answer": ANSWERS[r["answer"]],
                "payers": _refs(r["customers"]),
                "others": [
                    {"customer": c, "verdict": verdict(verdicts.get((row["account"], c)))}
                    for c in _refs(r["returned"])
                    if c not in _refs(r["customers"])
                ],
                "withheld": r["withheld"],
                "finding": r["finding"].hex()[:SHORT],
            }
            for r in ways
        ],
        "ends": _ends(r for r in mine["ends"] if r["payment"] == row["outpoint"]),
    }


def _ends(rows: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Ends of walks back by what they came to and how, the larger share first: shares added, the fewest hops."""
    kinds: dict[tuple[str, str, str, str], list[Mapping[str, Any]]] = defaultdict(list)
    for r in rows:
        inferred = r["grade"] == INFERRED
        kinds[r["grade"], r["what"], r["rule"], r["verdict"] if inferred else ""].append(r)
    found = [
        {
            "inferred": grade == INFERRED,
            "what": what if grade == INFERRED else what.removeprefix("stop:").replace("_", " "),
            "rule": rule,
            "verdict": "not decided" if verdict == UNDECIDED else verdict,
            "hops": min(r["hops"] for r in some),
            "share": percent(sum(r["share_ppm"] for r in some)),
            "ppm": sum(r["share_ppm"] for r in some),
            "finding": some[0]["finding"].hex()[:SHORT],
        }
        for (grade, what, rule, verdict), some in kinds.items()
    ]
    return sorted(found, key=lambda e: (-e["ppm"], e["what"], e["rule"]))


def answers(releases: Iterable[Mapping[str, Any]]) -> str:
    """What became of a person's own recorded releases, counted in words."""
    times = Counter(r["answer"] for r in {(r["finding"], r["release_outpoint"]): r for r in releases}.values())
    return ", ".join(f"{times[word]} {word.replace('_', ' ')}" for word in RELEASE_ANSWERS if times[word])


def measured(
    releases: Iterable[Mapping[str, Any]], figures: Mapping[tuple[str, str, str], str]
) -> list[dict[str, Any]]:
    """The case's figures of whole paths by their rules and length, for each kind of path among these releases.

    `confirmed` leaves out what a return does not state, and so flatters; `at_least` counts that as wrong.
    """
    kinds = sorted({(r["rule"], r["hops"]) for r in releases})
    return [
        {
            "rule": rule,
            "hops": hops,
            **{name: figures.get((name, rule, f"{hops} hops"), "not measured") for name in (CONFIRMED, AT_LEAST)},
        }
        for rule, hops in kinds
    ]


def _refs(text: str) -> list[str]:
    return [] if text == NONE else text.split(" ")
