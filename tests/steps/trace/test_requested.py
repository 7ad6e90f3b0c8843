"""No output is asked about outside the rule, counted again from the raw blocks by a reader that shares no code."""

import hashlib
import random
import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml

from leadline.model import evidence, findings
from leadline.model.referral import CaseFace
from leadline.model.tables import empty, from_rows
from leadline.steps.refer import Source, requests
from leadline.steps.trace import SPEC

HOPS = 4


@dataclass
class Chain:
    """Every transaction of the raw blocks: what it spends, and value and script of what it makes."""

    spends: dict[str, list[str]] = field(default_factory=dict)
    made: dict[str, tuple[int, bytes]] = field(default_factory=dict)


def read_chain(folder: Path) -> Chain:
    """The chain of the block files in a folder, parsed byte by byte."""
    chain = Chain()
    for path in sorted(folder.glob("*.dat")):
        data = path.read_bytes()
        at = 0
        while at + 8 <= len(data) and data[at : at + 4] != bytes(4):
            size = struct.unpack_from("<I", data, at + 4)[0]
            for txid, spent, made in transactions(data[at + 8 : at + 8 + size]):
                chain.spends[txid] = spent
                chain.made.update({f"{txid}:{n}": output for n, output in enumerate(made)})
            at += 8 + size
    return chain


def number(data: bytes, at: int) -> tuple[int, int]:
    """(value, position behind) of a variable-length number."""
    first = data[at]
    width = {0xFD: 2, 0xFE: 4, 0xFF: 8}.get(first, 0)
    return (int.from_bytes(data[at + 1 : at + 1 + width], "little"), at + 1 + width) if width else (first, at + 1)


def transactions(block: bytes) -> Iterator[tuple[str, list[str], list[tuple[int, bytes]]]]:
    count, at = number(block, 80)
    for _ in range(count):
        version, begin = block[at : at + 4], at + 4
        segwit = block[begin] == 0
        begin += 2 if segwit else 0
        inputs, here = number(block, begin)
        spent, made = [], []
        for _ in range(inputs):
            txid = block[here : here + 32][::-1].hex()
            spent.append(f"{txid}:{struct.unpack_from('<I', block, here + 32)[0]}")
            length, here = number(block, here + 36)
            here += length + 4
        outputs, here = number(block, here)
        for _ in range(outputs):
            value = struct.unpack_from("<Q", block, here)[0]
            length, here = number(block, here + 8)
            made.append((value, block[here : here + length]))
            here += length
        body, end = block[begin:here], here
        if segwit:
            for _ in range(inputs):
                items, here = number(block, here)
                for _ in range(items):
                    length, here = number(block, here)
                    here += length
            end = here
        whole = version + body + block[end : end + 4]
        at = end + 4
        yield hashlib.sha256(hashlib.sha256(whole).digest()).digest()[::-1].hex(), spent, made


def ancestors(chain: Chain, outpoint: str) -> Iterator[tuple[int, str]]:
    """(recorded spends between, output) of everything the output's coins may have been, itself first."""
    level = {outpoint}
    for depth in range(HOPS + 1):
        yield from ((depth, o) for o in sorted(level))
        level = {p for o in level for p in chain.spends.get(o.partition(":")[0], []) if p in chain.made}


def face() -> CaseFace:
    return CaseFace("t", "t", "t", "regtest", "USD", "2018-03-01", (), ())


def decided(tables: dict[str, Any], dice: random.Random) -> dict[bytes, str]:
    """A verdict, or none, on every released and received finding."""
    rows = [r for r in tables["finding"].to_pylist() if r["predicate"] in ("released", "received")]
    return {r["id"]: v for r in rows if (v := dice.choice(["accepted", "rejected", "unsure", "", ""]))}


@pytest.mark.parametrize("seed", [1, 2, 11])
def test_nothing_is_asked_outside_the_rule(
    seed: int, train: Callable[[int], Any], hand_inputs: Any
) -> None:  # fmt: skip
    case = train(seed)
    chain = read_chain(case.folder / "chain")
    inputs = hand_inputs(SPEC, {"address": case.address}, case.pins, {"currency": "USD", "hop_limit": HOPS})
    tables = dict(SPEC.run(inputs))
    dice = random.Random(seed)
    verdicts = decided(tables, dice)
    stale = frozenset(i for i in verdicts if dice.random() < 0.1)
    rows = [
        (hashlib.sha256(i).digest(), i, v, None, "r", bytes(32), "t", None, datetime(2020, 1, 1, tzinfo=UTC), False)
        for i, v in verdicts.items()
    ]
    given = {**tables, "event": empty(evidence.EVENT)}
    asked = requests(Source(given, from_rows(findings.DECISION, rows), stale, face()), tables["payment"])
    holds = {i for i in verdicts if i not in stale}
    said = {i: verdicts[i] for i in holds}

    tags = yaml.safe_load((case.folder / "tags.yaml").read_text())["tags"]
    scripts = {r["address"]: r["script"] for r in case.truth.owners.to_pylist() if r["address"]}
    own: dict[str, set[bytes]] = {}
    for tag in tags:
        own.setdefault(f"service:{tag['actor']}", set()).add(scripts[tag["address"]])
    exhibits = {r["script"] for r in case.truth.accounts.to_pylist()}
    received = {r["outpoint"]: [] for r in tables["payment"].to_pylist()}
    for r in tables["payment"].to_pylist():
        received[r["outpoint"]].append(r["finding"])

    assert asked.recorded.num_rows and asked.waiting.num_rows
    for part in (asked.recorded, asked.inferred, asked.waiting):
        for r in part.to_pylist():
            paid, out = r["payment"].removeprefix("outpoint:"), r["release_outpoint"].removeprefix("outpoint:")
            assert chain.made[paid][1] in exhibits
            assert r["service"] in own, "a service without a tag is never asked"
            assert chain.made[out][0] == r["value_sat"]
            assert (r["hops"], out) in set(ancestors(chain, paid))
            spent = {chain.made[p][1] for p in chain.spends[out.partition(":")[0]]}
            assert bool(spent & own[r["service"]]) == (r["grade"] == "recorded")
            assert said.get(r["finding"]) != "rejected"
            assert any(said.get(f) != "rejected" for f in received[r["payment"]])
    assert all(said.get(r["finding"]) == "accepted" for r in asked.inferred.to_pylist())
    assert not [r for r in asked.waiting.to_pylist() if said.get(r["finding"]) == "accepted"]
    assert {r["grade"] for r in asked.recorded.to_pylist()} == {"recorded"}
    missing = {
        (r["service"], r["release_outpoint"], r["payment"])
        for r in tables["release"].to_pylist()
        if said.get(r["finding"]) != "rejected" and any(said.get(f) != "rejected" for f in received[r["payment"]])
    }
    whole = [r for part in (asked.recorded, asked.inferred, asked.waiting) for r in part.to_pylist()]
    assert {(r["service"], r["release_outpoint"], r["payment"]) for r in whole} == missing
