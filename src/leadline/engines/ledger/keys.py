"""Scripts that one key opens: the owner of one is the owner of all, whatever address they are written as."""

import hashlib

import numpy as np

from leadline.engines.ledger.ledger import Ledger
from leadline.kinds.codecs import script as sc


def key_hash(data: bytes) -> bytes:
    """RIPEMD-160 of SHA-256: what p2pkh and p2wpkh keep of a key."""
    return hashlib.new("ripemd160", hashlib.sha256(data).digest()).digest()


def same_key(ledger: Ledger, script: bytes) -> list[int]:
    """Ids of the ledger's scripts that the key of `script` opens, itself included, ascending.

    Of a p2pkh, p2wpkh or p2pk script: pay to the key itself in the same form (compressed or not), to its hash, and to
    its witness forms, bare and inside p2sh. The two forms of a key have different hashes and meet only where a p2pk
    output shows the key. Of other kinds nothing but the script itself.
    """
    kind = sc.classify(script)
    if kind == sc.P2PK:
        hashes = {key_hash(script[1:-1])}
    elif kind in (sc.P2PKH, sc.P2WPKH):
        hashes = {script[3:23] if kind == sc.P2PKH else script[2:]}
    else:
        found = ledger.find_script(script)
        return [found] if found >= 0 else []
    ids = set()
    for s in np.flatnonzero(ledger.script_kind == sc.P2PK).tolist():
        if key_hash(ledger.script_bytes(s)[1:-1]) in hashes:
            ids.add(s)
    forms = [
        form for h in sorted(hashes) for form in (sc.p2pkh(h), sc.witness(0, h), sc.p2sh(key_hash(sc.witness(0, h))))
    ]
    return sorted(ids | {int(i) for i in ledger.find_scripts(forms) if i >= 0})
