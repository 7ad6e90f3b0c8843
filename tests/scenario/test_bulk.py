"""The bulk background: well-formed transactions, money conserved, single owners, addresses as the codec has them."""

import hashlib

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from leadline.kinds.bitcoin import address
from leadline.kinds.bitcoin import script as sc
from leadline.kinds.bitcoin.tx import parse, txid, wtxid
from leadline.scenario.chain.bulk import Bulk
from leadline.scenario.chain.bulk_bytes import HASH_LENGTH, KINDS, sizes
from leadline.scenario.chain.columns import scripts_and_addresses
from leadline.scenario.chain.locks import INPUT_VBYTES, hash160
from leadline.scenario.plan import NETWORK


def funded(seed: int, txs: int, blocks: int) -> tuple[Bulk, dict[tuple[bytes, int], tuple[int, int]]]:
    """A bulk with 3,000 coins, and the coins: outpoint to (value, script id)."""
    bulk = Bulk(seed, txs, blocks)
    ids = bulk.seed_scripts(3_000)
    coins = {}
    for at in range(0, 3_000, 500):
        name = hashlib.sha256(b"%d" % at).digest()
        bulk.fund(name, range(500), [1_000_000 + i for i in range(500)], at)
        coins |= {(name, i): (1_000_000 + i, int(ids[at + i])) for i in range(500)}
    return bulk, coins


def test_blocks_hold_what_they_say() -> None:
    bulk, coins = funded(3, 2_000, 40)
    made = 0
    seen: dict[bytes, int] = {}
    portions = [bulk.block() for _ in range(40)]
    codes = scripts_and_addresses(*bulk.scripts.all(np.arange(bulk.scripts.count)))[0].to_pylist()
    number = {code: i for i, code in enumerate(codes)}
    assert len(number) == len(codes)
    for portion in portions:
        at, fees = 0, 0
        for id_, witness_id in zip(portion.txids, portion.wtxids, strict=True):
            tx, at = parse(bytes(portion.raw), at)
            assert (txid(tx), wtxid(tx)) == (id_, witness_id)
            spent = [coins.pop((i.prev_txid, i.prev_index)) for i in tx.inputs]
            assert len({int(bulk.scripts.wallet[s]) for _, s in spent}) == 1
            for (_, script), put in zip(spent, tx.inputs, strict=True):
                kind = KINDS[int(bulk.scripts.kinds(np.array([script]))[0])]
                key = b"\x02" + bulk.scripts.key[script].tobytes()
                if kind == "p2pkh":
                    assert put.script[-33:] == key and codes[script] == sc.p2pkh(hash160(key))
                elif kind != "p2tr":
                    assert put.witness[1] == key and put.witness[0][0] == 0x30
                    inner = sc.witness(0, hash160(key))
                    assert codes[script] == (inner if kind == "p2wpkh" else sc.p2sh(hash160(inner)))
                    assert put.script == (b"" if kind == "p2wpkh" else b"\x16" + inner)
                else:
                    assert len(put.witness[0]) == 64
            fees += sum(v for v, _ in spent) - sum(o.value for o in tx.outputs)
            for v, out in enumerate(tx.outputs):
                assert out.value > 0
                coins[id_, v] = (out.value, number[out.script])
            seen[id_] = 1
            made += 1
        assert at == len(portion.raw)
        assert fees == portion.fees >= 0
    assert made == len(seen) == 2_000


def test_same_seed_same_bytes() -> None:
    one, two = (funded(9, 300, 10)[0] for _ in range(2))
    assert [bytes(one.block().raw) for _ in range(10)] == [bytes(two.block().raw) for _ in range(10)]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(0, len(KINDS) - 1), st.binary(min_size=32, max_size=32)), min_size=1, max_size=9))
def test_addresses_are_those_of_the_plain_codec(drawn: list[tuple[int, bytes]]) -> None:
    kinds = np.array([k for k, _ in drawn], np.int64)
    hashes = np.frombuffer(b"".join(h for _, h in drawn), np.uint8).reshape(-1, 32)
    codes, texts = scripts_and_addresses(kinds, hashes)
    for (kind, data), code, text in zip(drawn, codes.to_pylist(), texts.to_pylist(), strict=True):
        assert sc.kind(code) == {"p2sh_p2wpkh": "p2sh"}.get(KINDS[kind], KINDS[kind])
        assert data[: HASH_LENGTH[kind]] in code
        assert text == address.encode(code, NETWORK)


def test_sizes_fit_the_fee_table() -> None:
    for kind, name in enumerate(KINDS):
        bare, whole = sizes(kind, 2, (0,))
        smaller, small = sizes(kind, 1, (0,))
        vbytes = (3 * (bare - smaller) + whole - small) / 4
        assert INPUT_VBYTES[name] - 2 <= vbytes <= INPUT_VBYTES[name]
