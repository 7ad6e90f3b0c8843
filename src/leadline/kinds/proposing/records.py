"""The records proposed of each part: accounts with what identifies them, and what they did."""

import pyarrow as pa
import pyarrow.compute as pc

from leadline.kinds.bitcoin import address_columns
from leadline.kinds.bitcoin.networks import NETWORKS
from leadline.kinds.proposing import accounts, actors, deeds, files, when
from leadline.kinds.proposing.names import said_of_table
from leadline.kinds.proposing.proposal import NEITHER, PartProposal, Proposal, Time, Value
from leadline.model.words import DOWNLOAD, MESSAGE


def propose(proposal: Proposal) -> None:
    """Fills the records, questions and lookups of a proposal whose parts have their meanings."""
    proposal.ask("site", "A short name for the service whose records these are, as refs will have it (as forum)")
    owners = actors.accounts(proposal.parts)
    for part in proposal.parts:
        if part in owners:
            accounts.account(proposal, part)
        else:
            _others(proposal, part)
    proposal.network = _network(proposal)
    proposal.drop_unasked()


def _network(proposal: Proposal) -> str:
    """The network of addresses of test networks, which the older form of address does not tell apart; else nothing."""
    texts = [m.column.texts for part in proposal.parts for m in part.of("address")]
    if not texts:
        return ""
    found = set(pc.unique(address_columns.read(pa.concat_arrays(texts), "").networks).to_pylist()) - {None}
    if not found or "main" in found:
        return ""
    likely = "regtest" if "regtest" in found else "test"
    choices = sorted(set(NETWORKS) - {"main"}, key=lambda name: (name != likely, name))
    return proposal.ask(
        "network", "Of which test network are the addresses? None of them is of bitcoin's own.", choices
    )


def _others(proposal: Proposal, part: PartProposal) -> None:
    """Records of a part that holds no accounts: of those that its rows name, or of the service itself."""
    said, who = said_of_table(part.name), actors.actors(proposal, part)
    time = when.time(proposal, part, "time", "created")
    digests = files.files(proposal, part)
    if said[:1] == ("contact",):
        part.says = "people whom accounts know: not their own identifiers"
    elif who:
        subject = who[0][1]
        more: dict[str, Value] = {"object": files.ref(digests[0].column.name, digests[0].name)} if digests else {}
        _deed(proposal, part, said, subject, [other for _, other in who[1:]], time, more)
        accounts.identifiers(proposal, part, subject, time)
        if not any(record.table == "event" and "address" in record.fields for record in part.records):
            accounts.addresses(proposal, part, subject, time)
        accounts.wallets(proposal, part, subject, time)
        part.says = part.says or ("what belongs to accounts" if part.records else "")
    elif "offer" in said and part.of("amount"):
        deeds.offers(proposal, part)
    else:
        before = len(part.records)
        accounts.wallets(proposal, part, "service:<site>", time)
        accounts.addresses(proposal, part, "service:<site>", time)
        part.says = part.says or ("keys and addresses of the service" if len(part.records) > before else "")


def _deed(
    proposal: Proposal,
    part: PartProposal,
    said: tuple[str, ...],
    subject: str,
    others: list[str],
    time: Time,
    more: dict[str, Value],
) -> None:
    """The event that a row of a part is, if it is one: the strongest sign first."""
    if more:
        deeds.event(proposal, part, "upload", subject, time, more)
    elif part.of("amount") and part.of("address", "txid"):
        deeds.coins(proposal, part, said, subject, time)
    elif media := files.target(proposal, part):
        kind = next((k for k in said if k in (DOWNLOAD, "upload")), "") or proposal.ask(
            f"kind_{part.name}",
            f"What did an account do with the file in a row of {part.name}?",
            ("download", "upload", NEITHER),
        )
        deeds.event(proposal, part, kind, subject, time, {"object": media})
    elif part.of("headers"):
        return
    elif said[:1] == (MESSAGE,) or (others and part.of("text")):
        deeds.event(proposal, part, "message", subject, time, {"object": others[0]} if others else {})
    elif said[:1] == ("login",) or (part.of("ip") and time is not None):
        deeds.event(proposal, part, "login", subject, time, {})
