"""A small chain of the training case with its ledger, and the inputs trace sees of it."""

import hashlib
import importlib.util
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from leadline.engines.ledger import build, open_ledger
from leadline.engines.ledger.view import View
from leadline.model import evidence
from leadline.model.progress import silent
from leadline.model.tables import from_columns
from leadline.scenario.chain import build_chain
from leadline.scenario.people import draw_plan
from leadline.scenario.plan import SIZES, ChainTruth, Options
from leadline.scenario.prices import write_prices
from leadline.scenario.tags import write_tags
from leadline.steps.step import Claims, Pin
from leadline.steps.trace.context import Context
from leadline.steps.trace.paths import Paths
from leadline.steps.trace.payments import Payments


@dataclass(frozen=True)
class Training:
    """Folder with ledger, tags.yaml and prices.csv, the truth, and the pins of a case about it."""

    folder: Path
    truth: ChainTruth
    pins: dict[str, list[Pin]]
    address: pa.Table

    @property
    def tag(self) -> str:
        """Digest of the pinned tag pack."""
        return self.pins["tag"][0].digest


def training(folder: Path, seed: int) -> Training:
    """The tiny training chain of `seed`, built into `folder`."""
    plan, _ = draw_plan(Options(SIZES["tiny"], seed))
    truth = build_chain(folder / "chain", plan)
    write_tags(folder / "tags.yaml", plan, truth)
    write_prices(folder / "prices.csv")
    build(folder / "ledger", sorted((folder / "chain").glob("*.dat")), "regtest", silent)
    pin = open_ledger(folder / "ledger").pin()
    pins = {"ledger": [Pin("ledger", "chain", folder / "ledger", str(pin["digest"]), pin)]}
    for kind, name in (("tag", "tags.yaml"), ("price", "prices.csv")):
        digest = hashlib.sha256((folder / name).read_bytes()).hexdigest()
        pins[kind] = [Pin(kind, name, folder / name, digest)]
    accounts = truth.accounts.to_pylist()
    rows = {
        "subject": [f"account:site/{a['account']}" for a in accounts],
        "address": [a["address"] for a in accounts],
        "network": ["regtest"] * len(accounts),
        "script": ["script:regtest:" + hashlib.sha256(a["script"]).hexdigest() for a in accounts],
        "role": ["payment"] * len(accounts),
        "doubt": ["none"] * len(accounts),
        "exhibit": [b"\1" * 32] * len(accounts),
        "locator": [f"row:wallets/{a['account']}" for a in accounts],
    }
    return Training(folder, truth, pins, from_columns(evidence.ADDRESS, rows))


@pytest.fixture(scope="session")
def view_of() -> Callable[..., Any]:
    """The function `make_view` of the engine's tests: a view and script names from (inputs, outputs) a transaction."""
    place = Path(__file__).resolve().parents[2] / "engines" / "ledger" / "conftest.py"
    spec = importlib.util.spec_from_file_location("hand_views", place)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    made: Callable[..., Any] = module.make_view
    return made


@pytest.fixture(scope="session")
def context_of() -> Callable[..., Context]:
    """A function: the context of trace with these of its parts; what is not given is empty or missing."""

    def made(view: View, paid: Payments, claims: Claims, **parts: Any) -> Context:
        empty: dict[str, Any] = dict.fromkeys(("inputs", "tags", "services", "valued_on"))
        rest = {**empty, "paths": Paths(view.ledger, claims), "hop_limit": 0, "series": {}, **parts}
        return Context(view=view, claims=claims, paid=paid, **rest)

    return made


@pytest.fixture(scope="session")
def case(tmp_path_factory: pytest.TempPathFactory) -> Training:
    """The training chain of seed 1."""
    return training(tmp_path_factory.mktemp("trace"), 1)


@pytest.fixture
def train(tmp_path: Path) -> Callable[[int], Training]:
    """A function: the training chain of a seed."""
    return lambda seed: training(tmp_path / f"seed{seed}", seed)


@pytest.fixture
def traced(case: Training, hand_inputs: Any) -> Callable[..., dict[str, pa.Table]]:
    """A function: trace over the training chain with these withdrawals and settings."""
    from leadline.steps.trace import SPEC

    def run(withdrawn: frozenset[str] = frozenset(), **settings: object) -> dict[str, pa.Table]:
        given = {"currency": "USD", "valuation_date": "2018-03-01", **settings}
        inputs = hand_inputs(SPEC, {"address": case.address}, case.pins, given, withdrawn)
        return dict(SPEC.run(inputs))

    return run
