"""What the report prints of each person: members, decisions, payments, what stands beside, files, and the basis."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from leadline.kinds.bitcoin.amount import btc
from leadline.kinds.writers.report.claims import beside, claim
from leadline.kinds.writers.report.companions import marks
from leadline.kinds.writers.report.payers import covered, elsewhere
from leadline.kinds.writers.report.payments import answers, measured, payment
from leadline.kinds.writers.report.sources import closure, sources
from leadline.kinds.writers.report.written import SHORT, block_time, fiat, shown, words
from leadline.kinds.writers.rows import by
from leadline.model.predicates import BANDED, PAYER_CANDIDATE, VALUED
from leadline.model.referral import file_of, once
from leadline.model.words import DENIED, NONE, YES

PAYERS = (PAYER_CANDIDATE,)
"""Predicates by which a customer may be taken for the payer of an account's payments."""
OF_A_PERSON = (
    "accounts", "identifiers", "payments", "payers", "releases", "ends", "media", "alternatives", "copies", "answers",
    "left_out",
)  # fmt: skip
"""Tables with a column for the person."""


def persons(tables: Mapping[str, list[dict[str, Any]]]) -> list[dict[str, Any]]:
    """One dict a person, in the order of the package."""
    of = {name: by(tables[name], "person") for name in OF_A_PERSON}
    reasons, basis = by(tables["reasons"], "finding"), by(tables["basis"], "finding")
    decisions, findings = by(tables["decisions"], "finding"), {r["finding"]: r for r in tables["findings"]}
    figures = {(r["figure"], r["rule"], r["of"]): r["words"] for r in tables["figures"]}
    marked = marks(tables["companions"])
    verdicts = {(r["subject"], r["object"]): r for r in tables["alternatives"] if r["predicate"] in PAYERS}
    valued = {r["subject"]: f for f, r in findings.items() if r["predicate"] == VALUED}
    result = []
    for p in tables["persons"]:
        mine = {name: rows[p["person"]] for name, rows in of.items()}
        members, payments = mine["accounts"], mine["payments"]
        ties = sorted({r["finding"] for r in members})
        located = [p["located_finding"]]
        priced = [valued[r["outpoint"]] for r in payments if r["outpoint"] in valued]
        banded = [f for f, r in findings.items() if r["predicate"] == BANDED and r["subject"] == p["person"]]
        stated = (*ties, *located, *banded, *_money(payments, mine["releases"]), *priced)
        result.append(
            {
                "number": p["number"],
                "person": p["person"],
                "band": p["band"],
                "known": words(p["known"]),
                "unknown": words(p["unknown"]),
                "suggested": words(p["suggested"]),
                "place": p["place"],
                "sharing": p["sharing"],
                "located": p["located_reason"],
                "currency": p["currency"],
                "unvalued": p["unvalued"],
                **{
                    tie: {"payments": p[f"{tie}_payments"], "btc": btc(p[f"{tie}_sat"]), "fiat": fiat(p[f"{tie}_fiat"])}
                    for tie in ("payer", "account")
                },
                "members": sorted({r["member"] for r in members}),
                "names": sorted({shown(r["value"]) for r in mine["identifiers"] if r["kind"] == "name"}),
                "statements": [
                    {
                        "subject": r["subject"],
                        "kind": r["kind"].replace("_", " "),
                        "value": shown(r["value"]),
                        "when": "" if r["utc_low"] is None else block_time(r["utc_low"], r["utc_high"]),
                        "exhibit": r["exhibit"].hex()[:SHORT],
                        "locator": shown(r["locator"]),
                        "mark": marked.get((r["exhibit"], r["locator"]), ""),
                    }
                    for r in mine["identifiers"]
                ],
                "payments": [payment(r, mine, verdicts) for r in payments],
                "answers": answers(mine["releases"]),
                "elsewhere": elsewhere(payments, mine["payers"]),
                "covered": covered(once(payments)["payer"]),
                "measured": measured(mine["releases"], figures),
                "answers_given": [
                    {
                        "question": r["question"].replace("_", " "),
                        "answer": r["answer"],
                        "when": "" if r["utc_low"] is None else block_time(r["utc_low"], r["utc_high"]),
                        "before": r["before_return"] == YES,
                        "member": r["member"],
                        "place": shown(f"{r['exhibit'].hex()[:SHORT]} {r['locator']}"),
                    }
                    for r in mine["answers"]
                ],
                "left_out": [
                    {"predicate": r["predicate"].replace("_", " "), "claims": r["claims"], "reason": r["reason"]}
                    for r in mine["left_out"]
                ],
                "alternatives": [beside(r, decisions[r["finding"]]) for r in mine["alternatives"]],
                "claims": [
                    claim(findings[f], reasons[f], decisions[f], _rests_on(findings, basis[f]))
                    for f in (*ties, *located)
                ],
                "copies": _copies(mine["copies"]),
                "media": _media(mine["media"]),
                "tied": sum(r["tie"] != NONE for r in mine["media"]),
                "sources": sources(closure(stated, basis), findings, basis),
            }
        )
    return result


def _rests_on(findings: Mapping[bytes, Mapping[str, Any]], basis: Iterable[Mapping[str, Any]]) -> list[str]:
    """What a basis names for its finding: the predicate of each finding, the kind of anything else."""
    return [
        findings[bytes.fromhex(r["ref"].removeprefix("finding:"))]["predicate"] if r["kind"] == "finding" else r["kind"]
        for r in basis
        if r["role"] == "for"
    ]


def _copies(rows: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """By account and pair of exhibits: addresses that one gives and the other lacks, and the payments to them."""
    found: dict[tuple[str, str, str, bool], dict[str, int]] = defaultdict(dict)
    for r in rows:
        key = (r["account"], r["exhibit"].hex()[:SHORT], r["lacking"].hex()[:SHORT], r["listed"] == YES)
        found[key][r["address"]] = r["payments"]
    return [
        {
            "account": account,
            "exhibit": a,
            "lacking": b,
            "listed": listed,
            "addresses": len(paid),
            "payments": sum(paid.values()),
        }
        for (account, a, b, listed), paid in sorted(found.items())
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
