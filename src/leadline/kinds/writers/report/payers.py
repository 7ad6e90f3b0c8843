"""What the report prints of who is decided to have paid: payment by payment, and of what is counted for nobody."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from leadline.kinds.bitcoin.amount import btc
from leadline.kinds.writers.report.written import SHORT, percent, shown
from leadline.model.referral import ACCOUNT, COUNTED, PAYER_STATES
from leadline.model.spans import in_words
from leadline.model.words import NONE

ELSEWHERE = {
    "nobody": "nobody is decided to be the payer",
    "own": "decided for the person, and not counted",
    "other": "decided for somebody else",
}
"""Who is decided to have paid what this package counts for nobody as payer."""


def payers_of(row: Mapping[str, Any], payers: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Whom decisions name as payer of one payment, each with what that rests on and whether it counts."""
    return [
        {
            "customer": r["customer"],
            "own": r["whose"] == "own",
            "state": PAYER_STATES[r["state"]],
            "finding": r["finding"].hex()[:SHORT],
            "span": in_words(r["span"]),
            "record": r["record"].hex()[:SHORT],
            "release": "" if r["release_outpoint"] == NONE else r["release_outpoint"].removeprefix("outpoint:"),
            "share": percent(r["share_ppm"]),
            "place": "" if r["exhibit"] == NONE else shown(f"{r['exhibit'][:SHORT]} {r['locator']}"),
        }
        for r in payers
        if (r["account"], r["payment"]) == (row["account"], row["outpoint"])
    ]


def elsewhere(payments: Iterable[Mapping[str, Any]], payers: Iterable[Mapping[str, Any]]) -> str:
    """Of outputs of which nobody here is counted as payer: whom decisions name all the same, as counts in words."""
    named: dict[str, set[str]] = defaultdict(set)
    for r in payers:
        named[r["payment"]] |= {"own"} if r["whose"] == "own" else {"other"} if r["state"] == COUNTED else set()
    apart = {r["outpoint"] for r in payments if r["tie"] == ACCOUNT}
    found = Counter(next((w for w in ("other", "own") if w in named[o]), "nobody") for o in apart)
    return "; ".join(f"{says}: {found[word]}" for word, says in ELSEWHERE.items() if found[word])


def covered(paid: Iterable[Mapping[str, Any]]) -> str:
    """The bitcoin of `paid` that lie on paths from the withdrawals of their payers; empty where it is all of them."""
    paid = list(paid)
    share = sum(r["value_sat"] * r["share_ppm"] // 1_000_000 for r in paid)
    return "" if share == sum(r["value_sat"] for r in paid) else btc(share)
