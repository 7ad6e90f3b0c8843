"""Decisions on payments: what released them, whose withdrawal a return says they were, and who paid."""

from collections.abc import Iterator
from typing import Any

from leadline.model.predicates import CUSTOMER_OF_RECORD, PAYER_CANDIDATE, RELEASED
from leadline.model.refs import ref
from leadline.model.words import ACCEPTED, REJECTED
from leadline.scenario.mistakes import Mistake, draw, slips
from leadline.scenario.plan import RETURNING, TAGGED, ChainTruth, Plan
from leadline.scenario.reviewer.decisions import EXAMINED, Decision, account_ref, customer_ref, decision
from leadline.scenario.reviewer.reasons import CORRECTED, REASONS, SLIPPED


def on_payments(plan: Plan, chain: ChainTruth) -> Iterator[Decision]:
    """Decisions on what released a payment, whose withdrawal the return says it was, and who is the payer."""
    single = 0
    for row, named, mistake in _answered(plan, chain):
        single += 1
        denied = mistake is not None and mistake.kind == "denied"
        if single > EXAMINED and not denied:
            continue
        service, paid = ref("service", row["service"]), ref("outpoint", f"{row['txid']}:{row['vout']}")
        if denied:
            yield decision(service, RELEASED, paid, REJECTED, "The service answers: no such withdrawal.")
        else:
            yield decision(
                service,
                RELEASED,
                paid,
                ACCEPTED,
                "The spends lead to this service, by a tag or by a cluster.",
            )
        if named:
            said = "The return names this withdrawal."
            yield decision(customer_ref(named), CUSTOMER_OF_RECORD, paid, ACCEPTED, said)
    slipped_at = slipped(plan, chain)
    for (account, named), (verdict, said) in payers(plan, chain).items():
        if (account, named) in slipped_at:
            verdict, said = SLIPPED[verdict]
        yield decision(account_ref(account), PAYER_CANDIDATE, customer_ref(named), verdict, said)


def slipped(plan: Plan, chain: ChainTruth) -> frozenset[tuple[int, str]]:
    """(account, customer) of the payers about whom the reviewer decides wrongly."""
    decided = payers(plan, chain)
    wrong: set[tuple[int, str]] = set()
    for verdict in SLIPPED:
        wrong.update(slips(plan.options.seed, verdict, [pair for pair, (own, _) in decided.items() if own == verdict]))
    return frozenset(wrong)


def _answered(plan: Plan, chain: ChainTruth) -> Iterator[tuple[dict[str, Any], str, Mistake | None]]:
    """(payment, customer whom the return names for it or "", what the return gets wrong) of traceable payments."""
    customer = dict(zip(plan.purchases["purchase"].to_pylist(), plan.purchases["customer"].to_pylist(), strict=True))
    wrong = draw(plan.options.seed, chain.payments, chain.withdrawals)
    for row in chain.payments.to_pylist():
        if row["purchase"] < 0 or row["stop"] is not None or row["service"] not in TAGGED:
            continue
        mistake = wrong.get((row["release_txid"], row["release_vout"]))
        named = customer[row["purchase"]] if row["service"] in RETURNING else ""
        if mistake is not None:
            named = mistake.instead
        yield row, named, mistake


def payers(plan: Plan, chain: ChainTruth) -> dict[tuple[int, str], tuple[str, str]]:
    """(account, customer whom a return names) -> the verdict and reason of a reviewer who does not slip.

    He cannot know of every false answer: where nothing but the return names a customer whose own record it is, he
    accepts him, and finds out about those whom the service corrects.
    """
    kind = dict(zip(plan.customers["customer"].to_pylist(), plan.customers["kind"].to_pylist(), strict=True))
    found: dict[tuple[int, str], tuple[str, str]] = {}
    false = 0
    for row, named, mistake in _answered(plan, chain):
        if not named:
            continue
        if mistake is None:
            found[row["account"], named] = REASONS[kind[named]]
        elif (row["account"], named) not in found:
            false += 1
            found[row["account"], named] = REASONS[kind[named]] if false % 2 else CORRECTED
    return found
