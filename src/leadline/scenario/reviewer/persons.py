"""Decisions on persons: who uses an account, which records are one person's, and where they place him."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import permutations

from leadline.model.predicates import LOCATED_IN, SAME_PERSON, USER_CANDIDATE
from leadline.model.refs import ref
from leadline.model.spans import Span, written
from leadline.model.words import ACCEPTED, REJECTED
from leadline.scenario.people import People
from leadline.scenario.plan import ChainTruth, Plan
from leadline.scenario.reviewer.decisions import Decision, account_ref, customer_ref, decision
from leadline.scenario.reviewer.payments import payers
from leadline.scenario.reviewer.reasons import USES


def members(people: People) -> dict[int, list[str]]:
    """Person -> refs of the accounts he uses and the exchange records in his name, in order."""
    found: dict[int, list[str]] = defaultdict(list)
    for row in people.accounts.to_pylist():
        if row["user"] >= 0:
            found[row["user"]].append(account_ref(row["account"]))
    for row in people.records.to_pylist():
        if row["person"] >= 0:
            found[row["person"]].append(customer_ref(row["customer"]))
    return found


def on_users(plan: Plan, people: People, chain: ChainTruth) -> Iterator[Decision]:
    """Decisions on who uses an account: a sold one is its buyer's from the sale on."""
    kind = dict(zip(plan.customers["customer"].to_pylist(), plan.customers["kind"].to_pylist(), strict=True))
    sold = _sold(people)
    bought = (plan.purchases[c].to_pylist() for c in ("account", "customer"))
    real = dict.fromkeys((account, named) for account, named in zip(*bought, strict=True) if named)
    for account, named in real:
        verdict, said = USES[kind[named]]
        span = written(Span(sold.get(account_ref(account)))) if verdict == ACCEPTED else ""
        yield decision(account_ref(account), USER_CANDIDATE, customer_ref(named), verdict, said, span)
    for account, named in payers(plan, chain):
        if (account, named) not in real:
            yield decision(account_ref(account), USER_CANDIDATE, customer_ref(named), *USES["bystander"])


def _sold(people: People) -> dict[str, datetime]:
    """Account -> when it was sold, of those that were."""
    columns = (people.accounts[c].to_pylist() for c in ("account", "sold"))
    return {account_ref(a): datetime.fromtimestamp(at, UTC) for a, at in zip(*columns, strict=True) if at}


def on_persons(people: People) -> Iterator[Decision]:
    """Decisions on who is the same, and where a person's records place him."""
    country = dict(zip(people.persons["person"].to_pylist(), people.persons["country"].to_pylist(), strict=True))
    everyone = members(people)
    sold = _sold(people)
    for refs in everyone.values():
        for subject, object_ in permutations(refs, 2):  # which of two is the older, and so the subject, evidence says
            since = [sold[ref] for ref in (subject, object_) if ref in sold]
            span = written(Span(max(since))) if since else ""
            yield decision(subject, SAME_PERSON, object_, ACCEPTED, "The records agree on one person.", span)
    for row in people.accounts.to_pylist():
        if row["user"] != row["creator"]:
            said = "The account was sold: its key is still the seller's."
            for other in everyone[row["creator"]]:
                for subject, object_ in permutations((account_ref(row["account"]), other)):
                    yield decision(subject, SAME_PERSON, object_, REJECTED, said)
    for person, refs in everyone.items():
        for key in refs:
            yield decision(
                f"person:{key}", LOCATED_IN, ref("jurisdiction", country[person]), ACCEPTED,
                "The customer record names this country.",
            )  # fmt: skip
