"""Scripts that one key opens: the owner of one is the owner of all, whatever address they are written as.

Of a key there are: pay to the key itself, whole or compressed; to the hash of either; to the compressed key's witness
form, bare and inside p2sh (BIP16, BIP141). A hash alone tells its p2pkh and witness forms; whole and compressed form
meet only where a p2pk output shows the key. Bare multisig has several owners and joins none of its keys; p2wsh and p2tr
show no key (a taproot output key is tweaked, BIP341).
"""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import numpy.typing as npt

from leadline.engines.ledger.blocks.chunks import THREADS
from leadline.engines.ledger.blocks.undo import whole
from leadline.engines.ledger.clustering.clusters import NO_LINKS, Links
from leadline.engines.ledger.clustering.hash160_kernels import hash160s
from leadline.engines.ledger.scripts.dictionary import Scripts
from leadline.kinds.bitcoin import script as sc

Array = npt.NDArray[Any]
EMPTY = bytes(20)
"""In place of a hash in a script whose form is wanted."""
BATCH = 1 << 18
"""Scripts whose other forms are looked up at once: some 30 MB of forms."""


def key_hash(data: bytes) -> bytes:
    """HASH160, RIPEMD-160 of SHA-256: what p2pkh and p2wpkh keep of a key; `data` is at most 119 bytes."""
    out = np.empty((1, 20), np.uint8)
    hash160s(np.frombuffer(data + b"\0", np.uint8), np.zeros(1, np.int64), len(data), out)
    return bytes(out[0])


def keys_of(key: bytes) -> list[bytes]:
    """A public key as written, then compressed and whole (SEC 1, 2.3.3); only as written where it is no point."""
    x = int.from_bytes(key[1:33], "big")
    y = int.from_bytes(key[33:], "big") if len(key) == 65 else whole(x, key[0] & 1)
    if y is None:
        return [key]
    short = bytes([2 + (y & 1)]) + key[1:33]
    return list(dict.fromkeys([key, short, b"\4" + key[1:33] + y.to_bytes(32, "big")]))


def forms(script: bytes) -> list[bytes]:
    """The other scripts that are known to be of the key of `script`, from its bytes alone; none of other kinds."""
    kind = sc.classify(script)
    if kind == sc.P2PK:
        keys = keys_of(script[1:-1])
        found = [form for key in keys for form in (sc.p2pk(key), sc.p2pkh(key_hash(key)))]
        found += [form for key in keys if len(key) == 33 for form in _witness_forms(key_hash(key))]
    elif kind in (sc.P2PKH, sc.P2WPKH):
        known = script[3:23] if kind == sc.P2PKH else script[2:]
        found = [sc.p2pkh(known), *_witness_forms(known)]
    else:
        return []
    return [form for form in dict.fromkeys(found) if form != script]


def _witness_forms(known: bytes) -> tuple[bytes, bytes]:
    bare = sc.witness(0, known)
    return bare, sc.p2sh(key_hash(bare))


def key_links(scripts: Scripts, out_script: Array, first_out: Array, in_script: Array, first_in: Array) -> Links:
    """Every pair of scripts one of which shows the other to be of its key, with the transaction that made it seen.

    That is the first by which both have been paid or spent.
    """
    held = scripts.columns()
    blob, at, kinds = (held[name] for name in ("script_blob", "script_at", "script_kind"))
    pairs = [
        *_by_hash(scripts, blob, at, kinds, sc.P2PKH, 3),
        *_by_hash(scripts, blob, at, kinds, sc.P2WPKH, 2),
        *_by_key(scripts, blob, at, kinds),
    ]
    found = np.concatenate(pairs) if pairs else np.empty((0, 2), np.int64)
    if not len(found):
        return NO_LINKS
    found = np.unique(np.sort(found, axis=1), axis=0)
    ids, place = np.unique(found, return_inverse=True)
    seen = np.minimum(_first(ids, out_script, first_out), _first(ids, in_script, first_in))
    tx = seen[place.reshape(found.shape)].max(axis=1)
    order = np.lexsort((found[:, 1], found[:, 0], tx))
    return Links(tx[order], found[order, 0].astype(np.int32), found[order, 1].astype(np.int32))


def _by_hash(scripts: Scripts, blob: Array, at: Array, kinds: Array, kind: int, offset: int) -> list[Array]:
    """Pairs of a script of `kind`, whose hash stands at `offset`, and the other forms of that hash."""
    own = np.flatnonzero(kinds == kind)
    bare = bool((kinds == (sc.P2WPKH if kind == sc.P2PKH else sc.P2PKH)).any())
    nested = bool((kinds == sc.P2SH).any())
    parts = [own[k : k + BATCH] for k in range(0, len(own) if bare or nested else 0, BATCH)]

    def met(ids: Array) -> list[Array]:
        held = blob[(at[ids] + offset)[:, None] + np.arange(20)]
        witness = _wrapped(sc.witness(0, EMPTY), 2, held)
        other = witness if kind == sc.P2PKH else _wrapped(sc.p2pkh(EMPTY), 3, held)
        pairs = _met(scripts, ids, other) if bare else []
        if nested:
            inner = np.empty((len(ids), 20), np.uint8)
            hash160s(witness.reshape(-1), np.arange(len(ids)) * witness.shape[1], witness.shape[1], inner)
            pairs += _met(scripts, ids, _wrapped(sc.p2sh(EMPTY), 2, inner))
        return pairs

    with ThreadPoolExecutor(THREADS) as pool:
        return [pair for found in pool.map(met, parts) for pair in found]


def _wrapped(form: bytes, offset: int, held: Array) -> Array:
    """The script `form` once a row, with the 20 bytes of `held` at `offset`."""
    rows = np.empty((len(held), len(form)), np.uint8)
    rows[:] = np.frombuffer(form, np.uint8)
    rows[:, offset : offset + 20] = held
    return rows


def _met(scripts: Scripts, ids: Array, wanted: Array) -> list[Array]:
    """The pairs (ids[i], script with the bytes of wanted[i]) for those that are there."""
    there = scripts.find_all(wanted.reshape(-1), np.arange(len(ids) + 1) * wanted.shape[1])
    hit = there >= 0
    return [np.stack([ids[hit], there[hit]], axis=1)] if hit.any() else []


def _by_key(scripts: Scripts, blob: Array, at: Array, kinds: Array) -> list[Array]:
    """Pairs of a script that shows a key and its other forms."""
    pairs = []
    own = np.flatnonzero(kinds == sc.P2PK)
    for k in range(0, len(own), BATCH):
        ids = own[k : k + BATCH].tolist()
        wanted = [(s, form) for s in ids for form in forms(blob[at[s] : at[s + 1]].tobytes())]
        ends = np.zeros(len(wanted) + 1, np.int64)
        np.cumsum([len(form) for _, form in wanted], out=ends[1:])
        there = scripts.find_all(np.frombuffer(b"".join(form for _, form in wanted), np.uint8), ends)
        hit = there >= 0
        pairs.append(np.stack([np.array([s for s, _ in wanted], np.int64)[hit], there[hit]], axis=1))
    return pairs


def _first(ids: Array, scripts: Array, edges: Array) -> Array:
    """The first transaction (row of `edges`) where each of the ascending `ids` stands in `scripts`; past all, none."""
    wanted = np.zeros(int(ids[-1]) + 1, np.bool_)
    wanted[ids] = True
    first = np.full(len(ids), len(edges), np.int64)
    for k in range(0, len(scripts), BATCH):
        part = np.asarray(scripts[k : k + BATCH])
        here = np.flatnonzero((part >= 0) & (part <= ids[-1]) & wanted[np.clip(part, 0, ids[-1])])
        met, where = np.unique(part[here], return_index=True)
        place = np.searchsorted(ids, met)
        tx = np.searchsorted(edges, k + here[where], side="right") - 1
        first[place] = np.minimum(first[place], tx)
    return first
