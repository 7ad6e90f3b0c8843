"""The scripts of a ledger that the key of a script opens, for a script that the ledger may not hold itself."""

import numpy as np

from leadline.engines.ledger.clustering.links import forms
from leadline.engines.ledger.ledger import Ledger
from leadline.kinds.bitcoin import script as sc


def same_key(ledger: Ledger, script: bytes) -> list[int]:
    """Ids of the ledger's scripts that the key of `script` opens, itself included, ascending.

    As far as the scripts show: by their bytes (`forms`), over further scripts of the ledger that show them.
    """
    links = ledger.links
    found = {int(i) for i in ledger.find_scripts([script, *forms(script)]) if i >= 0}
    if ledger.find_script(script) < 0 and sc.classify(script) in (sc.P2PKH, sc.P2WPKH):
        found |= {s for s in _keys_shown(ledger) if script in forms(ledger.script_bytes(s))}
    front = found
    while front:
        ids = np.array(sorted(front))
        near = {*links.other[np.isin(links.script, ids)].tolist(), *links.script[np.isin(links.other, ids)].tolist()}
        front = near - found
        found |= front
    return sorted(found)


def _keys_shown(ledger: Ledger) -> list[int]:
    return np.flatnonzero(ledger.script_kind == sc.P2PK).tolist()
