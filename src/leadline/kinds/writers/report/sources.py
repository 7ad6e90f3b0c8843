"""What the report prints of a basis: every place that a person's findings rest on."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from leadline.kinds.writers.report.written import SHORT, brief, shown
from leadline.model.predicates import CUSTOMER_OF_RECORD, RECEIVED, RELEASED, VALUED
from leadline.model.words import AGAINST

COINS = (RECEIVED, RELEASED, VALUED, CUSTOMER_OF_RECORD)
"""Predicates of which a person has one finding a payment: each is named where its payment is printed."""


def closure(first: Iterable[bytes], basis: Mapping[bytes, list[Mapping[str, Any]]]) -> list[bytes]:
    """`first` and every finding below, each once, in order of first mention."""
    found = dict.fromkeys(first)
    waiting = list(found)
    while waiting:
        inner = [bytes.fromhex(r["ref"][8:]) for f in waiting for r in basis.get(f, ()) if r["kind"] == "finding"]
        waiting = [f for f in dict.fromkeys(inner) if f not in found]
        found.update(dict.fromkeys(waiting))
    return list(found)


def sources(
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
        {"role": AGAINST if against else "for", "ref": ref, "places": "  ".join(cited)}
        for (against, ref), cited in ordered
    ]
