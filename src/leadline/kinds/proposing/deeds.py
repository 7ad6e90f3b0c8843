"""Records of what accounts did: logins, files, messages, and coins that came or went; and of listed prices."""

from collections.abc import Mapping

import pyarrow.compute as pc

from leadline.kinds.proposing import when
from leadline.kinds.proposing.meanings import Meaning
from leadline.kinds.proposing.names import folded
from leadline.kinds.proposing.proposal import NEITHER, PartProposal, Proposal, Proposed, Time, Value
from leadline.model.words import DEPOSIT, WITHDRAWAL

MOVES = ("credit", DEPOSIT, WITHDRAWAL)
"""What a row with an amount of coins can be to an account."""
COIN = ["BTC", "XBT", "btc", "xbt"]
"""How records name bitcoin."""


def event(
    proposal: Proposal, part: PartProposal, kind: str, subject: str, time: Time, more: Mapping[str, Value]
) -> None:
    """An event of an account; `kind` may be a question's token, whose answer can be that it is none."""
    others = (record for other in proposal.parts if other is not part for record in other.records)
    shared = any(record.table == "event" and record.fields["kind"] == kind for record in others)
    own = f"{part.name}-" if shared or not part.key else ""
    where, made = (), None
    if kind.startswith("<"):
        part.says = "what accounts did"
        name = kind.strip("<>")
        made = (name, tuple(c for c in proposal.questions[name].choices if c != NEITHER))
    else:
        part.says = f"{kind}s"
    if "amount_sat" in more:
        where = tuple({"column": m.column.name, "is": COIN} for m in part.of("currency")[:1])  # type: ignore[assignment]
    fields = {"event": f"event:<site>/{kind}/{own}{part.row}", "subject": subject, "kind": kind, **more}
    part.records.append(Proposed("event", fields, time, where=where, when=made))


def coins(proposal: Proposal, part: PartProposal, said: tuple[str, ...], subject: str, time: Time) -> None:
    """Coins that came to an account or left it."""
    kind = next((k for k in said if k in MOVES), "") or proposal.ask(
        f"kind_{part.name}",
        f"What is a row of {part.name} to the account? (credit: it paid the service that was seized)",
        (*MOVES, NEITHER),
    )
    more: dict[str, Value] = {}
    for m in part.of("txid")[:1]:
        more["object"] = f"tx:{{{m.column.name}}}"
    for m in part.of("address")[:1]:
        more["address"] = f"{{{m.column.name}}}"
    for m in part.of("amount")[:1]:
        more["amount_sat"] = {"column": m.column.name, "unit": _unit(proposal, part, m)}
    event(proposal, part, kind, subject, time, more)


def _unit(proposal: Proposal, part: PartProposal, amount: Meaning) -> str:
    """The unit of an amount of coins: decimals are whole bitcoin, the name may say satoshi, anything else is asked."""
    if "sat" in folded(amount.column.name):
        return "sat"
    if not amount.column.whole and pc.any(pc.match_substring(amount.column.texts, ".")).as_py():
        return "btc"
    return proposal.ask(
        f"unit_{part.name}_{amount.column.name}",
        f"In which unit are the whole numbers of {part.name}.{amount.column.name}?",
        ("sat", "btc"),
    )


def offers(proposal: Proposal, part: PartProposal) -> None:
    """Prices that the service listed: those in bitcoin and those in money are two records."""
    part.says = "listed prices"
    amount, currency = part.of("amount")[0].column.name, part.of("currency")
    time, until = when.time(proposal, part, "created", "time"), when.time(proposal, part, "until")
    base: dict[str, Value] = {"offer": f"offer:<site>/{part.row}"}
    if not currency:
        asked = proposal.ask(f"currency_{part.name}", f"In which currency is {part.name}.{amount}? (as EUR)")
        fields = base | {"currency": asked, "amount": {"column": amount, "unit": "decimal"}}
        part.records.append(Proposed("offer", fields, time, until))
        return
    column = currency[0].column.name
    for unit, test in (("btc", "is"), ("decimal", "not")):
        fields = base | {"currency": f"{{{column}}}", "amount": {"column": amount, "unit": unit}}
        part.records.append(Proposed("offer", fields, time, until, ({"column": column, test: ["BTC"]},)))
