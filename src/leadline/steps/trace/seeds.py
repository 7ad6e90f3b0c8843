"""Seeds beyond the addresses stated: what follows from extended keys and descriptors that stand in the records."""

import hashlib
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa

from leadline.engines.ledger import Ledger
from leadline.engines.ledger.view import Ints, View
from leadline.errors import EvidenceError
from leadline.kinds.bitcoin import (
    address,
    descriptors,
    hdkeys,
)
from leadline.kinds.bitcoin.descriptors import Expression
from leadline.kinds.bitcoin.prefixes import prefixes
from leadline.model import findings
from leadline.model.predicates import DERIVED
from leadline.model.tables import from_columns
from leadline.model.words import EXTENDED, NOT_READ, ONE_OF_SEVERAL, OTHER_NETWORK, PRIVATE, UNUSED, USED
from leadline.steps.step import Claims, Inputs

_STATED = "SELECT * FROM wallet ORDER BY subject, form, key, exhibit, locator"
_ACCOUNTS = """
SELECT DISTINCT ON (script) script, subject FROM address
WHERE subject LIKE 'account:%' ORDER BY script, exhibit, locator, subject
"""
OWN_ROLES = frozenset({"payment", "cold"})
"""Roles by which an address or key is the market's own."""

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Seeds:
    """What keys gave: statements of payment addresses of accounts, as rows with the `derived` finding they rest on; the
    market's own scripts; the tables derivation and branch."""

    stated: list[Row]
    own: Ints
    tables: dict[str, pa.Table]


@dataclass(slots=True)
class _Found:
    """Rows collected while keys are derived."""

    stated: list[Row] = field(default_factory=list)
    own: list[int] = field(default_factory=list)
    derivation: dict[str, list[Any]] = field(default_factory=lambda: {c.name: [] for c in findings.DERIVATION.columns})
    branch: dict[str, list[Any]] = field(default_factory=lambda: {c.name: [] for c in findings.BRANCH.columns})


def seeds(inputs: Inputs, claims: Claims, view: View, gap: int) -> Seeds:
    """Every paid script that follows from the keys the records state, with a `derived` finding each.

    A branch ends after `gap` places in a row whose scripts nobody paid. A bare extended key does not say which scripts
    it stands for: all that wallets use are tried, and the chain shows which it was. A private key is named by its place
    and otherwise left alone.
    """
    found = _Found()
    rows = inputs.sql(_STATED).to_pylist()
    holders = dict(zip(*inputs.sql(_ACCOUNTS).to_pydict().values(), strict=True)) if rows else {}
    for row in rows:
        outcome = _outcome(row, view.ledger.network)
        if outcome:
            _branch(found, row, "", outcome)
            continue
        for text, expression in _branches(row):
            used, derived = scan(expression, view.ledger, gap)
            _branch(found, row, text, USED if used else UNUSED, derived, sorted(used))
            for place, scripts in sorted(used.items()):
                for script in scripts:
                    _derived(found, row, text, place, script, claims, view, holders)
    tables = {
        "derivation": from_columns(findings.DERIVATION, found.derivation),
        "branch": from_columns(findings.BRANCH, found.branch),
    }
    return Seeds(found.stated, np.unique(np.array(found.own, np.int64)), tables)


def scan(expression: Expression, ledger: Ledger, gap: int) -> tuple[dict[int, list[int]], int]:
    """({place: its scripts that are paid}, places derived) of one branch."""
    used: dict[int, list[int]] = defaultdict(list)
    at, end = 0, gap if expression.ranged else 1
    while at < end:
        made = [(place, s) for place in range(at, end) for s in expression.scripts(place)]
        for (place, _), id_ in zip(made, ledger.find_scripts([s for _, s in made]).tolist(), strict=True):
            if id_ >= 0:
                used[place].append(id_)
        at, end = end, max(used) + 1 + gap if used and expression.ranged else end
    return used, at


def _outcome(row: Row, network: str) -> str:
    """Why a key gives no branch, empty when it may."""
    if row["form"] == PRIVATE:
        return PRIVATE
    if row["network"] != network:
        return OTHER_NETWORK
    try:
        if row["form"] == EXTENDED and hdkeys.parse(row["key"]).form == "multi":
            return ONE_OF_SEVERAL
        return "" if list(_branches(row)) else NOT_READ
    except EvidenceError:
        return NOT_READ


def _branches(row: Row) -> Iterator[tuple[str, Expression]]:
    """(text, expression) of every branch of a key."""
    family = "main" if prefixes(row["network"]).hrp == "bc" else "test"
    bare = row["form"] == EXTENDED
    for text in descriptors.of_key(row["key"]) if bare else (row["key"],):
        for branch in descriptors.branches(text, family):
            yield branch.text, branch.expression


def _branch(found: _Found, row: Row, text: str, outcome: str, derived: int = 0, used: list[int] | None = None) -> None:
    values = (
        row["subject"], text, outcome, derived, len(used or ()), used[-1] if used else None, row["exhibit"],
        row["locator"],
    )  # fmt: skip
    for name, value in zip(found.branch, values, strict=True):
        found.branch[name].append(value)


def _derived(
    found: _Found, row: Row, text: str, place: int, script: int, claims: Claims, view: View,
    holders: dict[str, str],
) -> None:  # fmt: skip
    """One paid script: its finding and row, and what it is to the walks."""
    outputs = view.ledger.outputs_of([script])
    first = view.ledger.outpoint(int(outputs[0]))
    held = view.ledger.script_bytes(script)
    name = f"script:{view.ledger.network}:{hashlib.sha256(held).hexdigest()}"
    id_ = claims.add(row["subject"], DERIVED, name)
    claims.rest(id_, "exhibit", f"exhibit:{row['exhibit'].hex()}", row["locator"])
    claims.rest(id_, "ledger", f"ledger:{view.ledger.network}", f"out:{first}")
    own = row["role"] in OWN_ROLES
    values = (
        id_, row["subject"], text, place, name, address.encode(held, view.ledger.network), holders.get(name), own,
        f"outpoint:{first}", len(outputs), int(view.out_value[outputs].sum()),
    )  # fmt: skip
    for column, value in zip(found.derivation, values, strict=True):
        found.derivation[column].append(value)
    if own:
        found.own.append(script)
    if row["role"] == "payment" and row["subject"].startswith("account:"):
        found.stated.append({**row, "script": script, "derived": id_})
