"""The lines of link, and who stands behind its persons."""

from collections import defaultdict

import pyarrow as pa

from leadline.scenario.plan import RETURNING
from leadline.scenario.reviewer import customer_ref
from leadline.scenario.score.lines import Row, Tables, distinct, findings, pairs, row, share
from leadline.scenario.score.truth import Truth


def link(true: Truth, tables: Tables) -> list[Row]:
    """Customers of record beside the returns' truth; persons that tie an account to somebody else's record."""
    real = {
        (customer_ref(p["customer"]), p["outpoint"])
        for p in true.payments
        if p["customer"] and p["service"] in RETURNING and p["stop"] is None
    }
    found = {(s, o) for _, s, o in findings(tables, "customer_of_record")}
    right = len(found & real)
    membership = tables("membership")
    mixed, decided = _mixed(true, membership)
    merged = sum(users(true, held) > 1 for held in persons(membership).values())
    return [
        row("link", "customer of record: precision", share(right, len(found)), 1.0, len(found)),
        row("link", "customer of record: recall", share(right, len(real)), 1.0, len(real)),
        row("link", "persons with another's record, nobody decided", mixed, 0, distinct(membership, "person")),
        row("link", "persons with another's record, decided so", decided, 0, distinct(membership, "person")),
        row("link", "persons made of two people's accounts", merged, 0, distinct(membership, "person")),
    ]


def _mixed(true: Truth, membership: pa.Table) -> tuple[int, int]:
    """(without, with a decision): persons that hold an account and the exchange record of somebody else."""
    without = with_ = 0
    for held in persons(membership).values():
        users = {true.people_of[m] for m, _ in held if m.startswith("account:") and m in true.people_of}
        strange = [s for m, s in held if m.startswith("customer:") and users and true.people_of.get(m, -1) not in users]
        if strange:
            decided = "decided" in {state for _, state in held}
            with_, without = with_ + decided, without + (not decided)
    return without, with_


def persons(membership: pa.Table) -> dict[str, list[tuple[str, str]]]:
    """Person -> (member, state)."""
    members: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for person, member, state in pairs(membership, "person", "member", "state"):
        members[person].append((member, state))
    return members


def users(true: Truth, held: list[tuple[str, str]]) -> int:
    """How many people use the accounts a person holds."""
    return len({true.people_of[m] for m, _ in held if m.startswith("account:") and m in true.people_of})
