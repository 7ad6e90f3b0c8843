"""Which parts hold the accounts or customers, and which columns of other parts name one."""

from collections.abc import Sequence

from leadline.kinds.proposing.keys import Reference
from leadline.kinds.proposing.meanings import Meaning
from leadline.kinds.proposing.names import said_of_table, says_person
from leadline.kinds.proposing.proposal import PartProposal, Proposal
from leadline.model.words import DOCUMENT, PASSWORD

SIGNS_IN = ("handle", "email", PASSWORD, "salted", "phone", "pgp", "name")
"""What a row of an account says: at least one of these."""
CUSTOMERS = ("born", DOCUMENT, "postal")
"""What a service knows of its customers, and a forum does not of its members."""


def accounts(parts: Sequence[PartProposal]) -> list[PartProposal]:
    """The parts whose rows are accounts or customers, the one that most others refer to first."""
    pointed = {part.name: _pointed(part, parts) for part in parts}
    able = [p for p in parts if p.key and p.of(*SIGNS_IN)]
    named = [p for p in able if {"account", "customer"} & set(said_of_table(p.name)[:1])]
    named = [p for p in named if not _belongs(p, named)]
    if not named:
        named = [p for p in able if p.of("handle", "email") and (pointed[p.name] or len(parts) == 1)]
        named = named or [p for p in able if p.of("name") and p.of(*CUSTOMERS)]
        named = sorted(named, key=lambda p: -pointed[p.name])[:1]
    return sorted(named, key=lambda p: -pointed[p.name])


def _pointed(part: PartProposal, parts: Sequence[PartProposal]) -> int:
    """How many columns of other parts refer to a part."""
    refs = (m.reference for p in parts if p is not part for m in p.of("ref"))
    return sum(1 for r in refs if r is not None and r.part == part.name)


def _belongs(part: PartProposal, named: Sequence[PartProposal]) -> bool:
    """Whether each row of a part belongs to one of another that is named alike: a profile, not an account."""
    there = {p.name for p in named if p is not part}
    return any(m.reference is not None and m.reference.part in there and m.column.unique for m in part.of("ref"))


def holds_customers(part: PartProposal) -> bool:
    """Whether a part's rows can be customers that a service knows."""
    return "customer" in said_of_table(part.name) or (bool(part.of("name")) and bool(part.of(*CUSTOMERS)))


def subject(proposal: Proposal, part: PartProposal, column: str = "", reference: Reference | None = None) -> str:
    """The template of the account that a row of an account part is, or that a column of another part refers to."""
    value = column or part.key
    if reference is not None and reference.column != part.key:
        value += "|" + proposal.look_up(part.name, reference.column, part.key)
    first = accounts(proposal.parts)[0]
    own = "" if part is first else f"{part.name}-"
    return f"{kind(part)}:<site>/{own}{{{value}}}"


def kind(part: PartProposal) -> str:
    """The kind of ref its rows are."""
    return "customer" if holds_customers(part) and not part.of("password", "salted", "handle") else "account"


def actors(proposal: Proposal, part: PartProposal) -> list[tuple[Meaning, str]]:
    """(column, template of the account) of the columns of a part that refer to accounts: who acts first."""
    there = {p.name: p for p in accounts(proposal.parts)}
    found = []
    for meaning in part.of("ref"):
        assert meaning.reference is not None
        target = there.get(meaning.reference.part)
        if target is not None and target is not part:
            found.append((meaning, subject(proposal, target, meaning.column.name, meaning.reference)))
    return sorted(found, key=lambda pair: _order(pair[0]))


def _order(meaning: Meaning) -> int:
    """Senders before others, recipients last."""
    said = says_person(meaning.column.name)
    return 0 if "sender" in said else 2 if "recipient" in said else 1
