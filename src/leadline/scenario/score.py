"""The scorecard: what the case found beside what really happened, step by step.

These figures are self-consistency with a generator of our own, never outside truth and never part of a case report.
Shares are rounded to six decimals; a measure of nothing has the value None.
"""

import csv
import json
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from leadline.scenario import truth as truths
from leadline.scenario.chain.operator import MAIN, OPERATOR
from leadline.scenario.names import SERVER_IP
from leadline.scenario.plan import RETURNING, TAGGED
from leadline.scenario.reviewer import account_ref, customer_ref

Row = dict[str, Any]
Tables = Callable[[str], pa.Table]
"""The case's current table of a name."""


def row(step: str, measure: str, value: object, true: object, n: int | None = None) -> Row:
    """One line of the scorecard; seconds and peak_mb are the runner's to fill."""
    return {
        "step": step, "measure": measure, "value": value, "truth": true, "n": n, "seconds": None, "peak_mb": None,
    }  # fmt: skip


def share(part: int, whole: int) -> float | None:
    """`part` of `whole`, six decimals; None where there is nothing to measure."""
    return round(part / whole, 6) if whole else None


@dataclass(frozen=True)
class Truth:
    """The truth beside a training case, each table read when first asked for."""

    folder: Path

    def table(self, name: str) -> pa.Table:
        """One truth table."""
        return truths.read(self.folder, name)

    @cached_property
    def payments(self) -> list[Row]:
        """Payments of purchases, each with the purchase's customer and the outpoint ref."""
        customer = dict(zip(*(self.table("purchases")[c].to_pylist() for c in ("purchase", "customer")), strict=True))
        rows = [r for r in self.table("payments").to_pylist() if r["purchase"] >= 0]
        return [
            r | {"customer": customer[r["purchase"]], "outpoint": f"outpoint:{r['txid']}:{r['vout']}"} for r in rows
        ]

    @cached_property
    def people_of(self) -> dict[str, int]:
        """Account or customer ref -> the person who uses the account, or in whose name the record stands."""
        accounts = self.table("accounts").filter(pc.greater_equal(self.table("accounts")["user"], 0))
        found = {account_ref(a): p for a, p in _pairs(accounts, "account", "user")}
        records = self.table("customers").filter(pc.greater_equal(self.table("customers")["person"], 0))
        return found | {customer_ref(c): p for c, p in _pairs(records, "customer", "person")}


def _pairs(table: pa.Table, *names: str) -> Iterable[tuple[Any, ...]]:
    return zip(*(table[name].to_pylist() for name in names), strict=True)


def scorecard(folder: Path, tables: Tables) -> list[Row]:
    """Every line for the training case in `folder`, in the order of the steps."""
    true = Truth(folder / "truth")
    return [
        *intake(true, tables),
        *trace(true, tables),
        *match(true, tables),
        *link(true, tables),
        *rank(true, tables),
        *refer(true, folder),
        *restitute(true, tables),
    ]


def intake(true: Truth, tables: Tables) -> list[Row]:
    """Distinct entities stated beside those written, rejects, rows that nothing accounts for, the server's address."""
    paid = tables("address")
    stated = {
        "account": _distinct(tables("account"), "account"),
        "address": _distinct(paid.filter(pc.equal(paid["role"], "payment")), "subject", "address"),
        "customer": _distinct(tables("customer"), "customer"),
        "circumstance": _distinct(tables("circumstance"), "subject", "kind"),
        "media": _distinct(tables("media"), "media"),
        "wallet": _distinct(tables("wallet"), "subject", "form", "key"),
        "offer": _distinct(tables("offer"), "offer"),
    }
    events = tables("event")
    own = events.filter(pc.starts_with(events["event"], "event:site/"))
    outside = events.filter(pc.is_in(events["kind"], pa.array(["withdrawal", "deposit"])))
    for table in (own, outside):
        for kind, n in _pairs(
            table.group_by("kind").aggregate([("event", "count_distinct")]), "kind", "event_count_distinct"
        ):
            stated[f"event:{kind}"] = n
    rows = [
        row("intake", entity, stated.get(entity, 0), n, n)
        for entity, n in _pairs(true.table("entities"), "entity", "n")
    ]
    tally = tables("tally")
    total = {name: int(pc.sum(tally[name]).as_py() or 0) for name in ("rows_in", "mapped", "rejected", "left_out")}
    sloppy = int(pc.sum(true.table("parts")["sloppy"]).as_py() or 0)
    lost = total["rows_in"] - total["mapped"] - total["rejected"] - total["left_out"]
    named = tables("identifier")
    server = named.filter(pc.and_(pc.equal(named["kind"], "server_ip"), pc.equal(named["normal"], SERVER_IP)))
    return [
        *rows,
        row("intake", "rejects", total["rejected"], sloppy, total["rows_in"]),
        row("intake", "rows unaccounted for", lost, 0, total["rows_in"]),
        row("intake", "places of the server's address", len(server), 1, 1),
    ]


def _distinct(table: pa.Table, *names: str) -> int:
    if len(names) == 1:
        return int(pc.count_distinct(table[names[0]]).as_py())
    return int(table.group_by(list(names)).aggregate([]).num_rows)


def _findings(tables: Tables, predicate: str) -> list[tuple[Any, ...]]:
    found = tables("finding")
    found = found.filter(pc.equal(found["predicate"], predicate))
    return list(_pairs(found, "id", "subject", "object"))


def trace(true: Truth, tables: Tables) -> list[Row]:
    """Payments found, the releasing service by route and by hops beside an oracle, stop reasons, the cash-out."""
    received = {o for _, _, o in _findings(tables, "received")}
    expected = {p["outpoint"] for p in true.payments}
    payment = tables("payment")
    paid = dict(_pairs(payment, "outpoint", "value_sat"))
    rows = [
        row("trace", "payments found", len(received & expected), len(expected), len(received)),
        row(
            "trace", "satoshi received", sum(v for o, v in paid.items() if o in expected),
            sum(p["value_sat"] for p in true.payments), len(paid),
        ),
    ]  # fmt: skip
    released: dict[str, set[str]] = defaultdict(set)
    for _, service, outpoint in _findings(tables, "released"):
        released[outpoint].add(service.removeprefix("service:"))
    claimed: dict[tuple[str, str], int] = {}
    for outpoint, service, hops in _pairs(tables("release"), "payment", "service", "hops"):
        key = (outpoint, service.removeprefix("service:"))
        claimed[key] = min(hops, claimed.get(key, hops))
    for hops in range(5):
        claims = [key for key, n in claimed.items() if n == hops]
        rows += _released("direct" if hops == 0 else f"{hops} hops", claims, true.payments, hops, released)
    over = [p for p in true.payments if p["hops"] > 0]
    known = sum(_service(p) is not None for p in over)
    found = sum(bool(released.get(p["outpoint"])) for p in over)
    rows.append(row("trace", "1-4 hops: payments named, beside an oracle of all owners", found, known, len(over)))
    stop = tables("stop")
    counted: dict[str, set[str]] = defaultdict(set)
    for payment_ref, reason in _pairs(stop, "payment", "reason"):
        if payment_ref in expected and payment_ref not in released:
            counted[reason].add(payment_ref)
    real: dict[str, set[str]] = defaultdict(set)
    for p in true.payments:
        if p["stop"] is not None:
            real[p["stop"]].add(p["outpoint"])
    for reason in sorted({*counted, *real}):
        agreed = counted[reason] & real[reason]
        rows.append(row("trace", f"stopped: {reason}", len(agreed), len(real[reason]), len(counted[reason])))
    return [*rows, *_derived(true, tables), *_priced(true, tables), *_cashouts(true, tables)]


def _priced(true: Truth, tables: Tables) -> list[Row]:
    """Payments of exactly a price the market lists; those of another amount that come as near to one are false."""
    of = dict(_pairs(true.table("purchases"), "purchase", "tariff"))
    real = {p["outpoint"] for p in true.payments if of[p["purchase"]] is not None}
    found = {o for _, _, o in _findings(tables, "priced_as")}
    return [
        row("trace", "payments of a listed price found", len(found & real), len(real), len(found)),
        row("trace", "payments of no listed price, said to be of one", len(found - real), 0, len(found)),
    ]


def _derived(true: Truth, tables: Tables) -> list[Row]:
    """Addresses of the operator's own wallet that follow from the key in the market's settings."""
    owners = true.table("owners")
    mine = owners.filter(pc.and_(pc.equal(owners["owner"], OPERATOR), pc.equal(owners["wallet"], MAIN)))
    real = set(mine["address"].to_pylist())
    found = set(tables("derivation")["address"].to_pylist())
    return [row("trace", "addresses derived from keys in the records", len(found & real), len(real), len(found))]


def _service(payment: Row) -> str | None:
    """The tagged service whose release a tracer that knows every owner would name."""
    return payment["service"] if payment["stop"] is None and payment["service"] in TAGGED else None


def _released(
    what: str, claims: list[tuple[str, str]], payments: list[Row], hops: int, released: dict[str, set[str]]
) -> list[Row]:
    """Precision over what trace claims at this many hops, whatever the truth; recall over what truly has so many."""
    real = {p["outpoint"]: _service(p) for p in payments}
    right = sum(real.get(outpoint) == service for outpoint, service in claims)
    known = [p for p in payments if p["hops"] == hops and _service(p) is not None]
    found = sum(_service(p) in released[p["outpoint"]] for p in known)
    return [
        row("trace", f"{what}: precision of the releasing service", share(right, len(claims)), 1.0, len(claims)),
        row("trace", f"{what}: recall of the releasing service", share(found, len(known)), 1.0, len(known)),
    ]


def _cashouts(true: Truth, tables: Tables) -> list[Row]:
    """Cash-outs to tagged services found at the very deposit, and those that are none.

    A service that sweeps one deposit alone looks like a private hop: its sweep is then named in place of the deposit,
    which stands on the path. The coins did reach that service, so that is a cash-out missed, not one that is none.
    """
    table = true.table("cashouts")
    real = {f"outpoint:{t}:{v}": (s, n) for t, v, s, n in _pairs(table, "txid", "vout", "service", "value_sat")}
    found = {o: s.removeprefix("service:") for _, s, o in _findings(tables, "cashed_out")}
    tagged = {o for o, (s, _) in real.items() if s in TAGGED}
    right = sum(found.get(o) == real[o][0] for o in tagged)
    on_path: dict[bytes, set[str]] = defaultdict(set)
    for id_, spent, created in _pairs(tables("hop"), "finding", "outpoint_in", "outpoint_out"):
        on_path[id_] |= {spent, created}
    none = 0
    for id_, service, outpoint in _findings(tables, "cashed_out"):
        name = service.removeprefix("service:")
        none += outpoint not in real and not any(real.get(o, ("", 0))[0] == name for o in on_path[id_])
    return [
        row("trace", "cash-outs to tagged services found", right, len(tagged), len(found)),
        row("trace", "cash-outs found that are none", none, 0, len(found)),
    ]


def match(true: Truth, tables: Tables) -> list[Row]:
    """Files of each group beside the group the generator put them in."""
    of_group: dict[str, set[str]] = defaultdict(set)
    for sha256, group in _pairs(true.table("media"), "sha256", "group"):
        of_group[group].add(f"media:{sha256}")
    found = {
        "known": {
            s
            for name in ("known_as", "same_video_as", "contains_clip_of")
            for _, s, o in _findings(tables, name)
            if o.startswith("entry:")
        },
        "similar": {s for _, s, o in _findings(tables, "similar_to") if o.startswith("entry:")},
        "never_seen": {s for _, s, _ in _findings(tables, "never_seen")},
    }
    return [
        row("match", group, len(found[group] & of_group[group]), len(of_group[group]), len(found[group]))
        for group in found
    ]


def link(true: Truth, tables: Tables) -> list[Row]:
    """Customers of record beside the returns' truth; persons that tie an account to somebody else's record."""
    real = {
        (customer_ref(p["customer"]), p["outpoint"])
        for p in true.payments
        if p["customer"] and p["service"] in RETURNING and p["stop"] is None
    }
    found = {(s, o) for _, s, o in _findings(tables, "customer_of_record")}
    right = len(found & real)
    membership = tables("membership")
    mixed, decided = _mixed(true, membership)
    merged = sum(_users(true, held) > 1 for held in _persons(membership).values())
    return [
        row("link", "customer of record: precision", share(right, len(found)), 1.0, len(found)),
        row("link", "customer of record: recall", share(right, len(real)), 1.0, len(real)),
        row("link", "persons with another's record, nobody decided", mixed, 0, _distinct(membership, "person")),
        row("link", "persons with another's record, decided so", decided, 0, _distinct(membership, "person")),
        row("link", "persons made of two people's accounts", merged, 0, _distinct(membership, "person")),
    ]


def _persons(membership: pa.Table) -> dict[str, list[tuple[str, str]]]:
    """Person -> (member, state)."""
    members: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for person, member, state in _pairs(membership, "person", "member", "state"):
        members[person].append((member, state))
    return members


def _mixed(true: Truth, membership: pa.Table) -> tuple[int, int]:
    """(without, with a decision): persons that hold an account and the exchange record of somebody else."""
    without = with_ = 0
    for held in _persons(membership).values():
        users = {true.people_of[m] for m, _ in held if m.startswith("account:") and m in true.people_of}
        strange = [s for m, s in held if m.startswith("customer:") and users and true.people_of.get(m, -1) not in users]
        if strange:
            decided = "decided" in {state for _, state in held}
            with_, without = with_ + decided, without + (not decided)
    return without, with_


def _users(true: Truth, held: list[tuple[str, str]]) -> int:
    """How many people use the accounts a person holds."""
    return len({true.people_of[m] for m, _ in held if m.startswith("account:") and m in true.people_of})


def rank(true: Truth, tables: Tables) -> list[Row]:
    """People whose enquiries say that a child is within reach stand in band A; nobody unknown stands low."""
    people = {p["person"]: p for p in true.table("people").to_pylist()}
    band = dict(_pairs(tables("band"), "person", "band"))
    reach: dict[int, set[str]] = defaultdict(set)
    low = total = 0
    for person, held in _persons(tables("membership")).items():
        behind = {true.people_of[m] for m, _ in held if m.startswith("customer:") and m in true.people_of}
        for p in behind:
            reach[p].add(band.get(person, ""))
        total += 1
        low += band.get(person) in ("C", "D") and not any(people[p]["asked"] for p in behind)
    yes = [p for p in reach if people[p]["reach_yes"]]
    return [
        row(
            "rank",
            "people with a child within reach in band A",
            sum("A" in reach[p] for p in yes),
            len(yes),
            len(reach),
        ),
        row("rank", "persons nobody was asked about in a low band", low, 0, total),
    ]


def refer(true: Truth, folder: Path) -> list[Row]:
    """People in the packages beside those whose own exchange record released coins that paid; nobody else may be there.

    A person may also be referred over a `same_person` decision alone, so more people than those due is no fault.
    """
    country = dict(_pairs(true.table("people"), "person", "country"))
    kind = {c: (k, p) for c, k, p in _pairs(true.table("customers"), "customer", "kind", "person")}
    named = [kind[p["customer"]] for p in true.payments if p["customer"] and _service(p) in RETURNING]
    due = {person for kind_, person in named if kind_ == "own"}
    packages = sorted(p for p in (folder / "case" / "packages").glob("*") if p.is_dir())
    referred: set[int] = set()
    strangers = 0
    for file in (f for package in packages for f in sorted(package.rglob("tables/persons.csv"))):
        with file.open(encoding="utf-8", newline="") as lines:
            for line in csv.DictReader(lines):
                person = true.people_of.get(line["person"].removeprefix("person:"))
                strangers += person is None
                referred |= set() if person is None else {person}
    payers = set(true.table("purchases")["person"].to_pylist())
    return [
        row("refer", "packages", len(packages), len({country[p] for p in referred}), len(packages)),
        row("refer", "people whose own record paid, referred", len(referred & due), len(due), len(referred)),
        row("refer", "people referred who bought nothing", len(referred - payers) + strangers, 0, len(referred)),
    ]


def restitute(true: Truth, tables: Tables) -> list[Row]:
    """The market's receipts, what of them reached tagged services, and whether its accounts balance, in satoshi."""
    side = dict(_pairs(tables("balance"), "side", "value_sat"))
    named = {o for o, s in _pairs(tables("cashout"), "outpoint", "service") if s.removeprefix("service:") in TAGGED}
    reached = sum(
        v for o, s, v in _pairs(tables("entry"), "outpoint", "side", "value_sat") if s == "cash_out" and o in named
    )
    receipts = sum(r["value_sat"] for r in true.table("payments").to_pylist())
    cashouts = true.table("cashouts").filter(pc.is_in(true.table("cashouts")["service"], pa.array(TAGGED)))
    cashed = int(pc.sum(cashouts["value_sat"]).as_py() or 0)
    spent = side.get("spent_input", 0)
    came = side.get("receipt", 0) + side.get("change", 0)
    left = sum(side.get(name, 0) for name in ("cash_out", "change", "fee", "other_out"))
    return [
        row("restitute", "receipts, satoshi", side.get("receipt"), receipts, len(true.payments)),
        row("restitute", "cashed out to tagged services, satoshi", reached, cashed, len(cashouts)),
        row("restitute", "received, neither spent nor held, satoshi", came - spent - side.get("held", 0), 0, len(side)),
        row("restitute", "spent and gone nowhere, satoshi", spent - left, 0, len(side)),
    ]


def write_scorecard(path: Path, rows: list[Row]) -> None:
    """Writes the lines as one JSON array."""
    path.write_text(json.dumps(rows, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
