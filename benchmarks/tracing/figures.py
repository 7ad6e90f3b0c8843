"""Figures with their size and interval: what trace and the clusters said beside a truth."""

from collections import Counter
from typing import Any

import numpy as np
import pyarrow as pa

from leadline.engines.ledger import Ledger, change
from leadline.engines.ledger.clusters import clustered
from leadline.engines.ledger.view import View
from leadline.kinds import source
from leadline.kinds.codecs import address
from leadline.scenario.plan import TAGGED
from tracing.play import Played
from tracing.shares import share


def _pairs(table: pa.Table, *names: str) -> list[tuple[Any, ...]]:
    return list(zip(*(table[name].to_pylist() for name in names), strict=True))


def releases(case: Played, tables: dict[str, pa.Table]) -> dict[str, Any]:
    """By hops: claims that name the true service, true services named; whole paths; stop reasons against the truth.

    A path is right only when service, release output and number of hops all are: its figure is the path's.
    """
    claims: dict[str, set[tuple[str, str, int, str]]] = {}
    for payment, service, release, hops, grade in _pairs(
        tables["release"], "payment", "service", "release_outpoint", "hops", "grade"
    ):
        claims.setdefault(payment, set()).add((service.removeprefix("service:"), release, hops, grade))
    stops: dict[str, dict[str, int]] = {}
    for payment, reason, ppm in _pairs(tables["stop"], "payment", "reason", "share_ppm"):
        mine = stops.setdefault(payment, {})
        mine[reason] = mine.get(reason, 0) + ppm
    by: dict[str, Counter[str]] = {}
    grades: dict[str, Counter[str]] = {}
    matrix: Counter[str] = Counter()
    bought = set(case.truth["purchases"]["purchase"].to_pylist())
    for row in case.truth["payments"].to_pylist():
        if row["purchase"] not in bought:
            continue
        payment = f"outpoint:{row['txid']}:{row['vout']}"
        true = row["service"] if row["stop"] is None and row["service"] in TAGGED else None
        mine = claims.get(payment, set())
        count = by.setdefault("direct" if row["hops"] == 0 else f"{row['hops']} hops", Counter())
        count["payments"] += 1
        count["known"] += true is not None
        count["named"] += len({s for s, *_ in mine})
        count["right"] += sum(s == true for s in {s for s, *_ in mine})
        exact = (true, f"outpoint:{row['release_txid']}:{row['release_vout']}", row["hops"])
        count["paths"] += len({c[:3] for c in mine})
        count["paths right"] += sum(c[:3] == exact for c in mine)
        for c in mine:
            grade = grades.setdefault(c[3], Counter())
            grade["paths"] += 1
            grade["right"] += c[:3] == exact
        said = max(sorted(stops[payment]), key=lambda r: stops[payment][r]) if payment in stops else "none"
        matrix[f"{row['stop'] or 'released'} -> {'released' if mine else said}"] += 1
    return {
        "services": {
            name: {
                "precision": share(c["right"], c["named"]),
                "recall": share(c["right"], c["known"]),
                "path_precision": share(c["paths right"], c["paths"]),
                "payments": c["payments"],
            }
            for name, c in sorted(by.items())
        },
        "paths_by_grade": {g: share(c["right"], c["paths"]) for g, c in sorted(grades.items())},
        "stops": dict(sorted(matrix.items())),
    }


def reached(tables: dict[str, pa.Table]) -> dict[str, Any]:
    """Satoshi of payments that are traced to a tagged service, with the tags pinned and nothing else."""
    value = dict(_pairs(tables["payment"], "outpoint", "value_sat"))
    pairs = _pairs(tables["release"], "payment", "share_ppm")
    part = sum(value[p] * ppm for p, ppm in pairs) // 1_000_000
    return {"part_sat": part, "whole_sat": sum(value.values()), "share": round(part / sum(value.values()), 6)}


def taints(tables: dict[str, pa.Table]) -> dict[str, Any]:
    """By rule of taint: what its places add up to less the receipts, in satoshi, and what reached services."""
    whole = sum(tables["payment"]["value_sat"].to_pylist())
    sums: dict[str, Counter[str]] = {}
    for rule, place, sat in _pairs(tables["taint"], "rule", "place", "value_sat"):
        count = sums.setdefault(rule, Counter())
        count["whole"] += sat
        count["services"] += sat if place.startswith("service:") else 0
    return {
        rule: {"sum less receipts": c["whole"] - whole, "at services": c["services"]}
        for rule, c in sorted(sums.items())
    }


def cashouts(case: Played, tables: dict[str, pa.Table]) -> dict[str, Any]:
    """Cash-outs found, to tagged and to other services, and those that are none."""
    real = {f"outpoint:{t}:{v}": s for t, v, s in _pairs(case.truth["cashouts"], "txid", "vout", "service")}
    said = dict(_pairs(tables["cashout"], "outpoint", "service"))
    named = {o: s for o, s in real.items() if s in TAGGED}
    right = sum(said.get(o) == f"service:{s}" for o, s in named.items())
    return {
        "recall, tagged services": share(right, len(named)),
        "recall, other services": share(sum(o in said for o in real if o not in named), len(real) - len(named)),
        "precision": share(sum(o in real for o in said), len(said)),
    }


def brief(case: Played, tables: dict[str, pa.Table]) -> dict[str, Any]:
    """The few figures a sweep shows: services over all hops, whole paths, stop reasons, cash-outs."""
    whole = releases(case, tables)
    sums: Counter[str] = Counter()
    for row in whole["services"].values():
        for name in ("precision", "recall", "path_precision"):
            sums[name] += row[name]["part"]
            sums[f"{name} n"] += row[name]["n"]
    services = {name: share(sums[name], sums[f"{name} n"]) for name in ("precision", "recall", "path_precision")}
    return {**services, "stops": whole["stops"], "cash-outs": cashouts(case, tables)}


def tagged(case: Played, ledger: Ledger) -> np.ndarray:
    """Scripts of the ledger that the pinned packs tag."""
    table = source.read("tag", case.pins["tag"][0].path)
    ids = ledger.find_scripts([address.decode(text, ledger.network) for text in table["address"].to_pylist()])
    return ids[ids >= 0]


def owners(case: Played, ledger: Ledger) -> np.ndarray:
    """By script of the ledger a number for its owner, -1 where the truth names none."""
    table = case.truth["owners"]
    ids = ledger.find_scripts(table["script"].to_pylist())
    names = table["owner"].combine_chunks().dictionary_encode()
    codes = names.indices.to_numpy(zero_copy_only=False)
    nobody = [i for i, name in enumerate(names.dictionary.to_pylist()) if name == "nobody"]
    codes = np.where(np.isin(codes, nobody), -1, codes)
    # the operator keeps the site's wallets: one owner
    word = {name: i for i, name in enumerate(names.dictionary.to_pylist())}
    if "operator" in word and "site" in word:
        codes = np.where(codes == word["operator"], word["site"], codes)
    out = np.full(len(ledger.script_kind), -1, np.int64)
    out[ids[ids >= 0]] = codes[ids >= 0]
    return out


def pairwise(label: np.ndarray, owner: np.ndarray) -> dict[str, Any]:
    """Pairs of scripts put together that have one owner, of all put together and of all that have one owner."""
    known = owner >= 0
    label, owner = label[known].astype(np.int64), owner[known]

    def pairs(key: np.ndarray) -> int:
        counts = np.unique(key, return_counts=True)[1].astype(object)
        return int(sum(int(n) * (int(n) - 1) // 2 for n in counts.tolist()))

    both = pairs(label * (int(owner.max(initial=0)) + 1) + owner)
    together, same = pairs(label), pairs(owner)
    mixed = np.unique(np.stack([label, owner], axis=1), axis=0)[:, 0]
    collapsed = int((np.unique(mixed, return_counts=True)[1] > 1).sum())
    return {
        "precision": share(both, together),
        "recall": share(both, same),
        "clusters of several owners": collapsed,
        "largest cluster": int(np.unique(label, return_counts=True)[1].max(initial=0)),
    }


def clusters(ledger: Ledger, owner: np.ndarray) -> dict[str, Any]:
    """Pairwise figures with the CoinJoin rules on, and off."""
    off = clustered(
        ledger.tx_first_in, ledger.in_prev, ledger.out_script, ledger.script_kind, np.zeros_like(ledger.tx_join)
    )
    return {"with CoinJoin rules": pairwise(ledger.cluster_of, owner), "without": pairwise(off.label, owner)}


def changes(ledger: Ledger, view: View, owner: np.ndarray) -> dict[str, Any]:
    """Change by sign and by margin on every two-output payment of which the truth knows the one change output."""
    txs = change.payments(view, 2)
    signs = change.signs(ledger, view, txs)
    payer = owner[view.out_script[view.in_prev[view.tx_first_in[txs]]]]
    first = view.tx_first_out[txs]
    own = np.stack([owner[view.out_script[first]] == payer, owner[view.out_script[first + 1]] == payer], axis=1)
    usable = (own.sum(axis=1) == 1) & (payer >= 0)
    truth = own[:, 1].astype(np.int64)
    n = int(usable.sum())
    rows: dict[str, Any] = {"transactions": n}

    def row(fires: np.ndarray, says: np.ndarray) -> dict[str, Any]:
        fires = fires & usable
        right = int((says[fires] == truth[fires]).sum())
        return {"right": share(right, int(fires.sum())), "fires": share(int(fires.sum()), n)}

    for i, name in enumerate(change.SIGNS):
        rows[f"sign {name}"] = row(signs.says[:, i] >= 0, signs.says[:, i])
    for least in (1, 2, 3):
        rows[f"margin of {least} or more"] = row(np.abs(signs.margin) >= least, signs.change)
    return rows
