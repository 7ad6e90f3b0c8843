"""The lines of link, and who stands behind its persons."""

from collections import defaultdict

import pyarrow as pa

from leadline.model.predicates import CUSTOMER_OF_RECORD, PAYER_CANDIDATE, SAME_PERSON
from leadline.scenario.names import SERVER_IP
from leadline.scenario.plan import RETURNING
from leadline.scenario.reviewer import account_ref, customer_ref
from leadline.scenario.score.lines import Row, Tables, findings, pairs, row, share
from leadline.scenario.score.truth import Truth
from leadline.steps.link.rules import GROUP_PPM


def link(true: Truth, tables: Tables) -> list[Row]:
    """Customers of record beside the returns' truth; persons that tie an account to somebody else's record."""
    real = {
        (customer_ref(p["customer"]), p["outpoint"])
        for p in true.payments
        if p["customer"] and p["service"] in RETURNING and p["stop"] is None
    }
    found = {(s, o) for _, s, o in findings(tables, CUSTOMER_OF_RECORD)}
    right = len(found & real)
    membership = tables("membership")
    cores = persons(membership, "core")
    hypotheses = persons(membership, "person")
    mixed = {core for core, held in cores.items() if _mixed(true, held)}
    of = dict(pairs(membership, "core", "person"))
    suggested = {person for person, held in hypotheses.items() if _mixed(true, held)} - {of[core] for core in mixed}
    merged = sum(users(true, held) > 1 for held in cores.values())
    two = sum(_records(true, held) > 1 for held in cores.values())
    return [
        row("link", "customer of record: precision", share(right, len(found)), 1.0, len(found)),
        row("link", "customer of record: recall", share(right, len(real)), 1.0, len(real)),
        *_payers(true, tables),
        *_suggested(true, tables),
        *_placed(true, tables, cores),
        row("link", "persons with another's record, nobody decided", len(suggested), 0, len(hypotheses)),
        row("link", "persons with another's record, decided so", len(mixed), 0, len(cores)),
        row("link", "persons made of two people's accounts", merged, 0, len(cores)),
        row("link", "persons made of two people's records", two, 0, len(cores)),
        _leaked(tables),
    ]


def _leaked(tables: Tables) -> Row:
    """Signs of a machine in the first place, beside the one that is the server's; a decoy there would be a second."""
    leak = tables("leak")
    first = [value for place, sharing, value in pairs(leak, "place", "sharing", "value") if place == sharing == 1]
    return row("link", "the server's address first among signs of it", first.count(SERVER_IP), 1, len(leak))


def _payers(true: Truth, tables: Tables) -> list[Row]:
    """Payers accepted beside those who really paid by a record of their own, false answers and slips among them."""
    own = {c for c, kind in pairs(true.table("customers"), "customer", "kind") if kind == "own"}
    real = {
        (account_ref(p["account"]), customer_ref(p["customer"]))
        for p in true.payments
        if p["customer"] in own and p["service"] in RETURNING and p["stop"] is None
    }
    accepted = set(dict(p for p in pairs(tables("decision"), "finding", "verdict") if p[1] == "accepted"))
    found = {(s, o) for id_, s, o in findings(tables, PAYER_CANDIDATE) if id_ in accepted}
    right = len(found & real)
    return [
        row("link", "payers accepted: precision", share(right, len(found)), 1.0, len(found)),
        row("link", "payers accepted: recall", share(right, len(real)), 1.0, len(real)),
    ]


def _suggested(true: Truth, tables: Tables) -> list[Row]:
    """Pairs that identifiers suggest to be one person, of those both of whose people the truth knows."""
    weight: dict[bytes, int] = defaultdict(int)
    for id_, ppm in pairs(tables("link"), "finding", "weight_ppm"):
        weight[id_] += ppm
    known = [
        true.people_of[s] == true.people_of[o]
        for id_, s, o in findings(tables, SAME_PERSON)
        if weight[id_] >= GROUP_PPM and s in true.people_of and o in true.people_of
    ]
    return [row("link", "pairs suggested as one person: precision", share(sum(known), len(known)), 1.0, len(known))]


def _placed(true: Truth, tables: Tables, cores: dict[str, list[str]]) -> list[Row]:
    """Countries that persons are placed in beside those their people live in; persons of whom none is named."""
    home = dict(pairs(true.table("people"), "person", "country"))
    right = total = unknown = 0
    for person, place in pairs(tables("located"), "person", "jurisdiction"):
        countries = {home[true.people_of[m]] for m in cores.get(person, ()) if m in true.people_of}
        unknown += place == "jurisdiction:unknown"
        if countries and place != "jurisdiction:unknown":
            total += 1
            right += place.removeprefix("jurisdiction:") in countries
    placed = total + unknown
    return [
        row("link", "persons placed in their country: precision", share(right, total), 1.0, total),
        row("link", "persons without a country", unknown, None, placed),
    ]


def _mixed(true: Truth, held: list[str]) -> bool:
    """Whether an account stands with the exchange record of somebody else."""
    users_ = {true.people_of[m] for m in held if m.startswith("account:") and m in true.people_of}
    return any(m.startswith("customer:") and users_ and true.people_of.get(m, -1) not in users_ for m in held)


def persons(membership: pa.Table, by: str) -> dict[str, list[str]]:
    """Person -> members: by ``core``, of what decisions alone hold together; by ``person``, with suggestions too."""
    members: dict[str, list[str]] = defaultdict(list)
    for person, member in pairs(membership, by, "member"):
        members[person].append(member)
    return members


def users(true: Truth, held: list[str]) -> int:
    """How many people use the accounts a person holds."""
    return len({true.people_of[m] for m in held if m.startswith("account:") and m in true.people_of})


def _records(true: Truth, held: list[str]) -> int:
    """In how many people's names the exchange records stand that a person holds."""
    return len({true.people_of.get(m, -1) for m in held if m.startswith("customer:")})
