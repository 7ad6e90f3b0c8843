"""Scripts of one key: hashes against hashlib, forms against published vectors, links against plain Python."""

import hashlib
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leadline.engines.ledger import build, open_ledger
from leadline.engines.ledger.attribution.keys import same_key
from leadline.engines.ledger.clustering.hash160_kernels import hash160s
from leadline.engines.ledger.clustering.links import forms, key_hash, key_links, keys_of
from leadline.engines.ledger.scripts.dictionary import Scripts
from leadline.kinds.bitcoin import script as sc
from leadline.kinds.bitcoin.address import decode

settings.register_profile("links", deadline=None)
settings.load_profile("links")
POINTS = [
    "0330d54fd0dd420a6e5f8d3624f5f3482cae350f79d5f0753bf5beef9c2d91af3c",  # BIP84
    "03a1af804ac108a8a51782198c2d034b28bf90c8803f5a53f76276fa69a4eae77f",  # BIP49
    "0279be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798",  # the generator
]
KEYS = [k for p in POINTS for k in keys_of(bytes.fromhex(p))] + [b"\2" + bytes(32), b"\4" + bytes(64)]


@given(st.binary(max_size=119))
def test_hash160_is_hashlibs(data: bytes) -> None:
    out = np.empty((1, 20), np.uint8)
    hash160s(np.frombuffer(b"x" + data + b"y", np.uint8), np.ones(1, np.int64), len(data), out)
    assert out[0].tobytes() == hashlib.new("ripemd160", hashlib.sha256(data).digest()).digest()


@pytest.mark.parametrize(
    ("key", "address", "network"),
    [
        (POINTS[0], "bc1qcr8te4kr609gcawutmrza0j4xv80jy8z306fyu", "main"),
        (POINTS[1], "2Mww8dCYPUpKHofjgcXcBCEGmniw9CoaiD2", "test"),
        (POINTS[2], "1BgGZ9tcN4rm9KBzDn7KprQz87SZ26SAMH", "main"),
        (POINTS[2], "1EHNa6Q4Jz2uvNExL497mE43ikXhwF6kZm", "main"),
        (POINTS[2], "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4", "main"),
        (POINTS[2], "3JvL6Ymt8MVWiCNHC7oWU6nLeHNJKLZGLN", "main"),
    ],
)
def test_forms_of_published_keys(key: str, address: str, network: str) -> None:
    assert decode(address, network) in forms(sc.p2pk(bytes.fromhex(key)))


def test_no_key_is_taken_out_of_a_script_of_several_owners() -> None:
    one, two = KEYS[:2]
    for script in (sc.multisig(1, (one, two)), sc.p2sh(bytes(20)), sc.witness(0, bytes(32)), sc.witness(1, bytes(32))):
        assert forms(script) == []
    assert forms(sc.p2pk(b"\2" + b"\xff" * 32)), "no point of the curve: its own hash only"


ALL = [
    *dict.fromkeys(f for k in KEYS for f in (sc.p2pk(k), *forms(sc.p2pk(k)))),
    sc.multisig(1, (KEYS[0], KEYS[3])),
    b"",
    b"\x6a\1x",
    sc.PAY_TO_ANCHOR,
]
TXS = st.lists(
    st.tuples(st.lists(st.integers(0, len(ALL) - 1), max_size=2), st.lists(st.integers(0, len(ALL) - 1), max_size=3)),
    max_size=14,
)


@given(TXS)
def test_links_are_the_pairs_whose_bytes_show_one_key(txs: list[tuple[list[int], list[int]]]) -> None:
    scripts, ids = Scripts(), {}
    for spent, paid in txs:
        for s in (*paid, *spent):
            if s not in ids:
                raw = np.frombuffer(ALL[s] + b"\0", np.uint8)
                ids[s] = int(scripts.intern(raw, np.zeros(1, np.int64), np.array([len(ALL[s])], np.int32))[0])
    name = {v: ALL[k] for k, v in ids.items()}
    seen = {}
    for t, (spent, paid) in enumerate(txs):
        for s in (*spent, *paid):
            seen.setdefault(ids[s], t)
    in_script = np.array([ids[s] for spent, _ in txs for s in spent], np.int32)
    out_script = np.array([ids[s] for _, paid in txs for s in paid], np.int32)
    first_in, first_out = (np.cumsum([0] + [len(t[k]) for t in txs]) for k in (0, 1))
    found = key_links(scripts, out_script, first_out, in_script, first_in)
    want = set()
    for a in name:
        for b in name:
            if a < b and (name[b] in forms(name[a]) or name[a] in forms(name[b])):
                want.add((max(seen[a], seen[b]), a, b))
    assert list(zip(found.tx.tolist(), found.script.tolist(), found.other.tolist(), strict=True)) == sorted(want)


def test_the_first_blocks_show_two_keys_in_two_forms(data_dir: Path, tmp_path: Path) -> None:
    build(tmp_path / "ledger", [data_dir / "chain" / "blocks" / "main_0-4312.blk00000.dat"], "main")
    ledger = open_ledger(tmp_path / "ledger")
    links = ledger.links
    assert len(links.tx) == 2
    for tx, a, b in zip(links.tx.tolist(), links.script.tolist(), links.other.tolist(), strict=True):
        key, hashed = sorted((ledger.script_bytes(a), ledger.script_bytes(b)), key=len, reverse=True)
        assert hashed == sc.p2pkh(hashlib.new("ripemd160", hashlib.sha256(key[1:-1]).digest()).digest())
        assert same_key(ledger, hashed) == same_key(ledger, key) == sorted((a, b))
        assert ledger.cluster_of[a] == ledger.cluster_of[b]
        both = [r for r in ledger.merges_of(int(ledger.cluster_of[a])) if r[1] == "same_key"]
        assert (ledger.txid_hex(tx), "same_key") in both
        alone = ledger.clusters(rules=("multi_input",))
        assert (alone[a] == alone[b]) == (ledger.clusters(frozenset({ledger.txid_hex(tx)}))[a] == alone[b])
        low = ledger.at(int(ledger.tx_height[tx]) - 1)
        assert len(low.links.tx) < len(links.tx)
    assert same_key(ledger, sc.p2pkh(key_hash(KEYS[1]))) == []
