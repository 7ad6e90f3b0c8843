"""What the report prints of each person: members, decisions, payments, what stands beside, files, and the basis."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from leadline.kinds.bitcoin.amount import btc
from leadline.kinds.writers.report.written import (
    SHORT,
    block_time,
    brief,
    fiat,
    moment,
    percent,
    shown,
    weight,
    words,
)
from leadline.model.predicates import BANDED, CUSTOMER_OF_RECORD, PAYER_CANDIDATE, RECEIVED, RELEASED, VALUED
from leadline.model.referral import file_of
from leadline.model.words import DENIED, INFERRED, NONE, RELEASE_ANSWERS, UNDECIDED

PAYERS = (PAYER_CANDIDATE,)
"""Predicates by which a customer may be taken for the payer of an account's payments."""
COINS = (RECEIVED, RELEASED, VALUED, CUSTOMER_OF_RECORD)
"""Predicates of which a person has one finding a payment: each is named where its payment is printed."""
ANSWERS = {
    "confirmed": "the service's return names",
    "denied": "denied: a person rejected this release, which is how a service's *no such withdrawal* is entered",
    "unanswered": "the service made a return that does not state this output",
    "not_asked": "no return of this service is in the case",
}
"""What a return says of a release, before the customers it names."""
STANDING = {
    "in_force": "",
    "stale": "stale: what it rested on has changed since, and it is not applied",
    "superseded": "superseded by a newer decision",
}
"""What is printed beside a decision that does not hold."""


def by(rows: Iterable[Mapping[str, Any]], key: str) -> dict[Any, list[Mapping[str, Any]]]:
    """Rows by the value of one column, in order."""
    found: dict[Any, list[Mapping[str, Any]]] = defaultdict(list)
    for row in rows:
        found[row[key]].append(row)
    return found


def persons(tables: Mapping[str, list[dict[str, Any]]]) -> list[dict[str, Any]]:
    """One dict a person, in the order of the package."""
    of = {
        name: by(tables[name], "person")
        for name in ("accounts", "identifiers", "payments", "releases", "ends", "media", "alternatives", "copies")
    }
    reasons, basis = by(tables["reasons"], "finding"), by(tables["basis"], "finding")
    decisions, findings = by(tables["decisions"], "finding"), {r["finding"]: r for r in tables["findings"]}
    figures = {(r["figure"], r["rule"], r["of"]): r["words"] for r in tables["figures"]}
    verdicts = {(r["subject"], r["object"]): r for r in tables["alternatives"] if r["predicate"] in PAYERS}
    valued = {r["subject"]: f for f, r in findings.items() if r["predicate"] == VALUED}
    result = []
    for p in tables["persons"]:
        members, payments = of["accounts"][p["person"]], of["payments"][p["person"]]
        ties = sorted({r["finding"] for r in members})
        located = [p["located_finding"]]
        priced = [valued[r["outpoint"]] for r in payments if r["outpoint"] in valued]
        banded = [f for f, r in findings.items() if r["predicate"] == BANDED and r["subject"] == p["person"]]
        stated = (*ties, *located, *banded, *_money(payments, of["releases"][p["person"]]), *priced)
        result.append(
            {
                "number": p["number"],
                "person": p["person"],
                "band": p["band"],
                "known": words(p["known"]),
                "unknown": words(p["unknown"]),
                "located": p["located_reason"],
                "currency": p["currency"],
                "unvalued": p["unvalued"],
                **{
                    tie: {"payments": p[f"{tie}_payments"], "btc": btc(p[f"{tie}_sat"]), "fiat": fiat(p[f"{tie}_fiat"])}
                    for tie in ("payer", "account")
                },
                "members": sorted({r["member"] for r in members}),
                "names": sorted({shown(r["value"]) for r in of["identifiers"][p["person"]] if r["kind"] == "name"}),
                "statements": [
                    {
                        "subject": r["subject"],
                        "kind": r["kind"].replace("_", " "),
                        "value": shown(r["value"]),
                        "exhibit": r["exhibit"].hex()[:SHORT],
                        "locator": shown(r["locator"]),
                    }
                    for r in of["identifiers"][p["person"]]
                ],
                "payments": [
                    _payment(r, of["releases"][p["person"]], of["ends"][p["person"]], verdicts) for r in payments
                ],
                "answers": _answers(of["releases"][p["person"]]),
                "measured": _measured(of["releases"][p["person"]], figures),
                "alternatives": [_beside(r, decisions[r["finding"]]) for r in of["alternatives"][p["person"]]],
                "claims": [_claim(findings[f], reasons[f], decisions[f]) for f in (*ties, *located)],
                "copies": _copies(of["copies"][p["person"]]),
                "media": _media(of["media"][p["person"]]),
                "tied": sum(r["tie"] != NONE for r in of["media"][p["person"]]),
                "sources": _sources(_closure(stated, basis), findings, basis),
            }
        )
    return result


def _payment(
    row: Mapping[str, Any],
    releases: Iterable[Mapping[str, Any]],
    ends: Iterable[Mapping[str, Any]],
    verdicts: Mapping[tuple[str, str], Mapping[str, Any]],
) -> dict[str, Any]:
    """One payment with the ways to it, and the ends of other walks back from it.

    `verdicts` are the alternatives about who paid, by account and customer.
    """
    ways = [r for r in releases if r["payment"] == row["outpoint"]]
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
        "others": row["stated_for_others"],
        "finding": row["finding"].hex()[:SHORT],
        "height": "unknown" if row["height"] is None else str(row["height"]),
        "ways": [
            {
                "service": r["service"],
                "outpoint": r["release_outpoint"].removeprefix("outpoint:"),
                "hops": r["hops"],
                "tagged": "unknown" if r["tagged_ppm"] is None else percent(r["tagged_ppm"]),
                "rule": r["rule"],
                "answer": ANSWERS[r["answer"]],
                "payers": _refs(r["customers"]),
                "others": [
                    {"customer": c, "verdict": _verdict(verdicts.get((row["account"], c)))}
                    for c in _refs(r["returned"])
                    if c not in _refs(r["customers"])
                ],
                "withheld": r["withheld"],
                "finding": r["finding"].hex()[:SHORT],
            }
            for r in ways
        ],
        "ends": _ends(r for r in ends if r["payment"] == row["outpoint"]),
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


def _answers(releases: Iterable[Mapping[str, Any]]) -> str:
    """What became of a person's own recorded releases, counted in words."""
    times = Counter(r["answer"] for r in {(r["finding"], r["release_outpoint"]): r for r in releases}.values())
    return ", ".join(f"{times[word]} {word.replace('_', ' ')}" for word in RELEASE_ANSWERS if times[word])


def _measured(
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
            **{name: figures.get((name, rule, f"{hops} hops"), "not measured") for name in ("confirmed", "at_least")},
        }
        for rule, hops in kinds
    ]


def _refs(text: str) -> list[str]:
    return [] if text == NONE else text.split(" ")


def _verdict(row: Mapping[str, Any] | None) -> str:
    """What was decided of a claim beside this package, in words."""
    if row is None or row["verdict"] == UNDECIDED:
        return "not decided"
    return f"{row['verdict']}, stale: the basis has changed since" if row["standing"] == "stale" else row["verdict"]


def _beside(row: Mapping[str, Any], decisions: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """One claim beside what the package takes, with its verdict and every decision made about it."""
    return {
        "finding": row["finding"].hex()[:SHORT],
        "predicate": row["predicate"].replace("_", " "),
        "subject": row["subject"],
        "object": brief(row["object"]),
        "verdict": _verdict(row),
        "basis_for": row["basis_for"],
        "basis_against": row["basis_against"],
        "restrictions": row["restrictions"],
        "decisions": [_decision(d) for d in decisions],
    }


def _decision(row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "verdict": row["verdict"],
        "standing": STANDING[row["standing"]],
        "by": shown(_author(row)),
        "at": moment(row["decided_at"]),
        "reason": shown(row["reason"]),
        "scripted": row["scripted"],
        "id": row["id"].hex()[:SHORT],
    }


def _author(decision: Mapping[str, Any]) -> str:
    """Who decided, and on whose behalf where they say so."""
    other = decision["on_behalf_of"]
    return f"{decision['decided_by']}, on behalf of {other}" if other else str(decision["decided_by"])


def _claim(
    finding: Mapping[str, Any], reasons: Iterable[Mapping[str, Any]], decisions: Iterable[Mapping[str, Any]]
) -> dict[str, Any]:
    return {
        "finding": finding["finding"].hex()[:SHORT],
        "subject": finding["subject"],
        "predicate": finding["predicate"].replace("_", " "),
        "object": finding["object"],
        "says": finding["says"],
        "not_said": finding["not_said"],
        "reasons": [
            {"rule": r["rule"].replace("_", " "), "role": r["role"], "says": r["says"],
             "weight": weight(r["weight_ppm"])}
            for r in sorted(reasons, key=lambda r: (r["role"] != "against", r["rule"]))
        ],
        "decisions": [_decision(r) for r in decisions],
    }  # fmt: skip


def _copies(rows: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """By account and pair of exhibits: addresses that one gives and the other lacks, and the payments to them."""
    found: dict[tuple[str, str, str], dict[str, int]] = defaultdict(dict)
    for r in rows:
        found[r["account"], r["exhibit"].hex()[:SHORT], r["lacking"].hex()[:SHORT]][r["address"]] = r["payments"]
    return [
        {"account": account, "exhibit": a, "lacking": b, "addresses": len(paid), "payments": sum(paid.values())}
        for (account, a, b), paid in sorted(found.items())
    ]


def _media(rows: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    files: dict[tuple[str, str, str], set[str]] = defaultdict(set)
    times: Counter[tuple[str, str, str]] = Counter()
    for r in rows:
        key = (r["act"], r["status"], r["examiner"])
        files[key].add(file_of(r))
        times[key] += r["times"]
    return [
        {
            "act": a,
            "status": s.replace("_", " "),
            "examiner": shown(e),
            "files": len(files[a, s, e]),
            "times": times[a, s, e],
        }
        for a, s, e in sorted(files)
    ]


def _money(payments: Iterable[Mapping[str, Any]], releases: Iterable[Mapping[str, Any]]) -> list[bytes]:
    return [r["finding"] for r in (*payments, *(r for r in releases if r["answer"] != DENIED))]


def _closure(first: Iterable[bytes], basis: Mapping[bytes, list[Mapping[str, Any]]]) -> list[bytes]:
    """`first` and every finding below, each once, in order of first mention."""
    found = dict.fromkeys(first)
    waiting = list(found)
    while waiting:
        inner = [bytes.fromhex(r["ref"][8:]) for f in waiting for r in basis.get(f, ()) if r["kind"] == "finding"]
        waiting = [f for f in dict.fromkeys(inner) if f not in found]
        found.update(dict.fromkeys(waiting))
    return list(found)


def _sources(
    ids: Iterable[bytes], findings: Mapping[bytes, Mapping[str, Any]], basis: Mapping[bytes, list[Mapping[str, Any]]]
) -> list[dict[str, Any]]:
    """The basis of findings: of those about coins one entry a predicate, of every other one a finding."""
    groups: dict[tuple[str, bytes], list[bytes]] = defaultdict(list)
    for id_ in ids:
        predicate = findings[id_]["predicate"]
        groups[predicate, b"" if predicate in COINS else id_].append(id_)
    return [
        {
            "finding": " ".join(f.hex()[:SHORT] for f in members) if len(members) == 1 else f"{len(members)} findings",
            "predicate": predicate.replace("_", " "),
            "rows": _cited([r for f in members for r in basis[f]], many=len(members) > 1),
        }
        for (predicate, _), members in groups.items()
    ]


def _cited(rows: Iterable[Mapping[str, Any]], *, many: bool) -> list[dict[str, str]]:
    """One line a role and exhibit, ledger, tag or price, with every place cited in it; what speaks against last.

    Of `many` findings, places on the chain and findings below are left to the tables: outputs stand with payments.
    """
    places: dict[tuple[bool, str], dict[str, None]] = {}
    for r in rows:
        ref, place = brief(r["ref"]), shown(brief(r["locator"]))
        if r["kind"] == "finding":
            ref, place = "findings", "" if many else r["ref"].removeprefix("finding:")[:SHORT]
        cited = places.setdefault((r["role"] != "for", ref), {})
        if place and not (many and r["kind"] in ("ledger", "merge")):
            cited[place] = None
    ordered = sorted(places.items(), key=lambda item: (item[0][0], item[0][1] == "findings"))
    return [
        {"role": "against" if against else "for", "ref": ref, "places": "  ".join(cited)}
        for (against, ref), cited in ordered
    ]
