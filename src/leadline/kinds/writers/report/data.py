"""What the report prints, as plain text and numbers by section: the template only lays it out."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from leadline.kinds.bitcoin.amount import btc
from leadline.kinds.writers.report.companions import companions
from leadline.kinds.writers.report.method import ERRORS, METHOD, RATES
from leadline.kinds.writers.report.payers import covered, elsewhere
from leadline.kinds.writers.report.persons import persons
from leadline.kinds.writers.report.written import NO_DATE, SHORT, fiat, shown, span
from leadline.kinds.writers.rows import by
from leadline.model.referral import REASON, WEIGHT, Dossier, once
from leadline.model.words import NONE, OPEN

STATED = ("sender", "contact", "file_number", "authority", "scope")
"""Settings of the case that people state, or do not."""


def document(dossier: Dossier) -> dict[str, Any]:
    """The whole report as JSON-ready values, in reading order."""
    tables = {name: table.to_pylist() for name, table in dossier.tables.items()}
    people = tables["persons"]
    decided = sorted(r["decided_at"] for r in tables["decisions"])
    last = decided[-1] if decided else NO_DATE
    return {
        "jurisdiction": dossier.jurisdiction,
        "place": dossier.place,
        "instruments": [
            dict(zip(("purpose", "name", "limits", "source"), i, strict=True)) for i in dossier.instruments
        ],
        "case": {
            key: shown(str(getattr(dossier.case, key))) or ("not stated" if key in STATED else "unknown")
            for key in (*STATED, "name", "network", "currency", "valuation_date")
        },
        "reached": [shown(line) for line in dossier.case.reached],
        "custody": [shown(line) for line in dossier.case.custody],
        "software": dossier.software,
        "date": [last.year, last.month, last.day],
        "decided": span([r["decided_at"] for r in tables["decisions"] if r["decided_at"] != NO_DATE], bool(decided)),
        "scripted": sum(r["scripted"] for r in tables["decisions"]),
        "decisions": len(tables["decisions"]),
        "totals": _totals(people, once(tables["payments"]), tables["payers"], dossier.case.currency),
        "no_series": not any(kind == "price" for kind, *_ in dossier.case.pins),
        "method": list(METHOD.values()),
        "errors": ERRORS,
        "rates": RATES,
        "open": sum(r["state"] == OPEN for r in tables["legal_requests"]),
        "open_inferred": sum(r["state"] == OPEN for r in tables["legal_requests_inferred"]),
        "weight": WEIGHT,
        "reason": REASON,
        "asked": len(tables["legal_requests"]),
        "persons": persons(tables),
        "predicates": _predicates(tables["findings"]),
        "exhibits": [
            {**r, "exhibit": r["exhibit"].hex(), "authority": shown(r["authority"]), "size": f"{r['size']:,}"}
            | {"companion_of": "" if r["companion_of"] == NONE else r["companion_of"][:SHORT]}
            for r in tables["exhibits"]
        ],
        "companions": companions(tables["companions"]),
        "figures": [
            {name: r[name].replace("_", " ") for name in ("figure", "rule", "of", "words")}
            for r in tables["figures"]
            if r["of"] == "all" or r["of"].startswith("by ")
        ],
        "lists": [
            {
                "name": shown(r["name"]),
                "digest": r["list"].removeprefix("list:")[:SHORT],
                "stated": "; ".join(
                    f"{word} {shown(r[word] or 'unknown')}" for word in ("version", "dated", "licence")
                ),
            }
            for r in tables["lists"]
        ],
        "pins": [dict(zip(("kind", "name", "digest"), map(shown, p), strict=True)) for p in dossier.case.pins],
        "runs": _runs(dossier.case.runs),
        "files": [f"{name}.csv" for name in dossier.tables],
    }


def _runs(runs: Iterable[tuple[str, str, str, int]]) -> list[dict[str, Any]]:
    """Steps with method and version, each with the ids of all its runs."""
    found: dict[tuple[str, str, int], list[str]] = defaultdict(list)
    for step, run, method, version in runs:
        found[step, method, version].append(run.removeprefix(f"{step}-"))
    return [{"step": s, "method": m, "version": v, "runs": ids} for (s, m, v), ids in sorted(found.items())]


def _totals(
    people: Iterable[Mapping[str, Any]],
    paid: Mapping[str, Sequence[Mapping[str, Any]]],
    payers: Iterable[Mapping[str, Any]],
    currency: str,
) -> dict[str, Any]:
    """Sums over the package; `paid` are its payments by tie, each output once, be it that of two persons.

    `currency` is that of the case, for a package of which nothing has a value.
    """
    people = list(people)
    currencies = sorted({p["currency"] for p in people} - {NONE})
    totals: dict[str, Any] = {
        "persons": len(people),
        "accounts": sum(p["accounts"] for p in people),
        "customers": sum(p["customers"] for p in people),
        "currency": " ".join(currencies) or currency,
        "elsewhere": elsewhere(paid["account"], payers),
        "covered": covered(paid["payer"]),
        "unvalued": sum(r["payment_amount"] is None for rows in paid.values() for r in rows),
    }
    for tie, rows in paid.items():
        priced = [r["payment_amount"] for r in rows if r["payment_amount"] is not None]
        totals[tie] = {
            "payments": len(rows),
            "btc": btc(sum(r["value_sat"] for r in rows)),
            "fiat": fiat(sum(priced, Decimal(0)) if priced or not rows else None),
        }
    return totals


def _predicates(findings: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    found = by(findings, "predicate")
    return [
        {"name": n.replace("_", " "), "findings": len(rows), "says": rows[0]["says"], "not_said": rows[0]["not_said"]}
        for n, rows in sorted(found.items())
    ]
