"""What really happened, as Parquet beside the case: absent while steps run, read only by the scorecard."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from leadline.scenario.backup import TABLES
from leadline.scenario.exchange_returns import Answer
from leadline.scenario.logs import Logged
from leadline.scenario.mistakes import MISTAKE, draw
from leadline.scenario.people import QUESTIONS, People
from leadline.scenario.plan import ChainTruth, Plan
from leadline.scenario.reviewer import slipped
from leadline.scenario.site import Site
from leadline.scenario.wal import COLUMNS

REACH = ("household_minor", "works_with_minors")
"""Questions whose yes says that a child is within reach."""
EVENTS = {
    "credits": "credit", "logins": "login", "files": "upload", "downloads": "download", "messages": "message",
}  # fmt: skip
"""Table of schema A and the kind of event its rows are."""

PART = pa.schema([("exhibit", pa.string()), ("part", pa.string()), ("rows", pa.int64()), ("sloppy", pa.int64())])
"""One row a part of an exhibit: rows written, and how many of them no reader can map."""
ENTITY = pa.schema([("entity", pa.string()), ("n", pa.int64())])
"""How many distinct entities of a kind all exhibits together state."""


@dataclass(frozen=True, slots=True)
class Written:
    """What was written where, beside people and chain."""

    site: Site
    media: pa.Table
    embedded: pa.Table
    enquiries: pa.Table
    logged: Logged
    answers: Sequence[Answer]


def write_truth(folder: Path, plan: Plan, people: People, chain: ChainTruth, written: Written) -> None:
    """Writes one Parquet file a table and notes.json."""
    folder.mkdir(parents=True, exist_ok=True)
    tables: Mapping[str, pa.Table] = {
        "accounts": _accounts(people, chain, written.site),
        "people": _people(people, written.enquiries),
        "customers": _customers(people, written.answers),
        "purchases": plan.purchases,
        "payments": chain.payments,
        "withdrawals": chain.withdrawals,
        "deposits": chain.deposits,
        "owners": chain.owners,
        "cashouts": chain.cashouts,
        "mixes": chain.mixes,
        "mistakes": _mistakes(plan, chain),
        "media": written.media,
        "embedded": written.embedded,
        "enquiries": written.enquiries,
        "parts": _parts(written),
        "entities": _entities(written),
    }
    for name, table in tables.items():
        pq.write_table(table.replace_schema_metadata(None), folder / f"{name}.parquet", compression="zstd")
    notes = {"size": plan.options.size.name, "seed": plan.options.seed, **chain.notes}
    (folder / "notes.json").write_text(json.dumps(notes, indent=1, sort_keys=True) + "\n", encoding="utf-8")


def _accounts(people: People, chain: ChainTruth, site: Site) -> pa.Table:
    """Every account: address, opened, user and creator (-1 somebody outside the truth), who keeps its row."""
    n = len(people.created) - 1
    user, creator, sold = np.full(n, -1, np.int32), np.full(n, -1, np.int32), np.zeros(n, np.int64)
    for row in people.accounts.to_pylist():
        i = row["account"] - 1
        user[i], creator[i], sold[i] = row["user"], row["creator"], row["sold"]
    stays = np.zeros((2, n), np.bool_)
    ids = np.asarray(site.tables["users"]["id"]) - 1
    stays[0, ids], stays[1, ids] = site.live["users"], site.backup["users"]
    return pa.table(
        {
            "account": pa.array(np.arange(1, n + 1, dtype=np.int32)),
            "address": chain.accounts.sort_by("account")["address"],
            "created": people.created[1:],
            "user": user,
            "creator": creator,
            "sold": sold,
            "live": stays[0],
            "backup": stays[1],
        }
    )


def _people(people: People, enquiries: pa.Table) -> pa.Table:
    """Every person, with what the enquiries say: asked, reach_yes (a child is within reach), any_yes."""
    said: dict[int, dict[str, str]] = {person: {} for person in people.persons["person"].to_pylist()}
    for row in enquiries.to_pylist():
        given = said[row["person"]]
        if given.get(row["question"]) != "yes":
            given[row["question"]] = row["answer"]
    answers = list(said.values())
    table = people.persons.append_column("asked", pa.array([bool(a) for a in answers]))
    table = table.append_column("reach_yes", pa.array([any(a.get(q) == "yes" for q in REACH) for a in answers]))
    return table.append_column("any_yes", pa.array([any(a.get(q) == "yes" for q in QUESTIONS) for a in answers]))


def _customers(people: People, answers: Sequence[Answer]) -> pa.Table:
    """Every exchange record, and whether a return names it."""
    named = pa.array([customer for answer in answers for customer in answer.customers], pa.string())
    return people.records.append_column("returned", pc.is_in(people.records["customer"], named))


def _mistakes(plan: Plan, chain: ChainTruth) -> pa.Table:
    """What the returns got wrong, and where the reviewer slipped, in that order."""
    wrong = draw(plan.options.seed, chain.payments, chain.withdrawals)
    rows = [
        {"kind": m.kind, "service": m.service, "customer": m.customer, "instead": m.instead, "txid": txid,
         "vout": vout, "account": -1}
        for (txid, vout), m in sorted(wrong.items())
    ] + [
        {"kind": "slip", "service": customer.partition("/")[0], "customer": customer, "instead": "", "txid": "",
         "vout": -1, "account": account}
        for account, customer in sorted(slipped(plan, chain))
    ]  # fmt: skip
    return pa.Table.from_pylist(rows, schema=MISTAKE)


def _parts(written: Written) -> pa.Table:
    """Rows written, a part of an exhibit a row; paths as in evidence.toml."""
    site = written.site
    rows: list[tuple[str, str, int, int]] = []
    rows += [("site/market.db", name, int(site.live[name].sum()), 0) for name in COLUMNS]
    rows += [("backup/market.sql", name, int(site.backup[source].sum()), 0) for source, name, _, _ in TABLES]
    rows.append(("logs/access.log", "access", written.logged.lines + written.logged.cut, written.logged.cut))
    for answer in written.answers:
        for sheet in answer.sheets:
            single = sheet.name.endswith(".csv")
            exhibit = f"returns/{sheet.name}" if single else f"returns/{answer.service}.xlsx"
            rows.append((exhibit, "table" if single else sheet.name, len(sheet.rows), sheet.sloppy))
    rows.append(("enquiries.csv", "table", len(written.enquiries), 0))
    columns = list(zip(*rows, strict=True))
    return pa.table([pa.array(c, f.type) for c, f in zip(columns, PART, strict=True)], schema=PART)


def _entities(written: Written) -> pa.Table:
    """Distinct entities over all exhibits: nothing that live site and backup both state counts twice."""
    tables = written.site.tables
    rows = [("account", len(tables["users"])), ("address", len(tables["wallets"]))]
    rows += [(f"event:{kind}", len(tables[name])) for name, kind in EVENTS.items()]
    rows.append(("event:request", written.logged.by_account))
    rows.append(("wallet", 2))
    rows.append(("offer", len(tables["tariffs"])))
    rows.append(("customer", sum(len(answer.customers) for answer in written.answers)))
    rows.append(("event:withdrawal", sum(answer.withdrawals for answer in written.answers)))
    rows.append(("event:deposit", sum(answer.deposits for answer in written.answers)))
    rows.append(("circumstance", len(written.enquiries)))
    rows.append(("media", len(set(written.media["sha256"].to_pylist()) | set(written.embedded["sha256"].to_pylist()))))
    return pa.table([pa.array(c, f.type) for c, f in zip(zip(*rows, strict=True), ENTITY, strict=True)], schema=ENTITY)


def read(folder: Path, name: str) -> pa.Table:
    """One table of a truth written by `write_truth`."""
    return pq.read_table(folder / f"{name}.parquet")
