"""The training chain: Core accepts it, money is conserved, the truth is what the blocks say."""

import ctypes
import hashlib
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pyarrow as pa
import pytest

from leadline.kinds.bitcoin import address
from leadline.kinds.bitcoin import script as sc
from leadline.kinds.bitcoin.networks import REGTEST
from leadline.kinds.bitcoin.tx import (
    Tx,
    id_text,
    parse,
    txid,
)
from leadline.kinds.codecs import tagpack
from leadline.scenario.chain import build_chain, columns, growing
from leadline.scenario.chain.blocks import read_blocks
from leadline.scenario.plan import (
    CUSTOMER,
    END,
    NETWORK,
    PURCHASE,
    ROUTES,
    SERVICES,
    START,
    TAGGED,
    ChainTruth,
    Options,
    Plan,
    Shares,
    Size,
)
from leadline.scenario.prices import close_cents
from leadline.scenario.random_streams import stream
from leadline.scenario.tags import write_tags

Outpoint = tuple[str, int]
NO_MORE = Shares()
TURNS = ("direct", "hops", "hops", "direct", "peer_to_peer", "broker", "coinjoin", "mixer")


def hand_plan(
    seed: int, *, purchases: int = 64, background: int = 400, signed: bool = True, shares: Shares = NO_MORE
) -> Plan:
    """A plan with every route, hops one to four, and purchases at tagged and untagged services."""
    rng = stream(seed, "hand plan")
    kinds = ["own"] * 8 + ["seller", "broker"] + ["bystander"] * 10
    customers = [
        {"customer": f"{service}/{i}", "service": service, "person": i if kind != "bystander" else -1, "kind": kind}
        for i, kind in enumerate(kinds)
        for service in [("northgate", "harbour")[i % 2 if kind != "broker" else 0]]
    ]
    rows = []
    for n in range(purchases):
        route = TURNS[n % len(TURNS)]
        who = int(rng.integers(0, 8))
        customer = customers[{"peer_to_peer": 8, "broker": 9}.get(route, who)]
        elsewhere = ("kestrel", "lantern", "millrace", "juniper")[n % 4] if n % 5 == 0 else ""
        known = not elsewhere or route in ("peer_to_peer", "broker")
        rows.append(
            {
                "purchase": n,
                "account": int(rng.integers(1, 30)),
                "person": who,
                "customer": customer["customer"] if known else "",
                "service": customer["service"] if known else elsewhere,
                "route": route,
                "hops": 1 + n % 4 if route == "hops" else 0,
                "when": START + 13 * 86_400 + n * (END - START - 20 * 86_400) // purchases,
                "usd_cents": int(rng.integers(500, 150_000)),
            }
        )
    size = Size("hand", 30, purchases, 0, background, 8, 2, signed=signed, media_ready=False)
    return Plan(
        Options(size, seed, shares),
        pa.Table.from_pylist(customers, schema=CUSTOMER),
        pa.Table.from_pylist(rows, schema=PURCHASE),
    )


@pytest.fixture(scope="module")
def hand_chain(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Plan, ChainTruth]:
    """The folder of block files, the plan and the truth of one tiny chain."""
    out = tmp_path_factory.mktemp("chain")
    plan = hand_plan(11)
    return out, plan, build_chain(out, plan)


@pytest.fixture(scope="module")
def kernel(oracle: Callable[[str], ModuleType]) -> ModuleType:
    """Bitcoin Core's kernel."""
    return oracle("pbk")


class Walk:
    """A chain read with the plain transaction parser: transactions by txid, unspent outputs, owners."""

    def __init__(self, folder: Path, truth: ChainTruth) -> None:
        self.txs: dict[str, Tx] = {}
        self.unspent: dict[Outpoint, int] = {}
        self.created = 0
        self.kinds: set[str] = set()
        for height, raw in enumerate(read_blocks(folder)):
            self._block(height, raw)
        rows = truth.owners.to_pylist()
        self.owner = {r["script"]: (r["owner"], r["wallet"]) for r in rows}
        assert len(self.owner) == len(rows)

    def _block(self, height: int, raw: bytes) -> None:
        count, at = raw[80], 81
        if count == 0xFD:
            count, at = int.from_bytes(raw[81:83], "little"), 83
        fees = 0
        for n in range(count):
            tx, at = parse(raw, at)
            key = id_text(txid(tx))
            assert key not in self.txs
            self.txs[key] = tx
            out = sum(o.value for o in tx.outputs)
            if n == 0:
                minted = out
            else:
                spent = sum(self.unspent.pop((id_text(i.prev_txid), i.prev_index)) for i in tx.inputs)
                assert spent >= out
                fees += spent - out
            for v, o in enumerate(tx.outputs):
                self.kinds.add(sc.kind(o.script))
                if o.script[:1] != b"\x6a":
                    self.unspent[key, v] = o.value
        assert at == len(raw)
        assert minted == REGTEST.subsidy(height) + fees
        self.created += minted - fees

    def spenders(self, key: str) -> set[str]:
        """Owners of what a transaction spends."""
        return {self.owner[self.spent_script(i)][0] for i in self.txs[key].inputs}

    def spent_script(self, i: Any) -> bytes:
        """The script of the output an input spends."""
        return self.txs[id_text(i.prev_txid)].outputs[i.prev_index].script


@pytest.fixture(scope="module")
def walk(hand_chain: tuple[Path, Plan, ChainTruth]) -> Walk:
    return Walk(hand_chain[0], hand_chain[2])


def accept(kernel: ModuleType, folder: Path, scratch: Path) -> tuple[int, int]:
    """Feed every block to Core's kernel; the height reached and the satoshi of its unspent outputs."""
    bindings = kernel.capi.bindings
    chain = kernel.load_chainman(str(scratch), kernel.ChainType.REGTEST)
    for height, raw in enumerate(read_blocks(folder)):
        buffer = (ctypes.c_ubyte * len(raw)).from_buffer_copy(raw)
        chain.process_block(kernel.block.Block._from_handle(bindings.btck_block_create(buffer, len(raw))))
        assert chain.get_active_chain().height == height, "Core refuses a block"
    unspent = 0
    for entry in chain.get_active_chain().block_tree_entries:
        if entry.height:  # the genesis coinbase can never be spent and is not in Core's set
            block = chain.blocks[entry]
            outputs = [o for t in block.transactions for o in t.outputs]
            unspent += sum(o.amount for o in outputs if bytes(o.script_pubkey)[:1] != b"\x6a")
            undo = chain.block_spent_outputs[entry]
            unspent -= sum(c.output.amount for t in undo.transactions for c in t.coins)
    return chain.get_active_chain().height, unspent


def test_core_accepts_every_block(
    hand_chain: tuple[Path, Plan, ChainTruth], walk: Walk, kernel: ModuleType, tmp_path: Path
) -> None:
    height, unspent = accept(kernel, hand_chain[0], tmp_path)
    assert height == 900
    assert unspent == sum(walk.unspent.values()) - REGTEST.subsidy(0)


def test_money_is_conserved(walk: Walk) -> None:
    assert sum(walk.unspent.values()) == walk.created == sum(REGTEST.subsidy(h) for h in range(901))


def test_every_script_has_an_owner_and_its_address(hand_chain: tuple[Path, Plan, ChainTruth], walk: Walk) -> None:
    scripts = {o.script for tx in walk.txs.values() for o in tx.outputs}
    coinbase_data = {s for s in scripts if s[:6] == bytes.fromhex("6a24aa21a9ed")}
    assert scripts - coinbase_data == set(walk.owner)
    for row in hand_chain[2].owners.to_pylist():
        assert row["address"] == address.encode(row["script"], NETWORK)


def test_every_script_kind_stands_on_the_chain(walk: Walk) -> None:
    assert walk.kinds == set(sc.KINDS) - {"witness_unknown"}


def test_same_plan_same_bytes(tmp_path: Path) -> None:
    digests = []
    for name in ("a", "b"):
        truth = build_chain(tmp_path / name, hand_plan(5, background=150))
        data = b"".join(p.read_bytes() for p in sorted((tmp_path / name).iterdir()))
        digests.append((hashlib.sha256(data).digest(), truth))
    assert digests[0] == digests[1]


def test_another_seed_another_chain(hand_chain: tuple[Path, Plan, ChainTruth], tmp_path: Path) -> None:
    build_chain(tmp_path, hand_plan(12))
    assert (tmp_path / "blk00000.dat").read_bytes() != (hand_chain[0] / "blk00000.dat").read_bytes()


def test_payments_reach_the_account_at_the_days_price(hand_chain: tuple[Path, Plan, ChainTruth], walk: Walk) -> None:
    _, plan, truth = hand_chain
    accounts = {r["account"]: r for r in truth.accounts.to_pylist()}
    bought = plan.purchases.to_pylist()
    payments = truth.payments.to_pylist()
    assert [p["purchase"] for p in payments] == [p["purchase"] for p in bought]
    assert {p["route"] for p in payments} == set(ROUTES)
    for paid, wished in zip(payments, bought, strict=True):
        out = walk.txs[paid["txid"]].outputs[paid["vout"]]
        account = accounts[paid["account"]]
        assert (out.value, out.script) == (paid["value_sat"], account["script"])
        assert address.decode(account["address"], NETWORK) == account["script"]
        usd = out.value * close_cents(paid["time"]) // 100_000_000
        assert abs(usd - wished["usd_cents"]) <= wished["usd_cents"] // 2 or usd < 1_500
        assert abs(paid["time"] - wished["when"]) < 8 * 86_400


def test_releases_walk_forward_to_the_payment(hand_chain: tuple[Path, Plan, ChainTruth], walk: Walk) -> None:
    for paid in hand_chain[2].payments.to_pylist():
        if paid["stop"] in ("coinjoin", "mixer"):
            assert paid["service"] is None and paid["release_txid"] is None
            continue
        assert (paid["stop"] is None) == (paid["service"] in TAGGED)
        at, steps = (paid["txid"], paid["vout"]), 0
        while at != (paid["release_txid"], paid["release_vout"]):
            (only,) = walk.txs[at[0]].inputs  # a private step spends one coin
            at, steps = (id_text(only.prev_txid), only.prev_index), steps + 1
        assert steps == paid["hops"]
        assert walk.spenders(at[0]) == {paid["service"]}
        assert {walk.owner[walk.spent_script(i)][1] for i in walk.txs[at[0]].inputs} == {"hot"}


def test_mixes_have_their_shapes(hand_chain: tuple[Path, Plan, ChainTruth], walk: Walk) -> None:
    kinds = set()
    for row in hand_chain[2].mixes.to_pylist():
        tx = walk.txs[row["txid"]]
        kinds.add(row["kind"])
        values = [o.value for o in tx.outputs]
        most = max(values.count(v) for v in values)
        parties = len(walk.spenders(row["txid"]))
        if row["kind"] == "payjoin":
            assert parties == 2 and len(values) == 2
        elif row["kind"] == "whirlpool":
            assert (len(tx.inputs), len(values), most, parties) == (5, 5, 5, 5)
        else:
            assert most == parties >= 3
    assert kinds >= {"joinmarket", "wasabi", "whirlpool"}


def test_coins_of_mixed_routes_come_out_of_their_stop(hand_chain: tuple[Path, Plan, ChainTruth], walk: Walk) -> None:
    mixes = {r["txid"] for r in hand_chain[2].mixes.to_pylist()}
    for paid in hand_chain[2].payments.to_pylist():
        if paid["stop"] == "mixer":
            assert walk.spenders(paid["txid"]) == {"tamarack"}
        elif paid["stop"] == "coinjoin":
            assert {id_text(i.prev_txid) for i in walk.txs[paid["txid"]].inputs} <= mixes


def test_withdrawals_and_deposits_are_what_the_blocks_say(
    hand_chain: tuple[Path, Plan, ChainTruth], walk: Walk
) -> None:
    truth = hand_chain[2]
    for row in truth.withdrawals.to_pylist():
        out = walk.txs[row["txid"]].outputs[row["vout"]]
        assert (out.value, address.encode(out.script, NETWORK)) == (row["value_sat"], row["address"])
        assert walk.spenders(row["txid"]) == {row["service"]}
    for row in truth.deposits.to_pylist():
        out = walk.txs[row["txid"]].outputs[row["vout"]]
        assert (out.value, address.encode(out.script, NETWORK)) == (row["value_sat"], row["address"])
        assert walk.owner[out.script] == (row["service"], "deposit")


def test_the_operator_cashes_out_and_keeps_a_rest(hand_chain: tuple[Path, Plan, ChainTruth], walk: Walk) -> None:
    reached = set()
    for row in hand_chain[2].cashouts.to_pylist():
        out = walk.txs[row["txid"]].outputs[row["vout"]]
        assert out.value == row["value_sat"]
        assert walk.spenders(row["txid"]) == {"operator"}
        assert walk.owner[out.script] == (row["service"], "deposit")
        reached.add(row["service"])
    assert reached & set(TAGGED) and reached - set(TAGGED)
    swept = [(row["txid"], row["vout"]) not in walk.unspent for row in hand_chain[2].cashouts.to_pylist()]
    assert all(swept), "a service collects what reaches its deposit addresses"
    kept = [at for at in walk.unspent if walk.owner[walk.txs[at[0]].outputs[at[1]].script][0] in ("operator", "site")]
    assert kept


def test_tags_cover_a_third_and_common_spending_adds_the_rest(
    hand_chain: tuple[Path, Plan, ChainTruth], walk: Walk, tmp_path: Path
) -> None:
    _, plan, truth = hand_chain
    write_tags(tmp_path / "tags.yaml", plan, truth)
    pack = tagpack.parse((tmp_path / "tags.yaml").read_bytes())
    assert set(pack.columns["network"]) == {NETWORK}
    assert set(pack.columns["actor"]) == set(TAGGED) and 3 * len(TAGGED) <= len(SERVICES)
    tagged = {address.decode(text, NETWORK) for text in pack.columns["address"]}
    assert {walk.owner[s][1] for s in tagged} == {"hot"}
    parent: dict[bytes, bytes] = {}

    def find(script: bytes) -> bytes:
        while parent.setdefault(script, script) != script:
            script = parent[script]
        return script

    mixes = {r["txid"] for r in truth.mixes.to_pylist()}
    for key, tx in walk.txs.items():
        scripts = [] if key in mixes else [walk.spent_script(i) for i in tx.inputs if i.prev_index != 0xFFFFFFFF]
        for script in scripts[1:]:
            parent[find(script)] = find(scripts[0])
    for service in TAGGED:
        hot = [s for s, (owner, wallet) in walk.owner.items() if owner == service and wallet == "hot"]
        spent = [s for s in hot if s in parent]
        assert len({find(s) for s in spent}) == 1
        assert {walk.owner[s][0] for s in parent if find(s) == find(spent[0])} == {service}


@pytest.mark.slow
def test_core_accepts_a_larger_chain(oracle: Callable[[str], ModuleType], tmp_path: Path) -> None:
    truth = build_chain(tmp_path / "blocks", hand_plan(3, purchases=160, background=6_000))
    height, unspent = accept(oracle("pbk"), tmp_path / "blocks", tmp_path / "core")
    walk = Walk(tmp_path / "blocks", truth)
    assert unspent == sum(walk.unspent.values()) - REGTEST.subsidy(0)
    assert height == 900
    assert {r["kind"] for r in truth.mixes.to_pylist()} == {"joinmarket", "wasabi", "whirlpool", "payjoin"}


def test_an_unsigned_chain_with_a_bulk_background(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(growing, "ACTED", 300)
    monkeypatch.setattr(growing, "BULK_COINS", 3_000)
    plan = hand_plan(21, background=2_300, signed=False)
    truth = build_chain(tmp_path / "a", plan)
    walk = Walk(tmp_path / "a", truth)
    assert sum(walk.unspent.values()) == sum(REGTEST.subsidy(h) for h in range(901))
    scripts = {o.script for tx in walk.txs.values() for o in tx.outputs}
    assert {s for s in scripts if s[:6] != bytes.fromhex("6a24aa21a9ed")} == set(walk.owner)
    assert sum(o[0].startswith("bulk:") for o in walk.owner.values()) > 4_000
    assert truth.payments.num_rows == plan.purchases.num_rows
    assert truth.owners.equals(build_chain(tmp_path / "b", plan).owners)
    assert (tmp_path / "a/blk00000.dat").read_bytes() == (tmp_path / "b/blk00000.dat").read_bytes()
    for row in truth.owners.slice(truth.owners.num_rows - 500).to_pylist():
        assert row["address"] == address.encode(row["script"], NETWORK)


def test_addresses_of_many_scripts_are_those_of_the_codec(
    hand_chain: tuple[Path, Plan, ChainTruth], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(columns, "_MANY", 1)
    owners = hand_chain[2].owners
    assert columns.addresses(owners.column("script").to_pylist()).to_pylist() == owners.column("address").to_pylist()


DIFFICULT = Shares(shared_custody=1, dust_attack=300_000, imported_keys=200_000)


@pytest.fixture(scope="module")
def difficult(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, ChainTruth]:
    """A chain with every difficult case."""
    out = tmp_path_factory.mktemp("difficult")
    return out, build_chain(out, hand_plan(11, shares=DIFFICULT))


def test_core_accepts_the_difficult_cases(
    difficult: tuple[Path, ChainTruth], kernel: ModuleType, tmp_path: Path
) -> None:
    height, unspent = accept(kernel, difficult[0], tmp_path)
    assert height == 900
    assert unspent == sum(Walk(*difficult).unspent.values()) - REGTEST.subsidy(0)


def test_difficult_cases_are_on_the_chain_and_only_when_asked_for(
    difficult: tuple[Path, ChainTruth], hand_chain: tuple[Path, Plan, ChainTruth], walk: Walk
) -> None:
    def met(walk: Walk, truth: ChainTruth) -> tuple[int, int, int]:
        """Sweeps of two services, payments that are dust, sweeps of a service with somebody else's key."""
        mixes = {r["txid"] for r in truth.mixes.to_pylist()}
        keys = [k for k, tx in walk.txs.items() if k not in mixes and tx.inputs[0].prev_index != 0xFFFFFFFF]
        spenders = [walk.spenders(k) for k in keys]
        shared = sum(s >= {"harbour", "kestrel"} for s in spenders)
        imported = sum(len(s) > 1 and bool(s & set(SERVICES)) and not s <= set(SERVICES) for s in spenders)
        dust = [r for r in truth.payments.to_pylist() if r["purchase"] < 0]
        accounts = {r["account"]: r["script"] for r in truth.accounts.to_pylist()}
        for row in dust:
            out = walk.txs[row["txid"]].outputs[row["vout"]]
            assert (out.value, out.script) == (row["value_sat"], accounts[row["account"]])
            assert walk.spenders(row["txid"]) == {"duster"}
        return shared, len(dust), imported

    assert met(walk, hand_chain[2]) == (0, 0, 0)
    shared, dust, imported = met(Walk(*difficult), difficult[1])
    assert shared == 1, "a share that is not zero happens once at least"
    assert dust >= 5 and imported >= 3
