"""Ledgers written by hand: a few transactions as arrays, without blocks."""

import importlib.util
from collections.abc import Callable, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from leadline.engines.ledger import Ledger
from leadline.engines.ledger.clustering.clusters import Links
from leadline.engines.ledger.view import View

TxLines = Sequence[tuple[Sequence[Any], Sequence[tuple[str, int]]]]


def make_view(
    txs: TxLines,
    mixed: Sequence[int] = (),
    unmerged: Sequence[int] = (),
    links: Sequence[tuple[int, int, int]] = (),
) -> tuple[View, dict[str, int]]:
    """A view and the index of each script name, from (inputs, outputs) a transaction.

    An input is (transaction, output number), "coinbase" or "outside"; an output is (script name, value).
    A link of one key is (transaction, script, script), ascending.
    """
    first_in, first_out, prev, value, script = [0], [0], [], [], []
    names: dict[str, int] = {}
    for inputs, outputs in txs:
        for i in inputs:
            prev.append({"coinbase": -1, "outside": -2}[i] if isinstance(i, str) else first_out[i[0]] + i[1])
        for name, sat in outputs:
            script.append(names.setdefault(name, len(names)))
            value.append(sat)
        first_in.append(len(prev))
        first_out.append(len(value))
    spender = np.full(len(value), -1, np.int64)
    for i, p in enumerate(prev):
        if p >= 0:
            spender[p] = i
    parent = list(range(len(names)))

    def root(x: int) -> int:
        while parent[x] != x:
            x = parent[x]
        return x

    for t in range(len(txs)):
        if t in mixed or t in unmerged:
            continue
        owners = [root(script[p]) for p in prev[first_in[t] : first_in[t + 1]] if p >= 0]
        for owner in owners[1:]:
            a, b = sorted((root(owners[0]), root(owner)))
            parent[b] = a
    for _, a, b in links:
        low, high = sorted((root(a), root(b)))
        parent[high] = low
    tx, one, two = np.array(links, np.int64).reshape(-1, 3).T
    flags = np.zeros((2, len(txs)), np.bool_)
    flags[0, list(mixed)] = True
    flags[1, list(unmerged)] = True
    n = len(txs)
    return View(
        ledger=Ledger.__new__(Ledger),  # without a column: what reads one fails
        tx_time=np.arange(n, dtype=np.int64) * 600,
        tx_height=np.arange(n, dtype=np.int64),
        tx_first_in=np.array(first_in),
        tx_first_out=np.array(first_out),
        out_value=np.array(value, np.int64),
        out_script=np.array(script, np.int64),
        out_spender=spender,
        in_prev=np.array(prev, np.int64),
        in_script=np.array([script[p] if p >= 0 else -1 for p in prev], np.int64),
        in_value=np.array([value[p] if p >= 0 else -1 for p in prev], np.int64),
        cluster=np.array([root(s) for s in range(len(names))], np.int64),
        mixed=flags[0],
        unmerged=flags[1],
        links=Links(tx, one.astype(np.int32), two.astype(np.int32)),
    ), names


@pytest.fixture(scope="session")
def view_of() -> Callable[..., tuple[View, dict[str, int]]]:
    """The function `make_view`."""
    return make_view


@pytest.fixture(scope="session")
def regtest() -> ModuleType:
    """The module `chains` beside this file: regtest chains and block files made by hand."""
    spec = importlib.util.spec_from_file_location("regtest_chains", Path(__file__).with_name("chains.py"))
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
