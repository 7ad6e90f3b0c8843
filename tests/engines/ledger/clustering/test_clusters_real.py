"""Clusters of real and training chains: graphsense-clustering, plain Python, and scripts that nobody owns."""

import json
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from types import ModuleType

import numpy as np
import pyarrow as pa
import pytest

from leadline.engines.ledger import Ledger, build, open_ledger
from leadline.engines.ledger.clustering import reference
from leadline.engines.ledger.clustering.clusters import MOST_DUST, joined
from leadline.engines.ledger.clustering.coinjoin_kernels import join_kinds
from leadline.engines.ledger.clustering.links import forms, key_hash
from leadline.engines.ledger.scripts.dictionary import Scripts
from leadline.engines.ledger.storage import columns
from leadline.kinds.bitcoin import script as sc
from leadline.kinds.bitcoin import tx as txs
from leadline.kinds.bitcoin.tx import Tx, TxOut
from leadline.model.ledger import BY_NAME, DUST, JOIN_NONE, MULTI_INPUT, RULES, SAME_KEY, TX0
from leadline.scenario.chain import build_chain
from leadline.scenario.people import draw_plan
from leadline.scenario.plan import SIZES, Options

MADE = ("cluster_of", "cluster_first", "cluster_member", "merge_tx", "merge_script", "merge_rule")
LINKED = ("link_tx", "link_script", "link_other")


@pytest.fixture(scope="module")
def training(tmp_path_factory: pytest.TempPathFactory) -> Ledger:
    """The ledger of the tiny training chain."""
    folder = tmp_path_factory.mktemp("training")
    plan, _ = draw_plan(Options(SIZES["tiny"], 3))
    build_chain(folder / "chain", plan)
    build(folder / "ledger", sorted((folder / "chain").glob("*.dat")), "regtest")
    return open_ledger(folder / "ledger")


def spent(ledger: Ledger, t: int) -> list[int]:
    """The scripts a transaction spends that somebody can own."""
    scripts = ledger.in_script[ledger.tx_first_in[t] : ledger.tx_first_in[t + 1]].tolist()
    return [s for s in scripts if s >= 0 and int(ledger.script_kind[s]) in sc.OWNED]


def steps(ledger: Ledger, rules: tuple[str, ...] = RULES) -> list[tuple[int, int, list[int]]]:
    """Every merge there could be, in chain order."""
    links: dict[int, list[list[int]]] = {}
    for t, a, b in zip(ledger.links.tx, ledger.links.script, ledger.links.other, strict=True):
        links.setdefault(int(t), []).append([int(a), int(b)])
    found = []
    for t in range(len(ledger.tx_id)):
        if "same_key" in rules:
            found += [(t, SAME_KEY, pair) for pair in links.get(t, [])]
        if ledger.tx_join[t] in (JOIN_NONE, TX0):
            coins = range(int(ledger.tx_first_in[t]), int(ledger.tx_first_in[t + 1]))
            dust = [i for i in coins if 0 <= ledger.in_value[i] <= MOST_DUST]
            firm = [int(ledger.in_script[i]) for i in coins if i not in dust]
            firm = [s for s in firm if s >= 0 and int(ledger.script_kind[s]) in sc.OWNED]
            small = [int(ledger.in_script[i]) for i in dust if int(ledger.script_kind[ledger.in_script[i]]) in sc.OWNED]
            found += [(t, MULTI_INPUT, firm)] if "multi_input" in rules else []
            found += [(t, DUST, firm[:1] + small)] if "dust" in rules else []
    return found


@pytest.mark.parametrize("above", [0, 150, 400])
def test_the_training_chain_at_any_height_as_plain_python(training: Ledger, above: int) -> None:
    ledger = training.at(training.height - above)
    label, merges = reference.merged(steps(ledger), len(ledger.script_kind))
    assert ledger.cluster_of.tolist() == label
    made = ledger.clustered()
    assert list(zip(made.merge_tx.tolist(), made.merge_rule.tolist(), strict=True)) == merges
    for rules in (("multi_input",), ("same_key",), ("dust", "same_key"), ()):
        alone = reference.merged(steps(ledger, rules), len(label))[0]
        assert ledger.clusters(rules=rules).tolist() == alone


def graphsense(peer: ModuleType, groups: list[list[int]], scripts: int) -> list[int]:
    """Labels (least member) of the peer, fed with the scripts each transaction spends."""
    clustering = peer.Clustering(scripts)
    clustering.process_transactions_arrow(pa.array(groups, pa.list_(pa.uint32())))
    mapping = pa.table(clustering.get_mapping()).to_pydict()
    theirs = dict(zip(mapping["address_id"], mapping["cluster_id"], strict=True))
    least: dict[int, int] = {}
    return [least.setdefault(theirs.get(s, s), s) for s in range(scripts)]


def test_the_same_partition_as_graphsense_without_our_rules(
    training: Ledger, data_dir: Path, tmp_path: Path, oracle: Callable[[str], ModuleType]
) -> None:
    blocks = data_dir / "chain" / "blocks"
    build(tmp_path / "first", [blocks / "main_0-4312.blk00000.dat"], "main")
    for ledger in (training, open_ledger(tmp_path / "first")):
        none = np.zeros(len(ledger.tx_id), np.uint8)
        ours = joined(ledger.tx_first_in, ledger.in_script, ledger.script_kind, none)
        groups = [spent(ledger, t) for t in range(len(ledger.tx_id))]
        theirs = graphsense(oracle("gs_clustering"), [g for g in groups if len(g) > 1], len(ours.label))
        assert ours.label.tolist() == theirs
        assert len(set(theirs)) < len(theirs)


def test_nothing_is_joined_through_empty_scripts_of_a_real_block(data_dir: Path) -> None:
    blocks = data_dir / "chain" / "blocks"

    def held(name: str) -> bytes:
        with pa.input_stream(blocks / name, compression="zstd") as stream:
            return bytes(stream.read())

    raw, coins = held("floresta_367891.raw.zst"), json.loads(held("floresta_367891.spent_utxos.zst"))
    at = 80 + 1 + 2 * (raw[80] == 0xFD)
    members: list[Tx] = []
    while at < len(raw):
        member, at = txs.parse(raw, at)
        members.append(member)
    first_in = np.cumsum([0] + [len(t.inputs) for t in members])
    first_out = np.cumsum([0] + [len(t.outputs) for t in members])
    outs = [o for t in members for o in t.outputs]
    known = [(-1, None)] + [(c["txout"]["value"], bytes.fromhex(c["txout"]["script_pubkey"])) for c in coins]
    assert len(known) == first_in[-1]
    assert sum(script == b"" for _, script in known) == 20_000
    scripts = Scripts()
    texts = [o.script for o in outs] + [script for _, script in known[1:]]
    ends = np.cumsum([0] + [len(t) for t in texts])
    ids = scripts.intern(np.frombuffer(b"".join(texts), np.uint8), ends[:-1], np.diff(ends).astype(np.int32))
    out_script, in_script = ids[: len(outs)], np.concatenate([[-1], ids[len(outs) :]]).astype(np.int32)
    kinds = scripts.columns()["script_kind"]
    values, paid = np.array([v for v, _ in known], np.int64), np.array([o.value for o in outs], np.int64)
    shapes = np.empty(len(members), np.uint8)
    join_kinds(first_in, first_out, values, in_script, paid, out_script, kinds, 0, shapes)
    made = joined(first_in, in_script, kinds, shapes)
    empty = scripts.find(b"")
    assert kinds[empty] == sc.NONSTANDARD
    assert np.flatnonzero(made.label == made.label[empty]).tolist() == [empty]
    groups = [in_script[a:b].tolist() for a, b in pairwise(first_in.tolist())]
    open_ = [g for g, s in zip(groups, shapes.tolist(), strict=True) if s in (JOIN_NONE, TX0)]
    owned = [[s for s in g if s >= 0 and int(kinds[s]) in sc.OWNED] for g in open_]
    assert made.label.tolist() == reference.clusters([g for g in owned if g], scripts.count)
    beside = {s for g in open_ if empty in g for s in g if s not in (-1, empty)}
    assert len({int(made.label[s]) for s in range(scripts.count)}) < scripts.count
    assert all(int(made.label[s]) != empty for s in beside)


OWNERS = [sc.p2pkh(bytes([k]) * 20) for k in range(1, 5)]
SHARED = {
    "p2a": sc.PAY_TO_ANCHOR,
    "empty": b"",
    "nonstandard": b"\x51",
    "op_return": b"\x6a\x01x",
    "multisig of several owners": sc.multisig(1, (b"\2" + bytes(32), b"\3" + bytes(32))),
}


@pytest.mark.parametrize("name", sorted(SHARED))
def test_a_script_of_nobody_or_of_several_joins_no_two_owners(regtest: ModuleType, tmp_path: Path, name: str) -> None:
    shared = SHARED[name]
    a, b, c, d = OWNERS
    coin = regtest.coinbase(1, tuple(TxOut(10**9, s) for s in (a, shared, b, shared, c, d)))
    one = regtest.spend([(coin, 0), (coin, 1)], [(1, regtest.OP_TRUE)])
    two = regtest.spend([(coin, 2), (coin, 3)], [(2, regtest.OP_TRUE)])
    both = regtest.spend([(coin, 4), (coin, 5)], [(3, regtest.OP_TRUE)])
    blocks = [regtest.GENESIS, regtest.block(regtest.GENESIS_HASH, [coin], 1_296_688_602)]
    blocks += regtest.chain([[one, two, both]], txs.sha256d(blocks[1][:80]), 2)
    build(tmp_path / "l", [regtest.write(tmp_path / "f", regtest.framed(blocks))], "regtest")
    ledger = open_ledger(tmp_path / "l")
    label = {s: int(ledger.cluster_of[ledger.find_script(s)]) for s in (*OWNERS, shared)}
    assert label[c] == label[d]
    if sc.classify(shared) in sc.OWNED:
        assert label[a] == label[shared] == label[b], "several owners share it, but one signed both times beside it"
    else:
        assert len({label[a], label[b], label[shared]}) == 3


def test_keys_seen_later_give_the_ledger_that_one_build_gives(regtest: ModuleType, tmp_path: Path) -> None:
    key, other = b"\2" + b"\7" * 32, b"\3" + b"\x0b" * 32
    parts = [
        [sc.p2pkh(key_hash(key)), sc.witness(0, key_hash(other))],
        [f for f in forms(sc.p2pkh(key_hash(key))) if len(f) == 23],
        [sc.p2pk(other), sc.witness(0, key_hash(key))],
        [sc.p2pkh(key_hash(other))],
    ]
    prev, blocks = regtest.GENESIS_HASH, [regtest.GENESIS]
    for k, scripts in enumerate(parts):
        coin = regtest.coinbase(k + 1, tuple(TxOut(5, s) for s in scripts))
        blocks.append(regtest.block(prev, [coin], 1_296_688_602 + 600 * k))
        prev = txs.sha256d(blocks[-1][:80])
    build(tmp_path / "whole", [regtest.write(tmp_path / "w", regtest.framed(blocks))], "regtest")
    whole = open_ledger(tmp_path / "whole")
    assert len(whole.links.tx) == 6
    for n in range(2, 6):
        file = regtest.write(tmp_path / "g", regtest.framed(blocks[:n]), f"blk{n:05}.dat")
        build(tmp_path / "grown", [file], "regtest")
        grown, low = open_ledger(tmp_path / "grown"), whole.at(n - 1)
        assert grown.cluster_of.tolist() == low.cluster_of.tolist()
        assert grown.links.tx.tolist() == low.links.tx.tolist()
    for name in (*MADE, *LINKED):
        a, b = (
            columns.read(p.path / p._meta["columns"], name, p._meta["rows"][BY_NAME[name].of] + BY_NAME[name].more)
            for p in (whole, grown)
        )
        assert a.tolist() == b.tolist(), name
    assert {r for _, r in whole.merges_of(int(whole.cluster_of[whole.find_script(parts[0][0])]))} == {"same_key"}
