"""Records of parts that hold accounts or customers, and of what identifies them wherever it stands."""

from collections.abc import Mapping

from leadline.kinds.proposing import actors, when
from leadline.kinds.proposing.names import folded, said_of_table
from leadline.kinds.proposing.proposal import PartProposal, Proposal, Proposed, Time, Value
from leadline.model.words import ADDRESS_ROLES, DOCUMENT, PASSWORD, ROLES

IDENTIFYING = ("handle", "email", "phone", "ip", "pgp", "device", PASSWORD, "name", "postal", DOCUMENT)
LOOPBACK = ["127.0.0.1", "::1", "localhost"]
"""What a hidden service sees of every client."""
_NAMED = ("name", "key", "option_name", "setting")
"""Columns of settings that say which one a row is."""


def account(proposal: Proposal, part: PartProposal) -> None:
    """The records of a part whose rows are accounts, or customers as a service knows them."""
    subject = actors.subject(proposal, part)
    created = when.time(proposal, part, "created", "time")
    if actors.kind(part) == "customer":
        part.says = "customers, as a service knows them"
        part.records.append(Proposed("customer", _customer(proposal, part, subject), created))
    else:
        part.says = "accounts"
        part.records.append(Proposed("account", {"account": subject, "role": _role(proposal, part)}, created))
    identifiers(proposal, part, subject, created)
    addresses(proposal, part, subject, created)
    wallets(proposal, part, subject, created)


def _customer(proposal: Proposal, part: PartProposal, subject: str) -> dict[str, Value]:
    fields: dict[str, Value] = {"customer": subject, "service": "service:<site>", "holder": "unknown"}
    names = [f"{{{m.column.name}}}" for m in part.of("name")]
    if names:
        fields["name"] = " ".join(names)
    for m in part.of("born")[:1]:
        fields["born"] = {"column": m.column.name, "date": when.written(proposal, part, m)}
    for m in part.of("country")[:1]:
        fields["country"] = {"column": m.column.name, "lower": True}
    return fields


def _role(proposal: Proposal, part: PartProposal) -> Value:
    """What an account was to the service, by a column with few values; one that does not say so itself is asked for."""
    for m in part.of("role")[:1]:
        given = {}
        for word in sorted(str(text) for text in m.column.values):
            question = f"What is an account whose {part.name}.{m.column.name} is {word!r} to the service?"
            asked = word not in ROLES
            given[word] = proposal.ask(f"role_{part.name}_{m.column.name}_{word}", question, ROLES) if asked else word
        return {"column": m.column.name, "values": given, "default": "unknown"}
    return "unknown"


def identifiers(proposal: Proposal, part: PartProposal, subject: str, time: Time) -> None:
    """One record for each column that identifies a person, and for the sender in headers of mail."""
    names = part.of("name")
    for m in part.of(*IDENTIFYING):
        if m.name == "name" and m is not names[0]:
            continue
        column = m.column.name
        value = " ".join(f"{{{n.column.name}}}" for n in names) if m.name == "name" else f"{{{column}}}"
        fields: dict[str, Value] = {"subject": subject, "kind": m.name, "value": value}
        where: tuple[Mapping[str, object], ...] = ({"column": column, "not": LOOPBACK},) if m.name == "ip" else ()
        if m.name == "phone" and m.by != "cells":
            fields["calling_country"] = proposal.ask(
                "calling_country",
                "From which country were telephone numbers in national form to be dialled? (as kr)",
                because=f"{part.name}.{column} has numbers without the code of a country",
            )
        part.records.append(Proposed("identifier", fields, time, where=where))
    for m in part.of("headers"):
        sender: dict[str, Value] = {"column": m.column.name, "find": "origin"}
        part.records.append(Proposed("identifier", {"subject": subject, "kind": "ip", "value": sender}, time))


def addresses(proposal: Proposal, part: PartProposal, subject: str, time: Time) -> None:
    """One record for each column of addresses of the chain, for what the subject has them."""
    for m in part.of("address"):
        column = m.column.name
        named = (*said_of_table(part.name), *folded(column).split("_"))
        role = next((r for r in ADDRESS_ROLES if r in named), "") or proposal.ask(
            f"role_of_{part.name}_{column}",
            f"For what did an account have the address in {part.name}.{column}? (payment: it paid the service there)",
            ADDRESS_ROLES,
        )
        part.records.append(Proposed("address", {"subject": subject, "address": f"{{{column}}}", "role": role}, time))


def wallets(proposal: Proposal, part: PartProposal, subject: str, time: Time) -> None:
    """One record for each column in which keys of wallets stand."""
    for m in part.of("wallet"):
        role: Value = "unknown"
        for column in [c.column.name for c in part.meanings if folded(c.column.name) in _NAMED][:1]:
            cold = proposal.ask(
                f"cold_{part.name}",
                f"Which {part.name}.{column} names the wallet that the service itself kept cold? (none: no row does)",
            )
            role = {"column": column, "values": {cold: "cold"}, "default": "unknown"}
        key: dict[str, object] = {"column": m.column.name, "find": "wallet"}
        part.records.append(Proposed("wallet", {"subject": subject, "key": key, "role": role}, time))
