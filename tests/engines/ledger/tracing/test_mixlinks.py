"""Ties through mixes on hand-made ones, and a real Whirlpool's Tx0s followed to their mixes beside the plain text."""

import graphlib
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from leadline.engines.ledger import Ledger
from leadline.engines.ledger.clustering import coinjoin_kernels
from leadline.engines.ledger.tracing.mixlinks import REUSE, VALUE, links, premixes
from leadline.engines.ledger.view import View
from leadline.model.ledger import JOIN_NONE, TX0

ViewOf = Callable[..., tuple[View, dict[str, int]]]
MILLION = 1_000_000


def mix(view_of: ViewOf, coins: list[tuple[str, int]], outputs: list[tuple[str, int]]) -> Any:
    """(links of the one mix that spends `coins`, view)."""
    view, _ = view_of([(["coinbase"], coins), ([(0, k) for k in range(len(coins))], outputs)], mixed=[1])
    return links(view, np.array([1])), view


def test_change_that_one_set_alone_can_have_left(view_of: ViewOf) -> None:
    coins = [("a", 9_123_000), ("b", 6_777_000), ("c", 2_845_000), ("c2", 5_311_000)]
    outputs = [("x", 5 * MILLION), ("y", 5 * MILLION), ("z", 5 * MILLION), ("a1", 4_118_000), ("c3", 3_156_500)]
    found, view = mix(view_of, coins, [*outputs, ("b1", 1_777_500)])
    tied = {(int(view.out_value[o]), int(s)) for o, s in zip(found.output, found.spent, strict=True)}
    assert tied == {(4_118_000, 0), (3_156_500, 2), (3_156_500, 3), (1_777_500, 1)}
    assert set(found.rule.tolist()) == {VALUE} and set(found.tried.tolist()) == {15}


def test_change_two_sets_can_have_left_is_tied_to_none(view_of: ViewOf) -> None:
    coins = [("a", 9 * MILLION), ("b", 9 * MILLION + 100), ("c", 5 * MILLION)]
    outputs = [("x", 5 * MILLION), ("y", 5 * MILLION), ("z", 5 * MILLION), ("p", 3_999_000), ("q", 3_999_100)]
    found, _ = mix(view_of, coins, outputs)
    assert len(found.tx) == 0


def test_equal_outputs_are_tied_only_by_reuse(view_of: ViewOf) -> None:
    coins = [("a", 5 * MILLION + 900), ("b", 5 * MILLION + 900), ("c", 5 * MILLION + 900)]
    found, _ = mix(view_of, coins, [("x", 5 * MILLION), ("b", 5 * MILLION), ("z", 5 * MILLION)])
    assert found.rule.tolist() == [REUSE] and found.spent.tolist() == [1] and found.output.tolist() == [4]


def test_too_many_scripts_and_unknown_coins_are_not_asked(view_of: ViewOf) -> None:
    coins = [(f"s{k}", 5 * MILLION + k * 50_000) for k in range(17)]
    found, _ = mix(view_of, coins, [("x", 5 * MILLION)] * 3 + [("p", 400_000)])
    assert len(found.tx) == 0
    view, _ = view_of(
        [
            (["coinbase"], [("a", 9 * MILLION)]),
            ([(0, 0), "outside"], [("x", 5 * MILLION), ("y", 5 * MILLION), ("p", 3_999_000)]),
        ],
        mixed=[1],
    )
    assert len(links(view, np.array([1])).tx) == 0


Line = tuple[str, int, list[tuple[str, int, str]], list[tuple[str, str]]]
"""(txid, time, outpoints spent with value and script, outputs as (value, script))."""


def lines(archive: Path, member: str) -> list[Line]:
    with zipfile.ZipFile(archive) as zipped:
        text = zipped.read(f"Scanner/{member}.txt").decode().splitlines()
    found = []
    for line in text:
        txid, _, _, time, spent, made = line.split(":::")[:6]
        inputs = [(*i.split("+")[0].rsplit("-", 1), i.split("+")[1]) for i in spent.split("}{") if i]
        outputs = [o.split("+") for o in made.split("}{") if o]
        found.append((txid, int(time), [(i[0], int(i[1]), i[2]) for i in inputs], [(o[0], o[1]) for o in outputs]))
    return found


@pytest.fixture(scope="module")
def whirlpool(data_dir: Path) -> tuple[list[Line], list[Line], View, dict[str, int]]:
    """Tx0s, mixes, and both as one view: a ledger of nothing else, so most inputs are from outside it."""
    archive = data_dir / "chain" / "coinjoin" / "dumplings__sw_202403.zip"
    tx0s, mixes = lines(archive, "SamouraiTx0s"), lines(archive, "SamouraiCoinJoins")
    known = {t[0]: t for t in [*tx0s, *mixes]}
    before = {t: [point.rsplit("-", 1)[0] for point, *_ in known[t][2]] for t in sorted(known)}
    order = graphlib.TopologicalSorter({t: [b for b in held if b in known] for t, held in before.items()})
    placed = list(order.static_order())  # a spender stands after what it spends, whatever its block's time says
    return tx0s, mixes, *view_of_lines([known[t] for t in placed])


def view_of_lines(txs: list[Line]) -> tuple[View, dict[str, int]]:
    """The transactions as columns, and where each stands; the shapes are told by the ledger's own kernel."""
    at = {t[0]: n for n, t in enumerate(txs)}
    first_in = np.cumsum([0, *(len(t[2]) for t in txs)])
    first_out = np.cumsum([0, *(len(t[3]) for t in txs)])
    names: dict[str, int] = {}
    prev, spent = [], []
    for _, _, inputs, _ in txs:
        for point, _, owner in inputs:
            spent.append(names.setdefault(owner, len(names)))
            txid, vout = point.rsplit("-", 1)
            prev.append(int(first_out[at[txid]]) + int(vout) if txid in at else -2)
    value = np.array([int(v) for t in txs for v, _ in t[3]], np.int64)
    script = np.array([names.setdefault(s, len(names)) for t in txs for _, s in t[3]], np.int64)
    spender = np.full(len(value), -1, np.int64)
    in_prev = np.array(prev, np.int64)
    spender[in_prev[in_prev >= 0]] = np.flatnonzero(in_prev >= 0)
    mixed = np.zeros(len(txs), np.bool_)
    for n, (_, _, inputs, outputs) in enumerate(txs):
        ins, outs = np.array([v for _, v, _ in inputs]), np.array([int(v) for v, _ in outputs])
        returns = sum(s.startswith("6a") for _, s in outputs)
        shape = coinjoin_kernels.kind(ins, len(ins), np.arange(len(ins)), outs, len(outs), returns, len(outs) - returns)
        mixed[n] = shape not in (JOIN_NONE, TX0)
    return View(
        ledger=Ledger.__new__(Ledger),
        tx_time=np.array([t[1] for t in txs], np.int64),
        tx_height=np.zeros(len(txs), np.int64),
        tx_first_in=first_in, tx_first_out=first_out, out_value=value, out_script=script, out_spender=spender,
        in_prev=in_prev, in_script=np.array(spent),
        in_value=np.where(in_prev >= 0, value[in_prev], -1), cluster=np.arange(len(names)), mixed=mixed,
        unmerged=np.zeros(len(txs), np.bool_),
    ), at  # fmt: skip


def test_every_real_tx0_is_followed_to_its_mixes(whirlpool: Any) -> None:
    tx0s, mixes, view, at = whirlpool
    text = {point: txid for txid, _, inputs, _ in mixes for point, *_ in inputs}
    followed, reached = 0, set()
    for txid, _, _, outputs in tx0s:
        found = premixes(view, at[txid])
        base = int(view.tx_first_out[at[txid]])
        assert len({outputs[o - base][0] for o in found.output.tolist()}) <= 1
        for o, tx, mixed in zip(found.output.tolist(), found.tx.tolist(), found.mixes.tolist(), strict=True):
            said = text.get(f"{txid}-{o - base}")
            if said is not None:
                assert tx == at[said] and mixed
                followed += 1
                reached.add(said)
    assert followed > 1_000 and len(reached) > 500


def test_the_tx0_of_the_documents(whirlpool: Any) -> None:
    """docs/coinjoins.md shows this one: seven premix outputs, each in a mix of its own."""
    tx0s, _, view, at = whirlpool
    names = {n: txid for txid, n in at.items()}
    txid = "7a91b6d014569416dd4d0eefac7a8b5c65798203b42deb35892d526d74f10abd"
    found = premixes(view, at[txid])
    assert view.out_value[found.output].tolist() == [1_004_462] * 7 and found.mixes.all()
    assert len(set(found.tx.tolist())) == 7
    text = (Path(__file__).parents[4] / "docs" / "coinjoins.md").read_text("utf-8")
    assert txid in text and all(names[int(tx)][:16] in text for tx in found.tx)
    every = [premixes(view, at[t[0]]) for t in tx0s]
    counts = (sum(int(p.mixes.sum()) for p in every), sum(len(p.output) for p in every))
    assert "{:,} of {:,}".format(*counts) in text


def test_no_real_whirlpool_mix_ties_an_output_by_value(whirlpool: Any) -> None:
    _, mixes, view, at = whirlpool
    found = links(view, np.array([at[m[0]] for m in mixes]))
    assert VALUE not in found.rule.tolist()
