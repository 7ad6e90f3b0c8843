"""The people of a training case: who they are, which accounts and exchange records they have, what they bought.

All of it is drawn: names are syllables, addresses lie in reserved ranges. Access to a child comes from a stream of its
own, independent of what anyone paid.
"""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from leadline.scenario import names
from leadline.scenario.plan import CUSTOMER, END, PURCHASE, RETURNING, START, Options, Plan
from leadline.scenario.random_streams import (
    Ints,
    at_least_one,
    stream,
    tokens,
)
from leadline.scenario.tariffs import draw_exact

DAY = 86_400
QUESTIONS = ("household_minor", "works_with_minors", "prior_conviction", "travel")
"""What authorities are asked about a person, as model.evidence.CIRCUMSTANCE lists it."""
YES_PPM = (220_000, 120_000, 80_000, 100_000)
"""How often each is true, drawn for the training case; no claim about any population."""

PERSON = pa.schema(
    [
        ("person", pa.int32()),
        ("role", pa.string()),  # payer, lender, relative, seller, broker
        ("name", pa.string()),
        ("latin", pa.string()),
        ("born", pa.string()),
        ("country", pa.string()),
        ("email", pa.string()),
        ("phone", pa.string()),
        ("ip", pa.string()),
        *((question, pa.bool_()) for question in QUESTIONS),
    ]
)
"""One row a person the truth knows; payers come first."""

OWNED = pa.schema(
    [
        ("account", pa.int32()),
        ("user", pa.int32()),  # person who uses it; -1 the operator
        ("creator", pa.int32()),  # person who opened it; another than the user when it was bought
        ("sold", pa.int64()),  # unix seconds of the sale, 0 never
        ("email", pa.string()),  # as the live site has it, null when none
        ("pgp", pa.string()),
        ("email_before", pa.string()),  # as it was before the sale
        ("pgp_before", pa.string()),
    ]
)
"""One row a market account of a known person, the operator's included."""

RECORD = pa.schema(
    [
        ("customer", pa.string()),
        ("service", pa.string()),
        ("reference", pa.string()),
        ("person", pa.int32()),
        ("kind", pa.string()),
        ("user", pa.int32()),  # person who really uses it; -1 nobody of the case
        ("name", pa.string()),
        ("born", pa.string()),
        ("country", pa.string()),
        ("email", pa.string()),
        ("phone", pa.string()),
        ("ip", pa.string()),
        ("holder", pa.string()),  # individual, company or broker, as the service states it
        ("opened", pa.int64()),
    ]
)
"""One row an exchange customer as the service itself knows him."""


@dataclass(frozen=True, slots=True)
class People:
    """Everyone the truth knows: PERSON, OWNED, RECORD tables; when account i was opened, at index i (0 is unused)."""

    persons: pa.Table
    accounts: pa.Table
    records: pa.Table
    created: Ints


def table(schema: pa.Schema, rows: list[dict[str, object]]) -> pa.Table:
    """A small table of `schema` from row dictionaries."""
    return pa.Table.from_pylist(rows, schema=schema)


def draw_plan(options: Options) -> tuple[Plan, People]:
    """The plan the chain is built from, and the people behind it."""
    persons = _payers(options)
    records = _records(options, persons)
    created = _created(options)
    accounts = _accounts(options, persons, created)
    purchases = _purchases(options, accounts, records, created)
    customers = [{k: r[k] for k in CUSTOMER.names} for r in records]
    plan = Plan(options, table(CUSTOMER, customers), purchases)
    return plan, People(table(PERSON, persons), table(OWNED, accounts), table(RECORD, records), created)


def _person(options: Options, number: int, role: str, like: dict[str, object] | None = None) -> dict[str, object]:
    """Person `number`; a relative has the country, telephone and client address of `like`."""
    rng = stream(options.seed, f"person/{number}")
    access = stream(options.seed, f"access/{number}").integers(0, 1_000_000, len(QUESTIONS))
    place = int(rng.integers(0, options.size.countries)) if number >= options.size.countries else number
    country, script = names.COUNTRIES[place]
    if like:
        country = str(like["country"])
        script = dict(names.COUNTRIES)[country]
    drawn = names.name(rng, script)
    home = int(rng.integers(0, names.ADDRESSES))
    return {
        "person": number,
        "role": role,
        "name": drawn.native,
        "latin": drawn.latin,
        "born": names.born(rng),
        "country": country,
        "email": names.email(drawn.latin, number),
        "phone": like["phone"] if like else names.phone(number),
        "ip": like["ip"] if like else names.ip(home),
        **{q: bool(access[i] < YES_PPM[i]) for i, q in enumerate(QUESTIONS)},
    }


def _payers(options: Options) -> list[dict[str, object]]:
    """The people who bought something; the first ones take the countries in turn, so that each has somebody."""
    return [_person(options, number, "payer") for number in range(options.size.people)]


def _records(options: Options, persons: list[dict[str, object]]) -> list[dict[str, object]]:
    """Every exchange record: payers' own, borrowed and household ones, sellers, the broker, bystanders.

    Lenders, relatives, sellers and the broker are appended to `persons`.
    """
    rng = stream(options.seed, "records")
    payers = options.size.people
    at = np.where(rng.random(payers) < 0.55, 0, 1)
    returned = rng.permutation(payers)[: max(2, payers * 8 // 10)]  # the others use services that return nothing
    both = set(rng.permutation(returned)[: at_least_one(len(returned), 200_000)].tolist())
    special = rng.permutation(returned).tolist()
    borrowed = set(special[: at_least_one(len(special), options.shares.borrowed)])
    household = set(special[len(borrowed) : len(borrowed) + at_least_one(len(special), options.shares.household)])
    rows: list[dict[str, object]] = []

    def add(service: str, holder: dict[str, object], kind: str, user: int, type_: str = "individual") -> None:
        rows.append(_record(rng, len(rows), service, holder, kind, user, type_))

    def new(role: str, like: dict[str, object] | None = None) -> dict[str, object]:
        persons.append(_person(options, len(persons), role, like))
        return persons[-1]

    for number in sorted(returned.tolist()):
        service, payer = RETURNING[at[number]], persons[number]
        if number in borrowed:
            add(service, new("lender"), "borrowed", number)
        elif number in household:
            add(service, new("relative", payer), "household", number)
        else:
            add(service, payer, "own", number)
            if number in both:
                add(RETURNING[1 - at[number]], payer, "own", number)
    for i in range(max(1, payers // 60)):
        seller = new("seller")
        add(RETURNING[i % 2], seller, "seller", int(str(seller["person"])))
    broker = new("broker")
    add(RETURNING[0], broker, "broker", int(str(broker["person"])), "broker")
    for i in range(min(6_000, max(24, options.size.accounts // 5))):
        stranger = _person(options, 1_000_000 + i, "bystander")
        add(RETURNING[i % 2], stranger | {"person": -1}, "bystander", -1)
    return rows


def _record(
    rng: np.random.Generator, n: int, service: str, holder: dict[str, object], kind: str, user: int, type_: str
) -> dict[str, object]:
    """One exchange record in the name of `holder`; the exchange's reference says nothing about anyone."""
    code = 100_000 + (n * 48_271 + 11) % 899_981
    reference = f"NG-{code}" if service == RETURNING[0] else f"H88{code}"
    return {
        "customer": f"{service}/{reference}",
        "service": service,
        "reference": reference,
        "kind": kind,
        "user": user,
        **{k: holder[k] for k in ("person", "name", "born", "country", "email", "phone", "ip")},
        "holder": type_,
        "opened": START - int(rng.integers(0, 700 * DAY)),
    }


def _created(options: Options) -> Ints:
    """When account i was opened, at index i, in order; account 1 is the operator's."""
    n = options.size.accounts
    times = START + np.sort(stream(options.seed, "created").integers(3_600, END - START - 45 * DAY, n))
    times[0] = START
    return np.concatenate([np.zeros(1, np.int64), times])


def _accounts(options: Options, persons: list[dict[str, object]], created: Ints) -> list[dict[str, object]]:
    """The operator's account and one to three a payer; some bought from somebody else."""
    rng = stream(options.seed, "accounts")
    payers = options.size.people
    wanted = 1 + (rng.random(payers) < 0.3) + (rng.random(payers) < 0.1)
    users = np.repeat(np.arange(payers), wanted)
    old = int(np.searchsorted(created[1:], END - 120 * DAY))
    chosen = 2 + rng.choice(old - 1, size=len(users), replace=False)
    bought = set(rng.permutation(len(users))[: at_least_one(len(users), options.shares.bought)].tolist())
    keys = [token.upper() for token in tokens(rng, payers, 40)]
    sellers: set[object] = set()
    operator = {"account": 1, "user": -1, "creator": -1, "sold": 0, "pgp": tokens(rng, 1, 40)[0].upper()}
    rows: list[dict[str, object]] = [operator | {"pgp_before": operator["pgp"]}]
    for i, (account, user) in enumerate(zip(chosen.tolist(), users.tolist(), strict=True)):
        first = i == 0 or users[i - 1] != user
        chance = rng.random(3)
        email = persons[user]["email"] if chance[0] < 0.4 else (f"u{account}@{names.DOMAINS[account % 3]}")
        now = {
            "email": email if chance[1] < 0.5 else None,
            "pgp": keys[user] if chance[2] < (0.3 if first else 0.6) else None,
        }
        row = {"account": account, "user": user, "creator": user, "sold": 0, **now}
        before = {"email_before": now["email"], "pgp_before": now["pgp"]}
        if i in bought:
            other = int(rng.integers(0, payers - 1))
            other += other >= user
            sold = int(created[account]) + 30 * DAY
            sold = int(rng.integers(sold, max(sold + 1, END - 60 * DAY)))
            row |= {"creator": other, "sold": sold, "email": f"u{account}@{names.DOMAINS[account % 3]}"}
            before = {"email_before": f"b{account}@{names.DOMAINS[account % 3]}", "pgp_before": keys[other]}
            row["pgp"] = keys[other]  # the seller's key is still shown: it points at the wrong person
            sellers.add(other)
        rows.append(row | before)
    for row in rows:
        if row["user"] in sellers and row["user"] == row["creator"]:  # and he shows it on an account of his own
            row |= {"pgp": keys[int(str(row["user"]))], "pgp_before": keys[int(str(row["user"]))]}
    return sorted(rows, key=lambda row: int(str(row["account"])))


def _purchases(
    options: Options, accounts: list[dict[str, object]], records: list[dict[str, object]], created: Ints
) -> pa.Table:
    """The purchases in order of time: every payer at least one, routes by the shares, the rest direct or over hops."""
    rng = stream(options.seed, "purchases")
    n, payers = options.size.payments, options.size.people
    weight = rng.gamma(1.0, size=payers)
    person = np.concatenate([np.arange(payers), rng.choice(payers, size=n - payers, p=weight / weight.sum())])
    routes = rng.permutation(_routes(options, n))
    of_person: dict[int, list[dict[str, object]]] = {}
    for row in accounts:
        of_person.setdefault(int(str(row["user"])), []).append(row)
    of_user: dict[int, list[dict[str, object]]] = {}
    for row in records:
        if row["kind"] in ("own", "borrowed", "household"):
            of_user.setdefault(int(str(row["user"])), []).append(row)
    sellers = [r for r in records if r["kind"] == "seller"]
    brokers = [r for r in records if r["kind"] == "broker"]
    rows: list[dict[str, object]] = []
    for who, route in zip(person.tolist(), routes.tolist(), strict=True):
        mine = of_person[who]
        account = mine[int(rng.integers(0, len(mine)))]
        through = {"peer_to_peer": sellers, "broker": brokers}.get(route) or of_user.get(who, [])
        record = through[int(rng.integers(0, len(through)))] if through else None
        elsewhere = "kestrel" if who % 2 else "lantern"
        low = max(int(created[int(str(account["account"]))]), int(str(account["sold"])), START + 13 * DAY) + DAY
        rows.append(
            {
                "account": account["account"],
                "person": who,
                "customer": record["customer"] if record else "",
                "service": record["service"] if record else elsewhere,
                "route": route,
                "hops": 1 + int(rng.choice(4, p=(0.4, 0.3, 0.2, 0.1))) if route == "hops" else 0,
                "when": int(rng.integers(low, END - 7 * DAY)),
                "usd_cents": int(min(200_000, max(500, round(float(rng.lognormal(4.215, 0.9)) * 100)))),
            }
        )
    rows.sort(key=lambda row: (int(str(row["when"])), int(str(row["account"]))))
    for place, exact in draw_exact(options, [int(str(row["when"])) for row in rows]).items():
        cents = exact.usd_cents or rows[place]["usd_cents"]
        rows[place] |= {"tariff": exact.tariff, "sat": exact.sat, "usd_cents": cents}
    return table(PURCHASE, [{"purchase": i, **row} for i, row in enumerate(rows)])


def _routes(options: Options, n: int) -> list[str]:
    """The route of each purchase, special ones by their shares, the rest 55 % direct and 45 % over hops."""
    special: list[str] = []
    for route in ("peer_to_peer", "broker", "coinjoin", "mixer"):
        special += [route] * at_least_one(n, getattr(options.shares, route))
    special = special[:n]
    rest = n - len(special)
    direct = rest * 55 // 100
    return [*special, *["direct"] * direct, *["hops"] * (rest - direct)]
