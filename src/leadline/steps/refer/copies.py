"""Where copies of the records differ: an address, or a whole account, that one exhibit has and another lacks.

A backup and the live database rarely hold the same. Which of them is right is not said; that they differ is.
"""

from collections import Counter, defaultdict
from collections.abc import Sequence

import pyarrow as pa
import pyarrow.compute as pc

from leadline.model.referral import COPIES
from leadline.model.tables import from_rows
from leadline.model.words import NO, YES
from leadline.steps.refer.money import rows_where
from leadline.steps.refer.refer_io import Source
from leadline.steps.refer.referred_persons import Person


def copies(source: Source, people: Sequence[Person], payments: pa.Table) -> pa.Table:
    """COPIES of the accounts of `people`; `payments` are the package's, each counted where its address is stated.

    Compared are exhibits that state payment addresses at all: a log that names an account states none for anybody.
    """
    owners: dict[str, list[str]] = defaultdict(list)
    for person in people:
        for account in person.accounts:
            owners[account].append(person.ref)
    address = source.table("address")
    stated = address.filter(pc.equal(address.column("role"), "payment"))
    lists = set(stated.column("exhibit").to_pylist())
    given: dict[tuple[str, str], dict[bytes, str]] = defaultdict(dict)
    listing: dict[str, set[bytes]] = defaultdict(set)
    at: dict[tuple[str, bytes, str], set[str]] = defaultdict(set)
    for r in rows_where(stated, "subject", list(owners)):
        place = given[r["subject"], r["address"]]
        place[r["exhibit"]] = min(r["locator"], place.get(r["exhibit"], r["locator"]))
        listing[r["subject"]].add(r["exhibit"])
        at[r["subject"], r["exhibit"], r["locator"]].add(r["address"])
    for r in rows_where(source.table("account"), "account", list(owners)):
        if r["exhibit"] in lists:
            listing[r["account"]].add(r["exhibit"])
    paid = _paid(source, payments, at)
    of: dict[str, set[bytes]] = defaultdict(set)
    for site, exhibit in source.copies():
        of[site].add(exhibit)
    rows: list[tuple[object, ...]] = []
    for (account, text), places in given.items():
        there = listing[account]
        for lacking in (there | of[account.partition("/")[0]]) - places.keys():
            listed = YES if lacking in there else NO
            for exhibit, locator in places.items():
                found = (account, text, exhibit, locator, lacking, listed, paid[account, text])
                rows += [(person, *found) for person in owners[account]]
    return from_rows(COPIES, rows)


def _paid(source: Source, payments: pa.Table, at: dict[tuple[str, bytes, str], set[str]]) -> Counter[tuple[str, str]]:
    """{(account, address): payments whose finding rests on a place that states this address for it}."""
    account = dict(zip(payments.column("finding").to_pylist(), payments.column("account").to_pylist(), strict=True))
    found: Counter[tuple[str, str]] = Counter()
    for r in rows_where(source.table("basis"), "finding", list(account)):
        if r["kind"] == "exhibit" and r["role"] == "for":
            place = (account[r["finding"]], bytes.fromhex(r["ref"].removeprefix("exhibit:")), r["locator"])
            found.update((place[0], text) for text in at.get(place, ()))
    return found
