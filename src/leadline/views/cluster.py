"""Who owns what with whom, which merges look wrong, which output is change: leads, each with what says so."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.compute as pc

from leadline.engines.ledger import Ledger
from leadline.engines.ledger.change_outputs import signs
from leadline.engines.ledger.change_outputs.asked import asked
from leadline.engines.ledger.change_outputs.rules import RULES as CHANGE_RULES
from leadline.engines.ledger.change_outputs.score import score
from leadline.engines.ledger.clustering.cannot_link import LARGE, ClusterConflict, constrained
from leadline.engines.ledger.view import as_of
from leadline.errors import EvidenceError, UsageError
from leadline.kinds import source
from leadline.kinds.bitcoin import script as sc
from leadline.kinds.bitcoin.address import decode, encode
from leadline.model.ledger import RULES
from leadline.views.named import script_of, tx_of
from leadline.views.transaction import Facts

HUGE = LARGE
"""Scripts from which a cluster is huge, unless another number is asked for."""


def cluster(
    opened: Ledger,
    address: str,
    *,
    withdrawn: Sequence[str] = (),
    without_rules: Sequence[str] = (),
    cannot_link: Sequence[tuple[str, str]] = (),
    tags: Path | None = None,
) -> Facts:
    """The scripts that have one owner with an address's, the merges that say so, and those refused or to look at.

    `withdrawn` are transactions whose merges are left out, `cannot_link` pairs of addresses known to have different
    owners.

    Raises:
        UsageError: no output of the ledger pays the address, or a pair that may not be linked is none.
    """
    found = opened.find_script(script_of(opened, address))
    if found < 0:
        raise UsageError("no output of the ledger pays this address", remedy="see `ledger find` for scripts of its key")
    held = [_cannot_link(opened, *two) for two in cannot_link]
    skip = np.array(sorted({tx_of(opened, t) for t in withdrawn}), np.int64)
    actors, names = _actors(opened, tags)
    made = constrained(
        opened.tx_first_in, opened.in_script, opened.script_kind, opened.tx_join, held, actors, skip=skip,
        links=opened.links, rules=[r for r in RULES if r not in without_rules], in_value=opened.in_value,
    )  # fmt: skip
    labels, merges = made.clusters.label, made.clusters
    members = np.flatnonzero(labels == labels[found])
    own = np.flatnonzero(labels[merges.merge_script] == labels[found])
    noted = [a for a in made.conflicts if labels[a.labels[0]] == labels[found]]
    return {
        "ok": True,
        "label": int(labels[found]),
        "height": opened.height,
        "without": sorted(withdrawn),
        "without_rules": sorted(without_rules),
        "scripts": [_script_text(opened, int(s)) for s in members],
        "merges": [
            {"txid": opened.txid_hex(int(merges.merge_tx[m])), "rule": RULES[int(merges.merge_rule[m])]} for m in own
        ],
        "refused": [
            {"txid": opened.txid_hex(int(t)), "rule": RULES[int(r)]}
            for t, r in zip(made.refused, made.refused_rule, strict=True)
        ],
        "conflicts": [_conflict(opened, a, names) for a in noted],
    }


def conflicts(opened: Ledger, *, tags: Path | None = None, huge: int = HUGE) -> Facts:
    """The merges that join two huge clusters, or clusters whose tags name different actors."""
    actors, names = _actors(opened, tags)
    columns = (opened.tx_first_in, opened.in_script, opened.script_kind, opened.tx_join)
    made = constrained(*columns, (), actors, huge, links=opened.links, in_value=opened.in_value)
    rows = [_conflict(opened, a, names) for a in made.conflicts]
    return {"ok": True, "height": opened.height, "huge": huge, "tagged_scripts": len(actors), "conflicts": rows}


def change(opened: Ledger, txid: str) -> Facts:
    """Which output of a payment went back to the payer, by every published rule and by all together.

    Raises:
        UsageError: the transaction is none that such rules can be asked about.
    """
    found = tx_of(opened, txid)
    view = as_of(opened, frozenset())
    if found not in signs.payments(view):
        raise UsageError(
            "rules of change ask payments with several outputs whose inputs the ledger holds, and no mixes",
            remedy="see `ledger tx` for what the transaction is",
        )
    made = score(asked(view, np.array([found], np.int64)))
    first, named = int(view.tx_first_out[found]), int(made.change[0])
    outputs: list[dict[str, Any]] = [
        {
            "outpoint": opened.outpoint(output),
            "value_sat": int(view.out_value[output]),
            "script": _script_text(opened, int(view.out_script[output])),
            "rules": made.reasons(0, output - first),
        }
        for output in range(first, int(view.tx_first_out[found + 1]))
    ]
    return {
        "ok": True,
        "txid": opened.txid_hex(found),
        "change": outputs[named]["outpoint"] if named >= 0 else None,
        "score_ppm": int(made.score_ppm[0]),
        "close": bool(made.close[0]),
        "outputs": outputs,
        "rules": [{"name": r.name, "claims": r.says, "source": r.source} for r in CHANGE_RULES],
    }


def _cannot_link(opened: Ledger, one: str, other: str) -> tuple[int, int]:
    """The scripts of two addresses that may not be linked; UsageError when they are one, or one was never paid."""
    a, b = (opened.find_script(script_of(opened, text)) for text in (one, other))
    if a < 0 or b < 0:
        raise UsageError(
            "no output of the ledger pays one of the addresses that may not be linked",
            remedy="leave that pair out: nothing of the ledger could join it",
        )
    if a == b:
        raise UsageError(
            "the two addresses that may not be linked are one", remedy="name two addresses of different owners"
        )
    return a, b


def _script_text(opened: Ledger, script: int) -> str:
    raw = opened.script_bytes(script)
    return encode(raw, opened.network) or f"{sc.kind(raw)} {raw.hex()}"


def _actors(opened: Ledger, tags: Path | None) -> tuple[list[tuple[int, int]], list[str]]:
    """(script, actor's number) of the pack's good tags of addresses the ledger pays, and the actors' names."""
    if tags is None:
        return [], []
    if not tags.is_file():
        raise UsageError("no such tag pack", where=tags.name, remedy="name a tag pack's file: YAML or CSV")
    table = source.read("tag", tags)
    usable = pc.and_(pc.is_null(table["fault"]), pc.and_(pc.is_null(table["vendor"]), pc.is_valid(table["address"])))
    numbers: dict[str, int] = {}
    actors = []
    for row in table.filter(usable).select(["address", "actor", "label", "tag_type"]).to_pylist():
        name, script = row["actor"] or row["label"], _tagged(opened, row["address"])
        if script >= 0 and row["tag_type"] in (None, "actor") and name:
            actors.append((script, numbers.setdefault(name, len(numbers))))
    return actors, list(numbers)


def _tagged(opened: Ledger, address: str) -> int:
    """The script of a tag's address, -1 for one of another network or never paid."""
    try:
        return opened.find_script(decode(address, opened.network))
    except EvidenceError:
        return -1


def _conflict(opened: Ledger, conflict: ClusterConflict, names: Sequence[str]) -> dict[str, Any]:
    return {
        "txid": opened.txid_hex(conflict.tx),
        "labels": list(conflict.labels),
        "huge": conflict.huge,
        "actors": [names[a] for a in conflict.actors] if conflict.tagged else [],
    }
