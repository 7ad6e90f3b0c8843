"""Figures with their size and interval: what trace and the clusters said beside a truth."""

from collections import Counter
from typing import Any

import numpy as np
import pyarrow as pa

from leadline.engines.ledger import Ledger
from leadline.engines.ledger.attribution import service_signs
from leadline.engines.ledger.change_outputs.signs import SIGNS, payments, signs
from leadline.engines.ledger.clustering.clusters import clustered
from leadline.engines.ledger.view import View
from leadline.kinds.bitcoin.script import KINDS
from leadline.scenario.plan import SERVICES, TAGGED
from tracing.play import Played, bought
from tracing.shares import share


def _pairs(table: pa.Table, *names: str) -> list[tuple[Any, ...]]:
    return list(zip(*(table[name].to_pylist() for name in names), strict=True))


Claim = tuple[str, str, int, str]
"""Service, release outpoint, hops, grade."""


def claims(tables: dict[str, pa.Table]) -> dict[str, set[Claim]]:
    """By payment, the services it is said to come from."""
    found: dict[str, set[Claim]] = {}
    for payment, service, release, hops, grade in _pairs(
        tables["release"], "payment", "service", "release_outpoint", "hops", "grade"
    ):
        found.setdefault(payment, set()).add((service.removeprefix("service:"), release, hops, grade))
    return found


def stops(tables: dict[str, pa.Table]) -> dict[str, str]:
    """By payment, the reason for which the largest share of it stops."""
    shares: dict[str, Counter[str]] = {}
    for payment, reason, ppm in _pairs(tables["stop"], "payment", "reason", "share_ppm"):
        shares.setdefault(payment, Counter())[reason] += ppm
    return {payment: max(sorted(mine), key=mine.__getitem__) for payment, mine in shares.items()}


def releases(case: Played, tables: dict[str, pa.Table], ledger: Ledger) -> dict[str, Any]:
    """By hops: claims that name the true service, true services named; whole paths; stop reasons against the truth.

    A path is right only when service, release output and number of hops all are: its figure is the path's. The wallet
    kind is the script kind of the coins that a private person paid with.
    """
    named, ended = claims(tables), stops(tables)
    by: dict[str, Counter[str]] = {}
    wallets: dict[str, Counter[str]] = {}
    grades: dict[str, Counter[str]] = {}
    matrix: Counter[str] = Counter()
    for row in bought(case):
        payment = f"outpoint:{row['txid']}:{row['vout']}"
        true, mine = row["tagged service"], named.get(payment, set())
        exact = (true, f"outpoint:{row['release_txid']}:{row['release_vout']}", row["hops"])
        counts = [by.setdefault("direct" if row["hops"] == 0 else f"{row['hops']} hops", Counter())]
        if row["hops"]:
            counts.append(wallets.setdefault(_wallet(ledger, row["txid"]), Counter()))
        for count in counts:
            count["payments"] += 1
            count["known"] += true is not None
            count["named"] += len({s for s, *_ in mine})
            count["right"] += sum(s == true for s in {s for s, *_ in mine})
            count["paths"] += len({c[:3] for c in mine})
            count["paths right"] += sum(c[:3] == exact for c in mine)
        for c in mine:
            grade = grades.setdefault(c[3], Counter())
            grade["paths"] += 1
            grade["right"] += c[:3] == exact
        matrix[f"{row['stop'] or 'released'} -> {'released' if mine else ended.get(payment, 'none')}"] += 1
    return {
        "services": {name: _three(c) for name, c in sorted(by.items(), key=lambda item: item[0].rjust(8))},
        "services by wallet kind": {name: _three(c) for name, c in sorted(wallets.items())},
        "paths by grade": {g: share(c["right"], c["paths"]) for g, c in sorted(grades.items())},
        "stops": dict(sorted(matrix.items())),
    }


def _three(count: Counter[str]) -> dict[str, Any]:
    return {
        "precision": share(count["right"], count["named"]),
        "recall": share(count["right"], count["known"]),
        "path precision": share(count["paths right"], count["paths"]),
        "payments": count["payments"],
    }


def _wallet(ledger: Ledger, txid: str) -> str:
    """The script kind of the first coin a transaction spends."""
    spent = int(ledger.in_prev[ledger.tx_first_in[ledger.tx_index(txid)]])
    return KINDS[int(ledger.script_kind[ledger.out_script[spent]])]


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


def brief(case: Played, tables: dict[str, pa.Table], ledger: Ledger) -> dict[str, Any]:
    """The few figures a sweep shows: services over all hops, whole paths, stop reasons, cash-outs, clusters, dust."""
    whole = releases(case, tables, ledger)
    sums: Counter[str] = Counter()
    for row in whole["services"].values():
        for name in ("precision", "recall", "path precision"):
            sums[name] += row[name]["part"]
            sums[f"{name} n"] += row[name]["n"]
    services = {name: share(sums[name], sums[f"{name} n"]) for name in ("precision", "recall", "path precision")}
    right = sum(n for key, n in whole["stops"].items() if len(set(key.split(" -> "))) == 1)
    purchases = {f"outpoint:{row['txid']}:{row['vout']}" for row in bought(case)}
    received = set(tables["payment"]["outpoint"].to_pylist())
    return {
        **services,
        "ends as it should": share(right, sum(whole["stops"].values())),
        "cash-outs": cashouts(case, tables)["precision"],
        "pairs of scripts together that have one owner": pairwise(ledger.cluster_of, owners(case, ledger))["precision"],
        "payments that are no purchase": share(len(received - purchases), len(received)),
        "of those, a service is named for": share(
            len((received - purchases) & set(claims(tables))), len(received - purchases)
        ),
    }


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


def changes(view: View, owner: np.ndarray) -> dict[str, Any]:
    """Change by sign and by margin on every two-output payment of which the truth knows the one change output."""
    txs = payments(view, 2)
    said = signs(view, txs)
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

    for i, name in enumerate(SIGNS):
        rows[f"sign {name}"] = row(said.says[:, i] >= 0, said.says[:, i])
    rows["margin of 1 alone"] = row(said.margin == 1, said.change)
    for least in (1, 2, 3):
        rows[f"margin of {least} or more"] = row(np.abs(said.margin) >= least, said.change)
    return rows


def service_shares(case: Played, view: View) -> dict[str, Any]:
    """How many payments of private people, and of services, show the signs of a service and of one that mixes.

    A sample of each. Nobody is named by these signs: they end a path that has no other answer, as *no addressee*.
    """
    ledger, rows = view.ledger, case.truth["owners"]
    ids = ledger.find_scripts(rows["script"].to_pylist())
    kind = np.full(len(ledger.script_kind), -1, np.int64)
    words = [name.partition(":")[0] for name in rows["owner"].to_pylist()]
    kind[ids[ids >= 0]] = np.array([_SIDES.get(word, -1) for word in words], np.int64)[ids >= 0]
    spent = view.in_prev[np.minimum(view.tx_first_in[:-1], len(view.in_prev) - 1)]
    side = np.where((spent >= 0) & ~view.mixed, kind[view.out_script[np.maximum(spent, 0)]], -1)
    kept = ledger.find_scripts(case.truth["accounts"]["script"].to_pylist())
    found = {}
    for name, code in (("private people", 0), ("services", 1), ("mixers", 2)):
        txs = np.flatnonzero(side == code)
        txs = txs[:: max(1, len(txs) // SAMPLE)]
        signs = service_signs.service_signs(view, txs, kept[kept >= 0])
        found[name] = {
            "a service's": share(int(signs.service.sum()), len(txs)),
            "a mixer's": share(int(signs.mixes.sum()), len(txs)),
        }
    return found


SAMPLE = 3_000
"""Most transactions of a kind of owner whose signs are counted."""
_SIDES = {
    **dict.fromkeys(("private", "person", "customer"), 0),
    **{name: 2 if kind == "mixer" else 1 for name, kind in SERVICES.items()},
}
