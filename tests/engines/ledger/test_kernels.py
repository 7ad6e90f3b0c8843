"""Every kernel against its plain-Python reference, and clusters against graphsense-clustering."""

from collections.abc import Callable
from types import ModuleType

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leadline.engines.ledger.blocks import sha256
from leadline.engines.ledger.blocks.blockfiles import NO_KEY, BlockFile, is_header, scan, target, unmask
from leadline.engines.ledger.blocks.headers import active, stated_height, work
from leadline.engines.ledger.blocks.parse_kernels import FAILED, rows, walk
from leadline.engines.ledger.blocks.scan_kernels import data_end, next_magic
from leadline.engines.ledger.clustering import coinjoin_kernels, reference
from leadline.engines.ledger.clustering.clusters import clustered
from leadline.engines.ledger.scripts.dictionary import ANY_KEY, KEY_SIZE, Scripts, key_words
from leadline.engines.ledger.scripts.dictionary_kernels import hash_bytes
from leadline.engines.ledger.slots_kernels import empty_table, table_size, widen
from leadline.engines.ledger.spends import reference as spends
from leadline.engines.ledger.spends.spends_kernels import group, resolve, spend
from leadline.engines.ledger.spends.txids_kernels import fill_txids, find_tx
from leadline.errors import ChainError
from leadline.kinds.bitcoin import script as sc
from leadline.kinds.bitcoin import tx as txs
from leadline.kinds.bitcoin.networks import MAIN, REGTEST
from leadline.kinds.bitcoin.tx import Tx, TxIn, TxOut

settings.register_profile("kernels", deadline=None)
settings.load_profile("kernels")

KEY = st.sampled_from([b"\x02" + bytes(32), b"\x03" + bytes(32), b"\x04" + bytes(64), b"\x05" + bytes(32)])
SCRIPTS = st.one_of(
    st.binary(max_size=45),
    KEY.map(sc.p2pk),
    st.binary(min_size=20, max_size=20).flatmap(lambda b: st.sampled_from([sc.p2pkh(b), sc.p2sh(b), sc.witness(0, b)])),
    st.builds(sc.witness, st.integers(0, 16), st.binary(min_size=2, max_size=40)),
    st.tuples(st.integers(1, 16), st.lists(KEY, max_size=5)).map(lambda t: sc.multisig(t[0], tuple(t[1]))),
    st.lists(KEY, min_size=15, max_size=22).map(
        lambda k: b"\x51" + b"".join(bytes([len(x)]) + x for x in k) + bytes([1, len(k), 0xAE])
    ),
    st.just(sc.PAY_TO_ANCHOR),
    st.binary(max_size=20).map(lambda b: b"\x6a" + b),
)
EDITED = st.tuples(SCRIPTS, st.integers(0, 80), st.integers(0, 255)).map(
    lambda t: t[0][: t[1]] + bytes([t[2]]) + t[0][t[1] + 1 :]
)
INPUTS = st.builds(
    TxIn,
    st.binary(min_size=32, max_size=32),
    st.integers(0, 2**32 - 1),
    st.binary(max_size=300),
    st.integers(0, 2**32 - 1),
    st.lists(st.binary(max_size=20), max_size=3).map(tuple),
)
OUTPUTS = st.builds(TxOut, st.integers(-(2**63), 2**63 - 1), SCRIPTS)
TXS = st.builds(
    Tx,
    st.integers(-(2**31), 2**31 - 1),
    st.lists(INPUTS, min_size=1, max_size=4).map(tuple),
    st.lists(OUTPUTS, min_size=1, max_size=4).map(tuple),
    st.integers(0, 2**32 - 1),
)


class Walked:
    def __init__(self, blocks: list[bytes]) -> None:
        data = np.frombuffer(b"".join(blocks), np.uint8)
        self.data, size = data, len(data) + 1
        self.edges = np.cumsum([0, *map(len, blocks)]).astype(np.int64)
        self.block_tx = np.zeros(len(blocks), np.int64)
        self.r = rows(size, size, size)
        self.nt, self.ni, self.no, self.bad, self.at = walk(data, self.edges, self.block_tx, self.r)


@given(st.lists(st.lists(TXS, min_size=1, max_size=4), min_size=1, max_size=3))
def test_walk_reads_what_the_codec_wrote(blocks: list[list[Tx]]) -> None:
    w = Walked([bytes(80) + txs.compact(len(b)) + b"".join(map(txs.serialise, b)) for b in blocks])
    assert w.bad == FAILED
    assert w.block_tx.tolist() == [len(b) for b in blocks]
    flat = [t for b in blocks for t in b]
    assert w.r.version[: w.nt].tolist() == [t.version for t in flat]
    assert w.r.locktime[: w.nt].tolist() == [t.locktime for t in flat]
    assert w.r.first_in[: w.nt].tolist() == np.cumsum([len(t.inputs) for t in flat]).tolist()
    assert w.r.first_out[: w.nt].tolist() == np.cumsum([len(t.outputs) for t in flat]).tolist()
    assert w.r.prev_txid[: w.ni].tobytes() == b"".join(i.prev_txid for t in flat for i in t.inputs)
    assert w.r.prev_vout[: w.ni].tolist() == [i.prev_index for t in flat for i in t.inputs]
    assert w.r.sequence[: w.ni].tolist() == [i.sequence for t in flat for i in t.inputs]
    outputs = [o for t in flat for o in t.outputs]
    assert w.r.value[: w.no].tolist() == [o.value for o in outputs]
    places = zip(w.r.script_at[: w.no].tolist(), w.r.script_size[: w.no].tolist(), strict=True)
    assert [w.data[a : a + n].tobytes() for a, n in places] == [o.script for o in outputs]
    assert sha256.libcrypto()
    for fast in (True, False):
        ids = np.zeros((w.nt, 32), np.uint8)
        sha256.transaction_ids(w.data, w.r.span[: w.nt], ids, fast=fast)
        assert [i.tobytes() for i in ids] == [txs.txid(t) for t in flat]


@given(st.lists(TXS, min_size=1, max_size=3), st.data())
def test_walk_of_damaged_bytes_stops_inside_them(members: list[Tx], data: st.DataObject) -> None:
    block = bytearray(bytes(80) + txs.compact(len(members)) + b"".join(map(txs.serialise, members)))
    for _ in range(data.draw(st.integers(1, 4))):
        block[data.draw(st.integers(80, len(block) - 1))] = data.draw(st.sampled_from([0, 1, 0xFD, 0xFE, 0xFF, 0x7F]))
    del block[data.draw(st.integers(81, len(block))) :]
    w = Walked([bytes(block)])
    try:
        count = txs._Reader(bytes(block), 80)
        n = count.compact()
        at = count.at
        for _ in range(n):
            one, at = txs.parse(bytes(block), at)
            assert one.inputs
            assert one.outputs
        right = n > 0 and at == len(block)
    except (ChainError, AssertionError):
        right = False
    assert (w.bad == FAILED) is right
    assert w.at <= len(block)


@given(st.lists(st.binary(min_size=32, max_size=32), min_size=1, max_size=40), st.integers(0, 39), st.booleans())
def test_merkle_roots(ids: list[bytes], at: int, wrong: bool) -> None:
    root, repeats = sha256.merkle_root(list(ids))
    if wrong:
        root = root[:-1] + bytes([root[-1] ^ 1])
    rows = np.frombuffer(b"".join(ids), np.uint8).reshape(-1, 32)
    roots, counts = np.frombuffer(root, np.uint8).reshape(1, 32), np.array([len(ids)])
    assert sha256.libcrypto()
    expected = 0 if wrong or repeats else -1
    assert sha256.failed_merkle(rows, counts, roots, fast=True) == expected
    assert sha256.failed_merkle(rows, counts, roots, fast=False) == expected


def hashed(b: bytes, key: bytes) -> int:
    """The hash of scripts, in plain Python."""

    def fold(x: int, y: int) -> int:
        return (x * y & (1 << 64) - 1) ^ x * y >> 64

    def word(at: int) -> int:
        return int.from_bytes(b[at : at + 8], "little")

    k0, k1 = int.from_bytes(key[:8], "little"), int.from_bytes(key[8:], "little")
    n, h = len(b), k0 ^ len(b)
    for p in range(0, n - 16, 16):
        h = fold(word(p) ^ k1, word(p + 8) ^ h)
    one, two = (word(0), 0) if n < 8 else (word(0 if n <= 16 else n - 16), word(n - 8))
    return fold(fold(one ^ k1, two ^ h) ^ k0, 0x9E3779B97F4A7C15)


@given(st.binary(max_size=90), st.binary(min_size=KEY_SIZE, max_size=KEY_SIZE))
def test_the_hash_of_scripts_takes_every_byte_and_its_key(script: bytes, key: bytes) -> None:
    b = np.frombuffer(b"xy" + script + b"z", np.uint8)
    assert int(hash_bytes(b, 2, len(script), key_words(key))) == hashed(script, key)


def test_scripts_chosen_for_one_key_fall_apart_under_another() -> None:
    """Who knows the key can make any number of scripts of one hash; who does not, cannot."""
    key = bytes(range(50, 50 + KEY_SIZE))
    b = np.frombuffer(b"".join(key[8:] + n.to_bytes(8, "little") for n in range(3000)), np.uint8)
    for other, kept in ((key, 1), (ANY_KEY, 3000)):
        assert len({int(hash_bytes(b, 16 * n, 16, key_words(other))) for n in range(3000)}) == kept


@given(st.lists(st.one_of(SCRIPTS, EDITED), max_size=60), st.integers(1, 20), st.sampled_from([0, 1 << 20]))
def test_scripts_are_told_apart_by_all_their_bytes(scripts: list[bytes], part: int, widened: int) -> None:
    """However the table grows: widened beside the old one, or filled anew from the scripts."""
    dictionary, known, ids = Scripts(widened=widened), {}, []
    dictionary._slots = empty_table(table_size(4))
    for start in range(0, len(scripts), part):
        some = scripts[start : start + part]
        lengths = np.array([len(s) for s in some], np.int32)
        starts = (np.cumsum(lengths) - lengths).astype(np.int64)
        ids += dictionary.intern(np.frombuffer(b"".join(some) + b"\0", np.uint8), starts, lengths).tolist()
    assert ids == [known.setdefault(s, len(known)) for s in scripts]
    columns = dictionary.columns()
    assert columns["script_blob"].tobytes() == b"".join(known)
    assert columns["script_kind"].tolist() == [sc.classify(s) for s in known]
    assert all(dictionary.find(s) == i for s, i in known.items())
    assert dictionary.find(b"\x6a never seen") == -1


@st.composite
def chains(draw: st.DrawFn) -> list[tuple[bytes, Tx]]:
    """Transactions in chain order that spend each other's outputs, each at most once, and some from outside."""
    members: list[tuple[bytes, Tx]] = []
    free: list[tuple[bytes, int]] = []
    for k in range(draw(st.integers(1, 25))):
        picked = [free.pop(draw(st.integers(0, len(free) - 1))) for _ in range(min(draw(st.integers(0, 4)), len(free)))]
        picked += [(draw(st.binary(min_size=32, max_size=32)), 0) for _ in range(draw(st.integers(0, 1)))]
        inputs = [TxIn(t, n) for t, n in picked] or [TxIn(bytes(32), 0xFFFFFFFF)]
        values = draw(st.lists(st.sampled_from([5, 7, 546, 1_000_000]), min_size=1, max_size=4))
        outputs = [TxOut(v, sc.p2pkh(bytes([draw(st.integers(0, 9))]) * 20)) for v in values]
        tx = Tx(k, tuple(inputs), tuple(outputs))
        members.append((txs.txid(tx), tx))
        free += [(txs.txid(tx), n) for n in range(len(outputs))]
    return members


@given(chains(), st.integers(1, 4), st.integers(1, 9))
def test_spends_are_resolved_like_a_dictionary_of_outputs(
    members: list[tuple[bytes, Tx]], parts: int, step: int
) -> None:
    ids = np.frombuffer(b"".join(i for i, _ in members), np.uint8)
    n = len(members)
    slots = empty_table(table_size(n))
    first_in = np.cumsum([0] + [len(t.inputs) for _, t in members])
    first_out = np.cumsum([0] + [len(t.outputs) for _, t in members])
    inputs = [i for _, t in members for i in t.inputs]
    prev = np.frombuffer(b"".join(i.prev_txid for i in inputs), np.uint8)
    vout = np.array([i.prev_index for i in inputs], np.uint32)
    in_prev, spender = np.zeros(len(inputs), np.int64), np.full(first_out[-1], -1, np.int64)
    for part in range(parts):
        low, high = part * slots.size // parts, (part + 1) * slots.size // parts
        fill_txids(slots, ids, 0, n, low, high)
        for first in range(0, len(inputs), step):
            last = min(first + step, len(inputs))
            columns = (slots, ids, first_in, first_out, prev, vout)
            alone = np.arange(n + 1)  # a block a transaction: what names a later one spends from outside
            assert resolve(*columns, 0, first, last, low, high, alone, in_prev) == (-1, -1)
    for low in range(0, len(spender), 7):
        assert spend(in_prev, 0, low, spender[low : low + 7]) == -1
    assert in_prev.tolist() == spends.resolve(members)
    assert {(i, o) for o, i in enumerate(spender) if i >= 0} == {(i, o) for i, o in enumerate(in_prev) if o >= 0}
    assert [find_tx(slots, ids.reshape(-1, 32), row, n) for row in ids.reshape(-1, 32)] == list(range(n))


@given(st.lists(st.sampled_from([0x00, 0x7F, 0xFE, 0xFF]), max_size=60), st.integers(0, 3))
def test_full_lines_go_on_in_the_next_and_round_the_end(high: list[int], wider: int) -> None:
    """Ids whose searches begin with the same few lines, in a table widened up to eight times."""
    n = len(high)
    ids = np.frombuffer(b"".join(k.to_bytes(7, "little") + bytes([h]) * 25 for k, h in enumerate(high)), np.uint8)
    slots = empty_table(table_size(n))
    fill_txids(slots, ids, 0, n, 0, slots.size)
    larger = empty_table(slots.size << wider)
    widen(slots, larger)
    for table in (slots, larger):
        assert sorted(int(slot) & (table.size - 1) for slot in table if slot) == list(range(1, n + 1))
        assert [find_tx(table, ids.reshape(-1, 32), row, n) for row in ids.reshape(-1, 32)] == list(range(n))
        assert find_tx(table, ids.reshape(-1, 32), np.full(32, 0xFF, np.uint8), n) == -1


@given(st.lists(st.integers(0, 12), max_size=60))
def test_group(keys: list[int]) -> None:
    first, members = np.empty(14, np.int64), np.empty(len(keys), np.int64)
    group(np.array(keys, np.int32), first, members)
    for k in range(13):
        assert members[first[k] : first[k + 1]].tolist() == [i for i, key in enumerate(keys) if key == k]


VALUES = st.sampled_from(
    [
        0,
        546,
        2730,
        5000,
        8192,
        19_683,
        20_000,
        100_000,
        1_000_000,
        1_050_000,
        1_200_001,
        9_999_000,
        10_000_000,
        50_000_000,
    ]
)
SHAPES = st.tuples(
    st.lists(st.tuples(st.one_of(st.none(), VALUES), st.integers(0, 30)), min_size=1, max_size=14),
    st.lists(st.tuples(VALUES, st.booleans()), min_size=1, max_size=14),
    st.sampled_from([1, 1, 1, 6]),
)


@given(SHAPES)
def test_join_shapes(shape: tuple[list[tuple[int | None, int]], list[tuple[int, bool]], int]) -> None:
    check_shape(shape[0] * shape[2], shape[1] * shape[2])


@given(VALUES, st.integers(1, 14), st.integers(1, 14), st.integers(0, 6), st.booleans(), st.data())
def test_join_shapes_that_are_nearly_mixes(
    value: int, equal: int, owners: int, change: int, returns: bool, data: st.DataObject
) -> None:
    above = data.draw(st.sampled_from([0, 50_000, 200_000, 200_001]))
    inputs = [(None if data.draw(st.booleans()) else value + above, k) for k in range(owners)]
    check_shape(inputs, [(value, False)] * equal + [(77 + k, False) for k in range(change)] + [(0, True)] * returns)


def check_shape(inputs: list[tuple[int | None, int]], outputs: list[tuple[int, bool]]) -> None:
    """The kernel and the reference name the same shape."""
    ins = np.array([-1 if v is None else v for v, _ in inputs], np.int64)
    owners = np.array([-1 - k if v is None else s for k, (v, s) in enumerate(inputs)], np.int64)
    outs = np.array([v for v, _ in outputs], np.int64)
    returns = sum(r for _, r in outputs)
    ours = coinjoin_kernels.kind(ins, len(ins), owners, outs, len(outs), returns, len(outs) - returns)
    pairs = [(v, None if v is None else sc.p2pkh(bytes([s]) * 20)) for v, s in inputs]
    assert ours == reference.join_kind(pairs, [(v, b"\x6a" if r else b"\0\x14" + bytes(20)) for v, r in outputs])


@given(
    st.lists(st.lists(st.integers(0, 19), min_size=1, max_size=5), max_size=25),
    st.lists(st.integers(0, 5), min_size=20, max_size=20),
    st.sets(st.integers(0, 24)),
    st.sets(st.integers(0, 24)),
)
def test_clusters(linked: list[list[int]], kinds: list[int], joins: set[int], skip: set[int]) -> None:
    joined, merge_tx, merge_script = made(linked, kinds, joins, skip)
    owned = [[s for s in g if kinds[s] in sc.OWNED] for k, g in enumerate(linked) if k not in joins | skip]
    assert joined == reference.clusters([g for g in owned if g], 20)
    again, _, _ = made([linked[t] for t in merge_tx], kinds, set(), set())
    assert again == joined, "the merges alone give the same clusters"
    assert len(merge_tx) <= 20 - len(set(joined))
    assert all(s in linked[t] for t, s in zip(merge_tx, merge_script, strict=True))


@given(st.lists(st.lists(st.integers(0, 19), min_size=1, max_size=5), max_size=25), st.sets(st.integers(0, 24)))
def test_withdrawn_transactions_equal_clusters_made_without_them(linked: list[list[int]], skip: set[int]) -> None:
    kinds = [sc.P2PKH] * 20
    rest = [g for k, g in enumerate(linked) if k not in skip]
    assert made(linked, kinds, set(), skip)[0] == made(rest, kinds, set(), set())[0]


def made(
    linked: list[list[int]], kinds: list[int], joins: set[int], skip: set[int]
) -> tuple[list[int], list[int], list[int]]:
    """Labels and merges of transactions whose inputs have the scripts in each group."""
    first_in = np.cumsum([0] + [len(g) for g in linked])
    tx_join = np.array([4 if k in joins else 0 for k in range(len(linked))], np.uint8)
    in_prev = np.array([s for g in linked for s in g], np.int64)
    kind = np.array(kinds, np.uint8)
    result = clustered(
        first_in, in_prev, np.arange(20, dtype=np.int32), kind, tx_join, np.array(sorted(skip), np.int64)
    )
    return result.label.tolist(), result.merge_tx.tolist(), result.merge_script.tolist()


@pytest.mark.parametrize("seed", range(3))
def test_the_same_partition_as_graphsense(seed: int, oracle: Callable[[str], ModuleType]) -> None:
    rng = np.random.Generator(np.random.PCG64(seed))
    scripts, n = 5000, 4000
    sizes = rng.geometric(0.45, n)
    first_in = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
    spent = (np.repeat(rng.integers(0, scripts, n), sizes) + rng.integers(0, 6, int(sizes.sum()))) % scripts
    ours = clustered(
        first_in,
        spent.astype(np.int64),
        np.arange(scripts, dtype=np.int32),
        np.full(scripts, sc.P2PKH, np.uint8),
        np.zeros(n, np.uint8),
    )
    peer = oracle("gs_clustering").Clustering(scripts)
    peer.process_transactions_arrow(
        pa.ListArray.from_arrays(first_in.astype(np.int32), pa.array(spent.astype(np.uint32)))
    )
    mapping = pa.table(peer.get_mapping()).to_pydict()
    theirs = dict(zip(mapping["address_id"], mapping["cluster_id"], strict=True))
    canonical: dict[int, int] = {}
    labels = [canonical.setdefault(theirs.get(s, s), s) for s in range(scripts)]
    assert ours.label.tolist() == labels


@given(st.binary(max_size=80), st.binary(min_size=8, max_size=8), st.integers(0, 40), st.booleans())
def test_magic_is_found_as_bytes_find_it(junk: bytes, key: bytes, zeros: int, magic_inside: bool) -> None:
    text = junk + (REGTEST.magic if magic_inside else b"") + junk[:9]
    raw = bytes(b ^ key[i % 8] for i, b in enumerate(text)) + bytes(zeros)
    data = np.frombuffer(raw, np.uint8)
    end = data_end(data)
    assert end == len(raw.rstrip(b"\0"))
    found = next_magic(data, np.frombuffer(key, np.uint8), np.frombuffer(REGTEST.magic, np.uint8), 0, end)
    at = bytes(b ^ key[i % 8] for i, b in enumerate(raw)).find(REGTEST.magic)
    assert found == (at if 0 <= at < end else -1)


@given(st.binary(max_size=400), st.sampled_from([MAIN, REGTEST]), st.binary(max_size=60))
def test_scanning_any_bytes_ends(data: bytes, network: object, more: bytes) -> None:
    raw = np.frombuffer(network.magic + data + network.magic + more, np.uint8)
    records, _ = scan(0, BlockFile(None, raw.size, NO_KEY, "none"), raw, network)
    assert all(r.at + r.size <= raw.size and is_header(r.header, network) for r in records)


@given(st.binary(min_size=1, max_size=50), st.integers(0, 100), st.binary(min_size=8, max_size=8))
def test_unmasking_follows_the_file_offset(data: bytes, at: int, key: bytes) -> None:
    found = unmask(np.frombuffer(data, np.uint8), at, key)
    assert found.tobytes() == bytes(b ^ key[(at + i) % 8] for i, b in enumerate(data))


def test_work_of_headers() -> None:
    assert target(0x1D00FFFF) == 0xFFFF << 208
    assert target(0x207FFFFF) == 0x7FFFFF << 232
    assert target(0x1D80FFFF) == target(0) == target(0xFF7FFFFF) == 0
    assert work(bytes(72) + (0x1D00FFFF).to_bytes(4, "little") + bytes(4)) == 0x100010001


def test_more_work_wins_over_more_blocks() -> None:
    from leadline.engines.ledger.blocks.blockfiles import Record

    def header(prev: bytes, bits: int, nonce: int) -> bytes:
        return bytes(4) + prev + bytes(36) + bits.to_bytes(4, "little") + nonce.to_bytes(4, "little")

    root = header(bytes(32), 0x207FFFFF, 0)
    easy, hard = [root], header(txs.sha256d(root), 0x1F7FFFFF, 9)
    for nonce in range(20):
        easy.append(header(txs.sha256d(easy[-1]), 0x207FFFFF, nonce))
    records = [Record(0, 0, 80, h) for h in [*reversed(easy), hard]]
    (segment,) = active(records, REGTEST).segments
    assert segment.records == (20, 21)
    assert segment.first_height == -1


@given(st.binary(max_size=160))
def test_stated_heights_never_fail(head: bytes) -> None:
    assert stated_height(bytes(80) + head) == -1
    assert stated_height(b"\2\0\0\0" + bytes(76) + head + b"\0") >= -1
