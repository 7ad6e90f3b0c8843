"""CoinJoin rules on real transactions that other detectors listed, beside BlockSci's rule, and on rounds drawn by us.

The lists of real mixes were found by Dumplings' own rules: they measure agreement with another detector, not truth.
Spends after a mix hold real re-mixes and mixes of other protocols, so their figures are upper bounds on false alarms;
beside them stand the figures without those that are mixes by signs our rules do not use (real_mixes).
"""

import json
import zipfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np

from leadline.engines.ledger.clustering import coinjoin_kernels
from leadline.model.ledger import JOIN_NONE, JOINMARKET, JOINS, TX0, WASABI1, WASABI2, WHIRLPOOL
from tracing import real_mixes, rounds
from tracing.shares import share

Input: TypeAlias = tuple[str, int, int, bytes]
"""(transaction, output number, satoshi, script) spent."""
Output: TypeAlias = tuple[int, bytes]
"""(satoshi, script) made."""
Tx: TypeAlias = tuple[str, list[Input], list[Output]]

WHIRLPOOLS, WASABIS = "dumplings__sw_202403.zip", "dumplings__ww1_202405.zip"
FOUND = "listed by Dumplings' own rules: agreement with another detector, not truth; presupposes a shape rule"
DRAWN = "drawn by us from the protocol's documents: self-consistency with our own reading of them"
LISTS = {
    "Whirlpool mixes": (WHIRLPOOLS, "SamouraiCoinJoins", WHIRLPOOL, "0 %; 100 %"),
    "Whirlpool Tx0": (WHIRLPOOLS, "SamouraiTx0s", TX0, "1.9 %; 16.8 % called a mix, 69.8 % Tx0"),
    "Whirlpool post-mix spends": (WHIRLPOOLS, "SamouraiPostMixTxs", None, "9.3 %; 9.8 %"),
    "Wasabi 1 mixes": (WASABIS, "WasabiCoinJoins", WASABI1, "13.8 %; 100 %"),
    "Wasabi 1 post-mix spends": (WASABIS, "WasabiPostMixTxs", None, "3.4 %; 3.4 %"),
}
"""Lists of real transactions: archive, member, the kind they should have (None: none), and what was measured before of
BlockSci's rule (it protects GraphSense's clusters too) and of GraphSense's rules on demand (graphsense-lib 2.18.1)."""


def lines(archive: Path, member: str) -> list[Tx]:
    """Every transaction of one list."""
    found = []
    with zipfile.ZipFile(archive) as zipped:
        for line in zipped.read(f"Scanner/{member}.txt").decode().splitlines():
            txid, _, _, _, spent, created = line.split(":::")[:6]
            inputs = []
            for text in filter(None, spent.split("}{")):
                outpoint, script = text.split("+")[:2]
                prev, vout, value = outpoint.split("-")
                inputs.append((prev, int(vout), int(value), bytes.fromhex(script)))
            outputs = [(int(o.split("+")[0]), bytes.fromhex(o.split("+")[1])) for o in created.split("}{") if o]
            found.append((txid, inputs, outputs))
    return found


def shape(inputs: list[Input], outputs: list[Output]) -> int:
    """The CoinJoin shape of a transaction, as the ledger's kernel tells it."""
    known: dict[bytes, int] = {}
    ins = np.array([value for _, _, value, _ in inputs])
    owners = np.array([known.setdefault(script, len(known)) for *_, script in inputs])
    outs = np.array([value for value, _ in outputs])
    returns = sum(script[:1] == b"\x6a" for _, script in outputs)
    keyhashes = sum(script[:2] == b"\x00\x14" and len(script) == 22 for _, script in outputs)
    return int(coinjoin_kernels.kind(ins, len(ins), owners, outs, len(outs), returns, keyhashes))


def mixes(code: int) -> bool:
    """Whether a transaction of this shape is kept out of clusters."""
    return code not in (JOIN_NONE, TX0)


def blocksci(inputs: list[Input], outputs: list[Output]) -> bool:
    """BlockSci's rule as its paper and documents describe it (Kalodner et al., USENIX Security 2020).

    Two inputs and three outputs at least; half of the outputs (rounded up) are equal and no more are; of no dust value
    (546, 2730); and no fewer inputs, and different input addresses, than there are equal outputs.
    """
    participants = (len(outputs) + 1) // 2
    counts = Counter(value for value, _ in outputs)
    most = max(counts.values(), default=0)
    equal = min((v for v, n in counts.items() if n == most), default=0)
    owners = len({script for *_, script in inputs})
    enough = len(inputs) >= 2 and len(outputs) >= 3 and participants <= min(len(inputs), owners)
    return enough and most == participants and equal not in (546, 2730)


def table(data: Path) -> list[dict[str, Any]]:
    """One row a list: shares kept out by us, named by kind, by BlockSci's rule; other words as they were published."""
    rows = []
    for name, (archive, member, wanted, before) in LISTS.items():
        txs = lines(data / "coinjoin" / archive, member)
        codes = [shape(i, o) for _, i, o in txs]
        kinds = Counter(JOINS[code] for code in codes)
        real = real_mixes.of_its_maker if wanted else real_mixes.is_mix
        rest = [(i, o, code) for (_, i, o), code in zip(txs, codes, strict=True) if not real(i, o)]
        markets = [(i, o) for (_, i, o), code in zip(txs, codes, strict=True) if code == JOINMARKET]
        rows.append(
            {
                "list": name,
                "how its truth arose": FOUND,
                "ours": share(sum(map(mixes, codes)), len(codes)),
                "named as listed": share(sum(c == wanted for c in codes), len(codes)) if wanted else None,
                "kinds": dict(kinds.most_common()),
                "BlockSci's rule": share(sum(blocksci(i, o) for _, i, o in txs), len(txs)),
                "published before (BlockSci; GraphSense on demand)": before,
                "accounts": accounts(markets) if markets else None,
                "mixes left out": {
                    "ours": share(sum(mixes(code) for *_, code in rest), len(rest)),
                    "BlockSci's rule": share(sum(blocksci(i, o) for i, o, _ in rest), len(rest)),
                },
            }
        )
    return rows


def accounts(markets: list[tuple[list[Input], list[Output]]]) -> dict[str, float]:
    """Of transactions named JoinMarket, averages: changes, those whose account closes, and what chance would close."""
    rng = np.random.Generator(np.random.PCG64(1))
    changes = [len(o) - max(Counter(value for value, _ in o).values()) for _, o in markets]
    closes = [real_mixes.closed(i, o) for i, o in markets]
    chance = [real_mixes.by_chance(i, o, rng) for i, o in markets]
    names = ("changes", "accounts that close", "by chance")
    return {"n": len(markets)} | {
        name: round(sum(v) / len(markets), 2) for name, v in zip(names, (changes, closes, chance), strict=True)
    }


def wrongly_listed(data: Path) -> dict[str, Any]:
    """Transactions that a published list calls no Wasabi 1, as far as they are at hand with their inputs."""
    listed = json.loads((data / "coinjoin" / "false_cjtxs_wasabi1.json").read_text())
    ids = {txid for part in listed.values() for txid in part}
    members = [(archive, member) for archive, member, *_ in LISTS.values()]
    txs = {txid: (i, o) for archive, member in members for txid, i, o in lines(data / "coinjoin" / archive, member)}
    codes = [shape(*txs[txid]) for txid in sorted(ids & txs.keys())]
    return {
        "listed": len(ids),
        "at hand": len(codes),
        "named Wasabi 1": share(sum(c == WASABI1 for c in codes), len(codes)),
        "named JoinMarket": share(sum(c == JOINMARKET for c in codes), len(codes)),
    }


def drawn(seed: int = 5, each: int = 500) -> list[dict[str, Any]]:
    """Rounds drawn from the documents of Wasabi 2 and JoinMarket: how many are seen, and named so."""
    rng = np.random.Generator(np.random.PCG64(seed))
    makes: list[tuple[str, Callable[[], rounds.Round], int]] = [
        (f"Wasabi 2 with {n} participants", lambda n=n: rounds.wasabi2(rng, n), WASABI2) for n in (10, 20, 50, 150)
    ]
    makes += [(f"JoinMarket with {n} makers", lambda n=n: rounds.joinmarket(rng, n), JOINMARKET) for n in (2, 4, 8, 12)]
    rows = []
    for name, make, wanted in makes:
        codes = []
        for _ in range(each):
            one = make()
            inputs = [("", 0, value, n.to_bytes(2, "big")) for n, (value, _) in enumerate(one.inputs)]
            codes.append(shape(inputs, [(value, b"") for value, _ in one.outputs]))
        hits = sum(code == wanted for code in codes)
        row = {"list": name, "how its truth arose": DRAWN, "ours": share(sum(map(mixes, codes)), each)}
        rows.append({**row, "named as listed": share(hits, each)})
    return rows


def flat(data: Path) -> list[dict[str, Any]]:
    """The same as one figure a row."""
    rows = []
    for row in table(data):
        name, how = row["list"], {"how its truth arose": row["how its truth arose"]}
        bound = " (an upper bound: real re-mixes are among them)" if row["named as listed"] is None else ""
        rows.append({"what": f"{name} seen as CoinJoin{bound}", **how, **row["ours"]})
        rows.append({"what": f"{name}, by BlockSci's rule", **how, **row["BlockSci's rule"]})
        if row["named as listed"]:
            rows.append({"what": f"{name} named so", **how, **row["named as listed"]})
        else:
            for who, figure in row["mixes left out"].items():
                what = f"{name} seen as CoinJoin, those left out that are mixes by other signs, {who}"
                rows.append({"what": what, **how, **figure})
    listed = wrongly_listed(data)
    rows.append(
        {
            "what": f"of {listed['listed']} transactions that a published list calls wrongly flagged as Wasabi 1, "
            "those at hand that are named Wasabi 1",
            "how its truth arose": "published by people who looked at detectors' results; ids only, few are at hand",
            **listed["named Wasabi 1"],
        }
    )
    return rows
