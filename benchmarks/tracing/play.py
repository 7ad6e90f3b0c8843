"""Training chains made for measuring, and trace run over them as a case would run it."""

import hashlib
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from leadline.engines.ledger import build, open_ledger
from leadline.engines.sql import duck
from leadline.kinds.bitcoin import address
from leadline.model import evidence, findings
from leadline.model.catalog import TABLES
from leadline.model.progress import Progress, silent
from leadline.model.tables import empty, from_columns
from leadline.scenario.chain import build_chain
from leadline.scenario.mistakes import draw, swapped
from leadline.scenario.people import draw_plan
from leadline.scenario.plan import TAGGED, Options, Shares, Size
from leadline.scenario.prices import write_prices
from leadline.scenario.tags import write_tags
from leadline.steps import validation as case_own
from leadline.steps.step import Pin, StepSpec
from leadline.steps.trace import SPEC

TRUTH = ("accounts", "payments", "owners", "cashouts", "mixes", "withdrawals", "purchases")


@dataclass(frozen=True)
class Given:
    """steps.step.Inputs over given tables and pins."""

    spec: StepSpec
    tables: Mapping[str, pa.Table]
    pinned: Mapping[str, Sequence[Pin]]
    settings: Mapping[str, Any]
    withdrawn: frozenset[str] = frozenset()
    progress: Progress = silent

    def table(self, name: str) -> pa.Table:
        return self.tables.get(name, empty(TABLES[name]))

    def entities(self, name: str) -> pa.Table:
        return evidence.first_statements(name, self.table(name))

    def pins(self, kind: str) -> Sequence[Pin]:
        return self.pinned.get(kind, ())

    def decisions(self) -> pa.Table:
        return empty(findings.DECISION)

    def sql(self, text: str, **extra: pa.Table) -> pa.Table:
        return duck.query(text, {**{name: self.table(name) for name in self.spec.reads}, **extra})


@dataclass(frozen=True)
class Played:
    """A training chain: its folder (ledger, tags, prices), truth tables, and the pins of a case about it."""

    folder: Path
    truth: Mapping[str, pa.Table]
    pins: Mapping[str, Sequence[Pin]] = field(default_factory=dict)


def size(name: str, payments: int, background: int, *, accounts: int = 2_000, people: int = 60) -> Size:
    """An unsigned training chain: the same economy without the hours that signing takes."""
    return Size(name, accounts, payments, 1, background, people, 12, signed=False, media_ready=True)


def played(folder: Path, what: Size, seed: int, shares: Shares | None = None) -> Played:
    """A fresh training chain in `folder`, with its ledger and what a case about it pins."""
    shutil.rmtree(folder, ignore_errors=True)
    plan, _ = draw_plan(Options(what, seed, shares or Shares()))
    truth = build_chain(folder / "chain", plan)
    (folder / "tags").mkdir(parents=True)
    (folder / "prices").mkdir()
    write_tags(folder / "tags" / "tags.yaml", plan, truth)
    write_prices(folder / "prices" / "prices.csv")
    build(folder / "ledger", sorted((folder / "chain").glob("blk*.dat")), "regtest", silent)
    tables = {name: getattr(truth, name) for name in TRUTH if name != "purchases"}
    return Played(folder, {**tables, "purchases": plan.purchases}, _pins(folder))


def bought(case: Played) -> list[dict[str, Any]]:
    """The payments that are purchases, each with the tagged service that a tracer who knows every owner would name."""
    purchases = set(case.truth["purchases"]["purchase"].to_pylist())
    return [
        row | {"tagged service": row["service"] if row["stop"] is None and row["service"] in TAGGED else None}
        for row in case.truth["payments"].to_pylist()
        if row["purchase"] in purchases
    ]


def found(folder: Path) -> Played:
    """The training case that lies in `folder`, as `leadline demo` left it; nothing in it is changed."""
    truth = {name: pq.read_table(folder / "truth" / f"{name}.parquet") for name in TRUTH}
    return Played(folder, truth, _pins(folder))


def keep(case: Played) -> None:
    """Write the truth of `case` beside it, so that another process finds it."""
    (case.folder / "truth").mkdir()
    for name, table in case.truth.items():
        pq.write_table(table, case.folder / "truth" / f"{name}.parquet")


def _pins(folder: Path) -> dict[str, list[Pin]]:
    pin = open_ledger(folder / "ledger").pin()
    pins = {"ledger": [Pin("ledger", "chain", folder / "ledger", str(pin["digest"]), pin)]}
    for kind, path in (("tag", folder / "tags" / "tags.yaml"), ("price", folder / "prices" / "prices.csv")):
        pins[kind] = [Pin(kind, path.name, path, hashlib.sha256(path.read_bytes()).hexdigest())]
    return pins


def stated(case: Played, every: int = 1) -> pa.Table:
    """The address table an intake of the server would give: every account's address, or each `every`-th of them."""
    accounts = case.truth["accounts"]
    scripts = accounts.column("script" if "script" in accounts.column_names else "address").to_pylist()[::every]
    texts = accounts.column("address").to_pylist()[::every]
    numbers = accounts.column("account").to_pylist()[::every]
    if "script" not in accounts.column_names:
        scripts = [address.decode(text, "regtest") for text in texts]
    n = len(texts)
    rows = {
        "subject": [f"account:site/{number}" for number in numbers],
        "address": texts,
        "network": pa.array(["regtest"] * n),
        "script": ["script:regtest:" + hashlib.sha256(script).hexdigest() for script in scripts],
        "role": ["payment"] * n,
        "doubt": ["none"] * n,
        "exhibit": [b"\1" * 32] * n,
        "locator": [f"row:wallets/{number}" for number in numbers],
    }
    return from_columns(evidence.ADDRESS, rows)


def inputs(case: Played, address: pa.Table, **settings: Any) -> Given:
    """What trace is handed for `case` with these addresses."""
    given = {"currency": "USD", "valuation_date": "2018-03-01", "hop_limit": 4, **settings}
    return Given(SPEC, {"address": address}, case.pins, given)


def traced(case: Played, **settings: Any) -> dict[str, pa.Table]:
    """Trace's tables over `case`."""
    return dict(SPEC.run(inputs(case, stated(case), **settings)))


def returns(case: Played, seed: int) -> pa.Table:
    """The event table an intake of the services' returns would give: their customers' withdrawals, right or wrong."""
    wrong = draw(seed, case.truth["payments"], case.truth["withdrawals"])
    told = []
    for row in case.truth["withdrawals"].to_pylist():
        mistake = wrong.get((row["txid"], row["vout"]))
        if not row["customer"] or (mistake is not None and mistake.kind in ("late", "denied")):
            continue
        if mistake is not None and mistake.kind == "false":
            row["customer"] = mistake.instead
        elif mistake is not None:
            row["txid"] = swapped(row["txid"])
        told.append(row)
    rows: dict[str, Any] = {
        "event": [f"event:{r['service']}/withdrawal/{i}" for i, r in enumerate(told)],
        "subject": [f"customer:{r['customer']}" for r in told],
        "kind": ["withdrawal"] * len(told),
        "object": [f"tx:{r['txid']}" for r in told],
        "address": [r["address"] for r in told],
        "amount_sat": [r["value_sat"] for r in told],
        "doubt": ["none"] * len(told),
        "exhibit": [b"\2" * 32] * len(told),
        "locator": [f"line:{i + 1}" for i in range(len(told))],
    }
    return from_columns(evidence.EVENT, rows)


def denials(case: Played, seed: int, tables: Mapping[str, pa.Table]) -> pa.Table:
    """The decisions by which a person enters that a service made no such withdrawal."""
    wrong = draw(seed, case.truth["payments"], case.truth["withdrawals"])
    no = {f"outpoint:{txid}:{vout}" for (txid, vout), mistake in wrong.items() if mistake.kind == "denied"}
    ids = sorted({r["finding"] for r in tables["release"].to_pylist() if r["release_outpoint"] in no})
    n = len(ids)
    rows = {
        "id": ids, "finding": ids, "verdict": ["rejected"] * n, "reason": ["no such withdrawal"] * n,
        "basis_digest": ids, "decided_by": ["script"] * n, "decided_at": [datetime.fromtimestamp(0, UTC)] * n,
        "scripted": [True] * n,
    }  # fmt: skip
    return from_columns(findings.DECISION, rows)


def case_figures(case: Played, seed: int, tables: Mapping[str, pa.Table]) -> list[dict[str, Any]]:
    """What `leadline case validation` would print of `case` once its returns came in and denials were entered."""
    told = {"event": returns(case, seed), "decision": denials(case, seed, tables)}
    found = case_own.figures({**tables, **told})
    return [{**asdict(f), "words": f.words} for f in found]
